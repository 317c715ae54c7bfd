import CordonModel

/// A route table that sends packets out of the network.
struct InternetRoute: Route {
  let name = "internet-route"
  let path = EgressPath.tunnel
  let title = "packets from a workload's subnet leave the network by a route"
  let documentation = RouteDocumentation(
    """
    A route can end in any of eleven targets: internet, NAT, egress-only, carrier and local gateway, virtual private \
    gateway, transit gateway, core network, peering, network interface or instance, and endpoint. Each of the first ones \
    carries HTTPS, DNS to a resolver of the sender's choice, or anything else.
    """,
    closedBy: [
      "no route to such a target in any table of the network",
      "VPC block public access in both directions, without an exclusion for the network",
    ],
    notClosedBy: [
      "security groups: whoever may start a job chooses the group, and a VPC's default group lets everything out",
      "a firewall that lists domains: it sees the name that the client claims",
    ])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    guard !scene.workloads.networks.isEmpty else {
      return Judgement([.unknown("networks", "no VPC in the files: give the template that declares it")])
    }
    let blocked = PublicAccessBlock(estate)
    judgement.addNetworksElsewhere(scene)
    for network in scene.workloads.open { judge(network, blocked, estate, &judgement) }
    for network in scene.workloads.networks where network.onlyBrowser {
      for group in estate.all("AWS::EC2::SecurityGroup") where concerns(group, network, estate) {
        if group["SecurityGroupEgress"] == nil {
          judgement.lose("security group \(group.id) lists no egress", group)
        }
      }
    }
    if scene.workloads.open.isEmpty {
      judgement.add(.unknown("networks", "no network in the files in which people's code runs"))
    }
    return judgement
  }

  private func judge(
    _ network: Workloads.Network, _ blocked: PublicAccessBlock, _ estate: CloudEstate,
    _ judgement: inout Judgement
  ) {
    let tables = Set(network.routeTables.map { estate.ref($0) })
    var clean = true
    for route in estate.all("AWS::EC2::Route") {
      let table = estate.text(route, "RouteTableId")
      if let known = table.value, !tables.contains(known), estate.find(known, "AWS::EC2::RouteTable") != nil {
        continue
      }
      let target = RouteTarget(route, estate)
      guard let door = target.door(network, blocked, estate) else { continue }
      if case .closed = door.finding {} else { clean = false }
      judgement.add(door)
    }
    for door in tablesElsewhere(of: network, estate) {
      clean = false
      judgement.add(door)
    }
    for attachment in attachments(of: network, estate) {
      switch attachment.kind {
      case .gateway:
        judgement.lose("\(attachment.what) is attached: one route away from open", attachment.resource)
      case .routed:
        clean = false
        judgement.add(
          .unknown(
            "\(network.resource.id)", "\(attachment.what): what lies behind it is not in the files",
            attachment.resource))
      }
    }
    if clean {
      judgement.add(
        .closed(
          "\(network.resource.id)",
          HeldControl(
            ClosingControl(
              resource: "\(network.resource.id)", location: network.resource.location,
              layer: "no route out of the network"), .none)))
    }
    judge(depthOf: network, blocked, estate, &judgement)
  }

  /// Subnets whose routes stand in a table that the files do not show.
  private func tablesElsewhere(of network: Workloads.Network, _ estate: CloudEstate) -> [Door] {
    let subnets = Set(network.subnets.map { estate.ref($0) })
    return estate.all("AWS::EC2::SubnetRouteTableAssociation").compactMap { association in
      guard case .known(let subnet) = estate.text(association, "SubnetId"), subnets.contains(subnet),
        case .known(let table) = estate.text(association, "RouteTableId"),
        estate.find(table, "AWS::EC2::RouteTable") == nil
      else { return nil }
      return .unknown(
        "\(network.resource.id)",
        "the routes of a subnet are in \(table), which is not in the files: give the template that declares it",
        association)
    }
  }

  private struct Attachment {
    enum Kind { case gateway, routed }
    var kind: Kind
    var what: String
    var resource: CloudResource
  }

  /// What is joined to the network and could carry packets if a route pointed there, or routes by itself.
  private func attachments(of network: Workloads.Network, _ estate: CloudEstate) -> [Attachment] {
    var found: [Attachment] = []
    for resource in estate.all("AWS::EC2::VPCGatewayAttachment") where concerns(resource, network, estate) {
      let isPrivate = resource["VpnGatewayId"] != nil
      found.append(
        Attachment(
          kind: isPrivate && propagates(estate) ? .routed : .gateway,
          what: isPrivate ? "a virtual private gateway" : "an internet gateway", resource: resource))
    }
    for resource in estate.all("AWS::EC2::ClientVpnTargetNetworkAssociation", "AWS::EC2::EC2Fleet") {
      found.append(Attachment(kind: .routed, what: "a client VPN", resource: resource))
    }
    for resource in estate.all("AWS::EC2::VPCPeeringConnection") where concerns(resource, network, estate) {
      found.append(Attachment(kind: .gateway, what: "a peering connection", resource: resource))
    }
    for resource in estate.all("AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment")
    where concerns(resource, network, estate) {
      found.append(Attachment(kind: .gateway, what: "a transit gateway", resource: resource))
    }
    return found
  }

  private func propagates(_ estate: CloudEstate) -> Bool {
    !estate.all("AWS::EC2::VPNGatewayRoutePropagation").isEmpty
  }

  private func concerns(_ resource: CloudResource, _ network: Workloads.Network, _ estate: CloudEstate)
    -> Bool
  {
    for name in ["VpcId", "PeerVpcId"] {
      switch estate.text(resource, name) {
      case .known(let text): if text == network.id { return true }
      case .unknown: return true
      case .absent: break
      }
    }
    return false
  }

  /// Layers behind the routes: they close nothing alone, and their loss should be seen.
  private func judge(
    depthOf network: Workloads.Network, _ blocked: PublicAccessBlock, _ estate: CloudEstate,
    _ judgement: inout Judgement
  ) {
    if let options = blocked.resource, !blocked.holds(for: network, estate) {
      judgement.lose("block public access does not hold for \(network.resource.id)", options)
    }
    for group in estate.all("AWS::EC2::SecurityGroup") where concerns(group, network, estate) {
      if let why = SecurityGroup(group, estate).letsOut { judgement.lose(why, group) }
    }
    for entry in estate.all("AWS::EC2::NetworkAclEntry") where AccessListEntry(entry, estate).letsOut {
      judgement.lose("a network ACL entry lets everything out to the internet", entry)
    }
  }
}
