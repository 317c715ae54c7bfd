import CordonAWS
import CordonModel
import Foundation

@testable import CordonProof

/// A template of the repository, read and proved.
struct TemplateFile: Sendable, CustomStringConvertible {
  let name: String
  let text: String

  var description: String { name }

  init(_ url: URL) throws {
    name = url.lastPathComponent
    text = try String(contentsOf: url, encoding: .utf8)
  }

  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The templates written for these tests.
  static func all() throws -> [TemplateFile] {
    let folder = root.appending(path: "Tests/CordonProofTests/Templates")
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }.map { try TemplateFile($0) }
  }

  /// The example whose ways out are closed.
  static func closed() throws -> TemplateFile {
    try TemplateFile(root.appending(path: "examples/aws/closed.yaml"))
  }

  /// What its first lines expect: `# expect: open foreign-credentials`.
  var expectations: [(verdict: Verdict, route: String)] {
    text.split(separator: "\n").prefix { $0.hasPrefix("#") }.compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard words.count >= 4, words[1] == "expect:", let verdict = Verdict(rawValue: words[2]) else {
        return nil
      }
      return (verdict, words[3])
    }
  }

  func deployment() throws -> CloudDeployment {
    try TemplateReader().read([SourceFile(name: name, text: text)])
  }
}

extension CloudDeployment {
  /// The map of the deployment, asked of the engine.
  func map(assuming stated: [String: String] = [:]) -> EgressMap {
    CloudProof { Engine().answer($0) }.prove(self, assumptions: stated)
  }
}

extension EgressMap {
  var routes: [RouteReport] { paths.flatMap(\.routes) }

  subscript(route: String) -> RouteReport? { routes.first { $0.route == route } }
}
