import FoundationEssentials

/// Walks the hostile page in the browsers that it is for, each once and only when it is asked about.
final class VisitEngagement {
  private typealias Fault = DevToolsPipe.Failure

  /// How long nothing is waited for, at least.
  private static let patience = 2.0
  private static let longPatience = 8.0
  private static let mostClicks = 4
  /// Looks at the clipboard before the next click, which may lose the selection.
  private static let copies = 3

  private let visit: Visit
  private let stage: DrillStage
  private let twin: Twin
  private var person: DrilledBrowser?
  private var controlResults: [ControlResult]?
  private var lockedWalk: LockedWalk?
  private var insideOutcomes: [Judge.Outcome]?
  /// How long the slowest control took to get somewhere.
  private var slowest = 0.0

  init(_ visit: Visit, stage: DrillStage, twin: Twin) {
    self.visit = visit
    self.stage = stage
    self.twin = twin
  }

  func end() {
    person?.end()
    person = nil
    lockedWalk?.browser?.end()
    lockedWalk?.browser = nil
  }

  func places(of attack: Attack) -> [Int] { visit.places(of: attack) }

  /// What came of one field: of the browser whose disk can be looked at, and of the portal.
  ///
  /// - Parameter comparing: Whether it counts that nothing arrived, so that its control must have.
  func report(_ place: Int, comparing: Bool) throws(DrillError) -> AttemptReport {
    let control = comparing ? try control(place).outcome : nil
    try beginLocked()
    // What is walked inside is the time that the other browser has; where a breach is all that is looked for, it comes first.
    if comparing { _ = try inside(place) }
    let outcome = try worse(locked(place), inside(place))
    let (verdict, because) = Engagement.judge(outcome, control: control)
    return AttemptReport(
      name: visit.fields[place].attempt.name, tries: 1, verdict: verdict, observed: "", because: because)
  }

  /// A breach in one of the browsers is one; so is it no proof where one of them says nothing.
  private func worse(
    _ first: Judge.Outcome, _ second: @autoclosure () throws(DrillError) -> Judge.Outcome
  ) throws(DrillError) -> Judge.Outcome {
    if case .arrived = first { return first }
    let second = try second()
    if case .arrived = second { return second }
    return first == .nothing ? second : first
  }

  // MARK: The browsers

  /// What the control of a field came to: the same page, opened with nothing in the way.
  func control(_ place: Int) throws(DrillError) -> ControlResult {
    if let controlResults { return controlResults[place] }
    let results = try controls()
    controlResults = results
    return results[place]
  }

  private func controls() throws(DrillError) -> [ControlResult] {
    var results = visit.fields.map { _ in ControlResult(outcome: .nothing, runs: 0) }
    for run in 1...ControlResult.limit {
      let missing = visit.fields.indices.filter {
        if case .arrived = results[$0].outcome { false } else { true }
      }
      if missing.isEmpty { break }
      let walk = attempt { walk in
        try walkDirectly(try ready(), .open, missing, patience: Self.longPatience, &walk)
      }
      for place in missing { results[place] = ControlResult(outcome: walk.outcome(of: place), runs: run) }
    }
    return results
  }

  /// The walk in the browser that has the environment's policy and whose disk can be looked at.
  private struct LockedWalk {
    var browser: DrilledBrowser?
    var walk: Walk
    var begun: Double
    var isOver = false
  }

  /// Whatever that browser sends ends at its own proxy; only its disk says something.
  private var onDisk: [Int] { visit.fields.indices.filter { visit.fields[$0].attempt.evidence == .disk } }

  /// Clicks in the browser with the policy; what comes of it shows later.
  private func beginLocked() throws(DrillError) {
    guard lockedWalk == nil, !onDisk.isEmpty else { return }
    guard let policy = try? stage.configuration.browserPolicy(twin.weakened) else {
      throw .unreadable("the environment's browser policy cannot be written")
    }
    try Files.write(policy, to: "\(stage.folder)/policy.json")
    var browser: DrilledBrowser?
    let walk = attempt { walk in
      let started = try stage.startBrowser(.locked)
      browser = started
      try walkDirectly(started, .locked, onDisk, patience: 0, &walk)
    }
    lockedWalk = LockedWalk(browser: browser, walk: walk, begun: Posix.monotonicSeconds())
  }

  /// What the environment's policy let happen there.
  private func locked(_ place: Int) throws(DrillError) -> Judge.Outcome {
    guard onDisk.contains(place), var state = lockedWalk else { return .nothing }
    defer { lockedWalk = state }
    while !state.isOver, let browser = state.browser {
      state.isOver = Posix.monotonicSeconds() - state.begun >= Self.patience
      for place in onDisk where state.walk.places[place] == nil {
        state.walk.places[place] = fileArrival(of: place, .locked, in: browser)
      }
      if onDisk.allSatisfy({ state.walk.places[$0] != nil }) { state.isOver = true }
      if !state.isOver { try? browser.pipe.pass(seconds: 0.1) }
    }
    return state.walk.outcome(of: place)
  }

  /// What got through the portal, or out of the browser behind it.
  func inside(_ place: Int) throws(DrillError) -> Judge.Outcome {
    if let insideOutcomes { return insideOutcomes[place] }
    let runs = controlResults?.map(\.runs).max() ?? 1
    let walk = attempt { walk in
      guard let link = twin.firstLink else { throw SignIn.Failure.at("`up`, which printed no link") }
      let browser = try ready()
      let page = try DrilledPage(in: browser)
      try SignIn(page: page).run(link: link)
      for run in 1...max(1, runs) {
        if run > 1 { try SignIn(page: page).reload() }
        try self.walk(
          page, .portal, in: browser, .inside, Array(visit.fields.indices),
          patience: max(Self.patience, 1 + 2 * slowest), &walk)
      }
    }
    let outcomes = visit.fields.indices.map { walk.outcome(of: $0) }
    insideOutcomes = outcomes
    return outcomes[place]
  }

  private func ready() throws(DrillError) -> DrilledBrowser {
    if let person { return person }
    // Whose certificate the portal has is not what is tried here.
    let browser = try stage.startBrowser(.open, further: ["--ignore-certificate-errors"])
    person = browser
    return browser
  }

  // MARK: One walk

  /// Where secrets arrived, by field, or why nothing can be said.
  private struct Walk {
    var places: [Int: String] = [:]
    var trouble: String?

    func outcome(of place: Int) -> Judge.Outcome {
      if let found = places[place] { return .arrived(found) }
      return trouble.map { .notRun($0) } ?? .nothing
    }
  }

  /// Why a walk says nothing.
  private enum Trouble: Error, CustomStringConvertible {
    case notThere
    case notBegun(String)

    var description: String {
      switch self {
      case .notThere: "the hostile page did not come"
      case .notBegun(let names): "no click got to: \(names)"
      }
    }
  }

  private func attempt(_ body: (inout Walk) throws -> Void) -> Walk {
    var walk = Walk()
    do { try body(&walk) } catch { walk.trouble = "\(error)" }
    return walk
  }

  /// Where a page's picture is, and what it is called: a page by itself, or behind the portal.
  private struct Surface {
    var box: String
    var title: String
    /// Brings it before others.
    var front: String
    /// Takes every file that is offered.
    var takesFiles: String
    /// How long a click is given: the portal takes no more than hands make.
    var pause: Double

    static let direct = Surface(
      box: "[0, 0, innerWidth, innerHeight]", title: "document.title", front: "0", takesFiles: "0",
      pause: 0.01)
    private static let offers =
      "document.querySelectorAll('#notices a[download]').forEach(link => link.click());"
    /// What the portal says of refusals lies over the picture; a person waits, or takes it away.
    static let portal = Surface(
      box: offers + "document.getElementById('notices').replaceChildren();"
        + "(b => [b.left, b.top, b.width, b.height])(document.getElementById('screen').getBoundingClientRect())",
      title: "[...document.querySelectorAll('#tabs [role=tab]')].map(tab => tab.textContent)"
        + ".find(title => title.startsWith('\(HostilePage.title)'))",
      front: SignIn.firstTab, takesFiles: offers, pause: 0.05)
  }

  private func walkDirectly(
    _ browser: DrilledBrowser, _ side: Visit.Side, _ places: [Int], patience: Double, _ walk: inout Walk
  ) throws {
    let page = try DrilledPage(in: browser)
    let title = "document.title === '\(HostilePage.title)'"
    guard try page.goes(to: "http://\(BrowserHouse.host)/lab", title) else { throw Trouble.notThere }
    try self.walk(page, .direct, in: browser, side, places, patience: patience, &walk)
  }

  /// Clicks into every field, sees that each began, and waits for what comes of it.
  private func walk(
    _ page: DrilledPage, _ surface: Surface, in browser: DrilledBrowser, _ side: Visit.Side, _ places: [Int],
    patience: Double, _ walk: inout Walk
  ) throws {
    let mark = stage.outside.recorder.mark()
    _ = try? page.pipe.call(
      "Browser.grantPermissions", ["permissions": .list(["clipboardReadWrite", "clipboardSanitizedWrite"])])
    let reader = try clipboardReader(for: places, in: browser)
    for place in places {
      try click(place, on: page, surface)
      for _ in 0..<Self.copies where walk.places[place] == nil {
        guard let keys = keys(of: place) else { break }
        try page.pipe.pass(seconds: 0.2)
        walk.places[place] = try copied(place, side, keys, on: page, seenBy: reader)
      }
    }
    try clickAgain(places, on: page, surface)
    try printPage(places, side, on: page, &walk)
    let start = Posix.monotonicSeconds()
    repeat {
      _ = try page.value(of: surface.takesFiles, byHand: true)
      for place in places where walk.places[place] == nil {
        walk.places[place] =
          if let keys = keys(of: place) {
            try copied(place, side, keys, on: page, seenBy: reader)
          } else {
            arrival(of: place, side, in: browser, after: mark)
          }
      }
      try page.pipe.pass(seconds: 0.1)
    } while places.contains { walk.places[$0] == nil } && Posix.monotonicSeconds() - start < patience
    if side == .open { slowest = max(slowest, Posix.monotonicSeconds() - start) }
  }

  /// A click that went nowhere has tried nothing: where input came too fast for the portal or the browser, it is repeated.
  private func clickAgain(_ places: [Int], on page: DrilledPage, _ surface: Surface) throws {
    var missing = Set(places)
    for _ in 0..<Self.mostClicks {
      let deadline = Posix.monotonicSeconds() + 1.5
      repeat {
        let title = try page.value(of: surface.title)?.text ?? ""
        let digits = title.dropFirst(HostilePage.title.count + 1).prefix { $0 != " " }
        let begun = UInt64(digits, radix: 16) ?? 0
        missing = missing.filter { begun >> UInt64($0) & 1 == 0 }
        if missing.isEmpty { return }
        try page.pipe.pass(seconds: 0.1)
      } while Posix.monotonicSeconds() < deadline
      // A window that one of them opened lies over the page.
      _ = try page.value(of: surface.front)
      try page.pipe.pass(seconds: 0.5)
      for place in missing.sorted() { try click(place, on: page, surface) }
    }
    throw Trouble.notBegun(missing.sorted().map { visit.fields[$0].attempt.name }.joined(separator: ", "))
  }

  private func secret(_ place: Int, _ side: Visit.Side) -> Canary {
    visit.fields[place].secrets[side] ?? Canary()
  }

  private func arrival(
    of place: Int, _ side: Visit.Side, in browser: DrilledBrowser, after mark: Recorder.Mark
  ) -> String? {
    switch visit.fields[place].attempt.evidence {
    case .disk, .printed: return fileArrival(of: place, side, in: browser)
    case .outside:
      let secret = secret(place, side)
      // What comes by a proxy of the drill's own has not got through the environment's.
      let arrivals = stage.outside.recorder.arrivals(after: mark)
      return CanarySearch(secret, zones: [DrillAddress.zone]).find(in: arrivals)
        .map { "\($0.form) at \($0.place)" }
    case .opened, .answer, .target, .event, .clipboard: return nil
    }
  }

  private func fileArrival(of place: Int, _ side: Visit.Side, in browser: DrilledBrowser) -> String? {
    let whose = side == .locked ? "the browser's" : "the person's"
    return browser.files(with: secret(place, side)).first.map { "a file on \(whose) disk: \($0.prefix(60))" }
  }

  /// What a person does to have the page on paper: by the portal's button or keys, or else in the browser itself.
  private func printPage(_ places: [Int], _ side: Visit.Side, on page: DrilledPage, _ walk: inout Walk) throws
  {
    for place in places where visit.fields[place].attempt.evidence == .printed {
      guard side != .inside else {
        // A window that the page opened may be before it, and the title follows the page a moment later.
        _ = try page.value(of: Surface.portal.front)
        _ = try page.settles(SignIn.isFirst, seconds: 5)
        try page.pipe.pass(seconds: 0.2)
        _ = try page.value(of: "document.getElementById('print')?.click()", byHand: true)
        try page.pipe.press(BrowserAttempt.Key(name: "p", code: 80, modifiers: 2), session: page.session)
        continue
      }
      let answer = try page.pipe.call("Page.printToPDF", session: page.session)
      let document = answer["data"]?.text.flatMap { Data(base64Encoded: $0) } ?? Data()
      let holds = [UInt8](document).contains(subsequence: secret(place, side).bytes)
      if holds { walk.places[place] = "a document of the page" }
    }
  }

  private func click(_ place: Int, on page: DrilledPage, _ surface: Surface) throws(Fault) {
    let rows = (visit.fields.count + HostilePage.columns - 1) / HostilePage.columns
    guard case .list(let sides)? = try page.value(of: surface.box, byHand: true), sides.count == 4 else {
      return
    }
    let numbers = sides.map { if case .number(let number) = $0 { number } else { 0.0 } }
    let column = Double(place % HostilePage.columns) + 0.5
    let row = Double(place / HostilePage.columns) + 0.5
    try page.click(
      x: numbers[0] + numbers[2] * column / Double(HostilePage.columns),
      y: numbers[1] + numbers[3] * row / Double(rows))
    try page.pipe.pass(seconds: surface.pause)
  }

  /// The person's own page beside the other one: the portal's is not allowed to read the clipboard.
  private func clipboardReader(for places: [Int], in browser: DrilledBrowser) throws -> DrilledPage? {
    guard places.contains(where: { keys(of: $0) != nil }) else { return nil }
    let page = try DrilledPage(in: browser, isBehind: true)
    guard try page.goes(to: "http://\(BrowserHouse.host)/page") else { throw Trouble.notThere }
    return page
  }

  /// What a person presses to copy; nil where copying is not what is tried.
  private func keys(of place: Int) -> [BrowserAttempt.Key]? {
    if case .clipboard(let keys) = visit.fields[place].attempt.evidence { keys } else { nil }
  }

  private func copied(
    _ place: Int, _ side: Visit.Side, _ keys: [BrowserAttempt.Key], on page: DrilledPage,
    seenBy reader: DrilledPage?
  ) throws(Fault) -> String? {
    for key in keys { try page.pipe.press(key, session: page.session) }
    try page.pipe.pass(seconds: 0.1)
    let text = try reader?.value(of: "navigator.clipboard.readText()")?.text ?? ""
    return text.contains(secret(place, side).text) ? "the person's clipboard" : nil
  }
}
