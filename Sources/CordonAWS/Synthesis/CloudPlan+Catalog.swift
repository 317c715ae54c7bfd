import CordonModel

/// Where templates of products lie, and the tag that everything ordered has.
struct ShelfParts {
  var stack: CloudStack
  var name: BucketName
  var tag: CloudHandle
}

// What people order for themselves. The launch role, not the person, has create rights, and uses them as a product's template
// says; the templates are read and proved with the others.
extension CloudPlan {
  /// The bucket of the products' templates; nil where the spec offers none.
  func shelf(_ base: FoundationParts) throws -> ShelfParts? {
    guard !rules.catalog.isEmpty else { return nil }
    var stack = self.stack("products", "The bucket of the templates of what people order, and the common tag")
    let name: BucketName
    do throws(NameRefusal) {
      name = try BucketName("\(environment.name)-products-\(account)")
    } catch { throw SynthesisError.cannotExpress("the bucket of the products: \(error)", at: "name") }
    let bucket = self.bucket("ProductBucket", name, isVersioned: true, base.key, nil, keep: nil, in: &stack)
    // Every role that the stacks make.
    let names = [environment.name.text] + environment.projects.map(\.name.text)
    var people: CloudValue = [
      "ArnLike": ["aws:PrincipalArn": .texts(names.map { "arn:aws:iam::*:role/\($0)-*" })]
    ]
    if let others { people.set("ArnNotLike", others["ArnNotLike"] ?? [:]) }
    stack.add(
      "ProductBucketPolicy", "AWS::S3::BucketPolicy",
      [
        "Bucket": bucket.ref,
        "PolicyDocument": Self.document(
          guarding(name, base.key) + [
            [
              "Sid": "NobodyOfTheStacks", "Effect": "Deny", "Principal": "*",
              "NotAction": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": Self.whole(name),
              "Condition": people,
            ]
          ]),
      ])
    let tag = stack.add(
      "EnvironmentTag", "AWS::ServiceCatalog::TagOption",
      ["Key": "environment", "Value": .text(environment.name), "Active": true])
    return ShelfParts(stack: stack, name: name, tag: tag)
  }

  /// A project's products and its portfolio; none where nobody works in the project.
  func catalog(
    of project: Project, _ domain: CloudHandle, _ roles: RoleParts, _ shelf: ShelfParts
  ) -> [CloudStack] {
    let people = environment.people.filter {
      $0.roles.contains(.dataScientist) && $0.projects.contains(project.name)
    }.map(\.name.text)
    guard !people.isEmpty else { return [] }
    let products = rules.catalog.map { product in
      switch product {
      case .workspace: space(of: project, domain, people)
      }
    }
    var stack = self.stack("catalog", of: project, "What people of \(project.name) order for themselves")
    let role = launchRole(of: project, domain, in: &stack)
    let portfolio = stack.add(
      "Portfolio", "AWS::ServiceCatalog::Portfolio",
      [
        "DisplayName": .text("\(environment.name) \(project.name)"),
        "ProviderName": .text(environment.name),
        "Description": .text("What people of \(project.name) order for themselves"), "Tags": tags(project),
      ])
    stack.add(
      "PeopleOrder", "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
      ["PortfolioId": portfolio.ref, "PrincipalARN": roles.scientist.arn, "PrincipalType": "IAM"])
    tagged(portfolio, project, shelf, in: &stack)
    for product in products { offer(product, portfolio, role, project, shelf, in: &stack) }
    ordering(roles.scientist, in: &stack)
    return products + [stack]
  }

  private func offer(
    _ product: CloudStack, _ portfolio: CloudHandle, _ role: CloudHandle, _ project: Project,
    _ shelf: ShelfParts, in stack: inout CloudStack
  ) {
    let name = Self.logical(String(product.name.dropFirst("\(environment.name)-\(project.name)-".utf8.count)))
    var writer = TemplateWriter(product, exports: [])
    // A version is named by what it holds: Service Catalog reads a template only when the version is new.
    let version = Self.digits(writer.template())
    let item = stack.add(
      "\(name)Product", "AWS::ServiceCatalog::CloudFormationProduct",
      [
        "Name": .text(product.name), "Owner": .text(environment.name), "Description": .text(product.summary),
        "ProvisioningArtifactParameters": [
          [
            "Name": .text(version),
            "Info": [
              "LoadTemplateFromURL": .text(
                "https://\(shelf.name).s3.\(region).amazonaws.com/\(product.name).yaml")
            ],
          ]
        ],
        "ReplaceProvisioningArtifacts": false, "Tags": tags(project),
      ], comment: "Its template lies in the products' bucket before this stack is deployed: README.md.")
    let offered = stack.add(
      "\(name)Offer", "AWS::ServiceCatalog::PortfolioProductAssociation",
      ["PortfolioId": portfolio.ref, "ProductId": item.ref])
    stack.add(
      "\(name)Launch", "AWS::ServiceCatalog::LaunchRoleConstraint",
      [
        "PortfolioId": portfolio.ref, "ProductId": item.ref, "RoleArn": role.arn,
        "Description": "The launch role makes it, whoever orders",
      ], after: [offered.id.name])
  }

  private func tagged(
    _ portfolio: CloudHandle, _ project: Project, _ shelf: ShelfParts, in stack: inout CloudStack
  ) {
    let own = stack.add(
      "ProjectTag", "AWS::ServiceCatalog::TagOption",
      ["Key": "project", "Value": .text(project.name), "Active": true])
    for (name, option) in [("Environment", shelf.tag), ("Project", own)] {
      stack.add(
        "Portfolio\(name)Tag", "AWS::ServiceCatalog::TagOptionAssociation",
        ["ResourceId": portfolio.ref, "TagOptionId": option.ref])
    }
  }

  /// What people may ask of the catalog; making is the launch role's.
  private func ordering(_ scientist: CloudHandle, in stack: inout CloudStack) {
    let order: CloudValue = [
      "Sid": "Order", "Effect": "Allow",
      "Action": .texts(
        [
          "DescribeProduct", "DescribeProductView", "DescribeProvisioningArtifact",
          "DescribeProvisioningParameters", "ListLaunchPaths", "ProvisionProduct", "SearchProducts",
        ].map { "servicecatalog:\($0)" }), "Resource": "*",
    ]
    let own: CloudValue = [
      "Sid": "OwnOrders", "Effect": "Allow",
      "Action": .texts(
        [
          "DescribeProvisionedProduct", "DescribeRecord", "ListRecordHistory", "ScanProvisionedProducts",
          "SearchProvisionedProducts", "TerminateProvisionedProduct", "UpdateProvisionedProduct",
        ].map { "servicecatalog:\($0)" }), "Resource": "*",
      "Condition": ["StringEquals": ["servicecatalog:userLevel": "self"]],
    ]
    stack.add(
      "OrderPolicy", "AWS::IAM::Policy",
      [
        "PolicyName": "order", "Roles": [scientist.ref], "PolicyDocument": Self.document([order, own]),
      ])
  }

  /// The role that makes what is ordered, and nothing else. AWS Service Catalog Administrator Guide, "Launch constraints".
  private func launchRole(
    of project: Project, _ domain: CloudHandle, in stack: inout CloudStack
  ) -> CloudHandle {
    let making = ["CreateSpace", "UpdateSpace", "DeleteSpace", "DescribeSpace", "AddTags", "ListTags"]
      .map { "sagemaker:\($0)" }
    let stacks = [
      "CreateStack", "UpdateStack", "DeleteStack", "DescribeStacks", "DescribeStackEvents", "SetStackPolicy",
    ].map { "cloudformation:\($0)" }
    let reading = ["cloudformation:GetTemplateSummary", "cloudformation:ValidateTemplate"]
    let boundary = stack.add(
      "LaunchBoundary", "AWS::IAM::ManagedPolicy",
      [
        "Description": "What the launch role cannot do, whatever else is attached",
        "PolicyDocument": Self.document([
          [
            "Sid": "Making", "Effect": "Allow",
            "Action": .texts(making + stacks + reading + ["s3:GetObject"]),
            "Resource": "*",
          ], onlyOwnResourcesButTemplates,
        ]),
      ])
    let allowed: [CloudValue] = [
      [
        "Sid": "OwnSpaces", "Effect": "Allow", "Action": .texts(making),
        "Resource": "arn:aws:sagemaker:\(region):\(account):space/\(domain.ref)/*",
      ],
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

  /// Service Catalog's own bucket is not of the organisation; what is read there is a template.
  private var onlyOwnResourcesButTemplates: CloudValue {
    [
      "Sid": "OnlyOwnResources", "Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*",
      "Condition": ["StringNotEqualsIfExists": ["aws:ResourceOrgID": .text(organization)]],
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
