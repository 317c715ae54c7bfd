import struct FoundationEssentials.Date

/// A moment in UTC as calendar fields, without a formatter, a locale or a time zone database.
struct CivilTime: Equatable {
  var year: Int
  var month: Int
  var day: Int
  var hour: Int
  var minute: Int
  var second: Int
  var millisecond = 0

  /// The years that four digits can write, in seconds since 1970.
  private static let writable = -62_135_596_800.0...253_402_300_799.999

  /// Cuts to milliseconds; moments outside of the years 1 to 9999 become the nearest one inside.
  init(_ date: Date) {
    let interval = date.timeIntervalSince1970
    let seconds = interval.isNaN ? 0 : min(max(interval, Self.writable.lowerBound), Self.writable.upperBound)
    // Half a microsecond more: 1.001 as a Double is a little less than 1001 milliseconds.
    let milliseconds = Int((seconds * 1000 + 0.0005).rounded(.down))
    let total = milliseconds.floorDivided(by: 1000)
    let days = total.floorDivided(by: 86400)
    (year, month, day) = Self.civil(days: days)
    let rest = total - days * 86400
    (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
    millisecond = milliseconds - total * 1000
  }

  /// Nil for a day or an hour that no calendar has; a leap second is refused, as `Date` cannot hold it.
  init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    guard 1...9999 ~= year, 1...12 ~= month, 1...31 ~= day, 0...23 ~= hour, 0...59 ~= minute, 0...59 ~= second
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
    (self.hour, self.minute, self.second) = (hour, minute, second)
    guard Self.civil(days: daysSince1970) == (year, month, day) else { return nil }
  }

  var date: Date {
    let seconds = daysSince1970 * 86400 + hour * 3600 + minute * 60 + second
    return Date(timeIntervalSince1970: Double(seconds) + Double(millisecond) / 1000)
  }

  /// 0 is Monday; 1970 began on a Thursday.
  var weekday: Int { (((daysSince1970 + 3) % 7) + 7) % 7 }

  /// Days between 1970-01-01 and the date in the Gregorian calendar, counting years from March so that the
  /// leap day is the last one (Hinnant, "chrono-compatible low-level date algorithms").
  private var daysSince1970: Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted.floorDivided(by: 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted.floorDivided(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}

extension Int {
  fileprivate func floorDivided(by divisor: Int) -> Int {
    self >= 0 ? self / divisor : -((divisor - 1 - self) / divisor)
  }
}
