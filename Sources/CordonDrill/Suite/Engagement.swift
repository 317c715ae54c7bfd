import FoundationEssentials

/// The attacks of one drill against one twin.
final class Engagement {
  private let stage: DrillStage
  private let twin: Twin
  private let runner: AttemptRunner
  private let began: Recorder.Mark
  private var rows: [RouteReport] = []
  private var order: [String] = []
  /// Secrets that were carried inside, for a last look at everything that arrived.
  private var carried: [(secret: Canary, row: Int, attempt: Int)] = []
  private(set) var notes: [String] = []
  private let visit: VisitEngagement?

  init(stage: DrillStage, twin: Twin) {
    self.stage = stage
    self.twin = twin
    runner = AttemptRunner(
      place: .workspace(twin.cordon, attacker: twin.workspace.name, neighbour: twin.neighbour?.name),
      recorder: stage.outside.recorder, folder: stage.folder)
    began = stage.outside.recorder.mark()
    visit = twin.visit.map { VisitEngagement($0, stage: stage, twin: twin) }
  }

  /// - Parameters:
  ///   - attacks: What to try.
  ///   - controls: What the controls came to; nil where a breach is all that is looked for.
  ///   - stopsAtBreach: Whether the first breach ends it.
  func run(
    _ attacks: [Attack], controls: DrillStage.Controls?, stopsAtBreach: Bool = false,
    progress: (DrillProgress) -> Void
  ) throws(DrillError) {
    defer { visit?.end() }
    order = attacks.map(\.id)
    for (index, attack) in Self.inTurn(attacks).enumerated() {
      let row = try run(attack, controls: controls?[attack.id])
      rows.append(row)
      progress(.attack(attack.id, done: index + 1, of: attacks.count, verdict: row.verdict))
      if stopsAtBreach && row.verdict == .breach { return }
    }
    try lookAgain()
  }

  /// What walks the portal comes last: a browser with nothing in its way calls the sink for as long as it lives, and other
  /// attacks count calls.
  static func inTurn(_ attacks: [Attack]) -> [Attack] {
    attacks.filter(\.visits.isEmpty) + attacks.filter { !$0.visits.isEmpty }
  }

  /// What came of each, in the order in which they were asked for.
  func report() -> [RouteReport] {
    order.compactMap { route in rows.first { $0.route == route } }
  }

  // MARK: One attack

  private func run(_ attack: Attack, controls: [ControlResult]?) throws(DrillError) -> RouteReport {
    var row = RouteReport(
      route: attack.id, path: attack.path, title: attack.title, attempts: attack.tries,
      verdict: .inconclusive,
      closedBy: attack.closedBy, evidence: [])
    if let why = whyPointless(attack) {
      row.evidence = (attack.attempts.map(\.name) + attack.visits.map(\.name)).map { name in
        AttemptReport(name: name, tries: 0, verdict: .inconclusive, observed: "", because: why)
      }
      row.attempts = 0
      return row
    }
    for (index, attempt) in attack.attempts.enumerated() {
      try Interruption.check()
      let runs = Self.runs(of: attack, weakened: stage.configuration.weakened, control: controls?[index])
      row.evidence.append(
        try run(attempt, control: controls?[index], runs: runs, row: rows.count, index: index))
    }
    if let visit {
      for place in visit.places(of: attack) {
        try Interruption.check()
        row.evidence.append(try visit.report(place, comparing: controls != nil))
      }
    }
    row.verdict = Self.verdict(row.evidence)
    return row
  }

  private func whyPointless(_ attack: Attack) -> String? {
    for need in attack.needs where !twin.facts.works.contains(need) {
      return "needs \(need.rawValue): \(twin.facts.failures[need] ?? "not there")"
    }
    if !attack.visits.isEmpty, visit == nil {
      return "Chromium is missing; install it with: \(DrilledBrowser.tool.install)"
    }
    let missing = attack.tools.filter { twin.facts.missingTools.contains($0.command) }
    guard let first = missing.first else { return nil }
    return "\(first.command) is missing in the workspace; install it with: \(first.install)"
  }

  /// The worst of the attempts; a facility that the machine lacks is no proof by itself.
  static func verdict(_ evidence: [AttemptReport]) -> RouteVerdict {
    let found = Set(evidence.map(\.verdict))
    if found.contains(.breach) { return .breach }
    return found.contains(.closed) && !found.contains(.inconclusive) ? .closed : .inconclusive
  }

  // MARK: One attempt

  /// How many runs it takes to believe that nothing arrives: as many as the control needed. An attack that must notice what
  /// is switched off has all there are, for a busy machine drowns its signal as it would drown the control's.
  static func runs(of attack: Attack, weakened: [WeakenableControl], control: ControlResult?) -> Int {
    guard Set(attack.provesControls).isDisjoint(with: weakened) else { return ControlResult.limit }
    return control?.runs ?? 1
  }

  private func run(
    _ attempt: Attempt, control: ControlResult?, runs: Int, row: Int, index: Int
  ) throws(DrillError) -> AttemptReport {
    var report = AttemptReport(
      name: attempt.name, tries: attempt.tries, verdict: .inconclusive, observed: "", because: nil)
    let result = try ControlResult.persisting(nothing: runs) { () throws(DrillError) in
      try outcome(of: attempt, row: row, index: index, report: &report)
    }
    (report.verdict, report.because) = Self.judge(result.outcome, control: control?.outcome)
    return report
  }

  private func outcome(
    of attempt: Attempt, row: Int, index: Int, report: inout AttemptReport
  ) throws(DrillError) -> Judge.Outcome {
    try Interruption.check()
    var facts = parameters()
    var secret = stage.secret(for: attempt)
    if attempt.secret == .ownObject {
      let (object, url) = try ownObject()
      secret = object
      facts.twin.ownURL = url
    }
    if attempt.secret == .descriptor { facts.secretFile = stage.planted.descriptorFile }
    if attempt.secret == .given { carried.append((secret, row, index)) }
    let variables = facts.variables(secret: nil)
    var seen = try runner.run(attempt, variables: variables, secret: secret)
    try readStores(attempt, into: &seen)
    report.observed = seen.command.lastLine.isEmpty ? seen.receiver?.lastLine ?? "" : seen.command.lastLine
    return Judge.outcome(of: attempt, secret: secret, seen: seen, countsContacts: true)
  }

  /// A breach is a breach whatever the control did; anything else needs a control that reached its goal.
  static func judge(
    _ outcome: Judge.Outcome, control: Judge.Outcome?
  ) -> (verdict: RouteVerdict, because: String?) {
    switch (outcome, control) {
    case (.arrived(let how), _): (.breach, how)
    case (.notRun(let why), _): (.inconclusive, "the command did not run: \(why)")
    case (_, .absent(let why)): (.nothingToAttack, why)
    case (_, .nothing): (.inconclusive, "its control did not reach the goal either")
    case (_, .notRun(let why)): (.inconclusive, "its control did not run: \(why)")
    case (.nothing, _), (.absent, _): (.closed, nil)
    }
  }

  private func parameters() -> Parameters {
    let facts = twin.facts
    let listed = facts.listed.first ?? "unlisted"
    let other = stage.configuration.listedPackages.first { $0 != listed } ?? listed
    return Parameters(
      side: .inside,
      twin: Parameters.TwinFacts(
        region: facts.region, account: facts.account, bucket: twin.store, foreignBuckets: twin.foreignBuckets,
        neighbourProject: twin.neighbour?.project ?? "none", listed: listed, listedOther: other,
        neighbourKeys: facts.neighbourKeys),
      secretFile: stage.planted.file)
  }

  // MARK: Stores

  private func readStores(_ attempt: Attempt, into seen: inout Judge.Seen) throws(DrillError) {
    if attempt.evidence.contains(.foreignStore), let neighbour = twin.neighbour,
      twin.facts.works.contains(.foreignBucket)
    {
      let own = twin.status.buckets.filter { $0.project == neighbour.project }.map(\.name)
      seen.foreignStores = try StoreReader.contents(of: own, through: neighbour.name, in: twin)
    }
    if attempt.evidence.contains(.ownStore) {
      seen.ownStore = try StoreReader.contents(of: [twin.store], through: twin.workspace.name, in: twin)
    }
  }

  /// An object of the attacker's own project, and a presigned path that leads to it.
  private func ownObject() throws(DrillError) -> (Canary, String) {
    let secret = Canary()
    let script = Script.s3(
      #"""
      put(E["BUCKET"], "drill/own", E["SECRET"].encode(), keys=own())
      print("url", presigned("GET", S3, f"/{E['BUCKET']}/drill/own", own()), flush=True)
      """#)
    let result = try twin.run(
      in: twin.workspace.name,
      parameters: ["REGION": twin.facts.region, "BUCKET": twin.store, "SECRET": secret.text], script.command)
    guard let line = result.text.split(separator: "\n").first(where: { $0.hasPrefix("url ") }) else {
      throw .command("presign an own object", status: result.status, said: result.lastLine)
    }
    return (secret, String(line.dropFirst(4)))
  }

  // MARK: Afterwards

  /// A secret may arrive late, or by a way that was not looked at when it was sent.
  private func lookAgain() throws(DrillError) {
    let arrivals = stage.outside.recorder.arrivals(after: began)
    for entry in carried where rows[entry.row].evidence[entry.attempt].verdict != .breach {
      let search = CanarySearch(entry.secret, zones: [DrillAddress.zone])
      guard let found = search.find(in: arrivals) else { continue }
      rows[entry.row].evidence[entry.attempt].verdict = .breach
      rows[entry.row].evidence[entry.attempt].because = "\(found.form) at \(found.place), later"
      rows[entry.row].verdict = .breach
    }
    let lost = stage.outside.recorder.lost
    guard lost > 0 else { return }
    notes.append("\(lost) arrivals did not fit into the sink's memory")
    for index in rows.indices where rows[index].verdict == .closed { rows[index].verdict = .inconclusive }
  }
}
