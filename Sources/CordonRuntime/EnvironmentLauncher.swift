import CordonLinux
public import CordonModel
import Foundation

/// Brings an environment up in the background, and down again.
public struct EnvironmentLauncher: Sendable {
  /// What to bring up.
  public struct Options: Sendable {
    /// The spec's path.
    public var spec: String
    /// Where its state is.
    public var folder: StateFolder
    /// Controls to switch off, in a drill.
    public var weakened: Set<Control>
    /// The drill's settings file; nil outside a drill.
    public var drill: String?

    /// Describes what to bring up.
    public init(spec: String, folder: StateFolder, weakened: Set<Control> = [], drill: String? = nil) {
      self.spec = URL(filePath: spec).standardizedFileURL.path
      self.folder = folder
      self.weakened = weakened
      self.drill = drill.map { URL(filePath: $0).standardizedFileURL.path }
    }
  }

  /// How an `up` ended.
  public enum Outcome: Sendable, Equatable {
    /// It was down and runs now.
    case started
    /// It ran already, with this spec.
    case alreadyUp
    /// It ran, what it was read from has changed since, and it was brought up anew.
    case restarted
  }

  /// How a `down` ended.
  public enum Ending: Sendable, Equatable {
    /// Nothing ran.
    case wasNotRunning
    /// The gateway drained and ended.
    case ended
    /// A gateway ran whose state folder had been removed; it is gone.
    case endedWithoutFolder(process: Int32)
  }

  /// Why an environment did not come up.
  public struct Failure: Error, CustomStringConvertible {
    /// The gateway's own words, and where its log is.
    public var description: String
    /// Whether the spec or the call has to change, rather than the machine.
    public var isInput = false
  }

  private let options: Options
  private let progress: @Sendable (String) -> Void

  /// A launcher for `options`.
  ///
  /// - Parameter progress: Told what takes longer than a moment.
  public init(_ options: Options, progress: @escaping @Sendable (String) -> Void = { _ in }) {
    self.options = options
    self.progress = progress
  }

  /// Brings the environment up and returns once every workspace is ready. Doing it twice changes nothing.
  ///
  /// What would not come up is refused before what runs is taken down.
  public func up() throws -> Outcome {
    // Two gateways of one folder would share host users and control groups.
    if let orphan = try OrphanGateway.find(of: options.folder) { throw Failure(description: "\(orphan)") }
    let plan: EnvironmentPlan
    do {
      plan = try EnvironmentPlan(options)
      try options.folder.create()
    } catch {
      throw Failure(description: "\(error)", isInput: true)
    }
    let turn = try Turn(options.folder) {
      progress("Waiting for another up or down of \(options.folder.path)")
    }
    defer { withExtendedLifetime(turn) {} }
    var outcome = Outcome.started
    let isRunning = try FolderLock.isHeld(options.folder)
    if try isRunning && isSame(plan) { return .alreadyUp }
    do { try DiskBudget(plan).check() } catch let refusal as DiskBudget.Refusal {
      throw Failure(description: "\(refusal)", isInput: true)
    }
    if NotebookInstallation.isNeeded(by: plan.environment) {
      let notebooks = NotebookInstallation(in: options.folder.notebooks)
      if let visit = plan.drill?.visit { try notebooks.standIn(visit.notebook) }
      try notebooks.install(progress)
    }
    if isRunning {
      try end()
      outcome = .restarted
    }
    try start()
    return outcome
  }

  /// Whether what runs was read from the same files and answers.
  private func isSame(_ plan: EnvironmentPlan) throws -> Bool {
    guard ControlClient(options.folder).isRunning, let earlier = try EnvironmentRecord.read(options.folder)
    else {
      return false
    }
    return earlier.inputs == plan.record.inputs && earlier.lock == plan.record.lock
      && earlier.spec == plan.record.spec
  }

  /// The arguments of the gateway's own command.
  public var gatewayArguments: [String] {
    var arguments = ["gateway", "--spec", options.spec, "--state", options.folder.path]
    if let drill = options.drill { arguments += ["--drill", drill] }
    for control in options.weakened.sorted(by: { $0.rawValue < $1.rawValue }) {
      arguments += ["--weaken", control.rawValue]
    }
    return arguments
  }

  private func start() throws {
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let variables = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
    let plan = LaunchPlan(
      descriptors: ["null", "log", "log", "ready"],
      steps: [
        .newSession, .fileModeMask(0o077), .changeFolder("/"), .inherit(3),
        .execute(
          executable, arguments: [executable] + gatewayArguments + ["--ready", "3"], environment: variables),
      ])
    let null = try FileDescriptor(opening: "/dev/null", flags: O_RDWR)
    let log = try FileDescriptor(opening: options.folder.log, flags: O_WRONLY | O_CREAT | O_APPEND)
    let ready = try CordonLinux.Pipe()
    let launched = try plan.launch([
      "null": null.rawValue, "log": log.rawValue, "ready": ready.writeEnd.rawValue,
    ])
    try launched.confirm()
    let readEnd = ready.closingWriteEnd()
    let said = String(decoding: try readEnd.readToEnd(limit: 65_536), as: UTF8.self)
    guard said == GatewayProcess.readyWord else {
      let words = said.isEmpty ? "the gateway ended before it was ready" : said
      throw Failure(description: "\(words)\n(the gateway's log is \(options.folder.log))")
    }
  }

  /// Takes the environment down: drains, ends the gateway, removes what exists only while it runs. What the state
  /// folder keeps stays.
  ///
  /// - Returns: What there was to end.
  public func down() throws -> Ending {
    if let orphan = try OrphanGateway.find(of: options.folder) {
      try orphan.end()
      try LeftOvers(options.folder).sweep()
      return .endedWithoutFolder(process: orphan.process)
    }
    guard FileManager.default.fileExists(atPath: options.folder.path) else { return .wasNotRunning }
    let turn = try Turn(options.folder) {
      progress("Waiting for another up or down of \(options.folder.path)")
    }
    defer { withExtendedLifetime(turn) {} }
    let wasRunning = try FolderLock.isHeld(options.folder)
    if wasRunning { try end() }
    try LeftOvers(options.folder).sweep()
    return wasRunning ? .ended : .wasNotRunning
  }

  /// Ends the gateway that holds the folder, and waits until the kernel has taken everything back.
  private func end() throws {
    do { try ControlClient(options.folder).stop() } catch {
      // It starts, or its socket is gone: it drains on a signal as well.
      if let process = FolderLock.holder(of: options.folder) { kill(process, SIGTERM) }
    }
    for _ in 0..<800 {
      guard try FolderLock.isHeld(options.folder) else { return }
      usleep(50_000)
    }
    let process = FolderLock.holder(of: options.folder).map { "\($0)" } ?? "PID"
    throw Failure(
      description: """
        the gateway (process \(process)) has not ended after 40 seconds; see \(options.folder.log)
        end it with: kill -9 \(process), then: cordon down --state \(options.folder.path)
        """)
  }
}

/// What a gateway that died leaves on the machine outside its state folder, and how it is removed.
///
/// Namespaces, mounts and loop devices vanish with their last descriptor; control groups and the run folder do not.
struct LeftOvers {
  private let folder: StateFolder

  init(_ folder: StateFolder) { self.folder = folder }

  func sweep() throws {
    if let tree = ControlGroupTree.detect() { _ = try tree.sweep(prefix: "cordon-\(folder.fingerprint)-") }
    if FileManager.default.fileExists(atPath: folder.run) {
      try FileManager.default.removeItem(atPath: folder.run)
    }
  }
}
