import CordonModel

/// The notebook, opened in a browser that is not the portal's.
struct PortalBypassRoute: Route {
  let name = "portal-bypass"
  let path = EgressPath.browserDownload
  let title = "the notebook opens in an ordinary browser, which downloads what it likes"
  let documentation = RouteDocumentation(
    """
    Studio and notebook instances open in any browser that has their URL. IAM asks, for making the URL and for every request \
    made with it, where the caller is; if nothing is demanded, the portal is a recommendation.
    """,
    closedBy: ["a deny of the calls that make such URLs unless the caller's address or VPC is the portal's"],
    notClosedBy: [
      "the portal's own settings: they bind the portal's sessions only", "a short life of the URL",
    ])

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    judgement.add(
      RolePower(
        actions: ["sagemaker:CreatePresignedDomainUrl", "sagemaker:CreatePresignedNotebookInstanceUrl"],
        consequence: "the workspace opens in any browser, with downloads.", entrances: .outsideOnly), scene)
    return judgement
  }
}
