/// An IPv4 or IPv6 network in CIDR notation; one address where no prefix is written.
public struct AddressRange: Sendable, Hashable {
  /// Whether it is a range of IPv6 addresses.
  public let isV6: Bool
  private let network: UInt128
  private let mask: UInt128

  /// Its first address, as a number.
  public var first: UInt128 { network }
  /// Its last address, as a number.
  public var last: UInt128 { network | (~mask & (isV6 ? .max : 0xFFFF_FFFF)) }

  /// The range `text` spells, or nil where it spells none. Host bits are ignored, as AWS ignores them.
  public init?(_ text: String) { self.init(text.utf8Span.span) }

  init?(_ text: Span<UInt8>) {
    var slash = text.count
    for index in 0..<text.count where text[index] == UInt8(ascii: "/") {
      slash = index
      break
    }
    guard let address = Self.address(text, upTo: slash) else { return nil }
    let width = address.isV6 ? 128 : 32
    var prefix = width
    if slash < text.count {
      guard let number = Self.decimal(text, slash + 1, text.count, maximum: width) else { return nil }
      prefix = number
    }
    isV6 = address.isV6
    mask = prefix == 0 ? 0 : (UInt128.max << UInt128(width - prefix)) & (isV6 ? .max : 0xFFFF_FFFF)
    network = address.bits & mask
  }

  /// Whether `text` is an address, or a range, inside this one; nil where it is neither.
  ///
  /// An IPv4 address and its IPv4-mapped IPv6 form (RFC 4291 section 2.5.5.2) inside each other are
  /// undecided: AWS does not say whether they are one address. A range that is wider than the mapped
  /// addresses means IPv6.
  func contains(_ text: Span<UInt8>) -> Truth? {
    guard let other = AddressRange(text) else { return nil }
    if isV6 == other.isV6 { return Truth(covers(other)) }
    return Self.allMapped.covers(mapped) && mapped.covers(other.mapped) ? .undecided : .no
  }

  private static let allMapped = AddressRange(network: 0xFFFF_0000_0000, mask: UInt128.max << 32)

  private func covers(_ other: AddressRange) -> Bool {
    mask & other.mask == mask && other.network & mask == network
  }

  private init(network: UInt128, mask: UInt128) {
    isV6 = true
    (self.network, self.mask) = (network, mask)
  }

  /// The same range among IPv6 addresses.
  private var mapped: AddressRange {
    isV6
      ? self
      : AddressRange(network: network | 0xFFFF_0000_0000, mask: mask | (UInt128.max << 32))
  }

  private static func address(_ text: Span<UInt8>, upTo end: Int) -> (isV6: Bool, bits: UInt128)? {
    for index in 0..<end where text[index] == UInt8(ascii: ":") {
      return v6(text, end).map { (true, $0) }
    }
    return v4(text, 0, end).map { (false, UInt128($0)) }
  }

  /// Four decimal numbers; leading zeros are refused, because some readers take them for octal.
  private static func v4(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> UInt32? {
    var bits: UInt32 = 0
    var at = start
    for part in 0..<4 {
      if part > 0 {
        guard at < end, text[at] == UInt8(ascii: ".") else { return nil }
        at += 1
      }
      let from = at
      while at < end, text[at] != UInt8(ascii: ".") { at += 1 }
      guard let number = decimal(text, from, at, maximum: 255) else { return nil }
      bits = bits << 8 | UInt32(number)
    }
    return at == end ? bits : nil
  }

  private static func decimal(_ text: Span<UInt8>, _ from: Int, _ to: Int, maximum: Int) -> Int? {
    guard to > from, to - from <= 3, to - from == 1 || text[from] != UInt8(ascii: "0") else { return nil }
    var value = 0
    for index in from..<to {
      guard text[index] >= UInt8(ascii: "0"), text[index] <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(text[index] - UInt8(ascii: "0"))
    }
    return value <= maximum ? value : nil
  }

  /// RFC 4291 section 2.2: eight groups, `::` once, an IPv4 tail.
  private static func v6(_ text: Span<UInt8>, _ end: Int) -> UInt128? {
    var bits: UInt128 = 0
    var groups = 0
    var gap: Int?
    var at = 0
    if end >= 2, text[0] == UInt8(ascii: ":") {
      guard text[1] == UInt8(ascii: ":") else { return nil }
      (gap, at) = (0, 2)
    }
    while at < end {
      var stop = at
      while stop < end, text[stop] != UInt8(ascii: ":"), text[stop] != UInt8(ascii: ".") { stop += 1 }
      if stop < end, text[stop] == UInt8(ascii: ".") {
        guard groups <= 6, let tail = v4(text, at, end) else { return nil }
        bits = bits << 32 | UInt128(tail)
        groups += 2
        at = end
        break
      }
      guard groups < 8, let group = hexGroup(text, at, stop) else { return nil }
      bits = bits << 16 | UInt128(group)
      groups += 1
      at = stop
      guard at < end else { break }
      at += 1
      if at < end, text[at] == UInt8(ascii: ":") {
        guard gap == nil else { return nil }
        gap = groups
        at += 1
      } else if at == end {
        return nil
      }
    }
    guard let gap else { return groups == 8 ? bits : nil }
    guard groups < 8 else { return nil }
    let tailBits = UInt128((groups - gap) * 16)
    let tail = bits & ~(UInt128.max << tailBits)
    return gap == 0 ? tail : (bits >> tailBits) << UInt128((8 - gap) * 16) | tail
  }

  private static func hexGroup(_ text: Span<UInt8>, _ from: Int, _ to: Int) -> UInt16? {
    guard to > from, to - from <= 4 else { return nil }
    var value: UInt16 = 0
    for index in from..<to {
      let byte = asciiLower(text[index])
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt16(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt16(byte - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }
}
