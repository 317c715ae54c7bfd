import CordonModel

// DNS. Questions leave through the VPC's resolver even where no packet can: listed names pass, all others get NXDOMAIN. A rule
// without a query type covers every type; redirections are inspected, so an allowed name cannot point elsewhere. Each network
// has a list of its own: one project does not learn another's names.
extension CloudPlan {
  /// Lets the resolver of a network answer `names` alone.
  func firewall(
    _ names: [CloudValue], of vpc: CloudHandle, called title: String, _ project: Project?,
    _ base: FoundationParts, in stack: inout CloudStack
  ) throws {
    // Route 53 Developer Guide, "Route 53 Resolver DNS Firewall quotas".
    guard names.count <= 1_000 else {
      throw SynthesisError.tooLarge(
        stack: stack.name, what: "names for its firewall", count: names.count, most: 1_000)
    }
    let allowed = stack.add(
      "AllowedNames", "AWS::Route53Resolver::FirewallDomainList",
      ["Name": .text("\(title)-allowed"), "Domains": .list(names), "Tags": tags(project)])
    let inspect: CloudValue = "INSPECT_REDIRECTION_DOMAIN"
    let listed: [CloudValue] = [
      [
        "Action": "ALLOW", "Priority": 100, "FirewallDomainListId": allowed.ref,
        "FirewallDomainRedirectionAction": inspect,
      ],
      [
        "Action": "BLOCK", "BlockResponse": "NXDOMAIN", "Priority": 900,
        "FirewallDomainListId": base.allNames.ref, "FirewallDomainRedirectionAction": inspect,
      ],
    ]
    let rules = stack.add(
      "NameRules", "AWS::Route53Resolver::FirewallRuleGroup",
      [
        "Name": .text("\(title)-listed-names-only"),
        "FirewallRules": .list((self.rules.tunnelRules ? [Self.tunnels] : []) + listed),
        "Tags": tags(project),
      ],
      comment: (self.rules.tunnelRules
        ? "What looks like a tunnel is blocked first, under listed names too.\n" : "")
        + "Listed names pass; every other question, of every type, ends here.")
    stack.add(
      "NameFirewall", "AWS::Route53Resolver::FirewallRuleGroupAssociation",
      [
        "Name": .text(title), "VpcId": vpc.ref, "FirewallRuleGroupId": rules.ref, "Priority": 200,
        "MutationProtection": "ENABLED", "Tags": tags(project),
      ])
  }

  /// Questions that look like a tunnel, whatever list they are on: Route 53 Developer Guide, "DNS Firewall Advanced". It is met
  /// before any name is let through.
  private static let tunnels: CloudValue = [
    "Action": "BLOCK", "BlockResponse": "NXDOMAIN", "Priority": 50, "DnsThreatProtection": "DNS_TUNNELING",
    "ConfidenceThreshold": "MEDIUM",
  ]

  /// Records what a network asks for, and what flows in it.
  func watched(
    _ vpc: CloudHandle, _ project: Project?, _ base: FoundationParts, in stack: inout CloudStack
  ) {
    stack.add(
      "QuestionLogging", "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
      ["ResolverQueryLogConfigId": base.questions.ref, "ResourceId": vpc.ref])
    stack.add(
      "Flows", "AWS::EC2::FlowLog",
      [
        "ResourceType": "VPC", "ResourceId": vpc.ref, "TrafficType": "ALL",
        "LogDestinationType": "cloud-watch-logs", "LogGroupName": base.flows.ref,
        "DeliverLogsPermissionArn": base.flowRole.arn, "Tags": tags(project),
      ])
  }

  /// What a project's workspaces may ask for: own buckets by name, the endpoints, own packages, and the layers of images.
  func allowedNames(of project: Project) throws -> [CloudValue] {
    let hosts =
      [
        "api.sagemaker", "runtime.sagemaker", "sts", "logs", "monitoring", "kms", "api.ecr",
        "\(account).dkr.ecr", "codeartifact",
      ] + (rules.git == .codecommit ? ["git-codecommit"] : [])
    var buckets = project.buckets.map(\.name.text) + [imageLayers]
    if hasRuns(project) { buckets.append(try runsBucket(project).text) }
    let names =
      buckets.map { "\($0).s3.\(region).amazonaws.com" } + hosts.map { "\($0).\(region).amazonaws.com" }
      + ["\(packageDomain(project))-\(account).d.codeartifact.\(region).amazonaws.com"]
    // The plug-in of MLflow calls every tracking server of a region by one name.
    let runs = hasRuns(project) ? ["\(region).experiments.sagemaker.aws"] : []
    return (names + runs).map { .text($0) }
  }

  /// AWS's own bucket, in which the layers of images lie: Amazon ECR User Guide, "Minimum Amazon S3 bucket permissions".
  var imageLayers: String { "prod-\(region)-starport-layer-bucket" }

  /// What the remote browser may ask for: console and sign-in of this region, the projects' Studio, and the spec's hosts.
  func browserNames(_ projects: [ProjectParts]) -> [CloudValue] {
    let console: [CloudValue] = [
      "\(region).console.aws.amazon.com", "*.\(region).console.aws.amazon.com",
      "\(region).signin.aws.amazon.com", "*.\(Self.consoleStatic)",
    ]
    let hosts = environment.browser.hosts.map { host -> CloudValue in
      switch host.pattern {
      case .exact(let name): .text(name)
      case .childrenOf(let parent): .text("*.\(parent)")
      }
    }
    return console + projects.flatMap { studioHosts($0) } + hosts
  }

  /// The hosts of a project's Studio: where a presigned URL leads, and where the portal of its apps is.
  func studioHosts(_ parts: ProjectParts) -> [CloudValue] {
    ["", "studio-"].map { "\($0)\(parts.domain.ref).studio.\(region).sagemaker.aws" as CloudValue }
  }
}
