/// A moment in universal time, as machines and people write it.
struct UniversalTime: Sendable, Equatable {
  /// `2026-11-21T15:04:05Z`.
  var machine: String
  /// `2026-11-21 15:04 UTC`.
  var text: String

  /// A moment in seconds since 1970, held to the years that have four digits.
  init(_ seconds: Int64) {
    let seconds = min(max(seconds, 0), 253_402_300_799)
    let (days, second) = (seconds / 86_400, seconds % 86_400)
    // Days to a date of the Gregorian calendar, with years that begin in March, so that a leap day is a year's last.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let day = shifted % 146_097
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let date = Self.joined(
      [year + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1], "-")
    let clock = Self.joined([second / 3_600, second / 60 % 60], ":")
    machine = "\(date)T\(clock):\(Self.two(second % 60))Z"
    text = "\(date) \(clock) UTC"
  }

  private static func joined(_ numbers: [Int64], _ separator: String) -> String {
    numbers.map(two).joined(separator: separator)
  }

  private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
