import FoundationEssentials

/// The time of a record, in whole milliseconds, as CloudTrail writes it: `2026-01-31T23:59:59.042Z`.
struct EventTime: Sendable, Equatable {
  /// Since 1970 in UTC; 0 up to the end of the year 9999.
  let milliseconds: Int64

  static let latest: Int64 = 253_402_300_799_999

  init(_ date: Date) throws(LedgerError) {
    let value = (date.timeIntervalSince1970 * 1_000).rounded()
    guard value.isFinite, value >= 0, value <= Double(Self.latest) else { throw .timeOutOfRange }
    milliseconds = Int64(value)
  }

  init?(milliseconds: Int64) {
    guard (0...Self.latest).contains(milliseconds) else { return nil }
    self.milliseconds = milliseconds
  }

  var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) }

  var text: String {
    let seconds = milliseconds / 1_000
    let day = civilDay(seconds / 86_400)
    let clock = seconds % 86_400
    var digits: [UInt8] = []
    digits.reserveCapacity(24)
    append(day.year, width: 4, then: "-", to: &digits)
    append(day.month, width: 2, then: "-", to: &digits)
    append(day.day, width: 2, then: "T", to: &digits)
    append(clock / 3_600, width: 2, then: ":", to: &digits)
    append(clock / 60 % 60, width: 2, then: ":", to: &digits)
    append(clock % 60, width: 2, then: ".", to: &digits)
    append(milliseconds % 1_000, width: 3, then: "Z", to: &digits)
    return String(decoding: digits, as: UTF8.self)
  }

  private func append(_ value: Int64, width: Int, then mark: Unicode.Scalar, to digits: inout [UInt8]) {
    let text = String(value)
    digits.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, width - text.utf8.count)))
    digits.append(contentsOf: text.utf8)
    digits.append(UInt8(ascii: mark))
  }

  /// The Gregorian date of a day since 1970, by counting in 400-year eras that start on 1 March
  /// (Howard Hinnant, "chrono-compatible low-level date algorithms").
  private func civilDay(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}
