import CordonLinux
import CordonModel
import CordonPolicy
import CordonWire
import NIOCore
import NIOPosix

/// The way from a session's browser to its own notebook: asked of policy, recorded, and connected to with care.
struct NotebookAccess: Sendable {
  let door: BrowserDoor
  let policy: ProxyPolicy
  let limits: ServerLimits

  private var seat: BrowserSeat { door.seat }
  private var gatekeeper: Gatekeeper { policy.gatekeeper }

  /// Whether this is where a browser finds its notebook, whichever workspace's it is.
  static func isMeant(by target: HostPort) -> Bool {
    target.host.text == ServiceNames.notebook && target.port == 80
  }

  /// Lets the person reach the notebook, or says why not; a record stands for the decision when this returns.
  func admit(_ event: String, requestID: String, details: [String: String] = [:]) async throws {
    let decision = gatekeeper.decide(
      action: "cordon:Connect", resource: seat.notebook, person: seat.person, from: policy.source)
    var record = policy.record(event, seat.notebook, requestID: requestID, details: details)
    record.path = nil
    record.route = decision.isAllowed ? "notebook" : nil
    record.outcome = decision.isAllowed ? .allowed : .denied
    record.control = Refusal.notebookNotYours.control
    record.reason = decision.because.text
    record.errorCode = decision.isAllowed ? nil : Refusal.notebookNotYours.id
    try await door.visits.keep(record)
    guard decision.isAllowed else { throw Refusal.notebookNotYours }
  }

  /// Lets a file leave the notebook, or says why not; a record stands for the decision when this returns.
  ///
  /// - Parameter sign: What showed that it is a file: its address, or how the answer is marked.
  func admitDownload(_ sign: String, requestID: String) async throws {
    let decision = gatekeeper.decide(.download, resource: seat.notebook, person: seat.person)
    let refusal = Refusal.downloadIsOff
    var record = policy.record(
      PortalAction.download.word, seat.notebook, requestID: requestID, details: ["sign": sign])
    record.path = refusal.path
    record.route = refusal.route
    record.outcome = decision.isAllowed ? .allowed : .denied
    record.control = refusal.control
    record.reason = decision.because.text
    record.errorCode = decision.isAllowed ? nil : refusal.id
    try await policy.repeats.keep(record)
    guard decision.isAllowed else { throw refusal }
  }

  /// A connection to the notebook's own socket, on which `Part`s are read.
  func connect<Part: Sendable>(
    reading: Part.Type, on eventLoop: any EventLoop,
    configure: @escaping @Sendable (any Channel) throws -> Void = { _ in }
  ) async throws(Refusal) -> PulledChannel<Part> {
    let descriptor: CInt
    do throws(SystemError) {
      descriptor = try door.ingress.connect(to: BrowserDoor.socketName).release()
    } catch {
      throw .ingress(error)
    }
    do {
      return try await ClientBootstrap(group: eventLoop)
        .channelOption(.autoRead, value: false)
        .channelOption(.allowRemoteHalfClosure, value: true)
        .withConnectedSocket(descriptor) { channel in
          channel.eventLoop.makeCompletedFuture {
            try configure(channel)
            return try PulledChannel(attachingTo: channel, readsToFirst: true)
          }
        }
    } catch {
      throw .notebookAway
    }
  }
}
