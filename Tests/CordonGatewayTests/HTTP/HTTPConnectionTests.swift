import CordonModel
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Testing

@testable import CordonGateway

@Suite(.serialized) struct `HTTP endpoints` {
  @Test func `a request is answered and the connection serves the next one`() async throws {
    try await TestGateway.run { test in
      let client = try await RawClient.connect(test.port(.credentials))
      for number in 1...3 {
        try await client.send("GET /credentials?n=\(number) HTTP/1.1\r\nHost: 127.0.0.1:8170\r\n\r\n")
        let answer = try await client.read(until: "bytes=0\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("GET /credentials?n=\(number) host=127.0.0.1 bytes=0"))
        #expect(answer.contains("x-cordon-request-id: "))
      }
      await client.close()
    }
  }

  @Test func `pipelined requests are answered in their order`() async throws {
    try await TestGateway.run { test in
      let requests = (1...20).map { "POST /\($0) HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nhi" }
      let last = "GET /last HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"
      let answer = try await exchange(test.port(.s3), requests.joined() + last)
      let lines = answer.split(whereSeparator: \.isNewline).map(String.init).filter {
        $0.contains(" host=a.test")
      }
      #expect(lines == (1...20).map { "POST /\($0) host=a.test bytes=2" } + ["GET /last host=a.test bytes=0"])
    }
  }

  @Test(arguments: [
    (400, "GET / HTTP/1.1\r\n\r\n"),
    (400, "GET / HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n"),
    (400, "GET / HTTP/1.1\r\nHost: a.test\r\nHost: a.test\r\n\r\n"),
    (400, "GET / HTTP/1.1\r\nHost: a.test, b.test\r\n\r\n"),
    (400, "GET / HTTP/1.1\r\nHost: user@a.test\r\n\r\n"),
    (
      400,
      "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    (
      400,
      "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"
    ),
    (400, "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
    (400, "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3, 3\r\n\r\nabc"),
    (400, "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: +3\r\n\r\nabc"),
    (400, "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0x3\r\n\r\nabc"),
    (400, "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 99999999999999999999\r\n\r\nabc"),
    (400, "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    (400, "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    (
      400,
      "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    (400, "POST / HTTP/1.0\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    (400, "GET / HTTP/1.1\nHost: a.test\n\n"),
    (400, "GET / HTTP/1.1\r\nHost: a.test\nX: y\r\n\r\n"),
    (400, "GET / HTTP/1.1\r\nHost: a.test\r\n folded: yes\r\n\r\n"),
    (400, "GET / HTTP/1.1\r\nHost: a.test\r\nX: a\r\n b\r\n\r\n"),
    (400, "GET / HTTP/1.1\r\nHost : a.test\r\n\r\n"),
    (400, "GET / HTTP/1.1\r\nHost: a.test\r\nX: a\u{0}b\r\n\r\n"),
    (400, "GET / HTTP/1.1\r\nHost: a.test\r\nX: a\rb\r\n\r\n"),
    (400, "GET /a b HTTP/1.1\r\nHost: a.test\r\n\r\n"),
    (400, "GET /\u{e9} HTTP/1.1\r\nHost: a.test\r\n\r\n"),
    (400, "GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n"),
    (400, "OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n"),
    (400, "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n"),
    (400, "GET / HTTP/2.0\r\nHost: a.test\r\n\r\n"),
    (400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    (400, "GET / HTTP/0.9\r\nHost: a.test\r\n\r\n"),
    (400, "\u{5}\u{1}\u{0}"),
    (403, "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
    (403, "GET / HTTP/1.1\r\nHost: a.test\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"),
    (417, "POST / HTTP/1.1\r\nHost: a.test\r\nExpect: 200-maybe\r\nContent-Length: 1\r\n\r\na"),
  ])
  func `a request that can be read in two ways is refused and ends the connection`(
    status: Int, request: String
  ) async throws {
    try await TestGateway.run { test in
      let smuggled = request + "GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n"
      let answer = try await exchange(test.port(.s3), smuggled)
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(request.debugDescription) got \(answer)")
      #expect(answer.contains("connection: close"))
      #expect(!answer.contains("/smuggled"))
      #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
      #expect(test.log.verdicts("Request").count == 1)
    }
  }

  @Test(arguments: [
    "1\r\na\r\n0\r\nX-Trailer: b\r\n\r\n", "1\r\nab\r\n0\r\n\r\n", "-1\r\na\r\n0\r\n\r\n",
    "FFFFFFFFFFFFFFFFF\r\na\r\n0\r\n\r\n", "1\na\r\n0\r\n\r\n", "1\r\na\n0\r\n\r\n", "1 \r\na\r\n0\r\n\r\n",
    " 1\r\na\r\n0\r\n\r\n", "0x1\r\na\r\n0\r\n\r\n", "1;x\na\r\n0\r\n\r\n", "1;x=\"\r\n\"\r\na\r\n0\r\n\r\n",
    "1\r\na\r\n0\n\n", "1\r\na0\r\n\r\n", "\r\n",
  ])
  func `a chunked body that is not well-formed is never answered`(body: String) async throws {
    try await TestGateway.run { test in
      let head = "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n"
      let answer = try await exchange(
        test.port(.s3), head + body + "GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n")
      #expect(!answer.contains("200 OK"))
      #expect(!answer.contains("/smuggled"))
    }
  }

  @Test func `a head with too many bytes or fields is refused`() async throws {
    var limits = ServerLimits.patient
    limits.headerBytes = 4096
    limits.headerFields = 20
    try await TestGateway.run(limits: limits) { test in
      let start = "GET / HTTP/1.1\r\nHost: a.test\r\n"
      let long = start + "X: " + String(repeating: "a", count: 5000) + "\r\n\r\n"
      let toLong = try await exchange(test.port(.s3), long)
      #expect(toLong.hasPrefix("HTTP/1.1 431 "))
      let many = start + (1...20).map { "X-\($0): a\r\n" }.joined() + "\r\n"
      let toMany = try await exchange(test.port(.s3), many)
      #expect(toMany.hasPrefix("HTTP/1.1 431 "))
    }
  }

  @Test func `a head that comes too slowly is refused`() async throws {
    var limits = ServerLimits.patient
    limits.headerDeadline = .milliseconds(300)
    try await TestGateway.run(limits: limits) { test in
      let slow = try await RawClient.connect(test.port(.s3))
      try await slow.send("GET / HTTP/1.1\r\nHost: a")
      #expect(await slow.readToEnd().hasPrefix("HTTP/1.1 408 "))
    }
  }

  @Test func `idle connections of a workspace make room for one that works`() async throws {
    var limits = ServerLimits.patient
    limits.connectionsPerWorkspace = 8
    try await TestGateway.run(limits: limits) { test in
      var idle: [RawClient] = []
      for _ in 0..<100 { idle.append(try await RawClient.connect(test.port(.s3))) }
      let answer = try await exchange(
        test.port(.credentials), "GET / HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 200 "))
      #expect(test.gateway.openConnections.values.allSatisfy { $0 <= 8 })
      #expect(await idle[0].isClosed())
      for client in idle { await client.close() }
    }
  }

  @Test func `100-continue is said only when the body is asked for`() async throws {
    let head = "PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
    try await TestGateway.run { test in
      let client = try await RawClient.connect(test.port(.s3))
      try await client.send(head)
      #expect(try await client.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
      try await client.send("hello")
      #expect(try await client.read(until: "bytes=5\n").contains("200 OK"))
      await client.close()
    }
    try await TestGateway.run(responder: RefusingResponder()) { test in
      let answer = try await exchange(test.port(.s3), head)
      #expect(answer.hasPrefix("HTTP/1.1 403 "))
      #expect(answer.contains("connection: close"))
      #expect(!answer.contains("100 Continue"))
    }
  }

  @Test func `a refusal reaches a client that is still sending its body`() async throws {
    try await TestGateway.run(responder: RefusingResponder()) { test in
      let client = try await RawClient.connect(test.port(.s3))
      try await client.send("PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000000\r\n\r\n")
      let sending = Task {
        for _ in 0..<200 { try await client.send(String(repeating: "x", count: 65_536)) }
      }
      let answer = await client.readToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 403 "))
      sending.cancel()
      await client.close()
      _ = await sending.result
    }
  }

  @Test func `a small body that nobody asked for is read off and the connection goes on`() async throws {
    try await TestGateway.run(responder: RefusingResponder()) { test in
      let put = "PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello"
      let last = "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"
      let answer = try await exchange(test.port(.s3), put + put + last)
      #expect(answer.components(separatedBy: "HTTP/1.1 403 ").count == 4)
    }
  }

  @Test func `HEAD states the length and sends no body`() async throws {
    try await TestGateway.run { test in
      let head = "HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n"
      let last = "GET /last HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"
      let answer = try await exchange(test.port(.s3), head + last)
      let parts = answer.components(separatedBy: "\r\n\r\n")
      #expect(parts.first?.contains("content-length: 27") == true)
      #expect(parts.dropFirst().first?.hasPrefix("HTTP/1.1 200 OK") == true)
    }
  }

  @Test func `a streamed answer is chunked, and an answer of known length is not`() async throws {
    try await TestGateway.run(responder: StreamingResponder()) { test in
      let close = "Host: a.test\r\nConnection: close\r\n\r\n"
      let chunked = try await exchange(test.port(.s3), "GET /chunked HTTP/1.1\r\n" + close)
      #expect(chunked.contains("transfer-encoding: chunked\r\n"))
      #expect(chunked.hasSuffix("\r\n\r\n3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n"))
      let known = try await exchange(test.port(.s3), "GET /known HTTP/1.1\r\n" + close)
      #expect(known.contains("content-length: 6\r\n"))
      #expect(known.hasSuffix("\r\n\r\nabcabc"))
      let old = try await exchange(test.port(.s3), "GET /chunked HTTP/1.0\r\nHost: a.test\r\n\r\n")
      #expect(old.hasPrefix("HTTP/1.0 200 OK"))
      #expect(old.hasSuffix("\r\n\r\nabcabc"))
    }
  }

  @Test(arguments: ["/short", "/long", "/broken", "/refused", "/misparsed"])
  func `an answer that is not as long as it said does not end like a whole one`(path: String) async throws {
    try await TestGateway.run(responder: StreamingResponder()) { test in
      let client = try await RawClient.connect(test.port(.s3))
      try await client.send("GET \(path) HTTP/1.1\r\nHost: a.test\r\n\r\n")
      let answer = await client.readToEnd()
      #expect(answer.contains("200 OK"))
      #expect(!answer.hasSuffix("0\r\n\r\n"))
      #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
      await client.close()
    }
  }

  @Test func `an error of a responder becomes a 500 without its text`() async throws {
    try await TestGateway.run(responder: FailingResponder()) { test in
      let answer = try await exchange(test.port(.s3), "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 500 "))
      #expect(!answer.contains("canary"))
    }
  }

  @Test func `an answer cannot be split by a header value`() async throws {
    try await TestGateway.run(responder: SplittingResponder()) { test in
      let answer = try await exchange(
        test.port(.s3), "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 200 "))
      #expect(!answer.contains("injected"))
    }
  }

  @Test func `draining answers what is under way and ends the rest`() async throws {
    try await TestGateway.run(responder: SlowResponder()) { test in
      let idle = try await RawClient.connect(test.port(.s3))
      let busy = try await RawClient.connect(test.port(.s3))
      try await busy.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
      try await SlowResponder.started.first()
      async let drained: Void = test.gateway.drain(within: .seconds(10))
      #expect(await idle.isClosed())
      #expect(await busy.readToEnd().contains("slow but sure"))
      await drained
    }
  }
}

private struct RefusingResponder: Responder {
  func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    .text(403, "no\n")
  }
}

private struct FailingResponder: Responder {
  struct Failure: Error { var text = "canary" }
  func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    throw Failure()
  }
}

private struct SplittingResponder: Responder {
  func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    .text(200, "", headers: [("x-meta", "a\r\ninjected: yes")])
  }
}

private struct StreamingResponder: Responder {
  func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    let length: Int? =
      switch request.path {
      case "/known": 6
      case "/short": 100
      case "/long": 4
      default: nil
      }
    let path = request.path
    return GatewayResponse(
      status: 200,
      body: .stream(length: length) { write in
        for _ in 0..<2 { try await write(ByteBuffer(string: "abc")) }
        if path == "/broken" { throw FailingResponder.Failure() }
        if path == "/refused" { throw Refusal.hostMismatch }
        if path == "/misparsed" { throw HTTPParserError.invalidChunkSize }
      })
  }
}

private struct SlowResponder: Responder {
  static let started = Signal()

  func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    Self.started.raise()
    try await Task.sleep(for: .milliseconds(200))
    return .text(200, "slow but sure\n")
  }
}
