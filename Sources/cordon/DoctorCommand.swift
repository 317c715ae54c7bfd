import ArgumentParser
import CordonSandbox

/// Says what the machine lacks.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what this machine lacks, what that weakens, and how to get it.",
    discussion: """
        cordon doctor
        cordon doctor --format json

      A missing mechanism is a refusal to start, unless cordon.yaml names it under sandbox.without. The exit code is 1
      where one is missing.
      """)

  @Option(help: "The folder whose disk is looked at.")
  var state = "/var/lib"

  @Option(help: "text or json")
  var format = OutputFormat.text

  func run() throws {
    let findings = Doctor.examine(stateFolder: state)
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
