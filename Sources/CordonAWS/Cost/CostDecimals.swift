/// What one unit of something costs, in millionths of a millionth of a dollar: AWS's price list has ten places.
public struct UnitPrice: Sendable, Hashable, CustomStringConvertible {
  let picos: Int64

  init(picos: Int64) { self.picos = picos }

  /// Reads a decimal number such as `0.011`: twelve places at most, less than a million.
  init?(_ text: String) {
    guard let picos = DecimalText.units(text, places: 12, below: 1_000_000) else { return nil }
    self.picos = picos
  }

  /// The number without trailing zeros, e.g. `0.0000166667`.
  public var description: String { DecimalText.text(Int128(picos), places: 12) }
}

/// How much of something a month takes, in millionths of its unit.
public struct CostQuantity: Sendable, Hashable, CustomStringConvertible {
  let micros: Int64

  private static let most: Int64 = 1_000_000_000

  init(micros: Int64) { self.micros = micros }

  /// A whole number of units; nil for one that no month takes.
  init?(whole: Int) {
    guard (0..<Int(Self.most)).contains(whole) else { return nil }
    micros = Int64(whole) * 1_000_000
  }

  /// Reads a decimal number such as `12.5`: six places at most, less than a thousand millions.
  init?(_ text: String) {
    guard let micros = DecimalText.units(text, places: 6, below: Self.most) else { return nil }
    self.micros = micros
  }

  /// So many times the quantity; nil where that is more than any month takes.
  func times(_ count: Int) -> CostQuantity? {
    let (micros, isTooMuch) = self.micros.multipliedReportingOverflow(by: Int64(count))
    guard !isTooMuch, micros >= 0, micros / 1_000_000 < Self.most else { return nil }
    return CostQuantity(micros: micros)
  }

  /// The number without trailing zeros, e.g. `1460`.
  public var description: String { DecimalText.text(Int128(micros), places: 6) }
}

/// A sum of money, exact: a price has twelve places and a quantity six, so that a product has eighteen.
public struct CostSum: Sendable, Hashable, CustomStringConvertible {
  let units: Int128

  /// Nothing.
  public static let zero = CostSum(units: 0)

  init(units: Int128) { self.units = units }

  /// What a quantity costs. Both are bounded so that no product reaches 10^33 units.
  init(_ price: UnitPrice, times quantity: CostQuantity) {
    units = Int128(price.picos) * Int128(quantity.micros)
  }

  /// Both together; at the end of the numbers it stays there.
  public static func + (left: Self, right: Self) -> Self {
    let (sum, isTooMuch) = left.units.addingReportingOverflow(right.units)
    return CostSum(units: isTooMuch ? .max : sum)
  }

  /// Every digit, e.g. `0.0350035`.
  public var exact: String { DecimalText.text(units, places: 18) }

  /// In cents, half a cent and more counted as one: `16.06`.
  public var description: String {
    let cent: Int128 = 10_000_000_000_000_000
    let cents = units / cent + (units % cent >= cent / 2 ? 1 : 0)
    let rest = cents % 100
    return "\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

/// Decimal numbers as people write them, without floating point.
enum DecimalText {
  /// How many units of `places` places a text says; nil for a sign, an exponent, more places, or a number that is too large.
  static func units(_ text: String, places: Int, below most: Int64) -> Int64? {
    let halves = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (1...2).contains(halves.count), let whole = digits(halves[0]), whole < most else { return nil }
    var units = whole
    let fraction = halves.count == 2 ? Array(halves[1]) : []
    guard halves.count == 1 || (1...places).contains(fraction.count) else { return nil }
    for place in 0..<places {
      let digit = place < fraction.count ? fraction[place] : UInt8(ascii: "0")
      guard (0x30...0x39).contains(digit) else { return nil }
      units = units * 10 + Int64(digit - 0x30)
    }
    return units
  }

  private static func digits(_ bytes: Substring.UTF8View) -> Int64? {
    guard (1...10).contains(bytes.count) else { return nil }
    var number: Int64 = 0
    for byte in bytes {
      guard (0x30...0x39).contains(byte) else { return nil }
      number = number * 10 + Int64(byte - 0x30)
    }
    return number
  }

  /// A number of units as a decimal number, trailing zeros left out.
  static func text(_ units: Int128, places: Int) -> String {
    var digits = Array(String(units).utf8)
    if digits.count <= places {
      digits.insert(contentsOf: [UInt8](repeating: 0x30, count: places + 1 - digits.count), at: 0)
    }
    let whole = digits.dropLast(places)
    var fraction = digits.suffix(places)
    while fraction.last == 0x30 { fraction.removeLast() }
    let start = String(decoding: whole, as: UTF8.self)
    return fraction.isEmpty ? start : start + "." + String(decoding: fraction, as: UTF8.self)
  }
}
