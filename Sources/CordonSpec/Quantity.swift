import CordonModel

/// Amounts as people write them: `7d`, `8 GiB`, `400 USD`, `80%`.
enum Quantity {
  /// A whole number in ASCII digits; nil for a sign, a leading zero, a separator or more than nine digits' worth.
  static func digits(_ text: Substring) -> Int? {
    let bytes = text.utf8
    guard (1...9).contains(bytes.count), bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    guard bytes.count == 1 || bytes.first != 0x30 else { return nil }
    return Int(text)
  }

  /// Cuts a text into a leading whole number and what follows it, blanks between them left out.
  private static func parts(_ text: String) -> (number: Int, unit: String)? {
    let number = text.prefix { $0.isASCII && $0.isNumber }
    guard let value = digits(number) else { return nil }
    return (value, String(text[number.endIndex...].drop { $0 == " " }))
  }

  /// Seconds of a duration such as `15m`, `8h`, `7d`.
  static func duration(_ text: String) throws(NameRefusal) -> Int {
    let units = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
    guard let (number, unit) = parts(text), let seconds = units[unit], number * seconds <= longest else {
      throw NameRefusal(
        kind: "duration", text: text,
        rule: "write one like 15m, 8h or 7d, of s, m, h, d or w, ten years at most")
    }
    return number * seconds
  }

  private static let longest = 3_650 * 86_400

  /// Bytes of a size such as `8 GiB`.
  static func size(_ text: String) throws(NameRefusal) -> Int {
    let units = ["KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40]
    guard let (number, unit) = parts(text), let shift = units[unit], (1...1_048_576).contains(number),
      number << shift <= 1 << 50
    else {
      throw NameRefusal(
        kind: "size", text: text, rule: "write one like '8 GiB', of KiB, MiB, GiB or TiB, 1024 TiB at most")
    }
    return number << shift
  }

  /// Thousandths of a core from a count such as `2` or `0.5`.
  static func cpus(_ text: String) throws(NameRefusal) -> Int {
    guard let millicores = hundredths(text).map({ $0 * 10 }), (100...1_024_000).contains(millicores) else {
      throw NameRefusal(
        kind: "number of cores", text: text, rule: "write one like 2 or 0.5, from 0.1 to 1024")
    }
    return millicores
  }

  /// An amount such as `400 USD` or `99.50 EUR`.
  static func money(_ text: String) throws(NameRefusal) -> Money {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, let amount = hundredths(String(words[0])), amount > 0, words[1].utf8.count == 3,
      words[1].utf8.allSatisfy({ (0x41...0x5A).contains($0) })
    else {
      throw NameRefusal(kind: "sum of money", text: text, rule: "write one like '400 USD' or '99.50 EUR'")
    }
    return Money(hundredths: amount, currency: String(words[1]))
  }

  /// Whole percent of a share such as `80%`.
  static func percent(_ text: String) throws(NameRefusal) -> Int {
    guard text.hasSuffix("%"), let number = digits(text.dropLast()), (1...1_000).contains(number) else {
      throw NameRefusal(kind: "share", text: text, rule: "write one like 80%, from 1% to 1000%")
    }
    return number
  }

  /// A number with at most two digits behind a point, times a hundred.
  private static func hundredths(_ text: String) -> Int? {
    let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = halves.first, let whole = digits(first) else { return nil }
    guard halves.count == 2 else { return whole * 100 }
    let tail = halves[1]
    guard (1...2).contains(tail.utf8.count), tail.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let value = Int(tail)
    else { return nil }
    return whole * 100 + (tail.utf8.count == 1 ? value * 10 : value)
  }
}
