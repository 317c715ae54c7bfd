import Glibc

/// Attacks an environment's twin and says what got through.
///
/// Every attempt runs twice: as a control where nothing is in the way, and from inside a workspace. A control that
/// does not reach its goal makes the route inconclusive; what arrives from inside makes it a breach.
public struct AttackSuite: Sendable {
  private let configuration: DrillConfiguration

  /// Prepares a drill; nothing is started yet.
  public init(_ configuration: DrillConfiguration) {
    self.configuration = configuration
  }

  /// Runs the drill inside a drill world (see `DrillWorld`).
  ///
  /// Nothing is left behind: the twin is taken down and the drill's folder removed, also when the drill fails.
  ///
  /// - Parameter progress: Called on this thread as the drill goes on.
  /// - Returns: What was found. A breach is a result, not an error.
  /// - Throws: `DrillError` when the drill could not be carried out.
  public func run(progress: (DrillProgress) -> Void) throws(DrillError) -> AttackReport {
    let start = Posix.monotonicSeconds()
    let attacks = try AttackTable.select(configuration.only)
    return try DrillStage.with(configuration) { stage throws(DrillError) in
      try stage.checkTools(attacks)
      progress(.stage("controls"))
      let controls = try stage.runControls(attacks)
      progress(.stage("twin environment"))
      let twin = try stage.makeTwin(weakened: configuration.weakened, named: "twin", for: attacks)
      let engagement: Engagement
      var ledgerNotes: [String] = []
      do throws(DrillError) {
        try twin.learn(configuration, outside: stage.outside, tools: Set(attacks.flatMap(\.tools)))
        engagement = Engagement(stage: stage, twin: twin)
        progress(.stage("attacks"))
        try engagement.run(attacks, controls: controls, progress: progress)
        ledgerNotes = try stage.ledgerNotes(twin)
      } catch {
        try? twin.down()
        throw error
      }
      try twin.down()
      let routes = engagement.report()
      return AttackReport(
        weakened: configuration.weakened, routes: routes + Self.uncovered(configuration),
        notes: engagement.notes + ledgerNotes + Self.privilegeNotes(routes, isRoot: geteuid() == 0),
        seconds: Posix.monotonicSeconds() - start)
    }
  }

  /// Some controls need privileges that an ordinary user has nowhere: there, nothing shows that the route is closed.
  static func privilegeNotes(_ routes: [RouteReport], isRoot: Bool) -> [String] {
    let open = routes.filter { $0.verdict == .inconclusive }.map(\.route)
    guard !isRoot, !open.isEmpty else { return [] }
    return [
      "run by an ordinary user, whose controls may lack root's privileges; for a verdict run it as root: "
        + open.joined(separator: ", ")
    ]
  }

  private static func uncovered(_ configuration: DrillConfiguration) -> [RouteReport] {
    guard configuration.only.isEmpty else { return [] }
    return AttackTable.notYetCovered.map { route in
      RouteReport(
        route: route.route, path: route.path, title: route.title, attempts: 0, verdict: .notYetCovered,
        closedBy: "", evidence: [])
    }
  }
}
