import CordonLinux
import CordonModel
import Synchronization

/// The one listener in the sandbox of a session's browser: who calls there is the session's person, and nobody else.
///
/// It leads to that person's notebook and to the hosts listed for the browser. Everything else is refused, and every
/// answer stands in the ledger with person, project and session.
public final class BrowserDoor: Sendable {
  /// The notebook's socket in its ingress folder.
  public static let socketName = "notebook.sock"

  /// Whose door it is.
  public let seat: BrowserSeat
  /// An address that the gateway answers itself, once: whoever opens it came by way of this door.
  public let readinessAddress: String

  let ingress: IngressFolder
  /// Keeps requests to the person's own notebook: one record a minute and method.
  let visits: RepeatedDecisions
  /// Keeps what Chromium asks for by itself.
  let background: RepeatedDecisions

  private struct Readiness {
    var isReached = false
    var waiting: AsyncStream<Void>.Continuation?
  }

  private let readinessPath: String
  private let readiness = Mutex(Readiness())

  init(seat: BrowserSeat, ingress: IngressFolder, log: any DecisionLog) {
    self.seat = seat
    self.ingress = ingress
    visits = RepeatedDecisions(log: log, window: .seconds(60))
    background = RepeatedDecisions(log: log, window: BackgroundHosts.window)
    readinessPath = "/.cordon/ready/" + RequestID.random() + RequestID.random()
    readinessAddress = "http://\(ServiceNames.notebook)\(readinessPath)"
  }

  /// Whether the readiness address was opened through this door within `limit`: then the browser's traffic goes this way.
  public func isReached(within limit: Duration) async -> Bool {
    let (reached, feed) = AsyncStream<Void>.makeStream()
    let isThere = readiness.withLock { readiness in
      readiness.waiting = feed
      return readiness.isReached
    }
    if isThere { return true }
    let cutOff = Task {
      try? await Task.sleep(for: limit)
      feed.finish()
    }
    defer { cutOff.cancel() }
    for await _ in reached { return true }
    return false
  }

  func isReached(by request: GatewayRequest) -> Bool {
    guard request.method == "GET", request.path == readinessPath else { return false }
    return readiness.withLock { readiness in
      guard !readiness.isReached else { return false }
      readiness.isReached = true
      readiness.waiting?.yield()
      return true
    }
  }

  /// What serves the listener's connections.
  func service(in gateway: Gateway, _ allowance: AnswerAllowance) -> ProxyService {
    let environment = gateway.gatekeeper.environment
    let limits = gateway.configuration.limits
    let source = SourcePosition(
      environment: environment.name, project: seat.project, workspace: seat.workspace, endpoint: .browser)
    let policy = ProxyPolicy(
      source: source, gatekeeper: gateway.gatekeeper, repeats: gateway.repeats, seat: seat,
      background: background)
    return ProxyService(
      policy: policy,
      refusals: RefusalLog(
        gatekeeper: gateway.gatekeeper, repeats: gateway.repeats, logger: gateway.configuration.logger,
        seat: seat),
      authority: gateway.authority, dialer: gateway.dialer, limits: limits, allowance: allowance,
      portWithoutConnect: nil, checksServerName: !environment.weakenedForDrill.contains(.sniCheck),
      checksHost: !environment.weakenedForDrill.contains(.hostCheck),
      notebook: NotebookAccess(door: self, policy: policy, limits: limits))
  }

  /// Writes what the folded records owe.
  func close() async {
    try? await visits.flush()
    try? await background.flush()
  }
}
