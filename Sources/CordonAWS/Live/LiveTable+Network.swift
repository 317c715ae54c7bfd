import CordonModel
import CordonPolicy

// Networks and what leads out of them.
extension LiveTable {
  static let network: [LiveStep] = [
    ec2(
      "DescribeVpcs", "vpcSet",
      LiveShape(
        "AWS::EC2::VPC", id: "vpcId", .take("cidrBlock", "isDefault"),
        .copy("support.enableDnsSupport.value", "EnableDnsSupport"),
        .copy("hostnames.enableDnsHostnames.value", "EnableDnsHostnames"),
        .value("EnableDnsSupport") { $0.at("support").flatMap(LiveValue.unknown) }),
      LiveShape(
        "AWS::EC2::VPCDHCPOptionsAssociation", id: "vpcId dhcpOptionsId",
        where: { $0["dhcpOptionsId"] != nil }, .take("vpcId", "dhcpOptionsId")),
      details: [
        LiveDetail("support", attribute("enableDnsSupport")),
        LiveDetail("hostnames", attribute("enableDnsHostnames")),
      ]),
    ec2(
      "DescribeDhcpOptions", "dhcpOptionsSet",
      LiveShape(
        "AWS::EC2::DHCPOptions", id: "dhcpOptionsId",
        .value("DomainNameServers") { options in
          let servers = options.list("dhcpConfigurationSet").first {
            $0["key"]?.plain == "domain-name-servers"
          }
          return servers.map {
            .list($0.list("valueSet").compactMap { $0.at("value") }.map { LiveValue.value($0) })
          }
        })),
    ec2(
      "DescribeSubnets", "subnetSet",
      LiveShape(
        "AWS::EC2::Subnet", id: "subnetId",
        .take("vpcId", "cidrBlock", "availabilityZone", "mapPublicIpOnLaunch"))),
    ec2(
      "DescribeRouteTables", "routeTableSet",
      LiveShape("AWS::EC2::RouteTable", id: "routeTableId", .take("vpcId")),
      LiveShape(
        "AWS::EC2::Route",
        id: "parent.routeTableId destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId",
        each: "routeSet", where: { $0["gatewayId"]?.plain != "local" },
        .copy("parent.routeTableId", "RouteTableId"),
        .take(
          "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId", "gatewayId",
          "natGatewayId", "egressOnlyInternetGatewayId", "carrierGatewayId", "transitGatewayId",
          "vpcPeeringConnectionId", "networkInterfaceId", "instanceId", "coreNetworkArn", "localGatewayId")),
      LiveShape(
        "AWS::EC2::SubnetRouteTableAssociation", id: "routeTableAssociationId", each: "associationSet",
        where: { $0["subnetId"] != nil }, .take("subnetId", "routeTableId")),
      LiveShape(
        "AWS::EC2::VPNGatewayRoutePropagation", id: "parent.routeTableId gatewayId",
        each: "propagatingVgwSet", .copy("gatewayId", "VpnGatewayId"))),
    ec2(
      "DescribeSecurityGroups", "securityGroupInfo",
      LiveShape(
        "AWS::EC2::SecurityGroup", id: "groupId", .take("vpcId", "groupName"),
        .value("SecurityGroupEgress") {
          .list(SecurityRules.entries(of: $0, "ipPermissionsEgress", "Destination"))
        },
        .value("SecurityGroupIngress") { .list(SecurityRules.entries(of: $0, "ipPermissions", "Source")) }),
      hides: ["AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress"]),
    ec2(
      "DescribeNetworkAcls", "networkAclSet",
      LiveShape("AWS::EC2::NetworkAcl", id: "networkAclId", .take("vpcId")),
      LiveShape(
        "AWS::EC2::NetworkAclEntry", id: "parent.networkAclId ruleNumber egress", each: "entrySet",
        .copy("parent.networkAclId", "NetworkAclId"),
        .take("ruleNumber", "protocol", "ruleAction", "egress", "cidrBlock", "ipv6CidrBlock"),
        .copy("portRange", "PortRange")),
      LiveShape(
        "AWS::EC2::SubnetNetworkAclAssociation", id: "networkAclAssociationId", each: "associationSet",
        .take("networkAclId", "subnetId"))),
    ec2(
      "DescribeFlowLogs", "flowLogSet",
      LiveShape(
        "AWS::EC2::FlowLog", id: "flowLogId",
        .take("resourceId", "trafficType", "logDestinationType", "logDestination", "logGroupName")),
      // What cannot be written where it should is recorded nowhere.
      leavingOut: { $0["deliverLogsStatus"]?.plain == "FAILED" }),
    ec2(
      "DescribeInstances", "reservationSet",
      LiveShape(
        "AWS::EC2::Instance", id: "instanceId", each: "instancesSet",
        where: { $0.at("instanceState.name")?.plain != "terminated" }, .take("subnetId", "vpcId"))),
  ]

  private static func attribute(_ name: String) -> LiveStep {
    one(
      .ec2, "DescribeVpcAttribute", [("VpcId", "$vpcId"), ("Attribute", .text(name))],
      hides: ["AWS::EC2::VPC"])
  }

  static let gateways: [LiveStep] = [
    ec2(
      "DescribeInternetGateways", "internetGatewaySet",
      LiveShape("AWS::EC2::InternetGateway", id: "internetGatewayId"),
      LiveShape(
        "AWS::EC2::VPCGatewayAttachment", id: "parent.internetGatewayId vpcId", each: "attachmentSet",
        .take("vpcId"), .copy("parent.internetGatewayId", "InternetGatewayId"))),
    ec2(
      "DescribeEgressOnlyInternetGateways", "egressOnlyInternetGatewaySet",
      LiveShape(
        "AWS::EC2::EgressOnlyInternetGateway", id: "egressOnlyInternetGatewayId",
        .value("VpcId") { $0.list("attachmentSet").first?.at("vpcId").map { LiveValue.value($0) } })),
    ec2(
      "DescribeNatGateways", "natGatewaySet",
      LiveShape("AWS::EC2::NatGateway", id: "natGatewayId", .take("subnetId", "connectivityType")),
      leavingOut: { $0["state"]?.plain == "deleted" }),
    ec2(
      "DescribeAddresses", "addressesSet",
      LiveShape("AWS::EC2::EIP", id: "publicIp", .take("instanceId", "allocationId")), isPaged: false),
    ec2(
      "DescribeVpnGateways", "vpnGatewaySet",
      LiveShape("AWS::EC2::VPNGateway", id: "vpnGatewayId", .take("type")),
      LiveShape(
        "AWS::EC2::VPCGatewayAttachment", id: "parent.vpnGatewayId vpcId", each: "attachments",
        .take("vpcId"), .copy("parent.vpnGatewayId", "VpnGatewayId")), isPaged: false,
      leavingOut: { $0["state"]?.plain == "deleted" }),
    ec2(
      "DescribeVpcEndpoints", "vpcEndpointSet",
      LiveShape(
        "AWS::EC2::VPCEndpoint", id: "vpcEndpointId",
        .take("vpcId", "serviceName", "vpcEndpointType", "privateDnsEnabled", "serviceRegion"),
        .document("policyDocument", "PolicyDocument"),
        .copy("routeTableIdSet", "RouteTableIds"), .copy("subnetIdSet", "SubnetIds"),
        .texts("groupSet", "groupId", "SecurityGroupIds")),
      leavingOut: { ["deleted", "rejected"].contains($0["state"]?.plain?.lowercased()) }),
    ec2(
      "DescribeVpcEndpointServiceConfigurations", "serviceConfigurationSet",
      LiveShape("AWS::EC2::VPCEndpointService", id: "serviceId", .take("acceptanceRequired"))),
    ec2(
      "DescribeVpcPeeringConnections", "vpcPeeringConnectionSet",
      LiveShape(
        "AWS::EC2::VPCPeeringConnection", id: "vpcPeeringConnectionId",
        .copy("requesterVpcInfo.vpcId", "VpcId"), .copy("accepterVpcInfo.vpcId", "PeerVpcId"),
        .value("PeerOwnerId", otherOwner)),
      leavingOut: {
        ["deleted", "rejected", "failed", "expired"].contains($0.at("status.code")?.plain ?? "")
      }),
    ec2(
      "DescribeTransitGatewayAttachments", "transitGatewayAttachments",
      LiveShape(
        "AWS::EC2::TransitGatewayAttachment", id: "transitGatewayAttachmentId", .take("transitGatewayId"),
        .copy("resourceId", "VpcId")),
      hides: ["AWS::EC2::TransitGatewayVpcAttachment", "AWS::EC2::TransitGateway"],
      leavingOut: { $0["state"]?.plain == "deleted" || $0["resourceType"]?.plain != "vpc" }),
    ec2(
      "DescribeClientVpnEndpoints", "clientVpnEndpoint",
      LiveShape("AWS::EC2::ClientVpnTargetNetworkAssociation", id: "clientVpnEndpointId", .take("vpcId"))),
    blockOptions,
    ec2(
      "DescribeVpcBlockPublicAccessExclusions", "vpcBlockPublicAccessExclusionSet",
      LiveShape(
        "AWS::EC2::VPCBlockPublicAccessExclusion", id: "exclusionId",
        .take("internetGatewayExclusionMode"), .value("VpcId") { place($0, "vpc/") },
        .value("SubnetId") { place($0, "subnet/") }),
      leavingOut: { $0["state"]?.plain?.hasPrefix("delete") == true }),
  ]

  /// Whose the network at the other end is: the requester's where the accepter is ours.
  private static let otherOwner: @Sendable (JSONValue) -> CloudValue? = { peering in
    let requester = peering.at("requesterVpcInfo.ownerId")
    let accepter = peering.at("accepterVpcInfo.ownerId")
    let isOurs = accepter?.plain == peering[LiveReader.accountMark]?.plain
    return (isOurs ? requester : accepter).map { LiveValue.value($0) }
  }

  private static let blockOptions = LiveStep(
    service: .ec2, action: "DescribeVpcBlockPublicAccessOptions", list: "vpcBlockPublicAccessOptions",
    hides: ["AWS::EC2::VPCBlockPublicAccessOptions"], onlyTakesAway: true,
    isLeftOut: { ["off", nil].contains($0["internetGatewayBlockMode"]?.plain) },
    shapes: [
      LiveShape(
        "AWS::EC2::VPCBlockPublicAccessOptions", id: "block-public-access",
        .take("internetGatewayBlockMode"))
    ])

  /// `arn:aws:ec2:REGION:ACCOUNT:vpc/ID` of an exclusion.
  private static func place(_ exclusion: JSONValue, _ kind: String) -> CloudValue? {
    guard let arn = exclusion["resourceArn"]?.plain, let range = arn.firstRange(of: ":" + kind) else {
      return nil
    }
    return .text(String(arn[range.upperBound...]))
  }
}

/// EC2 groups permissions by port; templates write each range as an entry.
enum SecurityRules {
  static func entries(of group: JSONValue, _ list: String, _ other: String) -> [CloudValue] {
    group.list(list).flatMap { permission in
      let shared: [CloudValue.Member] = [
        ("ipProtocol", "IpProtocol"), ("fromPort", "FromPort"), ("toPort", "ToPort"),
      ].compactMap { path, name in
        permission.at(path).map { .init(name: name, value: LiveValue.value($0)) }
      }
      let places = [
        ("ipRanges", "cidrIp", "CidrIp"), ("ipv6Ranges", "cidrIpv6", "CidrIpv6"),
        ("prefixListIds", "prefixListId", other + "PrefixListId"),
        ("groups", "groupId", other + "SecurityGroupId"),
      ]
      return places.flatMap { list, path, name in
        permission.list(list).compactMap { $0.at(path) }.map { value in
          CloudValue(.object(shared + [.init(name: name, value: LiveValue.value(value))]))
        }
      }
    }
  }
}
