import CordonModel
import CordonPolicy

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
    let power = RolePower(
      actions: Self.actions, consequence: "a package of any content stands where others fetch it.")
    judgement.add(power, scene)
    for grant in scene.resourceGrants where grant.holder.type == "AWS::CodeArtifact::Repository" {
      for role in scene.roles where !RolePower.publishing.isRefused(by: [grant.denying], to: role, scene) {
        judgement.lose("the policy of \(grant.holder.id) lets \(role.resource.id) publish", grant.holder)
      }
    }
    for role in scene.roles where !RolePower.tokens.isRefused(to: role, scene) {
      judgement.lose(
        "\(role.resource.id) may get bearer tokens for any service, the public image gallery too",
        role.resource)
    }
    return judgement
  }

  private static let actions = [
    "codeartifact:PublishPackageVersion", "codeartifact:PutPackageMetadata",
    "codeartifact:CopyPackageVersions",
  ]
}

extension RolePower {
  fileprivate static let publishing = RolePower(
    actions: ["codeartifact:PublishPackageVersion", "codeartifact:PutPackageMetadata"], consequence: "")

  /// Tokens for another service than the packages' own. One that says nothing of the service is not limited to it.
  fileprivate static let tokens = RolePower(
    actions: ["sts:GetServiceBearerToken"], consequence: "",
    demands: [("sts:AWSServiceName", "StringEquals", ["codeartifact.amazonaws.com"], false, true)])
}
