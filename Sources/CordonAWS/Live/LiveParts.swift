import CordonModel

/// Resources without a name of their own, which AWS tells apart by what they belong to and by what they say.
///
/// The rules of security groups stand in templates within a group or beside it, and are read as the group's: here each is a
/// part of its group. AWS's own parts are none of the stacks': the route of a gateway endpoint, which is compared with the
/// endpoint, and the last entry of every access list.
enum LiveParts {
  private static let egress = "AWS::EC2::SecurityGroupEgress"
  private static let ingress = "AWS::EC2::SecurityGroupIngress"
  private static let rule = ["IpProtocol", "FromPort", "ToPort", "CidrIp", "CidrIpv6"]

  /// The properties that tell a part from the others of its type; the first names what it belongs to.
  private static let keys: [String: [String]] = [
    "AWS::EC2::Route": [
      "RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId",
    ],
    "AWS::EC2::NetworkAclEntry": ["NetworkAclId", "RuleNumber", "Egress"],
    "AWS::EC2::SubnetRouteTableAssociation": ["SubnetId"],
    "AWS::EC2::SubnetNetworkAclAssociation": ["SubnetId"],
    "AWS::EC2::VPCDHCPOptionsAssociation": ["VpcId"],
    "AWS::EC2::VPCGatewayAttachment": ["VpcId", "InternetGatewayId", "VpnGatewayId"],
    "AWS::S3::BucketPolicy": ["Bucket"],
    "AWS::SNS::TopicPolicy": ["Topics"],
    "AWS::SQS::QueuePolicy": ["Queues"],
    "AWS::EC2::VPCBlockPublicAccessOptions": [],
    "AWS::IAM::RolePolicy": ["RoleName", "PolicyName"],
    "AWS::IAM::UserPolicy": ["UserName", "PolicyName"],
    "AWS::IAM::GroupPolicy": ["GroupName", "PolicyName"],
    "AWS::Lambda::Permission": [
      "FunctionName", "Action", "Principal", "SourceArn", "SourceAccount", "PrincipalOrgID",
    ],
    "AWS::Route53::RecordSet": ["HostedZoneId", "Name", "Type", "SetIdentifier"],
    "AWS::SageMaker::UserProfile": ["DomainId", "UserProfileName"],
    "AWS::SageMaker::Space": ["DomainId", "SpaceName"],
    "AWS::Config::RemediationConfiguration": ["ConfigRuleName"],
    "AWS::Budgets::BudgetsAction": ["BudgetName", "NotificationType", "ActionType"],
    "AWS::ServiceCatalog::LaunchRoleConstraint": ["PortfolioId", "ProductId"],
    "AWS::ServiceCatalog::LaunchTemplateConstraint": ["PortfolioId", "ProductId"],
    "AWS::ServiceCatalog::PortfolioPrincipalAssociation": ["PortfolioId", "PrincipalARN"],
    "AWS::ServiceCatalog::PortfolioProductAssociation": ["PortfolioId", "ProductId"],
    "AWS::ServiceCatalog::TagOptionAssociation": ["TagOptionId", "ResourceId"],
    egress: ["GroupId"] + rule + ["DestinationPrefixListId", "DestinationSecurityGroupId"],
    ingress: ["GroupId"] + rule + ["SourcePrefixListId", "SourceSecurityGroupId"],
  ]

  /// What CloudFormation takes where a template says nothing.
  private static let defaults = ["AWS::EC2::NetworkAclEntry": ["Egress": "false"]]

  /// Parts of which AWS says more than templates do: they are compared in what the stacks say.
  private static let described: Set<String> = [
    "AWS::Route53::RecordSet", "AWS::SageMaker::UserProfile", "AWS::SageMaker::Space",
    "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::Config::RemediationConfiguration",
    "AWS::Budgets::BudgetsAction",
    "AWS::ServiceCatalog::LaunchRoleConstraint", "AWS::ServiceCatalog::LaunchTemplateConstraint",
    "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
  ]

  static func isPart(_ type: String) -> Bool { keys[type] != nil }

  static func isDescribed(_ type: String) -> Bool { described.contains(type) }

  /// What tells a part from all others; nil where a property that does is not known.
  static func key(
    of type: String, _ properties: CloudValue, text: (CloudValue) -> String?
  ) -> String? {
    guard let names = keys[type] else { return nil }
    var parts = [type]
    for name in names {
      guard let value = properties[name] else {
        parts.append(defaults[type]?[name] ?? "")
        continue
      }
      // A policy that several share is in the account one of each.
      guard let known = text(value.elements.flatMap { $0.count == 1 ? $0[0] : nil } ?? value) else {
        return nil
      }
      parts.append(type == "AWS::Lambda::Permission" && name == "FunctionName" ? function(known) : known)
    }
    return parts.joined(separator: " ")
  }

  /// What a part belongs to.
  static func owner(of part: LiveResource) -> CloudValue? {
    keys[part.type]?.first.flatMap { part.properties[$0] }
  }

  static func owner(of part: CloudResource) -> CloudValue? {
    keys[part.type]?.first.flatMap { part.properties[$0] }
  }

  /// Whether AWS makes it by itself.
  static func isAWSOwn(_ part: LiveResource) -> Bool {
    switch part.type {
    case "AWS::EC2::NetworkAclEntry": part.properties["RuleNumber"]?.plainText == "32767"
    case "AWS::EC2::Route": part.properties["GatewayId"]?.plainText?.hasPrefix("vpce-") == true
    default: false
    }
  }

  /// The properties of a part on both sides: what the stacks say that cannot be known is left out of both.
  static func compared(
    _ planned: CloudResource, _ live: LiveResource, resolved: (CloudValue) -> CloudValue?
  ) -> (before: CloudValue, after: CloudValue) {
    let defaults = Self.defaults[planned.type] ?? [:]
    var before: [CloudValue.Member] = []
    var unknown: Set<String> = []
    // What it belongs to is the same, by whatever name.
    let owner = planned.type == "AWS::Lambda::Permission" ? "FunctionName" : nil
    for member in planned.properties.members ?? [] where member.name != owner {
      guard let value = resolved(member.value) else {
        unknown.insert(member.name)
        continue
      }
      before.append(.init(name: member.name, value: value, location: member.location))
    }
    var after = (LiveMatching.canonical(live.properties).members ?? []).filter {
      !unknown.contains($0.name) && $0.name != owner
    }
    for (name, value) in defaults.sorted(by: { $0.key < $1.key }) where !unknown.contains(name) {
      if !before.contains(where: { $0.name == name }) {
        before.append(.init(name: name, value: .text(value)))
      }
      if !after.contains(where: { $0.name == name }) { after.append(.init(name: name, value: .text(value))) }
    }
    return (CloudValue(.object(before)), CloudValue(.object(after)))
  }

  // MARK: What stands within another, or beside it

  /// The lists of a resource, and what an entry of each is beside one, with the property that names what it belongs to.
  private static let lists: [String: [(list: String, type: String, owner: String)]] = [
    "AWS::EC2::SecurityGroup": [
      ("SecurityGroupEgress", egress, "GroupId"), ("SecurityGroupIngress", ingress, "GroupId"),
    ],
    "AWS::IAM::Role": [("Policies", "AWS::IAM::RolePolicy", "RoleName")],
    "AWS::IAM::User": [("Policies", "AWS::IAM::UserPolicy", "UserName")],
    "AWS::IAM::Group": [("Policies", "AWS::IAM::GroupPolicy", "GroupName")],
  ]

  /// Whose one policy may be.
  private static let holders = [
    ("Roles", "AWS::IAM::RolePolicy", "RoleName"), ("Users", "AWS::IAM::UserPolicy", "UserName"),
    ("Groups", "AWS::IAM::GroupPolicy", "GroupName"),
  ]

  /// The stacks' resources with each rule of a group, and each policy of a role, as one of its own.
  static func divided(_ planned: [CloudResource]) -> [CloudResource] {
    planned.flatMap { resource -> [CloudResource] in
      if resource.type == "AWS::IAM::Policy" { return policies(resource) }
      guard let lists = lists[resource.type] else {
        return isNothing(resource.type, resource.properties) ? [] : [bare(resource)]
      }
      // A list that is not one, a choice or what is not known, stays where it is.
      let known = lists.filter { resource.properties[$0.list]?.elements != nil }
      let parts = known.flatMap { list, type, owner in
        (resource.properties[list]?.elements ?? []).enumerated().map { index, entry in
          part(
            "\(list) \(index + 1)", type, of: resource, entry, owner,
            CloudValue(.reference(CloudReference(resource.id))))
        }
      }
      var whole = resource
      whole.properties = without(known.map(\.list), resource.properties)
      return [whole] + parts.filter { !isNothing($0.type, $0.properties) }
    }
  }

  /// A policy that stands beside its roles, as one of each; as it is where nobody knows whose it is.
  private static func policies(_ policy: CloudResource) -> [CloudResource] {
    let properties = without(holders.map(\.0), policy.properties)
    let parts = holders.flatMap { list, type, owner in
      (policy.properties[list]?.elements ?? []).map { (type, owner, $0) }
    }
    if parts.count == 1, let (type, owner, holder) = parts.first {
      var only = part("", type, of: policy, properties, owner, holder)
      only.id = policy.id
      return [only]
    }
    return parts.isEmpty
      ? [policy]
      : parts.enumerated().map { index, one in
        part("\(index + 1)", one.0, of: policy, properties, one.1, one.2)
      }
  }

  private static func part(
    _ name: String, _ type: String, of resource: CloudResource, _ properties: CloudValue, _ owner: String,
    _ holder: CloudValue
  ) -> CloudResource {
    var part = resource
    part.id.name += " " + name
    part.type = type
    part.properties = properties
    part.properties.set(owner, holder)
    return bare(part)
  }

  /// The same of what runs.
  static func divided(_ running: [LiveResource]) -> [LiveResource] {
    running.flatMap { resource -> [LiveResource] in
      guard let lists = lists[resource.type] else { return [plain(resource)] }
      let parts = lists.flatMap { list, type, owner in
        (resource.properties[list]?.elements ?? []).map { entry in
          var properties = without(["Description"], entry)
          properties.set(owner, .text(resource.ref))
          let words = (properties.members ?? []).filter { $0.name != owner }.compactMap(\.value.plainText)
            .joined(separator: " ")
          return LiveResource(type: type, ref: "\(resource.ref) \(words)", properties: properties)
        }
      }
      var whole = resource
      whole.properties = without(lists.map(\.list), resource.properties)
      return [whole] + parts.filter { !isNothing($0.type, $0.properties) }
    }
  }

  /// A resource with names as templates write them: AWS ends those of DNS in a dot, says where zones are kept, and calls a
  /// function by its ARN.
  private static func plain(_ resource: LiveResource) -> LiveResource {
    var plain = resource
    switch resource.type {
    case "AWS::Route53::HostedZone":
      plain.ref = zone(resource.ref)
      plain.properties = changed(["Name"], resource.properties, host)
    case "AWS::Route53::RecordSet":
      plain.properties = changed(["Name"], resource.properties, host)
      plain.properties = changed(["HostedZoneId"], plain.properties, zone)
      if let target = plain.properties["AliasTarget"], target.members != nil {
        plain.properties.set("AliasTarget", changed(["DNSName"], target, host))
      }
    case "AWS::Lambda::Permission":
      plain.properties = changed(["FunctionName"], resource.properties, function)
    default: break
    }
    return plain
  }

  private static func changed(
    _ names: [String], _ properties: CloudValue, _ change: (String) -> String
  ) -> CloudValue {
    var properties = properties
    for name in names {
      if let text = properties[name]?.plainText { properties.set(name, .text(change(text))) }
    }
    return properties
  }

  private static func zone(_ id: String) -> String {
    id.hasPrefix("/hostedzone/") ? String(id.dropFirst("/hostedzone/".count)) : id
  }

  /// Route 53 writes what is no letter of a name by its number (Developer Guide, "DNS domain name format").
  private static func host(_ name: String) -> String {
    let name = name.replacing("\\052", with: "*")
    return name.hasSuffix(".") ? String(name.dropLast()) : name
  }

  static func function(_ arn: String) -> String {
    guard let range = arn.firstRange(of: ":function:") else { return arn }
    return String(arn[range.upperBound...])
  }

  /// A rule without its description, which says nothing to packets.
  private static func bare(_ resource: CloudResource) -> CloudResource {
    guard [egress, ingress].contains(resource.type) else { return resource }
    var rule = resource
    rule.properties = without(["Description"], resource.properties)
    return rule
  }

  /// Whether it is a rule to the machine itself, which lets nothing out: it stands in the place of none.
  private static func isNothing(_ type: String, _ properties: CloudValue) -> Bool {
    type == egress && properties["CidrIp"]?.plainText == "127.0.0.1/32"
  }

  private static func without(_ names: [String], _ properties: CloudValue) -> CloudValue {
    CloudValue(
      .object((properties.members ?? []).filter { !names.contains($0.name) }), at: properties.location)
  }
}
