import CordonModel

/// What products of a project are made of, and who makes them.
struct Making {
  var domain: CloudHandle
  var network: NetworkParts
  var data: DataParts
  var roles: RoleParts
  /// What notebook instances begin with; nil where the project has none.
  var start: CloudHandle?

  init(
    _ domain: CloudHandle, _ network: NetworkParts, _ data: DataParts, _ roles: RoleParts,
    _ start: CloudHandle?
  ) {
    self.domain = domain
    self.network = network
    self.data = data
    self.roles = roles
    self.start = start
  }
}

// What is ordered, and the role that makes it. It makes nothing that is weaker than the templates say: a version that leaves
// something out is refused by the role, whoever wrote it.
extension CloudPlan {
  /// The products that the spec offers, each a template of its own.
  func products(of project: Project, _ making: Making, _ people: [String]) throws -> [CloudStack] {
    try rules.catalog.compactMap { product in
      switch product {
      case .workspace: space(of: project, making.domain, people)
      case .notebook: try making.start.map { try orderedNotebook(of: project, making, start: $0, people) }
      }
    }
  }

  // MARK: The launch role

  /// The role that makes what is ordered, and nothing else. AWS Service Catalog Administrator Guide, "Launch constraints".
  func launchRole(
    of project: Project, _ making: Making, in stack: inout CloudStack
  ) -> CloudHandle {
    let stacks = [
      "CreateStack", "UpdateStack", "DeleteStack", "DescribeStacks", "DescribeStackEvents", "SetStackPolicy",
    ].map { "cloudformation:\($0)" }
    let reading = ["cloudformation:GetTemplateSummary", "cloudformation:ValidateTemplate"]
    let made = rules.catalog.flatMap { product -> [CloudValue] in
      switch product {
      case .workspace: [ownSpaces(making.domain)]
      case .notebook: ownNotebooks(project, making)
      }
    }
    let boundary = stack.add(
      "LaunchBoundary", "AWS::IAM::ManagedPolicy",
      [
        "Description": "What the launch role cannot do, whatever else is attached",
        "PolicyDocument": Self.document(ceiling(made, stacks + reading)),
      ])
    let allowed =
      made + [
        [
          "Sid": "OwnStacks", "Effect": "Allow", "Action": .texts(stacks),
          "Resource": .text(arn("cloudformation", "stack/SC-\(account)-*")),
        ],
        ["Sid": "ReadTemplate", "Effect": "Allow", "Action": .texts(reading), "Resource": "*"],
        [
          // Service Catalog keeps templates in a bucket of its own, and tags them.
          "Sid": "FetchTemplate", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
          "Condition": ["StringEquals": ["s3:ExistingObjectTag/servicecatalog:provisioning": "true"]],
        ],
      ]
    return stack.add(
      "LaunchRole", "AWS::IAM::Role",
      [
        "RoleName": .text("\(environment.name)-\(project.name)-launch"), "PermissionsBoundary": boundary.ref,
        "AssumeRolePolicyDocument": Self.document([
          [
            "Effect": "Allow", "Principal": ["Service": "servicecatalog.amazonaws.com"],
            "Action": "sts:AssumeRole", "Condition": ownAccount,
          ]
        ]),
        "Policies": [["PolicyName": "launch", "PolicyDocument": Self.document(allowed)]],
        "Tags": tags(project),
      ], comment: "Has create rights in the place of whoever orders; Service Catalog alone becomes it.")
  }

  /// The ceiling: the calls of the role's own policy on anything that is ours, those that a service makes for it apart.
  private func ceiling(_ made: [CloudValue], _ stacks: [String]) -> [CloudValue] {
    func actions(throughSageMaker: Bool) -> [String] {
      var found: [String] = []
      for statement in made
      where (statement["Condition"]?["StringEquals"]?["kms:ViaService"] != nil) == throughSageMaker {
        let named = statement["Action"].map { $0.elements ?? [$0] } ?? []
        for action in named.compactMap(\.plainText) where !found.contains(action) { found.append(action) }
      }
      return found
    }
    let making: CloudValue = [
      "Sid": "Making", "Effect": "Allow",
      "Action": .texts(actions(throughSageMaker: false) + stacks + ["s3:GetObject"]),
      "Resource": "*",
    ]
    let through = actions(throughSageMaker: true)
    guard !through.isEmpty else { return [making, onlyOwnResourcesButTemplates] }
    return [
      making,
      [
        "Sid": "ThroughSageMaker", "Effect": "Allow", "Action": .texts(through), "Resource": "*",
        "Condition": throughSageMaker,
      ], onlyOwnResourcesButTemplates,
    ]
  }

  /// Service Catalog's own bucket is not of the organisation; what is read there is a template.
  private var onlyOwnResourcesButTemplates: CloudValue {
    [
      "Sid": "OnlyOwnResources", "Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*",
      "Condition": ["StringNotEqualsIfExists": ["aws:ResourceOrgID": .text(organization)]],
    ]
  }

  /// Calls of KMS that SageMaker makes because of the role's: AWS KMS Developer Guide, "kms:ViaService".
  private var throughSageMaker: CloudValue {
    ["StringEquals": ["kms:ViaService": .text("sagemaker.\(region).amazonaws.com")]]
  }

  private func ownSpaces(_ domain: CloudHandle) -> CloudValue {
    [
      "Sid": "OwnSpaces", "Effect": "Allow",
      "Action": .texts(
        ["CreateSpace", "UpdateSpace", "DeleteSpace", "DescribeSpace", "AddTags", "ListTags"].map {
          "sagemaker:\($0)"
        }),
      "Resource": "arn:aws:sagemaker:\(region):\(account):space/\(domain.ref)/*",
    ]
  }

  /// SageMaker Developer Guide, "Amazon SageMaker API permissions", `CreateNotebookInstance`: in a network and under a key, it asks for
  /// rights to both. `UpdateNotebookInstance` is left out: another size is another order.
  private func ownNotebooks(_ project: Project, _ making: Making) -> [CloudValue] {
    let own = CloudValue.text(arn("sagemaker", "notebook-instance/\(orderedPrefix(project))*"))
    let key = making.data.key.arn
    return [
      [
        "Sid": "ClosedNotebooks", "Effect": "Allow", "Action": "sagemaker:CreateNotebookInstance",
        "Resource": own,
        "Condition": [
          "StringEquals": [
            "sagemaker:DirectInternetAccess": "Disabled", "sagemaker:RootAccess": "Disabled",
            "sagemaker:MinimumInstanceMetadataServiceVersion": "2", "sagemaker:VolumeKmsKey": key,
          ],
          "ForAllValues:StringEquals": [
            "sagemaker:VpcSubnets": making.network.subnetIDs,
            "sagemaker:VpcSecurityGroupIds": [making.network.workload.ref],
          ],
          "Null": ["sagemaker:VpcSubnets": "false", "sagemaker:VpcSecurityGroupIds": "false"],
        ],
      ],
      [
        "Sid": "OwnNotebooks", "Effect": "Allow",
        "Action": .texts(
          [
            "DeleteNotebookInstance", "DescribeNotebookInstance", "StopNotebookInstance", "AddTags",
            "ListTags",
          ].map { "sagemaker:\($0)" }), "Resource": own,
      ],
      [
        "Sid": "HandTheWorkspaceRole", "Effect": "Allow", "Action": "iam:PassRole",
        "Resource": making.roles.workspace.arn,
        "Condition": ["StringEquals": ["iam:PassedToService": "sagemaker.amazonaws.com"]],
      ],
      [
        "Sid": "LookAtTheNetwork", "Effect": "Allow",
        "Action": [
          "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ], "Resource": "*",
      ],
      [
        "Sid": "StandInTheNetwork", "Effect": "Allow",
        "Action": ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"],
        "Resource": .list(
          making.network.subnets.map { "arn:aws:ec2:\(region):\(account):subnet/\($0.ref)" as CloudValue } + [
            "arn:aws:ec2:\(region):\(account):security-group/\(making.network.workload.ref)",
            .text(arn("ec2", "network-interface/*")),
          ]),
      ],
      [
        "Sid": "SealTheDisk", "Effect": "Allow", "Action": ["kms:CreateGrant", "kms:DescribeKey"],
        "Resource": key, "Condition": throughSageMaker,
      ],
    ]
  }

  // MARK: Products

  /// A Studio space of a person's own.
  private func space(of project: Project, _ domain: CloudHandle, _ people: [String]) -> CloudStack {
    var stack = self.stack("workspace", of: project, "A Studio space of \(project.name) for one person")
    stack.isProduct = true
    let owner = stack.choose(
      "Person",
      [
        "Type": "String", "Description": "Whose space it is", "Default": .text(people[0]),
        "AllowedValues": .texts(people),
      ])
    let name = stack.choose(
      "SpaceName",
      [
        "Type": "String", "Description": "What it is called", "Default": .text("\(people[0])-space"),
        "AllowedPattern": "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
      ])
    let size = stack.choose("Size", Self.sizes)
    stack.add(
      "Space", "AWS::SageMaker::Space",
      [
        "DomainId": domain.ref, "SpaceName": name, "OwnershipSettings": ["OwnerUserProfileName": owner],
        "SpaceSharingSettings": ["SharingType": "Private"],
        "SpaceSettings": [
          "AppType": "JupyterLab", "RemoteAccess": "DISABLED",
          "JupyterLabAppSettings": ["DefaultResourceSpec": ["InstanceType": size]],
        ],
        "Tags": tags(project),
      ], comment: "No editor outside the portal joins it, and nobody else opens it.")
    return stack
  }

  /// A notebook instance like those that the spec names.
  private func orderedNotebook(
    of project: Project, _ making: Making, start: CloudHandle, _ people: [String]
  ) throws -> CloudStack {
    let prefix = orderedPrefix(project)
    // Another project's notebooks would carry names that this one's people open.
    if let other = environment.projects.first(where: { $0.name.text.hasPrefix("\(project.name)--") }) {
      throw SynthesisError.cannotExpress(
        "notebooks of \(other.name) would be called like those of \(project.name); rename one of the projects",
        at: "project \(other.name)")
    }
    var stack = self.stack(
      "notebook", of: project, "A notebook instance of \(project.name), without internet and without root")
    stack.isProduct = true
    let room = 63 - prefix.utf8.count
    let name = stack.choose(
      "NotebookName",
      [
        "Type": "String", "Description": "What it is called", "Default": "notebook-1",
        "AllowedPattern": "[a-z0-9](-*[a-z0-9])*", "MaxLength": .number(room),
      ])
    guard room >= "notebook-1".utf8.count else {
      throw SynthesisError.cannotExpress(
        "'\(prefix)' leaves \(room) characters for a notebook instance's name, and 10 are needed; shorten the "
          + "environment's or the project's name", at: "project \(project.name)")
    }
    let size = stack.choose("Size", Self.sizes)
    let parts = NotebookParts(
      network: making.network, key: making.data.key, role: making.roles.workspace, start: start)
    stack.add(
      "Notebook", "AWS::SageMaker::NotebookInstance", notebook("\(prefix)\(name)", size, parts, project),
      comment: Self.withoutInternet)
    return stack
  }

  /// What a person's computer may be.
  static let sizes: CloudValue = [
    "Type": "String", "Description": "How large its computer is", "Default": "ml.t3.medium",
    "AllowedValues": ["ml.t3.medium", "ml.t3.xlarge", "ml.m5.xlarge", "ml.m5.4xlarge"],
  ]

  /// Sixteen hexadecimal digits that belong to `text` (FNV-1a).
  static func digits(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let hex = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - hex.count) + hex
  }
}
