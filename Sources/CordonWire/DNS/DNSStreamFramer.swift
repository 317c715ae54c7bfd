/// Cuts the byte stream of a TCP connection into DNS messages (RFC 1035 §4.2.2).
///
/// Memory is bounded by one message: a length above the limit is refused when its two bytes have been read.
public struct DNSStreamFramer: Sendable {
  /// Why the connection must be closed.
  public enum Failure: Error, Equatable, Sendable {
    /// A length prefix that no query of a stub resolver has.
    case badLength(UInt16)
  }

  /// One name, one OPT record with generous options.
  public static let maximumQueryLength = 4096

  private var pending: [UInt8] = []
  private var failed: Failure?

  /// Starts at the beginning of a stream.
  public init() {}

  /// Whether the stream stands between two messages, so that closing it loses nothing.
  public var isIdle: Bool { pending.isEmpty }

  /// Takes the next message out of `bytes`, starting at `offset` and moving it; nil when more bytes are
  /// needed.
  ///
  /// Call it until it answers nil. After an error it throws the same error for ever.
  public mutating func next(
    in bytes: borrowing Span<UInt8>, from offset: inout Int
  ) throws(Failure) -> [UInt8]? {
    if let failed { throw failed }
    while let byte = bytes.takeUInt8(&offset, before: bytes.count) {
      pending.append(byte)
      if pending.count == 2, let failure = Self.failure(of: length) {
        failed = failure
        throw failure
      }
      if pending.count > 2, pending.count == 2 + Int(length) {
        defer { pending.removeAll(keepingCapacity: true) }
        return Array(pending[2...])
      }
    }
    return nil
  }

  /// The length prefix, once both of its bytes are there.
  private var length: UInt16 { pending.count < 2 ? 0 : UInt16(pending[0]) << 8 | UInt16(pending[1]) }

  private static func failure(of length: UInt16) -> Failure? {
    length < 12 || length > maximumQueryLength ? .badLength(length) : nil
  }
}
