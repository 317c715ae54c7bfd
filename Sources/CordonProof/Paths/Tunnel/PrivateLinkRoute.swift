import CordonModel

/// An endpoint to a service that is not AWS's.
struct PrivateLinkRoute: Route {
  let name = "private-link"
  let path = EgressPath.tunnel
  let title = "an endpoint leads to a service of another account"
  let documentation = RouteDocumentation(
    """
    An interface endpoint can lead to any endpoint service, of any account: whatever listens there receives what is sent. \
    An endpoint policy does not bind it.
    """,
    closedBy: ["no endpoint to a service that is not AWS's"],
    notClosedBy: ["an endpoint policy: only AWS's services read one", "private addresses at both ends"])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    for resource in estate.all("AWS::EC2::VPCEndpoint") {
      if let door = door(resource, estate) { judgement.add(door) }
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("endpoints", HeldControl(absence: "no endpoint to a service that is not AWS's")))
    }
    return judgement
  }

  private func door(_ endpoint: CloudResource, _ estate: CloudEstate) -> Door? {
    let name = "\(endpoint.id)"
    switch estate.text(endpoint, "VpcEndpointType") {
    case .known("Resource"), .known("ServiceNetwork"): return nil
    case .unknown(let parts): return .unknown(name, parts, endpoint)
    case .known, .absent: break
    }
    switch estate.text(endpoint, "ServiceName") {
    case .unknown(let parts): return .unknown(name, parts, endpoint)
    case .absent: return .unknown(name, "the service of \(endpoint.id) is not given", endpoint)
    case .known(let service):
      guard EndpointService(service).isForeign else { return nil }
      let trusted = estate.stated["trusted-services"].map { $0.split(separator: ",").map(String.init) } ?? []
      if trusted.contains(service) {
        return .closed(
          name, HeldControl(endpoint, layer: "stated: \(service) is yours", property: ["ServiceName"]))
      }
      if !estate.all("AWS::EC2::VPCEndpointService").isEmpty {
        return .unknown(name, "what answers behind \(service) is not modelled", endpoint)
      }
      return .unknown(
        name, "who owns \(service) is not in the files: if it is yours, --assume trusted-services=\(service)",
        endpoint)
    }
  }
}
