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
      judgement.doors += federated(role, reading, scene)
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("roles", HeldControl(absence: "no role in the files")))
    }
    return judgement
  }

  /// Doors of those for whom an identity provider vouches. Who gets a token of a provider is not in the files; one that
  /// serves anybody vouches for anybody, unless the trust policy asks whose token it is (IAM User Guide, "create a role for
  /// OpenID Connect federation").
  private func federated(_ role: CloudResource, _ reading: PolicyReading, _ scene: Scene) -> [Door] {
    let estate = scene.estate
    let trusted = estate.stated["trusted-providers"].map { $0.split(separator: ",").map(String.init) } ?? []
    return reading.providers.map { provider in
      let name = "\(role.id) through \(provider)"
      var demands = KeyDemands(estate)
      func question(_ demands: KeyDemands) -> RequestQuestion {
        RequestQuestion(
          layers: [LayerReading(.resource, policies: [reading])] + scene.resourceControls,
          callers: .oneOf([.federated(provider)]),
          actions: ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"], resources: [estate.arn(role)],
          demands: demands, resourceAccount: estate.account)
      }
      let whole = scene.door(name, question(demands), at: role) { witness in
        RouteWitness(
          "aws sts assume-role-with-web-identity --role-arn \(estate.arn(role)) --role-session-name s --web-identity-token file://t",
          story:
            "Anybody with an account at \(provider) becomes \(role.id): its trust does not ask whose token it is.",
          fix: "ask for :sub in the trust policy of \(role.id)", at: role, "AssumeRolePolicyDocument",
          request: witness.request.members)
      }
      guard case .open = whole.finding else { return whole }
      let host = provider.split(separator: "/", maxSplits: 1).last.map(String.init) ?? provider
      let issuer = provider.hasPrefix("arn:") ? host : provider
      if trusted.contains(provider) || trusted.contains(issuer) {
        return .closed(name, HeldControl(absence: "\(issuer) vouches for our own only, as assumed"))
      }
      if Self.servesAnyone.contains(where: issuer.hasPrefix) {
        demands.require("\(issuer):sub", "StringEquals", [Self.stranger] + reading.strangers(of: issuer))
        if case .some = scene.prover.ask(question(demands)) { return whole }
      }
      return .unknown(
        name, "for whom \(issuer) vouches is not in the files: --assume trusted-providers=\(issuer)", role)
    }
  }

  /// Providers at which anyone has an account.
  private static let servesAnyone = [
    "token.actions.githubusercontent.com", "accounts.google.com", "graph.facebook.com", "www.amazon.com",
    "gitlab.com", "app.terraform.io", "cognito-identity.amazonaws.com", "api.bitbucket.org",
    "oidc.circleci.com",
    "agent.buildkite.com", "vstoken.dev.azure.com",
  ]

  /// A subject that nobody but a stranger has.
  private static let stranger = "repo:evil.test/anything:ref:refs/heads/main"
}

extension PolicyReading {
  /// Subjects that a pattern of the trust policy admits and that belong to somebody else: a star in the part that says whose it
  /// is, as in `repo:acme*/*`, admits the name of an organisation that anyone registers.
  fileprivate func strangers(of issuer: String) -> [String] {
    let clauses = widest.statements.filter { $0.effect == .allow }.flatMap(\.conditions)
    let patterns = clauses.filter { $0.key.name.lowercased() == "\(issuer):sub" }
      .flatMap(\.values).map(\.text)
    return unique(
      patterns.compactMap { pattern in
        let owner = (pattern.split(separator: "/").first ?? "").split(separator: ":").prefix(2)
        guard owner.contains(where: { $0.contains("*") || $0.contains("?") }) else { return nil }
        return pattern.replacing("*", with: "-evil.test").replacing("?", with: "x")
      })
  }

  /// The identity providers that an Allow names; one that anybody uses, where it names everyone.
  fileprivate var providers: [String] {
    unique(
      (widest.statements + narrowest.statements).flatMap { statement -> [String] in
        guard statement.effect == .allow, let clause = statement.principal else { return [] }
        guard !clause.isNegated else { return ["accounts.google.com"] }
        return clause.entries.compactMap { entry in
          switch entry {
          case .federated(let name): name
          case .everyone, .wildcard(_, .federated): "accounts.google.com"
          default: nil
          }
        }
      })
  }
}
