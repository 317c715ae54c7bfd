import CordonModel
import CordonPolicy

/// Data in the labels of names that the VPC's resolver asks for outside.
struct NameFirewallRoute: Route {
  let name = "dns-firewall"
  let path = EgressPath.tunnel
  let title = "data leaves in the names that the VPC's resolver is asked for"
  let documentation = RouteDocumentation(
    """
    The VPC's own resolver answers from a network without any route, and asks the name's own servers outside. Every label of \
    a question carries up to 63 bytes to whoever runs those servers.
    """,
    closedBy: [
      "a DNS Firewall rule group, associated with every VPC, whose last rule blocks every name and every record type",
      "no resolver in the VPC at all (EnableDnsSupport false)",
    ],
    notClosedBy: [
      "no route to the internet: the resolver is AWS's and stands outside the VPC",
      "rules with the action ALERT: they let the question through",
      "a block of known bad domains", "query logging: it detects",
    ], alone: "the resolver answers whatever routes and groups say: the DNS Firewall alone stands before it")

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    guard !scene.workloads.networks.isEmpty else {
      return Judgement([.unknown("networks", "no VPC in the files: give the template that declares it")])
    }
    judgement.addNetworksElsewhere(scene)
    for network in scene.workloads.networks {
      judgement.add(door(network, estate))
      for association in NameFirewall(of: network.id, estate).associations
      where estate.text(association, "MutationProtection").or("DISABLED").value != "ENABLED" {
        judgement.lose(
          "the association may be changed without switching its protection off first", association)
      }
    }
    return judgement
  }

  private func door(_ network: Workloads.Network, _ estate: CloudEstate) -> Door {
    let vpc = network.resource
    let name = "\(vpc.id)"
    switch estate.bool(vpc["EnableDnsSupport"]) {
    case .known(false):
      return .closed(name, HeldControl(vpc, layer: "no resolver in the VPC", property: ["EnableDnsSupport"]))
    case .unknown(let parts): return .unknown(name, parts, vpc)
    case .known, .absent: break
    }
    if let door = failOpen(network, estate) { return door }
    let firewall = NameFirewall(of: network.id, estate)
    if firewall.associations.isEmpty {
      let unsure = estate.all("AWS::Route53Resolver::FirewallRuleGroupAssociation").first {
        estate.text($0, "VpcId").value == nil
      }
      if let unsure { return .unknown(name, "which VPC \(unsure.id) is for is not known", unsure) }
      return .open(
        name,
        witness(
          vpc, "secret-data.evil.test", "No DNS Firewall is associated with \(vpc.id).",
          fix: "associate a DNS Firewall rule group that ends in BLOCK of * with \(vpc.id)", type: "A"))
    }
    return walk(firewall, network, estate)
  }

  /// Follows a question for a name of the attacker's down the rules.
  private func walk(_ firewall: NameFirewall, _ network: Workloads.Network, _ estate: CloudEstate) -> Door {
    let name = "\(network.resource.id)"
    var doubts = firewall.unknowns
    var typed: [NameFirewall.Rule] = []
    for rule in firewall.rules {
      switch rule.action {
      case .unknown: doubts += rule.unknowns
      case .alert: if let door = passes(rule, rule.domains ?? [], name) { return door }
      case .allow:
        guard let domains = rule.domains else {
          doubts += rule.unknowns
          continue
        }
        if let door = passes(rule, domains, name) { return door }
        doubts += domains.compactMap { doubt(ListedName($0), rule, estate) }
        if rule.trustsRedirection { return redirected(rule, domains, name) }
      case .block:
        guard let domains = rule.domains, domains.contains(where: { ListedName($0).isEverything }) else {
          continue
        }
        guard rule.recordType == nil else {
          typed.append(rule)
          continue
        }
        if !doubts.isEmpty { return .unknown(name, unique(doubts), rule.resource) }
        return closed(firewall, rule, name)
      }
    }
    if !doubts.isEmpty, let first = firewall.associations.first {
      return .unknown(name, unique(doubts), first)
    }
    return .open(name, unblocked(firewall, typed, network))
  }

  /// Whoever runs the servers of a name below which everything may be asked for receives what is asked for.
  private func doubt(_ listed: ListedName, _ rule: NameFirewall.Rule, _ estate: CloudEstate) -> UnknownPart? {
    guard listed.text.hasPrefix("*") else { return nil }
    let base = String(listed.text.drop { $0 == "*" || $0 == "." })
    let zones = estate.all("AWS::Route53::HostedZone").compactMap { estate.text($0, "Name").value }
    let trusted = estate.stated["trusted-names"].map { $0.split(separator: ",").map(String.init) } ?? []
    let known =
      ["amazonaws.com", "amazonaws.com.cn", "aws.amazon.com", "sagemaker.aws", "api.aws"] + zones + trusted
    if known.contains(where: { base == $0 || base.hasSuffix("." + $0) || $0 == base + "." }) { return nil }
    return UnknownPart(
      "who runs the name servers of \(base), below which every name may be asked for: state it with --assume "
        + "trusted-names=\(base)", resource: "\(rule.resource.id)", location: rule.resource.location)
  }

  private func closed(_ firewall: NameFirewall, _ rule: NameFirewall.Rule, _ name: String) -> Door {
    let associations = firewall.associations.map {
      HeldControl($0, layer: "DNS firewall association", whole: true)
    }
    let group = HeldControl(rule.resource, layer: "DNS firewall", property: ["FirewallRules"])
    return Door(name: name, finding: .closed(associations + [group]))
  }

  private func unblocked(
    _ firewall: NameFirewall, _ typed: [NameFirewall.Rule], _ network: Workloads.Network
  ) -> RouteWitness {
    let group = firewall.rules.last?.resource ?? firewall.associations.first ?? network.resource
    if let first = typed.first {
      return witness(
        first.resource, "secret-data.evil.test",
        "The rule that blocks every name looks at type \(first.recordType ?? "") only.",
        fix: "remove Qtype from the rule that blocks every name",
        type: first.recordType?.uppercased() == "TXT" ? "A" : "TXT")
    }
    return witness(
      group, "secret-data.evil.test", "No rule of the DNS Firewall blocks names that are not listed.",
      fix: "end the rule group with a BLOCK of *", type: "A")
  }

  /// A rule that lets a question through, for a name that the attacker can have.
  private func passes(_ rule: NameFirewall.Rule, _ domains: [String], _ name: String) -> Door? {
    guard let listed = domains.map(ListedName.init).first(where: { $0.openness == .anyone }) else {
      return nil
    }
    let base = listed.text.drop { $0 == "*" || $0 == "." }
    let asked = base.isEmpty ? "secret-data.evil.test" : "secret-data.attacker.\(base)"
    let verb = rule.action == .alert ? "only reports" : "allows"
    return .open(
      name,
      witness(
        rule.resource, asked, "A rule \(verb) \(listed.text), under which anyone can have a name.",
        fix: rule.action == .alert
          ? "make the rule's action BLOCK" : "list exact names in the place of \(listed.text)",
        type: rule.recordType ?? "A"))
  }

  private func redirected(_ rule: NameFirewall.Rule, _ domains: [String], _ name: String) -> Door {
    let listed = domains.first.map { $0.drop { $0 == "*" || $0 == "." } } ?? "allowed.test"
    return .open(
      name,
      witness(
        rule.resource, "secret-data.tunnel.\(listed)",
        "The rule trusts redirection: whoever can place a CNAME or DNAME under \(listed) leads the resolver to any zone.",
        fix: "set FirewallDomainRedirectionAction to INSPECT_REDIRECTION_DOMAIN", type: rule.recordType ?? "A"
      ))
  }

  private func witness(
    _ resource: CloudResource, _ asked: String, _ why: String, fix: String, type: String
  ) -> RouteWitness {
    RouteWitness(
      "dig +short \(asked) \(type)", by: .insider("the resolver of the network"),
      story: "Anyone with a shell in the network asks for a name that holds data. \(why)",
      fix: fix, at: resource,
      request: [
        ("action", .string("dns:Query")), ("resource", .string(asked)), ("type", .string(type)),
      ])
  }

  /// With fail-open, questions pass while the firewall does not answer. CloudFormation has no type for it; Terraform has.
  private func failOpen(_ network: Workloads.Network, _ estate: CloudEstate) -> Door? {
    for config in estate.all("aws_route53_resolver_firewall_config", "AWS::Route53Resolver::FirewallConfig") {
      let place = estate.text(config["resource_id"] ?? config["ResourceId"])
      if let known = place.value, known != network.id { continue }
      switch estate.text(config["firewall_fail_open"] ?? config["FirewallFailOpen"]) {
      case .known("DISABLED"), .absent: continue
      case .unknown(let parts): return .unknown("\(network.resource.id)", parts, config)
      case .known(let setting):
        return .open(
          "\(network.resource.id)",
          witness(
            config, "secret-data.evil.test",
            "Fail-open is \(setting): while the firewall does not answer, every question passes.",
            fix: "set fail-open to DISABLED", type: "A"))
      }
    }
    return nil
  }
}
