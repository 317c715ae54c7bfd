import CordonModel
import CordonWire
import Synchronization
import Testing

@testable import CordonPortal

/// Sessions over a browser that does nothing, in time that passes when a test says so.
@Suite(.serialized) struct `The life of a session` {
  let clock = ManualClock()
  let desk = TestDesk()

  private func open(_ rules: BrowserRules = BrowserRules()) async throws -> (BrowserSession, FakeChromium) {
    let browser = try await FakeChromium()
    let session = try BrowserSession(
      plan: try plan("ana", "churn", rules), browser: browser, desk: desk, clock: clock)
    try await session.start()
    return (session, browser)
  }

  private func plan(_ person: String, _ project: String, _ rules: BrowserRules = BrowserRules()) throws
    -> SessionPlan
  {
    SessionPlan(
      person: try Slug(person), project: try Slug(project), workspace: try Slug("lab"), rules: rules,
      home: try #require(PageAddress("http://\(TestSite.host)/")))
  }

  @Test(arguments: [
    (ServerMessage.End.idle, 60, 3_600, true), (.longest, 3_600, 60, true), (.abandoned, 3_600, 3_600, false),
  ])
  func `ends in its time, with a reason, a record and no browser`(
    reason: ServerMessage.End, idle: Int, longest: Int, isSeen: Bool
  ) async throws {
    let (session, browser) = try await open(BrowserRules(idle: idle, longest: longest))
    let viewer = try await Viewer.of(session)
    if !isSeen { await viewer.end() }
    for _ in 0..<(isSeen ? 59 : 299) {
      await clock.untilAsleep()
      clock.advance(1)
    }
    #expect(await !session.isOver)
    await clock.untilAsleep()
    clock.advance(2)
    #expect(await session.wait() == reason)
    #expect(browser.isEnded)
    if isSeen {
      await viewer.until("told") {
        $0.said.contains { if case .ended(reason, _) = $0 { true } else { false } }
      }
    }
    await viewer.until("recorded") { _ in true }
    while await desk.count(.sessionEnded) == 0 { await Task.yield() }
    #expect(await desk.events.last?.details["reason"] == "\(reason)")
  }

  @Test func `what a person does keeps it, and drawing alone does not`() async throws {
    let (session, _) = try await open(BrowserRules(idle: 60, longest: 3_600))
    let viewer = try await Viewer.of(session)
    for _ in 0..<5 {
      await clock.untilAsleep()
      clock.advance(50)
      await viewer.send(.pointer(.init(.move, x: 1, y: 1)))
    }
    #expect(await !session.isOver)
    await clock.untilAsleep()
    clock.advance(50)
    await viewer.send(.acknowledge(1), .refresh, .resize(width: 800, height: 600, scale: 100), .releaseAll)
    await clock.untilAsleep()
    clock.advance(11)
    #expect(await session.wait() == .idle)
  }

  @Test func `lasts as long when the calendar is put forward or back`() async throws {
    let (session, _) = try await open(BrowserRules(clipboardOut: true, idle: 60, longest: 3_600))
    let viewer = try await Viewer.of(session)
    for days in [1, -400, 30_000] {
      clock.putCalendar(by: .seconds(days * 86_400))
      await clock.untilAsleep()
      clock.advance(15)
    }
    #expect(await !session.isOver)
    let told = await viewer.said.compactMap {
      if case .clock(let idle, let longest) = $0 { (idle, longest) } else { nil }
    }
    #expect(!told.isEmpty && told.allSatisfy { $0.0 <= 60 && $0.1 <= 3_600 && $0.1 >= 3_500 })
    await clock.untilAsleep()
    clock.advance(16)
    #expect(await session.wait() == .idle)
  }

  @Test func `text that comes faster than a person types is a paste, and refused where pasting in is off`()
    async throws
  {
    let (session, browser) = try await open()
    let viewer = try await Viewer.of(session)
    for _ in 0..<100 { await viewer.press("x", "KeyX") }
    #expect(browser.count("Input.dispatchKeyEvent") <= 180)
    await viewer.send(.composed(String(repeating: "y", count: 2_000)))
    await viewer.send(.paste("secret"))
    #expect(browser.inserted.isEmpty)
    await viewer.until("told") {
      $0.said.contains { if case .denied(let why) = $0 { why.deed == .pasteIn } else { false } }
    }
    #expect(await desk.requests.isEmpty)
    clock.advance(10)
    await viewer.send(.composed("a person's"))
    await viewer.until("typed") { _ in browser.inserted == ["a person's"] }
    await session.end(.closed)
  }

  @Test func `a flood of one refusal is told of now and then, and hides no other`() async throws {
    let (session, _) = try await open()
    let viewer = try await Viewer.of(session)
    let told: @Sendable (isolated Viewer, ServerMessage.Deed) -> Int = { viewer, deed in
      viewer.said.count { if case .denied(let why) = $0 { why.deed == deed } else { false } }
    }
    for _ in 0..<200 { await session.deny(.popup, subject: "https://evil.test/", "not from here") }
    await session.deny(.dialog, "again and again")
    await viewer.until("told of the other") { told($0, .dialog) == 1 }
    #expect(await told(viewer, .popup) == 4)
    clock.advance(60)
    await session.deny(.popup, subject: "https://evil.test/", "not from here")
    await viewer.until("told again") { told($0, .popup) == 5 }
    await session.end(.closed)
  }

  @Test func `a paste is recorded before it is typed where the rules let it`() async throws {
    let (session, browser) = try await open(BrowserRules(clipboardIn: true))
    let viewer = try await Viewer.of(session)
    await viewer.send(.paste("some text"))
    await viewer.until("typed") { _ in browser.inserted == ["some text"] }
    #expect(await desk.requests.map(\.action) == [.pasteIn])
    #expect(await desk.requests.first?.details["bytes"] == "9")
    await session.end(.closed)
  }

  @Test func `a desk that says no, or cannot be asked, refuses`() async throws {
    struct Broken: PortalDesk {
      func decide(_ request: PortalRequest) async throws -> PortalDecision { throw CancellationError() }
      func record(_ event: PortalEvent) async {}
    }
    for desk in [Broken(), TestDesk(denying: [.pasteIn])] as [any PortalDesk] {
      let browser = try await FakeChromium()
      let session = try BrowserSession(
        plan: try plan("ana", "churn", BrowserRules(clipboardIn: true)), browser: browser, desk: desk,
        clock: clock)
      try await session.start()
      let viewer = try await Viewer.of(session)
      await viewer.send(.paste("text"))
      await viewer.until("told") {
        $0.said.contains { if case .denied(let why) = $0 { why.deed == .pasteIn } else { false } }
      }
      #expect(browser.inserted.isEmpty)
      await session.end(.closed)
    }
  }

  @Test(arguments: [ServerMessage.Deed.pasteIn, .copyOut, .download])
  func `a person is told of a refusal once it is recorded, and finds it then`(deed: ServerMessage.Deed)
    async throws
  {
    let desk = SlowDesk()
    let browser = try await FakeChromium()
    let session = try BrowserSession(
      plan: try plan("ana", "churn"), browser: browser, desk: desk, clock: clock)
    try await session.start()
    let viewer = try await Viewer.of(session)
    let isTold: @Sendable (isolated Viewer) -> Bool = { viewer in
      viewer.said.contains { if case .denied(let why) = $0 { why.deed == deed } else { false } }
    }
    let sending = Task {
      switch deed {
      case .pasteIn: await viewer.send(.paste("text"))
      case .copyOut: await viewer.send(.copy)
      default:
        browser.tell(
          "Browser.downloadWillBegin", #"{"url":"http://\#(TestSite.host)/a","suggestedFilename":"a"}"#)
      }
    }
    await desk.untilAsked()
    #expect(await !isTold(viewer))
    await desk.goOn()
    await viewer.until("told", #_sourceLocation, isTold)
    await sending.value
    await session.end(.closed)
  }

  @Test func `a page's words are few and short where copying out is off, because letters can be copied`()
    async throws
  {
    let long = String(repeating: "e\u{301}", count: 2_000)
    for isOpen in [false, true] {
      let (session, browser) = try await open(BrowserRules(clipboardOut: isOpen))
      let viewer = try await Viewer.of(session)
      for _ in 0..<12 {
        browser.tell("Page.javascriptDialogOpening", #"{"type":"alert","message":"\#(long)"}"#)
        browser.tell("Page.javascriptDialogClosed", #"{"result":true}"#)
        browser.tell(
          "Browser.downloadWillBegin",
          #"{"url":"http://\#(TestSite.host)/a","suggestedFilename":"\#(long)"}"#)
        clock.advance(1)
      }
      browser.tell("Runtime.bindingCalled", #"{"name":"cordonTell","payload":"n\#(long.prefix(100))"}"#)
      await viewer.until("a title") { $0.title.hasPrefix("e\u{301}") }
      let title = await viewer.title.unicodeScalars.count
      #expect(isOpen ? title > 60 : title == 60, "\(title)")
      browser.tell("Runtime.bindingCalled", #"{"name":"cordonTell","payload":"nlast"}"#)
      await viewer.untilTitle("last")
      let letters = await viewer.said.reduce(0) { count, message in
        switch message {
        case .dialog(let dialog): count + dialog.message.unicodeScalars.count
        case .denied(let why): count + why.subject.unicodeScalars.count
        default: count
        }
      }
      #expect(isOpen ? letters > 8_000 : letters < 3_200, "\(letters)")
      #expect(await viewer.dialogs.count > 5)
      await session.end(.closed)
    }
  }

  @Test func `a page of very long addresses is not asked where it has been`() async throws {
    let (session, browser) = try await open()
    let viewer = try await Viewer.of(session)
    func move(_ number: Int, _ length: Int) {
      let address = "http://\(TestSite.host)/\(number)" + String(repeating: "a", count: length)
      browser.tell(
        "Target.targetInfoChanged",
        #"{"targetInfo":{"targetId":"T1","type":"page","title":"t\#(number)","url":"\#(address)"}}"#)
    }
    let before = browser.count("Page.getNavigationHistory")
    move(1, 10)
    await viewer.until("asked") { _ in browser.count("Page.getNavigationHistory") > before }
    for number in 2...4 { move(number, 2 << 20) }
    await viewer.until("there") { $0.tabs.contains { $0.title == "t4" } }
    let asked = browser.count("Page.getNavigationHistory")
    move(5, 10)
    await viewer.until("told") { $0.tabs.contains { $0.title == "t5" } }
    await viewer.send(.travel(.back))
    #expect(browser.count("Page.getNavigationHistory") == asked)
    await session.end(.closed)
  }

  @Test func `copying out is off by default, and no page is even asked`() async throws {
    let (session, browser) = try await open()
    let viewer = try await Viewer.of(session)
    await viewer.send(.copy)
    await viewer.until("told") {
      $0.said.contains { if case .denied(let why) = $0 { why.deed == .copyOut } else { false } }
    }
    #expect(browser.count("Runtime.callFunctionOn") == 0)
    await session.end(.closed)
  }

  @Test func `a flood of windows becomes few tabs, closed windows and bounded records`() async throws {
    let (session, browser) = try await open()
    let viewer = try await Viewer.of(session)
    for number in 0..<500 {
      browser.tell(
        "Target.targetCreated",
        #"{"targetInfo":{"targetId":"P\#(number)","type":"page","title":"","url":"about:blank","openerId":"T1"}}"#
      )
    }
    // What is no page, or has no opener, is not even spoken to.
    browser.tell(
      "Target.targetCreated", #"{"targetInfo":{"targetId":"X","type":"service_worker","openerId":"T1"}}"#)
    browser.tell(
      "Target.targetCreated", #"{"targetInfo":{"targetId":"Y","type":"page","url":"about:blank"}}"#)
    browser.tell(
      "Target.targetCreated",
      #"{"targetInfo":{"targetId":"TRIED","type":"page","url":"http://\#(TestSite.host)/"}}"#)
    await viewer.until("closed") { _ in browser.count("Target.closeTarget") == 496 }
    #expect(await viewer.tabs.count <= 5)
    #expect(browser.count("Target.attachToTarget") == 5)
    #expect(await desk.events.count < 60)
    await session.end(.closed)
  }

  @Test func `hostile words of a browser do nothing`() async throws {
    let (session, browser) = try await open()
    let viewer = try await Viewer.of(session)
    for (method, params) in [
      ("Page.screencastFrame", #"{"data":"AAAA","sessionId":1,"metadata":{}}"#),
      ("Page.javascriptDialogOpening", #"{"type":"other","message":7}"#),
      ("Runtime.bindingCalled", #"{"name":"cordonTell","payload":"curl(x), none"}"#),
      ("Runtime.bindingCalled", #"{"name":"cordonTell","payload":"t-1,99999999,x"}"#),
      ("Runtime.bindingCalled", #"{"name":"other","payload":"n"}"#),
      ("Target.targetCrashed", #"{"targetId":"none"}"#), ("Target.targetDestroyed", "{}"),
      ("Page.frameNavigated", #"{"frame":{"url":7}}"#), ("Browser.downloadWillBegin", "{}"),
    ] {
      browser.tell(method, params)
    }
    await viewer.until("a question") { !$0.dialogs.isEmpty }
    await viewer.until("a plain pointer") { $0.said.contains(.cursor(.default)) }
    #expect(await viewer.frames.isEmpty)
    await viewer.until("an acknowledgement") { _ in browser.count("Page.screencastFrameAck") == 1 }
    // A page that waits takes no keys.
    let keys = browser.count("Input.dispatchKeyEvent")
    await viewer.press("a", "KeyA")
    #expect(browser.count("Input.dispatchKeyEvent") == keys)
    await session.end(.closed)
  }

  @Test func `bytes that are no message end the connection and not the session`() async throws {
    let (session, _) = try await open()
    let connection = await session.connect()
    #expect(await connection.receive([1, 99]) == false)
    var last: ServerMessage?
    while let message = await connection.next() { last = message }
    guard case .ended(.misspoke, _) = last else {
      Issue.record("\(String(describing: last))")
      return
    }
    #expect(await !session.isOver)
    await session.end(.closed)
  }

  @Test func `a client that takes nothing holds nothing up and fills nothing`() async throws {
    let (session, browser) = try await open()
    let connection = await session.connect()
    for number in 0..<3_000 {
      browser.tell("Runtime.bindingCalled", #"{"name":"cordonTell","payload":"ntitle\#(number)"}"#)
    }
    browser.tell("Runtime.bindingCalled", #"{"name":"cordonTell","payload":"nlast"}"#)
    try await until("its title") { await session.tabs.first?.title == "last" }
    await session.end(.closed)
    var count = 0
    while await connection.next() != nil { count += 1 }
    #expect(count < 20)
  }

  @Test func `frames that stopped start anew when nothing follows what a person did`() async throws {
    let (session, browser) = try await open()
    let viewer = try await Viewer.of(session)
    await viewer.until("frames begin") { _ in browser.count("Page.startScreencast") == 1 }
    browser.tell("Page.screencastFrame", #"{"data":"AAAA","sessionId":1,"metadata":{}}"#)
    await viewer.until("one is taken") { _ in browser.count("Page.screencastFrameAck") == 1 }
    await clock.untilAsleep()
    clock.advance(3)
    await viewer.press("a", "KeyA")
    #expect(browser.count("Page.startScreencast") == 1)
    await clock.untilAsleep()
    clock.advance(3)
    await viewer.until("again") { _ in browser.count("Page.startScreencast") == 2 }
    await session.end(.closed)
  }

  @Test func `frames that never came are asked for again, with nobody doing anything`() async throws {
    let (session, browser) = try await open()
    let viewer = try await Viewer.of(session)
    await viewer.until("frames begin") { _ in browser.count("Page.startScreencast") == 1 }
    await clock.untilAsleep()
    clock.advance(3)
    await viewer.until("again") { _ in browser.count("Page.startScreencast") == 2 }
    browser.tell("Page.frameNavigated", #"{"frame":{"id":"T1","url":"http://\#(TestSite.host)/"}}"#)
    await viewer.until("with the next document") { _ in browser.count("Page.startScreencast") == 3 }
    await session.end(.closed)
  }

  @Test func `frames that the browser refused are asked for again`() async throws {
    let browser = try await FakeChromium(refusing: ["Page.startScreencast": 3])
    let session = try BrowserSession(
      plan: try plan("ana", "churn"), browser: browser, desk: desk, clock: SystemSessionClock())
    try await session.start()
    let viewer = try await Viewer.of(session)
    await viewer.until("a start that is not refused") { _ in browser.count("Page.startScreencast") == 4 }
    #expect(browser.count("Page.stopScreencast") == 4)
    await session.end(.closed)
  }

  @Test func `an ended session leaves nothing in memory`() async throws {
    weak var left: BrowserSession?
    do {
      let (session, _) = try await open()
      left = session
      let connection = await session.connect()
      await session.end(.closed)
      await connection.close()
    }
    for _ in 0..<400 where left != nil { try await Task.sleep(for: .milliseconds(5)) }
    #expect(left == nil)
  }
}

@Suite(.serialized) struct `The sessions of a portal` {
  final class Launcher: BrowserLauncher {
    let launched = Mutex(0)

    func launch(_ plan: SessionPlan) async throws -> any RunningBrowser {
      launched.withLock { $0 += 1 }
      return try await FakeChromium()
    }
  }

  private func plan(_ person: String, _ project: String) throws -> SessionPlan {
    SessionPlan(
      person: try Slug(person), project: try Slug(project), workspace: try Slug("lab"), rules: BrowserRules(),
      home: try #require(PageAddress("http://\(TestSite.host)/")))
  }

  private func session(_ opening: SessionOpening) throws -> BrowserSession {
    guard case .open(let session) = opening else { throw CancellationError() }
    return session
  }

  @Test func `are one for a person and project, even when asked for at once`() async throws {
    let launcher = Launcher()
    let registry = SessionRegistry(launcher: launcher, desk: TestDesk())
    async let first = registry.open(plan("ana", "churn"))
    async let second = registry.open(plan("ana", "churn"))
    let sessions = try [session(try await first), session(try await second)]
    #expect(sessions[0] === sessions[1])
    #expect(launcher.launched.withLock { $0 } == 1)
    let other = try session(try await registry.open(plan("ana", "fraud")))
    #expect(other !== sessions[0])
    await registry.endAll()
  }

  @Test func `are found by their own person and by nobody else`() async throws {
    let registry = SessionRegistry(launcher: Launcher(), desk: TestDesk())
    let own = try session(try await registry.open(plan("ana", "churn")))
    #expect(registry.find(own.plan.id, for: try Slug("ana")) === own)
    #expect(registry.find(own.plan.id, for: try Slug("eve")) == nil)
    #expect(registry.find(SessionID(), for: try Slug("ana")) == nil)
    await registry.endAll(try Slug("eve"))
    #expect(await !own.isOver)
    await registry.endAll(try Slug("ana"))
    #expect(await own.wait() == .revoked)
    while registry.find(own.plan.id, for: try Slug("ana")) != nil { await Task.yield() }
  }

  @Test func `are bounded for one person and for all`() async throws {
    let registry = SessionRegistry(launcher: Launcher(), desk: TestDesk(), most: 3, mostOfPerson: 2)
    for project in ["a", "b"] { _ = try session(try await registry.open(plan("ana", project))) }
    guard case .denied = try await registry.open(plan("ana", "c")) else {
      Issue.record("a third")
      return
    }
    _ = try session(try await registry.open(plan("eve", "a")))
    guard case .denied = try await registry.open(plan("bob", "a")) else {
      Issue.record("a fourth")
      return
    }
    await registry.endAll()
  }

  @Test func `start only when the desk has said yes, and anew after an end`() async throws {
    let launcher = Launcher()
    let refusing = SessionRegistry(launcher: launcher, desk: TestDesk(denying: [.startSession]))
    guard case .denied(let reason) = try await refusing.open(plan("ana", "churn")) else {
      Issue.record("it opened")
      return
    }
    #expect(reason == "no")
    #expect(launcher.launched.withLock { $0 } == 0)
    let registry = SessionRegistry(launcher: launcher, desk: TestDesk())
    let first = try session(try await registry.open(plan("ana", "churn")))
    await first.end(.closed)
    let second = try session(try await registry.open(plan("ana", "churn")))
    #expect(first !== second)
    await registry.endAll()
  }

  @Test func `have numbers that nobody guesses, and read no other`() {
    let ids = Set((0..<1_000).map { _ in SessionID() })
    #expect(ids.count == 1_000)
    #expect(ids.allSatisfy { SessionID($0.text) == $0 })
    for text in ["", "0", String(repeating: "g", count: 32), String(repeating: "A", count: 32), "../"] {
      #expect(SessionID(text) == nil)
    }
  }
}

@Suite struct `A person's keys` {
  static let typing: [(String, String, ClientMessage.Modifiers)] = [
    ("a", "a", []), ("A", "A", [.shift]), ("ü", "ü", []), ("\r", "Enter", []), ("", "a", [.control]),
    ("", "a", [.meta]), ("", "x", [.alt]), ("", "ArrowUp", []), ("", "Dead", []),
    // AltGr, and a Mac's Option.
    ("@", "@", [.control, .alt]), ("€", "€", [.control, .alt]), ("ø", "ø", [.alt]), ("", "\u{7F}", []),
    ("", "\u{1B}", []), ("👍🏽", "👍🏽", []),
  ]

  @Test(arguments: typing)
  func `type what they type and nothing else`(text: String, key: String, modifiers: ClientMessage.Modifiers) {
    let input = KeyTranslation.input(.init(isDown: true, key: key, code: "KeyA", modifiers: modifiers))
    #expect(input.text == text)
    #expect(input.kind == (text.isEmpty ? .rawDown : .down))
    #expect(KeyTranslation.input(.init(isDown: false, key: key, code: "KeyA")).text.isEmpty)
  }

  @Test(arguments: [
    (65, "a", "KeyQ"), (81, "q", "KeyQ"), (49, "1", "Digit1"), (97, "1", "Numpad1"), (13, "Enter", "Enter"),
    (112, "F1", "F1"), (37, "ArrowLeft", "ArrowLeft"), (46, "Delete", "Delete"), (0, "?", "Unknown"),
    (71, "п", "KeyG"), (0, "x1", "F99"),
  ])
  func `have the code that shortcuts look at`(code: Int, key: String, place: String) {
    let number = place.hasPrefix("Numpad") ? ClientMessage.Key.Place.numberBlock : .standard
    let input = KeyTranslation.input(
      .init(isDown: true, key: key, code: place, modifiers: [.control], place: number))
    #expect(input.virtualCode == code)
  }

  @Test func `a window's size is brought to what can be drawn`() {
    #expect(Viewport(width: 0, height: 0, scale: 0) == Viewport(width: 320, height: 240, scale: 1))
    let largest = Viewport(width: 65_535, height: 65_535, scale: 655)
    #expect(largest.pixelWidth * largest.pixelHeight <= Viewport.mostPixels + 8_192)
    #expect(Viewport(width: 1_280, height: 800, scale: 2).pixelWidth == 2_560)
    #expect(Viewport(width: 1_280, height: 800, scale: .nan).scale == 1)
  }
}

/// A desk whose records of refusals wait until a test lets them.
private actor SlowDesk: PortalDesk {
  private var isHeld = true
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var asking: [CheckedContinuation<Void, Never>] = []

  func decide(_ request: PortalRequest) async throws -> PortalDecision { .allow }

  func record(_ event: PortalEvent) async {
    guard isHeld, [.pasteRefused, .copyRefused, .downloadRefused].contains(event.kind) else { return }
    await withCheckedContinuation { one in
      waiting.append(one)
      for asked in asking { asked.resume() }
      asking = []
    }
  }

  func untilAsked() async {
    guard waiting.isEmpty else { return }
    await withCheckedContinuation { asking.append($0) }
  }

  func goOn() {
    isHeld = false
    for one in waiting { one.resume() }
    waiting = []
  }
}
