public import struct FoundationEssentials.Date

/// Dates as HTTP headers write them: `Fri, 24 May 2013 00:00:00 GMT` (RFC 9110 §5.6.7, IMF-fixdate).
public enum HTTPDate {
  private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The text of a moment, cut to whole seconds and to the years 1 to 9999.
  public static func text(_ date: Date) -> String {
    let civil = CivilTime(date)
    let month = months[civil.month - 1]
    let day = "\(days[civil.weekday]), \(civil.day.padded(2)) \(month) \(civil.year.padded(4))"
    return "\(day) \(civil.hour.padded(2)):\(civil.minute.padded(2)):\(civil.second.padded(2)) GMT"
  }

  /// Reads IMF-fixdate, the only form that is written today; nil for everything else, a wrong weekday
  /// included.
  public static func date(_ text: some StringProtocol) -> Date? {
    let bytes = Array(text.utf8)
    guard bytes.count == 29, let month = months.firstIndex(where: { $0.utf8.elementsEqual(bytes[8..<11]) }),
      let day = number(bytes[5..<7]), let year = number(bytes[12..<16]), let hour = number(bytes[17..<19]),
      let minute = number(bytes[20..<22]), let second = number(bytes[23..<25]),
      let civil = CivilTime(
        year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
    else { return nil }
    // What the reading skipped (separators, weekday, zone) is checked by writing the date again.
    return self.text(civil.date).utf8.elementsEqual(bytes) ? civil.date : nil
  }

  static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
      guard ASCII.isDigit(digit) else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }
}

/// Dates as AWS writes them in signatures and in XML (ISO 8601).
public enum AWSDate {
  /// `20130524T000000Z`, cut to whole seconds.
  public static func basic(_ date: Date) -> String {
    let civil = CivilTime(date)
    return "\(day(date))T\(civil.hour.padded(2))\(civil.minute.padded(2))\(civil.second.padded(2))Z"
  }

  /// `20130524`.
  public static func day(_ date: Date) -> String {
    let civil = CivilTime(date)
    return "\(civil.year.padded(4))\(civil.month.padded(2))\(civil.day.padded(2))"
  }

  /// `2013-05-24T00:00:00.000Z`, as S3's XML has it.
  public static func extended(_ date: Date) -> String {
    let civil = CivilTime(date)
    let day = "\(civil.year.padded(4))-\(civil.month.padded(2))-\(civil.day.padded(2))"
    let time = "\(civil.hour.padded(2)):\(civil.minute.padded(2)):\(civil.second.padded(2))"
    return "\(day)T\(time).\(civil.millisecond.padded(3))Z"
  }

  /// Reads `20130524T000000Z`; nil for everything else.
  public static func date(basic text: some StringProtocol) -> Date? {
    let bytes = Array(text.utf8)
    guard bytes.count == 16, bytes[8] == 0x54, bytes[15] == 0x5A,
      let year = HTTPDate.number(bytes[0..<4]), let month = HTTPDate.number(bytes[4..<6]),
      let day = HTTPDate.number(bytes[6..<8]), let hour = HTTPDate.number(bytes[9..<11]),
      let minute = HTTPDate.number(bytes[11..<13]), let second = HTTPDate.number(bytes[13..<15])
    else { return nil }
    return CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)?.date
  }
}

extension Int {
  fileprivate func padded(_ width: Int) -> String {
    let text = String(self)
    return String(repeating: "0", count: Swift.max(0, width - text.utf8.count)) + text
  }
}
