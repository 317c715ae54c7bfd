import ArgumentParser
import CordonRuntime
import CordonSandbox

/// Says what the machine lacks.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what this machine lacks, what that weakens, and how to get it.",
    discussion: """
        cordon doctor
        cordon doctor cordon.yaml
        cordon doctor --format json

      With a spec, what its homes, buckets and ledger may take of the disk is added up as 'cordon up' does.

      A missing mechanism is a refusal to start, unless cordon.yaml names it under sandbox.without. The exit code is 1
      where one is missing.
      """)

  @Argument(help: "The spec whose need of disk space is added up.", completion: .file(extensions: ["yaml"]))
  var spec: String?

  @Option(help: "The state folder whose disk is looked at.", completion: .directory)
  var state: String?

  @Option(help: "text or json")
  var format = OutputFormat.text

  func run() throws {
    if let spec { _ = try SpecFile.read(spec) }
    let findings = Doctor.examine() + [try DiskCheck.finding(spec: spec, state: state)]
    if format == .json { try Console.json(findings) } else { show(findings) }
    guard findings.allSatisfy({ $0.isAvailable || $0.name == "legacy-tiocsti-off" }) else { throw Exit.bad }
  }

  private func show(_ findings: [Finding]) {
    print(
      Console.table(
        findings.map { [$0.isAvailable ? "ok" : "MISSING", $0.name, $0.detail] }))
    for finding in findings where !finding.isAvailable {
      print("\n\(finding.name): without it \(finding.weakens)\n  to get it: \(finding.remedy)")
      if finding.isExcusable {
        print("  to do without it: sandbox: { without: [\(finding.name)] } in cordon.yaml")
      }
    }
  }
}
