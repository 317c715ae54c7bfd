import Testing

@testable import CordonDrill

@Suite struct `The browser table` {
  private static let proxy = BrowserHouse.proxyLabel

  @Test(
    arguments: [
      (.policy, .policy, "through", "through", nil), (.policy, .policy, "through", proxy, nil),
      (.network, .network, "through", nil, nil), (.chromium, .policy, nil, nil, nil),
      (.network, .policy, "through", nil, nil), (.gateway, .gateway, "through", proxy, proxy),
      (nil, .gateway, "through", proxy, "elsewhere"), (nil, .policy, "through", "through", "through"),
      (nil, .network, "through", proxy, proxy), (nil, .chromium, nil, nil, "through"),
      (.portal, .portal, "through", "through", "through"),
      (.session, .session, "through", "through", "through"),
    ] as [(BrowserStop?, BrowserStop, String?, String?, String?)])
  func `a block is credited to what made the difference`(
    stop: BrowserStop?, expected: BrowserStop, open: String?, bare: String?, locked: String?
  ) {
    #expect(BrowserReport.Row.stop(open: open, bare: bare, locked: locked, expected: expected) == stop)
  }

  @Test(
    arguments: [
      (.closed, .policy, .policy), (.closed, .network, .network), (.inconclusive, .network, .policy),
      (.inconclusive, .chromium, .policy), (.inconclusive, .policy, .gateway),
      (.nothingToAttack, .chromium, .chromium), (.breach, nil, .policy), (nil, .gateway, .gateway),
      (nil, .portal, .portal),
    ] as [(RouteVerdict?, BrowserStop?, BrowserStop)])
  func `only what this table shows is called closed`(
    verdict: RouteVerdict?, stop: BrowserStop?, expected: BrowserStop
  ) {
    #expect(BrowserReport.Row.verdict(stop, expected: expected) == verdict)
  }

  @Test(
    arguments: [
      (.closed, .policy, nil), (.closed, .gateway, proxy), (.breach, .policy, "through"),
      (.breach, .gateway, "through"), (.inconclusive, .policy, proxy), (.inconclusive, .gateway, nil),
      (.closed, .network, "through"), (.inconclusive, .network, nil), (.inconclusive, .network, proxy),
      (.closed, nil, nil),
    ] as [(RouteVerdict, BrowserStop?, String?)])
  func `what the network stops is closed only where the policy alone does what it is said to`(
    verdict: RouteVerdict, expected: BrowserStop?, alone: String?
  ) {
    let attempt = BrowserAttempt(.tunnel, "x", .script(""), .outside, .network, alone: expected)
    var trail = BrowserTrail()
    trail.reached = ["through", nil, nil, alone]
    #expect(BrowserReport.Row(attempt, trail).verdict == verdict)
    trail.reached[0] = nil
    #expect(BrowserReport.Row(attempt, trail).verdict == .inconclusive)
    #expect(attempt.mustArrive(in: .alone) == [.gateway, .network].contains(expected))
  }

  @Test func `what the network stops is tried with the policy alone as well`() {
    for attempt in BrowserTable.all { #expect((attempt.stop == .network) == (attempt.alone != nil)) }
  }

  @Test func `no two attempts have one name, and what is looked for outside is sent`() {
    let names = BrowserTable.all.map { "\($0.path) \($0.name)" }
    #expect(Set(names).count == names.count)
    for attempt in BrowserTable.all where attempt.evidence == .outside {
      switch attempt.act {
      case .script(let text), .open(let text): #expect(text.contains("CANARY"), "\(attempt.name)")
      case .command, .keys: Issue.record("\(attempt.name) sends nothing")
      }
    }
  }

  @Test(arguments: [[1], [3, 2, 5], [64]])
  func `messages are the same however the pipe cuts them`(sizes: [Int]) throws {
    var rest = Array("{}\u{0}{\"id\":1}\u{0}\u{0}half".utf8)[...]
    var pending: [UInt8] = []
    var messages: [[UInt8]] = []
    var turn = 0
    while !rest.isEmpty {
      let size = sizes[turn % sizes.count]
      turn += 1
      messages += try DevToolsPipe.cut(Array(rest.prefix(size)), pending: &pending)
      rest = rest.dropFirst(size)
    }
    #expect(messages.map { String(decoding: $0, as: UTF8.self) } == ["{}", "{\"id\":1}", ""])
    #expect(pending == Array("half".utf8))
  }

  @Test(arguments: [[], [0]] as [[UInt8]])
  func `a message without an end in sight is refused`(end: [UInt8]) {
    var pending: [UInt8] = []
    #expect(throws: DevToolsPipe.Failure.tooLong) {
      try DevToolsPipe.cut([UInt8](repeating: 1, count: 65) + end, pending: &pending, limit: 64)
    }
  }

  @Test(arguments: ["", "{", "nul", "\u{1}", "[1,", "{\"id\":}"])
  func `what is no JSON is no message`(text: String) {
    #expect(DevToolsValue(Array(text.utf8)) == nil)
  }

  @Test(arguments: [("7", 7), ("1e300", nil), ("-1e300", nil), ("0.5", nil), ("\"7\"", nil)])
  func `a message's number is a whole one`(text: String, number: Int?) throws {
    #expect(try #require(DevToolsValue(Array("{\"id\":\(text)}".utf8)))["id"]?.whole == number)
  }
}
