import CordonModel

/// What other stacks refer to of the browser's network.
struct BrowserParts {
  var vpc: CloudHandle
  var subnets: [CloudHandle]
  var group: CloudHandle
  /// The one address that sessions come from.
  var address: CloudHandle
}

// The network of the remote browser: one address, and doors to console and sign-in for this organisation alone.
extension CloudPlan {
  func browser(_ base: FoundationParts) throws -> (CloudStack, BrowserParts) {
    var stack = self.stack("browser", "The network of the remote browser: it goes out by one address")
    let range = try self.range(of: 0)
    let vpc = self.vpc(range, nil, name: "browser", in: &stack)
    let (address, inner) = try wayOut(range, vpc, in: &stack)
    let a = try subnet("SubnetA", 0, zone: 0, of: range, vpc: vpc, routes: inner, nil, in: &stack)
    let b = try subnet("SubnetB", 1, zone: 1, of: range, vpc: vpc, routes: inner, nil, in: &stack)
    let group = stack.add(
      "SecurityGroup", "AWS::EC2::SecurityGroup",
      [
        "GroupDescription": "Browser sessions", "VpcId": vpc.ref,
        "SecurityGroupEgress": .list(
          browserPorts.map { port -> CloudValue in
            [
              "IpProtocol": "tcp", "FromPort": .number(port), "ToPort": .number(port),
              "CidrIp": "0.0.0.0/0", "Description": "what the address allowlist lets through",
            ]
          }),
        "Tags": tags(nil),
      ])
    consoleDoors(vpc, [a, b], group, in: &stack)
    watched(vpc, nil, base, in: &stack)
    stack.add(
      "NoPublicAccess", "AWS::EC2::VPCBlockPublicAccessOptions",
      ["InternetGatewayBlockMode": "block-bidirectional"],
      comment: "No internet gateway of the region passes anything, whatever routes are added later.")
    stack.add(
      "BrowserMayGoOut", "AWS::EC2::VPCBlockPublicAccessExclusion",
      ["VpcId": vpc.ref, "InternetGatewayExclusionMode": "allow-egress"])
    return (stack, BrowserParts(vpc: vpc, subnets: [a, b], group: group, address: address))
  }

  /// HTTPS, and the ports of the spec's hosts.
  private var browserPorts: [Int] {
    Set([443] + environment.browser.hosts.map { Int($0.port) }).sorted()
  }

  private func wayOut(
    _ range: AddressRange, _ vpc: CloudHandle, in stack: inout CloudStack
  ) throws -> (address: CloudHandle, routes: CloudHandle) {
    let gateway = stack.add("Gateway", "AWS::EC2::InternetGateway", ["Tags": tags(nil)])
    stack.add(
      "GatewayAttachment", "AWS::EC2::VPCGatewayAttachment",
      ["VpcId": vpc.ref, "InternetGatewayId": gateway.ref])
    let outer = stack.add("PublicRoutes", "AWS::EC2::RouteTable", ["VpcId": vpc.ref, "Tags": tags(nil)])
    stack.add(
      "PublicDefault", "AWS::EC2::Route",
      ["RouteTableId": outer.ref, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway.ref],
      after: ["GatewayAttachment"])
    let subnet = try self.subnet(
      "PublicSubnet", 9, zone: 0, of: range, vpc: vpc, routes: outer, nil, in: &stack)
    let address = stack.add(
      "Address", "AWS::EC2::EIP", ["Domain": "vpc", "Tags": tags(nil)],
      comment: "The one address that sessions come from.", after: ["GatewayAttachment"])
    let nat = stack.add(
      "Nat", "AWS::EC2::NatGateway",
      ["SubnetId": subnet.ref, "AllocationId": address["AllocationId"], "Tags": tags(nil)])
    let inner = stack.add("Routes", "AWS::EC2::RouteTable", ["VpcId": vpc.ref, "Tags": tags(nil)])
    stack.add(
      "Default", "AWS::EC2::Route",
      ["RouteTableId": inner.ref, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": nat.ref])
    return (address, inner)
  }

  private func consoleDoors(
    _ vpc: CloudHandle, _ subnets: [CloudHandle], _ group: CloudHandle, in stack: inout CloudStack
  ) {
    let doors = stack.add(
      "EndpointSecurityGroup", "AWS::EC2::SecurityGroup",
      [
        "GroupDescription": "Console and sign-in", "VpcId": vpc.ref,
        "SecurityGroupIngress": [
          [
            "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourceSecurityGroupId": group.ref,
            "Description": "from sessions",
          ]
        ],
        "SecurityGroupEgress": Self.nothing, "Tags": tags(nil),
      ])
    for door in consoleServices {
      let endpoint = interface(
        "\(door.name)Endpoint", service: "com.amazonaws.\(region).\(door.service)",
        Self.document([door.policy]), vpc, subnets, doors, hasPrivateNames: false, comment: door.comment,
        in: &stack)
      privateZone(door, endpoint, vpc, in: &stack)
    }
  }

  /// A door of the console, and the zone whose names lead to it.
  private struct ConsoleService {
    var name: String
    var service: String
    var zone: String
    var names: [String]
    var policy: CloudValue
    var comment: String
  }

  /// Policies of these endpoints hold for the whole console: Principal and Resource are `*` in all of them. Source: AWS
  /// Management Console Getting Started Guide, "Private Access".
  private var consoleServices: [ConsoleService] {
    let callers: [(String, CloudValue)] = [
      ("aws:PrincipalOrgID", .text(organization)), ("aws:PrincipalAccount", .text(account)),
    ]
    let resources: [(String, CloudValue)] = [
      ("aws:ResourceOrgID", .text(organization)), ("aws:ResourceAccount", .text(account)),
    ]
    func equal(_ keys: [(String, CloudValue)]) -> CloudValue {
      ["StringEquals": CloudValue(.object(keys.map { .init(name: $0.0, value: $0.1) }))]
    }
    return [
      ConsoleService(
        name: "Console", service: "console", zone: "console.aws.amazon.com",
        names: ["\(region).", "*.\(region)."], policy: Self.ownPeople(equal(callers + resources)),
        comment: "The console opens for this account, and for no other."),
      ConsoleService(
        name: "SignIn", service: "signin", zone: "signin.aws.amazon.com", names: ["\(region)."],
        policy: [
          "Sid": "OwnPeople", "Effect": "Allow", "Principal": "*",
          "Action": ["signin:Authenticate", "signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token"],
          "Resource": "*", "Condition": equal(callers),
        ], comment: "Nobody signs in to an account elsewhere."),
      ConsoleService(
        name: "ConsoleStatic", service: "console-static", zone: Self.consoleStatic, names: ["*."],
        policy: Self.ownPeople(equal(callers)), comment: "What the console's pages are made of."),
    ]
  }

  /// Where the console's pages load their parts from.
  static let consoleStatic = "console.awsstatic.com"

  /// A zone of this network's own: its names lead to the door, and any other name below it to nothing. Aliases, since the
  /// firewall would look for what a CNAME points to.
  private func privateZone(
    _ door: ConsoleService, _ endpoint: CloudHandle, _ vpc: CloudHandle, in stack: inout CloudStack
  ) {
    let zone = stack.add(
      "\(door.name)Zone", "AWS::Route53::HostedZone",
      ["Name": .text(door.zone), "VPCs": [["VPCId": vpc.ref, "VPCRegion": .text(region)]]],
      comment: "Names of \(door.zone) lead to the endpoint above, or nowhere.")
    // An entry is HOSTED-ZONE:NAME; the first is the endpoint's regional name.
    let entry: CloudValue = [":", ["Fn::Select": [0, endpoint["DnsEntries"]]]]
    for (index, name) in door.names.enumerated() {
      stack.add(
        "\(door.name)Name\(index == 0 ? "" : "\(index + 1)")", "AWS::Route53::RecordSet",
        [
          "HostedZoneId": zone.ref, "Name": .text(name + door.zone), "Type": "A",
          "AliasTarget": [
            "HostedZoneId": ["Fn::Select": [0, ["Fn::Split": entry]]],
            "DNSName": ["Fn::Select": [1, ["Fn::Split": entry]]],
          ],
        ])
    }
  }
}
