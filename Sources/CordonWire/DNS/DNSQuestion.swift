/// What a DNS query asks: a name and a type, in class IN.
public struct DNSQuestion: Hashable, Sendable {
  /// The name when it is a host name, in lower case; nil for every other name (the root, control bytes,
  /// a dot inside of a label, ...). Such a name can be on no list.
  public let name: DomainName?
  /// What is asked for.
  public let type: DNSRecordType
  /// The name as it was sent, with its mixed case: length bytes, labels, the final zero.
  public let wireName: [UInt8]

  /// The name for logs and the ledger: lower case, escaped as in RFC 1035 §5.1, `.` for the root.
  public var text: String {
    if let name { return name.text }
    var text: [UInt8] = []
    var offset = 0
    while offset < wireName.count, wireName[offset] > 0 {
      let end = min(offset + 1 + Int(wireName[offset]), wireName.count)
      if !text.isEmpty { text.append(ASCII.dot) }
      for byte in wireName[(offset + 1)..<end] { Self.appendEscaped(byte, to: &text) }
      offset = end
    }
    return text.isEmpty ? "." : String(decoding: text, as: UTF8.self)
  }

  private static func appendEscaped(_ byte: UInt8, to text: inout [UInt8]) {
    switch byte {
    case ASCII.dot, 0x5C: text += [0x5C, byte]
    case 0x21...0x7E: text.append(ASCII.lowercased(byte))
    default: text += [0x5C, 0x30 + byte / 100, 0x30 + byte / 10 % 10, 0x30 + byte % 10]
    }
  }
}
