import CordonWire
import NIOCore

/// DNS over TCP: the same answers as over UDP, one question after the other.
struct DNSStreamService: StreamService {
  let responder: DNSResponder
  let refusals: RefusalLog
  let budget: QuestionBudget
  let limits: ServerLimits

  func serve(_ connection: AcceptedConnection) async {
    do {
      try await converse(connection)
    } catch {
      // Idle for too long, a length that no question has, or gone: the connection ends.
    }
  }

  func turnedAway() async { await refusals.keepTurnedAway(from: responder.source) }

  private func converse(_ connection: AcceptedConnection) async throws {
    var framer = DNSStreamFramer()
    while connection.lease.rest() {
      guard let bytes = try await connection.channel.next(within: limits.headerDeadline) else { return }
      connection.lease.work()
      for message in try framer.messages(in: bytes) {
        try await budget.wait()
        guard let reply = await responder.reply(to: message, over: .tcp) else { return }
        try await connection.channel.write([ByteBuffer(bytes: reply)], within: limits.idleDeadline)
      }
    }
  }
}

extension DNSStreamFramer {
  fileprivate mutating func messages(in bytes: ByteBuffer) throws -> [[UInt8]] {
    var messages: [[UInt8]] = []
    var offset = 0
    let span = bytes.readableBytesUInt8Span
    while let message = try next(in: span, from: &offset) { messages.append(message) }
    return messages
  }
}
