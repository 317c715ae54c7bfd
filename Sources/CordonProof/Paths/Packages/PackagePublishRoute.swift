import CordonModel

/// A mirror that takes uploads.
struct PackagePublishRoute: Route {
  let name = "package-publish"
  let path = EgressPath.packageShell
  let title = "a workspace publishes the data as a package"
  let documentation = RouteDocumentation(
    """
    A repository with an upload verb is a drop box, and a channel between projects. Whoever else may read it takes it out.
    """,
    closedBy: [
      "no Allow of codeartifact:PublishPackageVersion, or a Deny in the repository's policy or a guardrail"
    ],
    notClosedBy: ["an approval of what comes in from upstream", "authentication: the workspace has it"])

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    judgement.add(
      RolePower(
        actions: [
          "codeartifact:PublishPackageVersion", "codeartifact:PutPackageMetadata",
          "codeartifact:CopyPackageVersions",
        ], consequence: "a package of any content stands where others fetch it."), scene)
    return judgement
  }
}
