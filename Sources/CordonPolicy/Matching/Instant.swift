/// A moment as a policy's date operators compare it: ISO 8601 in the W3C profile, or epoch seconds.
///
/// A time without a zone is read as UTC. Four digits alone are a year in that profile and epoch seconds as
/// well: AWS does not say which, so a comparison is decided only where both readings agree.
public struct Instant: Sendable, Hashable, Comparable {
  /// Nanoseconds since 1970-01-01T00:00:00Z.
  private let nanoseconds: Int128
  /// The other reading of four digits, as epoch seconds.
  private var asEpoch: Int128?

  /// Nanoseconds since 1970-01-01T00:00:00Z, in every reading of the text.
  public var readings: [Int128] { [nanoseconds] + (asEpoch.map { [$0] } ?? []) }

  private static let second: Int128 = 1_000_000_000

  /// The moment `text` spells, or nil where it spells none.
  public init?(_ text: String) { self.init(text.utf8Span.span) }

  init?(_ text: Span<UInt8>) {
    var scan = DigitScan()
    if let epoch = scan.epoch(text) {
      nanoseconds = epoch
      return
    }
    guard let days = scan.date(text) else { return nil }
    guard let time = scan.time(text) else { return nil }
    nanoseconds = Int128(days) * 86_400 * Self.second + time
    if text.count == 4 { asEpoch = scan.number(in: text).map { Int128($0) * Self.second } }
  }

  private init(nanoseconds: Int128) { self.nanoseconds = nanoseconds }

  /// Whether `comparison` holds between this moment of a request and one of a policy, in every reading of
  /// both.
  func compared(to policy: Instant, _ comparison: ConditionOperator.Comparison) -> Truth {
    let answer = Truth(comparison.holds(self, policy))
    if asEpoch == nil, policy.asEpoch == nil { return answer }
    return answer.agreeing(with: Truth(comparison.holds(otherReading, policy.otherReading)))
  }

  private var otherReading: Instant { asEpoch.map(Instant.init(nanoseconds:)) ?? self }

  /// Earlier comes first; four digits count as a year.
  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Whether both are the same moment; four digits count as a year.
  public static func == (left: Self, right: Self) -> Bool { left.nanoseconds == right.nanoseconds }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(nanoseconds) }
}

/// A moving offset over the digits of a date.
private struct DigitScan {
  var at = 0

  /// The whole text as a number of four digits.
  func number(in text: Span<UInt8>) -> Int? {
    var scan = DigitScan()
    return scan.number(text, digits: 4)
  }

  /// Seconds since 1970 with an optional fraction, as nanoseconds; nil where the text is not such a number.
  func epoch(_ text: Span<UInt8>) -> Int128? {
    var index = 0
    let negative = text.count > 0 && text[0] == UInt8(ascii: "-")
    if negative { index = 1 }
    let start = index
    var seconds: Int128 = 0
    while index < text.count, let digit = digit(text, index) {
      guard index - start < 15 else { return nil }
      seconds = seconds * 10 + Int128(digit)
      index += 1
    }
    guard index > start, negative || index - start != 4 || index < text.count else { return nil }
    var nanoseconds = seconds * 1_000_000_000
    if index < text.count {
      guard text[index] == UInt8(ascii: "."), let fraction = fraction(text, from: &index) else { return nil }
      nanoseconds += fraction
    }
    guard index == text.count else { return nil }
    return negative ? -nanoseconds : nanoseconds
  }

  /// Days from 1970-01-01 of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
  mutating func date(_ text: Span<UInt8>) -> Int? {
    guard let year = number(text, digits: 4) else { return nil }
    var month = 1
    var day = 1
    if take(text, "-") {
      guard let value = number(text, digits: 2), (1...12).contains(value) else { return nil }
      month = value
      if take(text, "-") {
        guard let value = number(text, digits: 2), value >= 1, value <= Self.days(year, month) else {
          return nil
        }
        day = value
      } else if at < text.count {
        return nil
      }
    } else if at < text.count {
      return nil
    }
    return Self.daysSinceEpoch(year, month, day)
  }

  /// Nanoseconds that `Thh:mm[:ss[.f]][zone]` adds to the day; 0 where no time follows.
  mutating func time(_ text: Span<UInt8>) -> Int128? {
    guard at < text.count else { return 0 }
    guard take(text, "T") || take(text, "t"), let hour = number(text, digits: 2), hour < 24, take(text, ":"),
      let minute = number(text, digits: 2), minute < 60
    else { return nil }
    var nanoseconds = Int128(hour * 3600 + minute * 60) * 1_000_000_000
    if take(text, ":") {
      guard let second = number(text, digits: 2), second <= 60 else { return nil }
      nanoseconds += Int128(second) * 1_000_000_000
      if at < text.count, text[at] == UInt8(ascii: ".") {
        guard let fraction = fraction(text, from: &at) else { return nil }
        nanoseconds += fraction
      }
    }
    guard let zone = zone(text), at == text.count else { return nil }
    return nanoseconds - Int128(zone) * 1_000_000_000
  }

  /// Seconds east of UTC.
  private mutating func zone(_ text: Span<UInt8>) -> Int? {
    if at == text.count || take(text, "Z") || take(text, "z") { return 0 }
    let sign: Int
    if take(text, "+") {
      sign = 1
    } else if take(text, "-") {
      sign = -1
    } else {
      return nil
    }
    guard let hour = number(text, digits: 2), hour < 24 else { return nil }
    _ = take(text, ":")
    guard let minute = number(text, digits: 2), minute < 60 else { return nil }
    return sign * (hour * 3600 + minute * 60)
  }

  /// `.123` as nanoseconds; digits beyond the ninth are cut off.
  private func fraction(_ text: Span<UInt8>, from index: inout Int) -> Int128? {
    index += 1
    let start = index
    var value: Int128 = 0
    var scale: Int128 = 1_000_000_000
    while index < text.count, let digit = digit(text, index) {
      scale /= 10
      value += Int128(digit) * scale
      index += 1
    }
    return index > start ? value : nil
  }

  private func digit(_ text: Span<UInt8>, _ index: Int) -> Int? {
    let byte = text[index]
    return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int(byte - UInt8(ascii: "0")) : nil
  }

  private mutating func number(_ text: Span<UInt8>, digits: Int) -> Int? {
    guard at + digits <= text.count else { return nil }
    var value = 0
    for index in at..<at + digits {
      guard let digit = digit(text, index) else { return nil }
      value = value * 10 + digit
    }
    at += digits
    return value
  }

  private mutating func take(_ text: Span<UInt8>, _ character: Unicode.Scalar) -> Bool {
    guard at < text.count, text[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  private static func days(_ year: Int, _ month: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days between 1970-01-01 and a date of the proleptic Gregorian calendar.
  private static func daysSinceEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let before = year - 1
    var days = before * 365 + before / 4 - before / 100 + before / 400 - 719_162
    if year == 0 { days = -719_528 }
    for earlier in 1..<max(month, 1) { days += Self.days(year, earlier) }
    return days + day - 1
  }
}
