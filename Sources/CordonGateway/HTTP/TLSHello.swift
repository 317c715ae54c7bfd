import CordonWire
import NIOCore

/// The first bytes of a connection, read until it is known what the client wants to speak.
struct TLSHello: Sendable {
  let hello: ClientHello
  /// Everything read so far, the hello first; whoever goes on with the connection needs it.
  let bytes: ByteBuffer

  /// Reads a client hello.
  ///
  /// - Parameter bytes: What was read already.
  /// - Throws: `Refusal.notTLS` as soon as the bytes cannot become a hello; `PullError` when they come too
  ///   slowly.
  static func read(
    from channel: PulledChannel<ByteBuffer>, after bytes: ByteBuffer, within limit: Duration
  ) async throws -> TLSHello {
    var bytes = bytes
    let end = ContinuousClock.now + limit
    while true {
      switch ClientHello.parse(bytes.readableBytesUInt8Span) {
      case .hello(let hello): return TLSHello(hello: hello, bytes: bytes)
      case .notTLS(.badServerName): throw Refusal.serverNameMalformed
      case .notTLS: throw Refusal.notTLS
      case .needMore: break
      }
      let left = end - .now
      guard left > .zero else { throw PullError.deadlineExceeded }
      guard var part = try await channel.next(within: left) else { throw Refusal.notTLS }
      bytes.writeBuffer(&part)
    }
  }

  /// The alert that says why, for a client whose hello is refused (RFC 8446 §6.2): `unrecognized_name`,
  /// fatal.
  static let unrecognizedName = ByteBuffer(bytes: [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70])
}
