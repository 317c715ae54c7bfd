/// An IPv4 address, the only kind that a workspace's DNS ever answers with.
public struct IPv4Address: Hashable, Sendable, CustomStringConvertible {
  /// The four bytes, the first one most significant.
  public let rawValue: UInt32

  /// Takes the four bytes as one number.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Takes the four bytes as they are written.
  public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
    rawValue = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
  }

  /// Dotted decimal.
  public var description: String {
    "\(rawValue >> 24).\(rawValue >> 16 & 255).\(rawValue >> 8 & 255).\(rawValue & 255)"
  }
}

/// What carried the query, which decides how the reply is bounded and framed.
public enum DNSTransport: Sendable, Equatable {
  /// One datagram: at most what the client offers, and never more than 1232 bytes.
  case udp
  /// A stream: the message is preceded by its length (RFC 1035 §4.2.2).
  case tcp
}

/// A reply that the gateway makes up by itself; nothing in it was ever resolved.
public struct DNSReply: Equatable, Sendable {
  /// What the question is answered with.
  public enum Answer: Equatable, Sendable {
    /// Address records for the name as it was asked.
    case addresses([IPv4Address])
    /// The name exists, but not with that type.
    case noData
    /// The name does not exist (NXDOMAIN).
    case nameError
    /// A reply without an answer.
    case failure(DNSReplyCode)
  }

  /// The answer.
  public var answer: Answer
  /// How many seconds a client may keep it. Small, so that a changed policy is noticed.
  public var timeToLive: UInt32

  /// Makes a reply.
  public init(_ answer: Answer, timeToLive: UInt32 = 5) {
    self.answer = answer
    self.timeToLive = timeToLive
  }

  /// The bytes to send back.
  public func encoded(for query: DNSQuery, over transport: DNSTransport) -> [UInt8] {
    var message: [UInt8] = []
    encode(for: query, over: transport, into: &message)
    return message
  }

  /// Replaces the content of `message` with the bytes to send back, reusing its memory.
  ///
  /// The question returns exactly as it was sent, so that clients that mix case (0x20) recognise it.
  /// It goes back to the workspace that sent it and nowhere else.
  public func encode(for query: DNSQuery, over transport: DNSTransport, into message: inout [UInt8]) {
    message.removeAll(keepingCapacity: true)
    message.reserveCapacity(128)
    if transport == .tcp { message += [0, 0] }
    let start = message.count
    writeBody(for: query, into: &message)
    if transport == .udp, message.count > Self.limit(for: query) {
      // RFC 2181 §9: an answer that does not fit is left out whole; TC asks the client to come by TCP.
      message.removeLast(message.count - start)
      DNSReply(.failure(.noError)).writeBody(for: query, truncated: true, into: &message)
    }
    if transport == .tcp { Self.setLength(of: &message) }
  }
}

extension DNSReply {
  /// DNS flag day 2020: larger datagrams are fragmented on ordinary paths.
  static let maximumDatagram: UInt16 = 1232

  private static func limit(for query: DNSQuery) -> Int {
    Int(min(max(query.udpPayloadSize ?? 512, 512), maximumDatagram))
  }

  private static func setLength(of message: inout [UInt8]) {
    // A reply holds one name of 255 bytes and at most `maximumAddresses` records, far below 65,535.
    let length = UInt16(clamping: message.count - 2)
    message[0] = UInt8(length >> 8)
    message[1] = UInt8(length & 255)
  }

  /// More addresses than this are never configured; the bound keeps the record count in its field.
  static let maximumAddresses = 1024

  private func writeBody(for query: DNSQuery, truncated: Bool = false, into message: inout [UInt8]) {
    let (code, addresses, negative): (DNSReplyCode, ArraySlice<IPv4Address>, Bool) =
      switch answer {
      case .addresses(let all): (.noError, all.prefix(Self.maximumAddresses), false)
      case .noData: (.noError, [], true)
      case .nameError: (.nameError, [], true)
      case .failure(let code): (code, [], false)
      }
    let head = DNSReplyHead(
      id: query.id, code: code, recursionDesired: query.recursionDesired, truncated: truncated)
    let edns = query.udpPayloadSize != nil
    head.write(
      questions: 1, answers: UInt16(addresses.count), authorities: negative ? 1 : 0, additional: edns ? 1 : 0,
      into: &message)
    message += query.question.wireName
    message.appendUInt16(query.question.type.rawValue)
    message.appendUInt16(1)
    for address in addresses { write(address, into: &message) }
    if negative { writeStartOfAuthority(into: &message) }
    if edns { head.writeOPT(into: &message) }
  }

  private func write(_ address: IPv4Address, into message: inout [UInt8]) {
    // The name is a pointer to the question, which always stands behind the 12 bytes of the header.
    message.appendUInt16(0xC00C)
    message.appendUInt16(DNSRecordType.a.rawValue)
    message.appendUInt16(1)
    message.appendUInt32(timeToLive)
    message.appendUInt16(4)
    message.appendUInt32(address.rawValue)
  }

  /// RFC 2308 §3: a negative answer is cached for the SOA's time to live. The owner is the root, because the
  /// gateway answers for the whole name space of its workspace.
  private func writeStartOfAuthority(into message: inout [UInt8]) {
    message.append(0)
    message.appendUInt16(DNSRecordType.soa.rawValue)
    message.appendUInt16(1)
    message.appendUInt32(timeToLive)
    message.appendUInt16(UInt16(Self.authority.count + 20))
    message += Self.authority
    message.appendUInt32(1)
    for interval: UInt32 in [3600, 600, 86400] { message.appendUInt32(interval) }
    message.appendUInt32(timeToLive)
  }

  /// `gateway.cordon.internal` as server, `hostmaster` there as mailbox; not compressed.
  private static let authority: [UInt8] = {
    let zone = ["cordon", "internal"]
    return [["gateway"] + zone, ["hostmaster"] + zone].flatMap { labels in
      labels.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }
  }()
}

extension DNSRefusal {
  /// The bytes to send back, a header without a question; nil when the right answer is silence.
  public func encodedReply(over transport: DNSTransport) -> [UInt8]? {
    guard let id, let replyCode else { return nil }
    var message: [UInt8] = []
    let head = DNSReplyHead(
      id: id, code: replyCode, recursionDesired: recursionDesired, truncated: false, opcode: opcode)
    let edns = replyCode == .badVersion
    head.write(questions: 0, answers: 0, authorities: 0, additional: edns ? 1 : 0, into: &message)
    if edns { head.writeOPT(into: &message) }
    return transport == .udp ? message : [0, UInt8(message.count)] + message
  }
}
