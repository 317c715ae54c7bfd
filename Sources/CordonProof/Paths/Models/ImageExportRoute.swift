import CordonModel
import CordonPolicy

/// Images, in which anything fits, that leave by the registry.
struct ImageExportRoute: Route {
  let name = "image-export"
  let path = EgressPath.modelExport
  let title = "an image is pulled by, or replicated to, another account"
  let documentation = RouteDocumentation(
    """
    Models travel as images. A repository's policy can let strangers pull, and replication copies every pushed image to \
    another registry.
    """,
    closedBy: [
      "repository policies that name principals of ours", "no replication to another registry",
      "a resource control policy on ecr",
    ],
    notClosedBy: ["immutable tags", "image scanning"])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    for repository in estate.all("AWS::ECR::Repository") {
      judgement.doors += strangers(repository, repository["RepositoryPolicyText"], "ecr:*", scene)
      let readings = [repository["RepositoryPolicyText"]].compactMap { document in
        document.map {
          estate.policy($0, of: repository, named: "the policy of \(repository.id)", namesPrincipals: true)
        }
      }
      if !scene.refusesStrangers(readings, ["ecr:*"]) {
        judgement.lose("the policy of \(repository.id) does not refuse strangers", repository)
      }
    }
    for registry in estate.all("AWS::ECR::RegistryPolicy") {
      judgement.doors += strangers(registry, registry["PolicyText"], "ecr:*", scene)
    }
    for shared in estate.all("AWS::ECR::PublicRepository") {
      judgement.add(
        .open(
          "\(shared.id)",
          RouteWitness(
            "docker pull public.ecr.aws/$(aws ecr-public describe-registries --region us-east-1 --query 'registries[0].aliases[0].name' --output text)/\(estate.name(shared))",
            by: .stranger("the public image gallery", credentials: "none are asked for"),
            story: "Anyone pulls what is pushed there.",
            fix: "delete \(shared.id)", at: shared)))
    }
    for replication in estate.all("AWS::ECR::ReplicationConfiguration") {
      let ids = replication.properties.all(at: [
        "ReplicationConfiguration", "Rules", "Destinations", "RegistryId",
      ])
      for value in ids { judgement.add(replicated(value, replication, estate)) }
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("files", HeldControl(absence: "no registry in the files")))
    }
    return judgement
  }

  private func replicated(_ value: CloudValue, _ resource: CloudResource, _ estate: CloudEstate) -> Door {
    let id = estate.text(value)
    guard let account = id.value else { return .unknown("\(resource.id)", id.unknowns, resource) }
    if account == estate.account {
      return .closed(
        "\(resource.id)",
        HeldControl(resource, layer: "replication to our registry", property: ["ReplicationConfiguration"]))
    }
    return .open(
      "\(resource.id)",
      RouteWitness(
        "docker push \(estate.account).dkr.ecr.\(estate.region).amazonaws.com/churn:data",
        by: .service(of: resource),
        story: "Every image that is pushed is copied to the registry of account \(account).",
        fix: "take registry \(account) out of \(resource.id)", at: resource, "ReplicationConfiguration"))
  }

  private func strangers(
    _ resource: CloudResource, _ document: CloudValue?, _ actions: String, _ scene: Scene
  ) -> [Door] {
    let estate = scene.estate
    guard let document else {
      return [
        .closed(
          "\(resource.id)", HeldControl(HeldControl(resource, layer: "no policy of its own").closing, .none))
      ]
    }
    let reading = estate.policy(
      document, of: resource, named: "the policy of \(resource.id)", namesPrincipals: true)
    let question = RequestQuestion(
      layers: [LayerReading(.resource, policies: [reading])] + scene.resourceControls,
      callers: estate.callers(.foreign), actions: [actions], demands: .of(.foreign, .direct, .own, estate),
      resourceAccount: estate.account)
    let door = scene.door("\(resource.id) to other accounts", question, at: resource) { witness in
      RouteWitness(
        "AWS_PROFILE=attacker docker pull \(estate.account).dkr.ecr.\(estate.region).amazonaws.com/\(estate.name(resource)):latest",
        story: "The policy of \(resource.id) lets other accounts call \(witness.request.action).",
        fix: "name principals of yours only in the policy of \(resource.id)", at: resource,
        request: witness.request.members)
    }
    return [door]
  }
}
