import CordonModel

/// An endpoint that asks nothing.
struct EndpointWithoutPolicyRoute: Route {
  let name = "endpoint-without-policy"
  let path = EgressPath.crossAccountCopy
  let title = "an endpoint lets any credentials reach any account"
  let documentation = RouteDocumentation(
    """
    An endpoint without a policy has AWS's default: every action, for everyone, on everything. So has one to a service that \
    reads no endpoint policies, whatever is written.
    """,
    closedBy: ["a policy on every endpoint, and no endpoint to a service that reads none"],
    notClosedBy: ["the endpoint's security group: it says which machines, not which credentials"])

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    for endpoint in scene.endpointsOfWorkloads {
      let name = "\(endpoint.resource.id)"
      switch endpoint.openness {
      case .none:
        judgement.add(
          .closed(
            name, HeldControl(endpoint.resource, layer: "endpoint policy", property: ["PolicyDocument"])))
      case .noPolicy, .serviceReadsNone:
        let short = endpoint.service.value?.short ?? "the service"
        judgement.add(
          .open(
            name,
            RouteWitness(
              "AWS_PROFILE=attacker aws \(endpoint.service.value?.prefix ?? short) help  # any call of \(short)",
              story: "Anyone with a shell in the network calls \(short) with credentials of any account.",
              fix: endpoint.fix, at: endpoint.resource, "PolicyDocument")))
      }
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("endpoints", HeldControl(absence: "no endpoint to an AWS service")))
    }
    return judgement
  }
}
