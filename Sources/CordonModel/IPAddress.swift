/// An IPv4 or IPv6 address in one form only: an IPv4-mapped IPv6 address is the IPv4 address that it stands for.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
  /// Four or sixteen bytes, in network order.
  public let bytes: [UInt8]

  /// An address of four or sixteen bytes; nil for any other count.
  public init?(bytes: [UInt8]) {
    switch bytes.count {
    case 4: self.bytes = bytes
    // RFC 4291 §2.5.5.2. A listener on both families reports IPv4 peers so.
    case 16:
      let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
      self.bytes = isMapped ? Array(bytes[12...]) : bytes
    default: return nil
    }
  }

  /// Reads an address as RFC 4291 §2.2 writes it, or four decimal numbers without leading zeros; no zone, no port.
  public init?(_ text: String) {
    guard text.utf8.count <= 45 else { return nil }
    guard let bytes = text.utf8.contains(UInt8(ascii: ":")) ? Self.v6(text) : Self.v4(text[...]) else {
      return nil
    }
    self.init(bytes: bytes)
  }

  /// Whether it is of IPv4.
  public var isV4: Bool { bytes.count == 4 }

  /// A bit, counted from the front.
  func bit(_ index: Int) -> Bool {
    let mask: UInt8 = 0x80 >> UInt8(index % 8)
    return bytes[index / 8] & mask != 0
  }

  private static func v4(_ text: Substring) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      // "010" is eight to some readers and ten to others.
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        part.utf8.count == 1 || part.utf8.first != 0x30, let byte = UInt8(part)
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static func v6(_ text: String) -> [UInt8]? {
    guard let gap = gap(in: text) else { return groups(text[...]).flatMap { $0.count == 16 ? $0 : nil } }
    guard let head = groups(text[..<gap.lowerBound], endsAddress: false),
      let tail = groups(text[gap.upperBound...]),
      !tail.isEmpty || !text[gap.upperBound...].contains(":"), head.count + tail.count <= 14
    else { return nil }
    return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
  }

  /// The place of the only `::`; a second one makes the groups unreadable.
  private static func gap(in text: String) -> Range<String.Index>? {
    var index = text.startIndex
    while index < text.endIndex {
      let next = text.index(after: index)
      if next < text.endIndex, text[index] == ":", text[next] == ":" {
        return index..<text.index(after: next)
      }
      index = next
    }
    return nil
  }

  private static func groups(_ text: Substring, endsAddress: Bool = true) -> [UInt8]? {
    guard !text.isEmpty else { return [] }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 8 else { return nil }
    var bytes: [UInt8] = []
    for (index, part) in parts.enumerated() {
      if endsAddress, index == parts.count - 1, part.contains(".") {
        guard let tail = v4(part) else { return nil }
        bytes += tail
        continue
      }
      guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHexadecimal),
        let group = UInt16(part, radix: 16)
      else { return nil }
      bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
    }
    return bytes.count <= 16 ? bytes : nil
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }

  /// The one spelling of RFC 5952: lower case, the longest run of two or more zero groups left out.
  public var description: String {
    guard !isV4 else { return bytes.map { String($0) }.joined(separator: ".") }
    let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
    let run = Self.longestRun(groups)
    func text(_ part: ArraySlice<UInt16>) -> String {
      part.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard run.count >= 2 else { return text(groups[...]) }
    return text(groups[..<run.lowerBound]) + "::" + text(groups[run.upperBound...])
  }

  private static func longestRun(_ groups: [UInt16]) -> Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0...groups.count where index == groups.count || groups[index] != 0 {
      if index - start > longest.count { longest = start..<index }
      start = index + 1
    }
    return longest
  }
}

/// The addresses that begin with the same bits, written `192.0.2.0/24`.
public struct AddressRange: Hashable, Sendable, CustomStringConvertible {
  /// The first address; the bits behind `length` are zero.
  public let first: IPAddress
  /// How many leading bits are fixed.
  public let length: Int

  /// Reads a range, or says why it cannot be one. A single address is the range of itself alone.
  public init(_ text: String) throws(NameRefusal) {
    let rule = "write one like 192.0.2.0/24 or 2001:db8::/32"
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let head = parts.first, let first = IPAddress(String(head)) else {
      throw NameRefusal(kind: "address range", text: text, rule: rule)
    }
    let most = first.bytes.count * 8
    var length = most
    if parts.count == 2 {
      let digits = parts[1]
      guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        digits.utf8.count == 1 || digits.utf8.first != 0x30, let number = Int(digits), number <= most
      else { throw NameRefusal(kind: "address range", text: text, rule: rule) }
      length = number
    }
    guard (length..<most).allSatisfy({ !first.bit($0) }) else {
      throw NameRefusal(
        kind: "address range", text: text, rule: "bits are set behind the first \(length); " + rule)
    }
    self.first = first
    self.length = length
  }

  /// Whether the address is one of the range's.
  public func contains(_ address: IPAddress) -> Bool {
    guard address.bytes.count == first.bytes.count else { return false }
    return (0..<length).allSatisfy { address.bit($0) == first.bit($0) }
  }

  /// The `index`th range of `length` within this one; nil where it has none, or is not of IPv4.
  public func part(_ index: Int, length: Int) -> AddressRange? {
    guard first.isV4, (self.length...32).contains(length), index >= 0,
      index < 1 << (length - self.length)
    else { return nil }
    let start = first.bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } | UInt32(index) << UInt32(32 - length)
    let bytes = stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: start >> UInt32($0)) }
    return IPAddress(bytes: bytes).map { AddressRange(first: $0, length: length) }
  }

  private init(first: IPAddress, length: Int) {
    self.first = first
    self.length = length
  }

  /// `192.0.2.0/24`.
  public var description: String { "\(first)/\(length)" }
}
