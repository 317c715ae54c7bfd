import CordonModel

/// An editor on a laptop, joined to a space by SSH over a web socket.
struct RemoteEditorRoute: Route {
  let name = "remote-editor"
  let path = EgressPath.notebookOutput
  let title = "an editor outside the portal opens a session in a space and copies files"
  let documentation = RouteDocumentation(
    """
    sagemaker:StartSession opens SSH over a web socket into a space, for an editor on any machine, with file transfer both \
    ways. It does not pass the portal.
    """,
    closedBy: [
      "a deny of sagemaker:StartSession", "RemoteAccess DISABLED in every space, and no right to change it",
    ],
    notClosedBy: ["the portal", "security groups: the session comes from SageMaker's side"])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    let power = RolePower(
      actions: ["sagemaker:StartSession"],
      consequence: "an editor on any machine copies files out of the space.",
      entrances: .outsideOnly)
    judgement.add(power, scene)
    for space in estate.all("AWS::SageMaker::Space") {
      let setting = estate.text(space, "SpaceSettings", "RemoteAccess")
      if setting.or("DISABLED").value != "DISABLED" {
        judgement.lose("space \(space.id) accepts remote editors", space)
      }
    }
    return judgement
  }
}
