import CordonModel
import CordonPolicy

/// A repository that asks outside for whatever name it is asked for.
struct PackageSourceRoute: Route {
  let name = "package-source"
  let path = EgressPath.packageShell
  let title = "a workspace asks a repository that passes every name on to a public index"
  let documentation = RouteDocumentation(
    """
    A repository with an external connection, or with an upstream that has one, asks the public index for every name that a \
    workspace asks it for. Names carry data, and what comes back is anybody's code, which runs on install.
    """,
    closedBy: ["workspaces read a repository that has neither connection nor such an upstream"],
    notClosedBy: [
      "CodeArtifact itself: it is a cache before the index", "package groups, unless they block by default",
    ])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    let repositories = estate.all("AWS::CodeArtifact::Repository")
    for repository in repositories where isConnected(repository, repositories, estate, depth: 8) {
      for role in scene.roles { judgement.add(reads(role, repository, scene)) }
    }
    for version in estate.all("AWS::SageMaker::ImageVersion") {
      let registry = "\(estate.account).dkr.ecr.\(estate.region)."
      // Whatever is in it runs where the network's walls alone hold it.
      if estate.text(version, "BaseImage").value?.hasPrefix(registry) != true {
        judgement.lose("workspaces run in \(version.id), an image of a registry that is not ours", version)
      }
    }
    judgement.add(
      RolePower(
        actions: [
          "codeartifact:AssociateExternalConnection", "codeartifact:UpdateRepository",
          "codeartifact:CreateRepository",
        ], consequence: "the repository then asks a public index for every name."), scene)
    return judgement
  }

  private func isConnected(
    _ repository: CloudResource, _ all: [CloudResource], _ estate: CloudEstate, depth: Int
  ) -> Bool {
    let (connections, unknown) = estate.texts(repository["ExternalConnections"])
    if !connections.isEmpty || !unknown.isEmpty { return true }
    guard depth > 0 else { return true }
    let upstreams = estate.texts(repository["Upstreams"])
    return !upstreams.unknown.isEmpty
      || upstreams.known.contains { name in
        guard let upstream = all.first(where: { estate.name($0) == name || estate.ref($0) == name }) else {
          return true
        }
        return isConnected(upstream, all, estate, depth: depth - 1)
      }
  }

  private func reads(_ role: HeldRole, _ repository: CloudResource, _ scene: Scene) -> Door {
    let estate = scene.estate
    let resources = [estate.arn(repository)]
    let grants = scene.resourceGrants.filter { grant in
      grant.holder.id == repository.id || grant.holder.type == "AWS::CodeArtifact::Domain"
    }
    let question = RequestQuestion(
      layers: role.denials(scene), grants: [role.own] + grants.flatMap { $0.ways(for: role) },
      callers: estate.callers(.own(role)),
      actions: ["codeartifact:ReadFromRepository"],
      resources: resources, demands: .of(.own(role), .anywhere, .own, estate), resourceAccount: estate.account
    )
    return scene.door("\(role.resource.id) from \(repository.id)", question, at: repository) { witness in
      RouteWitness(
        "aws codeartifact login --tool pip --domain \(estate.text(repository, "DomainName").value ?? "ours") --repository \(estate.name(repository)) && pip download --no-deps secret-data-as-a-name",
        story:
          "Whoever holds \(role.resource.id) asks \(repository.id) for a name that holds data; it asks the public index.",
        fix: "let workspaces read a repository without external connections", at: repository,
        "ExternalConnections",
        request: witness.request.members)
    }
  }
}
