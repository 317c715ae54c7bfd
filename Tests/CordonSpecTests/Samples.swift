import CordonModel
import CordonSpec

/// Spec texts and folders that several suites use.
enum Samples {
  /// The four lines that every environment has.
  static let head = """
    cordon: 1
    name: demo
    organization: { id: o-acme123456, account: "111122223333" }
    region: eu-west-1

    """

  /// A folder in memory: files by absolute path.
  static func folder(_ files: [String: String] = [:], at path: String = "/spec") -> SpecFolder {
    SpecFolder(
      path: path, isReadable: { name in files.keys.contains { $0 == name || $0.hasPrefix(name + "/") } },
      contents: { name throws(SpecFolder.Refusal) in
        guard let text = files[name] else { throw .missing }
        return text
      })
  }

  /// The environment of the head and some more lines.
  static func environment(_ lines: String, files: [String: String] = [:]) throws(SpecErrors) -> Environment {
    try specification(lines, files: files).environment
  }

  /// The specification of the head and some more lines.
  static func specification(_ lines: String, files: [String: String] = [:]) throws(SpecErrors)
    -> Specification
  {
    try Specification(head + lines, file: "cordon.yaml", folder: folder(files))
  }

  /// The mistakes in the head and some more lines; none where it is accepted.
  static func mistakes(_ lines: String, files: [String: String] = [:]) -> [SpecError] {
    do {
      _ = try specification(lines, files: files)
      return []
    } catch {
      return error.errors
    }
  }
}
