import CordonModel
import CordonWire
import Synchronization
import Testing

@testable import CordonIdentity
@testable import CordonPortal

/// Text across a session's boundary: each way by its own switch, within its measure, recorded before it moves.
@Suite(.serialized) struct `A session's clipboard` {
  static let ways: [(in: Bool, out: Bool)] = [(false, false), (true, false), (false, true), (true, true)]

  @Test(arguments: ways)
  func `opens a way by its own switch and by nothing else`(isIn: Bool, isOut: Bool) async throws {
    let opened = try await OpenedSession(BrowserRules(clipboardIn: isIn, clipboardOut: isOut))
    opened.browser.selection = "row 7"
    await opened.viewer.send(.paste("carried in"), .copy)
    for (deed, isOpen) in [(ServerMessage.Deed.pasteIn, isIn), (.copyOut, isOut)] where !isOpen {
      await opened.viewer.until("\(deed) refused") { $0.reasons(deed).contains { $0.contains("off by") } }
    }
    if isOut { await opened.viewer.until("copied") { $0.said.contains(.clipboard("row 7")) } }
    if isIn { await opened.viewer.until("typed") { _ in !opened.browser.inserted.isEmpty } }
    #expect(opened.browser.inserted == (isIn ? ["carried in"] : []))
    let wanted = (isIn ? [PortalAction.pasteIn] : []) + (isOut ? [.copyOut] : [])
    #expect(await opened.desk.requests.map(\.action) == wanted)
    let events = await opened.desk.events.map(\.kind)
    #expect(events.contains(.pasteRefused) == !isIn && events.contains(.copyRefused) == !isOut)
    if !isOut { #expect(opened.browser.count("Runtime.callFunctionOn") == 0) }
    await opened.session.end(.closed)
  }

  @Test func `is recorded by length and digest, and never by what it says, before it moves`() async throws {
    let opened = try await OpenedSession(BrowserRules(clipboardIn: true, clipboardOut: true))
    opened.browser.selection = "abc"
    await opened.viewer.send(.paste("abc"))
    await opened.viewer.until("typed") { _ in opened.browser.inserted == ["abc"] }
    await opened.viewer.send(.copy)
    await opened.viewer.until("copied") { $0.said.contains(.clipboard("abc")) }
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    let requests = await opened.desk.requests
    #expect(requests.map { $0.details["sha256"] } == [digest, digest])
    #expect(requests.map { $0.details["bytes"] } == ["3", "3"])
    #expect(!requests.contains { $0.details.values.contains("abc") })
    // Nothing had been typed when the desk was asked.
    #expect(await opened.desk.insertedWhenAsked == [0, 1])
    await opened.session.end(.closed)
  }

  @Test func `has a measure for each way, which no new client fills`() async throws {
    let opened = try await OpenedSession(
      BrowserRules(clipboardIn: true, clipboardOut: true, clipboardBudget: 1_024))
    let (half, more) = (String(repeating: "a", count: 600), String(repeating: "b", count: 600))
    await opened.viewer.send(.paste(half), .paste(more))
    await opened.viewer.until("used up") { $0.reasons(.pasteIn).contains { $0.contains("1 KiB") } }
    opened.browser.selection = half
    await opened.viewer.send(.copy)
    await opened.viewer.until("the other way") { $0.said.contains(.clipboard(half)) }
    opened.browser.selection = more
    await opened.viewer.send(.copy)
    await opened.viewer.until("used up too") { $0.reasons(.copyOut).contains { $0.contains("1 KiB") } }
    let again = try await Viewer.of(opened.session)
    opened.clock.advance(30)
    await again.send(.paste(more), .paste(String(repeating: "c", count: 424)))
    await opened.viewer.until("what fits") { _ in opened.browser.inserted.count == 2 }
    #expect(opened.browser.inserted.map(\.count) == [600, 424])
    #expect(await !again.said.contains(.clipboard(more)))
    let refused = await opened.desk.events.filter { $0.details["why"] == "budget" }
    #expect(refused.map(\.kind) == [.pasteRefused, .copyRefused, .pasteRefused])
    #expect(refused.allSatisfy { $0.details["bytes"] == "600" })
    await opened.session.end(.closed)
  }

  @Test func `what the desk refuses uses nothing up`() async throws {
    let opened = try await OpenedSession(
      BrowserRules(clipboardIn: true, clipboardOut: true, clipboardBudget: 1_024),
      denying: [.pasteIn, .copyOut])
    opened.browser.selection = "row 7"
    await opened.viewer.send(.paste("text"), .copy)
    await opened.viewer.until("refused") { $0.reasons(.pasteIn) == ["no"] && $0.reasons(.copyOut) == ["no"] }
    #expect(opened.browser.inserted.isEmpty)
    #expect(await !opened.viewer.said.contains(.clipboard("row 7")))
    let budget = await opened.session.budget
    #expect(budget.left(.inwards) == 1_024 && budget.left(.outwards) == 1_024)
    await opened.session.end(.closed)
  }

  /// One character of 2001 scalars, a composition that is never finished, an answer to a page's question, and clients that
  /// come again and again.
  @Test func `no other way of bringing text in is faster than typing`() async throws {
    let opened = try await OpenedSession(BrowserRules())
    let long = "e" + String(repeating: "\u{301}", count: 2_000)
    #expect(long.count == 1)
    await opened.viewer.send(.composed(long))
    await opened.viewer.send(.composing(String(repeating: "に", count: 1_000), start: 0, end: 1))
    #expect(opened.browser.inserted.isEmpty && opened.browser.count("Input.imeSetComposition") == 0)
    opened.browser.tell("Page.javascriptDialogOpening", #"{"type":"prompt","message":"?"}"#)
    await opened.viewer.until("asked") { !$0.dialogs.isEmpty }
    let id = try #require(await opened.viewer.dialogs.first?.id)
    await opened.viewer.send(.answerDialog(id, accept: true, text: String(repeating: "x", count: 1_000)))
    await opened.viewer.until("asked again") { $0.dialogs.count == 2 }
    #expect(opened.browser.count("Page.handleJavaScriptDialog") == 0)
    await opened.viewer.send(.answerDialog(id, accept: true, text: "yes"))
    await opened.viewer.until("answered") { _ in opened.browser.count("Page.handleJavaScriptDialog") == 1 }
    var last: Viewer?
    for _ in 0..<5 {
      let viewer = try await Viewer.of(opened.session)
      await viewer.send(.composed(String(repeating: "y", count: 80)))
      last = viewer
    }
    await opened.untilAllArrived(after: last)
    #expect(opened.browser.inserted.count == 1)
    #expect(await opened.desk.requests.isEmpty)
    await opened.session.end(.closed)
  }

  @Test func `an input method pays for what it adds, and not for every look at it`() async throws {
    let opened = try await OpenedSession(BrowserRules())
    let words = String(repeating: "a", count: 60)
    for end in 1...60 {
      await opened.viewer.send(.composing(String(words.prefix(end)), start: 0, end: UInt16(end)))
    }
    await opened.viewer.send(.composed(words))
    await opened.viewer.until("typed") { _ in opened.browser.inserted == [words] }
    #expect(opened.browser.count("Input.imeSetComposition") == 60)
    await opened.session.end(.closed)
  }

  @Test func `fast typing is asked for ahead, not key by key, and is part of the measure`() async throws {
    let opened = try await OpenedSession(BrowserRules(clipboardIn: true, clipboardBudget: 1_024))
    for _ in 0..<20 { await opened.viewer.send(.composed(String(repeating: "z", count: 60))) }
    await opened.viewer.until("refused") { $0.reasons(.pasteIn).contains { $0.contains("1 KiB") } }
    let requests = await opened.desk.requests
    #expect(requests.map { $0.details["bytes"] } == ["512", "512"])
    #expect(requests.allSatisfy { $0.details["from"] == "typing" })
    await opened.untilAllArrived()
    let typed = opened.browser.inserted.joined().utf8.count
    #expect((1_000...1_114).contains(typed), "\(typed)")
    await opened.session.end(.closed)
  }

  @Test func `crosses a real WebSocket where it may, and nothing crosses where it may not`() async throws {
    for isOn in [false, true] {
      let browser = try await FakeChromium()
      browser.selection = "row 7"
      let desk = WatchingDesk(browser)
      let registry = SessionRegistry(launcher: OneBrowser(browser), desk: desk)
      let world = try await PortalWorld.open(desk: RegistrySessions(registry: registry))
      let signedIn = try #require(world.identity.signedIn("scientist-1"))
      let rules = BrowserRules(clipboardIn: isOn, clipboardOut: isOn)
      guard case .open(let session) = try await registry.open(WatchingDesk.plan(rules, "scientist-1")) else {
        Issue.record("no session")
        return
      }
      let streams = `A stream's socket`()
      let ticket = try await streams.ticket(world, session.plan.id, signedIn.token)
      let socket = try await RawBrowser.connect(world)
      try await socket.say(
        streams.request(world, session.plan.id, cookie: signedIn.token.text, ticket: ticket))
      #expect(await socket.head().hasPrefix("HTTP/1.1 101 "))
      try await socket.say(SocketFrame.bytes(opcode: 2, ClientMessage.paste("carried in").encoded))
      try await socket.say(SocketFrame.bytes(opcode: 2, ClientMessage.copy.encoded))
      let last =
        isOn ? ServerMessage.clipboard("row 7").encoded : Array("off by 'browser.clipboard.out'".utf8)
      let heard = await socket.hear(until: last)
      let end = ContinuousClock.now + .seconds(20)
      while isOn, browser.inserted.isEmpty, .now < end { try await Task.sleep(for: .milliseconds(5)) }
      #expect(browser.inserted == (isOn ? ["carried in"] : []))
      #expect(isOn || String(decoding: heard, as: UTF8.self).contains("off by 'browser.clipboard.in'"))
      #expect(
        await desk.requests.map(\.action) == (isOn ? [.startSession, .pasteIn, .copyOut] : [.startSession]))
      await socket.close()
      await registry.endAll()
      await world.close()
    }
  }
}
