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
      if entrances == .outsideOnly { return [door(role, .outside, nil, scene)] }
      let ways = scene.endpointsOfWorkloads.filter {
        $0.service.value?.prefix.map(prefixes.contains) ?? false
      }
      return [door(role, .direct, nil, scene)] + ways.map { door(role, .endpoint($0.resource), $0, scene) }
    }
  }

  /// Whether the role's own policies refuse it, whatever the guardrails above say.
  func isRefused(to role: HeldRole, _ scene: Scene) -> Bool {
    var keys = KeyDemands.of(.own(role), .anywhere, .own, scene.estate)
    for demand in demands {
      keys.require(
        demand.key, demand.operation, demand.values, positive: demand.positive, present: demand.present)
    }
    for key in absent { keys.remove(key) }
    let question = RequestQuestion(
      layers: [LayerReading(.identity, policies: role.identity)], callers: scene.estate.callers(.own(role)),
      actions: actions, demands: keys, resourceAccount: scene.estate.account)
    if case .none = scene.prover.ask(question) { return true }
    return false
  }

  private func door(_ role: HeldRole, _ entrance: Entrance, _ endpoint: CloudEndpoint?, _ scene: Scene)
    -> Door
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
    let question = RequestQuestion(
      layers: role.layers(scene) + (endpoint.map { [$0.layer] } ?? []), callers: estate.callers(.own(role)),
      actions: asked, demands: keys, resourceAccount: estate.account)
    let way = endpoint.map { " through \($0.resource.id)" } ?? ""
    return scene.door("\(role.resource.id)\(way)", question, at: role.resource) { witness in
      RouteWitness(
        CommandLineCall(witness.request).text(),
        story:
          "Whoever holds the credentials of \(role.resource.id) may call \(witness.request.action): \(consequence)",
        fix: "deny \(witness.request.action) to \(role.resource.id), best in a service control policy",
        at: role.resource, request: witness.request.members)
    }
  }
}

extension Judgement {
  /// The doors of `power`, one a role; a role that the files use and do not show may have any power.
  mutating func add(_ power: RolePower, _ scene: Scene) {
    doors += power.doors(scene)
    addUnseenRoles(scene)
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
