import CordonModel
import CordonWire
import Testing

@testable import CordonIdentity
@testable import CordonPortal

/// How a file that may leave reaches its person's disk.
@Suite(.serialized) struct `A file's address` {
  private func get(_ world: PortalWorld, _ path: String, _ token: SessionToken, method: String = "GET")
    async throws
    -> String
  {
    let browser = try await RawBrowser.connect(world)
    try await browser.say(
      "\(method) \(path) HTTP/1.1\r\nHost: \(world.host)\r\nConnection: close\r\nCookie: __Host-cordon=\(token.text)\r\n\r\n"
    )
    return await browser.rest()
  }

  @Test func `gives it to its own person, once, to be stored and never shown`() async throws {
    let browser = try await FakeChromium()
    let registry = SessionRegistry(launcher: OneBrowser(browser), desk: TestDesk())
    let world = try await PortalWorld.open(desk: RegistrySessions(registry: registry))
    let own = try #require(world.identity.signedIn("scientist-1")).token
    let other = try #require(world.identity.signedIn("scientist-2")).token
    let plan = try WatchingDesk.plan(BrowserRules(download: true), "scientist-1")
    guard case .open(let session) = try await registry.open(plan) else {
      Issue.record("no session")
      return
    }
    let viewer = try await Viewer.of(session)
    browser.downloads("a-1", "r.html", Array("<script>alert(1)</script>".utf8))
    await viewer.until("offered") { !$0.offers.isEmpty }
    let offer = try #require(await viewer.offers.first)
    let path = Route.file(session: session.plan.id.text, file: offer.id).path
    // Nobody else's, no other session's, and a look at its head, use nothing up.
    for (text, token, method) in [
      (path, other, "GET"), (path, SessionToken(), "GET"), (path, own, "HEAD"),
      (Route.file(session: SessionID().text, file: offer.id).path, own, "GET"),
      (Route.file(session: session.plan.id.text, file: SessionID().text).path, own, "GET"),
    ] {
      let answer = try await get(world, text, token, method: method)
      #expect(!answer.contains("alert(1)") && !answer.contains("octet-stream"), "\(answer.prefix(40))")
    }
    let answer = try await get(world, path, own)
    #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\n\r\n<script>alert(1)</script>"))
    for field in [
      "Content-Type: application/octet-stream\r\n", "X-Content-Type-Options: nosniff\r\n",
      "Content-Disposition: attachment; filename=\"r.html\"; filename*=UTF-8''r.html\r\n",
      "Cache-Control: no-store\r\n", "Cross-Origin-Resource-Policy: same-origin\r\n",
      "Content-Security-Policy: default-src 'none'; sandbox;",
    ] { #expect(answer.contains(field), "\(field)") }
    #expect(try await get(world, path, own).hasPrefix("HTTP/1.1 404 "))
    await registry.endAll()
    await world.close()
  }

  @Test(arguments: [
    "x", "../../etc/passwd", String(repeating: "A", count: 32), String(repeating: "a", count: 33),
  ])
  func `is 128 random bits and nothing else`(file: String) {
    #expect(Route(path: "/session/\(SessionID().text)/file/\(file)") == nil)
  }
}
