/// What an index says of one project: its files. Upstream's page and the mirror's own are the same value.
public struct IndexPage: Sendable, Equatable {
  /// A page that lists more is not read further: the largest projects have some ten thousand files.
  static let mostFiles = 100_000

  /// The project.
  public var name: PackageName
  /// Its files, in the index's order.
  public var files: [IndexFile]

  /// A project's page.
  public init(name: PackageName, files: [IndexFile]) {
    self.name = name
    self.files = files
  }

  /// What may be served of the page.
  ///
  /// - Parameters:
  ///   - minimumAge: In seconds. A file with no upload time has no known age and is kept only where none is
  /// asked for.
  ///   - now: Seconds since 1970.
  /// - Returns: The files that belong to the project, name a SHA-256 and are old enough.
  public func served(minimumAge: Int, now: Int) -> IndexPage {
    IndexPage(
      name: name,
      files: files.filter { file in
        guard file.sha256 != nil, DistributionFile(file.filename, of: name) != nil else { return false }
        guard minimumAge > 0 else { return true }
        guard let uploaded = file.uploadedAt else { return false }
        return uploaded <= now - minimumAge
      })
  }
}

/// A file of a project.
public struct IndexFile: Sendable, Equatable, Codable {
  /// The file's name.
  public var filename: String
  /// Where upstream has it; never shown to a workspace.
  public var url: String
  /// Lower-case hexadecimal digits.
  public var sha256: String?
  /// The upload time as written, ISO 8601 in UTC (PEP 700).
  public var uploadTime: String?
  /// A version specifier for Python itself (PEP 503).
  public var requiresPython: String?
  /// The reason a file was yanked; an empty reason is a reason (PEP 592).
  public var yanked: String?
  /// In bytes (PEP 700).
  public var size: Int?
  /// The hash of the metadata that upstream serves beside a wheel, in lower-case hexadecimal digits (PEP 658,
  /// 714).
  public var metadataSHA256: String?

  /// Describes a file.
  public init(
    filename: String, url: String, sha256: String?, uploadTime: String? = nil, requiresPython: String? = nil,
    yanked: String? = nil, size: Int? = nil, metadataSHA256: String? = nil
  ) {
    self.filename = filename
    self.url = url
    self.sha256 = sha256
    self.uploadTime = uploadTime
    self.requiresPython = requiresPython
    self.yanked = yanked
    self.size = size
    self.metadataSHA256 = metadataSHA256
  }

  /// The upload time in seconds since 1970; nil where there is none or it cannot be read.
  public var uploadedAt: Int? { uploadTime.flatMap(UploadTime.seconds) }

  /// A SHA-256 in lower-case hexadecimal digits, or nil.
  static func sha256(_ text: some StringProtocol) -> String? {
    guard text.utf8.count == 64, text.utf8.allSatisfy(\.isHexDigit) else { return nil }
    return text.lowercased()
  }

  /// The digest in `sha256=DIGITS`, as fragments and attributes carry it; nil where there is none.
  static func sha256(in assignments: some StringProtocol) -> String? {
    for pair in assignments.split(separator: "&") where pair.hasPrefix("sha256=") {
      return sha256(pair.dropFirst("sha256=".count))
    }
    return nil
  }
}

/// The upload times of PEP 700: `2023-01-02T03:04:05.678901Z`, always UTC.
enum UploadTime {
  /// Seconds since 1970; nil for every other form, so that a file of unknown age is never taken for an old
  /// one.
  static func seconds(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard (20...40).contains(bytes.count), isUTC(bytes[19...]),
      [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")].allSatisfy({
        bytes[$0.0] == Character($0.1).asciiValue
      }),
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
      let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]),
      let second = number(bytes[17..<19]),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
    else { return nil }
    return daysSince1970(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60 + second
  }

  /// Whether what follows the seconds is at most a fraction, and UTC.
  private static func isUTC(_ rest: ArraySlice<UInt8>) -> Bool {
    var zone = rest
    if zone.first == UInt8(ascii: ".") { zone = zone.dropFirst().drop { isDigit($0) } }
    return zone.elementsEqual("Z".utf8) || zone.elementsEqual("+00:00".utf8)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.allSatisfy(isDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  /// Days of the proleptic Gregorian calendar, counted in 400-year eras that begin in March.
  private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

extension UInt8 {
  var isHexDigit: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
