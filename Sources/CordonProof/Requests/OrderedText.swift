/// Numbers, moments and addresses as a request writes them.
enum OrderedText {
  /// A number given in billionths.
  static func decimal(billionths: Int128) -> String {
    let sign = billionths < 0 ? "-" : ""
    let size = billionths.magnitude
    let whole = String(size / 1_000_000_000)
    let rest = size % 1_000_000_000
    guard rest != 0 else { return sign + whole }
    var fraction = String(rest)
    fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
    while fraction.last == "0" { fraction.removeLast() }
    return sign + whole + "." + fraction
  }

  /// A moment given in nanoseconds since 1970; nil before year 0 and behind year 9999.
  static func date(nanoseconds: Int128) -> String? {
    let second: Int128 = 1_000_000_000
    var seconds = nanoseconds / second
    var rest = nanoseconds % second
    if rest < 0 { (seconds, rest) = (seconds - 1, rest + second) }
    guard let seconds = Int(exactly: seconds), abs(seconds) < 400_000_000_000 else { return nil }
    var days = seconds / 86_400
    var time = seconds % 86_400
    if time < 0 { (days, time) = (days - 1, time + 86_400) }
    let (year, month, day) = civil(days)
    guard (0...9999).contains(year) else { return nil }
    let clock = [time / 3_600, time / 60 % 60, time % 60].map { padded($0, 2) }.joined(separator: ":")
    let fraction = rest == 0 ? "" : decimal(billionths: rest).dropFirst()
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(clock)\(fraction)Z"
  }

  /// An IPv4 or IPv6 address.
  static func address(_ bits: UInt128, isV6: Bool) -> String {
    guard isV6 else {
      return [24, 16, 8, 0].map { String(bits >> UInt128($0) & 0xFF) }.joined(separator: ".")
    }
    let groups = (0..<8).map { String(bits >> UInt128(112 - 16 * $0) & 0xFFFF, radix: 16) }
    return groups.joined(separator: ":")
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  /// The date of a day counted from 1970-01-01, in the proleptic Gregorian calendar: eras of 400 years from March.
  private static func civil(_ days: Int) -> (Int, Int, Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
