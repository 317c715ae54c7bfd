import CordonModel
import CordonWire
import NIOCore
import Testing

@testable import CordonGateway

/// The door for clients that know no proxy: what TLS names is all it goes by. That an allowed host is reached
/// through it is shown by the drill (`direct-tls` counts only once an honest curl arrived).
@Suite(.serialized) struct `Clients that know no proxy` {
  /// A hello with a server name as it stands, which no TLS library would send.
  private static func hello(_ name: String?) -> [UInt8] {
    func sized(_ bytes: [UInt8], _ width: Int = 2) -> [UInt8] {
      (0..<width).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) } + bytes
    }
    let serverName = name.map { [0, 0] + sized(sized([0] + sized(Array($0.utf8)))) } ?? []
    let body: [UInt8] =
      [3, 3] + [UInt8](repeating: 7, count: 32) + [0] + sized([0xc0, 0x2b, 0xc0, 0x2f]) + [1, 0]
      + sized(serverName + [0, 10, 0, 4, 0, 2, 0, 0x1d])
    return [0x16, 3, 1] + sized([1] + sized(body, 3))
  }

  private static func hosts() throws -> [AllowedHost] {
    [AllowedHost(pattern: .exact(try DomainName("listed.test")), port: 443, pinnedAddress: "127.0.0.1")]
  }

  @Test(
    arguments: [
      ("denied host-not-listed https-unlisted-host", "evil.test", true),
      ("denied host-not-listed https-unlisted-host", "secret.listed.test", true),
      // It is listed, but for another port than the one that such a client means.
      ("denied host-not-listed https-unlisted-host", "allowed.test", true),
      ("denied host-not-listed https-unlisted-host", "listed.test", false),
      ("denied server-name-missing sni-missing", nil, true),
      ("denied server-name-malformed sni-mismatch", "192.0.2.7", true),
      ("denied server-name-malformed sni-mismatch", "127.0.0.5", true),
      ("denied server-name-malformed sni-mismatch", "listed.test\0.evil.test", true),
    ] as [(String, String?, Bool)])
  func `are refused by what they name, and the refusal is recorded`(
    verdict: String, name: String?, hasHosts: Bool
  ) async throws {
    try await TestGateway.run(hosts: hasHosts ? try Self.hosts() : []) { test in
      let client = try await RawClient.connect(test.port(.proxy, .tls))
      try await client.channel.write([ByteBuffer(bytes: Self.hello(name))], within: patience)
      _ = await client.readToEnd()
      let records = test.log.records.filter { $0.eventName == "Connect" }
      #expect(
        records.map { "\($0.outcome.rawValue) \($0.errorCode ?? "") \($0.route ?? "")" } == [verdict])
      #expect(test.outside.connectionCount == 0)
    }
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: listed.test\r\n\r\n", "CONNECT listed.test:443 HTTP/1.1\r\n\r\n",
  ])
  func `say nothing before TLS`(bytes: String) async throws {
    try await TestGateway.run(hosts: try Self.hosts()) { test in
      let client = try await RawClient.connect(test.port(.proxy, .tls))
      try await client.send(bytes)
      #expect(await client.isClosed())
      #expect(test.log.verdicts("Connect") == ["denied not-tls"])
      #expect(test.outside.connectionCount == 0)
    }
  }

  @Test func `may name inside TLS only the host that TLS named`() async throws {
    try await TestGateway.run(hosts: try Self.hosts()) { test in
      var client = try await RawClient.connect(test.port(.proxy, .tls))
      try await client.startTLS(serverName: "listed.test", trusting: test.authority)
      try await client.send("POST /up HTTP/1.1\r\nHost: evil.test\r\nContent-Length: 0\r\n\r\n")
      #expect(await client.readToEnd().contains("x-cordon-reason: host-mismatch"))
      #expect(test.log.records.contains { $0.errorCode == "host-mismatch" && $0.route == "domain-fronting" })
      #expect(test.outside.connectionCount == 0)
    }
  }
}
