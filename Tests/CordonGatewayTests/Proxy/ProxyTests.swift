import CordonModel
import CordonWire
import FoundationEssentials
import NIOCore
import Testing

@testable import CordonGateway

@Suite(.serialized) struct `Egress proxy` {
  /// What became of a request that named three hosts.
  private static func attempt(
    _ test: TestGateway, connect: String, serverName: String?, host: String,
    trusting: CertificateAuthority? = nil
  ) async throws -> String {
    var client = try await RawClient.connect(test.port(.proxy))
    try await client.send("CONNECT \(connect):\(test.outside.port) HTTP/1.1\r\n\r\n")
    let established = try await client.read(until: "\r\n\r\n")
    guard established.hasPrefix("HTTP/1.1 200 ") else { return String(established.prefix(12).dropFirst(9)) }
    try await client.startTLS(serverName: serverName, trusting: trusting ?? test.authority)
    try? await client.send(
      "POST /up HTTP/1.1\r\nHost: \(host)\r\nContent-Length: 6\r\nConnection: close\r\n\r\ncanary")
    let answer = await client.readToEnd()
    await client.close()
    return answer.isEmpty ? "closed" : String(answer.prefix(12).dropFirst(9))
  }

  @Test(arguments: [
    ("200", "allowed.test", "allowed.test", "allowed.test"),
    ("421", "allowed.test", "allowed.test", "evil.test"),
    ("closed", "allowed.test", "evil.test", "allowed.test"),
    ("closed", "allowed.test", "evil.test", "evil.test"),
    ("403", "evil.test", "allowed.test", "allowed.test"), ("403", "evil.test", "allowed.test", "evil.test"),
    ("403", "evil.test", "evil.test", "allowed.test"), ("403", "evil.test", "evil.test", "evil.test"),
    ("closed", "allowed.test", nil, "allowed.test"), ("closed", "allowed.test", nil, "evil.test"),
  ])
  func `CONNECT, server name and host are one authority`(
    outcome: String, connect: String, serverName: String?, host: String
  ) async throws {
    try await TestGateway.run { test in
      let seen = try await Self.attempt(test, connect: connect, serverName: serverName, host: host)
      #expect(seen == outcome)
      let arrived = outcome == "200" ? ["sni allowed.test", "POST /up host=allowed.test"] : []
      #expect(test.outside.requests == arrived)
      if outcome != "200" { #expect(test.outside.connectionCount == 0) }
    }
  }

  @Test func `each refusal is recorded with its own reason and route`() async throws {
    try await TestGateway.run { test in
      _ = try await Self.attempt(test, connect: "evil.test", serverName: nil, host: "evil.test")
      _ = try await Self.attempt(test, connect: "allowed.test", serverName: nil, host: "allowed.test")
      _ = try await Self.attempt(test, connect: "allowed.test", serverName: "evil.test", host: "allowed.test")
      _ = try await Self.attempt(test, connect: "allowed.test", serverName: "allowed.test", host: "evil.test")
      let denied = test.log.records.filter { $0.outcome == .denied }.map {
        "\($0.errorCode ?? "") \($0.route ?? "")"
      }
      #expect(
        denied == [
          "host-not-listed https-unlisted-host", "server-name-missing sni-missing",
          "server-name-mismatch sni-mismatch", "host-mismatch domain-fronting",
        ])
    }
  }

  @Test(arguments: [
    (Control.sniCheck, AllowedHost.Inspection.intercept, "evil.test", "evil.test"),
    (.sniCheck, .splice, "evil.test", "evil.test"),
    (.hostCheck, .intercept, "allowed.test", "evil.test"),
  ])
  func `with a check off in a drill the breach arrives`(
    control: Control, inspection: AllowedHost.Inspection, serverName: String, host: String
  ) async throws {
    try await TestGateway.run(weakened: [control], inspection: inspection) { test in
      let trusting = inspection == .splice ? test.outside.authority : nil
      let seen = try await Self.attempt(
        test, connect: "allowed.test", serverName: serverName, host: host, trusting: trusting)
      #expect(seen == "200")
      #expect(test.outside.requests.contains("POST /up host=evil.test"))
    }
  }

  @Test func `with the allowlist off in a drill an unlisted host is reached`() async throws {
    try await TestGateway.run(weakened: [.proxyAllowlist], resolver: LoopbackResolver()) { test in
      let seen = try await Self.attempt(
        test, connect: "evil.test", serverName: "evil.test", host: "evil.test")
      #expect(seen == "200")
      #expect(test.outside.requests == ["sni evil.test", "POST /up host=evil.test"])
    }
  }

  @Test(arguments: [
    "hello there\r\n", "SSH-2.0-OpenSSH_9\r\n", "GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  ])
  func `bytes after the 200 that are not TLS reach nobody`(bytes: String) async throws {
    try await TestGateway.run { test in
      let client = try await RawClient.connect(test.port(.proxy))
      // Also when they come along with the CONNECT itself.
      try await client.send("CONNECT allowed.test:\(test.outside.port) HTTP/1.1\r\n\r\n" + bytes)
      #expect(await client.readToEnd() == "HTTP/1.1 200 Connection established\r\n\r\n")
      #expect(test.outside.connectionCount == 0)
      #expect(test.log.verdicts("Connect") == ["allowed", "denied not-tls"])
    }
  }

  @Test func `another port of a listed host is refused, and the refusal says what to do`() async throws {
    try await TestGateway.run { test in
      let answer = try await exchange(
        test.port(.proxy), "CONNECT allowed.test:22 HTTP/1.1\r\nHost: allowed.test:22\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
      #expect(answer.contains("x-cordon-reason: host-not-listed\r\n"))
      #expect(answer.contains("ask for allowed.test:22 to be listed under egress.hosts in cordon.yaml"))
      #expect(
        test.log.records.map(\.resources) == [["arn:aws:cordon:eu-west-1:111122223333:host/allowed.test/22"]])
    }
  }

  @Test func `a silent client is cut off at the deadline, before and after the 200`() async throws {
    var limits = ServerLimits.patient
    limits.headerDeadline = .milliseconds(200)
    try await TestGateway.run(limits: limits) { test in
      let silent = try await RawClient.connect(test.port(.proxy))
      #expect(await silent.readToEnd().hasPrefix("HTTP/1.1 408 "))
      let half = try await RawClient.connect(test.port(.proxy))
      try await half.send("CONNECT allowed.test:\(test.outside.port) HTTP/1.1\r\n\r\n")
      // On a busy machine the CONNECT itself may come too late.
      let answer = await half.readToEnd()
      #expect(answer == "HTTP/1.1 200 Connection established\r\n\r\n" || answer.hasPrefix("HTTP/1.1 408 "))
      #expect(test.log.verdicts("Connect").contains("denied head-too-slow"))
      #expect(test.outside.connectionCount == 0)
    }
  }

  @Test func `a ledger that cannot write stops the traffic`() async throws {
    try await TestGateway.run { test in
      test.log.fail()
      let answer = try await exchange(
        test.port(.proxy), "CONNECT allowed.test:\(test.outside.port) HTTP/1.1\r\n\r\n")
      #expect(answer.isEmpty)
      #expect(test.outside.connectionCount == 0)
    }
  }

  @Test func `a spliced tunnel carries the client's own TLS, and its volume is recorded`() async throws {
    try await TestGateway.run(inspection: .splice) { test in
      var client = try await RawClient.connect(test.port(.proxy))
      try await client.send("CONNECT allowed.test:\(test.outside.port) HTTP/1.1\r\n\r\n")
      _ = try await client.read(until: "\r\n\r\n")
      try await client.startTLS(serverName: "allowed.test", trusting: test.outside.authority)
      let body = String(repeating: "x", count: 3_000_000)
      try await client.send(
        "PUT /big HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 3000000\r\nConnection: close\r\n\r\n"
          + body)
      #expect(await client.readToEnd().contains("outside got 3000000 bytes"))
      await client.close()
      let record = try #require(await test.log.first("Disconnect"))
      #expect(try #require(record.details["bytesUp"].flatMap { Int($0) }) > 3_000_000)
      #expect(record.details["inspection"] == "splice")
    }
  }

  @Test func `an intercepted host gets the request without what belongs to the connection`() async throws {
    try await TestGateway.run { test in
      var client = try await RawClient.connect(test.port(.proxy))
      try await client.send("CONNECT allowed.test:\(test.outside.port) HTTP/1.1\r\n\r\n")
      _ = try await client.read(until: "\r\n\r\n")
      try await client.startTLS(serverName: "allowed.test", trusting: test.authority)
      for _ in 0..<3 {
        try await client.send(
          "GET /x?q=1 HTTP/1.1\r\nHost: allowed.test\r\nConnection: x-hop, keep-alive\r\nX-Hop: 1\r\nTE: gzip\r\n\r\n"
        )
        let answer = try await client.read(until: "outside got 0 bytes\n")
        #expect(answer.contains("x-outside: yes"))
        #expect(!answer.contains("x-hop-arrived"))
        #expect(!answer.contains("x-secret-hop"))
      }
      await client.close()
      #expect(
        test.outside.requests.filter { $0.hasPrefix("GET") }
          == Array(repeating: "GET /x host=allowed.test", count: 3))
    }
  }

  @Test(arguments: [
    ("403", "GET /dns-query?dns=AAAB HTTP/1.1\r\nHost: allowed.test\r\n"),
    ("403", "GET /q?%64ns=AAAB HTTP/1.1\r\nHost: allowed.test\r\n"),
    ("403", "GET /q HTTP/1.1\r\nHost: allowed.test\r\nAccept: application/dns-message\r\n"),
    (
      "403",
      "POST /q HTTP/1.1\r\nHost: allowed.test\r\nContent-Type: Application/DNS-Message\r\nContent-Length: 0\r\n"
    ),
    ("403", "GET /ws HTTP/1.1\r\nHost: allowed.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"),
    ("400", "GET /a HTTP/1.1\r\nHost: allowed.test\r\nHost: evil.test\r\n"),
    ("400", "POST /a HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
    ("400", "CONNECT evil.test:443 HTTP/1.1\r\nHost: allowed.test\r\n"),
    ("400", "GET http://evil.test/ HTTP/1.1\r\nHost: allowed.test\r\n"),
    ("421", "GET / HTTP/1.1\r\nHost: evil.test\r\n"),
    ("421", "GET / HTTP/1.1\r\nHost: allowed.test.evil.test\r\n"),
    ("413", "PUT / HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 5000\r\n"),
  ])
  func `what an intercepted host must not get does not reach it`(status: String, head: String) async throws {
    var limits = ServerLimits.patient
    limits.uploadBytesPerRequest = 1000
    try await TestGateway.run(limits: limits) { test in
      var client = try await RawClient.connect(test.port(.proxy))
      try await client.send("CONNECT allowed.test:\(test.outside.port) HTTP/1.1\r\n\r\n")
      _ = try await client.read(until: "\r\n\r\n")
      try await client.startTLS(serverName: "allowed.test", trusting: test.authority)
      try await client.send(head + "\r\n")
      let answer = await client.readToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
      #expect(answer.contains("x-cordon-reason: "))
      #expect(test.outside.connectionCount == 0)
      #expect(test.log.records.filter { $0.outcome == .denied }.count == 1)
    }
  }

  @Test func `an upload without a length is cut off at the budget`() async throws {
    var limits = ServerLimits.patient
    limits.uploadBytesPerRequest = 1000
    try await TestGateway.run(limits: limits) { test in
      var client = try await RawClient.connect(test.port(.proxy))
      try await client.send("CONNECT allowed.test:\(test.outside.port) HTTP/1.1\r\n\r\n")
      _ = try await client.read(until: "\r\n\r\n")
      try await client.startTLS(serverName: "allowed.test", trusting: test.authority)
      let chunk = "320\r\n" + String(repeating: "x", count: 800) + "\r\n"
      try await client.send(
        "PUT / HTTP/1.1\r\nHost: allowed.test\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk)
      #expect(await client.readToEnd().hasPrefix("HTTP/1.1 413 "))
    }
  }
}

@Suite(.serialized) struct `Plain HTTP through the proxy` {
  @Test func `a listed host is reached`() async throws {
    try await TestGateway.run { test in
      let authority = "allowed.test:\(test.outside.port)"
      let answer = try await exchange(
        test.port(.proxy),
        "PUT http://\(authority)/a/b?c=d HTTP/1.1\r\nHost: \(authority)\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
      )
      #expect(answer.contains("outside got 3 bytes"), "\(answer)")
      #expect(test.outside.requests == ["PUT /a/b host=\(authority)"])
    }
  }

  @Test(arguments: [
    ("403", "GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n"),
    ("403", "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n"),
    ("421", "GET http://allowed.test:PORT/ HTTP/1.1\r\nHost: evil.test\r\n\r\n"),
    ("421", "GET http://allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n"),
    ("403", "GET http://127.0.0.1:PORT/ HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n"),
    ("403", "GET http://ALLOWED.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n"),
    ("403", "GET http://a@allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n"),
    ("403", "GET http://allowed.test:PORT@evil.test/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n"),
    ("400", "GET https://allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n"),
    ("400", "GET ftp://allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n"),
    ("400", "GET / HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n"),
    ("400", "OPTIONS * HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n"),
    ("403", "GET http://allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\nUpgrade: h2c\r\n\r\n"),
    ("400", "GET http://allowed.test:PORT/ HTTP/1.1\r\n\r\n"),
    ("400", "\u{5}\u{1}\u{0}"),
  ])
  func `everything else is refused, recorded and not dialled`(status: String, request: String) async throws {
    try await TestGateway.run { test in
      let text = request.replacing("PORT", with: "\(test.outside.port)")
      let answer = try await exchange(test.port(.proxy), text)
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
      #expect(test.outside.connectionCount == 0)
      #expect(test.log.records.filter { $0.outcome == .denied }.count == 1)
    }
  }
}

@Suite(.serialized) struct `Addresses of listed hosts` {
  @Test(arguments: [
    "127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "::ffff:127.0.0.1", "fd00::2", "198.51.100.7",
  ])
  func `a listed host that leads to an address that is not public is not dialled`(address: String)
    async throws
  {
    let host = AllowedHost(pattern: .exact(try DomainName("rebound.test")), port: 80)
    try await TestGateway.run(hosts: [host], resolver: FixedResolver(address: address)) { test in
      let answer = try await exchange(
        test.port(.proxy), "GET http://rebound.test/ HTTP/1.1\r\nHost: rebound.test\r\n\r\n")
      #expect(answer.contains("x-cordon-reason: address-not-public"), "\(answer)")
      #expect(test.log.verdicts("Request").contains("denied address-not-public"))
    }
  }

  @Test func `a name that policy refuses is never resolved`() async throws {
    try await TestGateway.run(resolver: NoResolver()) { test in
      let answer = try await exchange(
        test.port(.proxy), "GET http://secret.evil.test/ HTTP/1.1\r\nHost: secret.evil.test\r\n\r\n")
      #expect(answer.contains("x-cordon-reason: host-not-listed"))
    }
  }
}

struct FixedResolver: HostResolver {
  var address: String
  func address(of target: HostPort) async throws -> SocketAddress {
    try SocketAddress(ipAddress: address, port: Int(target.port))
  }
}

struct LoopbackResolver: HostResolver {
  func address(of target: HostPort) async throws -> SocketAddress {
    try SocketAddress(ipAddress: "127.0.0.1", port: Int(target.port))
  }
}
