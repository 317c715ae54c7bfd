// The inside of the hello (RFC 8446 §4.1.2): version, random, session id, cipher suites, compression methods,
// extensions. Every list is read within the bounds of what encloses it.

extension ClientHello {
  /// Reads one whole handshake message with its four-byte header.
  init(message: borrowing Span<UInt8>, byteCount: Int) throws(Refusal) {
    var offset = 4
    let end = message.count
    // Two bytes of version and 32 of random.
    guard message.takeRange(&offset, length: 34, before: end) != nil,
      let session = message.takeUInt8(&offset, before: end), session <= 32,
      message.takeRange(&offset, length: Int(session), before: end) != nil,
      let suites = message.takeUInt16(&offset, before: end), suites >= 2, suites % 2 == 0,
      message.takeRange(&offset, length: Int(suites), before: end) != nil,
      let methods = message.takeUInt8(&offset, before: end), methods >= 1,
      message.takeRange(&offset, length: Int(methods), before: end) != nil
    else { throw .malformed }
    let extensions = try Self.readExtensions(message, &offset)
    self.sni = extensions.sni
    self.alpn = extensions.alpn
    self.offersECH = extensions.seen.contains(0xFE0D)
    self.offersEarlyData = extensions.seen.contains(42)
    self.byteCount = byteCount
  }

  private struct Extensions {
    var sni: DomainName?
    var alpn: [String] = []
    var seen: Set<UInt16> = []
  }

  private static func readExtensions(
    _ message: borrowing Span<UInt8>, _ offset: inout Int
  ) throws(Refusal) -> Extensions {
    var extensions = Extensions()
    // TLS 1.2 and older clients may leave the whole list out.
    if offset == message.count { return extensions }
    guard let total = message.takeUInt16(&offset, before: message.count),
      let list = message.takeRange(&offset, length: Int(total), before: message.count),
      list.upperBound == message.count
    else { throw .malformed }
    var position = list.lowerBound
    while position < list.upperBound {
      guard let type = message.takeUInt16(&position, before: list.upperBound),
        let length = message.takeUInt16(&position, before: list.upperBound),
        let body = message.takeRange(&position, length: Int(length), before: list.upperBound)
      else { throw .malformed }
      guard extensions.seen.insert(type).inserted else { throw .repeatedExtension(type) }
      switch type {
      case 0: extensions.sni = try readServerName(message, body)
      case 16: extensions.alpn = try readALPN(message, body)
      default: break
      }
    }
    return extensions
  }

  /// RFC 6066 §3: a list of names, of which clients send one, of type host_name.
  private static func readServerName(
    _ message: borrowing Span<UInt8>, _ body: Range<Int>
  ) throws(Refusal) -> DomainName {
    var offset = body.lowerBound
    guard let total = message.takeUInt16(&offset, before: body.upperBound),
      Int(total) == body.upperBound - offset,
      let type = message.takeUInt8(&offset, before: body.upperBound), type == 0,
      let length = message.takeUInt16(&offset, before: body.upperBound),
      let name = message.takeRange(&offset, length: Int(length), before: body.upperBound),
      offset == body.upperBound
    else { throw .badServerName(nil) }
    do {
      return try DomainName(canonical: message.copy(name))
    } catch {
      throw .badServerName(error)
    }
  }

  /// RFC 7301 §3.1: a list of one or more names of one or more bytes.
  private static func readALPN(
    _ message: borrowing Span<UInt8>, _ body: Range<Int>
  ) throws(Refusal) -> [String] {
    var offset = body.lowerBound
    guard let total = message.takeUInt16(&offset, before: body.upperBound), total >= 2,
      Int(total) == body.upperBound - offset
    else { throw .badALPN }
    var protocols: [String] = []
    while offset < body.upperBound {
      guard let length = message.takeUInt8(&offset, before: body.upperBound), length > 0,
        let name = message.takeRange(&offset, length: Int(length), before: body.upperBound)
      else { throw .badALPN }
      protocols.append(text(message, name))
    }
    return protocols
  }

  /// A GREASE protocol (RFC 8701) is two arbitrary bytes: kept, but escaped so that it equals no real name.
  private static func text(_ message: borrowing Span<UInt8>, _ range: Range<Int>) -> String {
    let bytes = message.copy(range)
    let isPrintable = bytes.allSatisfy { 0x21...0x7E ~= $0 }
    return isPrintable ? String(decoding: bytes, as: UTF8.self) : "0x" + Hex.text(bytes)
  }
}
