public import CordonModel

/// Proves a deployment's ways out closed, or shows which are open.
public struct CloudProof: Sendable {
  /// Every route, in the order of the egress paths.
  public static let routes: [any Route] = RouteList.all

  private let prover: Prover

  /// A proof that asks `answer` about requests, each question once.
  public init(answer: @escaping @Sendable (Inquiry) -> Answer) {
    prover = Prover(answers: AnswerBook(answer))
  }

  /// The egress map of `deployment`; `assumptions` as `--assume NAME=VALUE` gives them.
  ///
  /// Up to `workers` routes are judged at once. The map is the same however many do.
  public func prove(
    _ deployment: CloudDeployment, assumptions: [String: String] = [:], subject: String = "the deployment",
    workers: Int = .max
  ) -> EgressMap {
    prove(
      deployment, routes: Self.routes, safeguards: SafeguardList.all,
      assumptions: assumptions, subject: subject, workers: workers)
  }

  /// The map of some routes, and of some safeguards.
  func prove(
    _ deployment: CloudDeployment, routes: [any Route], safeguards: [Safeguard] = [],
    assumptions: [String: String] = [:], subject: String = "the deployment", workers: Int = .max
  ) -> EgressMap {
    let estate = CloudEstate(deployment, stated: assumptions)
    let scene = Scene(estate, prover)
    let ordered = EgressPath.allCases.flatMap { path in routes.filter { $0.path == path } }
    let tasks = ordered.map(Task.route) + safeguards.map(Task.safeguard)
    let results = tasks.inParallel(workers: workers) { task -> TaskResult in
      switch task {
      case .safeguard(let safeguard): return .safeguard(safeguard.report(scene))
      case .route(let route):
        let judgement = route.judge(scene)
        let report = report(route, judgement, estate)
        return .route(route.path, report, report.verdict == .closed ? losses(route, judgement) : [])
      }
    }
    let judged = results.compactMap(\.route)
    let paths = EgressPath.allCases.map { path in
      PathReport(path: path, routes: judged.filter { $0.path == path }.map(\.report))
    }
    return EgressMap(
      subject: subject, paths: paths,
      assumptions: estate.assumptions + estate.targetAssumptions + estate.placeAssumptions,
      depthLost: unique(judged.flatMap(\.lost)), safeguards: results.compactMap(\.safeguard))
  }

  /// What is judged at the same time as others.
  private enum Task: Sendable {
    case route(any Route)
    case safeguard(Safeguard)
  }

  private enum TaskResult: Sendable {
    case route(EgressPath, RouteReport, [DepthLoss])
    case safeguard(SafeguardReport?)

    var route: (path: EgressPath, report: RouteReport, lost: [DepthLoss])? {
      if case .route(let path, let report, let lost) = self { (path, report, lost) } else { nil }
    }

    var safeguard: SafeguardReport? { if case .safeguard(let report) = self { report } else { nil } }
  }

  /// Which single control's loss would open a closed route, found by taking each away and proving again.
  public func depth(
    _ deployment: CloudDeployment, assumptions: [String: String] = [:]
  ) -> [DepthLoss] {
    let estate = CloudEstate(deployment, stated: assumptions)
    let scene = Scene(estate, prover)
    var found: [DepthLoss] = []
    var scenes: [Removal: Scene] = [:]
    for route in Self.routes {
      let judgement = route.judge(scene)
      guard report(route, judgement, estate).verdict == .closed else { continue }
      for control in unique(judgement.doors.flatMap(\.controls)) where control.removal != .none {
        let weaker =
          scenes[control.removal]
          ?? {
            let estate = CloudEstate(deployment.without(control.removal), stated: assumptions)
            return Scene(estate, prover)
          }()
        scenes[control.removal] = weaker
        guard report(route, route.judge(weaker), weaker.estate).verdict != .closed else { continue }
        found.append(
          DepthLoss(
            route: route.name,
            text: "\(control.closing.layer) stands alone: without it the route is not closed"
              + (route.documentation.alone.map { " (\($0))" } ?? ""),
            resource: control.closing.resource, location: control.closing.location, target: .aws))
      }
    }
    return unique(found)
  }

  private func losses(_ route: any Route, _ judgement: Judgement) -> [DepthLoss] {
    judgement.lost.map { text, resource in
      DepthLoss(
        route: route.name, text: text, resource: "\(resource.id)", location: resource.location, target: .aws)
    }
  }

  /// Open if a door is, else unknown if one is or the files are not whole, else closed by what closes the doors.
  private func report(_ route: any Route, _ judgement: Judgement, _ estate: CloudEstate) -> RouteReport {
    let doors = judgement.doors.map { $0.conditional(estate) }
    let steps = doors.flatMap(\.steps)
    func made(_ finding: RouteReport.Finding) -> RouteReport {
      RouteReport(route: route.name, title: route.title, finding: finding, steps: steps, target: .aws)
    }
    for door in doors {
      if case .open(let witness) = door.finding { return made(.open(witness)) }
    }
    var parts = unique(
      doors.flatMap { door -> [UnknownPart] in
        if case .unknown(let parts) = door.finding { return parts }
        return []
      })
    if parts.isEmpty {
      parts = estate.deployment.unknowns.filter { RouteReach.feeds(route.name, $0.hides) }
        .map { UnknownPart($0.unknown.phrase, location: $0.location) }
    }
    if !parts.isEmpty { return made(.unknown(parts)) }
    let controls = unique(doors.flatMap(\.controls).map(\.closing))
    guard !controls.isEmpty else {
      return made(.unknown([UnknownPart("nothing in the files says how this way is closed")]))
    }
    return made(.closed(controls))
  }
}

extension Door {
  /// What closes the door.
  var controls: [HeldControl] { if case .closed(let controls) = finding { controls } else { [] } }

  /// The door in a line or two of the proof.
  var steps: [String] {
    switch finding {
    case .closed(let controls):
      let by = controls.map { "\($0.closing.layer) (\($0.closing.resource))" }
      return ["\(name): closed by \(by.joined(separator: ", "))"]
    case .open(let witness):
      return ["\(name): open: \(witness.story)", "  \(witness.command)", "  fix: \(witness.fix)"]
    case .unknown(let parts): return ["\(name): unknown: \(parts.map(\.text).joined(separator: "; "))"]
    }
  }

  /// The door with what exists only under a condition counted neither as a way out nor as a control.
  func conditional(_ estate: CloudEstate) -> Door {
    let names: [String]
    switch finding {
    case .closed(let controls): names = controls.map(\.closing.resource)
    case .open(let witness): names = [witness.resource]
    case .unknown: return self
    }
    let parts = names.compactMap { name -> UnknownPart? in
      guard let (resource, condition) = estate.conditional[name] else { return nil }
      return UnknownPart(
        "\(name) exists only if \(condition), which the files do not answer", resource: name,
        location: resource)
    }
    return parts.isEmpty ? self : Door(name: name, finding: .unknown(parts))
  }
}

extension CloudDeployment {
  /// The deployment after a control was lost.
  func without(_ removal: Removal) -> CloudDeployment {
    var copy = self
    switch removal {
    case .none: break
    case .resource(let id): copy.resources.removeAll { $0.id == id }
    case .property(let id, let path):
      for index in copy.resources.indices where copy.resources[index].id == id {
        copy.resources[index].properties = copy.resources[index].properties.without(path[...])
      }
    }
    return copy
  }
}

extension CloudValue {
  /// The value without the member at the end of `path`.
  fileprivate func without(_ path: ArraySlice<String>) -> CloudValue {
    guard let first = path.first, case .object(let members) = content else { return self }
    let rest = path.dropFirst()
    let kept = members.compactMap { member -> Member? in
      guard member.name == first else { return member }
      guard !rest.isEmpty else { return nil }
      return Member(name: first, value: member.value.without(rest), location: member.location)
    }
    return CloudValue(.object(kept), at: location)
  }
}
