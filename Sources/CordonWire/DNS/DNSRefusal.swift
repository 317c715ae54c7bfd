/// Why bytes from a workspace are not a question the gateway answers, and what to say back.
public struct DNSRefusal: Error, Equatable, Sendable {
  /// What is wrong with the message.
  public enum Fault: Equatable, Sendable {
    /// Fewer than the 12 bytes of a header, or the message ends inside of a field.
    case truncated
    /// The message is itself a reply. Answering it could build a loop of two servers.
    case isReply
    /// An opcode other than QUERY.
    case opcode(UInt8)
    /// Header bits that a question must leave unset.
    case badFlags
    /// QDCOUNT is not 1.
    case questionCount(UInt16)
    /// Records in the answer or authority section, or more than one additional record.
    case unexpectedRecords
    /// A compression pointer or an unknown label type in the question's name.
    case badLabel
    /// RFC 1035 §2.3.4: more than 255 bytes of name.
    case nameTooLong
    /// A class other than IN.
    case questionClass(UInt16)
    /// The additional record is no well-formed OPT record (RFC 6891 §6.1.2).
    case badOPT
    /// An EDNS version above 0.
    case ednsVersion(UInt8)
    /// Bytes after the last record.
    case trailingBytes
  }

  /// What is wrong.
  public let fault: Fault
  /// The message's id, when it could be read.
  public let id: UInt16?
  /// The code to answer with; nil when the right answer is silence.
  public let replyCode: DNSReplyCode?
  let opcode: UInt8
  let recursionDesired: Bool

  init(_ fault: Fault, header: DNSHeader?) {
    self.fault = fault
    self.id = header?.id
    self.opcode = header?.opcode ?? 0
    self.recursionDesired = header?.recursionDesired ?? false
    self.replyCode = header == nil ? nil : Self.replyCode(for: fault)
  }

  private static func replyCode(for fault: Fault) -> DNSReplyCode? {
    switch fault {
    case .isReply: nil
    case .opcode: .notImplemented
    case .questionClass: .refused
    case .ednsVersion: .badVersion
    default: .formatError
    }
  }
}

/// The first four bytes of a message, as far as a reply repeats them.
struct DNSHeader {
  var id: UInt16
  var flags: UInt16

  var opcode: UInt8 { UInt8(truncatingIfNeeded: flags >> 11) & 15 }
  var recursionDesired: Bool { flags & 0x0100 != 0 }
}
