import CordonModel
import Testing

@testable import CordonIdentity
@testable import CordonPortal

/// What is left of a remote browser when its person signs out: nothing, from that moment on.
@Suite(.serialized) struct `Signing out` {
  @Test(arguments: ["/sign-out", "/account/sign-out-everywhere"])
  func `ends the person's remote browsers before it answers, and nobody else's`(path: String) async throws {
    let browsers = [try await FakeChromium(), try await FakeChromium()]
    let own = SessionRegistry(launcher: InTurn(browsers), desk: TestDesk())
    let world = try await PortalWorld.open(desk: RegistrySessions(registry: own))
    let signedIn = try #require(world.identity.signedIn("scientist-1"))
    for person in ["scientist-1", "scientist-2"] {
      guard case .open = try await own.open(WatchingDesk.plan(BrowserRules(), person)) else {
        Issue.record("no session")
        return
      }
    }
    let form = "token=\(world.identity.formToken(for: signedIn.token))"
    let browser = try await RawBrowser.connect(world)
    try await browser.say(
      "POST \(path) HTTP/1.1\r\nHost: \(world.host)\r\nOrigin: https://\(world.host)\r\nConnection: close\r\n"
        + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(form.utf8.count)\r\n"
        + "Cookie: __Host-cordon=\(signedIn.token.text)\r\n\r\n\(form)")
    let answer = await browser.rest()
    #expect(answer.hasPrefix("HTTP/1.1 200 ") || answer.hasPrefix("HTTP/1.1 303 "), "\(answer.prefix(80))")
    #expect(browsers.map(\.isEnded) == [true, false])
    await own.endAll()
    await world.close()
  }
}

/// Starts browsers that are there already, one after the other.
private actor InTurn: BrowserLauncher {
  private var browsers: [FakeChromium]

  init(_ browsers: [FakeChromium]) { self.browsers = browsers }

  func launch(_ plan: SessionPlan) async throws -> any RunningBrowser { browsers.removeFirst() }
}
