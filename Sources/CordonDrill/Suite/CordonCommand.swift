import FoundationEssentials

/// What `cordon status --format json` says, as far as a drill needs it.
struct EnvironmentStatus: Decodable, Sendable {
  struct Workspace: Decodable, Sendable, Equatable {
    var name: String
    var project: String
  }

  struct Bucket: Decodable, Sendable, Equatable {
    var name: String
    var project: String?
    var readOnly: Bool

    private enum Key: String, CodingKey { case name, project, readOnly }

    init(from decoder: any Decoder) throws {
      if let name = try? decoder.singleValueContainer().decode(String.self) {
        self.name = name
        readOnly = false
        return
      }
      let members = try decoder.container(keyedBy: Key.self)
      name = try members.decode(String.self, forKey: .name)
      project = try members.decodeIfPresent(String.self, forKey: .project)
      readOnly = try members.decodeIfPresent(Bool.self, forKey: .readOnly) ?? false
    }
  }

  var workspaces: [Workspace]
  var buckets: [Bucket]

  private enum Key: String, CodingKey { case workspaces, buckets }

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Key.self)
    workspaces = try members.decode([Workspace].self, forKey: .workspaces)
    buckets = try members.decodeIfPresent([Bucket].self, forKey: .buckets) ?? []
  }

  /// The bucket that a project's work is stored in: one that it may write, its store before others.
  func store(of project: String) -> String? {
    let writable = buckets.filter { !$0.readOnly && ($0.project ?? project) == project }
    return (writable.first { $0.name.hasSuffix("store") } ?? writable.first)?.name
  }

  /// The bucket that a project reads from.
  func data(of project: String) -> String? {
    buckets.first { $0.readOnly && ($0.project ?? project) == project }?.name
  }

  /// Buckets that belong to other projects.
  func foreignBuckets(to project: String) -> [String] {
    buckets.filter { $0.project.map { $0 != project } ?? false }.map(\.name)
  }
}

/// The executable under test, as a command line.
struct CordonCommand: Sendable {
  var executable: String
  var state: String
  /// What every call gets: nothing of the drill's own environment but these.
  var environment: [String: String]
  /// Descriptors that every call inherits.
  var planted: [Int32: Int32] = [:]
  /// What the executable is started through, to run with no more privileges than its user has.
  var through: [String] = []

  func launch(_ arguments: [String]) -> Launch {
    Launch(arguments: through + [executable] + arguments, environment: environment, planted: planted)
  }

  /// - Returns: What it printed.
  func up(
    specification: String, weakened: [WeakenableControl], drillFile: String
  ) throws(DrillError) -> String {
    let switches = weakened.flatMap { ["--weaken", $0.rawValue] }
    let words = ["up", specification, "--state", state] + switches + ["--drill", drillFile]
    return try check(words, seconds: 120).text
  }

  func down() throws(DrillError) {
    try check(["down", "--state", state], seconds: 60)
  }

  func status() throws(DrillError) -> EnvironmentStatus {
    let text = try check(["status", "--state", state, "--format", "json"], seconds: 30).output
    do {
      return try JSONDecoder().decode(EnvironmentStatus.self, from: Data(text))
    } catch {
      throw .unreadable("`status --format json` cannot be read: \(error)")
    }
  }

  func verifyLedger() throws(DrillError) -> RunResult {
    try Running.run(launch(["ledger", "verify", "--state", state]), seconds: 60)
  }

  /// The launch of a command in a workspace.
  func exec(_ workspace: String, parameters: [String: String] = [:], _ command: [String]) -> Launch {
    let assignments = parameters.map { "\($0.key)=\($0.value)" }.sorted()
    return launch(
      ["exec", "--state", state, workspace, "--", "/usr/bin/env"] + assignments + command)
  }

  @discardableResult
  private func check(_ arguments: [String], seconds: Double) throws(DrillError) -> RunResult {
    let result = try Running.run(launch(arguments), seconds: seconds)
    guard result.status == 0 else {
      let said = result.timedOut ? "no end after \(Int(seconds)) s" : result.errorText + gatewayLog
      throw .command("cordon \(arguments.joined(separator: " "))", status: result.status, said: said)
    }
    return result
  }

  /// The end of the gateway's log: the folder it lies in does not outlive the drill.
  private var gatewayLog: String {
    guard let log = try? Files.read("\(state)/gateway.log") else { return "" }
    return String(decoding: log.suffix(2_000), as: UTF8.self)
  }
}
