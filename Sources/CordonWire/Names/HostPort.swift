/// A host and a port in their one canonical spelling, `host:port`.
///
/// This is what a CONNECT request must name and what an allowlist entry is: nothing is normalised on the way,
/// so what the policy judged is byte for byte what is dialled. Refused: addresses, user information,
/// a path, a port with leading zeros or a sign, a missing port.
public struct HostPort: Hashable, Sendable {
  /// The host.
  public let host: DomainName
  /// The port, never 0.
  public let port: UInt16

  /// Joins a host and a port; nil when the port is 0.
  public init?(host: DomainName, port: UInt16) {
    guard port != 0 else { return nil }
    self.host = host
    self.port = port
  }

  /// Accepts the canonical spelling only.
  public init(_ text: String) throws(NameError) {
    // The first colon ends the host: an IPv6 literal therefore has a bad host or a bad port.
    let bytes = text.utf8
    guard let colon = bytes.firstIndex(of: ASCII.colon) else {
      _ = try DomainName(text)
      throw .portMissing
    }
    self.host = try DomainName(canonical: Array(bytes[..<colon]))
    self.port = try Self.port(bytes[bytes.index(after: colon)...])
  }

  private static func port(_ digits: Substring.UTF8View) throws(NameError) -> UInt16 {
    guard let first = digits.first else { throw .portMissing }
    guard digits.count <= 5, first != 0x30 else { throw .badPort }
    var value = 0
    for digit in digits {
      guard ASCII.isDigit(digit) else { throw .badPort }
      value = value * 10 + Int(digit - 0x30)
    }
    guard let port = UInt16(exactly: value) else { throw .badPort }
    return port
  }
}

extension HostPort: Comparable, CustomStringConvertible {
  /// The canonical text, `host:port`.
  public var description: String { "\(host):\(port)" }

  /// Orders by host, then by port.
  public static func < (left: HostPort, right: HostPort) -> Bool {
    left.host == right.host ? left.port < right.port : left.host < right.host
  }
}
