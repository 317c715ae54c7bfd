import CordonModel

/// What other stacks refer to of a network.
struct NetworkParts {
  var vpc: CloudHandle
  var subnets: [CloudHandle]
  var workload: CloudHandle
  var s3: CloudHandle

  var subnetIDs: CloudValue { .list(subnets.map(\.ref)) }
}

// The network of a project's data. No gateway of any kind is attached, and its route table has no route of its own: what
// leaves must leave through an endpoint.
extension CloudPlan {
  /// The range of a project's network; the browser's is the first.
  func range(of index: Int) throws -> AddressRange {
    guard let range = rules.network.part(index, length: AWSRules.networkLength) else {
      throw SynthesisError.cannotExpress(
        "\(rules.network) has no room for \(environment.projects.count) projects", at: "aws")
    }
    return range
  }

  static func zone(_ index: Int) -> CloudValue { ["Fn::Select": [.number(index), ["Fn::GetAZs": ""]]] }

  func vpc(_ range: AddressRange, _ project: Project?, name: String, in stack: inout CloudStack)
    -> CloudHandle
  {
    let vpc = stack.add(
      "Vpc", "AWS::EC2::VPC",
      [
        "CidrBlock": .text(range), "EnableDnsSupport": true, "EnableDnsHostnames": true,
        "Tags": tags(project, name: name),
      ], comment: "Private DNS of the endpoints needs both kinds of DNS.")
    let options = stack.add(
      "DhcpOptions", "AWS::EC2::DHCPOptions",
      ["DomainNameServers": ["AmazonProvidedDNS"], "Tags": tags(project)],
      comment: "No resolver but the VPC's own, so that the DNS firewall sees every question.")
    stack.add(
      "DhcpOptionsAssociation", "AWS::EC2::VPCDHCPOptionsAssociation",
      ["VpcId": vpc.ref, "DhcpOptionsId": options.ref])
    return vpc
  }

  /// A subnet with its route table; a /24 of the network.
  func subnet(
    _ name: String, _ index: Int, zone: Int, of range: AddressRange, vpc: CloudHandle, routes: CloudHandle,
    _ project: Project?, in stack: inout CloudStack
  ) throws -> CloudHandle {
    guard let block = range.part(index, length: 24) else {
      throw SynthesisError.cannotExpress("\(range) has no room for subnet \(name)", at: "aws")
    }
    let subnet = stack.add(
      name, "AWS::EC2::Subnet",
      [
        "VpcId": vpc.ref, "CidrBlock": .text(block), "AvailabilityZone": Self.zone(zone),
        "MapPublicIpOnLaunch": false, "Tags": tags(project, name: name),
      ])
    stack.add(
      "\(name)Routes", "AWS::EC2::SubnetRouteTableAssociation",
      ["SubnetId": subnet.ref, "RouteTableId": routes.ref])
    return subnet
  }

  /// The loopback rule that takes away what a security group without egress rules allows: everything.
  static let nothing: CloudValue = [
    ["IpProtocol": "-1", "CidrIp": "127.0.0.1/32", "Description": "nothing by default"]
  ]

  func network(
    of project: Project, index: Int, _ base: FoundationParts
  ) throws -> (CloudStack, NetworkParts) {
    var stack = self.stack(
      "network", of: project, "The network of \(project.name), without a route to the internet")
    let range = try self.range(of: index)
    let vpc = self.vpc(range, project, name: project.name.text, in: &stack)
    let routes = stack.add(
      "RouteTable", "AWS::EC2::RouteTable", ["VpcId": vpc.ref, "Tags": tags(project)],
      comment: "Only the local route, and the gateway endpoint's.")
    let a = try subnet("SubnetA", 0, zone: 0, of: range, vpc: vpc, routes: routes, project, in: &stack)
    let b = try subnet("SubnetB", 1, zone: 1, of: range, vpc: vpc, routes: routes, project, in: &stack)
    let (workload, doors) = securityGroups(vpc, project, in: &stack)
    accessList(range, vpc, [("SubnetA", a), ("SubnetB", b)], project, in: &stack)
    let s3 = try endpoints(of: project, vpc, [a, b], routes, doors, in: &stack)
    try firewall(
      try allowedNames(of: project), of: vpc, called: "\(environment.name)-\(project.name)", project, base,
      in: &stack)
    watched(vpc, project, base, in: &stack)
    return (stack, NetworkParts(vpc: vpc, subnets: [a, b], workload: workload, s3: s3))
  }

  private func securityGroups(
    _ vpc: CloudHandle, _ project: Project, in stack: inout CloudStack
  ) -> (workload: CloudHandle, doors: CloudHandle) {
    let workload = stack.add(
      "WorkloadSecurityGroup", "AWS::EC2::SecurityGroup",
      [
        "GroupDescription": "Notebooks, jobs and models", "VpcId": vpc.ref,
        "SecurityGroupEgress": Self.nothing,
        "Tags": tags(project),
      ],
      comment:
        "A security group without egress rules of its own allows everything: the loopback rule takes that away."
    )
    let doors = stack.add(
      "EndpointSecurityGroup", "AWS::EC2::SecurityGroup",
      [
        "GroupDescription": "The doors", "VpcId": vpc.ref,
        "SecurityGroupIngress": [
          [
            "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": vpc["CidrBlock"],
            "Description": "from the network",
          ]
        ],
        "SecurityGroupEgress": Self.nothing, "Tags": tags(project),
      ])
    stack.add(
      "WorkloadToEndpoints", "AWS::EC2::SecurityGroupEgress",
      [
        "GroupId": workload.ref, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
        "DestinationSecurityGroupId": doors.ref, "Description": "to the doors",
      ])
    stack.add(
      "WorkloadToS3", "AWS::EC2::SecurityGroupEgress",
      [
        "GroupId": workload.ref, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
        "DestinationPrefixListId": .text(rules.s3PrefixList), "Description": "to S3, through its endpoint",
      ])
    stack.add(
      "WorkloadToWorkload", "AWS::EC2::SecurityGroupEgress",
      [
        "GroupId": workload.ref, "IpProtocol": "-1", "DestinationSecurityGroupId": workload.ref,
        "Description": "nodes of one job",
      ],
      comment: "Nodes of one distributed job.")
    stack.add(
      "WorkloadFromWorkload", "AWS::EC2::SecurityGroupIngress",
      [
        "GroupId": workload.ref, "IpProtocol": "-1", "SourceSecurityGroupId": workload.ref,
        "Description": "nodes of one job",
      ])
    return (workload, doors)
  }

  /// The second lock on the same door: outside the network, HTTPS alone, since S3 has public addresses.
  private func accessList(
    _ range: AddressRange, _ vpc: CloudHandle, _ subnets: [(String, CloudHandle)], _ project: Project,
    in stack: inout CloudStack
  ) {
    let list = stack.add(
      "NetworkAcl", "AWS::EC2::NetworkAcl", ["VpcId": vpc.ref, "Tags": tags(project)],
      comment: "The second lock on the same door: outside the network, HTTPS alone (S3 has public addresses)."
    )
    func entry(_ name: String, _ number: Int, egress: Bool, _ block: CloudValue, ports: ClosedRange<Int>?) {
      var properties: CloudValue = [
        "NetworkAclId": list.ref, "RuleNumber": .number(number), "Egress": CloudValue(.bool(egress)),
        "Protocol": ports == nil ? -1 : 6, "RuleAction": "allow", "CidrBlock": block,
      ]
      if let ports {
        properties.set("PortRange", ["From": .number(ports.lowerBound), "To": .number(ports.upperBound)])
      }
      stack.add(name, "AWS::EC2::NetworkAclEntry", properties)
    }
    entry("AclOutInside", 100, egress: true, .text(range), ports: nil)
    entry("AclOutHttps", 200, egress: true, "0.0.0.0/0", ports: 443...443)
    entry("AclInInside", 100, egress: false, .text(range), ports: nil)
    entry("AclInAnswers", 200, egress: false, "0.0.0.0/0", ports: 1024...65535)
    for (name, subnet) in subnets {
      stack.add(
        "\(name)Acl", "AWS::EC2::SubnetNetworkAclAssociation",
        ["SubnetId": subnet.ref, "NetworkAclId": list.ref])
    }
  }
}
