/// Why a text is not the canonical spelling of a host name, or of a host and port.
public enum NameError: Error, Equatable, Sendable {
  /// There is nothing where a name should stand.
  case empty
  /// RFC 1035 §2.3.4: a name has at most 253 characters in text form.
  case tooLong
  /// Two dots follow each other, or the name begins with one.
  case emptyLabel
  /// RFC 1035 §2.3.4: a label has at most 63 characters.
  case labelTooLong
  /// A label begins or ends with a hyphen.
  case hyphenAtEdge
  /// The final dot of an absolute name is not part of the canonical spelling.
  case trailingDot
  /// Canonical names are written in lower case.
  case upperCase
  /// A byte that no host name has; international names are written in their `xn--` form.
  case badByte(UInt8, at: Int)
  /// The last label is a number, so some resolvers would read the whole as an address.
  case addressLiteral
  /// No `:port` follows the host.
  case portMissing
  /// The port is not a number from 1 to 65535 written without leading zeros.
  case badPort
}

extension NameError: CustomStringConvertible {
  /// One sentence for the person who typed the name.
  public var description: String {
    switch self {
    case .empty: "a host name is missing"
    case .tooLong: "a host name has at most 253 characters"
    case .emptyLabel: "a host name has no empty label between its dots"
    case .labelTooLong: "a label of a host name has at most 63 characters"
    case .hyphenAtEdge: "a label of a host name neither begins nor ends with '-'"
    case .trailingDot: "write the host name without its final '.'"
    case .upperCase: "write the host name in lower case"
    case .badByte(let byte, let offset): "byte 0x\(Hex.text([byte])) at \(offset) is not part of a host name"
    case .addressLiteral: "an address, or a name that ends in a number, is not a host name"
    case .portMissing: "a port is missing: write host:port"
    case .badPort: "a port is a number from 1 to 65535 without leading zeros"
    }
  }
}
