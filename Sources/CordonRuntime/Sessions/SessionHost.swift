import CordonGateway
import CordonLinux
import CordonModel
import CordonPolicy
import CordonPortal
import CordonSandbox
import Foundation
import Logging
import Synchronization

/// Opens the browser of a session, and takes everything back when it ends, however it ends.
///
/// A browser gets a sandbox and a host user of its own. Its only listener is handed to the gateway, bound to the person,
/// the project and the session. It is given to nobody before its policy was seen to refuse and its traffic was seen to
/// come by way of that listener.
final class SessionHost: BrowserLauncher {
  /// What browsers are opened with.
  struct House: Sendable {
    var gateway: Gateway
    var gatekeeper: Gatekeeper
    /// Where decisions are kept.
    var log: any DecisionLog
    var machine: Machine
    /// The host users of browsers; nil where only the caller's own can be had.
    var users: SessionUsers?
    /// Begins the names of control groups.
    var controlGroupPrefix: String
    /// The environment's certificate authority, PEM.
    var authority: String
    var logger: Logger
    /// Where it is noted which browsers run.
    var unended: UnendedSessions
    /// Makes a workspace's notebook ready, and gives the folder that it listens in.
    var notebook: @Sendable (Slug) async throws -> IngressFolder
    /// How long the gateway waits for the browser to come by.
    var patience: Duration = .seconds(20)
  }

  private let house: House
  private let running = Mutex<[String: HostedBrowser]>([:])
  private let isClosed = Mutex(false)

  init(_ house: House) { self.house = house }

  /// The sessions whose browsers run.
  var sessions: [SessionPlan] {
    running.withLock { $0.values.map(\.plan) }.sorted { $0.id.text < $1.id.text }
  }

  /// The same, as `cordon status` shows it.
  var status: [EnvironmentStatus.Session] {
    sessions.map {
      EnvironmentStatus.Session(
        person: $0.person.text, project: $0.project.text, workspace: $0.workspace.text)
    }
  }

  /// Starts the browser of one session; whatever was opened for it is closed again where one part fails.
  func launch(_ plan: SessionPlan) async throws -> any RunningBrowser {
    guard !isClosed.withLock({ $0 }) else { throw SessionRefusal.closing }
    try await admit(plan)
    let ingress = try await house.notebook(plan.workspace)
    let user = try house.users?.take()
    note(plan)
    do {
      return try await open(plan, ingress: ingress, user: user)
    } catch {
      if let user { house.users?.giveBack(user) }
      await end(plan, as: "BrowserFailed", .denied, "the browser did not become ready")
      throw error
    }
  }

  /// The portal has asked already; whoever starts browsers asks again, and records it before anything is opened.
  private func admit(_ plan: SessionPlan) async throws {
    guard plan.home.host == ServiceNames.notebook else { throw SessionRefusal.foreignHome }
    let decision = house.gatekeeper.decide(
      .startSession, resource: PortalResource.notebook(project: plan.project, workspace: plan.workspace),
      person: plan.person)
    try await keep(
      "LaunchBrowser", plan, decision.isAllowed ? .allowed : .denied, reason: decision.because.text)
    guard decision.isAllowed else { throw SessionRefusal.notAllowed }
  }

  private func open(
    _ plan: SessionPlan, ingress: IngressFolder, user: UInt32?
  ) async throws -> HostedBrowser {
    let policy = policy(plan)
    let sandbox = try OpenWorkspace.open(
      BrowserSandbox.configuration(
        name: "s-\(plan.id)", identity: user.map { .dedicatedUser($0) } ?? .caller, policy: policy,
        controlGroupPrefix: house.controlGroupPrefix), on: house.machine)
    guard let descriptor = sandbox.listeners.first?.descriptor.take() else {
      try? sandbox.close()
      throw SessionRefusal.noListener
    }
    let seat = BrowserSeat(
      person: plan.person, project: plan.project, workspace: plan.workspace, session: plan.id.text)
    let door: BrowserDoor
    do {
      door = try await house.gateway.open(for: seat, ingress: ingress, descriptor: descriptor)
    } catch {
      try? sandbox.close()
      throw error
    }
    do {
      // Where it does not start, it has closed the sandbox.
      let process = try await BrowserProcess.start(
        in: sandbox, width: plan.viewport.width, height: plan.viewport.height,
        probes: policy.isProxyOnlyForDrill ? [] : PolicyProbe.allCases)
      return try await host(process, plan, door, user)
    } catch {
      await house.gateway.close(door)
      throw error
    }
  }

  private func host(
    _ process: BrowserProcess, _ plan: SessionPlan, _ door: BrowserDoor, _ user: UInt32?
  ) async throws -> HostedBrowser {
    let patience = house.patience
    do {
      guard let address = PageAddress(door.readinessAddress) else { throw BrowserError.proxyNotInForce }
      try await process.requireProxy(at: address) { await door.isReached(within: patience) }
      try await keep("BrowserReady", plan, .allowed, reason: "policy and proxy are in force")
    } catch {
      process.end()
      await process.wait()
      throw error
    }
    let browser = HostedBrowser(process, plan) { [weak self] in await self?.takeBack(plan, door, user) }
    running.withLock { $0[plan.id.text] = browser }
    browser.watch()
    // Whoever closes everything may have come in between.
    if isClosed.withLock({ $0 }) { browser.end() }
    return browser
  }

  private func takeBack(_ plan: SessionPlan, _ door: BrowserDoor, _ user: UInt32?) async {
    await house.gateway.close(door)
    if let user { house.users?.giveBack(user) }
    running.withLock { _ = $0.removeValue(forKey: plan.id.text) }
    await end(plan, as: "BrowserEnded", .allowed, "the session's browser is gone")
  }

  /// For a gateway that is killed. A full disk keeps nobody out: the ledger has a reserve, this has none.
  private func note(_ plan: SessionPlan) {
    do { try house.unended.add(plan) } catch {
      house.logger.error("an open session was not noted", metadata: ["error": "\(error)"])
    }
  }

  /// Records that a browser is no more. Where the ledger does not take it, the next start of the gateway tells it.
  private func end(
    _ plan: SessionPlan, as event: String, _ outcome: DecisionRecord.Outcome, _ reason: String
  ) async {
    do {
      try await keep(event, plan, outcome, reason: reason)
      house.unended.remove(plan.id)
    } catch {
      house.logger.error("the end of a session was not recorded", metadata: ["error": "\(error)"])
    }
  }

  /// Ends every browser, and starts none any more; returns when nothing of them is left.
  func close() async {
    isClosed.withLock { $0 = true }
    let all = running.withLock { Array($0.values) }
    for browser in all { browser.end() }
    for browser in all { await browser.wait() }
  }

  // MARK: What a browser is told

  func policy(_ plan: SessionPlan) -> ManagedPolicy {
    SessionPolicy.policy(plan, judgedBy: house.gatekeeper, authority: house.authority)
  }

  private func keep(
    _ event: String, _ plan: SessionPlan, _ outcome: DecisionRecord.Outcome, reason: String
  ) async throws {
    var record = PortalRecord.record(
      event, person: plan.person, project: plan.project, workspace: plan.workspace, session: plan.id,
      in: house.gatekeeper)
    record.outcome = outcome
    record.control = "portal policy"
    record.reason = reason
    try await house.log.append(record)
  }
}

/// Why no browser is started.
enum SessionRefusal: Error, Equatable, CustomStringConvertible {
  case notAllowed
  case foreignHome
  case noNotebook
  case noListener
  case closing

  var description: String {
    switch self {
    case .notAllowed: "this person does not work in this workspace"
    case .foreignHome: "a session begins at the notebook"
    case .noNotebook: "this workspace has no notebook"
    case .noListener: "the sandbox has no listener"
    case .closing: "the environment is going down"
    }
  }
}

/// A browser that a session host opened.
final class HostedBrowser: RunningBrowser {
  let plan: SessionPlan
  private let process: BrowserProcess
  private let takeBack: @Sendable () async -> Void
  private let watcher = Mutex<Task<Void, Never>?>(nil)

  var devTools: DevToolsConnection { process.devTools }
  var triedPages: Set<String> { process.triedPages }

  init(_ process: BrowserProcess, _ plan: SessionPlan, takeBack: @escaping @Sendable () async -> Void) {
    self.process = process
    self.plan = plan
    self.takeBack = takeBack
  }

  /// Takes everything back when the browser has ended, by itself or not.
  func watch() {
    let (process, takeBack) = (process, takeBack)
    watcher.withLock { watcher in
      watcher = Task {
        await process.wait()
        process.end()
        await takeBack()
      }
    }
  }

  func takeDownload(_ id: String, atMost limit: Int) async throws -> [UInt8]? {
    try await process.takeDownload(id, atMost: limit)
  }

  func placeUpload(_ name: String, _ bytes: [UInt8]) async throws -> String {
    try await process.placeUpload(name, bytes)
  }

  /// Ends it and everything it started, at once.
  func end() { process.end() }

  /// Suspends until nothing of it is left.
  func wait() async { await watcher.withLock { $0 }?.value }
}
