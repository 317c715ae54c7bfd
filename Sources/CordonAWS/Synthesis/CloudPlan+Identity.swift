import CordonModel

/// What other stacks refer to of a project's roles.
struct RoleParts {
  var workspace: CloudHandle
  var scientist: CloudHandle
}

// People and jobs. Resources are named in full; a console session works from the portal's address alone, and an execution
// role from inside the network alone.
extension CloudPlan {
  func identity(
    of project: Project, _ network: NetworkParts, _ data: DataParts, _ registry: RegistryParts,
    _ browser: BrowserParts
  ) throws -> (CloudStack, RoleParts) {
    var stack = self.stack("identity", of: project, "Roles of \(project.name)")
    let boundary = stack.add(
      "Boundary", "AWS::IAM::ManagedPolicy",
      [
        "Description": "What no one in the project can do, whatever else is attached",
        "PolicyDocument": Self.document(ceiling(project, network, browser)),
      ])
    let scientist = self.scientist(project, boundary, browser, in: &stack)
    let names = ProjectRole(
      project: project.name, purpose: .workspace, account: environment.organization.account)
    let workspace = role(
      "WorkspaceRole", names.name, boundary,
      Self.document([
        [
          "Effect": "Allow", "Principal": ["Service": "sagemaker.amazonaws.com"], "Action": "sts:AssumeRole",
          "Condition": ownAccount,
        ]
      ]), project, comment: "Notebooks, jobs and models run as this role; SageMaker alone hands it out.",
      in: &stack)
    try reader(project, workspace: workspace, names, network, data, boundary, in: &stack)
    let document = Self.document(
      try permissions("role/\(names.name)") + [useKey(data.key)]
        + work(project, workspace: workspace, network, data.key) + packages(registry))
    stack.add(
      "WorkspacePolicy", "AWS::IAM::Policy",
      ["PolicyName": "workspace", "Roles": [workspace.ref], "PolicyDocument": document])
    return (stack, RoleParts(workspace: workspace, scientist: scientist))
  }

  /// The compiled permissions, without the doors that exist on one machine only.
  private func permissions(_ title: String) throws -> [CloudValue] {
    try compiled(title).filter { $0.sid != "ReachDoors" }.map(\.value)
  }

  private func role(
    _ logical: String, _ name: String, _ boundary: CloudHandle, _ trust: CloudValue, _ project: Project,
    comment: String? = nil, policies: CloudValue? = nil, in stack: inout CloudStack
  ) -> CloudHandle {
    var properties: CloudValue = [
      "RoleName": .text(name), "PermissionsBoundary": boundary.ref, "AssumeRolePolicyDocument": trust,
    ]
    if let policies { properties.set("Policies", policies) }
    properties.set("Tags", tags(project))
    return stack.add(logical, "AWS::IAM::Role", properties, comment: comment)
  }

  static let everything: CloudValue = [
    "Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*",
  ]

  static let noURLs: CloudValue = [
    "Sid": "NoUrlsThatCarryTheRight", "Effect": "Deny",
    "Action": [
      "sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:CreatePresignedMlflowTrackingServerUrl",
      "sagemaker:CreatePartnerAppPresignedUrl", "sagemaker:StartSession",
    ],
    "Resource": "*",
  ]

  var onlyOwnResources: CloudValue {
    [
      "Sid": "OnlyOwnResources", "Effect": "Deny", "Action": "*", "Resource": "*",
      "Condition": ["StringNotEqualsIfExists": ["aws:ResourceOrgID": .text(organization)]],
    ]
  }

  /// What every role of the project stays below.
  private func ceiling(
    _ project: Project, _ network: NetworkParts, _ browser: BrowserParts
  ) -> [CloudValue] {
    [
      Self.everything, onlyOwnResources,
      [
        "Sid": "OnlyFromThePortalOrTheNetwork", "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": [
          "NotIpAddressIfExists": ["aws:SourceIp": "\(browser.address.ref)/32"],
          "StringNotEqualsIfExists": ["aws:SourceVpc": network.vpc.ref],
          "BoolIfExists": ["aws:ViaAWSService": "false"],
        ],
      ],
    ] + noURLs(of: project)
  }

  /// How people become a role: from the portal's address, or through the doors of its network, where the key of the address is
  /// left out (IAM User Guide, "AWS global condition context keys").
  func becoming(_ sid: String, _ people: CloudValue, if conditions: CloudValue, _ browser: BrowserParts)
    -> CloudValue
  {
    let places: [(String, CloudValue)] = [
      ("FromThePortalsAddress", ["IpAddress": ["aws:SourceIp": "\(browser.address.ref)/32"]]),
      ("FromThePortalsNetwork", ["StringEquals": ["aws:SourceVpc": browser.vpc.ref]]),
    ]
    return Self.document(
      places.map { place, condition in
        var statement = CompiledStatement(value: [
          "Sid": .text(sid + place), "Effect": "Allow", "Principal": ["AWS": people],
          "Action": "sts:AssumeRole", "Condition": conditions,
        ])
        statement.narrow(condition)
        return statement.value
      })
  }

  /// Calls of people's own: from the portal's address, which is where SageMaker sees them come from.
  func fromThePortal(_ browser: BrowserParts) -> CloudValue {
    ["IpAddress": ["aws:SourceIp": "\(browser.address.ref)/32"]]
  }

  /// What the role of a project's people is called.
  static func scientistRole(_ project: Project) -> String { "\(project.name)-scientist" }

  private func scientist(
    _ project: Project, _ boundary: CloudHandle, _ browser: BrowserParts, in stack: inout CloudStack
  ) -> CloudHandle {
    let trust = becoming(
      "People", .text(root), if: ["StringEquals": ["aws:PrincipalOrgID": .text(organization)]], browser)
    let studio: CloudValue = [
      "Sid": "OpenStudio", "Effect": "Allow", "Condition": fromThePortal(browser),
      "Action": [
        "sagemaker:CreatePresignedDomainUrl", "sagemaker:DescribeDomain", "sagemaker:DescribeUserProfile",
      ],
      "Resource": .text(arn("sagemaker", "*")),
    ]
    return role(
      "ScientistRole", Self.scientistRole(project), boundary, trust, project,
      comment: "People open Studio as this role, from the browser's address.",
      policies: [["PolicyName": "studio", "PolicyDocument": Self.document([studio])]], in: &stack)
  }

  /// The role that a workspace may step down to, as it is compiled.
  private func reader(
    _ project: Project, workspace: CloudHandle, _ names: ProjectRole, _ network: NetworkParts,
    _ data: DataParts,
    _ boundary: CloudHandle, in stack: inout CloudStack
  ) throws {
    let reader = ProjectRole(project: project.name, purpose: .reader, account: names.account)
    let vpc = SourcePosition.vpc(environment: environment.name, project: project.name)
    let trust = try compiled("role/\(reader.name)/trust", [vpc: network.vpc.ref, names.arn: workspace.arn])
    _ = role(
      "ReaderRole", reader.name, boundary, Self.document(trust.map(\.value)), project,
      comment: "Reads and never writes; a workspace may step down to it.",
      policies: [
        [
          "PolicyName": "reader",
          "PolicyDocument": Self.document(try permissions("role/\(reader.name)") + [useKey(data.key)]),
        ]
      ], in: &stack)
  }

  private func useKey(_ key: CloudHandle) -> CloudValue {
    [
      "Sid": "UseKey", "Effect": "Allow",
      "Action": ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
      "Resource": key.arn,
    ]
  }

  /// Jobs that have no network, encrypt what they keep and stay in the project's subnets.
  private func work(
    _ project: Project, workspace: CloudHandle, _ network: NetworkParts, _ key: CloudHandle
  ) -> [CloudValue] {
    let conditions: CloudValue = [
      "Bool": ["sagemaker:NetworkIsolation": "true", "sagemaker:InterContainerTrafficEncryption": "true"],
      "StringEquals": ["sagemaker:VolumeKmsKey": key.arn, "sagemaker:OutputKmsKey": key.arn],
      "ForAllValues:StringEquals": ["sagemaker:VpcSubnets": network.subnetIDs],
      "Null": ["sagemaker:VpcSubnets": "false"],
    ]
    return [
      [
        "Sid": "StartIsolatedJobs", "Effect": "Allow",
        "Action": ["sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob"],
        "Resource": .text(arn("sagemaker", "*")), "Condition": conditions,
      ],
      [
        "Sid": "PassOnlyItself", "Effect": "Allow", "Action": "iam:PassRole", "Resource": workspace.arn,
        "Condition": ["StringEquals": ["iam:PassedToService": "sagemaker.amazonaws.com"]],
      ],
      [
        "Sid": "OwnLog", "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": .text(arn("logs", "log-group:/aws/sagemaker/*")),
      ],
    ]
  }

  private func packages(_ registry: RegistryParts) -> [CloudValue] {
    var statements: [CloudValue] = [
      [
        "Sid": "ReadPackages", "Effect": "Allow",
        "Action": [
          "codeartifact:GetAuthorizationToken", "codeartifact:ReadFromRepository",
          "codeartifact:GetRepositoryEndpoint",
        ],
        "Resource": [registry.domain.arn, registry.approved.arn],
      ],
      [
        "Sid": "PackageToken", "Effect": "Allow", "Action": "sts:GetServiceBearerToken", "Resource": "*",
        "Condition": ["StringEquals": ["sts:AWSServiceName": "codeartifact.amazonaws.com"]],
      ],
    ]
    if let git = registry.git {
      statements.append([
        "Sid": "Git", "Effect": "Allow", "Action": ["codecommit:GitPull", "codecommit:GitPush"],
        "Resource": git.arn,
      ])
    }
    return statements
  }
}
