import CordonModel

/// Service networks, which carry requests from a VPC to services and resources of other VPCs and accounts.
struct LatticeRoute: Route {
  let name = "vpc-lattice"
  let path = EgressPath.tunnel
  let title = "a service network carries requests out of the VPC"
  let documentation = RouteDocumentation(
    """
    A VPC that is associated with a VPC Lattice service network, or has an endpoint to one or to a shared resource, reaches \
    whatever is registered there, now or later, by whoever may register.
    """,
    closedBy: ["no association and no such endpoint"],
    notClosedBy: ["route tables: the traffic follows none", "an auth policy that only names who may call"])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    for resource in estate.all("AWS::VpcLattice::ServiceNetworkVpcAssociation") {
      judgement.add(.unknown("\(resource.id)", "what the service network leads to is not modelled", resource))
    }
    for resource in estate.all("AWS::EC2::VPCEndpoint") {
      guard let type = estate.text(resource, "VpcEndpointType").value else { continue }
      if type == "Resource" || type == "ServiceNetwork" {
        judgement.add(
          .unknown("\(resource.id)", "what an endpoint of type \(type) leads to is not modelled", resource))
      }
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("files", HeldControl(absence: "no service network and no resource endpoint")))
    }
    return judgement
  }
}
