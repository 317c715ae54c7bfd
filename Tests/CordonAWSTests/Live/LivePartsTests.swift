import CordonModel
import Testing

@testable import CordonAWS

/// Routes, entries, rules and policies of buckets: AWS gives them no names.
@Suite struct `Drift of what has no name` {
  private static func ref(_ name: String, _ attribute: String? = nil) -> CloudValue {
    CloudValue(.reference(CloudReference(ResourceID(stack: "net", name: name), attribute: attribute)))
  }

  private static func planned(_ name: String, _ type: String, _ properties: CloudValue) -> CloudResource {
    CloudResource(
      id: ResourceID(stack: "net", name: name), type: "AWS::" + type, properties: properties,
      location: Location(file: "net.yaml", line: 1, column: 1))
  }

  /// A network with a way to the internet, an access list, a group and a bucket.
  private static let stack = CloudDeployment(resources: [
    planned("Vpc", "EC2::VPC", ["CidrBlock": "10.0.0.0/16"]),
    planned("Subnet", "EC2::Subnet", ["VpcId": ref("Vpc")]),
    planned("Table", "EC2::RouteTable", ["VpcId": ref("Vpc")]),
    planned("Gateway", "EC2::InternetGateway", [:]),
    planned(
      "Attachment", "EC2::VPCGatewayAttachment", ["VpcId": ref("Vpc"), "InternetGatewayId": ref("Gateway")]),
    planned(
      "Out", "EC2::Route",
      ["RouteTableId": ref("Table"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref("Gateway")]),
    planned(
      "Routes", "EC2::SubnetRouteTableAssociation", ["SubnetId": ref("Subnet"), "RouteTableId": ref("Table")]),
    planned("List", "EC2::NetworkAcl", ["VpcId": ref("Vpc")]),
    planned(
      "Within", "EC2::NetworkAclEntry",
      [
        "NetworkAclId": ref("List"), "RuleNumber": 100, "Protocol": -1, "RuleAction": "allow",
        "CidrBlock": ref("Vpc", "CidrBlock"),
      ]),
    planned(
      "Listed", "EC2::SubnetNetworkAclAssociation", ["SubnetId": ref("Subnet"), "NetworkAclId": ref("List")]),
    planned(
      "Group", "EC2::SecurityGroup",
      [
        "VpcId": ref("Vpc"), "GroupDescription": "g",
        "SecurityGroupEgress": [["IpProtocol": "-1", "CidrIp": "127.0.0.1/32", "Description": "none"]],
      ]),
    planned(
      "GroupOut", "EC2::SecurityGroupEgress",
      [
        "GroupId": ref("Group"), "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
        "CidrIp": ref("Vpc", "CidrBlock"), "Description": "to the doors",
      ]),
    planned("Data", "S3::Bucket", ["BucketName": "allowed-data"]),
    planned(
      "DataPolicy", "S3::BucketPolicy", ["Bucket": ref("Data"), "PolicyDocument": policy(["TLSOnly"])]),
  ])

  private static func policy(_ names: [String]) -> CloudValue {
    [
      "Statement": .list(
        names.map {
          [
            "Sid": .text($0), "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": ref("Data", "Arn"),
          ]
        })
    ]
  }

  private static func live(
    _ type: String, _ ref: String, _ properties: CloudValue, arn: String? = nil
  ) -> LiveResource {
    LiveResource(type: "AWS::" + type, ref: ref, arn: arn, properties: properties)
  }

  /// The same as it runs, with what AWS adds by itself.
  private static let running: [LiveResource] = {
    let deny: CloudValue = [
      "Sid": "TLSOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
      "Resource": "arn:aws:s3:::allowed-data",
    ]
    let made = [
      ("Vpc", "vpc-1"), ("Subnet", "subnet-1"), ("Table", "rtb-1"), ("Gateway", "igw-1"), ("List", "acl-1"),
      ("Group", "sg-1"),
    ]
    return [
      live("EC2::VPC", "vpc-1", ["CidrBlock": "10.0.0.0/16", "IsDefault": "false"]),
      live("EC2::Subnet", "subnet-1", ["VpcId": "vpc-1"]),
      live("EC2::RouteTable", "rtb-1", ["VpcId": "vpc-1"]),
      live("EC2::RouteTable", "rtb-main", ["VpcId": "vpc-1"]),
      live("EC2::InternetGateway", "igw-1", [:]),
      live("EC2::VPCGatewayAttachment", "igw-1 vpc-1", ["VpcId": "vpc-1", "InternetGatewayId": "igw-1"]),
      live(
        "EC2::Route", "rtb-1 0.0.0.0/0",
        ["RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"]),
      live(
        "EC2::Route", "rtb-1 pl-1",
        ["RouteTableId": "rtb-1", "DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"]),
      live(
        "EC2::SubnetRouteTableAssociation", "rtbassoc-1", ["SubnetId": "subnet-1", "RouteTableId": "rtb-1"]),
      live("EC2::NetworkAcl", "acl-1", ["VpcId": "vpc-1"]),
      entry("100", "false", "allow", "10.0.0.0/16"), entry("32767", "false", "deny", "0.0.0.0/0"),
      entry("32767", "true", "deny", "0.0.0.0/0"),
      live(
        "EC2::SubnetNetworkAclAssociation", "aclassoc-1", ["SubnetId": "subnet-1", "NetworkAclId": "acl-1"]),
      group([["IpProtocol": "tcp", "FromPort": "443", "ToPort": "443", "CidrIp": "10.0.0.0/16"]]),
      // The group that AWS makes with a network lets everything out, and nothing of the stacks stands in it.
      live(
        "EC2::SecurityGroup", "sg-default",
        ["VpcId": "vpc-1", "SecurityGroupEgress": [["IpProtocol": "-1", "CidrIp": "0.0.0.0/0"]]]),
      live("S3::Bucket", "allowed-data", ["BucketName": "allowed-data"], arn: "arn:aws:s3:::allowed-data"),
      live(
        "S3::BucketPolicy", "allowed-data",
        ["Bucket": "allowed-data", "PolicyDocument": ["Statement": [deny]]]),
    ] + made.map { Self.made($0.0, $0.1) }
  }()

  private static func made(_ name: String, _ ref: String) -> LiveResource {
    LiveResource(type: LiveEstate.stackResource, ref: ref, properties: ["Stack": "net", "Name": .text(name)])
  }

  private static func entry(_ number: String, _ egress: String, _ action: String, _ range: String)
    -> LiveResource
  {
    live(
      "EC2::NetworkAclEntry", "acl-1 \(number) \(egress)",
      [
        "NetworkAclId": "acl-1", "RuleNumber": .text(number), "Protocol": "-1", "RuleAction": .text(action),
        "Egress": .text(egress), "CidrBlock": .text(range),
      ])
  }

  private static func group(_ rules: [CloudValue]) -> LiveResource {
    let nothing: CloudValue = ["IpProtocol": "-1", "CidrIp": "127.0.0.1/32"]
    return live(
      "EC2::SecurityGroup", "sg-1",
      ["VpcId": "vpc-1", "SecurityGroupEgress": .list([nothing] + rules), "SecurityGroupIngress": .list([])])
  }

  private static func drift(_ running: [LiveResource], gaps: [LiveGap] = []) -> LiveDrift {
    LiveDrift(
      of: LiveEstate(account: "111122223333", region: "eu-west-1", resources: running, gaps: gaps),
      from: stack)
  }

  private static func words(_ running: [LiveResource]) -> [String] {
    drift(running).difference.changes.map { "\($0.direction.rawValue): \($0.resource): \($0.words)" }
  }

  /// What runs with one resource in another's place, or with one more.
  private static func with(_ changed: LiveResource) -> [LiveResource] {
    running.filter { ($0.type, $0.ref) != (changed.type, changed.ref) } + [changed]
  }

  @Test func `there is none where it runs as it is written, and everything is compared`() {
    #expect(Self.words(Self.running) == [])
    #expect(Self.drift(Self.running).notCompared == [:])
  }

  @Test(arguments: [
    (
      "changed: net/Out: AWS::EC2::Route NatGatewayId: nothing, then nat-9",
      live(
        "EC2::Route", "rtb-1 0.0.0.0/0",
        ["RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-9"])
    ),
    (
      "weaker: rtb-1 192.0.2.0/24: added: a route",
      live(
        "EC2::Route", "rtb-1 192.0.2.0/24",
        ["RouteTableId": "rtb-1", "DestinationCidrBlock": "192.0.2.0/24", "VpcPeeringConnectionId": "pcx-1"])
    ),
    (
      "weaker: rtb-main 0.0.0.0/0: added: a route",
      live(
        "EC2::Route", "rtb-main 0.0.0.0/0",
        ["RouteTableId": "rtb-main", "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"])
    ),
    (
      "weaker: igw-9 vpc-1: added: a network's way to a gateway",
      live("EC2::VPCGatewayAttachment", "igw-9 vpc-1", ["VpcId": "vpc-1", "InternetGatewayId": "igw-9"])
    ),
    ("weaker: acl-1 90 true: added: an entry of an access list", entry("90", "true", "allow", "0.0.0.0/0")),
    (
      "changed: net/Within: AWS::EC2::NetworkAclEntry CidrBlock: 10.0.0.0/16, then 0.0.0.0/0",
      entry("100", "false", "allow", "0.0.0.0/0")
    ),
    (
      "stronger: net/Within: an entry of an access list: allow, then deny",
      entry("100", "false", "deny", "10.0.0.0/16")
    ),
    (
      "changed: net/Listed: AWS::EC2::SubnetNetworkAclAssociation NetworkAclId: acl-1, then acl-default",
      live(
        "EC2::SubnetNetworkAclAssociation", "aclassoc-1",
        ["SubnetId": "subnet-1", "NetworkAclId": "acl-default"])
    ),
    (
      "changed: net/Routes: AWS::EC2::SubnetRouteTableAssociation RouteTableId: rtb-1, then rtb-main",
      live(
        "EC2::SubnetRouteTableAssociation", "rtbassoc-1",
        ["SubnetId": "subnet-1", "RouteTableId": "rtb-main"])
    ),
    (
      "weaker: sg-1 tcp 22 22 0.0.0.0/0: added: what a security group lets out",
      group([
        ["IpProtocol": "tcp", "FromPort": "443", "ToPort": "443", "CidrIp": "10.0.0.0/16"],
        ["IpProtocol": "tcp", "FromPort": "22", "ToPort": "22", "CidrIp": "0.0.0.0/0"],
      ])
    ),
    ("stronger: net/GroupOut: removed: what a security group lets out", group([])),
    (
      "weaker: net/DataPolicy: statement TLSOnly (Deny) removed",
      live(
        "S3::BucketPolicy", "allowed-data",
        ["Bucket": "allowed-data", "PolicyDocument": ["Statement": .list([])]])
    ),
  ])
  func `one change is named`(words: String, changed: LiveResource) {
    #expect(Self.words(Self.with(changed)).contains(words), "\(Self.words(Self.with(changed)))")
  }

  @Test func `a loss is named`() {
    for (type, words) in [
      ("AWS::S3::BucketPolicy", "weaker: net/DataPolicy: removed: the policy of a bucket"),
      ("AWS::EC2::SubnetNetworkAclAssociation", "weaker: net/Listed: removed: the access list of a subnet"),
      ("AWS::EC2::Route", "stronger: net/Out: removed: a route"),
    ] {
      #expect(Self.words(Self.running.filter { $0.type != type }) == [words])
    }
  }

  @Test func `what was not read is not compared, and is no loss`() {
    let running = Self.running.filter {
      !$0.type.hasPrefix("AWS::EC2::Route") && $0.type != LiveEstate.stackResource
        && $0.type != "AWS::S3::BucketPolicy"
    }
    let gaps = [
      LiveGap(
        permission: "ec2:DescribeRouteTables", words: "was denied",
        hides: ["AWS::EC2::RouteTable", "AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation"],
        onlyTakesAway: false),
      LiveGap(
        permission: "cloudformation:DescribeStacks", words: "was denied", hides: [], onlyTakesAway: false),
    ]
    let drift = Self.drift(running, gaps: gaps)
    // The bucket has a name of its own, so that its policy is known to be missing.
    #expect(
      drift.difference.changes.filter { $0.resource.stack == "net" }.map(\.resource.name) == ["DataPolicy"])
    #expect(drift.notCompared["AWS::EC2::Route"] == 1 && drift.notCompared["AWS::EC2::VPC"] == 1)
    #expect(drift.notCompared["AWS::EC2::NetworkAclEntry"] == 1)
  }

  // MARK: What stands beside what it belongs to

  /// A role with a policy within it and one beside it, a function that a rule calls, a domain with somebody in it and spaces that are
  /// ordered, a catalog, and a zone.
  private static let work = CloudDeployment(resources: [
    planned(
      "Role", "IAM::Role",
      [
        "RoleName": "worker",
        "Policies": [["PolicyName": "own", "PolicyDocument": statement("Read", "s3:GetObject")]],
      ]),
    planned(
      "Beside", "IAM::Policy",
      ["PolicyName": "beside", "Roles": [ref("Role")], "PolicyDocument": statement("Use", "kms:Decrypt")]),
    planned("Function", "Lambda::Function", ["Role": ref("Role", "Arn")]),
    planned("Made", "Events::Rule", ["State": "ENABLED"]),
    planned(
      "Calls", "Lambda::Permission",
      [
        "FunctionName": ref("Function"), "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
        "SourceArn": ref("Made", "Arn"),
      ]),
    planned("Domain", "SageMaker::Domain", ["DomainName": "lab"]),
    planned(
      "Ann", "SageMaker::UserProfile",
      [
        "DomainId": ref("Domain"), "UserProfileName": "ann",
        "UserSettings": [
          "ExecutionRole": ref("Role", "Arn"), "SharingSettings": ["NotebookOutputOption": "Disabled"],
        ],
      ]),
    planned(
      "Ordered", "SageMaker::Space",
      [
        "DomainId": ref("Domain"), "SpaceName": open("SpaceName"),
        "SpaceSettings": ["RemoteAccess": "DISABLED", "Size": open("Size")],
      ]),
    planned("Portfolio", "ServiceCatalog::Portfolio", ["DisplayName": "lab"]),
    planned("Product", "ServiceCatalog::CloudFormationProduct", ["Name": "space"]),
    planned(
      "Launch", "ServiceCatalog::LaunchRoleConstraint",
      ["PortfolioId": ref("Portfolio"), "ProductId": ref("Product"), "RoleArn": ref("Role", "Arn")]),
    planned(
      "Orders", "ServiceCatalog::PortfolioPrincipalAssociation",
      ["PortfolioId": ref("Portfolio"), "PrincipalARN": ref("Role", "Arn"), "PrincipalType": "IAM"]),
    planned("Zone", "Route53::HostedZone", ["Name": "allowed.test"]),
    planned(
      "Name", "Route53::RecordSet",
      ["HostedZoneId": ref("Zone"), "Name": "*.allowed.test", "Type": "A", "TTL": 60]),
    planned(
      "Block", "EC2::VPCBlockPublicAccessOptions", ["InternetGatewayBlockMode": "block-bidirectional"]),
    planned("Sought", "AccessAnalyzer::Analyzer", ["AnalyzerName": "outside", "Type": "ACCOUNT"]),
  ])

  private static func open(_ parameter: String) -> CloudValue {
    CloudValue(.unknown(CloudUnknown(.parameter, parameter)))
  }

  private static func statement(_ name: String, _ action: String) -> CloudValue {
    ["Statement": [["Sid": .text(name), "Effect": "Allow", "Action": .text(action), "Resource": "*"]]]
  }

  private static func role(_ policies: [(String, String, String)]) -> LiveResource {
    live(
      "IAM::Role", "worker",
      [
        "RoleName": "worker",
        "Policies": .list(
          policies.map { ["PolicyName": .text($0.0), "PolicyDocument": statement($0.1, $0.2)] }),
      ], arn: "arn:aws:iam::111122223333:role/worker")
  }

  private static func space(_ name: String, _ remote: String) -> LiveResource {
    live(
      "SageMaker::Space", "d-1 \(name)",
      [
        "DomainId": "d-1", "SpaceName": .text(name), "SpaceArn": "arn",
        "SpaceSettings": ["RemoteAccess": .text(remote), "Size": "big"],
      ])
  }

  private static func profile(_ output: String) -> LiveResource {
    live(
      "SageMaker::UserProfile", "d-1 ann",
      [
        "DomainId": "d-1", "UserProfileName": "ann", "UserProfileArn": "arn",
        "UserSettings": [
          "ExecutionRole": "arn:aws:iam::111122223333:role/worker",
          "SharingSettings": ["NotebookOutputOption": .text(output)],
        ],
      ])
  }

  private static func permission(_ source: String) -> LiveResource {
    live(
      "Lambda::Permission", "undo s",
      [
        "FunctionName": "arn:aws:lambda:eu-west-1:111122223333:function:undo",
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com", "SourceArn": .text(source),
      ])
  }

  private static func launch(_ role: String) -> LiveResource {
    live(
      "ServiceCatalog::LaunchRoleConstraint", "cons-1",
      [
        "PortfolioId": "port-1", "ProductId": "prod-1",
        "RoleArn": .text("arn:aws:iam::111122223333:role/" + role),
      ])
  }

  private static func orders(_ role: String) -> LiveResource {
    live(
      "ServiceCatalog::PortfolioPrincipalAssociation", "port-1 " + role,
      [
        "PortfolioId": "port-1", "PrincipalARN": .text("arn:aws:iam::111122223333:role/" + role),
        "PrincipalType": "IAM",
      ])
  }

  private static func record(_ name: String, _ seconds: String) -> LiveResource {
    live(
      "Route53::RecordSet", "/hostedzone/Z1 \(name) A",
      ["HostedZoneId": "/hostedzone/Z1", "Name": .text(name), "Type": "A", "TTL": .text(seconds)])
  }

  private static func block(_ mode: String) -> LiveResource {
    live("EC2::VPCBlockPublicAccessOptions", "block-public-access", ["InternetGatewayBlockMode": .text(mode)])
  }

  private static let rule = "arn:aws:events:eu-west-1:111122223333:rule/made"

  private static let workRuns: [LiveResource] =
    [
      role([("own", "Read", "s3:GetObject"), ("beside", "Use", "kms:Decrypt")]),
      live(
        "Lambda::Function", "undo", ["Role": "arn:aws:iam::111122223333:role/worker"],
        arn: "arn:aws:lambda:eu-west-1:111122223333:function:undo"),
      live("Events::Rule", "made", ["State": "ENABLED"], arn: rule), permission(rule),
      live("SageMaker::Domain", "d-1", ["DomainName": "lab"]), profile("Disabled"),
      space("ann-1", "DISABLED"),
      space("bob-1", "DISABLED"), live("ServiceCatalog::Portfolio", "port-1", ["DisplayName": "lab"]),
      live("ServiceCatalog::CloudFormationProduct", "prod-1", ["Name": "space"]), launch("worker"),
      orders("worker"), live("Route53::HostedZone", "/hostedzone/Z1", ["Name": "allowed.test."]),
      record("\\052.allowed.test.", "60"), block("block-bidirectional"),
      live(
        "AccessAnalyzer::Analyzer", "arn:a/outside", ["AnalyzerName": "outside", "Type": "ACCOUNT"],
        arn: "arn:aws:access-analyzer:eu-west-1:111122223333:analyzer/outside"),
    ]
    + [
      ("Role", "worker"), ("Function", "undo"), ("Made", "made"), ("Domain", "d-1"), ("Portfolio", "port-1"),
      ("Product", "prod-1"), ("Zone", "Z1"), ("Sought", "arn:a/outside"),
    ].map { made($0.0, $0.1) }

  private static func work(_ running: [LiveResource], gaps: [LiveGap] = []) -> LiveDrift {
    LiveDrift(
      of: LiveEstate(account: "111122223333", region: "eu-west-1", resources: running, gaps: gaps), from: work
    )
  }

  private static func said(_ drift: LiveDrift) -> [String] {
    drift.difference.changes.map { "\($0.direction.rawValue): \($0.resource): \($0.words)" }
  }

  @Test func `what stands beside its owner is none where it runs as it is written`() {
    #expect(Self.said(Self.work(Self.workRuns)) == [])
    #expect(Self.work(Self.workRuns).notCompared == [:])
  }

  @Test(arguments: [
    (
      ["weaker: worker more: added: permissions of a role, worker"],
      role([("own", "Read", "s3:GetObject"), ("beside", "Use", "kms:Decrypt"), ("more", "All", "*")])
    ),
    (
      [
        "weaker: net/Beside: statement All (Allow) added",
        "stronger: net/Beside: statement Use (Allow) removed",
      ],
      role([("own", "Read", "s3:GetObject"), ("beside", "All", "*")])
    ),
    (
      ["changed: net/Role Policies 1: statement Read says something else"],
      role([("own", "Read", "s3:*"), ("beside", "Use", "kms:Decrypt")])
    ),
    (
      ["stronger: net/Beside: removed: permissions of a role"],
      role([("own", "Read", "s3:GetObject")])
    ),
    (
      [
        "weaker: undo s: added: the right to call a function",
        "stronger: net/Calls: removed: the right to call a function",
      ],
      permission("arn:aws:events:eu-west-1:999988887777:rule/theirs")
    ),
    (
      ["weaker: net/Ann: sharing of notebooks with their output: Disabled, then Allowed"], profile("Allowed")
    ),
    (["weaker: d-1 bob-1: editors outside the portal: DISABLED, then ENABLED"], space("bob-1", "ENABLED")),
    (
      [
        "changed: net/Launch: AWS::ServiceCatalog::LaunchRoleConstraint RoleArn: arn:aws:iam::111122223333:role/worker, then arn:aws:iam::111122223333:role/admin"
      ],
      launch("admin")
    ),
    (["weaker: port-1 admin: added: the right to order"], orders("admin")),
    (
      ["changed: net/Name: AWS::Route53::RecordSet TTL: 60, then 3600"], record("\\052.allowed.test.", "3600")
    ),
    (
      ["weaker: net/Block: the block of every internet gateway: block-bidirectional, then block-ingress"],
      block("block-ingress")
    ),
  ])
  func `one change of what stands beside its owner is named`(words: [String], changed: LiveResource) {
    let running = Self.workRuns.filter { ($0.type, $0.ref) != (changed.type, changed.ref) } + [changed]
    #expect(Self.said(Self.work(running)) == words)
  }

  @Test func `what stands beside its owner is missed where its list was read, and not where it was denied`() {
    for (type, words) in [
      (
        "AWS::ServiceCatalog::LaunchRoleConstraint",
        "weaker: net/Launch: removed: the role that makes what is ordered"
      ),
      ("AWS::AccessAnalyzer::Analyzer", "weaker: net/Sought: removed: the search for access from outside"),
      ("AWS::SageMaker::UserProfile", "stronger: net/Ann: removed: a person's workspace"),
      (
        "AWS::EC2::VPCBlockPublicAccessOptions",
        "weaker: net/Block: removed: the block of every internet gateway"
      ),
    ] {
      let running = Self.workRuns.filter { $0.type != type }
      #expect(Self.said(Self.work(running)) == [words])
      let gap = LiveGap(permission: "any:List", words: "was denied", hides: [type], onlyTakesAway: false)
      #expect(Self.said(Self.work(running, gaps: [gap])) == [])
      #expect(Self.work(running, gaps: [gap]).notCompared == [type: 1])
    }
    let gap = LiveGap(
      permission: "sagemaker:ListSpaces", words: "was denied", hides: ["AWS::SageMaker::Space"],
      onlyTakesAway: false)
    let none = Self.work(Self.workRuns.filter { $0.type != "AWS::SageMaker::Space" }, gaps: [gap])
    #expect(none.notCompared == ["AWS::SageMaker::Space": 1])
  }
}
