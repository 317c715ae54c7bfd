import CordonModel

/// Code that is pushed or told to somebody else.
struct GitRoute: Route {
  let name = "git-out"
  let path = EgressPath.packageShell
  let title = "a repository is pushed to, or told of to, a place outside"
  let documentation = RouteDocumentation(
    """
    A commit holds any file. Triggers tell others of every push; a notebook's repository may stand at a host where anyone has \
    one; a connection to such a host is made in the console.
    """,
    closedBy: ["repositories and trigger targets of ours", "no right to add triggers or connections"],
    notClosedBy: ["an allowed code host: it has repositories of everybody"])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    judgement.doors += estate.destinations([("AWS::CodeCommit::Repository", ["Triggers", "DestinationArn"])])
    for repository in estate.all("AWS::SageMaker::CodeRepository") {
      judgement.add(hosted(repository, estate))
    }
    for connection in estate.all("AWS::CodeConnections::Connection", "AWS::CodeStarConnections::Connection") {
      judgement.add(.unknown("\(connection.id)", "what the connection reaches is not modelled", connection))
    }
    for notebook in estate.all("AWS::SageMaker::NotebookInstance") {
      let names =
        [notebook["DefaultCodeRepository"]].compactMap(\.self)
        + (notebook["AdditionalCodeRepositories"]?.elements ?? [])
      for value in names {
        if let text = estate.text(value).value, text.contains("://") {
          judgement.add(url(text, notebook, estate))
        }
      }
    }
    judgement.add(
      RolePower(
        actions: [
          "codecommit:PutRepositoryTriggers", "codestar-connections:CreateConnection",
          "codeconnections:CreateConnection",
          "sagemaker:CreateCodeRepository", "sagemaker:UpdateCodeRepository",
        ], consequence: "what is pushed then goes where the caller says."), scene)
    return judgement
  }

  private func hosted(_ repository: CloudResource, _ estate: CloudEstate) -> Door {
    let text = estate.text(repository, "GitConfig", "RepositoryUrl")
    guard let known = text.value else { return .unknown("\(repository.id)", text.unknowns, repository) }
    return url(known, repository, estate)
  }

  private func url(_ text: String, _ resource: CloudResource, _ estate: CloudEstate) -> Door {
    if text.contains("git-codecommit.\(estate.region).amazonaws.com") {
      return .closed(
        "\(resource.id)",
        HeldControl(HeldControl(resource, layer: "a repository of CodeCommit").closing, .none))
    }
    return .unknown(
      "\(resource.id)",
      "who else has repositories at \(text), and whether the network reaches it, is not modelled", resource)
  }
}
