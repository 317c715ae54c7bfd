/// What the layers of policies say about one question, gathered layer by layer.
struct Survey {
  /// The first statement that refuses, in the order the layers were added.
  private var denial: Reason?
  /// The first ceiling of the organization or endpoint that does not grant.
  private var missingCeiling: Reason?
  private var identity: LayerAnswer?
  private var boundary: LayerAnswer?
  private var session: LayerAnswer?
  private var resource: LayerAnswer?

  /// Adds the policies of a layer; for `identity`, `boundary`, `session` and `endpoint` none means that the
  /// layer does not apply.
  mutating func add(
    _ policies: [PolicyDocument], _ layer: PolicyLayer, level: Int? = nil, _ question: borrowing Question
  ) {
    guard denial == nil, !policies.isEmpty || level != nil else { return }
    var answer = LayerAnswer()
    for policy in policies.indices {
      answer.add(policies[policy].compiled.policy, policy: policy, layer, question)
      if answer.isDenied { break }
    }
    take(answer, layer, level)
  }

  /// Adds the resource's policy.
  mutating func add(_ policy: PolicyDocument, _ question: borrowing Question) {
    guard denial == nil else { return }
    var answer = LayerAnswer()
    answer.add(policy.compiled.policy, policy: 0, .resource, question)
    take(answer, .resource, nil)
  }

  private mutating func take(_ answer: LayerAnswer, _ layer: PolicyLayer, _ level: Int?) {
    if answer.isDenied {
      denial = answer.reason(answer.isCertain ? .refused : .refusedUndecided, layer, level)
      return
    }
    switch layer {
    case .identity: identity = answer
    case .boundary: boundary = answer
    case .session: session = answer
    case .resource: resource = answer
    case .rcp, .scp, .endpoint, .builtin:
      if !answer.grants, missingCeiling == nil {
        missingCeiling = Reason(.notGranted, in: layer, level: level)
      }
    }
  }

  /// The decision, once every layer has been added.
  func decision(_ question: borrowing Question) -> Decision {
    if let denial { return Decision(outcome: .explicitlyDenied, because: denial) }
    if let missingCeiling { return Decision(outcome: .implicitlyDenied, because: missingCeiling) }
    let grant = resource.map { $0.grants ? $0.grant : .none } ?? .none
    guard case .aws(let arn) = question.request.principal else {
      // No account stands behind the caller, so the resource alone decides.
      return grant > .none ? allowed(by: resource, .resource) : denied(.resource)
    }
    let isCrossAccount = question.isCrossAccount(arn)
    if grant == .none, isCrossAccount || question.resourceMustAllow { return denied(.resource) }
    if isCrossAccount { return identityDecision(arn) }
    if grant == .direct { return allowed(by: resource, .resource) }
    if grant == .limited, let refusal = ceilingRefusal(arn) { return refusal }
    return grant == .limited ? allowed(by: resource, .resource) : identityDecision(arn)
  }

  /// Whether the caller's own policies let it: a grant within boundary and session.
  private func identityDecision(_ arn: PrincipalARN) -> Decision {
    let isRoot = arn.kind == .root
    guard isRoot || identity?.grants == true else { return denied(.identity) }
    if let refusal = ceilingRefusal(arn) { return refusal }
    return isRoot
      ? Decision(outcome: .allowed, because: Reason(.rootUser, in: .builtin))
      : allowed(by: identity, .identity)
  }

  private func ceilingRefusal(_ arn: PrincipalARN) -> Decision? {
    if let boundary, !boundary.grants { return denied(.boundary) }
    if let session { return session.grants ? nil : denied(.session) }
    // IAM User Guide, evaluation-logic: without a session policy a role session is unaffected, any other
    // session is denied.
    guard arn.kind == .federatedUser else { return nil }
    return Decision(outcome: .implicitlyDenied, because: Reason(.noSessionPolicy, in: .session))
  }

  private func allowed(by answer: LayerAnswer?, _ layer: PolicyLayer) -> Decision {
    Decision(outcome: .allowed, because: answer?.reason(.granted, layer, nil) ?? Reason(.granted, in: layer))
  }

  private func denied(_ layer: PolicyLayer) -> Decision {
    Decision(outcome: .implicitlyDenied, because: Reason(.notGranted, in: layer))
  }
}

/// What the statements of one layer, or one level of it, say.
struct LayerAnswer {
  private(set) var isDenied = false
  /// Whether the denial was evaluated, rather than assumed for want of an answer.
  private(set) var isCertain = false
  private(set) var grants = false
  /// How far the furthest grant reaches; for a resource policy.
  private(set) var grant = Grant.none
  private var policy = 0
  private var statement = 0
  private var sid: String?

  /// Adds a policy's statements; stops at the first that denies.
  mutating func add(
    _ policy: borrowing CompiledPolicy, policy number: Int, _ layer: PolicyLayer,
    _ question: borrowing Question
  ) {
    let rows = policy.rows.span
    let action = question.request.action.utf8Span.span
    let resource = question.request.resource.utf8Span.span
    for index in rows.indices {
      let row = rows[index]
      if !row.isDeny, grants, layer != .resource || grant == .direct { continue }
      let (truth, reach) = policy.applies(index, row, in: layer, question, action, resource)
      if truth == .no { continue }
      if row.isDeny {
        (isDenied, isCertain) = (true, truth == .yes)
        note(number, index, policy.sids[index])
        return
      }
      guard truth == .yes, !grants || reach > grant else { continue }
      (grants, grant) = (true, reach)
      note(number, index, policy.sids[index])
    }
  }

  private mutating func note(_ policy: Int, _ statement: Int, _ sid: String?) {
    (self.policy, self.statement, self.sid) = (policy, statement, sid)
  }

  func reason(_ cause: Reason.Cause, _ layer: PolicyLayer, _ level: Int?) -> Reason {
    Reason(cause, in: layer, level: level, policy: policy, statement: statement, sid: sid)
  }
}
