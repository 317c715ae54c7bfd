import CordonModel
import CordonPolicy

/// Nobody has more than is needed: people, their code, services, networks.
enum LeastSafeguards {
  static let all: [Safeguard] =
    settings + [
      Safeguard(
        "services-bound", .least, "a service acts for this account alone",
        reads: ServiceTrust.needs, judge: ServiceTrust.judge),
      Safeguard(
        "doors-named", .least, "the policy of every endpoint asks who calls",
        reads: ["AWS::EC2::VPCEndpoint": ["PolicyDocument"]],
        judge: doors),
      Safeguard(
        "roles-bounded", .least,
        "a boundary is above every role that people, their code, a catalog or a budget have",
        reads: [
          "AWS::IAM::Role": ["PermissionsBoundary"],
          "AWS::ServiceCatalog::LaunchRoleConstraint": ["RoleArn"],
          "AWS::Lambda::Function": ["Role"], "AWS::Budgets::BudgetsAction": ["ExecutionRoleArn"],
        ], judge: boundaries),
      Safeguard(
        "roles-placed", .least, "a role that code becomes from another is become in the network alone",
        reads: ["AWS::IAM::Role": ["AssumeRolePolicyDocument"]], judge: places),
      Safeguard(
        "people-placed", .least, "a role of people is become from the portal's address or network alone",
        reads: ["AWS::IAM::Role": ["AssumeRolePolicyDocument"]], judge: PeopleTrust.judge),
      Safeguard(
        "objects-named", .least, "no role reads or writes whatever bucket it likes",
        reads: [
          "AWS::IAM::Role": [], "AWS::IAM::Policy": [],
          "AWS::ServiceCatalog::LaunchRoleConstraint": ["RoleArn"],
        ], judge: objects),
      Safeguard(
        "orders-own", .least, "people change and end their own orders alone",
        reads: ["AWS::IAM::Role": [], "AWS::IAM::Policy": []], judge: orders),
      Safeguard(
        "orders-limited", .least, "lists hold what people choose of a product, whatever its template says",
        reads: [
          "AWS::ServiceCatalog::CloudFormationProduct": [],
          "AWS::ServiceCatalog::LaunchTemplateConstraint": ["ProductId", "Rules"],
        ], judge: OrderLimits.judge),
      Safeguard(
        "lists-narrow", .least,
        "outside the network an access list lets nothing but HTTPS and its answers through",
        reads: [
          "AWS::EC2::NetworkAclEntry": [
            "RuleAction", "CidrBlock", "Ipv6CidrBlock", "Egress", "Protocol", "PortRange",
          ]
        ], judge: AccessListReach.judge),
      Safeguard(
        "settings-attached", .least, "a portal attaches every setting that is there for one",
        reads: [
          "AWS::WorkSpacesWeb::Portal": [
            "UserSettingsArn", "BrowserSettingsArn", "NetworkSettingsArn", "IpAccessSettingsArn",
            "DataProtectionSettingsArn", "UserAccessLoggingSettingsArn", "SessionLoggerArn",
          ], "AWS::WorkSpacesWeb::UserSettings": [], "AWS::WorkSpacesWeb::BrowserSettings": [],
          "AWS::WorkSpacesWeb::NetworkSettings": [], "AWS::WorkSpacesWeb::IpAccessSettings": [],
          "AWS::WorkSpacesWeb::DataProtectionSettings": [],
          "AWS::WorkSpacesWeb::UserAccessLoggingSettings": [], "AWS::WorkSpacesWeb::SessionLogger": [],
        ], judge: attachments),
    ]

  private static let settings: [Safeguard] = [
    Safeguard(
      "buckets-private", .least, "no bucket can be made public",
      ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"].map {
        .on(
          "AWS::S3::Bucket", ["PublicAccessBlockConfiguration", $0],
          lack: "nothing keeps it from being made public")
      }),
    Safeguard(
      "buckets-owned", .least,
      "whatever lies in a bucket is its owner's, and no list of rights stands beside its policy",
      [
        .word(
          "AWS::S3::Bucket", ["OwnershipControls", "Rules", "ObjectOwnership"], "BucketOwnerEnforced",
          lack: "rights may be given object by object")
      ]),
    Safeguard(
      "notebooks-plain", .least,
      "nobody is root on a notebook instance, and no plain request gets its credentials",
      [
        .word(
          "AWS::SageMaker::NotebookInstance", ["RootAccess"], "Disabled", lack: "whoever works there is root"),
        .word(
          "AWS::SageMaker::NotebookInstance",
          ["InstanceMetadataServiceConfiguration", "MinimumInstanceMetadataServiceVersion"], "2",
          lack: "it hands out credentials by a plain GET"),
      ]),
  ]

  // MARK: Doors

  @Sendable private static func doors(_ scene: Scene) -> SafeguardFinding {
    var finding = SafeguardFinding()
    for endpoint in scene.endpoints where endpoint.openness != .serviceReadsNone {
      let path = ["PolicyDocument"]
      guard let policy = endpoint.policy else {
        finding.lose(
          "it has no policy, and whoever stands in the network may use it", endpoint.resource, path)
        continue
      }
      let loose = policy.widest.statements.first { statement in
        statement.effect == .allow && !statement.asksWho(scene.estate)
          && !statement.isOfServices(scene.estate)
      }
      guard let loose else {
        finding.hold(endpoint.resource, path)
        continue
      }
      guard policy.unknowns.isEmpty else {
        finding.doubt(policy.unknowns, endpoint.resource)
        continue
      }
      let name = loose.sid.map { "statement \($0)" } ?? "a statement"
      finding.lose("\(name) of its policy does not ask who calls", endpoint.resource, path)
    }
    return finding
  }

  // MARK: Roles

  @Sendable private static func boundaries(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    var finding = SafeguardFinding()
    let others =
      launchRoles(estate, &finding)
      + (estate.all("AWS::Lambda::Function").map { $0["Role"] }
      + estate.all("AWS::Budgets::BudgetsAction").map { $0["ExecutionRoleArn"] })
      .compactMap { estate.text($0).value }.compactMap { estate.find($0, "AWS::IAM::Role") }
    var seen: Set<ResourceID> = []
    for role in scene.roles.map(\.resource) + others where seen.insert(role.id).inserted {
      if role["PermissionsBoundary"] == nil {
        finding.lose("only its own policies say what it may do", role, ["PermissionsBoundary"])
      } else {
        finding.hold(role, ["PermissionsBoundary"])
      }
    }
    return finding
  }

  /// The roles that a catalog makes things with, of any account that offers something here, or of ours by its name.
  private static func launchRoles(_ estate: CloudEstate, _ finding: inout SafeguardFinding) -> [CloudResource]
  {
    var roles: [CloudResource] = []
    for constraint in estate.all("AWS::ServiceCatalog::LaunchRoleConstraint") {
      let name = estate.text(constraint["RoleArn"] ?? constraint["LocalRoleName"])
      if let role = name.value.flatMap({ estate.find($0, "AWS::IAM::Role") }) {
        roles.append(role)
      } else {
        finding.doubt(name.unknowns, constraint)
      }
    }
    return roles
  }

  @Sendable private static func places(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    let keys = ["aws:sourcevpc", "aws:sourcevpce", "aws:sourceip"]
    let path = ["AssumeRolePolicyDocument"]
    var finding = SafeguardFinding()
    for role in estate.all("AWS::IAM::Role") {
      for statement in estate.statements(of: role.properties[path: path]) where estate.isAllow(statement) {
        let becoming = estate.texts(statement["Principal"]?["AWS"]).known
        guard becoming.contains(where: { estate.find($0, "AWS::IAM::Role") != nil }) else { continue }
        let asks = statement.clauses.contains { clause in
          keys.contains(clause.key.lowercased()) && clause.operation.isDemand
        }
        if asks {
          finding.hold(role, path)
        } else {
          finding.lose("it is become from anywhere with the credentials of another role", role, path)
        }
      }
    }
    return finding
  }

  @Sendable private static func objects(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    var finding = SafeguardFinding()
    let launch = launchRoles(estate, &finding).compactMap { estate.held($0) }
    var seen: Set<ResourceID> = []
    for role in scene.roles + launch where seen.insert(role.resource.id).inserted {
      let wide = role.identity.lazy.flatMap { policy in
        policy.widest.statements.lazy.filter(\.isOfAnyBucket).map { (policy, $0) }
      }.first
      if let (policy, statement) = wide {
        let holder = policy.resource.flatMap { estate.resource($0) } ?? role.resource
        let name = statement.sid.map { "statement \($0)" } ?? "a statement"
        finding.lose("\(name) lets \(role.resource.id) at the objects of every bucket", holder)
      } else {
        finding.hold(role.resource)
      }
    }
    return finding
  }

  /// Service Catalog Administrator Guide, "Identity-based policy examples": without a level it is everybody's orders.
  @Sendable private static func orders(_ scene: Scene) -> SafeguardFinding {
    let actions = ["servicecatalog:TerminateProvisionedProduct", "servicecatalog:UpdateProvisionedProduct"]
    var finding = SafeguardFinding()
    for role in scene.roles {
      for policy in role.identity {
        let holder = policy.resource.flatMap { scene.estate.resource($0) } ?? role.resource
        for statement in policy.widest.statements
        where statement.effect == .allow && actions.contains(where: statement.action.mayBe) {
          let isOwn = statement.conditions.contains { clause in
            clause.key == ConditionKey("servicecatalog:userLevel") && clause.operation.isDemand
              && clause.values.map(\.text) == ["self"]
          }
          if isOwn {
            finding.hold(holder)
          } else {
            finding.lose("\(role.resource.id) may change and end the orders of others", holder)
          }
        }
      }
    }
    return finding
  }

  // MARK: Portals

  @Sendable private static func attachments(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    let portals = estate.all("AWS::WorkSpacesWeb::Portal")
    var finding = SafeguardFinding()
    guard !portals.isEmpty else { return finding }
    for kind in [
      "UserSettings", "BrowserSettings", "NetworkSettings", "IpAccessSettings", "DataProtectionSettings",
      "UserAccessLoggingSettings", "SessionLogger",
    ] {
      let path = ["\(kind)Arn"]
      for settings in estate.all("AWS::WorkSpacesWeb::\(kind)") {
        let names = portals.map { (portal: $0, name: estate.text($0, path[0])) }
        if let found = names.first(where: { $0.name.value == estate.ref(settings) }) {
          finding.hold(found.portal, path)
        } else if let open = names.first(where: { !$0.name.unknowns.isEmpty }) {
          finding.doubt(open.name.unknowns, open.portal)
        } else {
          finding.miss("no portal attaches \(settings.id)", portals[0], path)
        }
      }
    }
    return finding
  }
}

extension Statement {
  /// Whether it asks that the caller is of our account or organisation.
  fileprivate func asksWho(_ estate: CloudEstate) -> Bool {
    conditions.contains { clause in
      guard clause.operation.isDemand else { return false }
      let values = clause.values.map(\.text)
      if clause.key == ConditionKey("aws:PrincipalOrgID") { return values == [estate.organization] }
      // Which account is ours may not be in the files; that it asks for one can be seen.
      return clause.key == ConditionKey("aws:PrincipalAccount") && !values.isEmpty
        && values.allSatisfy { estate.isOwnAccount($0, at: nil).value ?? true }
    }
  }

  /// Whether it is about buckets of AWS's own alone, from which services have their layers read.
  fileprivate func isOfServices(_ estate: CloudEstate) -> Bool {
    guard let resource, !resource.isNegated else { return false }
    return resource.patterns.allSatisfy { estate.serviceBuckets.contains($0.text) }
  }

  /// Whether it lets somebody at the objects of every bucket, whatever they are.
  fileprivate var isOfAnyBucket: Bool {
    guard effect == .allow, conditions.isEmpty, let resource else { return false }
    guard ["s3:GetObject", "s3:PutObject"].contains(where: action.mayBe) else { return false }
    return resource.isNegated
      || resource.patterns.contains { $0.match("arn:aws:s3:::anybodys-bucket/object") != .no }
  }
}

extension ConditionOperator {
  /// Whether the key has to be there and to be what the values say.
  var isDemand: Bool {
    !ifExists && !comparison.isNegated && comparison != .null && quantifier != .forAllValues
  }
}
