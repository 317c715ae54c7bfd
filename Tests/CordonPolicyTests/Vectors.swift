import CordonPolicy
import FoundationEssentials

/// One line of a file under `Tests/Vectors/policy`: a question in the form of `cordon decide` with what it
/// must answer.
struct PolicyVector: Sendable, CustomStringConvertible {
  let file: String
  let number: Int
  let bytes: [UInt8]

  var description: String { "\(file).jsonl:\(number)" }

  /// The vectors of one file.
  static func read(_ file: String) throws -> [PolicyVector] {
    let url = folder.appending(path: "\(file).jsonl")
    let lines = try Data(contentsOf: url).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.enumerated().filter { !$0.element.isEmpty }.map { index, line in
      PolicyVector(file: file, number: index + 1, bytes: Array(line))
    }
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Vectors/policy")

  /// The files of decisions, by topic; `bad-lines` has the lines that must be refused.
  static let topics = [
    "actions", "resources", "strings", "numbers", "dates", "booleans", "binary", "addresses", "arns",
    "missing-keys", "set-operators", "variables", "principals", "same-account", "cross-account",
    "organization",
    "endpoints", "exceptions", "implied-facts", "shapes",
  ]
}
