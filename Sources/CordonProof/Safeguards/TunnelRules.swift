import CordonModel

/// Whether DNS firewalls look for tunnels before they let a name through. One that no file has to do with asks nothing: a list of
/// names that everything else is blocked beside does without, and AWS bills the rule by the hour.
enum TunnelRules {
  @Sendable static func judge(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    let groups = estate.all("AWS::Route53Resolver::FirewallRuleGroup").filter { group in
      estate.all("AWS::Route53Resolver::FirewallRuleGroupAssociation").contains {
        estate.text($0, "FirewallRuleGroupId").value == estate.ref(group)
      }
    }
    var finding = SafeguardFinding()
    guard groups.contains(where: { rules(of: $0).contains(where: isAdvanced) }) else { return finding }
    for group in groups { judge(group, estate, &finding) }
    return finding
  }

  private static func judge(
    _ group: CloudResource, _ estate: CloudEstate, _ finding: inout SafeguardFinding
  ) {
    let path = ["FirewallRules"]
    let rules = rules(of: group)
    func place(_ rule: CloudValue) -> Int { estate.text(rule["Priority"]).value.flatMap { Int($0) } ?? 0 }
    let open = rules.flatMap {
      estate.text($0["DnsThreatProtection"]).unknowns + estate.text($0["Action"]).unknowns
    }
    guard open.isEmpty else { return finding.doubt(open, group) }
    let blocks = rules.filter {
      estate.text($0["DnsThreatProtection"]).value == "DNS_TUNNELING"
        && estate.text($0["Action"]).value == "BLOCK"
    }
    guard let first = blocks.map(place).min() else {
      return finding.lose("it lets through what looks like a tunnel", group, path)
    }
    let passing = rules.filter { estate.text($0["Action"]).value == "ALLOW" }.map(place).min()
    if let passing, passing < first {
      finding.lose("it looks for tunnels only where no name was let through", group, path)
    } else {
      finding.hold(group, path)
    }
  }

  private static func rules(of group: CloudResource) -> [CloudValue] {
    group["FirewallRules"]?.elements ?? []
  }

  private static func isAdvanced(_ rule: CloudValue) -> Bool { rule["DnsThreatProtection"] != nil }
}
