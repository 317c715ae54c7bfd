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
    let prefixes = Set(actions.compactMap { $0.split(separator: ":").first.map(String.init) })
    return scene.roles.flatMap { role -> [Door] in
      if entrances == .outsideOnly {
        return [Entrance.outside, .foreignEndpoint].flatMap { doors(role, $0, nil, scene) }
      }
      let ways = scene.endpointsOfWorkloads.filter {
        $0.service.value?.prefix.map(prefixes.contains) ?? false
      }
      return doors(role, .direct, nil, scene)
        + ways.flatMap { doors(role, .endpoint($0.resource), $0, scene) }
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
    isRefused(by: [LayerReading(.identity, policies: role.identity)], to: role, scene)
  }

  /// Whether `layers` alone refuse it, from anywhere or to who comes by `entrance`.
  func isRefused(
    by layers: [LayerReading], to role: HeldRole, from entrance: Entrance = .anywhere, _ scene: Scene
  ) -> Bool {
    var keys = KeyDemands.of(.own(role), entrance, .own, scene.estate)
    for demand in demands {
      keys.require(
        demand.key, demand.operation, demand.values, positive: demand.positive, present: demand.present)
    }
    for key in absent { keys.remove(key) }
    let question = RequestQuestion(
      layers: layers, callers: scene.estate.callers(.own(role)), actions: actions, demands: keys,
      resourceAccount: scene.estate.account)
    return scene.prover.rulesOut(question)
  }

  /// The door by the role's own policies, and one for each policy of a resource that grants it something.
  private func doors(_ role: HeldRole, _ entrance: Entrance, _ endpoint: CloudEndpoint?, _ scene: Scene)
    -> [Door]
  {
    let estate = scene.estate
    var keys = KeyDemands.of(.own(role), entrance, .own, estate)
    for demand in demands {
      keys.require(
        demand.key, demand.operation, demand.values, positive: demand.positive, present: demand.present)
    }
    for key in absent { keys.remove(key) }
    var asked = actions
    if let prefix = endpoint?.service.value?.prefix { asked = actions.filter { $0.hasPrefix("\(prefix):") } }
    let way = endpoint.map { " through \($0.resource.id)" } ?? ""
    let passed = endpoint.map { [$0.layer] } ?? []
    let question = RequestQuestion(
      layers: role.layers(scene) + passed, callers: estate.callers(.own(role)), actions: asked, demands: keys,
      resourceAccount: estate.account)
    let own = door("\(role.resource.id)\(way)", question, role, granter: role.resource, scene)
    return [own]
      + scene.grants(to: role).compactMap { grant, ways in
        let concerned = asked.filter { $0.hasPrefix("\(grant.service):") }
        guard !concerned.isEmpty else { return nil }
        let question = RequestQuestion(
          layers: scene.denials(of: grant, role) + passed, grants: ways, callers: estate.callers(.own(role)),
          actions: concerned, demands: keys, resourceAccount: estate.account)
        return door(
          "\(role.resource.id)\(way), by the policy of \(grant.holder.id)", question, role,
          granter: grant.holder, scene)
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

  /// What a request of `role` that `grant` lets through meets beside it.
  func denials(of grant: ResourceGrant, _ role: HeldRole) -> [LayerReading] {
    [LayerReading(.resource, policies: [grant.reading], needsAllow: false)] + role.denials(self)
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
