import CordonModel

/// A workspace that a role of ours starts with the internet.
struct StartedWorkspaceRoute: Route {
  let name = "started-workspace"
  let path = EgressPath.tunnel
  let title = "a role of ours starts a notebook instance or domain that has the internet"
  let documentation = RouteDocumentation(
    """
    Whoever may create a notebook instance, or create or update a domain, says in the call whether it has SageMaker's own \
    internet access. A guardrail must ask for that key; that a subnet is named says nothing about it. A notebook instance \
    that is there keeps what it has: UpdateNotebookInstance takes no network.
    """,
    closedBy: [
      "no Allow for the calls",
      "a Deny unless sagemaker:DirectInternetAccess is Disabled, and unless sagemaker:AppNetworkAccessType is VpcOnly",
    ],
    notClosedBy: [
      "a Deny if sagemaker:DirectInternetAccess is Enabled: a call that leaves it out gets the default, Enabled",
      "a Deny if sagemaker:VpcSubnets is absent: a subnet may be named as well",
    ])

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    judgement.add(
      RolePower(
        // The call may leave the setting out, and with it the key: the default is Enabled.
        actions: ["sagemaker:CreateNotebookInstance"],
        consequence: "the notebook has the internet beside the VPC.",
        demands: [("sagemaker:DirectInternetAccess", "StringEquals", ["Disabled"], false, false)]), scene)
    judgement.add(
      RolePower(
        // Left out, a new domain has the default, PublicInternetOnly.
        actions: ["sagemaker:CreateDomain"],
        consequence: "the domain's apps have the internet.",
        demands: [("sagemaker:AppNetworkAccessType", "StringEquals", ["VpcOnly"], false, false)]), scene)
    judgement.add(
      RolePower(
        // Left out, a domain keeps what it has.
        actions: ["sagemaker:UpdateDomain"],
        consequence: "the domain's apps have the internet.",
        demands: [("sagemaker:AppNetworkAccessType", "StringEquals", ["PublicInternetOnly"], true, true)]),
      scene)
    return judgement
  }
}
