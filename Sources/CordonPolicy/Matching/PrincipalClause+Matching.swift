extension PrincipalClause {
  /// Whether the clause selects the caller, and how far a grant of it reaches.
  func match(_ question: borrowing Question, in layer: PolicyLayer, effect: Statement.Effect) -> (
    Truth, Grant
  ) {
    if isNegated { return (matchNegated(question, layer, effect), .limited) }
    var answer = Truth.no
    var grant = Grant.none
    let entries = entries.span
    for index in entries.indices {
      let (truth, reach) = entries[index].match(question, in: layer)
      if truth == .yes { grant = max(grant, reach) }
      answer = answer.or(truth)
    }
    return (answer, grant)
  }

  /// `NotPrincipal` selects whoever is not listed.
  ///
  /// The caller itself must be listed. AWS may look at its account and role as well (IAM User Guide,
  /// elements_notprincipal), so whether listing only those spares it is undecided. With Deny it selects every
  /// caller that has a permissions boundary, whatever it lists (access_policies_boundaries).
  private func matchNegated(_ question: borrowing Question, _ layer: PolicyLayer, _ effect: Statement.Effect)
    -> Truth
  {
    if effect == .deny, question.hasBoundary { return .yes }
    if includesEveryone { return .no }
    var listed = Truth.no
    for index in entries.indices { listed = listed.or(entries[index].match(question, in: .resource).0) }
    guard case .aws(let arn) = question.request.principal, listed != .no else { return listed.negated }
    return listsItself(arn) ? .no : .undecided
  }

  private func listsItself(_ arn: PrincipalARN) -> Bool {
    entries.contains { entry in
      switch entry {
      case .arn(let listed): sameBytes(listed.text, arn.text)
      case .account(let account): arn.kind == .root && sameBytes(account, arn.account)
      default: false
      }
    }
  }
}

extension PrincipalEntry {
  /// Whether the entry names the caller, and how far a grant to it reaches.
  func match(_ question: borrowing Question, in layer: PolicyLayer) -> (Truth, Grant) {
    switch (self, question.request.principal) {
    case (.everyone, _): (.yes, .limited)
    case (.account(let account), .aws(let arn)):
      matchAccount(account, arn, in: layer)
    case (.arn(let listed), .aws(let arn)): match(listed, arn, question)
    case (.service(let name), .service(let caller)): (Truth(sameBytes(name, caller)), .direct)
    case (.federated(let name), .federated(let caller)): (Truth(sameBytes(name, caller)), .direct)
    case (.canonicalUser(let id), .canonicalUser(let caller)): (Truth(sameBytes(id, caller)), .delegated)
    // Which account a canonical ID belongs to is not in the request.
    case (.canonicalUser, .aws): (.undecided, .delegated)
    case (.wildcard(let pattern, let category), let caller):
      (matchWildcard(pattern, category, caller, question), .limited)
    default: (.no, .none)
    }
  }

  /// VPC guide, gateway endpoints: an account as principal of an endpoint policy means its root user only;
  /// interface endpoints may read it as the whole account.
  private func matchAccount(_ account: String, _ arn: PrincipalARN, in layer: PolicyLayer) -> (Truth, Grant) {
    guard sameBytes(account, arn.account) else { return (.no, .none) }
    return (layer == .endpoint && arn.kind != .root ? .undecided : .yes, .delegated)
  }

  private func match(_ listed: PrincipalARN, _ arn: PrincipalARN, _ question: borrowing Question) -> (
    Truth, Grant
  ) {
    if sameBytes(listed.text, arn.text) { return (.yes, arn.kind == .role ? .limited : .direct) }
    guard sameBytes(listed.account, arn.account) else { return (.no, .none) }
    switch (listed.kind, arn.kind) {
    case (.role, .assumedRole(let role, _)):
      if sameBytes(listed.text, question.roleARN(of: arn)) { return (.yes, .limited) }
      // A session does not show its role's path, and names are unique in an account whatever the path.
      let pathIsKnown = question.statesPrincipalARN
      return (!pathIsKnown && sameBytes(listed.name, role) ? .undecided : .no, .limited)
    // The user who made the session is not in the request.
    case (.user, .federatedUser): return (.undecided, .limited)
    default: return (.no, .none)
    }
  }

  private func matchWildcard(
    _ pattern: Pattern, _ category: PrincipalCategory, _ caller: Principal, _ question: borrowing Question
  ) -> Truth {
    func mayBe(_ text: String) -> Truth {
      pattern.match(text.utf8Span.span, question, unresolved: .no) == .no ? .no : .undecided
    }
    switch (category, caller) {
    case (.aws, .aws(let arn)):
      return mayBe(arn.text).or(mayBe(question.roleARN(of: arn))).or(mayBe(arn.account))
    case (.service, .service(let name)), (.federated, .federated(let name)),
      (.canonicalUser, .canonicalUser(let name)):
      return mayBe(name)
    case (.canonicalUser, .aws): return .undecided
    default: return .no
    }
  }
}

extension Question {
  /// The caller's role: what the context states as `aws:PrincipalArn`, else what the session shows.
  func roleARN(of arn: PrincipalARN) -> String {
    statedPrincipalARN ?? arn.conditionARN
  }

  /// Whether the context states `aws:PrincipalArn`.
  var statesPrincipalARN: Bool { statedPrincipalARN != nil }

  private var statedPrincipalARN: String? {
    request.context.index(of: Question.principalARNKey).flatMap(request.context.onlyValue)
  }

  private static let principalARNKey = ConditionKey("aws:PrincipalArn")
}
