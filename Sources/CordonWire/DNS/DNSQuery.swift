/// One DNS query as a stub resolver sends it: exactly one question, class IN, opcode QUERY (RFC 1035 §4).
///
/// Reading is strict, because nothing in a query is ever forwarded and an honest stub resolver sends nothing
/// else. EDNS options (client subnet, cookies, private ones) are skipped and never echoed: only the
/// client's UDP payload size is kept.
public struct DNSQuery: Equatable, Sendable {
  /// Identifies the reply.
  public let id: UInt16
  /// Whether the client asked for recursion; repeated in the reply.
  public let recursionDesired: Bool
  /// The one question.
  public let question: DNSQuestion
  /// The UDP payload size the client offers in its OPT record; nil without one.
  public let udpPayloadSize: UInt16?

  /// Reads one whole message.
  public init(parsing message: [UInt8]) throws(DNSRefusal) {
    try self.init(parsing: message.span)
  }

  /// Reads one whole message.
  public init(parsing message: ArraySlice<UInt8>) throws(DNSRefusal) {
    try self.init(parsing: message.span)
  }

  /// Reads one whole message.
  public init(parsing message: borrowing Span<UInt8>) throws(DNSRefusal) {
    var offset = 0
    let header = try Self.readHeader(message, &offset)
    self.id = header.id
    self.recursionDesired = header.recursionDesired
    self.question = try Self.readQuestion(message, &offset, header)
    self.udpPayloadSize = try Self.readAdditional(message, &offset, header)
  }
}

extension DNSQuery {
  private static func readHeader(
    _ message: borrowing Span<UInt8>, _ offset: inout Int
  ) throws(DNSRefusal) -> DNSHeader {
    guard message.count >= 12, let id = message.takeUInt16(&offset, before: message.count),
      let flags = message.takeUInt16(&offset, before: message.count)
    else { throw DNSRefusal(.truncated, header: nil) }
    let header = DNSHeader(id: id, flags: flags)
    if flags & 0x8000 != 0 { throw DNSRefusal(.isReply, header: header) }
    if header.opcode != 0 { throw DNSRefusal(.opcode(header.opcode), header: header) }
    // AA, TC, RA, the reserved bit and RCODE belong to replies; RD, AD and CD may be set (RFC 4035 §3.2).
    if flags & 0x06CF != 0 { throw DNSRefusal(.badFlags, header: header) }
    guard let questions = message.takeUInt16(&offset, before: message.count),
      let answers = message.takeUInt16(&offset, before: message.count),
      let authorities = message.takeUInt16(&offset, before: message.count)
    else { throw DNSRefusal(.truncated, header: header) }
    if questions != 1 { throw DNSRefusal(.questionCount(questions), header: header) }
    if answers != 0 || authorities != 0 { throw DNSRefusal(.unexpectedRecords, header: header) }
    return header
  }

  private static func readQuestion(
    _ message: borrowing Span<UInt8>, _ offset: inout Int, _ header: DNSHeader
  ) throws(DNSRefusal) -> DNSQuestion {
    // The additional count is read with its section; the question starts behind the header.
    offset = 12
    let (wireName, name) = try readName(message, &offset, header)
    guard let type = message.takeUInt16(&offset, before: message.count),
      let questionClass = message.takeUInt16(&offset, before: message.count)
    else { throw DNSRefusal(.truncated, header: header) }
    if questionClass != 1 { throw DNSRefusal(.questionClass(questionClass), header: header) }
    return DNSQuestion(name: name, type: DNSRecordType(rawValue: type), wireName: wireName)
  }

  private static func readName(
    _ message: borrowing Span<UInt8>, _ offset: inout Int, _ header: DNSHeader
  ) throws(DNSRefusal) -> (wire: [UInt8], name: DomainName?) {
    let start = offset
    var text: [UInt8] = []
    text.reserveCapacity(64)
    var isHostName = true
    while true {
      guard let length = message.takeUInt8(&offset, before: message.count) else {
        throw DNSRefusal(.truncated, header: header)
      }
      if length == 0 { break }
      // RFC 1035 §4.1.4: in the first name of a message there is nothing a pointer could point back to.
      if length > 63 { throw DNSRefusal(.badLabel, header: header) }
      guard let label = message.takeRange(&offset, length: Int(length), before: message.count) else {
        throw DNSRefusal(.truncated, header: header)
      }
      // One byte for the final zero is still to come.
      if offset - start > 254 { throw DNSRefusal(.nameTooLong, header: header) }
      if !text.isEmpty { text.append(ASCII.dot) }
      for index in label {
        // A dot inside of a label must not look like one between two labels.
        if message[index] == ASCII.dot { isHostName = false }
        text.append(ASCII.lowercased(message[index]))
      }
    }
    let name = isHostName ? try? DomainName(canonical: text) : nil
    return (message.copy(start..<offset), name)
  }

  private static func readAdditional(
    _ message: borrowing Span<UInt8>, _ offset: inout Int, _ header: DNSHeader
  ) throws(DNSRefusal) -> UInt16? {
    var countOffset = 10
    guard let count = message.takeUInt16(&countOffset, before: 12) else {
      throw DNSRefusal(.truncated, header: header)
    }
    if count > 1 { throw DNSRefusal(.unexpectedRecords, header: header) }
    let payloadSize = count == 1 ? try readOPT(message, &offset, header) : nil
    if offset != message.count { throw DNSRefusal(.trailingBytes, header: header) }
    return payloadSize
  }

  /// RFC 6891 §6.1.2: root name, type 41, payload size as class, version in the TTL, then options.
  private static func readOPT(
    _ message: borrowing Span<UInt8>, _ offset: inout Int, _ header: DNSHeader
  ) throws(DNSRefusal) -> UInt16 {
    let end = message.count
    guard let root = message.takeUInt8(&offset, before: end),
      let type = message.takeUInt16(&offset, before: end),
      let payloadSize = message.takeUInt16(&offset, before: end),
      let high = message.takeUInt16(&offset, before: end), message.takeUInt16(&offset, before: end) != nil,
      let length = message.takeUInt16(&offset, before: end)
    else { throw DNSRefusal(.truncated, header: header) }
    guard root == 0, type == DNSRecordType.opt.rawValue, high >> 8 == 0 else {
      throw DNSRefusal(.badOPT, header: header)
    }
    guard let options = message.takeRange(&offset, length: Int(length), before: end) else {
      throw DNSRefusal(.truncated, header: header)
    }
    let version = UInt8(truncatingIfNeeded: high)
    if version > 0 { throw DNSRefusal(.ednsVersion(version), header: header) }
    try skipOptions(message, options, header)
    return payloadSize
  }

  private static func skipOptions(
    _ message: borrowing Span<UInt8>, _ options: Range<Int>, _ header: DNSHeader
  ) throws(DNSRefusal) {
    var offset = options.lowerBound
    while offset < options.upperBound {
      guard message.takeUInt16(&offset, before: options.upperBound) != nil,
        let length = message.takeUInt16(&offset, before: options.upperBound),
        message.takeRange(&offset, length: Int(length), before: options.upperBound) != nil
      else { throw DNSRefusal(.badOPT, header: header) }
    }
  }
}
