/// The type of a DNS record, or what a question asks for.
public struct DNSRecordType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The number on the wire.
  public let rawValue: UInt16

  /// Any number is a type; most have no name here.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// An IPv4 address.
  public static let a = DNSRecordType(rawValue: 1)
  /// An alias.
  public static let cname = DNSRecordType(rawValue: 5)
  /// The start of a zone.
  public static let soa = DNSRecordType(rawValue: 6)
  /// Free text, the usual payload of a tunnel.
  public static let txt = DNSRecordType(rawValue: 16)
  /// An IPv6 address.
  public static let aaaa = DNSRecordType(rawValue: 28)
  /// EDNS (RFC 6891); never a question.
  public static let opt = DNSRecordType(rawValue: 41)

  private static let names: [UInt16: String] = [
    1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 10: "NULL", 12: "PTR", 13: "HINFO", 15: "MX", 16: "TXT",
    28: "AAAA",
    33: "SRV", 35: "NAPTR", 39: "DNAME", 41: "OPT", 43: "DS", 46: "RRSIG", 48: "DNSKEY", 64: "SVCB",
    65: "HTTPS",
    251: "IXFR", 252: "AXFR", 255: "ANY", 256: "URI", 257: "CAA",
  ]

  /// The mnemonic, or `TYPE` and the number (RFC 3597 §5).
  public var description: String { Self.names[rawValue] ?? "TYPE\(rawValue)" }
}

/// The code that a reply carries (RFC 1035 §4.1.1).
public enum DNSReplyCode: UInt8, Sendable, Equatable {
  /// The question was answered, perhaps with nothing.
  case noError = 0
  /// The question could not be read.
  case formatError = 1
  /// The gateway failed, not the client.
  case serverFailure = 2
  /// The name does not exist.
  case nameError = 3
  /// An opcode that is not served.
  case notImplemented = 4
  /// Policy says no.
  case refused = 5
  /// RFC 6891 §6.1.3: an EDNS version above 0; its upper bits travel in the OPT record.
  case badVersion = 16
}
