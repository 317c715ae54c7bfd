/// A host name in its one canonical spelling: lower-case letters, digits, hyphens and dots.
///
/// Two values are the same host exactly when their bytes are the same, so an allowlist needs no further
/// comparison rule. Refused, never repaired: upper case, a final dot, an address in any spelling
/// (`127.0.0.1`, `0x7f.1`, `2130706433`, `::1`), empty labels, bytes outside of the set.
/// An underscore may stand in every label but the last (`_dmarc.example.com`).
public struct DomainName: Hashable, Sendable {
  /// The canonical text.
  public let text: String

  /// Accepts the canonical spelling only.
  public init(_ text: String) throws(NameError) {
    try Self.check(text.utf8.span)
    self.text = text
  }

  /// Accepts the canonical spelling with letters of either case, as DNS resolvers send it (0x20 mixing).
  public init(foldingCase text: String) throws(NameError) {
    try self.init(canonical: text.utf8.map(ASCII.lowercased))
  }

  /// Accepts the bytes of a canonical spelling.
  public init(canonical bytes: [UInt8]) throws(NameError) {
    try Self.check(bytes.span)
    // Checked above: every byte is ASCII, so decoding repairs nothing.
    self.text = String(decoding: bytes, as: UTF8.self)
  }

  /// The labels, the most specific first.
  public var labels: [Substring] { text.split(separator: ".") }

  /// Whether this name lies below `parent`; a name is not its own child.
  public func isChild(of parent: DomainName) -> Bool {
    let name = text.utf8
    let suffix = parent.text.utf8
    guard name.count > suffix.count + 1 else { return false }
    let cut = name.index(name.endIndex, offsetBy: -suffix.count)
    return name[name.index(before: cut)] == ASCII.dot && name[cut...].elementsEqual(suffix)
  }
}

extension DomainName {
  private static func check(_ bytes: borrowing Span<UInt8>) throws(NameError) {
    guard bytes.count > 0 else { throw .empty }
    // A final dot is told apart first: it is the commonest slip and has its own advice.
    if bytes.count > 1, bytes[bytes.count - 1] == ASCII.dot { throw .trailingDot }
    guard bytes.count <= 253 else { throw .tooLong }
    var start = 0
    var underscore: Int?
    for index in bytes.indices {
      let byte = bytes[index]
      if byte == ASCII.dot {
        try checkLabel(bytes, start..<index)
        start = index + 1
      } else if byte == ASCII.underscore {
        underscore = index
      } else if !(ASCII.isLowerLetter(byte) || ASCII.isDigit(byte) || byte == ASCII.hyphen) {
        throw ASCII.isUpperLetter(byte) ? .upperCase : .badByte(byte, at: index)
      }
    }
    try checkLabel(bytes, start..<bytes.count)
    if let underscore, underscore >= start { throw .badByte(ASCII.underscore, at: underscore) }
    if endsInNumber(bytes, start..<bytes.count) { throw .addressLiteral }
  }

  private static func checkLabel(_ bytes: borrowing Span<UInt8>, _ label: Range<Int>) throws(NameError) {
    guard !label.isEmpty else { throw .emptyLabel }
    guard label.count <= 63 else { throw .labelTooLong }
    if bytes[label.lowerBound] == ASCII.hyphen || bytes[label.upperBound - 1] == ASCII.hyphen {
      throw .hyphenAtEdge
    }
  }

  /// WHATWG URL §3.5, "ends in a number": parsers read such a host as an IPv4 address, also in octal
  /// (`0177.1`), hexadecimal (`0x7f.1`) and as one number (`2130706433`).
  private static func endsInNumber(_ bytes: borrowing Span<UInt8>, _ label: Range<Int>) -> Bool {
    var digits = label
    if label.count >= 2, bytes[label.lowerBound] == 0x30, bytes[label.lowerBound + 1] == 0x78 {
      digits = (label.lowerBound + 2)..<label.upperBound
      for index in digits where ASCII.hexValue(bytes[index]) == nil { return false }
      return true
    }
    for index in digits where !ASCII.isDigit(bytes[index]) { return false }
    return true
  }
}

extension DomainName: Comparable, CustomStringConvertible {
  /// The canonical text.
  public var description: String { text }

  /// Orders names by the bytes of their text.
  public static func < (left: DomainName, right: DomainName) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}

extension DomainName: Codable {
  /// Reads the canonical spelling from a single string.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(container.decode(String.self))
    } catch let error as NameError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  /// Writes the canonical spelling as a single string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
