/// What a TLS client says first, as far as a gateway must know it before it dials (RFC 8446 §4.1.2).
///
/// The bytes come before any proof of who speaks, so everything is bounded: the hello, its records,
/// each list in it. A server name that is not a canonical host name is refused, not repaired.
public struct ClientHello: Equatable, Sendable {
  /// The server name the client asks for (RFC 6066 §3); nil when it sent none.
  public let sni: DomainName?
  /// The application protocols the client offers, in its order (RFC 7301).
  public let alpn: [String]
  /// Whether the client sent an encrypted inner hello, or pretends to (extension 0xfe0d, also as GREASE).
  public let offersECH: Bool
  /// Whether the client sends data before the handshake is done (RFC 8446 §4.2.10).
  public let offersEarlyData: Bool
  /// How many bytes the hello takes, with its record headers; what follows was sent behind it.
  public let byteCount: Int

  /// What the bytes so far amount to.
  public enum Progress: Equatable, Sendable {
    /// The hello is not whole yet; call again with these bytes and more.
    case needMore
    /// The bytes can no longer become an acceptable hello; close the connection.
    case notTLS(Refusal)
    /// The hello is whole.
    case hello(ClientHello)
  }

  /// Why a connection's first bytes are refused.
  public enum Refusal: Error, Equatable, Sendable {
    /// The first byte does not open a TLS handshake record: plain text, SSH, SSL 2.
    case notHandshake(UInt8)
    /// A record's version is not 3.x.
    case recordVersion(UInt8)
    /// A record without content, or with more than 2^14 bytes.
    case recordLength(Int)
    /// The hello is cut into more records than any client makes.
    case tooManyRecords
    /// The handshake begins with another message.
    case notClientHello(UInt8)
    /// More than 16 KiB of hello.
    case tooLong(Int)
    /// Something follows the hello inside of its last record.
    case trailingBytes
    /// A length inside of the hello points beyond its surroundings, or a mandatory list is empty.
    case malformed
    /// RFC 8446 §4.2: the same extension twice.
    case repeatedExtension(UInt16)
    /// Not exactly one name, or a name that is not a canonical host name.
    case badServerName(NameError?)
    /// The application protocols are no list of ASCII names.
    case badALPN
  }

  /// The longest hello that is accepted, without its record headers.
  public static let maximumLength = 16384
  /// The most records a hello may be cut into.
  public static let maximumRecords = 64
  /// The most bytes to keep before the answer is there in any case.
  public static let maximumBuffer = maximumLength + 4 + maximumRecords * 5

  /// Reads the bytes that a connection has sent so far.
  public static func parse(_ bytes: [UInt8]) -> Progress { parse(bytes.span) }

  /// Reads the bytes that a connection has sent so far.
  public static func parse(_ bytes: ArraySlice<UInt8>) -> Progress { parse(bytes.span) }

  /// Reads the bytes that a connection has sent so far.
  public static func parse(_ bytes: borrowing Span<UInt8>) -> Progress {
    do {
      guard let flight = try HelloFlight(bytes) else { return .needMore }
      return .hello(try flight.message.withHello(byteCount: flight.byteCount))
    } catch {
      return .notTLS(error)
    }
  }
}

extension ClientHello.Refusal: CustomStringConvertible {
  /// One short reason for logs.
  public var description: String {
    switch self {
    case .notHandshake(let byte): "notHandshake(\(byte))"
    case .recordVersion(let byte): "recordVersion(\(byte))"
    case .recordLength(let length): "recordLength(\(length))"
    case .tooManyRecords: "tooManyRecords"
    case .notClientHello(let type): "notClientHello(\(type))"
    case .tooLong(let length): "tooLong(\(length))"
    case .trailingBytes: "trailingBytes"
    case .malformed: "malformed"
    case .repeatedExtension(let type): "repeatedExtension(\(type))"
    case .badServerName(let error): "badServerName(\(error?.description ?? "no single name"))"
    case .badALPN: "badALPN"
    }
  }
}

extension [UInt8] {
  fileprivate func withHello(byteCount: Int) throws(ClientHello.Refusal) -> ClientHello {
    try ClientHello(message: span, byteCount: byteCount)
  }
}

/// The first handshake message of a connection, collected out of its records (RFC 8446 §5.1).
private struct HelloFlight {
  var message: [UInt8] = []
  var byteCount = 0

  /// Answers nil while the message is not whole. Nothing is copied before that, so a client that sends byte
  /// by byte makes the gateway look at record headers only.
  init?(_ bytes: borrowing Span<UInt8>) throws(ClientHello.Refusal) {
    var contents: [Range<Int>] = []
    var available = 0
    var offset = 0
    while let content = try Self.record(bytes, &offset) {
      guard contents.count < ClientHello.maximumRecords else { throw .tooManyRecords }
      contents.append(content.clamped(to: 0..<bytes.count))
      available += contents[contents.count - 1].count
      let length = try Self.length(Self.join(bytes, contents, atMost: 4).span)
      if let length, available > length { throw .trailingBytes }
      guard offset <= bytes.count else { return nil }
      if available == length {
        message = Self.join(bytes, contents, atMost: available)
        byteCount = offset
        return
      }
    }
    return nil
  }

  private static func join(
    _ bytes: borrowing Span<UInt8>, _ contents: [Range<Int>], atMost limit: Int
  ) -> [UInt8] {
    var joined: [UInt8] = []
    joined.reserveCapacity(limit)
    for content in contents where joined.count < limit {
      for index in content.prefix(limit - joined.count) { joined.append(bytes[index]) }
    }
    return joined
  }

  /// Where the next record's content stands, which may reach beyond the bytes; nil without a whole header.
  private static func record(
    _ bytes: borrowing Span<UInt8>, _ offset: inout Int
  ) throws(ClientHello.Refusal) -> Range<Int>? {
    // What is wrong is said as soon as it is known, so that a plain-text client does not wait in vain.
    guard let type = bytes.peek(offset) else { return nil }
    guard type == 22 else { throw .notHandshake(type) }
    if let major = bytes.peek(offset + 1), major != 3 { throw .recordVersion(major) }
    var lengthOffset = offset + 3
    guard let length = bytes.takeUInt16(&lengthOffset, before: bytes.count) else { return nil }
    guard 1...16384 ~= Int(length) else { throw .recordLength(Int(length)) }
    offset = lengthOffset + Int(length)
    return lengthOffset..<offset
  }

  /// The whole length of the message with its header; nil while the header is not there.
  private static func length(_ message: borrowing Span<UInt8>) throws(ClientHello.Refusal) -> Int? {
    guard let type = message.peek(0) else { return nil }
    guard type == 1 else { throw .notClientHello(type) }
    var offset = 1
    guard let length = message.takeUInt24(&offset, before: message.count) else { return nil }
    guard length <= ClientHello.maximumLength else { throw .tooLong(length) }
    return 4 + length
  }
}
