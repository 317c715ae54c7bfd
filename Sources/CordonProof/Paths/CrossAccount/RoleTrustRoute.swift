import CordonModel
import CordonPolicy

/// A role of ours that a stranger may become.
struct RoleTrustRoute: Route {
  let name = "role-trust"
  let path = EgressPath.crossAccountCopy
  let title = "somebody of another account becomes a role of ours"
  let documentation = RouteDocumentation(
    """
    A trust policy alone says who may become a role. One that names a foreign account, or everybody, hands the role's rights \
    out; a condition that the stranger fills in himself (an external id that he knows) does not help.
    """,
    closedBy: [
      "trust policies that name services and principals of ours",
      "a resource control policy on sts:AssumeRole",
    ],
    notClosedBy: ["the role's own policies: they bind it from then on as they bind us"])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    for role in estate.all("AWS::IAM::Role") {
      guard let trust = role["AssumeRolePolicyDocument"] else {
        judgement.add(.unknown("\(role.id)", "the trust policy of \(role.id) is not given", role))
        continue
      }
      let reading = estate.policy(trust, of: role, named: "the trust of \(role.id)", namesPrincipals: true)
      let question = RequestQuestion(
        layers: [LayerReading(.resource, policies: [reading])] + scene.resourceControls,
        callers: estate.callers(.foreign), actions: ["sts:AssumeRole"], resources: [estate.arn(role)],
        demands: .of(.foreign, .direct, .own, estate), resourceAccount: estate.account)
      judgement.add(
        scene.door("\(role.id)", question, at: role) { witness in
          RouteWitness(
            CommandLineCall(witness.request).text(profile: "attacker"),
            story: "Somebody of account \(witness.request.principal.account ?? "any") becomes \(role.id).",
            fix: "name principals of yours in the trust policy of \(role.id)", at: role,
            "AssumeRolePolicyDocument",
            request: witness.request.members)
        })
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("roles", HeldControl(absence: "no role in the files")))
    }
    return judgement
  }
}
