import FoundationEssentials

/// Files of this repository that the tests read.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let vectors = root.appending(path: "Tests/Vectors/spec")
  static let reference = root.appending(path: "docs/spec.md")
  static let example = root.appending(path: "examples/breast-cancer/cordon.yaml")

  static func text(_ file: URL) throws -> String {
    String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }
}
