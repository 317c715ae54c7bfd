import ArgumentParser
import CordonRuntime

/// Shows what runs.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show workspaces, endpoints and denials of a running environment.",
    discussion: """
        cordon status
        cordon status --format json

      The exit code is 1 where nothing runs, or where what runs refuses because its ledger does not write.
      """)

  @OptionGroup var environment: EnvironmentOptions

  @Option(help: "text or json")
  var format = OutputFormat.text

  func run() throws {
    let folder = try environment.folder()
    let status: EnvironmentStatus
    do { status = try ControlClient(folder).status() } catch { throw Failure("\(error)", code: 1) }
    if format == .json { try Console.json(status) } else { show(status, in: folder) }
    guard status.ledgerFailure == nil else { throw Exit.bad }
  }

  private func show(_ status: EnvironmentStatus, in folder: StateFolder) {
    print("\(status.environment)  process \(status.process)  since \(status.since)")
    print("spec \(status.spec)\nstate \(folder.path)")
    if !status.weakened.isEmpty { print("DRILL: switched off: \(status.weakened.joined(separator: ", "))") }
    if let failure = status.ledgerFailure { print("LEDGER: \(failure)") }
    if let warning = status.diskWarning { print("DISK: \(warning)") }
    for line in status.openedBySpec { print("opened by the spec: \(line)") }
    print("")
    print(Console.table(workspaceRows(status)))
    print("")
    print(
      Console.table(
        [["bucket", "project", "access"]]
          + status.buckets.map { bucket in
            [bucket.name, bucket.project, bucket.readOnly ? "read" : "read, write"]
          }))
    print("")
    print(
      Console.table(
        [["project", "stored", "limit", "entries"]]
          + status.storage.map { storage in
            [
              "\(storage.project)", "\(storage.bytes >> 20) MiB", "\(storage.limit >> 20) MiB",
              "\(storage.entries)",
            ]
          }))
    print("")
    let denials = status.denials.sorted { $0.key < $1.key }.map { [$0.key, "\($0.value)"] }
    print(denials.isEmpty ? "no denials" : Console.table([["denied path", "requests"]] + denials))
  }

  private func workspaceRows(_ status: EnvironmentStatus) -> [[String]] {
    [["workspace", "project", "person", "processes", "memory", "doors"]]
      + status.workspaces.map { workspace in
        [
          workspace.name, workspace.project, workspace.person ?? "-",
          workspace.processes.map(String.init) ?? "-",
          workspace.memoryBytes.map { "\($0 >> 20) MiB" } ?? "-",
          Set(workspace.endpoints.map { String($0.prefix { $0 != "@" }) }).sorted().joined(separator: " "),
        ]
      }
  }
}
