import CordonGateway
import CordonLinux
import CordonModel
import CordonPolicy
import CordonSandbox
import Logging

/// The JupyterLabs of an environment: each starts when somebody comes to it, and ends when nobody uses it.
///
/// Whoever wants one asks `start`, which is cheap where it runs already, and connects to `notebook.sock` in the folder
/// that it answers with. A start that the ledger does not take does not happen.
actor NotebookHost {
  /// Why there is no JupyterLab.
  enum Refusal: Error, CustomStringConvertible {
    /// No workspace of this name has one.
    case none(workspace: Slug)
    /// It ended again and again; it is not started before some seconds are over.
    case resting(workspace: Slug, seconds: Int)
    /// It did not answer in time, or ended before it could; with what it said last.
    case notReady(workspace: Slug, said: String)

    /// What happened, for the log and for the person.
    var description: String {
      switch self {
      case .none(let workspace): "workspace '\(workspace)' has no notebook; give it one with 'notebook: on'"
      case .resting(let workspace, let seconds):
        "the notebook of '\(workspace)' ended several times; it is started again in \(seconds) s"
      case .notReady(let workspace, let said): "the notebook of '\(workspace)' did not start: \(said)"
      }
    }
  }

  /// How long things may take.
  struct Limits: Sendable {
    /// From the start to the first answer.
    var ready = Duration.seconds(60)
    /// From the request to end to the end.
    var end = Duration.seconds(15)
    /// The first pause after a crash; each further one is twice as long.
    var firstPause = Duration.seconds(1)
    /// The longest pause.
    var longestPause = Duration.seconds(60)
    /// A server that ran this long starts with the first pause again.
    var healthy = Duration.seconds(60)

    /// The limits of an ordinary environment.
    init() {}
  }

  private struct Place {
    let seat: NotebookSeat
    let ingress: IngressFolder
    var starting: Task<NotebookServer, any Error>?
    var server: NotebookServer?
    var watcher: Task<Void, Never>?
    /// When the next start may be.
    var pauses: CrashPauses
    /// Somebody asked it to end.
    var isEnding = false
  }

  private var places: [Slug: Place] = [:]
  private let log: any DecisionLog
  private let region: Region
  private let account: AccountID
  private let limits: Limits
  private let logger: Logger
  private var isClosed = false

  /// A host for these workspaces; those without an ingress folder have no JupyterLab.
  init(
    _ seats: [NotebookSeat], environment: Environment, log: any DecisionLog, logger: Logger,
    limits: Limits = Limits()
  ) {
    self.log = log
    self.logger = logger
    self.limits = limits
    region = environment.region
    account = environment.organization.account
    for seat in seats {
      guard let ingress = seat.workspace.ingress else { continue }
      places[seat.position.workspace] = Place(
        seat: seat, ingress: ingress,
        pauses: CrashPauses(
          first: limits.firstPause, longest: limits.longestPause, healthy: limits.healthy))
    }
  }

  /// Starts a workspace's JupyterLab unless it runs, waits until it answers, and says where it listens.
  func start(_ workspace: Slug) async throws -> IngressFolder {
    try await start(workspace, because: "somebody came to it")
  }

  private func start(_ workspace: Slug, because reason: String) async throws -> IngressFolder {
    guard let place = places[workspace], !isClosed else { throw Refusal.none(workspace: workspace) }
    if let starting = place.starting {
      _ = try await starting.value
      return place.ingress
    }
    if let server = place.server, server.isRunning, !place.isEnding { return place.ingress }
    if let rest = place.pauses.rest(at: .now) {
      throw Refusal.resting(workspace: workspace, seconds: Int(rest) + 1)
    }
    // One that ends on its own or on request has to be gone before the next one takes its socket's place.
    let earlier = place.watcher
    let task = Task {
      await earlier?.value
      return try await launch(workspace, because: reason)
    }
    places[workspace]?.starting = task
    defer { places[workspace]?.starting = nil }
    _ = try await task.value
    return place.ingress
  }

  /// Is it there for somebody who connects now?
  func isRunning(_ workspace: Slug) -> Bool {
    guard let place = places[workspace], place.starting == nil else { return false }
    return place.server?.isRunning ?? false
  }

  /// Ends a workspace's JupyterLab, which keeps what is saved first.
  func stop(_ workspace: Slug) async {
    guard let place = places[workspace], let server = place.server else { return }
    places[workspace]?.isEnding = true
    await server.end(within: limits.end)
    await place.watcher?.value
  }

  /// Ends all of them, and starts none any more.
  func close() async {
    isClosed = true
    for place in places.values { place.starting?.cancel() }
    await withTaskGroup { group in
      for workspace in places.keys { group.addTask { await self.stop(workspace) } }
    }
    for place in places.values { place.watcher?.cancel() }
  }

  // MARK: One server's life

  private func launch(_ workspace: Slug, because reason: String) async throws -> NotebookServer {
    guard let place = places[workspace] else { throw Refusal.none(workspace: workspace) }
    try await record("StartNotebook", place.seat, reason)
    let server = try NotebookServer(place.seat, ingress: place.ingress)
    let began = ContinuousClock.now
    places[workspace]?.server = server
    places[workspace]?.isEnding = false
    let isReady = await server.becomeReady(within: limits.ready)
    guard isReady, !isClosed else {
      await server.end(within: .seconds(1))
      await ended(workspace, after: .zero, .signalled(9))
      throw Refusal.notReady(workspace: workspace, said: server.lastWords)
    }
    places[workspace]?.watcher = Task {
      let ending = await server.wait()
      await self.ended(workspace, after: .now - began, ending)
    }
    return server
  }

  /// Notes an end. One that nobody asked for is a crash: it is started again, later each time.
  private func ended(_ workspace: Slug, after time: Duration, _ ending: ProcessEnding) async {
    guard let place = places[workspace] else { return }
    let isCrash = !place.isEnding && ending != .exited(0)
    let why = place.isEnding ? "it was asked to" : isCrash ? "it crashed" : "it ended by itself"
    places[workspace]?.server = nil
    places[workspace]?.isEnding = false
    do { try await record("StopNotebook", place.seat, why, ["status": "\(ending.shellCode)"]) } catch {
      logger.error("the end of a notebook was not recorded", metadata: ["error": "\(error)"])
    }
    guard isCrash, !isClosed else {
      places[workspace]?.pauses.ended()
      return
    }
    logger.warning(
      "a notebook crashed", metadata: ["workspace": "\(workspace)", "status": "\(ending.shellCode)"])
    guard let pause = places[workspace]?.pauses.crashed(after: time, at: .now) else { return }
    Task { [weak self] in
      try? await Task.sleep(for: pause)
      _ = try? await self?.start(workspace, because: "it crashed")
    }
  }

  private func record(
    _ event: String, _ seat: NotebookSeat, _ reason: String, _ details: [String: String] = [:]
  ) async throws {
    let name = seat.position.workspace
    try await log.append(
      DecisionRecord(
        eventSource: "notebook.cordon", eventName: event, source: .operatorIn(seat.position),
        person: seat.person?.text, resources: ["arn:aws:cordon:\(region):\(account):workspace/\(name)"],
        outcome: .allowed, control: "notebook", reason: reason, requestID: RequestID.random(),
        details: details))
  }
}

extension Int {
  /// Whole seconds of a duration.
  fileprivate init(_ duration: Duration) { self = Int(clamping: duration.components.seconds) }
}
