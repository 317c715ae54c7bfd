public import CordonModel
public import CordonPolicy
import CordonWire

/// Proves an environment as this machine would run it.
///
/// Its routes have the names under which `cordon attack` walks them. What documents decide is asked of the engine; what
/// the kernel, the launcher and the gateway's parsers do are facts of this executable, listed as an assumption, and tried
/// by the attack.
public struct LocalProof: Sendable {
  private let environment: Environment
  private let policies: CompiledPolicies
  private let places: SpecPlaces
  private let answer: @Sendable (Inquiry) -> Answer

  /// A proof about `environment`.
  ///
  /// - Parameters:
  ///   - places: Where its lines stand.
  ///   - weakened: Controls that are off, as in a drill.
  ///   - answer: Who decides questions about documents.
  /// - Throws: `PolicyError` where a document of the user's cannot be joined to the compiled ones.
  public init(
    _ environment: Environment, places: SpecPlaces, weakened: Set<Control> = [],
    answer: @escaping @Sendable (Inquiry) -> Answer
  ) throws(PolicyError) {
    var environment = Self.withNeighbour(environment)
    environment.weakenedForDrill = weakened
    self.environment = environment
    self.places = places
    self.answer = answer
    policies = try CompiledPolicies(environment)
  }

  /// The routes that every map of this machine has, hosts that a spec lists aside: each by its path and its name.
  public static var routes: [(path: EgressPath, name: String)] {
    LocalRoutes.all.map { ($0.path, $0.id) } + LocalRoutes.notYetCovered.map { ($0.path, $0.id) }
  }

  /// The map.
  public func map() -> EgressMap { map(known: [:]).map }

  private func map(
    known: [LocalQuestion: LocalJudge.Outcome]
  ) -> (map: EgressMap, answered: [LocalQuestion: LocalJudge.Outcome]) {
    var judge = LocalJudge(
      environment: environment, policies: policies, places: places, known: known, answer: answer)
    var reports: [EgressPath: [RouteReport]] = [:]
    var lost: [DepthLoss] = []
    for route in LocalRoutes.all {
      let (report, losses) = self.report(route, &judge)
      reports[route.path, default: []].append(report)
      lost += losses
    }
    for (path, report) in openings() { reports[path, default: []].append(report) }
    for route in LocalRoutes.notYetCovered { reports[route.path, default: []].append(Self.uncovered(route)) }
    let map = EgressMap(
      subject: "\(places.file) on this machine",
      paths: EgressPath.allCases.map { PathReport(path: $0, routes: reports[$0] ?? []) },
      assumptions: [Self.mechanisms], depthLost: unique(lost))
    return (map, judge.answered)
  }

  /// Controls that are part of the compiled documents; the others leave every answer as it is.
  private static let inDocuments: Set<Control> = [
    .dnsAllowlist, .proxyAllowlist, .endpointPolicy, .credentialCheck, .browserDoor,
  ]

  /// Routes that one control alone keeps closed: with it off, they are open.
  public func depth() throws(PolicyError) -> [DepthLoss] {
    let whole = map(known: [:])
    let closed = Set(whole.map.paths.flatMap(\.routes).filter { $0.verdict == .closed }.map(\.route))
    var found: [DepthLoss] = []
    for control in Control.allCases where !environment.weakenedForDrill.contains(control) {
      let without = try LocalProof(
        environment, places: places, weakened: environment.weakenedForDrill.union([control]), answer: answer)
      let known = Self.inDocuments.contains(control) ? [:] : whole.answered
      for route in without.map(known: known).map.paths.flatMap(\.routes)
      where route.verdict == .open && closed.contains(route.route) {
        found.append(
          DepthLoss(
            route: route.route, text: "without this control alone the route is open",
            resource: control.rawValue,
            location: control.location(in: places)))
      }
    }
    return found
  }

  /// What the proof takes from the executable rather than from documents.
  private static let mechanisms = Assumption(
    name: "mechanisms", value: "as built",
    reason:
      "kernel, launcher and the gateway's parsers do what they are built for; no document shows that, and "
      + "'cordon attack' tries each of them")

  // MARK: Routes

  private func report(_ route: LocalRoute, _ judge: inout LocalJudge) -> (RouteReport, [DepthLoss]) {
    var walk = LocalWalk(route: route, places: places, environment: environment)
    guard environment.workspaces.contains(where: { $0.project.name != Self.standIn }) else {
      walk.unknown = [
        UnknownPart(
          "the spec has no workspace, so there is nobody to prove it of",
          location: places.location("projects"))
      ]
      return (walk.report, [])
    }
    for way in route.ways { walk.add(way, way.barriers.map { judge.outcome(of: $0) }) }
    return (walk.report, walk.lost)
  }

  private static func uncovered(_ route: (path: EgressPath, id: String, title: String)) -> RouteReport {
    RouteReport(
      route: route.id, title: route.title,
      finding: .unknown([
        UnknownPart(
          "not yet covered: this version has no part that this route goes through, so nothing closes it")
      ]))
  }

  /// Hosts that the spec lists: each is a way out that somebody wanted.
  private func openings() -> [(EgressPath, RouteReport)] {
    let workspace = environment.workspaces.first?.workspace.name.text ?? "WORKSPACE"
    return places.openings.map { opening in
      let host = opening.subject.hasPrefix("*.") ? "anything" + opening.subject.dropFirst() : opening.subject
      let reason = opening.reason.map { "; its reason: \($0)" } ?? ""
      let why =
        switch opening.kind {
        case "wildcard-host": "whoever can register a name below it receives data"
        case "spliced-host": "its TLS is passed through unread, so that the host inside can be another one"
        default: "what it is sent, it receives"
        }
      let isBrowsers = isForBrowser(opening.subject)
      let shell = "curl -x http://127.0.0.1:3128 -d @data.csv \(LocalWalk.quoted("https://\(host)/"))"
      let witness = RouteWitness(
        request: .object([
          ("action", "cordon:Connect"), ("host", .string(host)), ("workspace", .string(workspace)),
        ]),
        command: isBrowsers
          ? "fetch('https://\(host)/', {method: 'POST', mode: 'no-cors', body: data})"
          : LocalWalk.inside(workspace, shell),
        story: isBrowsers
          ? "Any page in a session of the remote browser. The spec lists this host for it: \(why)\(reason)."
          : "Anybody in a workspace, through the proxy. The spec lists this host: \(why)\(reason).",
        fix: "take the entry out, or bring inside what it is needed for",
        resource: isBrowsers ? "browser.hosts" : "egress.hosts",
        location: opening.location)
      return (
        .externalUpload,
        RouteReport(
          route: "\(opening.kind):\(opening.subject)", title: "a host outside that the spec lists",
          finding: .open(witness), steps: ["\(opening.location): \(opening.subject) is listed\(reason)"])
      )
    }
  }

  /// Whether a host is listed for the remote browser and not for workspaces.
  private func isForBrowser(_ subject: String) -> Bool {
    func lists(_ hosts: [AllowedHost]) -> Bool {
      hosts.contains { "\(LocalInquiries.text($0.pattern)):\($0.port)" == subject }
    }
    return lists(environment.browser.hosts) && !lists(environment.allowedHosts)
  }

  // MARK: The neighbour

  /// What stands for any other project where the spec has one only.
  static let standIn = try? Slug("any-other-project")

  /// Isolation is a statement about two projects, so that a second one is there for whoever has one only.
  private static func withNeighbour(_ environment: Environment) -> Environment {
    guard environment.projects.filter({ !$0.workspaces.isEmpty }).count == 1, let standIn,
      !environment.projects.contains(where: { $0.name == standIn }),
      let store = try? BucketName("any-other-projects-store"), environment.owner(of: store) == nil
    else { return environment }
    var environment = environment
    let limits = Workspace.Size.small.limits
    environment.projects.append(
      Project(
        name: standIn, buckets: [CordonModel.Bucket(name: store)], store: store,
        workspaces: [Workspace(name: standIn, limits: limits)]))
    return environment
  }
}
