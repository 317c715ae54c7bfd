import CordonWire
import FoundationEssentials
import Testing

@Suite struct `Dates on the wire` {
  @Test(arguments: [
    (0.0, "Thu, 01 Jan 1970 00:00:00 GMT", "19700101T000000Z"),
    (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT", "19941106T084937Z"),
    (1_369_353_600, "Fri, 24 May 2013 00:00:00 GMT", "20130524T000000Z"),
    (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT", "20240229T000000Z"),
    (951_825_599, "Tue, 29 Feb 2000 11:59:59 GMT", "20000229T115959Z"),
    (-1, "Wed, 31 Dec 1969 23:59:59 GMT", "19691231T235959Z"),
    (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT", "99991231T235959Z"),
    (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT", "00010101T000000Z"),
  ])
  func `a moment is written and read back`(seconds: Double, http: String, basic: String) {
    let date = Date(timeIntervalSince1970: seconds)
    #expect(HTTPDate.text(date) == http)
    #expect(HTTPDate.date(http) == date)
    #expect(AWSDate.basic(date) == basic)
    #expect(AWSDate.date(basic: basic) == date)
    #expect(AWSDate.day(date) == basic.prefix(8))
  }

  @Test func `every day of 800 years is a day after the one before`() {
    var seen = Set<String>()
    for day in -146_097..<146_097 {
      let date = Date(timeIntervalSince1970: Double(day) * 86400)
      let text = AWSDate.basic(date)
      #expect(AWSDate.date(basic: text) == date)
      seen.insert(text)
    }
    #expect(seen.count == 2 * 146_097)
  }

  @Test(arguments: [
    "", "Thu, 01 Jan 1970 00:00:00", "Fri, 01 Jan 1970 00:00:00 GMT", "Thu, 32 Jan 1970 00:00:00 GMT",
    "Thu, 01 Jan 1970 24:00:00 GMT", "Thu, 01 Foo 1970 00:00:00 GMT", "Thu, 01-Jan-70 00:00:00 GMT",
    "Thu, 01 Jan 1970 00:00:00 UTC", "thu, 01 Jan 1970 00:00:00 GMT", "Thu, 1 Jan 1970 00:00:00 GMT ",
    "Fri, 29 Feb 2023 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:60 GMT",
  ])
  func `another form is no HTTP date`(text: String) { #expect(HTTPDate.date(text) == nil) }

  @Test(arguments: [
    "", "20130524", "20130524T000000", "20130524T000000z", "2013-05-24T00:00:00Z", "20130230T000000Z",
    "20130524T240000Z", "20130524T006000Z", "20130524T000060Z", "00000101T000000Z", "+0130524T000000Z",
  ])
  func `another form is no AWS date`(text: String) { #expect(AWSDate.date(basic: text) == nil) }

  @Test func `XML dates have milliseconds`() {
    #expect(AWSDate.extended(Date(timeIntervalSince1970: 1_369_353_600.25)) == "2013-05-24T00:00:00.250Z")
    #expect(AWSDate.extended(Date(timeIntervalSince1970: 1_700_000_000.001)) == "2023-11-14T22:13:20.001Z")
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e300])
  func `a date that no calendar has is written as the nearest one`(seconds: Double) {
    #expect(HTTPDate.text(Date(timeIntervalSince1970: seconds)).utf8.count == 29)
  }
}

@Suite struct `Small encodings` {
  @Test func `hexadecimal text is written in lower case and read in both`() {
    #expect(Hex.text([0x00, 0xAB, 0xFF]) == "00abff")
    #expect(Hex.bytes("00abFF") == [0x00, 0xAB, 0xFF])
    #expect(Hex.bytes("0") == nil)
    #expect(Hex.bytes("0g") == nil)
    #expect(Hex.bytes("") == [])
  }

  @Test func `percent-encoding leaves only AWS's unreserved characters`() {
    #expect(PercentCoding.encode("az AZ09-._~/+\u{e9}") == "az%20AZ09-._~%2F%2B%C3%A9")
    #expect(PercentCoding.encode("a/b c", keepingSlash: true) == "a/b%20c")
    #expect(PercentCoding.decode("a%2fb+c") == "a/b+c")
    #expect(PercentCoding.decode("b+c", plusIsSpace: true) == "b c")
  }

  @Test(arguments: ["%", "%4", "%zz", "%ff", "a%e2%28%a1", "%C0%80"])
  func `what cannot be decoded is refused`(text: String) { #expect(PercentCoding.decode(text) == nil) }

  @Test func `a query is decoded once, in order, with its repetitions`() throws {
    let query = try #require(URLQuery(parsing: "b=2&a=1&&b=%20+&c&d==&%62=last"))
    #expect(query.values("b") == ["2", "  ", "last"])
    #expect(query["c"] == "")
    #expect(query["d"] == "=")
    #expect(query["missing"] == nil)
    #expect(query.items.count == 6)
    #expect(URLQuery(parsing: "a=%") == nil)
    #expect(URLQuery(parsing: String(repeating: "a&", count: 513)) == nil)
  }

  @Test func `header names are compared byte by byte in either case`() {
    let headers = [
      HeaderField("X-Amz-Meta-A", "1"), HeaderField("x-amz-meta-a", "2"), HeaderField("Host", "h"),
    ]
    #expect(headers.values("x-amz-meta-a") == ["1", "2"])
    #expect(headers.single("x-amz-meta-a") == nil)
    #expect(headers.single("host") == "h")
    // The Kelvin sign equals K for Swift's strings.
    #expect(![HeaderField("\u{212A}", "1")].contains("k"))
  }
}
