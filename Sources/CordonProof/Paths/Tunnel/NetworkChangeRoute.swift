import CordonModel

/// A role of ours that may build a way out.
struct NetworkChangeRoute: Route {
  let name = "network-change"
  let path = EgressPath.tunnel
  let title = "a role of ours makes a route, an endpoint or a name rule that leads out"
  let documentation = RouteDocumentation(
    """
    Whoever may make a route, a peering, an endpoint or a firewall rule is inside only as long as he likes.
    """,
    closedBy: ["no Allow for these actions, or a Deny of them in a boundary or service control policy"],
    notClosedBy: ["block public access, against peering and endpoints"])

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    judgement.add(
      RolePower(actions: Self.actions, consequence: "the network then leads wherever the caller likes."),
      scene)
    guard let guardrail = scene.guardrail, let role = scene.roles.first else { return judgement }
    for (what, actions) in Self.groups
    where !RolePower(actions: actions, consequence: "").isRefused(by: scene.serviceControls, to: role, scene)
    {
      judgement.lose("no service control policy denies \(what)", guardrail)
    }
    return judgement
  }

  /// What a guardrail would be expected to deny whatever a role's own policies say.
  private static let groups: [(what: String, actions: [String])] = [
    (
      "gateways and routes",
      [
        "ec2:AttachInternetGateway", "ec2:CreateEgressOnlyInternetGateway", "ec2:CreateNatGateway",
        "ec2:CreateRoute", "ec2:ReplaceRoute",
      ]
    ),
    ("endpoints", ["ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint"]),
  ]

  private static let actions = [
    "ec2:AttachInternetGateway", "ec2:CreateEgressOnlyInternetGateway", "ec2:CreateNatGateway",
    "ec2:CreateRoute", "ec2:ReplaceRoute", "ec2:CreateVpcPeeringConnection", "ec2:AcceptVpcPeeringConnection",
    "ec2:CreateTransitGatewayVpcAttachment", "ec2:CreateVpnConnection", "ec2:CreateVpcEndpoint",
    "ec2:ModifyVpcEndpoint", "ec2:AssociateDhcpOptions", "ec2:AuthorizeSecurityGroupEgress",
    "ec2:CreateNetworkAclEntry", "ec2:ReplaceNetworkAclEntry", "ec2:ModifyVpcBlockPublicAccessOptions",
    "ec2:CreateVpcBlockPublicAccessExclusion", "route53resolver:UpdateFirewallConfig",
    "route53resolver:UpdateFirewallDomains", "route53resolver:ImportFirewallDomains",
    "route53resolver:UpdateFirewallRule", "route53resolver:CreateFirewallRule",
    "route53resolver:DeleteFirewallRule", "route53resolver:DisassociateFirewallRuleGroup",
    "route53resolver:CreateResolverEndpoint", "route53resolver:AssociateResolverRule",
    "route53:AssociateVPCWithHostedZone", "route53:CreateVPCAssociationAuthorization",
    "vpc-lattice:CreateServiceNetworkVpcAssociation", "network-firewall:UpdateFirewallPolicy",
  ]
}
