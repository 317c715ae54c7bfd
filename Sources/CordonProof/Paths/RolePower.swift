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
  /// The doors of `power`; with no role of the files to have it, closed by that.
  mutating func add(_ power: RolePower, _ scene: Scene) {
    doors += power.doors(scene)
    if scene.roles.isEmpty {
      add(.closed("roles", HeldControl(absence: "no role whose credentials people hold")))
    }
  }
}
