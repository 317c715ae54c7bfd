import CordonModel
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import CordonIdentity
@testable import CordonPortal

/// A real server on a free port, and whatever bytes somebody may send to it.
@Suite(.serialized) struct `The portal's server` {
  /// Says `text` to a fresh portal and gives all that it answers.
  func answer(_ text: String, limits: PortalLimits = PortalLimits()) async throws -> String {
    let world = try await PortalWorld.open(limits: limits)
    let browser = try await RawBrowser.connect(world)
    try await browser.say(text.replacing("HOST", with: world.host))
    let answer = await browser.rest()
    await world.close()
    return answer
  }

  static let get = "GET /sign-in HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"

  @Test func `serves pages over TLS, with every field that guards them`() async throws {
    let text = try await answer(Self.get)
    #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
    for field in [
      "Content-Security-Policy: default-src 'none'", "X-Content-Type-Options: nosniff",
      "Cache-Control: no-store",
      "Set-Cookie: __Host-cordon-visitor=", "Connection: close", "Cross-Origin-Opener-Policy: same-origin",
    ] { #expect(text.contains(field), "\(field)") }
    #expect(text.contains("<h1>Sign in</h1>") && !text.lowercased().contains("\r\nserver:"))
  }

  @Test func `speaks nothing but TLS`() async throws {
    let world = try await PortalWorld.open()
    let browser = try await RawBrowser.connect(world, tls: false)
    try await browser.say(Self.get.replacing("HOST", with: world.host))
    #expect(!(await browser.rest()).contains("HTTP/1.1 200"))
    await world.close()
  }

  @Test(
    arguments: [
      (400, "GET / HTTP/1.1\r\n\r\n"), (421, "GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n"),
      (400, "GET / HTTP/1.0\r\nHost: HOST\r\n\r\n"),
      (400, "GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n"), (400, "\u{16}\u{3}\u{1}\r\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      (
        400,
        "POST /sign-in HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
      ),
      (400, "POST /sign-in HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd"),
      (400, "POST /sign-in HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost: HOST\r\n folded: x\r\n\r\n"),
      (400, "GET / HTTP/1.1\r\nHost: HOST\r\nA\u{0}: x\r\n\r\n"),
      (411, "POST /sign-in HTTP/1.1\r\nHost: HOST\r\nOrigin: https://HOST\r\n\r\n"),
      (413, "POST /sign-in HTTP/1.1\r\nHost: HOST\r\nOrigin: https://HOST\r\nContent-Length: 99999\r\n\r\n"),
      (
        403,
        "POST /sign-in HTTP/1.1\r\nHost: HOST\r\nOrigin: https://evil.test\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
      ),
      (431, "GET / HTTP/1.1\r\nHost: HOST\r\nA: \(String(repeating: "x", count: 20_000))\r\n\r\n"),
      (431, "GET / HTTP/1.1\r\nHost: HOST\r\n\(String(repeating: "A: x\r\n", count: 70))\r\n"),
    ] as [(Int, String)])
  func `refuses what can be read in two ways, and closes`(status: Int, request: String) async throws {
    let text = try await answer(request)
    #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 \(status) "), "\(text.prefix(60))")
    #expect(!text.contains("HTTP/1.1 200"))
    if !text.isEmpty { #expect(text.contains("Connection: close")) }
  }

  @Test func `answers one request at a time, so that none hides behind another`() async throws {
    let world = try await PortalWorld.open()
    let browser = try await RawBrowser.connect(world)
    let get = "GET /help HTTP/1.1\r\nHost: \(world.host)\r\n\r\n"
    try await browser.say(get + get.replacing("/help", with: "/denials"))
    let text = await browser.rest()
    #expect(text.components(separatedBy: "HTTP/1.1 ").count <= 2)
    await world.close()
  }

  @Test func `keeps a connection for the next request`() async throws {
    let world = try await PortalWorld.open()
    let browser = try await RawBrowser.connect(world)
    for _ in 0..<3 {
      try await browser.say("HEAD /help HTTP/1.1\r\nHost: \(world.host)\r\n\r\n")
      #expect(await browser.head().hasPrefix("HTTP/1.1 303 See Other\r\n"))
    }
    await browser.close()
    await world.close()
  }

  @Test func `waits for nobody who is slow on purpose`() async throws {
    var limits = PortalLimits()
    limits.headDeadline = .milliseconds(300)
    limits.bodyDeadline = .milliseconds(300)
    #expect(try await answer("GET / HTTP/1.1\r\nHost: HO", limits: limits).isEmpty)
    let form =
      "POST /sign-in HTTP/1.1\r\nHost: HOST\r\nOrigin: https://HOST\r\nContent-Length: 9\r\n"
      + "Content-Type: application/x-www-form-urlencoded\r\n\r\na=b"
    #expect(try await answer(form, limits: limits).hasPrefix("HTTP/1.1 408 "))
  }

  @Test func `gives one address no more than its places`() async throws {
    var limits = PortalLimits()
    limits.connectionsPerAddress = 3
    let world = try await PortalWorld.open(limits: limits)
    var browsers: [RawBrowser] = []
    for _ in 0..<3 {
      let browser = try await RawBrowser.connect(world)
      try await browser.say("HEAD /help HTTP/1.1\r\nHost: \(world.host)\r\n\r\n")
      #expect(await browser.head().hasPrefix("HTTP/1.1 303"))
      browsers.append(browser)
    }
    let turnedAway = try await RawBrowser.connect(world)
    try? await turnedAway.say("HEAD /help HTTP/1.1\r\nHost: \(world.host)\r\n\r\n")
    #expect(await turnedAway.rest().isEmpty)
    for browser in browsers { await browser.close() }
    await world.close()
    #expect(world.portal.connectionCount == 0)
  }

  @Test func `counts a household's IPv6 addresses as one`() throws {
    let near = try ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"].map {
      try ConnectionPlaces.place(.init(ipAddress: $0, port: 1))
    }
    #expect(near[0] == near[1])
    #expect(try near[0] != ConnectionPlaces.place(.init(ipAddress: "2001:db8:1:3::1", port: 1)))
    #expect(
      try ConnectionPlaces.place(.init(ipAddress: "192.0.2.1", port: 1))
        != ConnectionPlaces.place(.init(ipAddress: "192.0.2.2", port: 1)))
  }
}

/// Streams on a real socket.
@Suite(.serialized) struct `A stream's socket` {
  /// A portal with one open session, and its stream's socket.
  struct Opened {
    let world: PortalWorld
    let browser: RawBrowser
    let stream: TestStream

    func close() async {
      await browser.close()
      await world.close()
    }
  }

  func request(_ world: PortalWorld, _ id: SessionID, cookie: String, ticket: String, origin: String? = nil)
    -> String
  {
    "GET /session/\(id.text)/stream HTTP/1.1\r\nHost: \(world.host)\r\nOrigin: \(origin ?? "https://" + world.host)\r\n"
      + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: cordon.1, ticket.\(ticket)\r\n"
      + "Cookie: __Host-cordon=\(cookie)\r\n\r\n"
  }

  func ticket(_ world: PortalWorld, _ id: SessionID, _ token: SessionToken) async throws -> String {
    let browser = try await RawBrowser.connect(world)
    try await browser.say(
      "POST /session/\(id.text)/ticket HTTP/1.1\r\nHost: \(world.host)\r\nOrigin: https://\(world.host)\r\n"
        + "Content-Length: 0\r\nConnection: close\r\nX-Cordon-Token: \(world.identity.formToken(for: token))\r\n"
        + "Cookie: __Host-cordon=\(token.text)\r\n\r\n")
    let text = await browser.rest()
    return try #require(text.split(separator: "\"ticket\":\"").last?.split(separator: "\"").first).description
  }

  func prepared(_ limits: PortalLimits = PortalLimits()) async throws -> (
    PortalWorld, SessionID, SessionToken
  ) {
    let world = try await PortalWorld.open(limits: limits)
    let signedIn = try #require(world.identity.signedIn("scientist-1"))
    let id = SessionID()
    world.sessions.state.withLock {
      $0.open[id] = (signedIn.principal.person, signedIn.principal.projects.sorted()[1])
    }
    return (world, id, signedIn.token)
  }

  func opened(_ limits: PortalLimits = PortalLimits()) async throws -> Opened {
    let (world, id, token) = try await prepared(limits)
    let ticket = try await ticket(world, id, token)
    let browser = try await RawBrowser.connect(world)
    try await browser.say(request(world, id, cookie: token.text, ticket: ticket))
    let head = await browser.head()
    #expect(head.hasPrefix("HTTP/1.1 101 "))
    #expect(head.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
    return Opened(world: world, browser: browser, stream: try #require(world.sessions.streams.last))
  }

  @Test func `carries messages both ways`() async throws {
    let opened = try await opened()
    opened.stream.offer([7, 8, 9])
    #expect(await opened.browser.hear(until: [7, 8, 9]) == [0x82, 3, 7, 8, 9])
    try await opened.browser.say(SocketFrame.bytes(opcode: 2, [1, 5]))
    try await opened.browser.say(SocketFrame.bytes(opcode: 9, [42]))
    #expect(await opened.browser.hear(until: [42]) == [0x8A, 1, 42])
    try await opened.browser.say(SocketFrame.bytes(opcode: 2, Array(repeating: 1, count: 70_000)))
    try await opened.browser.say(SocketFrame.bytes(opcode: 9, [43]))
    _ = await opened.browser.hear(until: [43])
    try await opened.browser.say(SocketFrame.bytes(opcode: 8, [3, 0xE8]))
    #expect(await opened.browser.hear(until: [3, 0xE8]) == [0x88, 2, 3, 0xE8])
    #expect(opened.stream.state.withLock { $0.heard.map(\.count) } == [2, 70_000])
    await opened.close()
  }

  /// RFC 6455 §5.5.1: an endpoint sends no data after its own goodbye, and a browser takes what comes for a broken stream.
  @Test func `says nothing after its goodbye`() async throws {
    let opened = try await opened()
    try await opened.browser.say(SocketFrame.bytes(opcode: 8, [3, 0xE8]))
    #expect(await opened.browser.hear(until: [3, 0xE8]) == [0x88, 2, 3, 0xE8])
    opened.stream.offer([7, 8, 9])
    #expect(await opened.browser.rest().isEmpty)
    await opened.close()
  }

  @Test(
    arguments: [
      ("unmasked", 1002, SocketFrame.bytes(opcode: 2, [1], isMasked: false)),
      ("an extension", 1002, SocketFrame.bytes(opcode: 2, [1], first: 0xC0)),
      ("text", 1003, SocketFrame.bytes(opcode: 1, [65])),
      ("unknown", 1002, SocketFrame.bytes(opcode: 5, [65])),
      ("a long control frame", 1002, SocketFrame.bytes(opcode: 9, Array(repeating: 0, count: 200))),
      ("a piece of nothing", 1002, SocketFrame.bytes(opcode: 0, [1])),
      ("too long", 1009, SocketFrame.bytes(opcode: 2, [], claims: 300_000)),
      ("endless", 1009, SocketFrame.bytes(opcode: 2, [], claims: Int.max)),
      ("no message of ours", 1007, SocketFrame.bytes(opcode: 2, [0])),
    ] as [(String, Int, [UInt8])])
  func `ends with its reason where frames are none`(name: String, code: Int, bytes: [UInt8]) async throws {
    let opened = try await opened()
    try await opened.browser.say(bytes)
    let goodbye = await opened.browser.hear(until: [UInt8(code >> 8), UInt8(code & 0xFF)])
    #expect(goodbye.prefix(4) == [0x88, 2, UInt8(code >> 8), UInt8(code & 0xFF)], "\(name): \(goodbye)")
    _ = await opened.browser.rest()
    await opened.close()
  }

  @Test func `is not opened for a forged session, ticket, cookie or origin`() async throws {
    let (world, id, token) = try await prepared()
    let other = try #require(world.identity.signedIn("scientist-2"))
    for (session, cookie, origin, isTicketGood) in [
      (SessionID(), token.text, nil, true), (id, other.token.text, nil, true),
      (id, SessionToken().text, nil, true),
      (id, token.text, "https://evil.test", true), (id, token.text, nil, false),
    ] as [(SessionID, String, String?, Bool)] {
      let ticket = isTicketGood ? try await ticket(world, id, token) : String(repeating: "0", count: 64)
      let browser = try await RawBrowser.connect(world)
      try await browser.say(request(world, session, cookie: cookie, ticket: ticket, origin: origin))
      let head = await browser.head()
      #expect(head.hasPrefix("HTTP/1.1 404 ") || head.hasPrefix("HTTP/1.1 403 "), "\(head.prefix(40))")
      _ = await browser.rest()
    }
    await world.close()
  }

  @Test func `gives a slow browser the newest picture, and keeps none of the old`() async throws {
    let opened = try await opened()
    try await opened.browser.reads(false)
    // Far more than kernel and TLS keep between the two: whatever is sent beyond that waits.
    let picture = [UInt8](repeating: 0xAA, count: 400_000)
    for number in UInt8(1)...60 {
      opened.stream.offer([number] + picture)
      try await Task.sleep(for: .milliseconds(5))
    }
    let sent = opened.stream.state.withLock { $0.sent }
    #expect(sent < 60)
    opened.stream.offer([99, 98, 97, 96])
    try await opened.browser.reads(true)
    _ = await opened.browser.hear(until: [0x82, 4, 99, 98, 97, 96])
    #expect(opened.stream.state.withLock { $0.sent } <= sent + 2)
    await opened.close()
  }

  @Test func `cuts off a browser that takes nothing, and one that says nothing`() async throws {
    var limits = PortalLimits()
    limits.writeDeadline = .milliseconds(300)
    let slow = try await opened(limits)
    try await slow.browser.reads(false)
    slow.stream.offer([UInt8](repeating: 1, count: 20_000_000))
    await slow.stream.whenOver()
    await slow.close()
    limits = PortalLimits()
    limits.pingInterval = .milliseconds(100)
    let silent = try await opened(limits)
    #expect(await silent.browser.hear(until: [0x89, 0]) == [0x89, 0])
    await silent.stream.whenOver()
    await silent.close()
  }

  @Test func `is told when the portal goes away`() async throws {
    let opened = try await opened()
    async let goodbye = opened.browser.hear(until: [0x03, 0xE9])
    await opened.world.close()
    #expect(await goodbye == [0x88, 2, 0x03, 0xE9])
    #expect(opened.world.portal.connectionCount == 0)
    await opened.stream.whenOver()
  }

  @Test func `ends when its person may not be here any more`() async throws {
    var limits = PortalLimits()
    limits.recheckInterval = .milliseconds(100)
    let opened = try await opened(limits)
    opened.world.identity.expire()
    #expect(await opened.browser.hear(until: [0x11, 0x31]) == [0x88, 2, 0x11, 0x31])
    await opened.close()
  }

  @Test func `reads no faster than its session takes`() async throws {
    let opened = try await opened()
    opened.stream.state.withLock { $0.isHeld = true }
    let message = SocketFrame.bytes(opcode: 2, [1] + Array(repeating: 0, count: 200_000))
    let flood = Task { for _ in 0..<400 { try await opened.browser.say(message) } }
    await opened.stream.whenHeard(1)
    try await Task.sleep(for: .milliseconds(300))
    // One is being taken, a few wait, and the rest is not read.
    #expect(opened.stream.state.withLock { $0.heard.count } == 1)
    opened.stream.state.withLock { $0.isHeld = false }
    await opened.stream.whenHeard(400)
    try await flood.value
    await opened.close()
  }
}
