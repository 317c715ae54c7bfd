/// Shows that the suite can fail: with one control off at a time, an attack must get through.
public struct SelfTest: Sendable {
  private let configuration: DrillConfiguration
  private let controls: [WeakenableControl]

  /// - Parameters:
  ///   - configuration: The drill; its own `weakened` is not used. With `only`, those attacks run alone, and what none of
  ///     them must notice stays on.
  ///   - controls: What to switch off, one at a time.
  public init(_ configuration: DrillConfiguration, controls: [WeakenableControl] = WeakenableControl.allCases)
  {
    self.configuration = configuration
    self.controls = controls
  }

  /// Runs one weakened twin after the other inside a drill world, each with the attacks that must notice it.
  ///
  /// - Throws: `DrillError` when a drill could not be carried out; a control whose absence stays unnoticed is a result.
  public func run(progress: (DrillProgress) -> Void) throws(DrillError) -> SelfTestReport {
    let start = Posix.monotonicSeconds()
    let turns = try Self.turns(controls, only: configuration.only)
    let attacks = turns.flatMap(\.attacks)
    return try DrillStage.with(configuration) { stage throws(DrillError) in
      try stage.checkTools(attacks)
      var rows: [SelfTestReport.Row] = []
      for turn in turns {
        progress(.stage("without \(turn.control.rawValue)"))
        let row = try weaken(turn, on: stage, progress: progress)
        rows.append(row)
      }
      return SelfTestReport(rows: rows, seconds: Posix.monotonicSeconds() - start)
    }
  }

  /// A control to switch off, and the attacks that must notice it.
  typealias Turn = (control: WeakenableControl, attacks: [Attack])

  /// What is switched off, and who must notice it.
  ///
  /// - Throws: `.usage` where an attack of `only` is unknown, or none of them has to notice anything: a run of nothing shows
  ///   nothing.
  static func turns(_ controls: [WeakenableControl], only: [String]) throws(DrillError) -> [Turn] {
    guard !only.isEmpty else { return controls.map { ($0, AttackTable.proving($0)) } }
    let chosen = try AttackTable.select(only).map(\.id)
    let turns: [Turn] = controls.map { control in
      (control, AttackTable.proving(control).filter { chosen.contains($0.id) })
    }.filter { !$0.attacks.isEmpty }
    guard turns.isEmpty else { return turns }
    let noticing = AttackTable.all.filter { !$0.provesControls.isEmpty }.map(\.id)
    throw .usage(
      "no control's absence has to be noticed by \(only.joined(separator: ", ")); there are: "
        + noticing.joined(separator: ", "))
  }

  private func weaken(
    _ turn: Turn, on stage: DrillStage, progress: (DrillProgress) -> Void
  ) throws(DrillError) -> SelfTestReport.Row {
    let start = Posix.monotonicSeconds()
    let (control, attacks) = turn
    let twin = try stage.makeTwin(weakened: [control], named: "weak-\(control.rawValue)", for: attacks)
    var routes: [RouteReport] = []
    do throws(DrillError) {
      try twin.learn(configuration, outside: stage.outside, tools: Set(attacks.flatMap(\.tools)))
      // A slow channel may be disturbed by what else goes on, so that it gets a second chance.
      for _ in 0..<2 where !routes.contains(where: { $0.verdict == .breach }) {
        let engagement = Engagement(stage: stage, twin: twin)
        // A breach needs no control run: what arrived, arrived.
        try engagement.run(attacks, controls: nil, stopsAtBreach: true, progress: progress)
        routes = engagement.report()
      }
    } catch {
      try? twin.down()
      throw error
    }
    try twin.down()
    let breach = routes.first { $0.verdict == .breach }
    let tried = routes.flatMap(\.evidence).map { $0.because ?? $0.observed }
    return SelfTestReport.Row(
      control: control, breachedBy: breach?.route,
      because: breach?.evidence.first { $0.verdict == .breach }?.because ?? tried.joined(separator: "; "),
      seconds: Posix.monotonicSeconds() - start)
  }
}
