import Crypto
import Foundation
import Testing

@testable import CordonPortal

@Suite struct `A piece of a page` {
  static let hostile = #"<script>alert("1")</script>'&"#
  static let escaped = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;"

  @Test func `escapes what is put into it, in text and in attributes`() {
    let text = Self.hostile
    #expect(("<p>\(text)</p>" as HTML).text == "<p>\(Self.escaped)</p>")
    #expect(("<p title=\"\(text)\">" as HTML).text == "<p title=\"\(Self.escaped)\">")
    #expect(("<p title=\(text)>" as HTML).text == "<p title=\"\(Self.escaped)\">")
    let spaced = "x onload=y"
    #expect(("<p title=\(spaced)>" as HTML).text == "<p title=\"x onload=y\">")
  }

  @Test func `keeps pieces as they are`() {
    let piece: HTML = "<b>\("a<b")</b>"
    #expect(
      ("<p>\(piece)\([piece, piece])\(nil as HTML?)\(7)</p>" as HTML).text
        == "<p><b>a&lt;b</b><b>a&lt;b</b><b>a&lt;b</b>7</p>")
  }

  @Test(arguments: [
    ("/projects", "/projects"), ("#a", "#a"), ("#", "//evil.test"), ("#", "/\\evil.test"),
    ("#", "https://evil.test"),
    ("#", "javascript:alert(1)"), ("#", " /x"), ("#", ""), ("/", "/"),
  ])
  func `a link leads to a path of ours`(expected: String, link: String) {
    #expect(("<a href=\"\(link)\">" as HTML).text == "<a href=\"\(expected)\">")
    #expect(("<form class=\"a\" action=\(link)>" as HTML).text == "<form class=\"a\" action=\"\(expected)\">")
    #expect(("<p>\(link)</p>" as HTML).text == "<p>\(HTML.escaped(link))</p>")
  }

  @Test(arguments: [
    (true, "https://login.allowed.test/out?a=b&c=d"), (false, "http://login.allowed.test/"),
    (false, "javascript:alert(1)"),
    (false, "https://login.allowed.test/ x"), (false, "//login.allowed.test"), (false, ""),
  ])
  func `the organisation's own address is the only one that leads away`(isTaken: Bool, text: String) throws {
    #expect((ProviderAddress(text) != nil) == isTaken)
    guard let address = ProviderAddress(text) else { return }
    #expect(("<a href=\(address)>" as HTML).text == "<a href=\"https://login.allowed.test/out?a=b&amp;c=d\">")
  }

  @Test func `what no page may hold is replaced`() {
    #expect(HTML.escaped("a\u{0}b\u{202E}c\u{85}\n") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}\n")
  }

  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2000-02-29T23:59:59Z", 951_868_799),
      ("2026-11-21T15:16:37Z", 1_795_274_197),
      ("2100-03-01T00:00:00Z", 4_107_542_400), ("1970-01-01T00:00:00Z", Int64.min),
      ("9999-12-31T23:59:59Z", Int64.max),
    ] as [(String, Int64)])
  func `a time is written in universal time`(expected: String, seconds: Int64) {
    #expect(UniversalTime(seconds).machine == expected)
  }
}

@Suite struct `A QR code` {
  /// Digests of the modules that another encoder (Python's qrcode 8.2, bytes, level M) draws for the same bytes and mask.
  @Test(arguments: [
    ("A", 0, 21, "2bae48594b7325872d655a95d8814f09f3825eba52faa8c8b4e3c6dd453105e5"),
    (
      "otpauth://totp/Cordon%20fraud-models:scientist-1?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Cordon&digits=6",
      3, 45, "f2b21bc32a111b91fdef8dcdd1c45d9368affcba64943c2ad45ebef486f384b5"
    ),
    (
      String(repeating: "cordon ", count: 20), 5, 49,
      "9bde0cb62ec9898dee6e7daf2a39d6455f0e3d6fb4b84e0eea47a0dea1630dd8"
    ),
    (
      String(repeating: "x", count: 330), 7, 69,
      "71fdea3c6d1c2a9eca0d5dfebefeb928770640e346f921dcd35724920e93bb9a"
    ),
  ])
  func `has the modules that another encoder gives it`(text: String, mask: Int, size: Int, digest: String)
    throws
  {
    let code = try #require(QRCode(Array(text.utf8), mask: mask))
    #expect(code.size == size)
    let picture = code.rows.map { row in row.map { $0 ? "1" : "0" }.joined() }.joined(separator: "\n")
    let hash = SHA256.hash(data: Data(picture.utf8)).map { String(format: "%02x", $0) }.joined()
    #expect(hash == digest)
  }

  @Test func `is not drawn for more than it holds, and is drawn for everything else`() {
    #expect(QRCode(Array(repeating: 65, count: 332)) == nil)
    for count in [0, 1, 14, 15, 122, 213, 331] { #expect(QRCode(Array(repeating: 65, count: count)) != nil) }
    #expect(QRCode([])?.svg(label: "a\"b").text.contains("aria-label=\"a&quot;b\"") == true)
  }
}
