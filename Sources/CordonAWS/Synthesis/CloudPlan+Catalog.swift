import CordonModel
import CordonPolicy

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

  /// People who work in a project, and so may order.
  func orderers(in project: Project) -> [String] {
    environment.people.filter { $0.roles.contains(.dataScientist) && $0.projects.contains(project.name) }
      .map(\.name.text)
  }

  /// Whether people of a project can order something.
  func isOrdered(_ product: CatalogProduct, in project: Project) -> Bool {
    rules.catalog.contains(product) && !orderers(in: project).isEmpty
  }

  /// A project's products and its portfolio; none where nobody works in the project.
  func catalog(of project: Project, _ making: Making, _ shelf: ShelfParts) throws -> [CloudStack] {
    let people = orderers(in: project)
    guard !people.isEmpty else { return [] }
    let products = try products(of: project, making, people)
    var stack = self.stack("catalog", of: project, "What people of \(project.name) order for themselves")
    let role = launchRole(of: project, making, in: &stack)
    let portfolio = stack.add(
      "Portfolio", "AWS::ServiceCatalog::Portfolio",
      [
        "DisplayName": .text("\(environment.name) \(project.name)"),
        "ProviderName": .text(environment.name),
        "Description": .text("What people of \(project.name) order for themselves"), "Tags": tags(project),
      ])
    stack.add(
      "PeopleOrder", "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
      [
        "PortfolioId": portfolio.ref, "PrincipalARN": making.roles.scientist.arn, "PrincipalType": "IAM",
      ])
    tagged(portfolio, project, shelf, in: &stack)
    for product in products { offer(product, portfolio, role, project, shelf, in: &stack) }
    ordering(making.roles.scientist, in: &stack)
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
    stack.add(
      "\(name)Choices", "AWS::ServiceCatalog::LaunchTemplateConstraint",
      [
        "PortfolioId": portfolio.ref, "ProductId": item.ref, "Rules": .text(Self.choices(of: product)),
        "Description": "What may be chosen, whatever the template says",
      ], comment: "A later version of the product is held to the same lists.", after: [offered.id.name])
  }

  /// A rule for each choice of a product that has a list of values. AWS Service Catalog Administrator Guide, "Template constraint
  /// rules".
  private static func choices(of product: CloudStack) -> String {
    let rules = product.parameters.compactMap { parameter -> (String, JSONValue)? in
      guard let values = parameter.declaration["AllowedValues"]?.elements else { return nil }
      let list = JSONValue.array(values.map { .string($0.plainText ?? "") })
      let assertion: JSONValue = [
        "Assert": ["Fn::Contains": [list, ["Ref": .string(parameter.name)]]],
        "AssertDescription": .string("\(parameter.name) is one of the list"),
      ]
      return ("\(parameter.name)IsListed", ["Assertions": [assertion]])
    }
    // As they are read back, so that the two are compared as they are.
    return JSONValue.object(rules).written(.canonical)
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
}
