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
    egress: ["GroupId"] + rule + ["DestinationPrefixListId", "DestinationSecurityGroupId"],
    ingress: ["GroupId"] + rule + ["SourcePrefixListId", "SourceSecurityGroupId"],
  ]

  /// What CloudFormation takes where a template says nothing.
  private static let defaults = ["AWS::EC2::NetworkAclEntry": ["Egress": "false"]]

  static func isPart(_ type: String) -> Bool { keys[type] != nil }

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
      guard let known = text(value) else { return nil }
      parts.append(known)
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
    for member in planned.properties.members ?? [] {
      guard let value = resolved(member.value) else {
        unknown.insert(member.name)
        continue
      }
      before.append(.init(name: member.name, value: value, location: member.location))
    }
    var after = (LiveMatching.canonical(live.properties).members ?? []).filter { !unknown.contains($0.name) }
    for (name, value) in defaults.sorted(by: { $0.key < $1.key }) where !unknown.contains(name) {
      if !before.contains(where: { $0.name == name }) {
        before.append(.init(name: name, value: .text(value)))
      }
      if !after.contains(where: { $0.name == name }) { after.append(.init(name: name, value: .text(value))) }
    }
    return (CloudValue(.object(before)), CloudValue(.object(after)))
  }

  // MARK: Rules of security groups

  /// The lists of a group, and what an entry of each is beside one.
  private static let lists = [("SecurityGroupEgress", egress), ("SecurityGroupIngress", ingress)]

  /// The stacks' resources with each rule of a group as one of its own.
  static func divided(_ planned: [CloudResource]) -> [CloudResource] {
    planned.flatMap { resource -> [CloudResource] in
      guard resource.type == "AWS::EC2::SecurityGroup" else {
        return isNothing(resource.type, resource.properties) ? [] : [bare(resource)]
      }
      let rules = lists.flatMap { list, type in
        (resource.properties[list]?.elements ?? []).enumerated().map { index, entry in
          var rule = resource
          rule.id.name += " \(list) \(index + 1)"
          rule.type = type
          rule.properties = entry
          rule.properties.set("GroupId", CloudValue(.reference(CloudReference(resource.id))))
          return bare(rule)
        }
      }
      var group = resource
      group.properties = without(lists.map(\.0), resource.properties)
      return [group] + rules.filter { !isNothing($0.type, $0.properties) }
    }
  }

  /// The same of what runs.
  static func divided(_ running: [LiveResource]) -> [LiveResource] {
    running.flatMap { resource -> [LiveResource] in
      guard resource.type == "AWS::EC2::SecurityGroup" else { return [resource] }
      let rules = lists.flatMap { list, type in
        (resource.properties[list]?.elements ?? []).map { entry in
          var properties = without(["Description"], entry)
          properties.set("GroupId", .text(resource.ref))
          let words = (properties.members ?? []).filter { $0.name != "GroupId" }.compactMap(\.value.plainText)
            .joined(separator: " ")
          return LiveResource(type: type, ref: "\(resource.ref) \(words)", properties: properties)
        }
      }
      var group = resource
      group.properties = without(lists.map(\.0), resource.properties)
      return [group] + rules.filter { !isNothing($0.type, $0.properties) }
    }
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
