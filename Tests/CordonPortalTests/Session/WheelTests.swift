import CordonModel
import CordonPolicy
import CordonWire
import Testing

@testable import CordonPortal

@Suite struct `Turns of the wheel` {
  private func turn(_ distance: Double, x: Double = 100, _ modifiers: ClientMessage.Modifiers = [])
    -> ClientMessage.Wheel
  {
    ClientMessage.Wheel(x: x, y: 50, deltaX: -distance, deltaY: distance, modifiers: modifiers)
  }

  @Test func `go at once, two of them, and the next as one when a frame has followed`() {
    var turns = WheelTurns()
    #expect(turns.take(turn(1), at: .milliseconds(0)) == [turn(1)])
    #expect(turns.take(turn(2), at: .milliseconds(20)) == [turn(2)])
    for distance in [4.0, 8, 16] { #expect(turns.take(turn(distance), at: .milliseconds(40)) == []) }
    #expect(turns.isWaiting)
    #expect(turns.followed(at: .milliseconds(50)) == [turn(28)])
    #expect(!turns.isWaiting)
    #expect(turns.take(turn(32), at: .milliseconds(60)) == [])
    #expect(turns.followed(at: .milliseconds(70)) == [turn(32)])
  }

  @Test func `that were drawn together are followed by one frame`() {
    var turns = WheelTurns()
    for milliseconds in [0, 8] {
      #expect(turns.take(turn(1), at: .milliseconds(milliseconds)).count == 1)
    }
    #expect(turns.followed(at: .milliseconds(30)) == [])
    for milliseconds in [31, 50] {
      #expect(turns.take(turn(1), at: .milliseconds(milliseconds)).count == 1)
    }
  }

  @Test func `go without a frame where the page does not move`() {
    var turns = WheelTurns()
    for distance in [1.0, 2, 4, 8] { _ = turns.take(turn(distance), at: .zero) }
    #expect(turns.due(at: .milliseconds(119)) == [])
    #expect(turns.due(at: .milliseconds(120)) == [turn(12)])
    #expect(turns.due(at: .milliseconds(900)) == [])
  }

  @Test func `are of another thing at another place, and with other keys held`() {
    var turns = WheelTurns()
    for distance in [1.0, 2, 4] { _ = turns.take(turn(distance), at: .zero) }
    #expect(turns.take(turn(8, x: 400), at: .milliseconds(1)) == [turn(4)])
    #expect(turns.take(turn(16, x: 400, [.control]), at: .milliseconds(2)) == [turn(8, x: 400)])
    #expect(turns.flush(at: .milliseconds(3)) == [turn(16, x: 400, [.control])])
    #expect(turns.flush(at: .milliseconds(3)) == [])
  }

  @Test func `are never lost, never come twice and never grow in number`() {
    var random = SplitMix(seed: 7)
    for _ in 0..<200 {
      var turns = WheelTurns()
      var now = Duration.zero
      var (turned, given, came) = (0.0, 0.0, 0)
      for _ in 0..<100 {
        now += .milliseconds(Int.random(in: 0...30, using: &random))
        let out: [ClientMessage.Wheel]
        switch Int.random(in: 0..<4, using: &random) {
        case 0: out = turns.followed(at: now)
        case 1: out = turns.due(at: now)
        default:
          let distance = Double(Int.random(in: -90...90, using: &random))
          turned += distance
          came += 1
          let x = Bool.random(using: &random) ? 100.0 : 300
          out = turns.take(turn(distance, x: x), at: now)
        }
        given += out.reduce(0) { $0 + $1.deltaY }
        came -= out.count
        #expect(came >= 0)
      }
      given += turns.flush(at: now).reduce(0) { $0 + $1.deltaY }
      #expect(given == turned)
    }
  }
}

/// The wheel of a person who turns it faster than frames come.
@Suite struct `A session's wheel` {
  private func open() async throws -> (BrowserSession, FakeChromium, Viewer, ManualClock) {
    let (browser, clock) = (try await FakeChromium(), ManualClock())
    let plan = SessionPlan(
      person: try Slug("ana"), project: try Slug("churn"), workspace: try Slug("lab"), rules: BrowserRules(),
      home: try #require(PageAddress("http://\(TestSite.host)/")))
    let session = try BrowserSession(plan: plan, browser: browser, desk: TestDesk(), clock: clock)
    try await session.start()
    return (session, browser, try await Viewer.of(session), clock)
  }

  private func distances(_ browser: FakeChromium) -> [Int] {
    browser.params(of: "Input.dispatchMouseEvent").filter { $0["type"]?.text == "mouseWheel" }
      .compactMap { $0["deltaY"]?.int }
  }

  private func turn(_ viewer: Viewer, _ distances: [Double]) async {
    for distance in distances {
      await viewer.send(.wheel(.init(x: 10, y: 10, deltaX: 0, deltaY: distance)))
    }
  }

  @Test func `turns a page no faster than its frames come`() async throws {
    let (session, browser, viewer, _) = try await open()
    await turn(viewer, [1, 2, 4, 8, 16])
    await viewer.until("two are there") { _ in self.distances(browser) == [1, 2] }
    browser.tell("Page.screencastFrame", #"{"data":"AAAA","sessionId":1,"metadata":{}}"#)
    await viewer.until("the others are there as one") { _ in self.distances(browser) == [1, 2, 28] }
    await session.end(.closed)
  }

  @Test func `has turned before a key is pressed, and before a page is shown to somebody else`() async throws
  {
    for leaves in [false, true] {
      let (session, browser, viewer, _) = try await open()
      await turn(viewer, [1, 2, 4, 8])
      if leaves { await viewer.send(.releaseAll) } else { await viewer.press("a", "KeyA") }
      await viewer.until("all are there") { _ in self.distances(browser) == [1, 2, 12] }
      let methods = browser.methods
      if !leaves {
        let key = try #require(methods.firstIndex(of: "Input.dispatchKeyEvent"))
        let wheel = try #require(methods.lastIndex(of: "Input.dispatchMouseEvent"))
        #expect(wheel < key)
      }
      await session.end(.closed)
    }
  }

  @Test func `turns on where no frame comes`() async throws {
    let (session, browser, viewer, clock) = try await open()
    await turn(viewer, [1, 2, 4, 8])
    for _ in 0..<200 where distances(browser).count < 3 {
      await clock.untilAsleep()
      clock.advance(1)
    }
    #expect(distances(browser) == [1, 2, 12])
    await session.end(.closed)
  }
}
