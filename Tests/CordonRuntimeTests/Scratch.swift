import CordonModel
import Foundation

@testable import CordonRuntime

/// A temporary folder that ends with the test.
final class Scratch {
  let path: String
  var state: StateFolder { StateFolder(path: path + "/state") }

  init() throws {
    path = NSTemporaryDirectory() + "cordon-runtime-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    let file = URL(filePath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Options of an environment called `name` in this folder.
  func options(name: String = "unit", workspaces: [String] = ["lab-1"], drill: Bool = false) throws
    -> EnvironmentLauncher.Options
  {
    let list = workspaces.map { "{ name: \($0) }" }.joined(separator: ", ")
    try write(
      """
      cordon: 1
      name: \(name)
      organization: { id: o-acme123456, account: "111122223333" }
      region: eu-west-1
      projects:
        - { name: lab, data: [{ bucket: lab-data, from: data/ }], store: lab-store, workspaces: [\(list)] }

      """, to: "cordon.yaml")
    if !FileManager.default.fileExists(atPath: path + "/data") { try write("1", to: "data/one") }
    if drill { try write("{}", to: "drill.json") }
    return EnvironmentLauncher.Options(
      spec: path + "/cordon.yaml", folder: state, drill: drill ? path + "/drill.json" : nil)
  }

  func environment(_ workspaces: [String]) throws -> CordonModel.Environment {
    try EnvironmentPlan(options(workspaces: workspaces)).environment
  }
}
