import CordonModel
import CordonPolicy
import CordonWire
import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import CordonGateway

@Suite struct `DNS firewall` {
  @Test(arguments: [
    ("127.0.0.2", "s3.eu-west-1.amazonaws.com"), ("127.0.0.2", "s3.amazonaws.com"),
    ("127.0.0.2", "churn-store.s3.eu-west-1.amazonaws.com"),
    ("127.0.0.2", "ChUrN-StOrE.S3.EU-west-1.amazonaws.COM"),
    ("127.0.0.2", "x.s3.amazonaws.com"), ("127.0.0.3", "sts.eu-west-1.amazonaws.com"),
    ("127.0.0.3", "sts.amazonaws.com"), ("127.0.0.4", "packages.cordon.internal"), ("NODATA", "allowed.test"),
    ("NODATA", "child.wild.test"),
    ("NXDOMAIN", "evil.test"), ("NXDOMAIN", "s3.us-east-1.amazonaws.com"), ("NXDOMAIN", "amazonaws.com"),
    ("NXDOMAIN", "a.b.s3.eu-west-1.amazonaws.com"), ("NXDOMAIN", "secret.sts.amazonaws.com"),
    ("NXDOMAIN", "x.packages.cordon.internal"), ("NXDOMAIN", "allowed.test.evil.test"),
    ("NXDOMAIN", "xallowed.test"), ("NXDOMAIN", "x.allowed.test"), ("NXDOMAIN", "wild.test"),
    ("NXDOMAIN", "test"),
    ("NXDOMAIN", "localhost"), ("NXDOMAIN", "127.0.0.1"),
  ])
  func `a listed name is answered and every other does not exist`(answer: String, name: String) async throws {
    let responder = try testResponder()
    let reply = try #require(await responder.reply(to: dnsQuery(name), over: .udp))
    #expect(describe(reply) == answer)
  }

  @Test(arguments: [
    ("127.0.0.5", "allowed.test"), ("127.0.0.5", "child.wild.test"), ("NODATA", "other-port.test"),
    ("127.0.0.2", "s3.amazonaws.com"), ("NXDOMAIN", "evil.test"), ("NXDOMAIN", "x.allowed.test"),
    ("NXDOMAIN", "wild.test"),
  ])
  func `with a door for clients that know no proxy, hosts of port 443 are found there`(
    answer: String, name: String
  ) async throws {
    let responder = try testResponder(servesOutside: true)
    #expect(describe(try #require(await responder.reply(to: dnsQuery(name), over: .udp))) == answer)
    let six = try #require(await responder.reply(to: dnsQuery(name, type: 28), over: .udp))
    #expect(describe(six) == (answer == "NXDOMAIN" ? "NXDOMAIN" : "NODATA"))
  }

  @Test func `without listed hosts that door has no name`() async throws {
    let responder = try testResponder(hosts: [], servesOutside: true)
    let reply = try #require(await responder.reply(to: dnsQuery("allowed.test"), over: .udp))
    #expect(describe(reply) == "NXDOMAIN")
  }

  @Test(arguments: ["AAAA", "TXT", "CNAME", "MX", "HTTPS", "ANY", "NULL", "AXFR"])
  func `a listed name has nothing but an IPv4 address`(type: String) async throws {
    let types: [String: UInt16] = [
      "AAAA": 28, "TXT": 16, "CNAME": 5, "MX": 15, "HTTPS": 65, "ANY": 255, "NULL": 10, "AXFR": 252,
    ]
    let responder = try testResponder()
    let message = dnsQuery("s3.amazonaws.com", type: try #require(types[type]))
    let reply = try #require(await responder.reply(to: message, over: .udp))
    #expect(describe(reply) == "NODATA")
  }

  @Test func `each question is recorded with its name and its verdict`() async throws {
    let log = InMemoryDecisionLog()
    let responder = try testResponder(log: log)
    for name in ["s3.amazonaws.com", "secret.evil.test", "a.b.s3.amazonaws.com"] {
      _ = await responder.reply(to: dnsQuery(name), over: .udp)
    }
    #expect(log.verdicts("ResolveName") == ["allowed", "denied NXDOMAIN", "denied NXDOMAIN"])
    #expect(log.records.map(\.route) == ["dns-label", "dns-label", "dns-label"])
    #expect(
      log.records.flatMap(\.resources) == [
        "arn:aws:cordon:eu-west-1:111122223333:name/s3.amazonaws.com",
        "arn:aws:cordon:eu-west-1:111122223333:name/secret.evil.test",
        "arn:aws:cordon:eu-west-1:111122223333:name/a.b.s3.amazonaws.com",
      ])
    #expect(log.records.allSatisfy { $0.person == "alice" && $0.path == .tunnel })
  }

  @Test func `a ledger that cannot write stops the answers`() async throws {
    let log = InMemoryDecisionLog()
    log.fail()
    let responder = try testResponder(log: log)
    let reply = try #require(await responder.reply(to: dnsQuery("s3.amazonaws.com"), over: .udp))
    #expect(describe(reply) == "RCODE 2")
    log.fail(false)
    let next = try #require(await responder.reply(to: dnsQuery("s3.amazonaws.com"), over: .udp))
    #expect(describe(next) == "127.0.0.2")
  }

  @Test(
    arguments: [
      ("RCODE 1", "two questions", [0x12, 0x34, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1]),
      ("RCODE 1", "no question", [0x12, 0x34, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      ("RCODE 1", "a pointer for a name", [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1]),
      ("RCODE 1", "a label that ends too late", [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63, 97]),
      ("RCODE 4", "an update", [0x12, 0x34, 0x28, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1]),
      ("silence", "a reply", [0x12, 0x34, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1]),
      ("silence", "half a header", [0x12, 0x34, 1]), ("silence", "nothing", []),
    ] as [(String, String, [UInt8])])
  func `a malformed message is refused and recorded`(answer: String, what: String, message: [UInt8])
    async throws
  {
    let log = InMemoryDecisionLog()
    let responder = try testResponder(log: log)
    let reply = await responder.reply(to: message, over: .udp)
    #expect((reply.map(describe) ?? "silence") == answer, "\(what)")
    #expect(log.verdicts("ResolveName") == ["denied FORMERR"])
  }

  @Test func `random bytes neither stop nor crash it`() async throws {
    var generator = SystemRandomNumberGenerator()
    let responder = try testResponder()
    for length in 0..<600 {
      let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      _ = await responder.reply(to: bytes, over: .udp)
      var query = dnsQuery("s3.amazonaws.com")
      query[Int.random(in: 0..<query.count, using: &generator)] = UInt8.random(
        in: .min ... .max, using: &generator)
      _ = await responder.reply(to: query, over: .tcp)
    }
    let reply = try #require(await responder.reply(to: dnsQuery("s3.amazonaws.com"), over: .udp))
    #expect(describe(reply) == "127.0.0.2")
  }

  @Test func `a hundred thousand tunnel names reach nobody and each is recorded`() async throws {
    try await withResolver { resolver, path in
      let log = InMemoryDecisionLog()
      let responder = try testResponder(log: log)
      await withDiscardingTaskGroup { group in
        for worker in 0..<4 {
          group.addTask {
            for number in 0..<25_000 {
              let name = String(worker * 25_000 + number, radix: 36) + ".tunnel.evil.test"
              let reply = await responder.reply(
                to: dnsQuery(name, type: number % 2 == 0 ? 1 : 16), over: .udp)
              if reply.map(describe) != "NXDOMAIN" { Issue.record("\(name) was answered") }
              // Nothing here waits, and other tests want their turn.
              if number % 50 == 0 { await Task.yield() }
            }
          }
        }
      }
      #expect(Set(log.records.flatMap(\.resources)).count == 100_000)
      #expect(resolver.questionCount == 0)
      // The resolver would have been seen: with the control off, the same name arrives.
      let drill = try testResponder(forwardingTo: path)
      let reply = await drill.reply(to: dnsQuery("canary.tunnel.evil.test"), over: .udp)
      #expect(reply.map(describe) == "RCODE 5")
      #expect(resolver.questionCount == 1)
      let listed = await drill.reply(to: dnsQuery("s3.amazonaws.com"), over: .udp)
      #expect(listed.map(describe) == "127.0.0.2")
      #expect(resolver.questionCount == 1)
    }
  }
}

@Suite(.serialized) struct `DNS sockets` {
  @Test func `dig is answered over UDP and TCP alike`() async throws {
    try await TestGateway.run { test in
      for (flag, speech) in [("+notcp", GatewaySocket.Speech.datagrams), ("+tcp", .plain)] {
        let port = String(test.port(.dns, speech))
        let run = try await ClientRun.run([
          "dig", "@127.0.0.1", "-p", port, flag, "+short", "+tries=1", "s3.eu-west-1.amazonaws.com",
        ])
        #expect(run.output == "127.0.0.2\n")
        let other = try await ClientRun.run(["dig", "@127.0.0.1", "-p", port, flag, "+tries=1", "evil.test"])
        #expect(other.output.contains("status: NXDOMAIN"), "\(other.output)")
      }
    }
  }

  @Test func `many questions on one TCP connection are answered in their order`() async throws {
    try await TestGateway.run { test in
      let client = try await RawClient.connect(test.port(.dns))
      var bytes = ByteBuffer()
      for number in 0..<50 {
        let message = dnsQuery("s3.amazonaws.com", id: UInt16(number))
        bytes.writeInteger(UInt16(message.count))
        bytes.writeBytes(message)
      }
      try await client.channel.write([bytes], within: .seconds(5))
      var received = ByteBuffer()
      var ids: [UInt16] = []
      while ids.count < 50, var part = try await client.channel.next(within: .seconds(10)) {
        received.writeBuffer(&part)
        while let length = received.getInteger(at: received.readerIndex, as: UInt16.self),
          var message = received.getSlice(at: received.readerIndex + 2, length: Int(length))
        {
          received.moveReaderIndex(forwardBy: 2 + Int(length))
          ids.append(message.readInteger(as: UInt16.self) ?? .max)
        }
      }
      #expect(ids == Array(0..<50))
      await client.close()
    }
  }

  @Test func `a length that no question has ends the TCP connection`() async throws {
    try await TestGateway.run { test in
      let client = try await RawClient.connect(test.port(.dns))
      try await client.send("GET / HTTP/1.1\r\n\r\n")
      #expect(await client.isClosed())
    }
  }
}

/// The responder of one workspace, without sockets.
private func testResponder(
  log: InMemoryDecisionLog = InMemoryDecisionLog(), hosts: [AllowedHost]? = nil, servesOutside: Bool = false,
  forwardingTo configuration: String? = nil
) throws -> DNSResponder {
  var environment = try testEnvironment()
  environment.allowedHosts =
    try hosts ?? [
      AllowedHost(pattern: .exact(try DomainName("allowed.test")), port: 443),
      AllowedHost(pattern: .exact(try DomainName("other-port.test")), port: 8_443),
      AllowedHost(pattern: .childrenOf(try DomainName("wild.test")), port: 443, reason: "a test"),
    ]
  if configuration != nil { environment.weakenedForDrill = [.dnsAllowlist] }
  let gatekeeper = Gatekeeper(environment: environment, policies: try CompiledPolicies(environment), log: log)
  let forwarding = configuration.flatMap {
    ForwardingResolverForDrill(configuration: $0, group: MultiThreadedEventLoopGroup.singleton)
  }
  return DNSResponder(
    source: SourcePosition(
      environment: environment.name, project: try Slug("churn"), workspace: try Slug("alice-ws"),
      endpoint: .dns),
    firewall: DNSFirewall(environment: environment, servesOutside: servesOutside), gatekeeper: gatekeeper,
    repeats: RepeatedDecisions(log: log),
    forwarding: forwarding.map { forwarding in
      guard let port = configuration.flatMap(resolverPort),
        let server = try? SocketAddress(ipAddress: "127.0.0.1", port: port)
      else { return forwarding }
      return ForwardingResolverForDrill(server: server, group: MultiThreadedEventLoopGroup.singleton)
    })
}

/// The test's resolver cannot listen on port 53, so its port stands in a comment of its configuration.
private func resolverPort(_ configuration: String) -> Int? {
  guard let text = try? String(contentsOfFile: configuration, encoding: .utf8) else { return nil }
  return text.split(separator: "\n").first.flatMap { Int($0.dropFirst()) }
}

/// A resolver that counts what it is asked and refuses it.
private final class CountingResolver: ChannelInboundHandler, Sendable {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>

  private let count = Atomic<Int>(0)
  var questionCount: Int { count.load(ordering: .relaxed) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    count.wrappingAdd(1, ordering: .relaxed)
    var envelope = Self.unwrapInboundIn(data)
    envelope.data.setBytes([0x81, 0x85], at: envelope.data.readerIndex + 2)
    context.writeAndFlush(NIOAny(envelope), promise: nil)
  }
}

private func withResolver(_ body: (CountingResolver, String) async throws -> Void) async throws {
  let resolver = CountingResolver()
  let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    .channelInitializer { $0.pipeline.addHandler(resolver) }
    .bind(host: "127.0.0.1", port: 0).get()
  let path = FileManager.default.temporaryDirectory.appending(path: "cordon-\(UUID().uuidString).conf").path
  defer { try? FileManager.default.removeItem(atPath: path) }
  try Data("#\(channel.localAddress?.port ?? 0)\nnameserver 127.0.0.1\n".utf8).write(to: URL(filePath: path))
  do {
    try await body(resolver, path)
  } catch {
    try? await channel.close().get()
    throw error
  }
  try await channel.close().get()
}

/// A question as a stub resolver sends it.
private func dnsQuery(_ name: String, type: UInt16 = 1, id: UInt16 = 0x1234) -> [UInt8] {
  var message: [UInt8] = [UInt8(id >> 8), UInt8(id & 255), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
  for label in name.split(separator: ".") { message += [UInt8(label.utf8.count)] + Array(label.utf8) }
  return message + [0, UInt8(type >> 8), UInt8(type & 255), 0, 1]
}

/// `127.0.0.2`, `NODATA`, `NXDOMAIN` or `RCODE n`.
private func describe(_ reply: [UInt8]) -> String {
  guard reply.count >= 12 else { return "short" }
  switch reply[3] & 15 {
  case 0:
    guard reply[7] == 1, let address = addressOfAnswer(reply) else { return "NODATA" }
    return address
  case 3: return "NXDOMAIN"
  default: return "RCODE \(reply[3] & 15)"
  }
}

private func addressOfAnswer(_ reply: [UInt8]) -> String? {
  guard let start = reply.indices.first(where: { reply[$0...].starts(with: [0xC0, 0x0C, 0, 1, 0, 1]) }),
    start + 16 <= reply.count
  else { return nil }
  return reply[(start + 12)..<(start + 16)].map(String.init).joined(separator: ".")
}
