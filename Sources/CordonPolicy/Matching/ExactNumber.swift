/// A decimal number compared exactly: an integer part of up to 28 digits and nine decimals.
///
/// A binary floating-point number would call 9007199254740993 and 9007199254740992 equal.
public struct ExactNumber: Sendable, Hashable, Comparable {
  /// The number times 10 to the ninth.
  public var billionths: Int128 { scaled }
  private let scaled: Int128

  private static let decimals = 9

  /// The number `text` spells (sign, digits, fraction, exponent), or nil where it spells none that fits.
  public init?(_ text: String) { self.init(text.utf8Span.span) }

  init?(_ text: Span<UInt8>) {
    var at = 0
    var negative = false
    if at < text.count, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      negative = text[at] == UInt8(ascii: "-")
      at += 1
    }
    guard let (mantissa, fraction) = Self.mantissa(text, &at) else { return nil }
    guard let exponent = Self.exponent(text, &at), at == text.count else { return nil }
    guard let value = Self.shifted(mantissa, by: exponent - fraction + Self.decimals) else { return nil }
    scaled = negative ? -value : value
  }

  /// All digits as one integer, and how many of them stand after the point.
  private static func mantissa(_ text: Span<UInt8>, _ at: inout Int) -> (Int128, Int)? {
    var value: Int128 = 0
    var digits = 0
    var fraction = 0
    var inFraction = false
    while at < text.count {
      let byte = text[at]
      if byte == UInt8(ascii: "."), !inFraction {
        inFraction = true
      } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        guard value < 10_000_000_000_000_000_000_000_000_000_000_000_000 else { return nil }
        value = value * 10 + Int128(byte - UInt8(ascii: "0"))
        digits += 1
        if inFraction { fraction += 1 }
      } else {
        break
      }
      at += 1
    }
    return digits > 0 ? (value, fraction) : nil
  }

  private static func exponent(_ text: Span<UInt8>, _ at: inout Int) -> Int? {
    guard at < text.count, asciiLower(text[at]) == UInt8(ascii: "e") else { return 0 }
    at += 1
    var negative = false
    if at < text.count, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      negative = text[at] == UInt8(ascii: "-")
      at += 1
    }
    var value = 0
    let start = at
    while at < text.count, text[at] >= UInt8(ascii: "0"), text[at] <= UInt8(ascii: "9"), value < 1000 {
      value = value * 10 + Int(text[at] - UInt8(ascii: "0"))
      at += 1
    }
    guard at > start else { return nil }
    return negative ? -value : value
  }

  /// `value` times ten to the `power`, if that is exact and fits.
  private static func shifted(_ value: Int128, by power: Int) -> Int128? {
    if value == 0 { return 0 }
    var value = value
    for _ in 0..<min(abs(power), 64) {
      if power > 0 {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        if overflow { return nil }
        value = product
      } else {
        guard value % 10 == 0 else { return nil }
        value /= 10
      }
    }
    return abs(power) > 64 ? nil : value
  }

  /// Smaller comes first.
  public static func < (left: Self, right: Self) -> Bool { left.scaled < right.scaled }
}
