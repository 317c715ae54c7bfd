import CordonModel
import CordonPolicy

/// A model registry that other accounts may read.
struct ModelRegistryRoute: Route {
  let name = "model-registry"
  let path = EgressPath.modelExport
  let title = "another account reads or deploys models of the registry"
  let documentation = RouteDocumentation(
    "A model package group's own policy can share every version of a model with other accounts.",
    closedBy: ["a group policy that names accounts of ours, or none"],
    notClosedBy: ["approval of versions: it says which are used, not who reads them"])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    for group in estate.all("AWS::SageMaker::ModelPackageGroup") {
      guard let document = group["ModelPackageGroupPolicy"] else {
        judgement.add(
          .closed(
            "\(group.id)", HeldControl(HeldControl(group, layer: "no policy of its own").closing, .none)))
        continue
      }
      let reading = estate.policy(
        document, of: group, named: "the policy of \(group.id)", namesPrincipals: true)
      let question = RequestQuestion(
        layers: [LayerReading(.resource, policies: [reading])] + scene.resourceControls,
        callers: estate.callers(.foreign), actions: ["sagemaker:*"],
        demands: .of(.foreign, .direct, .own, estate),
        resourceAccount: estate.account)
      judgement.add(
        scene.door("\(group.id)", question, at: group) { witness in
          RouteWitness(
            CommandLineCall(witness.request).text(profile: "attacker"),
            story: "The policy of \(group.id) lets other accounts call \(witness.request.action).",
            fix: "name accounts of yours only in ModelPackageGroupPolicy", at: group,
            "ModelPackageGroupPolicy",
            request: witness.request.members)
        })
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("files", HeldControl(absence: "no model registry in the files")))
    }
    return judgement
  }
}
