import CordonModel

// What a network is joined to, and the endpoints in it.
extension PlanMapping {
  static let gateways: [String: PlanMapping] = [
    "aws_internet_gateway": .several { gateway($0, "AWS::EC2::InternetGateway", "InternetGatewayId") },
    "aws_internet_gateway_attachment": .to(
      "AWS::EC2::VPCGatewayAttachment", .link("vpc_id", "VpcId"),
      .link("internet_gateway_id", "InternetGatewayId")),
    "aws_vpn_gateway": .several { gateway($0, "AWS::EC2::VPNGateway", "VpnGatewayId") },
    "aws_vpn_gateway_attachment": .to(
      "AWS::EC2::VPCGatewayAttachment", .link("vpc_id", "VpcId"), .link("vpn_gateway_id", "VpnGatewayId")),
    "aws_vpn_connection": .to(
      "AWS::EC2::VPNConnection", .link("vpn_gateway_id", "VpnGatewayId"),
      .link("transit_gateway_id", "TransitGatewayId"),
      .link("customer_gateway_id", "CustomerGatewayId")),
    "aws_customer_gateway": .to("AWS::EC2::CustomerGateway", .copy("ip_address", "IpAddress")),
    "aws_nat_gateway": .to(
      "AWS::EC2::NatGateway", .link("subnet_id", "SubnetId"), .link("allocation_id", "AllocationId"),
      .copy("connectivity_type", "ConnectivityType")),
    "aws_eip": .to("AWS::EC2::EIP", .copy("domain", "Domain"), .copy("public_ip", "PublicIp"), tags),
    "aws_egress_only_internet_gateway": .to("AWS::EC2::EgressOnlyInternetGateway", .link("vpc_id", "VpcId")),
    "aws_ec2_carrier_gateway": .to("AWS::EC2::CarrierGateway", .link("vpc_id", "VpcId")),
    "aws_ec2_transit_gateway": .to("AWS::EC2::TransitGateway", .copy("description", "Description")),
    "aws_ec2_transit_gateway_vpc_attachment": .to(
      "AWS::EC2::TransitGatewayAttachment", .link("vpc_id", "VpcId"), .links("subnet_ids", "SubnetIds"),
      .link("transit_gateway_id", "TransitGatewayId")),
    "aws_ec2_transit_gateway_route": .to(
      "AWS::EC2::TransitGatewayRoute", .copy("destination_cidr_block", "DestinationCidrBlock"),
      .link("transit_gateway_route_table_id", "TransitGatewayRouteTableId"),
      .link("transit_gateway_attachment_id", "TransitGatewayAttachmentId")),
    "aws_vpc_peering_connection": .to(
      "AWS::EC2::VPCPeeringConnection", .link("vpc_id", "VpcId"), .link("peer_vpc_id", "PeerVpcId"),
      .copy("peer_owner_id", "PeerOwnerId"), .copy("peer_region", "PeerRegion")),
    "aws_vpc_block_public_access_options": .to(
      "AWS::EC2::VPCBlockPublicAccessOptions",
      .copy("internet_gateway_block_mode", "InternetGatewayBlockMode")),
    "aws_vpc_block_public_access_exclusion": .to(
      "AWS::EC2::VPCBlockPublicAccessExclusion", .link("vpc_id", "VpcId"), .link("subnet_id", "SubnetId"),
      .copy("internet_gateway_exclusion_mode", "InternetGatewayExclusionMode")),
  ]

  static let doors: [String: PlanMapping] = [
    "aws_vpc_endpoint": .to(
      "AWS::EC2::VPCEndpoint", .link("vpc_id", "VpcId"), .copy("service_name", "ServiceName"),
      .copy("service_region", "ServiceRegion"), .copy("vpc_endpoint_type", "VpcEndpointType"),
      .json("policy", "PolicyDocument"), .links("route_table_ids", "RouteTableIds"),
      .links("subnet_ids", "SubnetIds"),
      .links("security_group_ids", "SecurityGroupIds"), .copy("private_dns_enabled", "PrivateDnsEnabled"),
      .link("resource_configuration_arn", "ResourceConfigurationArn"),
      .link("service_network_arn", "ServiceNetworkArn"), tags),
    "aws_vpc_endpoint_policy": .part(of: "vpc_endpoint_id", .json("policy", "PolicyDocument")),
    "aws_vpc_endpoint_route_table_association": .part(
      of: "vpc_endpoint_id", .list("route_table_id", "RouteTableIds")),
    "aws_vpc_endpoint_subnet_association": .part(of: "vpc_endpoint_id", .list("subnet_id", "SubnetIds")),
    "aws_vpc_endpoint_security_group_association": .part(
      of: "vpc_endpoint_id", .list("security_group_id", "SecurityGroupIds")),
    "aws_vpc_endpoint_private_dns": .part(
      of: "vpc_endpoint_id", .copy("private_dns_enabled", "PrivateDnsEnabled")),
    "aws_vpc_endpoint_service": .to(
      "AWS::EC2::VPCEndpointService", .links("network_load_balancer_arns", "NetworkLoadBalancerArns"),
      .copy("acceptance_required", "AcceptanceRequired")),
    "aws_vpc_endpoint_service_allowed_principal": .to(
      "AWS::EC2::VPCEndpointServicePermissions", .link("vpc_endpoint_service_id", "ServiceId"),
      .list("principal_arn", "AllowedPrincipals")),
  ]

  /// A gateway, and its attachment where it names a network itself.
  private static func gateway(_ block: PlanBlock, _ type: String, _ property: String) -> [PlanProduct] {
    let own = PlanProduct(type, block, tags)
    guard let vpc = block.link("vpc_id") else { return [own] }
    var attachment = PlanProduct("AWS::EC2::VPCGatewayAttachment", block, suffix: ".attachment")
    let gateway = CloudValue(.reference(CloudReference(block.resource.id)), at: block.resource.location)
    attachment.properties = CloudValue(
      .object([.init(name: "VpcId", value: vpc), .init(name: property, value: gateway)]),
      at: block.resource.location)
    return [own, attachment]
  }
}
