import ArgumentParser
import CordonModel
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
    if let portal = status.portal { print("portal \(portal)") }
    if !status.weakened.isEmpty { print("DRILL: switched off: \(status.weakened.joined(separator: ", "))") }
    if let failure = status.ledgerFailure { print("LEDGER: \(failure)") }
    if let warning = status.diskWarning { print("DISK: \(warning)") }
    for line in status.openedBySpec { print("opened by the spec: \(line)") }
    print("")
    print(Console.table(workspaceRows(status)))
    print("")
    if !status.sessions.isEmpty {
      let rows = status.sessions.map { [$0.person, $0.project, $0.workspace] }
      print(Console.table([["session of", "project", "workspace"]] + rows) + "\n")
    }
    print(
      Console.table(
        [["bucket", "project", "access"]]
          + status.buckets.map { bucket in
            [bucket.name, bucket.project, bucket.readOnly ? "read" : "read, write"]
          }))
    print("")
    print(
      Console.table(
        [["project", "stored", "reserved", "limit", "entries", "reserved", "limit"]]
          + status.storage.map { storage in
            [
              "\(storage.project)", "\(storage.bytes >> 20) MiB", Self.size(storage.reservedBytes),
              "\(storage.limit >> 20) MiB", "\(storage.entries)", "\(storage.reservedEntries)",
              "\(storage.mostEntries)",
            ]
          }))
    print("")
    // The most frequent first: it is what an operator looks at.
    let denials = status.denials.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      [$0.key, "\($0.value)"]
    }
    guard !denials.isEmpty else { return print("no denials") }
    print(Console.table([["denied path", "requests"]] + denials))
    let path = EgressPath(rawValue: denials[0][0]).map { " --path \($0.rawValue)" } ?? ""
    print("Look at them: cordon ledger show --state \(folder.path) --denied\(path)")
  }

  /// Whole MiB; a little is not nothing.
  private static func size(_ bytes: Int64) -> String {
    bytes > 0 && bytes < 1 << 20 ? "< 1 MiB" : "\(bytes >> 20) MiB"
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
