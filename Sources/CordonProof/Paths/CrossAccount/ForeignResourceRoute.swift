import CordonModel
import CordonPolicy

/// Our own credentials, used on what belongs to somebody else.
struct ForeignResourceRoute: Route {
  let name = "foreign-resource"
  let path = EgressPath.crossAccountCopy
  let title = "a role of ours writes to, or reads from, a resource of another account"
  let documentation = RouteDocumentation(
    """
    A foreign bucket's owner lets our role write to it. Names are global: whatever a wildcard admits and nobody owns, anyone \
    can create. Reading carries data as well, in keys and prefixes that the owner finds in the access log.
    """,
    closedBy: [
      "an endpoint policy that asks whose resource it is (aws:ResourceOrgID, aws:ResourceAccount)",
      "an identity policy, boundary or service control policy that names our resources only, or asks the same",
    ],
    notClosedBy: [
      "a bucket-name prefix or suffix: anyone creates a matching bucket", "aws:PrincipalOrgID alone",
      "policies of our own buckets", "resource control policies: they bind our resources",
    ])

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    let taken = KeyDemands.part(scene.estate) {
      $0.require("resource", "StringLike", scene.estate.takenBuckets, positive: false)
    }
    for endpoint in scene.endpointsOfWorkloads {
      for role in scene.roles { ask(role, endpoint, taken, scene, &judgement) }
    }
    if scene.endpointsOfWorkloads.isEmpty {
      judgement.add(.closed("files", HeldControl(absence: "no endpoint to an AWS service")))
    } else {
      judgement.addUnseenRoles(scene)
    }
    return judgement
  }

  private func ask(
    _ role: HeldRole, _ endpoint: CloudEndpoint, _ taken: DemandPart, _ scene: Scene,
    _ judgement: inout Judgement
  ) {
    let estate = scene.estate
    let name = "\(role.resource.id) through \(endpoint.resource.id)"
    guard let service = endpoint.service.value, let prefix = service.prefix else {
      judgement.add(
        .unknown(name, "what can be called through \(endpoint.resource.id) is not known", endpoint.resource))
      return
    }
    let demands = KeyDemands.demands(
      of: role, .endpoint(endpoint.resource), .foreign, estate, and: taken)
    let question = RequestQuestion(
      layers: [endpoint.layer] + role.layers(scene), callers: estate.callers(.own(role)),
      actions: ["\(prefix):*"],
      resources: estate.foreignResources(prefix), demands: demands)
    let door = scene.door(name, question, at: role.resource) { found in
      let witness = scene.telling(question, found)
      return RouteWitness(
        CommandLineCall(witness.request).text(),
        story: """
          Whoever holds the credentials of \(role.resource.id) uses them through \(endpoint.resource.id) on a resource of the \
          attacker's account, whose owner lets it.
          """,
        fix: endpoint.fix, at: endpoint.resource, "PolicyDocument", request: witness.request.members)
    }
    if case .closed = door.finding {
      for (policy, layer) in scene.leaks(question, among: [.endpoint]) {
        judgement.lose(
          "the \(layer.title) \(policy.name) would let \(role.resource.id) reach foreign resources",
          endpoint.resource)
      }
    }
    judgement.add(door)
  }
}

extension CloudEstate {
  /// An account that is the attacker's: none of the files.
  var attackerAccount: String { account == "999988887777" ? "888877776666" : "999988887777" }

  /// Patterns of resources of the attacker's, of the service called `prefix`.
  func foreignResources(_ prefix: String) -> [String] {
    let start = "arn:\(standIn.partition)"
    switch prefix {
    case "s3": return ["\(start):s3:::*"]
    case "sts": return ["\(start):iam::\(attackerAccount):*"]
    default: return ["\(start):\(prefix):*:\(attackerAccount):*"]
    }
  }
}
