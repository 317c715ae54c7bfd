import CordonModel
import CordonPolicy

/// Something that people order, and a launch role makes.
struct CatalogRoute: Route {
  let name = "catalog-product"
  let path = EgressPath.crossAccountCopy
  let title = "a product of the catalog makes what nobody may make"
  let documentation = RouteDocumentation(
    """
    A product's template is carried out by its launch role, with rights that whoever orders it has not. Whoever writes the \
    template, or adds a version or a product, uses these rights.
    """,
    closedBy: [
      "every product's template among the files, where each of its resources is judged like any other",
      "no right to add products, versions or launch constraints",
    ],
    notClosedBy: [
      "a launch role that people cannot become: the template uses it for them",
      "a parameter's list of values: it binds what is chosen, not who writes the template",
    ])

  /// What puts something else into a catalog.
  static let offers = [
    "servicecatalog:CreateProduct", "servicecatalog:CopyProduct", "servicecatalog:CreateProvisioningArtifact",
    "servicecatalog:UpdateProvisioningArtifact", "servicecatalog:CreateConstraint",
    "servicecatalog:UpdateConstraint", "servicecatalog:AssociateProductWithPortfolio",
    "servicecatalog:AssociateServiceActionWithProvisioningArtifact",
    "servicecatalog:ImportAsProvisionedProduct", "servicecatalog:CreatePortfolioShare",
    "servicecatalog:AcceptPortfolioShare", "servicecatalog:AssociatePrincipalWithPortfolio",
  ]

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    let products = estate.all("AWS::ServiceCatalog::CloudFormationProduct")
    let constraints = estate.all("AWS::ServiceCatalog::LaunchRoleConstraint")
    let files = Set(estate.deployment.resources.map { Self.last(of: $0.location.file) })
    for product in products {
      judgement.doors += doors(product, files, scene, &judgement)
      let launches = constraints.contains { estate.text($0, "ProductId").value == estate.ref(product) }
      if !launches {
        judgement.lose("\(product.id) is made with the rights of whoever orders it", product)
      }
    }
    for constraint in constraints { judgement.add(launch(constraint, scene, &judgement)) }
    for right in estate.all("AWS::ServiceCatalog::PortfolioPrincipalAssociation") {
      let who = estate.text(right, "PrincipalARN")
      if who.value.flatMap({ estate.find($0, "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group") }) == nil
      {
        judgement.lose("who orders by \(right.id) is nobody of the files", right)
      }
    }
    if !constraints.isEmpty {
      judgement.add(
        RolePower(actions: Self.offers, consequence: "the launch role then makes what its template says."),
        scene)
      judgement.loseUnlessGuarded("adding products, versions and launch constraints", Self.offers, scene)
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("files", HeldControl(absence: "no product and no launch role")))
    }
    return judgement
  }

  // MARK: Templates

  private func doors(
    _ product: CloudResource, _ files: Set<String>, _ scene: Scene, _ judgement: inout Judgement
  ) -> [Door] {
    let name = "\(product.id)"
    if product["SourceConnection"] != nil {
      return [.unknown(name, "who writes the templates of \(name), in a repository, is not known", product)]
    }
    let versions = product["ProvisioningArtifactParameters"]?.elements ?? []
    guard !versions.isEmpty else {
      return [.unknown(name, "where the template of \(name) lies is not in the files", product)]
    }
    return versions.map { version in
      let url = scene.estate.text(version["Info"]?["LoadTemplateFromURL"])
      guard let text = url.value else {
        let parts =
          url.unknowns.isEmpty
          ? [UnknownPart("where the template of \(name) lies is not known")] : url.unknowns
        return .unknown(name, parts, product)
      }
      return door(product, text, files, scene, &judgement)
    }
  }

  private func door(
    _ product: CloudResource, _ url: String, _ files: Set<String>, _ scene: Scene,
    _ judgement: inout Judgement
  ) -> Door {
    let name = "\(product.id)"
    // Virtual-hosted style: Amazon S3 User Guide, "Virtual hosting of general purpose buckets".
    let host = url.hasPrefix("https://") ? url.dropFirst(8).prefix { $0 != "/" } : ""
    let bucket = scene.estate.buckets.first { host == "\($0.name).s3.\(scene.estate.region).amazonaws.com" }
    guard let bucket else {
      return .unknown(name, "who writes \(url) is not in the files: lay it into a bucket of theirs", product)
    }
    guard files.contains(Self.last(of: url)) else {
      return .unknown(
        name, "the template \(Self.last(of: url)) is not in the files: give it as well", product)
    }
    for role in scene.roles { writer(role, bucket, product, scene, &judgement) }
    return .closed(
      name,
      // Without its template a product makes nothing: there is nothing to lose.
      HeldControl(
        HeldControl(
          product, layer: "a template that is judged with the others",
          property: ["ProvisioningArtifactParameters"]
        ).closing, .none))
  }

  /// Reports a role that one of the two layers would let write templates. Service Catalog reads a template when a version is
  /// made, so this opens nothing until somebody deploys.
  private func writer(
    _ role: HeldRole, _ bucket: Bucket, _ product: CloudResource, _ scene: Scene, _ judgement: inout Judgement
  ) {
    let estate = scene.estate
    func refuses(_ layer: LayerReading) -> Bool {
      let question = RequestQuestion(
        layers: [layer], callers: estate.callers(.own(role)), actions: ["s3:PutObject"],
        resources: [bucket.arn + "/*"], demands: .of(.own(role), .anywhere, .own, estate),
        resourceAccount: estate.account)
      if case .none = scene.prover.ask(question) { return true }
      return false
    }
    if !refuses(role.allowing) {
      judgement.lose("\(role.resource.id) may write templates of products", role.resource)
    }
    if !refuses(bucket.denying) {
      judgement.lose(
        "the policy of \(bucket.resource.id) does not keep \(role.resource.id) from writing templates",
        bucket.resource)
    }
  }

  private static func last(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  // MARK: Launch roles

  private func launch(_ constraint: CloudResource, _ scene: Scene, _ judgement: inout Judgement) -> Door {
    let estate = scene.estate
    let name = "\(constraint.id)"
    guard let arn = estate.text(constraint, "RoleArn").value, let role = estate.find(arn, "AWS::IAM::Role"),
      let held = estate.held(role)
    else {
      return .unknown(name, "the launch role of \(name) is not in the files", constraint)
    }
    // A grant that SageMaker makes for a disk is none of the role's choosing.
    let power = RolePower(actions: Self.never, consequence: "", absent: ["kms:ViaService"])
    if !power.isRefused(to: held, scene) {
      judgement.lose("\(role.id) may do more than a product needs", role)
    }
    guard let boundary = held.boundary else {
      judgement.lose("\(role.id) has no boundary: its own policies alone say what products make", role)
      return Self.closed(name, role)
    }
    let layer = LayerReading(.boundary, policies: [boundary])
    if !power.isRefused(by: [layer], to: held, scene) {
      judgement.lose("the boundary of \(role.id) lets it do more than a product needs", role)
    }
    let foreign = RequestQuestion(
      layers: [layer], callers: estate.callers(.own(held)), actions: ["sagemaker:*", "cloudformation:*"],
      demands: .of(.own(held), .anywhere, .foreign, estate))
    if case .none = scene.prover.ask(foreign) {
    } else {
      judgement.lose("the boundary of \(role.id) does not ask whose the resource is", role)
    }
    for (what, power) in LaunchedNotebook.weaker(scene) where !power.isRefused(to: held, scene) {
      judgement.lose("\(role.id) may make a notebook instance \(what), whatever its product says", role)
    }
    if !LaunchedNotebook.handing.isRefused(to: held, scene) {
      judgement.lose("\(role.id) may hand a role to other services than SageMaker", role)
    }
    return Self.closed(name, role)
  }

  /// Without the role nothing is launched: there is nothing to lose.
  private static func closed(_ name: String, _ role: CloudResource) -> Door {
    .closed(name, HeldControl(HeldControl(role, layer: "a launch role of ours").closing, .none))
  }

  /// What no product needs; stacks are what a launch role makes.
  private static let never = (PolicyChangeRoute.actions + ServiceMadeCallRoute.actions).filter {
    !$0.hasPrefix("cloudformation:")
  }
}
