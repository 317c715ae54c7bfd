import CordonModel
import CordonPolicy

/// Credentials of another account, carried in and used through an endpoint of ours.
struct ForeignCredentialsRoute: Route {
  let name = "foreign-credentials"
  let path = EgressPath.crossAccountCopy
  let title = "credentials that were carried in write to their own account through an endpoint"
  let documentation = RouteDocumentation(
    """
    A key pair fits on a note. With it, every endpoint of the network is a door to the attacker's own account: an object, a \
    log event, a parameter, a message. The account it goes to allows it, because it is the attacker's.
    """,
    closedBy: [
      "an endpoint policy on every endpoint that asks who calls (aws:PrincipalOrgID, aws:PrincipalAccount)"
    ],
    notClosedBy: [
      "service control policies: they bind our principals only", "identity policies of our roles",
      "bucket policies of our buckets", "an exemption by principal tag: a stranger gives himself any tag",
    ], alone: "the endpoint's policy alone sees foreign credentials: guardrails bind our own")

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    for endpoint in scene.endpointsOfWorkloads {
      let strangers = door(endpoint, .foreign, scene)
      judgement.add(strangers)
      if strangers.isClosed, !refusesStrangers(endpoint, scene) {
        judgement.lose("the policy of \(endpoint.resource.id) does not ask who calls", endpoint.resource)
      }
      if endpoint.policy != nil, endpoint.service.value?.short == "s3" {
        judgement.add(door(endpoint, .anonymous, scene))
      }
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("endpoints", HeldControl(absence: "no endpoint to an AWS service")))
    }
    return judgement
  }

  /// Whether foreign credentials reach nothing at all through the endpoint, ours neither.
  private func refusesStrangers(_ endpoint: CloudEndpoint, _ scene: Scene) -> Bool {
    var demands = KeyDemands.of(.foreign, .endpoint(endpoint.resource), .own, scene.estate)
    demands.require("action", "StringEqualsIgnoreCase", ["sts:GetCallerIdentity"], positive: false)
    // A registry has its layers read with credentials of its own (ECR guide, vpc-endpoints), from buckets of AWS's.
    demands.require("resource", "StringLike", scene.estate.serviceBuckets, positive: false)
    let question = RequestQuestion(
      layers: [endpoint.layer], callers: scene.estate.callers(.foreign), actions: endpoint.actions,
      demands: demands)
    if case .none = scene.prover.ask(question) { return true }
    return false
  }

  private func door(_ endpoint: CloudEndpoint, _ caller: Credentials, _ scene: Scene) -> Door {
    let estate = scene.estate
    let who = if case .anonymous = caller { "unsigned requests" } else { "foreign credentials" }
    let name = "\(endpoint.resource.id), \(who)"
    if !endpoint.service.unknowns.isEmpty {
      return .unknown(name, endpoint.service.unknowns, endpoint.resource)
    }
    var demands = KeyDemands.of(caller, .endpoint(endpoint.resource), .foreign, estate)
    // IAM User Guide: no permission is needed for GetCallerIdentity, and none refuses it. It names nothing of the caller's
    // choice but its user agent.
    demands.require("action", "StringEqualsIgnoreCase", ["sts:GetCallerIdentity"], positive: false)
    demands.require("resource", "StringLike", estate.takenBuckets, positive: false)
    let question = RequestQuestion(
      layers: [endpoint.layer], callers: estate.callers(caller), actions: endpoint.actions, demands: demands)
    return scene.door(name, question, at: endpoint.resource) { found in
      let witness = scene.telling(question, found)
      return RouteWitness(
        CommandLineCall(witness.request).text(profile: who == "unsigned requests" ? nil : "attacker"),
        story: """
          Anyone with a shell in the network uses \(who) through endpoint \(endpoint.resource.id); nothing of ours is asked \
          but its policy.
          """,
        fix: endpoint.fix, at: endpoint.resource, "PolicyDocument", request: witness.request.members)
    }
  }
}

extension CloudEndpoint {
  /// What would bind the endpoint to the organisation.
  var fix: String {
    switch openness {
    case .serviceReadsNone:
      "delete the endpoint: \(service.value?.short ?? "its service") is not known to read endpoint policies"
    case .noPolicy, .none:
      "in the policy of \(resource.id), allow only with StringEquals aws:PrincipalOrgID and aws:ResourceOrgID"
    }
  }
}

extension Scene {
  /// Endpoints of networks in which people's code runs.
  var endpointsOfWorkloads: [CloudEndpoint] {
    let browsers = Set(workloads.networks.filter(\.onlyBrowser).map(\.id))
    return endpoints.filter { endpoint in
      estate.text(endpoint.resource, "VpcId").value.map { !browsers.contains($0) } ?? true
    }
  }
}
