import CordonModel
import CordonPolicy

/// A URL that carries the right to a workspace.
struct PresignedURLRoute: Route {
  let name = "presigned-workspace-url"
  let path = EgressPath.notebookOutput
  let title = "a URL that opens a workspace is used outside the portal"
  let documentation = RouteDocumentation(
    """
    Five calls of SageMaker's make URLs that open a notebook, an app or a tracking server with all its outputs. IAM looks at \
    the caller of the call, and again at each request made with the URL.
    """,
    closedBy: ["a deny of these calls unless the caller's address or VPC is the portal's"],
    notClosedBy: [
      "an address condition on the notebook's URL alone: the domain's and the tracking server's remain"
    ])

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    judgement.add(
      RolePower(
        actions: [
          "sagemaker:CreatePresignedDomainUrl", "sagemaker:CreatePresignedNotebookInstanceUrl",
          "sagemaker:CreatePresignedMlflowTrackingServerUrl", "sagemaker:CreatePresignedMlflowAppUrl",
          "sagemaker:CreatePartnerAppPresignedUrl",
        ],
        consequence: "the URL shows every output in a browser of the caller's choice.",
        entrances: .outsideOnly), scene)
    for role in scene.roles {
      guard let boundary = role.boundary else { continue }
      let layers = [LayerReading(.boundary, policies: [boundary])]
      for power in Self.unused
      where !power.isRefused(by: layers, to: role, scene) && !isFromPortal(power, to: role, scene) {
        judgement.lose("the boundary of \(role.resource.id) lets it make URLs to notebooks", role.resource)
        break
      }
    }
    return judgement
  }

  /// Whether a role's own policies let it, and ask where it is: who works in a notebook instance has to open it.
  private func isFromPortal(_ power: RolePower, to role: HeldRole, _ scene: Scene) -> Bool {
    !power.isRefused(to: role, scene) && isRefusedOutside(power, to: role, scene)
  }

  private func isRefusedOutside(_ power: RolePower, to role: HeldRole, _ scene: Scene) -> Bool {
    let own = [LayerReading(.identity, policies: role.identity)]
    return [Entrance.outside, .foreignEndpoint].allSatisfy {
      power.isRefused(by: own, to: role, from: $0, scene)
    }
  }

  /// URLs that the way through the portal does not need: Studio's is the one that it does.
  private static let unused = [
    "sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:CreatePresignedMlflowTrackingServerUrl",
    "sagemaker:CreatePartnerAppPresignedUrl",
  ].map { RolePower(actions: [$0], consequence: "") }
}
