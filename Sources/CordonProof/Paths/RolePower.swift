import CordonModel
import CordonPolicy

/// What a role of ours might be able to do, and what would follow.
struct RolePower {
  /// The actions, as patterns.
  var actions: [String]
  /// What whoever may call one of them can do.
  var consequence: String
  /// Further demands on the request.
  var demands: [(key: String, operation: String, values: [String], positive: Bool, present: Bool)] = []
  /// Keys that the request leaves out.
  var absent: [String] = []
  /// Where the request comes from, where that matters.
  var entrances: Entrances = .all

  enum Entrances { case all, outsideOnly }

  /// Doors of every role that might have it.
  func doors(_ scene: Scene) -> [Door] {
    let ways = ways(scene)
    let more = more(scene)
    return scene.roles.flatMap { role in ways.flatMap { doors(role, $0, more, scene) } }
  }

  /// A way in, with the actions that can be called by it.
  private struct Way {
    let entrance: Entrance
    /// The endpoint's policy, where it is one.
    let passed: [LayerReading]
    /// As names of doors say it.
    let text: String
    let actions: AskedTexts
    /// The actions of services whose resources have policies of their own.
    let actionsByService: [String: AskedTexts]

    init(_ entrance: Entrance, _ endpoint: CloudEndpoint?, _ actions: [String], _ services: Set<String>) {
      var asked = actions
      if let prefix = endpoint?.service.value?.prefix {
        asked = actions.filter { $0.hasPrefix("\(prefix):") }
      }
      self.entrance = entrance
      passed = endpoint.map { [$0.layer] } ?? []
      text = endpoint.map { " through \($0.resource.id)" } ?? ""
      self.actions = AskedTexts(asked)
      var actionsByService: [String: AskedTexts] = [:]
      for service in services {
        let concerned = asked.filter { $0.hasPrefix("\(service):") }
        if !concerned.isEmpty { actionsByService[service] = AskedTexts(concerned) }
      }
      self.actionsByService = actionsByService
    }
  }

  private func ways(_ scene: Scene) -> [Way] {
    let services = Set(scene.resourceGrants.map(\.service))
    if entrances == .outsideOnly {
      return [Entrance.outside, .foreignEndpoint].map { Way($0, nil, actions, services) }
    }
    let prefixes = Set(actions.compactMap { $0.split(separator: ":").first.map(String.init) })
    let endpoints = scene.endpointsOfWorkloads.filter {
      $0.service.value?.prefix.map(prefixes.contains) ?? false
    }
    return [Way(.direct, nil, actions, services)]
      + endpoints.map { Way(.endpoint($0.resource), $0, actions, services) }
  }

  /// What is demanded of the request beside what follows from who makes it, and how.
  private func more(_ scene: Scene) -> DemandPart? {
    guard !demands.isEmpty || !absent.isEmpty else { return nil }
    return KeyDemands.part(scene.estate) { keys in
      for demand in demands {
        keys.require(
          demand.key, demand.operation, demand.values, positive: demand.positive, present: demand.present)
      }
      for key in absent { keys.remove(key) }
    }
  }

  /// The same for isolated jobs as well.
  var isolatedOrNot: RolePower {
    var copy = self
    copy.demands.removeAll { $0.key == "sagemaker:NetworkIsolation" }
    return copy
  }

  /// Whether the role's own policies refuse it, whatever the guardrails above say.
  func isRefused(to role: HeldRole, _ scene: Scene) -> Bool {
    isRefused(by: [role.allowing], to: role, scene)
  }

  /// Whether `layers` alone refuse it, from anywhere or to who comes by `entrance`.
  func isRefused(
    by layers: [LayerReading], to role: HeldRole, from entrance: Entrance = .anywhere, _ scene: Scene
  ) -> Bool {
    let demands = KeyDemands.demands(of: role, entrance, .own, scene.estate).and(more(scene))
    let question = RequestQuestion(
      layers: layers, callers: scene.estate.callers(.own(role)), actions: actions, demands: demands,
      resourceAccount: scene.estate.account)
    return scene.prover.rulesOut(question)
  }

  /// The door by the role's own policies, and one for each policy of a resource that grants it something.
  private func doors(_ role: HeldRole, _ way: Way, _ more: DemandPart?, _ scene: Scene) -> [Door] {
    let estate = scene.estate
    let demands = KeyDemands.demands(of: role, way.entrance, .own, estate, and: more)
    let callers = estate.callers(.own(role))
    let question = RequestQuestion(
      layers: role.layers(scene) + way.passed, callers: callers, actions: way.actions, demands: demands,
      resourceAccount: estate.account)
    let own = door("\(role.resource.id)\(way.text)", question, role, granter: role.resource, scene)
    return [own]
      + scene.grants(to: role).compactMap { granted in
        guard let concerned = way.actionsByService[granted.grant.service] else { return nil }
        let question = RequestQuestion(
          layers: granted.denials + way.passed, grants: granted.ways, callers: callers, actions: concerned,
          demands: demands, resourceAccount: estate.account)
        let holder = granted.grant.holder
        return door(
          "\(role.resource.id)\(way.text), by the policy of \(holder.id)", question, role, granter: holder,
          scene)
      }
  }

  private func door(
    _ name: String, _ question: RequestQuestion, _ role: HeldRole, granter: CloudResource, _ scene: Scene
  ) -> Door {
    scene.door(name, question, at: granter) { witness in
      RouteWitness(
        CommandLineCall(witness.request).text(),
        story:
          "Whoever holds the credentials of \(role.resource.id) may call \(witness.request.action): \(consequence)",
        fix: "deny \(witness.request.action) to \(role.resource.id), best in a service control policy",
        at: granter, request: witness.request.members)
    }
  }
}

extension Scene {
  /// The first service control policy, to which what none of them denies is reported.
  var guardrail: CloudResource? {
    serviceControls.first?.policies.first?.resource.flatMap { estate.resource($0) }
  }
}

extension Judgement {
  /// The doors of `power`, one a role; a role that the files use and do not show may have any power.
  mutating func add(_ power: RolePower, _ scene: Scene) {
    doors += power.doors(scene)
    addUnseenRoles(scene)
  }

  /// Reports where the files have guardrails and none of them denies `actions`, whatever a role's own policies say.
  mutating func loseUnlessGuarded(_ what: String, _ actions: [String], _ scene: Scene) {
    guard let guardrail = scene.guardrail, let role = scene.roles.first else { return }
    let power = RolePower(actions: actions, consequence: "")
    if !power.isRefused(by: scene.serviceControls, to: role, scene) {
      lose("no service control policy denies \(what)", guardrail)
    }
  }

  /// Whose rights are not in the files.
  mutating func addUnseenRoles(_ scene: Scene) {
    for (resource, text) in scene.unseenRoles {
      add(
        .unknown(
          "\(resource.id)", "role \(text) is not in the files: give the template that declares it", resource))
    }
    if scene.roles.isEmpty, scene.unseenRoles.isEmpty {
      add(
        .unknown(
          "roles",
          "no role that people or their code hold is in the files: give the template that declares it"))
    }
  }
}
