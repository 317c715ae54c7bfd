import CordonWire
import NIOCore
import Testing

@testable import CordonGateway

@Suite struct `Proxy opening` {
  private static let target = try? HostPort("allowed.test:443")

  /// Feeds a text to a new connection and answers with the last step.
  private func step(_ text: String, byByte: Bool = false) -> ProxyOpening.Step {
    var opening = ProxyOpening(checksServerName: true)
    var step = ProxyOpening.Step.readMore
    let parts = byByte ? text.utf8.map { ByteBuffer(bytes: [$0]) } : [ByteBuffer(string: text)]
    for part in parts {
      guard step == .readMore else { return step }
      step = opening.receive(part)
    }
    return step
  }

  @Test(arguments: [
    "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n",
    "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test\r\nUser-Agent: x\r\n\r\n",
    "CONNECT allowed.test:443 HTTP/1.0\r\n\r\n",
  ])
  func `a CONNECT in canonical spelling is put to policy`(head: String) throws {
    let target = try #require(Self.target)
    #expect(step(head) == .judge(target))
    #expect(step(head, byByte: true) == .judge(target))
  }

  @Test(arguments: [
    "allowed.test", "ALLOWED.test:443", "allowed.test.:443", "allowed.test:0443", "allowed.test:",
    "allowed.test:0",
    "allowed.test:65536", "allowed.test:443@evil.test:443", "user@allowed.test:443", "127.0.0.1:443",
    "0x7f.1:443",
    "0177.0.0.1:443", "2130706433:443", "127.1:443", "[::1]:443", "::1:443", "[::ffff:127.0.0.1]:443",
    "169.254.169.254:80", "http://allowed.test:443", "allowed.test:443/", "allowed..test:443",
    "allowed_test:443",
    "allowed.test:+443", "allowed.test%2eevil.test:443", ":443", "*",
  ])
  func `any other spelling of a target is refused`(target: String) {
    #expect(step("CONNECT \(target) HTTP/1.1\r\nHost: x\r\n\r\n") == .refuse(.addressNotCanonical))
  }

  @Test(arguments: [
    (Refusal.malformed, "CONNECT allowed.test:443 HTTP/1.1\nHost: allowed.test\n\n"),
    (.malformed, "CONNECT allowed.test:443 HTTP/1.1\r\n\nHost: a\r\n\r\n"),
    (.malformed, "CONNECT  allowed.test:443 HTTP/1.1\r\n\r\n"),
    (.malformed, "CONNECT allowed.test:443 HTTP/2\r\n\r\n"),
    (.malformed, "CONNECT allowed.test:443\r\n\r\n"),
    (.malformed, "CONNECT allowed.test:443 HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"),
    (.malformed, "CONNECT allowed.test:443 HTTP/1.1\r\nHost : allowed.test\r\n\r\n"),
    (.malformed, "CONNECT allowed.test:443 HTTP/1.1\r\nnonsense\r\n\r\n"),
    (.malformed, "CONNECT allowed.test:443\u{0}.evil.test:443 HTTP/1.1\r\n\r\n"),
    (.malformed, "CONNECT allowed.test:443 HTTP/1.1\r\nX: a\rb\r\n\r\n"),
    (.hostMismatch, "CONNECT allowed.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n"),
    (.hostMissing, "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test\r\nHost: allowed.test\r\n\r\n"),
    (.lengthAmbiguous, "CONNECT allowed.test:443 HTTP/1.1\r\nContent-Length: 4\r\n\r\n"),
    (.lengthAmbiguous, "CONNECT allowed.test:443 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"),
    (.upgradeRefused, "CONNECT allowed.test:443 HTTP/1.1\r\nUpgrade: connect-udp\r\n\r\n"),
  ])
  func `a head with two readings is refused`(refusal: Refusal, head: String) {
    #expect(step(head) == .refuse(refusal))
  }

  @Test func `a head that never ends is refused`() {
    let endless = "CONNECT allowed.test:443 HTTP/1.1\r\nX: " + String(repeating: "a", count: 9000)
    #expect(step(endless) == .refuse(.headTooLarge))
  }

  @Test(arguments: [
    "GET http://allowed.test/ HTTP/1.1\r\n", "connect a:1 HTTP/1.1\r\n", "\u{5}\u{1}\u{0}", "CONNECTX a",
  ])
  func `everything else goes to the HTTP parser`(text: String) {
    #expect(step(text) == .serveHTTP)
  }

  @Test(arguments: ["SSH-2.0-x\r\n", "GET / HTTP/1.1\r\n", "\u{0}\u{0}", "\u{16}\u{2}"])
  func `what follows the 200 is a hello or nothing`(text: String) throws {
    var opening = ProxyOpening(checksServerName: true)
    let target = try #require(Self.target)
    #expect(
      opening.receive(ByteBuffer(string: "CONNECT allowed.test:443 HTTP/1.1\r\n\r\n")) == .judge(target))
    #expect(opening.admitted() == .readMore)
    #expect(!opening.speaksHTTP)
    #expect(opening.receive(ByteBuffer(string: text)) == .refuse(.notTLS))
  }

  @Test func `bytes before policy has answered are a fault`() throws {
    var opening = ProxyOpening(checksServerName: true)
    _ = opening.receive(ByteBuffer(string: "CONNECT allowed.test:443 HTTP/1.1\r\n\r\n"))
    #expect(opening.receive(ByteBuffer(string: "x")) == .refuse(.malformed))
    var other = ProxyOpening(checksServerName: true)
    #expect(other.admitted() == .refuse(.malformed))
  }
}

@Suite struct `Public addresses` {
  @Test(arguments: [
    (true, "9.9.9.9"), (true, "172.15.0.1"), (true, "172.32.0.1"), (true, "100.63.0.1"),
    (true, "100.128.0.1"),
    (true, "2a00::1"), (true, "2606:4700::1"),
    (false, "0.0.0.0"), (false, "10.0.0.1"), (false, "100.64.0.1"), (false, "127.0.0.1"),
    (false, "127.255.255.255"),
    (false, "169.254.169.254"), (false, "172.16.0.1"), (false, "172.31.255.255"), (false, "192.0.0.192"),
    (false, "192.0.2.1"), (false, "192.168.1.1"), (false, "198.18.0.1"), (false, "198.19.255.255"),
    (false, "198.51.100.7"), (false, "203.0.113.1"), (false, "224.0.0.1"), (false, "239.255.255.255"),
    (false, "240.0.0.1"), (false, "255.255.255.255"), (false, "168.63.129.16"),
    (false, "::"), (false, "::1"), (false, "::ffff:127.0.0.1"), (false, "::ffff:9.9.9.9"),
    (false, "64:ff9b::a00:1"),
    (false, "100::1"), (false, "2001::1"), (false, "2001:db8::1"), (false, "2002:7f00:1::"),
    (false, "3fff::1"),
    (false, "fc00::1"), (false, "fd00::2"), (false, "fd00:ec2::254"), (false, "fe80::1"), (false, "ff02::1"),
  ])
  func `only what is certainly public is dialled`(expected: Bool, address: String) throws {
    #expect(PublicAddress.contains(try SocketAddress(ipAddress: address, port: 443)) == expected)
  }
}
