import CordonModel
import CordonPolicy

// Who answers names, and which are answered.
extension LiveTable {
  static let names: [LiveStep] = [
    list(
      .resolver, "ListFirewallDomainLists", "FirewallDomainLists",
      details: [
        LiveDetail(
          "Domains",
          list(
            .resolver, "ListFirewallDomains", "Domains", [("FirewallDomainListId", "$Id")],
            hides: ["AWS::Route53Resolver::FirewallDomainList"]))
      ],
      shapes: [
        LiveShape("AWS::Route53Resolver::FirewallDomainList", id: "Id", arn: "Arn", .take("Name", "Domains"))
      ],
      // What AWS lists is AWS's to know: a rule that uses such a list is judged as not known.
      leavingOut: { $0["ManagedOwnerName"]?.plain?.isEmpty == false }),
    list(
      .resolver, "ListFirewallRuleGroups", "FirewallRuleGroups",
      details: [
        LiveDetail(
          "Rules",
          list(
            .resolver, "ListFirewallRules", "FirewallRules", [("FirewallRuleGroupId", "$Id")],
            hides: ["AWS::Route53Resolver::FirewallRuleGroup"]))
      ],
      shapes: [
        LiveShape(
          "AWS::Route53Resolver::FirewallRuleGroup", id: "Id", arn: "Arn", .take("Name"),
          .copy("Rules", "FirewallRules"))
      ]),
    list(
      .resolver, "ListFirewallRuleGroupAssociations", "FirewallRuleGroupAssociations",
      shapes: [
        LiveShape(
          "AWS::Route53Resolver::FirewallRuleGroupAssociation", id: "Id", arn: "Arn",
          .take("FirewallRuleGroupId", "VpcId", "Priority", "MutationProtection", "Name"))
      ], leavingOut: { $0["Status"]?.plain == "DELETING" }),
    list(
      .ec2, "DescribeVpcs", "vpcSet", page: LivePaging("NextToken", "nextToken"),
      hides: ["AWS::Route53Resolver::FirewallConfig"], children: [failOpen]),
    list(
      .resolver, "ListResolverRules", "ResolverRules",
      shapes: [
        LiveShape(
          "AWS::Route53Resolver::ResolverRule", id: "Id", arn: "Arn",
          .take("DomainName", "RuleType", "TargetIps", "ResolverEndpointId", "Name"))
      ],
      // The rule that every network has: AWS's own resolver answers.
      leavingOut: { $0["Id"]?.plain == "rslvr-autodefined-rr-internet-resolver" }),
    list(
      .resolver, "ListResolverRuleAssociations", "ResolverRuleAssociations",
      shapes: [
        LiveShape(
          "AWS::Route53Resolver::ResolverRuleAssociation", id: "Id", .take("VPCId", "ResolverRuleId"))
      ],
      leavingOut: { $0["ResolverRuleId"]?.plain == "rslvr-autodefined-rr-internet-resolver" }),
    list(
      .resolver, "ListResolverEndpoints", "ResolverEndpoints",
      shapes: [
        LiveShape(
          "AWS::Route53Resolver::ResolverEndpoint", id: "Id", arn: "Arn",
          .take("Direction", "SecurityGroupIds"))
      ]),
    list(
      .resolver, "ListResolverQueryLogConfigs", "ResolverQueryLogConfigs",
      shapes: [
        LiveShape(
          "AWS::Route53Resolver::ResolverQueryLoggingConfig", id: "Id", arn: "Arn",
          .take("DestinationArn", "Name"))
      ]),
    list(
      .resolver, "ListResolverQueryLogConfigAssociations", "ResolverQueryLogConfigAssociations",
      shapes: [
        LiveShape(
          "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation", id: "Id",
          .copy("ResourceId", "ResourceId"), .copy("ResolverQueryLogConfigId", "ResolverQueryLogConfigId"))
      ],
      // One that failed, or that cannot write where it should, records nothing.
      leavingOut: { $0["Status"]?.plain.map { $0 != "ACTIVE" } ?? false }),
    route53Zones, records,
  ]

  /// CloudFormation has no type for it: whether questions pass while the DNS firewall does not answer.
  private static let failOpen = LiveStep(
    service: .resolver, action: "GetFirewallConfig", input: [("ResourceId", "$vpcId")],
    list: "FirewallConfig", hides: ["AWS::Route53Resolver::FirewallConfig"],
    shapes: [
      LiveShape(
        "AWS::Route53Resolver::FirewallConfig", id: "Id", .take("ResourceId", "FirewallFailOpen"))
    ])

  private static let route53Zones: LiveStep = {
    var step = list(
      .route53, "ListHostedZones", "HostedZones.HostedZone", page: LivePaging("marker", "NextMarker"),
      target: "GET /2013-04-01/hostedzone",
      details: [
        LiveDetail(
          "about", one(.route53, "GetHostedZone", [("Id", "$Id")], target: "GET /2013-04-01{Id+}"))
      ],
      shapes: [
        LiveShape(
          "AWS::Route53::HostedZone", id: "Id", .take("Name"),
          .value("VPCs") { zone in
            if let unknown = zone.at("about").flatMap(LiveValue.unknown) { return unknown }
            guard zone.at("Config.PrivateZone")?.plain == "true" else { return nil }
            return .list(zone.list("about.VPCs.VPC").map { LiveValue.value($0) })
          })
      ])
    step.isGlobal = true
    return step
  }()

  /// What names of zones that networks of ours alone see lead to. Those that everybody sees are left out.
  private static let records: LiveStep = {
    let sets = list(
      .route53, "ListResourceRecordSets", "ResourceRecordSets.ResourceRecordSet", [("Id", "$Id")],
      page: LivePaging(
        "name", "NextRecordName",
        beside: [("type", "NextRecordType"), ("identifier", "NextRecordIdentifier")]),
      target: "GET /2013-04-01{Id+}/rrset",
      shapes: [
        LiveShape(
          "AWS::Route53::RecordSet", id: "parent.Id Name Type SetIdentifier",
          .copy("parent.Id", "HostedZoneId"), .take("Name", "Type", "SetIdentifier", "TTL", "AliasTarget"),
          .value("ResourceRecords") { set in
            let values = set.list("ResourceRecords.ResourceRecord").compactMap { $0.at("Value")?.plain }
            return values.isEmpty ? nil : .texts(values)
          })
      ])
    var step = list(
      .route53, "ListHostedZones", "HostedZones.HostedZone", page: LivePaging("marker", "NextMarker"),
      target: "GET /2013-04-01/hostedzone?hostedzonetype=PrivateHostedZone", children: [sets],
      leavingOut: { $0.at("Config.PrivateZone")?.plain != "true" })
    step.isGlobal = true
    return step
  }()
}
