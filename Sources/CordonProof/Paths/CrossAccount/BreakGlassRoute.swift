import CordonModel
import CordonPolicy

/// A role for emergencies that is there for longer, for more people, or less seen than it should be.
///
/// What such a role opens is the other routes' to say: people hold its credentials, so each of them asks it like any other role,
/// at whatever time suits an attacker.
struct BreakGlassRoute: Route {
  let name = "break-glass"
  let path = EgressPath.crossAccountCopy
  let title = "a role for emergencies outlives them, or is used unseen"
  let documentation = RouteDocumentation(
    """
    A role with the tag break-glass is an exception: named people become it with a second factor until a date, and somebody \
    hears of it. Whatever it may do is asked in every other route as well, as though its time never came.
    """,
    closedBy: ["a trust policy that names people, a second factor and a date", "an alarm on its use"],
    notClosedBy: ["a date in the trust policy alone: sessions go on", "a name that says emergency"])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    for role in estate.all("AWS::IAM::Role") where Self.isException(role, estate) {
      guard let trust = role["AssumeRolePolicyDocument"], let held = estate.held(role) else {
        judgement.add(.unknown("\(role.id)", "the trust policy of \(role.id) is not given", role))
        continue
      }
      let reading = estate.policy(trust, of: role, named: "the trust of \(role.id)", namesPrincipals: true)
      becoming(role, reading, scene, &judgement)
      doing(role, held, scene, &judgement)
      if !isHeard(role, "AssumeRole", estate) {
        judgement.lose("nobody hears when somebody becomes \(role.id)", role)
      }
      if !isHeard(role, nil, estate) { judgement.lose("nobody hears what \(role.id) does", role) }
      judgement.add(
        .closed(
          "\(role.id)",
          HeldControl(
            HeldControl(role, layer: "an emergency's role, asked in every route").closing, .none)))
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("files", HeldControl(absence: "no role for emergencies")))
    }
    return judgement
  }

  private static func isException(_ role: CloudResource, _ estate: CloudEstate) -> Bool {
    (role["Tags"]?.elements ?? []).contains { estate.text($0["Key"]).value == "break-glass" }
  }

  /// Nobody's trust policy lasts until then.
  private static let farAway = "2200-01-01T00:00:00Z"

  // MARK: Becoming it

  private func becoming(
    _ role: CloudResource, _ reading: PolicyReading, _ scene: Scene, _ judgement: inout Judgement
  ) {
    let estate = scene.estate
    let somebody = "arn:\(estate.standIn.partition):iam::\(estate.account):user/nobody-whom-it-names"
    let other = (try? PrincipalARN(somebody)).map { [Principal.aws($0)] } ?? []
    let named = reading.widest.statements.filter { $0.effect == .allow }
      .flatMap { $0.principal?.entries ?? [] }.compactMap { entry -> Principal? in
        if case .arn(let arn) = entry { return .aws(arn) }
        return nil
      }
    func passes(
      _ callers: [Principal], _ key: String? = nil, _ operation: String = "", _ value: String = "",
      positive: Bool = true, present: Bool = true
    ) -> Bool {
      var demands = KeyDemands(estate)
      if let key { demands.require(key, operation, [value], positive: positive, present: present) }
      let question = RequestQuestion(
        layers: [LayerReading(.resource, policies: [reading])], callers: .oneOf(callers),
        actions: ["sts:AssumeRole"], resources: [estate.arn(role)], demands: demands,
        resourceAccount: estate.account)
      if case .none = scene.prover.ask(question) { return false }
      return true
    }
    if passes(other) { judgement.lose("who becomes \(role.id) is not named", role) }
    guard !named.isEmpty else { return }
    if passes(named, "aws:MultiFactorAuthPresent", "Bool", "true", positive: false, present: false) {
      judgement.lose("\(role.id) asks for no second factor", role)
    }
    if passes(named, "aws:MultiFactorAuthAge", "NumericGreaterThan", "3600") {
      judgement.lose("\(role.id) takes a second factor that was given long ago", role)
    }
    if passes(named, "aws:CurrentTime", "DateGreaterThan", Self.farAway) {
      judgement.lose("\(role.id) can be become for ever", role)
    }
  }

  // MARK: Being it

  private func doing(
    _ role: CloudResource, _ held: HeldRole, _ scene: Scene, _ judgement: inout Judgement
  ) {
    let estate = scene.estate
    var late = KeyDemands.of(.own(held), .anywhere, .any, estate)
    late.require("aws:CurrentTime", "DateGreaterThan", [Self.farAway])
    let afterwards = RequestQuestion(
      layers: held.own, callers: estate.callers(.own(held)), actions: ["*"], demands: late)
    if case .none = scene.prover.ask(afterwards) {
    } else {
      judgement.lose("a session of \(role.id) goes on after its time", role)
    }
    let power = RolePower(
      actions: Self.silencing + PolicyChangeRoute.actions.filter(Self.isControl), consequence: "")
    for (layer, title) in zip(held.own, ["own policies", "boundary"]) {
      if !power.isRefused(by: [layer], to: held, scene) {
        judgement.lose("the \(title) of \(role.id) let it change controls or silence alarms", role)
      }
    }
    if held.boundary == nil { judgement.lose("\(role.id) has no boundary", role) }
  }

  /// What takes away that somebody hears, or what the role is bound by.
  private static let silencing = [
    "events:DisableRule", "events:DeleteRule", "events:PutRule", "events:RemoveTargets", "sns:DeleteTopic",
    "sns:Unsubscribe", "sns:SetTopicAttributes", "cloudtrail:StopLogging", "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors", "config:StopConfigurationRecorder",
  ]

  private static func isControl(_ action: String) -> Bool {
    ["iam:", "kms:", "organizations:"].contains(where: action.hasPrefix)
  }

  // MARK: Hearing of it

  /// Whether a rule that is on, and sends somewhere, looks for the role; for `call`, or for whatever it does.
  private func isHeard(_ role: CloudResource, _ call: String?, _ estate: CloudEstate) -> Bool {
    let arn = estate.arn(role)
    return estate.all("AWS::Events::Rule").contains { rule in
      guard estate.text(rule, "State").or("ENABLED").value == "ENABLED",
        rule["Targets"]?.elements.isEmpty == false, let detail = rule["EventPattern", "detail"]
      else { return false }
      func names(_ value: CloudValue?) -> Bool { estate.texts(value).known.contains(arn) }
      guard let call else {
        return detail["eventName"] == nil
          && names(detail[path: ["userIdentity", "sessionContext", "sessionIssuer", "arn"]])
      }
      return estate.texts(detail["eventName"]).known.contains(call)
        && names(detail[path: ["requestParameters", "roleArn"]])
    }
  }
}
