import CordonModel

// Route 53 Resolver: the DNS firewall, forwarding, query logs; private zones.
extension PlanMapping {
  static let firewall: [String: PlanMapping] = [
    "aws_route53_resolver_firewall_domain_list": .to(
      "AWS::Route53Resolver::FirewallDomainList", .copy("name", "Name"), .copy("domains", "Domains")),
    "aws_route53_resolver_firewall_rule_group": .to(
      "AWS::Route53Resolver::FirewallRuleGroup", .copy("name", "Name")),
    "aws_route53_resolver_firewall_rule": .part(
      of: "firewall_rule_group_id",
      .element(
        "FirewallRules", .copy("action", "Action"), .copy("priority", "Priority"),
        .copy("block_response", "BlockResponse"), .copy("block_override_domain", "BlockOverrideDomain"),
        .copy("q_type", "Qtype"), .link("firewall_domain_list_id", "FirewallDomainListId"),
        .copy("firewall_domain_redirection_action", "FirewallDomainRedirectionAction"))),
    "aws_route53_resolver_firewall_rule_group_association": .to(
      "AWS::Route53Resolver::FirewallRuleGroupAssociation", .link("vpc_id", "VpcId"),
      .link("firewall_rule_group_id", "FirewallRuleGroupId"), .copy("priority", "Priority"),
      .copy("mutation_protection", "MutationProtection"), .copy("name", "Name")),
    // CloudFormation has no such type; the name is the service's own.
    "aws_route53_resolver_firewall_config": .to(
      "AWS::Route53Resolver::FirewallConfig", .link("resource_id", "ResourceId"),
      .copy("firewall_fail_open", "FirewallFailOpen")),
  ]

  static let names: [String: PlanMapping] = [
    "aws_route53_resolver_endpoint": .to(
      "AWS::Route53Resolver::ResolverEndpoint", .copy("direction", "Direction"),
      .links("security_group_ids", "SecurityGroupIds"),
      .blocks("ip_address", "IpAddresses", .link("subnet_id", "SubnetId"), .copy("ip", "Ip"))),
    "aws_route53_resolver_rule": .to(
      "AWS::Route53Resolver::ResolverRule", .copy("domain_name", "DomainName"),
      .copy("rule_type", "RuleType"),
      .link("resolver_endpoint_id", "ResolverEndpointId"),
      .blocks("target_ip", "TargetIps", .copy("ip", "Ip"), .copy("port", "Port"))),
    "aws_route53_resolver_rule_association": .to(
      "AWS::Route53Resolver::ResolverRuleAssociation", .link("resolver_rule_id", "ResolverRuleId"),
      .link("vpc_id", "VPCId")),
    "aws_route53_resolver_query_log_config": .to(
      "AWS::Route53Resolver::ResolverQueryLoggingConfig", .link("destination_arn", "DestinationArn"),
      .copy("name", "Name")),
    "aws_route53_resolver_query_log_config_association": .to(
      "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
      .link("resolver_query_log_config_id", "ResolverQueryLogConfigId"), .link("resource_id", "ResourceId")),
    "aws_route53_zone": .to(
      "AWS::Route53::HostedZone", .copy("name", "Name"),
      .blocks("vpc", "VPCs", .link("vpc_id", "VPCId"), .copy("vpc_region", "VPCRegion"))),
  ]
}
