/// The header of a reply and its OPT record, which share the reply code.
struct DNSReplyHead {
  var id: UInt16
  var code: DNSReplyCode
  var recursionDesired: Bool
  var truncated: Bool
  var opcode: UInt8 = 0

  func write(
    questions: UInt16, answers: UInt16, authorities: UInt16, additional: UInt16, into message: inout [UInt8]
  ) {
    message.appendUInt16(id)
    // QR, AA and RA: the gateway is the authority for all that it answers, and there is nobody to recurse to.
    var flags: UInt16 = 0x8480 | UInt16(opcode & 15) << 11 | UInt16(code.rawValue & 15)
    if recursionDesired { flags |= 0x0100 }
    if truncated { flags |= 0x0200 }
    message.appendUInt16(flags)
    for count in [questions, answers, authorities, additional] { message.appendUInt16(count) }
  }

  /// RFC 6891 §6.1.1: a query with an OPT record gets one back; it never carries an option.
  func writeOPT(into message: inout [UInt8]) {
    message.append(0)
    message.appendUInt16(DNSRecordType.opt.rawValue)
    message.appendUInt16(DNSReply.maximumDatagram)
    message.appendUInt32(UInt32(code.rawValue >> 4) << 24)
    message.appendUInt16(0)
  }
}

extension [UInt8] {
  mutating func appendUInt16(_ value: UInt16) {
    append(UInt8(value >> 8))
    append(UInt8(value & 255))
  }

  mutating func appendUInt32(_ value: UInt32) {
    appendUInt16(UInt16(value >> 16))
    appendUInt16(UInt16(value & 0xFFFF))
  }
}
