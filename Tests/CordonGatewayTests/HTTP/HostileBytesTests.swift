import CordonModel
import NIOCore
import NIOPosix
import Testing

@testable import CordonGateway

/// Bytes that were good once: cut, doubled, flipped and joined. The seed is in the test's name, so a failure
/// repeats.
@Suite(.serialized) struct `Hostile bytes` {
  private static let seeds: [UInt64] = [1, 2, 3, 4]

  private static let texts = [
    "GET /a?b=c HTTP/1.1\r\nHost: a.test\r\nAccept: */*\r\n\r\n",
    "POST /up HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "PUT /k HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
    "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n",
    "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  ].map { Array($0.utf8) }

  @Test(arguments: seeds)
  func `stop no door, and every door still answers`(seed: UInt64) async throws {
    var limits = ServerLimits.patient
    limits.headerDeadline = .milliseconds(300)
    limits.idleDeadline = .milliseconds(300)
    limits.lingering = .milliseconds(100)
    let hello = try await clientHello()
    try await TestGateway.run(limits: limits) { test in
      var random = Mutator(state: seed)
      await withDiscardingTaskGroup { group in
        for _ in 0..<150 {
          let bytes = random.mutated(from: Self.texts + [hello])
          let port = random.pick(Array(test.ports.filter { $0.key.speech != .datagrams }.values).sorted())
          group.addTask {
            guard let client = try? await RawClient.connect(port) else { return }
            try? await client.channel.write([ByteBuffer(bytes: bytes)], within: .seconds(5))
            _ = await client.readToEnd(within: .seconds(20))
            await client.close()
          }
        }
      }
      let close = "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"
      for endpoint in [EndpointKind.s3, .credentials] {
        let answer = try await exchange(test.port(endpoint), close)
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
      }
      let proxied = try await exchange(test.port(.proxy), "CONNECT evil.test:443 HTTP/1.1\r\n\r\n")
      #expect(proxied.hasPrefix("HTTP/1.1 403 "))
      #expect(test.outside.connectionCount == 0)
    }
  }
}

/// What a real client says first.
private func clientHello() async throws -> [UInt8] {
  let (descriptor, port) = try LoopbackSocket.tcp()
  let server = ListenerServer(group: MultiThreadedEventLoopGroup.singleton)
  let capture = HelloCapture()
  let connections = WorkspaceConnections(limit: 1)
  let channel = try await server.listen(on: descriptor, connections: connections, service: capture)
  let running = Task { await server.run() }
  let folder = temporaryFolder()
  defer { removeFolder(folder) }
  var client = try await RawClient.connect(port)
  try await client.startTLS(
    serverName: "s3.eu-west-1.amazonaws.com", trusting: try CertificateAuthority(folder: folder, name: "test")
  )
  var hello: [UInt8] = []
  for await bytes in capture.stream {
    hello = bytes
    break
  }
  await client.close()
  try await channel.close().get()
  server.finish()
  await running.value
  return hello
}

private struct HelloCapture: StreamService {
  let stream: AsyncStream<[UInt8]>
  private let continuation: AsyncStream<[UInt8]>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func serve(_ connection: AcceptedConnection) async {
    let bytes = try? await connection.channel.next(within: .seconds(10))
    continuation.yield(bytes.map { Array($0.readableBytesView) } ?? [])
    continuation.finish()
  }

  func turnedAway() async {}
}

/// Makes the same hostile bytes from the same seed (SplitMix64).
private struct Mutator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &self)]
  }

  mutating func mutated(from texts: [[UInt8]]) -> [UInt8] {
    var bytes = pick(texts)
    for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &self)
      switch Int.random(in: 0..<5, using: &self) {
      case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &self)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(pick([0, 9, 10, 13, 32, 58, 255]), at: place)
      case 3: bytes.insert(contentsOf: pick(texts), at: place)
      default: bytes.removeLast(bytes.count - place)
      }
    }
    return bytes
  }
}
