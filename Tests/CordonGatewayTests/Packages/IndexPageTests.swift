import Testing

@testable import CordonGateway

@Suite struct `Index pages` {
  static let hash = String(repeating: "a1", count: 32)
  let name: PackageName

  init() throws { name = try #require(PackageName("six")) }

  func html(_ rows: String) -> IndexPage {
    IndexPage(
      html: Array("<html><body>\(rows)</body></html>".utf8), of: name, base: "http://index.test/simple/six/")
  }

  @Test func `an anchor gives file, address, hash, time, Python and yank`() {
    let page = html(
      """
      <a href="../../packages/six-1.0.tar.gz#sha256=\(Self.hash)" data-upload-time="2020-01-02T03:04:05.5Z"
         data-requires-python="&gt;=3.8" data-yanked="broken">six-1.0.tar.gz</a><br/>
      """)
    #expect(
      page.files == [
        IndexFile(
          filename: "six-1.0.tar.gz", url: "http://index.test/packages/six-1.0.tar.gz", sha256: Self.hash,
          uploadTime: "2020-01-02T03:04:05.5Z", requiresPython: ">=3.8", yanked: "broken")
      ])
  }

  @Test func `HTML and JSON carry the same page`() throws {
    let page = IndexPage(
      name: name,
      files: [
        IndexFile(
          filename: "six-1.0-py3-none-any.whl", url: "/files/six/six-1.0-py3-none-any.whl", sha256: Self.hash,
          uploadTime: "2020-01-02T03:04:05Z", requiresPython: ">=3.8,<4", yanked: "a \"bad\" <release>",
          size: 10)
      ])
    let json = try #require(IndexPage(json: try page.json(), of: name, base: "http://m.test/simple/six/"))
    var html = IndexPage(html: Array(page.html.utf8), of: name, base: "http://m.test/simple/six/")
    html.files[0].size = 10
    #expect(json == html)
    #expect(json.files.first?.url == "http://m.test/files/six/six-1.0-py3-none-any.whl")
  }

  @Test(arguments: [
    (1, "2020-01-01T00:00:00Z", 7 * 86_400), (0, "2020-01-09T23:59:59Z", 7 * 86_400),
    (1, "2020-01-09T23:59:59Z", 0),
    (1, "2020-01-03T00:00:00Z", 7 * 86_400), (0, "2020-01-03T00:00:01Z", 7 * 86_400),
  ])
  func `a file is served once it is old enough`(count: Int, uploaded: String, age: Int) {
    let page = IndexPage(
      name: name,
      files: [IndexFile(filename: "six-1.0.tar.gz", url: "u", sha256: Self.hash, uploadTime: uploaded)])
    #expect(page.served(minimumAge: age, now: 1_578_614_400).files.count == count)  // 2020-01-10T00:00:00Z
  }

  @Test func `a file without time, hash or right name is not served`() {
    let page = IndexPage(
      name: name,
      files: [
        IndexFile(filename: "six-1.0.tar.gz", url: "u", sha256: Self.hash),
        IndexFile(filename: "six-1.1.tar.gz", url: "u", sha256: nil, uploadTime: "2000-01-01T00:00:00Z"),
        IndexFile(
          filename: "evil-1.1.tar.gz", url: "u", sha256: Self.hash, uploadTime: "2000-01-01T00:00:00Z"),
      ])
    #expect(page.served(minimumAge: 1, now: 1_578_614_400).files.isEmpty)
  }

  @Test func `upstream addresses are never shown`() throws {
    let page = html("<a href=\"http://secret.test/six-1.0.tar.gz#sha256=\(Self.hash)\">six-1.0.tar.gz</a>")
    #expect(!page.html.contains("secret.test"))
    #expect(!String(decoding: try page.json(), as: UTF8.self).contains("secret.test"))
  }

  @Test func `hostile pages end, whatever they hold`() throws {
    var generator = SeededGenerator(seed: 7)
    let seed = Array(html("<a href='x#sha256=\(Self.hash)' data-yanked>six-1.0.tar.gz</a>").html.utf8)
    let json = Array(#"{"meta":{"api-version":"1.1"},"name":"six","files":[]}"#.utf8)
    for round in 0..<2_000 {
      var bytes = round % 2 == 0 ? seed : json
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        default: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
        }
      }
      #expect(IndexPage(html: bytes, of: name, base: "http://i.test/").files.count <= bytes.count)
      _ = IndexPage(json: bytes, of: name, base: "http://i.test/")
    }
  }

  @Test(arguments: [
    ("http://h.test/b", "/b", "http://h.test/a/c/"), ("http://h.test/a/c/b", "b", "http://h.test/a/c/"),
    ("http://h.test/a/b", "../b", "http://h.test/a/c/"),
    ("http://o.test/b", "//o.test/b", "http://h.test/a/"),
    ("https://o.test/b", "https://o.test/b", "http://h.test/a/"),
    ("http://h.test/b", "../../../b", "http://h.test/a/"),
  ])
  func `a link is read against its page`(absolute: String, link: String, base: String) {
    #expect(URLReference.resolve(link, against: base) == absolute)
  }
}

/// A generator that gives the same numbers in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
