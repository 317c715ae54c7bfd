import CordonWire
import Testing

@Suite struct `Host names` {
  @Test(arguments: [
    "example.test", "a.b", "localhost", "xn--bcher-kva.example", "s3.eu-west-1.amazonaws.com", "1.example",
    "1a",
    "_dmarc.example.test", "my_bucket.s3.amazonaws.com", "0x7g", "3com.test",
    String(repeating: "a", count: 63) + ".test",
  ])
  func `the canonical spelling is accepted as it is`(text: String) throws {
    #expect(try DomainName(text).text == text)
  }

  @Test(arguments: [
    (NameError.empty, ""),
    (.trailingDot, "example.test."),
    (.emptyLabel, "."),
    (.emptyLabel, ".example.test"),
    (.emptyLabel, "example..test"),
    (.upperCase, "Example.test"),
    (.hyphenAtEdge, "-a.test"),
    (.hyphenAtEdge, "a-.test"),
    (.labelTooLong, String(repeating: "a", count: 64) + ".test"),
    (.tooLong, String(repeating: "a.", count: 127) + "test"),
    (.badByte(0x40, at: 4), "user@example.test"),
    (.badByte(0x00, at: 12), "allowed.test\0.evil.test"),
    (.badByte(0x25, at: 0), "%65xample.test"),
    (.badByte(0xC3, at: 0), "\u{e9}xample.test"),
    (.badByte(0xE3, at: 7), "allowed\u{3002}test"),
    (.badByte(0x5F, at: 0), "_test"),
    (.badByte(0x2F, at: 12), "allowed.test/x"),
    (.addressLiteral, "127.0.0.1"),
    (.addressLiteral, "169.254.169.254"),
    (.addressLiteral, "127.1"),
    (.addressLiteral, "0x7f.1"),
    (.addressLiteral, "0x7f000001"),
    (.addressLiteral, "0x"),
    (.addressLiteral, "2130706433"),
    (.addressLiteral, "0177.0.0.01"),
    (.addressLiteral, "example.0x7f"),
    (.badByte(0x3A, at: 0), "::ffff:127.0.0.1"),
    (.badByte(0x5B, at: 0), "[::1]"),
  ])
  func `every other spelling is refused and not repaired`(expected: NameError, text: String) {
    #expect(throws: expected) { try DomainName(text) }
  }

  @Test func `a question's mixed case is folded, and nothing else`() throws {
    #expect(
      try DomainName(foldingCase: "S3.Eu-West-1.AmazonAWS.com") == DomainName("s3.eu-west-1.amazonaws.com"))
    #expect(throws: NameError.trailingDot) { try DomainName(foldingCase: "Example.test.") }
    // The Kelvin sign is a K to Swift's string comparison, but not to DNS.
    #expect(throws: NameError.badByte(0xE2, at: 1)) { try DomainName(foldingCase: "o\u{212A}.test") }
  }

  @Test(arguments: [
    (true, "a.example.test", "example.test"),
    (true, "a.b.example.test", "example.test"),
    (false, "example.test", "example.test"),
    (false, "evilexample.test", "example.test"),
    (false, "example.test.evil.test", "example.test"),
    (false, "test", "example.test"),
  ])
  func `a child ends in a dot and its parent`(expected: Bool, name: String, parent: String) throws {
    #expect(try DomainName(name).isChild(of: DomainName(parent)) == expected)
  }

  @Test func `labels, order and text follow the bytes`() throws {
    let name = try DomainName("a.b-c.test")
    #expect(name.labels == ["a", "b-c", "test"])
    #expect("\(name)" == "a.b-c.test")
    #expect(try DomainName("a.test") < DomainName("b.test"))
  }
}

@Suite struct `Host and port` {
  @Test(arguments: ["allowed.test:443", "a.b.test:1", "allowed.test:65535"])
  func `the canonical spelling is accepted as it is`(text: String) throws {
    #expect(try HostPort(text).description == text)
  }

  @Test(arguments: [
    (NameError.portMissing, "allowed.test"),
    (.portMissing, "allowed.test:"),
    (.badPort, "allowed.test:0"),
    (.badPort, "allowed.test:0443"),
    (.badPort, "allowed.test:+443"),
    (.badPort, "allowed.test:-1"),
    (.badPort, "allowed.test:65536"),
    (.badPort, "allowed.test:99999"),
    (.badPort, "allowed.test:443 "),
    (.badPort, "allowed.test:443/"),
    (.badPort, "allowed.test:443:443"),
    (.badPort, "allowed.test:443@evil.test:1"),
    (.badPort, "allowed.test:\u{664}\u{664}\u{663}"),
    (.trailingDot, "allowed.test.:443"),
    (.upperCase, "ALLOWED.test:443"),
    (.empty, ":443"),
    (.empty, ""),
    (.badByte(0x40, at: 4), "user@allowed.test:443"),
    (.badByte(0x20, at: 0), " allowed.test:443"),
    (.badByte(0x5B, at: 0), "[::1]:443"),
    (.empty, "::1:443"),
    (.addressLiteral, "1.2.3.4:443"),
    (.addressLiteral, "0x7f.1:443"),
    (.addressLiteral, "2130706433:443"),
    (.badByte(0x00, at: 12), "allowed.test\0:443"),
  ])
  func `every other spelling is refused and not repaired`(expected: NameError, text: String) {
    #expect(throws: expected) { try HostPort(text) }
  }

  @Test func `port 0 cannot be joined`() throws {
    #expect(HostPort(host: try DomainName("a.test"), port: 0) == nil)
  }
}
