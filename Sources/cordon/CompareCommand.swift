import ArgumentParser
import CordonPolicy
import CordonProof

/// Says whether a new policy allows what the old one did not.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "Does the new policy allow a request that the old one does not? Shows one, or proves that there is none.",
    discussion: """
      Both files are plain IAM JSON: identity policies, or resource policies with principals.

        cordon compare old.json new.json
        cordon compare --format json old.json new.json

      The exit code is 0 where the new policy allows nothing new, 1 with a request that it does, 3 where that is not known
      and 2 for a file that cannot be read.
      """)

  @Argument(help: "The old policy.")
  var old: String
  @Argument(help: "The new policy.")
  var new: String
  @Option(help: "text or json")
  var format = OutputFormat.text

  func run() throws {
    let before = try read(old)
    let after = try read(new)
    let inquiry: Inquiry
    do { inquiry = try Inquiry.whatIsNew(in: after, since: before) } catch {
      throw Failure("\(old): \(error)")
    }
    try AnswerText(
      none: "the new policy allows nothing that the old one does not",
      some: "the new policy allows a request that the old one does not",
      change: "to keep what was, narrow that statement of \(new); if it is meant, this is what changes"
    ).end(with: Engine().answer(inquiry), format)
  }

  private func read(_ file: String) throws -> PolicyDocument {
    try PolicyFile.read(file, longest: PolicyLimits.bytes) { value throws(PolicyError) in
      try PolicyDocument(value)
    }
  }
}
