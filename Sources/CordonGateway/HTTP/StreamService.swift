import CordonModel
import NIOCore

/// A connection just accepted: nothing was read, and nobody knows yet what it will speak.
struct AcceptedConnection: Sendable {
  let channel: PulledChannel<ByteBuffer>
  let lease: ConnectionLease
}

/// What stands behind a listening socket.
protocol StreamService: Sendable {
  /// Serves one connection to its end. The connection is closed afterwards in any case.
  func serve(_ connection: AcceptedConnection) async

  /// Says that a connection was turned away because its workspace has too many that all work.
  func turnedAway() async
}

extension RefusalLog {
  /// Records that a workspace's connections are all taken.
  func keepTurnedAway(from source: SourcePosition) async {
    let refusal = Refusal(
      id: "too-many-connections", status: 503, control: "connection limit",
      explanation: "the workspace has as many connections at work as it may have",
      advice: "close connections that are not needed")
    // The connection is closed already; a ledger that cannot write refuses the requests of the others.
    try? await keep(refusal, from: source, event: "Accept", requestID: RequestID.random())
  }
}
