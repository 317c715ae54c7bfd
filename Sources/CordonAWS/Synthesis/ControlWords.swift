import CordonModel

/// What resources and properties are for, and which way a change of them goes.
enum ControlWords {
  /// What a whole resource is.
  enum Part {
    /// Something that closes or watches.
    case control(String)
    /// Something that lets through.
    case door(String)
    case none
  }

  static func part(of resource: CloudResource) -> Part {
    if resource.type == "AWS::EC2::NetworkAclEntry", resource.properties["RuleAction"]?.plainText == "deny" {
      return .control("an entry of an access list that denies")
    }
    if let words = controls[resource.type] { return .control(words) }
    if let words = doors[resource.type] {
      let name = resource.properties["ServiceName"]?.plainText ?? resource.properties["RoleName"]?.plainText
      return .door(name.map { "\(words), \($0)" } ?? words)
    }
    return .none
  }

  private static let controls: [String: String] = [
    "AWS::Route53Resolver::FirewallRuleGroupAssociation": "the DNS firewall of a network",
    "AWS::Route53Resolver::FirewallRuleGroup": "the rules of a DNS firewall",
    "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": "the log of what a network asks for",
    "AWS::EC2::FlowLog": "the log of what flows in a network",
    "AWS::EC2::VPCBlockPublicAccessOptions": "the block of every internet gateway",
    "AWS::EC2::SubnetNetworkAclAssociation": "the access list of a subnet",
    "AWS::EC2::DHCPOptions": "the choice of the network's own resolver",
    "AWS::S3::BucketPolicy": "the policy of a bucket",
    "AWS::Organizations::Policy": "a guardrail of the organisation",
    "AWS::IAM::ManagedPolicy": "a ceiling of roles",
    "AWS::CloudTrail::Trail": "the trail of every call",
    "AWS::AccessAnalyzer::Analyzer": "the search for access from outside",
    "AWS::Config::ConfigRule": "a rule that settings are held to",
    "AWS::Config::ConfigurationRecorder": "the record of settings",
    "AWS::SageMaker::MonitoringSchedule": "the watch of an endpoint",
    "AWS::CloudWatch::Alarm": "an alarm",
    "AWS::Config::RemediationConfiguration": "a runbook that puts a setting right",
    "AWS::ServiceCatalog::LaunchRoleConstraint": "the role that makes what is ordered",
    "AWS::ServiceCatalog::LaunchTemplateConstraint": "the lists that a choice must be on",
    "AWS::Budgets::Budget": "a budget",
    "AWS::Budgets::BudgetsAction": "the answer to a spent budget",
    "AWS::ServiceCatalog::TagOption": "a tag of everything that is ordered",
    "AWS::ServiceCatalog::TagOptionAssociation": "a tag of everything that is ordered",
    "AWS::WorkSpacesWeb::UserSettings": "what crosses the remote browser",
    "AWS::WorkSpacesWeb::BrowserSettings": "what the remote browser opens",
    "AWS::WorkSpacesWeb::IpAccessSettings": "from where the portal is opened",
    "AWS::WorkSpacesWeb::DataProtectionSettings": "redaction in the remote browser",
    "AWS::WorkSpacesWeb::UserAccessLoggingSettings": "the log of the remote browser",
    "AWS::WorkSpacesWeb::SessionLogger": "the record of sessions in the remote browser",
  ]

  private static let doors: [String: String] = [
    "AWS::EC2::VPCEndpoint": "a door to a service",
    "AWS::EC2::Route": "a route",
    "AWS::EC2::InternetGateway": "a gateway to the internet",
    "AWS::EC2::VPCGatewayAttachment": "a network's way to a gateway",
    "AWS::EC2::NatGateway": "an address translation to the internet",
    "AWS::EC2::SecurityGroupEgress": "what a security group lets out",
    "AWS::EC2::SecurityGroupIngress": "what a security group lets in",
    "AWS::EC2::NetworkAclEntry": "an entry of an access list",
    "AWS::EC2::VPCBlockPublicAccessExclusion": "a network that is left out of the block of internet gateways",
    "AWS::EC2::VPCPeeringConnection": "a way to another network",
    "AWS::IAM::Role": "a role",
    "AWS::IAM::Policy": "permissions of a role", "AWS::IAM::RolePolicy": "permissions of a role",
    "AWS::IAM::UserPolicy": "permissions of a user", "AWS::IAM::GroupPolicy": "permissions of a group",
    "AWS::SageMaker::UserProfile": "a person's workspace",
    "AWS::SageMaker::Space": "a space of a person's own",
    "AWS::SageMaker::NotebookInstance": "a notebook instance",
    "AWS::SageMaker::ImageVersion": "an image that workspaces run in",
    "AWS::SageMaker::MlflowTrackingServer": "a tracking server of runs",
    "AWS::ServiceCatalog::CloudFormationProduct": "something that people order",
    "AWS::ServiceCatalog::PortfolioPrincipalAssociation": "the right to order",
    "AWS::ServiceCatalog::PortfolioProductAssociation": "something in a catalog",
    "AWS::Lambda::Function": "code that runs by itself",
    "AWS::Lambda::Permission": "the right to call a function",
    "AWS::Events::Rule": "a rule that sends events",
    "AWS::SNS::Subscription": "somebody who is told of events",
    "AWS::SNS::Topic": "a place where events are told",
    "AWS::WorkSpacesWeb::Portal": "a portal of the remote browser",
  ]

  /// The words of a property; nil where it has none.
  static func setting(_ type: String, _ path: [String]) -> Setting? {
    let name = path.joined(separator: ".")
    if let known = settings["\(type).\(name)"] { return known }
    let last = path.last ?? ""
    guard
      [
        "PolicyDocument", "AssumeRolePolicyDocument", "KeyPolicy", "Content", "Policies",
        "RepositoryPolicyText",
        "PermissionsPolicyDocument", "ModelPackageGroupPolicy",
      ].contains(last)
    else { return nil }
    return .policy
  }

  private static let settings: [String: Setting] = {
    var all: [String: Setting] = [:]
    for (name, words) in [
      ("Copy", "copying out of the remote browser"), ("Paste", "pasting into the remote browser"),
      ("Download", "downloads through the remote browser"), ("Upload", "uploads through the remote browser"),
      ("Print", "printing through the remote browser"), ("DeepLink", "links that open the remote browser"),
      ("WebAuthn", "the person's security keys in the remote browser"),
    ] {
      all["AWS::WorkSpacesWeb::UserSettings.\(name)Allowed"] = .safest("Disabled", words)
    }
    for name in ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"] {
      all["AWS::S3::Bucket.PublicAccessBlockConfiguration.\(name)"] = .safest(
        "true", "the block of public buckets")
    }
    for kind in ["DataQuality", "ModelQuality", "ModelBias", "ModelExplainability"] {
      let network = "AWS::SageMaker::\(kind)JobDefinition.NetworkConfig"
      all["\(network).EnableNetworkIsolation"] = .safest("true", "the isolation of a monitor")
      all["\(network).EnableInterContainerTrafficEncryption"] = .safest("true", "what a monitor's nodes say")
      all["AWS::SageMaker::\(kind)JobDefinition.\(kind)JobOutputConfig.MonitoringOutputs"] = .who(
        "where a monitor writes")
    }
    all["AWS::SageMaker::MlflowTrackingServer.ArtifactStoreUri"] = .who("where runs leave their artifacts")
    for (key, value) in single { all[key] = value }
    return all
  }()

  private static let single: [String: Setting] = [
    "AWS::S3::Bucket.VersioningConfiguration.Status": .safest("Enabled", "old versions of objects"),
    "AWS::KMS::Key.EnableKeyRotation": .safest("true", "rotation of a key"),
    "AWS::SageMaker::Domain.AppNetworkAccessType": .safest("VpcOnly", "the network of Studio's apps"),
    "AWS::SageMaker::Domain.DomainSettings.DockerSettings.EnableDockerAccess":
      .safest("DISABLED", "containers inside Studio"),
    "AWS::SageMaker::NotebookInstance.DirectInternetAccess":
      .safest("Disabled", "the internet of a notebook instance"),
    "AWS::SageMaker::NotebookInstance.RootAccess": .safest("Disabled", "root in a notebook instance"),
    "AWS::SageMaker::NotebookInstance.KmsKeyId": .who("whose key seals a notebook instance's disk"),
    "AWS::SageMaker::ImageVersion.BaseImage": .who("the image that workspaces run in"),
    "AWS::Config::RemediationConfiguration.TargetId": .who("the runbook that puts a setting right"),
    "AWS::EC2::NetworkAclEntry.RuleAction": .safest("deny", "an entry of an access list"),
    "AWS::Events::Rule.State": .safest("ENABLED", "a rule that sends events"),
    "AWS::SageMaker::Space.SpaceSettings.RemoteAccess": .safest("DISABLED", "editors outside the portal"),
    "AWS::SageMaker::Space.SpaceSharingSettings.SharingType": .safest("Private", "who opens a space"),
    "AWS::ServiceCatalog::PortfolioPrincipalAssociation.PrincipalARN": .who("who may order"),
    "AWS::ServiceCatalog::LaunchTemplateConstraint.Rules": .who("what may be chosen of a product"),
    "AWS::Budgets::Budget.Budget.BudgetLimit.Amount": .who("what a project may spend"),
    "AWS::Budgets::BudgetsAction.ApprovalModel":
      .safest("AUTOMATIC", "the answer to a spent budget, without asking"),
    "AWS::Budgets::BudgetsAction.Definition.IamActionDefinition.PolicyArn":
      .who("what is taken from roles when a budget is spent"),
    "AWS::Budgets::BudgetsAction.Definition.IamActionDefinition.Roles":
      .who("from whom it is taken when a budget is spent"),
    "AWS::WorkSpacesWeb::SessionLogger.EventFilter": .who("what is recorded of sessions"),
    "AWS::SageMaker::Domain.DefaultUserSettings.SharingSettings.NotebookOutputOption":
      .safest("Disabled", "sharing of notebooks with their output"),
    "AWS::SageMaker::UserProfile.UserSettings.SharingSettings.NotebookOutputOption":
      .safest("Disabled", "sharing of notebooks with their output"),
    "AWS::Route53Resolver::FirewallRuleGroupAssociation.MutationProtection":
      .safest("ENABLED", "the protection of a DNS firewall"),
    "AWS::EC2::VPCBlockPublicAccessOptions.InternetGatewayBlockMode":
      .safest("block-bidirectional", "the block of every internet gateway"),
    "AWS::ECR::Repository.ImageTagMutability": .safest("IMMUTABLE", "images that keep their name"),
    "AWS::CloudTrail::Trail.IsLogging": .safest("true", "the trail of every call"),
    "AWS::CloudTrail::Trail.IsMultiRegionTrail": .safest("true", "the trail of other regions"),
    "AWS::CloudTrail::Trail.EnableLogFileValidation": .safest("true", "the trail's own proof"),
    "AWS::Route53Resolver::FirewallDomainList.Domains": .list("names that a DNS firewall lists"),
    "AWS::WorkSpacesWeb::IpAccessSettings.IpRules": .list("ranges that may open the portal"),
    "AWS::WorkSpacesWeb::BrowserSettings.BrowserPolicy": .browser,
  ]
}

/// A property that has words of its own.
enum Setting {
  /// One value is the safe one.
  case safest(String, String)
  /// Each entry lets something through.
  case list(String)
  /// A document of statements.
  case policy
  /// What the browser may do, as JSON.
  case browser
  /// Whom or what it names; neither is safer by itself.
  case who(String)

  /// What a change means, and which way it goes.
  func changes(_ old: CloudValue?, _ new: CloudValue?) -> [(StackDifference.Direction, String)] {
    switch self {
    case .safest(let safe, let words):
      let (before, after) = (StackDifference.text(old), StackDifference.text(new))
      let direction: StackDifference.Direction =
        after == safe ? .stronger : before == safe ? .weaker : .changed
      return [(direction, "\(words): \(before), then \(after)")]
    case .list(let words): return Self.entries(old, new, words)
    case .policy: return Self.statements(old, new)
    case .who(let words):
      return [(.changed, "\(words): \(StackDifference.text(old)), then \(StackDifference.text(new))")]
    case .browser: return [(.changed, "what the remote browser opens and may do")]
    }
  }

  private static func entries(
    _ old: CloudValue?, _ new: CloudValue?, _ words: String
  ) -> [(StackDifference.Direction, String)] {
    // A list of one may come as what it holds.
    let (before, after) = (old.map { $0.elements ?? [$0] } ?? [], new.map { $0.elements ?? [$0] } ?? [])
    let added = after.filter { !before.contains($0) }.map { (StackDifference.Direction.weaker, "listed", $0) }
    let gone = before.filter { !after.contains($0) }.map {
      (StackDifference.Direction.stronger, "no longer listed", $0)
    }
    return (added + gone).map { direction, verb, value in
      // The list of every name is the one that is blocked.
      let turned = value.plainText == "*" ? (direction == .weaker ? .stronger : .weaker) : direction
      return (turned, "\(words): \(StackDifference.text(value["IpRange"] ?? value)) \(verb)")
    }
  }

  /// Statement by statement: a new Allow or a missing Deny lets more through, a missing Allow or a new Deny less.
  private static func statements(
    _ old: CloudValue?, _ new: CloudValue?
  ) -> [(StackDifference.Direction, String)] {
    let (before, after) = (all(old), all(new))
    let gone = before.filter { !after.contains($0) }
    let added = after.filter { !before.contains($0) }
    var found: [(StackDifference.Direction, String)] = []
    var matched: [String] = []
    for statement in added {
      let name = label(statement)
      if gone.contains(where: { label($0) == name && effect($0) == effect(statement) }) {
        matched.append(name)
        found.append((.changed, "statement \(name) says something else"))
      } else {
        let isDenial = effect(statement) == "Deny"
        found.append((isDenial ? .stronger : .weaker, "statement \(name) (\(effect(statement))) added"))
      }
    }
    for statement in gone where !matched.contains(label(statement)) {
      let isDenial = effect(statement) == "Deny"
      found.append(
        (isDenial ? .weaker : .stronger, "statement \(label(statement)) (\(effect(statement))) removed"))
    }
    return found.isEmpty ? [(.changed, "the policy is written otherwise")] : found
  }

  /// The statements of a document, or of all documents of a role.
  private static func all(_ value: CloudValue?) -> [CloudValue] {
    guard let value else { return [] }
    if let statements = value["Statement"] { return statements.elements ?? [statements] }
    return (value.elements ?? []).flatMap { all($0["PolicyDocument"]) }
  }

  private static func effect(_ statement: CloudValue) -> String {
    statement["Effect"]?.plainText ?? "no effect"
  }

  private static func label(_ statement: CloudValue) -> String {
    statement["Sid"]?.plainText ?? StackDifference.text(statement["Action"] ?? statement["NotAction"])
  }
}
