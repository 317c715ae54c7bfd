import CordonModel
import CordonWire
import NIOCore
import Testing

@testable import CordonGateway

@Suite(.serialized) struct `Gateway and its workspaces` {
  private static let get = "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"

  @Test func `idle connections of one workspace leave the others alone`() async throws {
    var limits = ServerLimits.patient
    limits.connectionsPerWorkspace = 32
    try await TestGateway.run(limits: limits) { test in
      let (descriptor, port) = try LoopbackSocket.tcp()
      let other = try Slug("bob-ws")
      try await test.gateway.add(
        workspace: other, project: try Slug("churn"),
        sockets: [GatewaySocket(endpoint: .s3, speech: .plain, descriptor: descriptor)])
      var idle: [RawClient] = []
      for number in 0..<200 {
        idle.append(try await RawClient.connect(test.port(number % 2 == 0 ? .s3 : .proxy)))
      }
      let working = try await RawClient.connect(port)
      for _ in 0..<5 {
        try await working.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
        #expect(try await working.read(until: "bytes=0\n").hasPrefix("HTTP/1.1 200 "))
      }
      #expect(test.gateway.openConnections[other] == 1)
      for client in idle + [working] { await client.close() }
    }
  }

  @Test func `a workspace that is taken away has no door left, and can come back`() async throws {
    try await TestGateway.run { test in
      let workspace = try #require(TestGateway.workspace)
      let idle = try await RawClient.connect(test.port(.s3))
      try await idle.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
      _ = try await idle.read(until: "bytes=0\n")
      await test.gateway.remove(workspace: workspace)
      #expect(await idle.isClosed())
      #expect(test.gateway.openConnections.isEmpty)
      let (descriptor, port) = try LoopbackSocket.tcp()
      try await test.gateway.add(
        workspace: workspace, project: try Slug("churn"),
        sockets: [GatewaySocket(endpoint: .s3, speech: .plain, descriptor: descriptor)])
      let answer = try await exchange(port, Self.get)
      #expect(answer.hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test func `a workspace is served once`() async throws {
    try await TestGateway.run { test in
      let workspace = try #require(TestGateway.workspace)
      await #expect(throws: GatewayError.self) {
        try await test.gateway.add(workspace: workspace, project: workspace, sockets: [])
      }
      let answer = try await exchange(test.port(.s3), Self.get)
      #expect(answer.hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test func `a workspace whose sockets cannot all be served has no door`() async throws {
    try await TestGateway.run { test in
      // An address that no other test uses: a free port would soon be another test's.
      let address: [UInt8] = [127, 77, 0, 1]
      let (descriptor, port) = try LoopbackSocket.tcp(address)
      let (datagrams, _) = try LoopbackSocket.udp()
      let other = try Slug("bob-ws")
      await #expect(throws: GatewayError.self) {
        try await test.gateway.add(
          workspace: other, project: other,
          sockets: [
            GatewaySocket(endpoint: .s3, speech: .plain, descriptor: descriptor),
            GatewaySocket(endpoint: .sts, speech: .tls, descriptor: datagrams),
          ])
      }
      await #expect(throws: (any Error).self) { try await RawClient.connect(port, on: address) }
      #expect(test.gateway.openConnections[other] == nil)
    }
  }

  @Test func `a client that has said all it has to say still gets its answer`() async throws {
    try await TestGateway.run { test in
      let client = try await RawClient.connect(test.port(.s3))
      try await client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
      try await client.channel.channel.close(mode: .output).get()
      #expect(await client.readToEnd().hasPrefix("HTTP/1.1 200 "))
      await client.close()
    }
  }

  @Test func `connections that all work are not ended for a new one, which is turned away`() async throws {
    var limits = ServerLimits.patient
    limits.connectionsPerWorkspace = 2
    let holding = HoldingResponder()
    try await TestGateway.run(responder: holding, limits: limits) { test in
      var working: [RawClient] = []
      for _ in 0..<2 {
        let client = try await RawClient.connect(test.port(.s3))
        try await client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
        try await holding.started.first()
        working.append(client)
      }
      let turnedAway = try await RawClient.connect(test.port(.s3))
      #expect(await turnedAway.isClosed())
      let record = try #require(await test.log.first("Accept"))
      #expect(record.errorCode == "too-many-connections")
      holding.gate.open()
      for client in working {
        #expect(try await client.read(until: "held\n").hasPrefix("HTTP/1.1 200 "))
        await client.close()
      }
    }
  }

  @Test func `clients that know no proxy are checked by their server name`() async throws {
    let hosts = [
      AllowedHost(pattern: .exact(try DomainName("allowed.test")), port: 443, pinnedAddress: "127.0.0.1")
    ]
    try await TestGateway.run(hosts: hosts) { test in
      var foreign = try await RawClient.connect(test.port(.proxy, .tls))
      try await foreign.startTLS(serverName: "evil.test", trusting: test.authority)
      try? await foreign.send(Self.get)
      #expect(await foreign.readToEnd().isEmpty)
      #expect(test.log.verdicts("Connect") == ["denied host-not-listed"])
      var listed = try await RawClient.connect(test.port(.proxy, .tls))
      try await listed.startTLS(serverName: "allowed.test", trusting: test.authority)
      try await listed.send(Self.get)
      // The certificate was accepted, and the host inside is checked as in a tunnel.
      #expect(await listed.readToEnd().contains("x-cordon-reason: host-mismatch"))
      #expect(test.log.verdicts("Connect") == ["denied host-not-listed", "allowed"])
    }
  }
}

private struct HoldingResponder: Responder {
  let started = Signal()
  let gate = Gate()

  func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    started.raise()
    await gate.pass()
    return .text(200, "held\n")
  }
}
