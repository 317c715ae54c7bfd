import CordonModel

// Networks, their gateways and the doors in them (Terraform AWS provider, "VPC"; CloudFormation, AWS::EC2).
extension PlanMapping {
  static let network: [String: PlanMapping] = [
    "aws_vpc": .to(
      "AWS::EC2::VPC", .copy("cidr_block", "CidrBlock"), .copy("enable_dns_support", "EnableDnsSupport"),
      .copy("enable_dns_hostnames", "EnableDnsHostnames"), .copy("instance_tenancy", "InstanceTenancy"), tags),
    "aws_default_vpc": .to("AWS::EC2::VPC", .copy("enable_dns_support", "EnableDnsSupport"), tags),
    "aws_vpc_ipv4_cidr_block_association": .to(
      "AWS::EC2::VPCCidrBlock", .link("vpc_id", "VpcId"), .copy("cidr_block", "CidrBlock")),
    "aws_vpc_ipv6_cidr_block_association": .to(
      "AWS::EC2::VPCCidrBlock", .link("vpc_id", "VpcId"), .copy("ipv6_cidr_block", "Ipv6CidrBlock")),
    "aws_subnet": .to(
      "AWS::EC2::Subnet", .link("vpc_id", "VpcId"), .copy("cidr_block", "CidrBlock"),
      .copy("ipv6_cidr_block", "Ipv6CidrBlock"), .copy("availability_zone", "AvailabilityZone"),
      .copy("map_public_ip_on_launch", "MapPublicIpOnLaunch"),
      .copy("assign_ipv6_address_on_creation", "AssignIpv6AddressOnCreation"), tags),
    "aws_route_table": .several { block in
      let table = PlanProduct("AWS::EC2::RouteTable", block, .link("vpc_id", "VpcId"), tags)
      return [table] + inlineRoutes(block)
    },
    "aws_default_route_table": .several { block in
      let table = PlanProduct(
        "AWS::EC2::RouteTable", block, .value("VpcId") { mainTableVPC($0) }, .constant("Default", "true"),
        tags)
      return [table] + inlineRoutes(block)
    },
    "aws_route": PlanMapping(
      outcome: .resource("AWS::EC2::Route"),
      rules: [.link("route_table_id", "RouteTableId")] + destination + target),
    "aws_route_table_association": .several { block in
      if block.value("gateway_id") != nil {
        return [
          PlanProduct(
            "AWS::EC2::GatewayRouteTableAssociation", block, .link("route_table_id", "RouteTableId"),
            .link("gateway_id", "GatewayId"))
        ]
      }
      return [
        PlanProduct(
          "AWS::EC2::SubnetRouteTableAssociation", block, .link("route_table_id", "RouteTableId"),
          .link("subnet_id", "SubnetId"))
      ]
    },
    "aws_security_group": .several { block in
      [
        PlanProduct(
          "AWS::EC2::SecurityGroup", block, .copy("description", "GroupDescription"),
          .link("vpc_id", "VpcId"),
          .value("SecurityGroupIngress") { groupRules("ingress", of: $0) },
          .value("SecurityGroupEgress") { groupRules("egress", of: $0) ?? nothing(at: $0.resource.location) },
          tags)
      ]
    },
    "aws_default_security_group": .several { block in
      [
        PlanProduct(
          "AWS::EC2::SecurityGroup", block, .link("vpc_id", "VpcId"), .constant("GroupName", "default"),
          .value("SecurityGroupIngress") { groupRules("ingress", of: $0) },
          .value("SecurityGroupEgress") { groupRules("egress", of: $0) ?? nothing(at: $0.resource.location) },
          tags)
      ]
    },
    "aws_security_group_rule": .several { block in
      let isEgress = block.text("type") == "egress"
      let type = isEgress ? "AWS::EC2::SecurityGroupEgress" : "AWS::EC2::SecurityGroupIngress"
      return groupRuleElements(block, isEgress: isEgress).enumerated().map { index, rule in
        var product = PlanProduct(
          type, block, .link("security_group_id", "GroupId"), suffix: index == 0 ? "" : "#\(index)")
        product.properties = joined(product.properties, rule)
        return product
      }
    },
    "aws_vpc_security_group_egress_rule": .to(
      "AWS::EC2::SecurityGroupEgress", .link("security_group_id", "GroupId"),
      .copy("ip_protocol", "IpProtocol"),
      .copy("from_port", "FromPort"), .copy("to_port", "ToPort"), .copy("cidr_ipv4", "CidrIp"),
      .copy("cidr_ipv6", "CidrIpv6"), .link("prefix_list_id", "DestinationPrefixListId"),
      .link("referenced_security_group_id", "DestinationSecurityGroupId")),
    "aws_vpc_security_group_ingress_rule": .to(
      "AWS::EC2::SecurityGroupIngress", .link("security_group_id", "GroupId"),
      .copy("ip_protocol", "IpProtocol"),
      .copy("from_port", "FromPort"), .copy("to_port", "ToPort"), .copy("cidr_ipv4", "CidrIp"),
      .copy("cidr_ipv6", "CidrIpv6"), .link("prefix_list_id", "SourcePrefixListId"),
      .link("referenced_security_group_id", "SourceSecurityGroupId")),
    "aws_network_acl": .several { block in
      let acl = PlanProduct("AWS::EC2::NetworkAcl", block, .link("vpc_id", "VpcId"), tags)
      return [acl] + inlineEntries(block) + inlineAssociations(block)
    },
    "aws_network_acl_rule": PlanMapping(
      outcome: .resource("AWS::EC2::NetworkAclEntry"),
      rules: [
        .link("network_acl_id", "NetworkAclId"), .copy("rule_number", "RuleNumber"),
        .copy("egress", "Egress"),
        protocolNumber, .copy("rule_action", "RuleAction"), .copy("cidr_block", "CidrBlock"),
        .copy("ipv6_cidr_block", "Ipv6CidrBlock"),
        .group("PortRange", .copy("from_port", "From"), .copy("to_port", "To")),
      ]),
    "aws_network_acl_association": .to(
      "AWS::EC2::SubnetNetworkAclAssociation", .link("network_acl_id", "NetworkAclId"),
      .link("subnet_id", "SubnetId")),
    "aws_vpc_dhcp_options": .to(
      "AWS::EC2::DHCPOptions", .copy("domain_name", "DomainName"),
      .copy("domain_name_servers", "DomainNameServers")),
    "aws_vpc_dhcp_options_association": .to(
      "AWS::EC2::VPCDHCPOptionsAssociation", .link("vpc_id", "VpcId"),
      .link("dhcp_options_id", "DhcpOptionsId")),
    "aws_ec2_managed_prefix_list": .to(
      "AWS::EC2::PrefixList", .copy("name", "PrefixListName"), .copy("address_family", "AddressFamily"),
      .copy("max_entries", "MaxEntries"),
      .blocks("entry", "Entries", .copy("cidr", "Cidr"), .copy("description", "Description"))),
    "aws_ec2_managed_prefix_list_entry": .part(
      of: "prefix_list_id", .element("Entries", .copy("cidr", "Cidr"), .copy("description", "Description"))),
    "aws_flow_log": .to(
      "AWS::EC2::FlowLog", .link("vpc_id", "ResourceId"), .copy("traffic_type", "TrafficType"),
      .copy("log_destination_type", "LogDestinationType"), .link("log_destination", "LogDestination"),
      .link("iam_role_arn", "DeliverLogsPermissionArn")),
    "aws_network_interface": .to(
      "AWS::EC2::NetworkInterface", .link("subnet_id", "SubnetId"), .links("security_groups", "GroupSet")),
    "aws_instance": .to(
      "AWS::EC2::Instance", .link("subnet_id", "SubnetId"),
      .links("vpc_security_group_ids", "SecurityGroupIds"),
      .copy("associate_public_ip_address", "AssociatePublicIpAddress"),
      .link("iam_instance_profile", "IamInstanceProfile"), .copy("user_data", "UserData")),
  ]

  static let tags = PlanRule.value("Tags") { block in
    guard let members = block.value("tags")?.members, !members.isEmpty else { return nil }
    let elements = members.map { member in
      CloudValue(
        .object([
          .init(name: "Key", value: CloudValue(.string(member.name), at: member.location)),
          .init(name: "Value", value: member.value),
        ]), at: member.location)
    }
    return CloudValue(.list(elements), at: block.place("tags"))
  }

  /// CloudFormation numbers protocols in access lists where Terraform names them (IANA protocol numbers).
  static let protocolNumber = PlanRule.value("Protocol") { block in
    guard let value = block.value("protocol"), let text = value.plainText else {
      return block.value("protocol")
    }
    let numbers = ["all": "-1", "tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"]
    return CloudValue(.string(numbers[text.lowercased()] ?? text), at: value.location)
  }

  static let destination: [PlanRule] = [
    .copy("destination_cidr_block", "DestinationCidrBlock"),
    .copy("destination_ipv6_cidr_block", "DestinationIpv6CidrBlock"),
    .link("destination_prefix_list_id", "DestinationPrefixListId"),
  ]

  static let inlineDestination: [PlanRule] = [
    .copy("cidr_block", "DestinationCidrBlock"), .copy("ipv6_cidr_block", "DestinationIpv6CidrBlock"),
    .link("destination_prefix_list_id", "DestinationPrefixListId"),
  ]

  static let target: [PlanRule] = [
    .link("gateway_id", "GatewayId"), .link("nat_gateway_id", "NatGatewayId"),
    .link("transit_gateway_id", "TransitGatewayId"),
    .link("vpc_peering_connection_id", "VpcPeeringConnectionId"),
    .link("egress_only_gateway_id", "EgressOnlyInternetGatewayId"),
    .link("network_interface_id", "NetworkInterfaceId"), .link("vpc_endpoint_id", "VpcEndpointId"),
    .link("core_network_arn", "CoreNetworkArn"), .link("local_gateway_id", "LocalGatewayId"),
    .link("carrier_gateway_id", "CarrierGatewayId"),
  ]

  /// The routes in a table's own block. Terraform writes what is left out as empty text.
  private static func inlineRoutes(_ block: PlanBlock) -> [PlanProduct] {
    block.blocks("route").enumerated().map { index, route in
      var product = PlanProduct("AWS::EC2::Route", block, suffix: ".route[\(index)]")
      let table = CloudValue(.reference(CloudReference(block.resource.id)), at: block.resource.location)
      let own = PlanRule.object(inlineDestination + target, of: route)
      product.properties = joined(
        CloudValue(.object([.init(name: "RouteTableId", value: table)]), at: own.location), written(own))
      return product
    }
  }

  private static func mainTableVPC(_ block: PlanBlock) -> CloudValue? {
    guard let link = block.link("default_route_table_id") else { return block.link("vpc_id") }
    guard case .reference(let reference) = link.content else { return block.link("vpc_id") ?? link }
    return CloudValue(.reference(CloudReference(reference.resource)), at: link.location)
  }

  /// An object without members of empty text.
  static func written(_ value: CloudValue) -> CloudValue {
    let members = (value.members ?? []).filter { $0.value.content != .string("") }
    return CloudValue(.object(members), at: value.location)
  }

  static func joined(_ left: CloudValue, _ right: CloudValue) -> CloudValue {
    CloudValue(.object((left.members ?? []) + (right.members ?? [])), at: left.location)
  }

  /// Terraform takes a new group's default rule away, which CloudFormation leaves: "nothing" must be said.
  private static func nothing(at place: Location) -> CloudValue {
    let rule: [CloudValue.Member] = [
      .init(name: "IpProtocol", value: CloudValue(.string("-1"), at: place)),
      .init(name: "CidrIp", value: CloudValue(.string("127.0.0.1/32"), at: place)),
    ]
    return CloudValue(.list([CloudValue(.object(rule), at: place)]), at: place)
  }

  private static func groupRules(_ name: String, of block: PlanBlock) -> CloudValue? {
    let isEgress = name == "egress"
    let rules = block.blocks(name).flatMap { groupRuleElements($0, isEgress: isEgress) }
    guard rules.isEmpty else { return CloudValue(.list(rules), at: block.place(name)) }
    guard let value = block.value(name), case .unknown = value.content else { return nil }
    return value
  }

  /// One rule for every range, list and group that a Terraform rule names at once.
  private static func groupRuleElements(_ block: PlanBlock, isEgress: Bool) -> [CloudValue] {
    let side = isEgress ? "Destination" : "Source"
    var ends: [CloudValue.Member] = []
    func add(_ attribute: String, _ property: String) {
      guard let value = block.links(attribute) else { return }
      for element in value.elements ?? [value] { ends.append(.init(name: property, value: element)) }
    }
    add("cidr_blocks", "CidrIp")
    add("ipv6_cidr_blocks", "CidrIpv6")
    add("prefix_list_ids", "\(side)PrefixListId")
    add("security_groups", "\(side)SecurityGroupId")
    add("source_security_group_id", "\(side)SecurityGroupId")
    if block.value("self")?.plainText == "true" {
      let own = CloudValue(.reference(CloudReference(block.resource.id)), at: block.place("self"))
      let group = block.link("security_group_id") ?? own
      ends.append(.init(name: "\(side)SecurityGroupId", value: group))
    }
    // A rule whose other end the plan does not show is a rule all the same.
    if ends.isEmpty { ends.append(.init(name: "CidrIp", value: block.open("cidr_blocks"))) }
    let common = PlanRule.object(
      [.copy("protocol", "IpProtocol"), .copy("from_port", "FromPort"), .copy("to_port", "ToPort")], of: block
    )
    return ends.map { end in
      CloudValue(
        .object((common.members ?? []) + [end]), at: block.values.location ?? block.resource.location)
    }
  }

  private static func inlineEntries(_ block: PlanBlock) -> [PlanProduct] {
    ["ingress", "egress"].flatMap { side in
      block.blocks(side).enumerated().map { index, entry in
        var product = PlanProduct("AWS::EC2::NetworkAclEntry", block, suffix: ".\(side)[\(index)]")
        let acl = CloudValue(.reference(CloudReference(block.resource.id)), at: block.resource.location)
        let own = PlanRule.object(
          [
            .copy("rule_no", "RuleNumber"), protocolNumber, .copy("action", "RuleAction"),
            .copy("cidr_block", "CidrBlock"), .copy("ipv6_cidr_block", "Ipv6CidrBlock"),
            .group("PortRange", .copy("from_port", "From"), .copy("to_port", "To")),
          ], of: entry)
        let first: [CloudValue.Member] = [
          .init(name: "NetworkAclId", value: acl),
          .init(name: "Egress", value: CloudValue(.bool(side == "egress"), at: own.location)),
        ]
        product.properties = joined(CloudValue(.object(first), at: own.location), written(own))
        return product
      }
    }
  }

  private static func inlineAssociations(_ block: PlanBlock) -> [PlanProduct] {
    guard let subnets = block.links("subnet_ids") else { return [] }
    return (subnets.elements ?? [subnets]).enumerated().map { index, subnet in
      var product = PlanProduct("AWS::EC2::SubnetNetworkAclAssociation", block, suffix: ".subnet[\(index)]")
      let acl = CloudValue(.reference(CloudReference(block.resource.id)), at: block.resource.location)
      product.properties = CloudValue(
        .object([.init(name: "NetworkAclId", value: acl), .init(name: "SubnetId", value: subnet)]),
        at: subnet.location)
      return product
    }
  }
}
