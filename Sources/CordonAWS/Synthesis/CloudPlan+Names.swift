import CordonModel

// DNS. Questions leave through the VPC's resolver even where no packet can: listed names pass, all others get NXDOMAIN. A rule
// without a query type covers every type; redirections are inspected, so an allowed name cannot point elsewhere.
extension CloudPlan {
  func names(_ projects: [ProjectParts], _ browser: BrowserParts, _ base: FoundationParts) -> CloudStack {
    var stack = self.stack("names", "The DNS firewall of every network, and its log")
    let allowed = stack.add(
      "AllowedNames", "AWS::Route53Resolver::FirewallDomainList",
      ["Name": .text("\(environment.name)-allowed"), "Domains": .texts(allowedNames), "Tags": tags(nil)])
    let all = stack.add(
      "AllNames", "AWS::Route53Resolver::FirewallDomainList",
      ["Name": .text("\(environment.name)-all"), "Domains": ["*"], "Tags": tags(nil)])
    let inspect: CloudValue = "INSPECT_REDIRECTION_DOMAIN"
    let rules = stack.add(
      "Rules", "AWS::Route53Resolver::FirewallRuleGroup",
      [
        "Name": .text("\(environment.name)-listed-names-only"),
        "FirewallRules": [
          [
            "Action": "ALLOW", "Priority": 100, "FirewallDomainListId": allowed.ref,
            "FirewallDomainRedirectionAction": inspect,
          ],
          [
            "Action": "BLOCK", "BlockResponse": "NXDOMAIN", "Priority": 900, "FirewallDomainListId": all.ref,
            "FirewallDomainRedirectionAction": inspect,
          ],
        ],
        "Tags": tags(nil),
      ])
    let log = logGroup("Log", "dns", base, in: &stack)
    let logging = stack.add(
      "Logging", "AWS::Route53Resolver::ResolverQueryLoggingConfig",
      ["Name": .text("\(environment.name)-questions"), "DestinationArn": log.arn])
    let networks =
      [("Browser", browser.vpc)] + projects.map { (Self.logical($0.project.name.text), $0.network.vpc) }
    for (name, vpc) in networks {
      stack.add(
        "\(name)Rules", "AWS::Route53Resolver::FirewallRuleGroupAssociation",
        [
          "Name": .text("\(environment.name)-\(name)"), "VpcId": vpc.ref, "FirewallRuleGroupId": rules.ref,
          "Priority": 200, "MutationProtection": "ENABLED", "Tags": tags(nil),
        ])
      stack.add(
        "\(name)Logging", "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
        ["ResolverQueryLogConfigId": logging.ref, "ResourceId": vpc.ref])
    }
    return stack
  }

  /// What may be asked for: own buckets by name, the endpoints, the console and sign-in of this region.
  private var allowedNames: [String] {
    let projects = environment.projects
    let hosts = [
      "api.sagemaker", "runtime.sagemaker", "sts", "logs", "monitoring", "kms", "api.ecr",
      "\(account).dkr.ecr",
      "codeartifact", "git-codecommit",
    ]
    return projects.flatMap(\.buckets).map { "\($0.name).s3.\(region).amazonaws.com" }
      + hosts.map { "\($0).\(region).amazonaws.com" }
      + projects.map { "\(packageDomain($0))-\(account).d.codeartifact.\(region).amazonaws.com" }
      + ["\(region).console.aws.amazon.com", "\(region).signin.aws.amazon.com"]
  }
}
