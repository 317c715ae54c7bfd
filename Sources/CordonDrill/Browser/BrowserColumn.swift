/// The attempts of one browser, started again where one of them ended it.
final class BrowserColumn {
  private let setting: BrowserSetting
  private let stage: DrillStage
  private var browser: DrilledBrowser?
  /// How long nothing is waited for, at least.
  private static let patience = 2.5
  private static let longPatience = 10.0

  init(_ setting: BrowserSetting, stage: DrillStage) {
    self.setting = setting
    self.stage = stage
  }

  func end() {
    browser?.end()
    browser = nil
  }

  /// Tries once; again, up to three times, where it should get somewhere here and did not, and as often as it took before.
  func run(_ attempt: BrowserAttempt, after trail: BrowserTrail) throws(DrillError) -> BrowserTrail.Run {
    // What got nowhere with nothing in the way says nothing of the network; the real setting is tried all the same.
    let isLeftOut = setting == .bare ? trail.reached == [nil] : setting == .alone && attempt.alone == nil
    if isLeftOut { return BrowserTrail.Run(reached: nil, runs: 0, seconds: 0) }
    let limit = attempt.mustArrive(in: setting) ? ControlResult.limit : trail.runs
    // Where it must get somewhere, waiting for it ends with its arrival and costs nothing.
    let patience =
      attempt.mustArrive(in: setting) ? Self.longPatience : max(Self.patience, 1 + 2 * trail.seconds)
    var run = BrowserTrail.Run(reached: nil, runs: 0, seconds: 0)
    while run.reached == nil, run.runs < limit {
      let start = Posix.monotonicSeconds()
      run.reached = try reached(attempt, patience: patience)
      run.runs += 1
      run.seconds = Posix.monotonicSeconds() - start
    }
    return run
  }

  /// A browser that ended has let nothing through; the attempt counts as made.
  private func reached(_ attempt: BrowserAttempt, patience: Double) throws(DrillError) -> String? {
    let browser = try ready()
    let mark = stage.outside.recorder.mark()
    let try_ = BrowserTry(attempt, in: browser, secret: Canary(), patience: patience)
    let search = CanarySearch(try_.secret, zones: [DrillAddress.zone])
    do {
      return try try_.run { search.find(in: self.stage.outside.recorder.arrivals(after: mark))?.place }
    } catch {
      if case .noAnswer = error { return nil }
      if case .refused = error { return nil }
      end()
      return nil
    }
  }

  private func ready() throws(DrillError) -> DrilledBrowser {
    if let browser { return browser }
    let new = try stage.startBrowser(setting)
    browser = new
    return new
  }
}

extension BrowserAttempt {
  /// Whether it must get somewhere in a browser of that setting.
  func mustArrive(in setting: BrowserSetting) -> Bool {
    if setting == .alone { return alone == .gateway || alone == .network }
    return switch stop {
    case .chromium: false
    case .network: setting == .open
    case .policy: setting != .locked
    case .gateway, .portal, .session: true
    }
  }
}

/// One attempt in a page of its own.
private struct BrowserTry {
  typealias Fault = DevToolsPipe.Failure

  let secret: Canary
  private let attempt: BrowserAttempt
  private let browser: DrilledBrowser
  private let patience: Double
  private var pipe: DevToolsPipe { browser.pipe }

  init(_ attempt: BrowserAttempt, in browser: DrilledBrowser, secret: Canary, patience: Double) {
    self.attempt = attempt
    self.browser = browser
    self.secret = secret
    self.patience = patience
  }

  /// Where it arrived, or nil.
  func run(outside: () -> String?) throws(Fault) -> String? {
    let target = try pipe.call("Target.createTarget", ["url": "about:blank"])["targetId"]?.text ?? ""
    let attached = try pipe.call("Target.attachToTarget", ["targetId": .text(target), "flatten": true])
    let session = attached["sessionId"]?.text ?? ""
    defer {
      for page in browser.pages { _ = try? pipe.send("Target.closeTarget", ["targetId": .text(page)]) }
    }
    try pipe.call("Page.enable", session: session)
    if case .event = attempt.evidence {
      try pipe.call("Page.setInterceptFileChooserDialog", ["enabled": true], session: session)
    }
    if attempt.act.needsPage { try openPage(session) }
    let before = browser.pages
    let answer = try act(session)
    let deadline = Posix.monotonicSeconds() + patience
    while true {
      if let found = found(answer, session: session, pagesBefore: before, outside: outside) { return found }
      guard attempt.evidence.comesLater, Posix.monotonicSeconds() < deadline else { return nil }
      try pipe.pass(seconds: 0.1)
    }
  }

  private func openPage(_ session: String) throws(Fault) {
    try pipe.call("Page.navigate", ["url": .text("http://\(BrowserHouse.host)/page")], session: session)
    _ = try pipe.wait(for: "Page.loadEventFired", session: session, seconds: 10)
  }

  private func found(
    _ answer: String, session: String, pagesBefore: Set<String>, outside: () -> String?
  ) -> String? {
    switch attempt.evidence {
    case .outside: outside()
    case .disk: browser.files(with: secret).first.map { "a file: \($0.prefix(60))" }
    case .opened, .answer: answer.hasPrefix("got") ? String(answer.prefix(80)) : nil
    // Whose clipboard and printer it is, is a question of the portal's.
    case .clipboard, .printed: nil
    case .target: browser.pages.subtracting(pagesBefore).isEmpty ? nil : "a page beside it"
    case .event(let method):
      pipe.events.contains { $0["method"]?.text == method && $0["sessionId"]?.text == session } ? method : nil
    }
  }

  /// What came back: "got ..." where it worked, as far as the browser says.
  private func act(_ session: String) throws(Fault) -> String {
    switch attempt.act {
    case .script(let script):
      let whole =
        "(async () => { const make = tag => document.body.appendChild(document.createElement(tag));"
        + " try { \(script) } catch (fault) { return 'no: ' + fault.name } })()"
      let parameters: DevToolsValue = [
        "expression": .text(filled(whole)), "awaitPromise": true, "userGesture": true, "returnByValue": true,
      ]
      let result = try optional("Runtime.evaluate", parameters, session, seconds: 4)
      return result?["result"]?["value"]?.text ?? ""
    case .open(let address):
      let result = try optional("Page.navigate", ["url": .text(filled(address))], session, seconds: 8)
      guard let result else { return "" }
      return result["errorText"]?.text.map { "no: \($0)" } ?? "got opened"
    case .command(let method, let parameters):
      return try optional(method, parameters, session, seconds: 15) == nil ? "" : "got an answer"
    case .keys(let keys):
      for key in keys { try pipe.press(key, session: session) }
      return ""
    }
  }

  /// A refusal, and silence, are no fault of the drill's.
  private func optional(
    _ method: String, _ parameters: DevToolsValue, _ session: String, seconds: Double
  ) throws(Fault) -> DevToolsValue? {
    do {
      return try pipe.call(method, parameters, session: session, seconds: seconds)
    } catch {
      switch error {
      case .noAnswer, .refused: return nil
      case .gone, .tooLong: throw error
      }
    }
  }

  private func filled(_ text: String) -> String { text.replacing("CANARY", with: secret.text) }
}

extension BrowserAttempt.Evidence {
  /// Whether a success may show after the browser has answered.
  var comesLater: Bool {
    switch self {
    case .opened, .answer: false
    case .outside, .disk, .target, .event, .clipboard, .printed: true
    }
  }
}

extension BrowserAttempt.Act {
  /// Whether the hostile page is open first; an address after another navigation may end the browser.
  var needsPage: Bool {
    if case .open = self { false } else { true }
  }
}
