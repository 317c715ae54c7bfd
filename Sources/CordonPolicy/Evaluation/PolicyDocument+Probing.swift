/// One literal of a statement: a statement applies where all of them hold.
public enum StatementPart: Sendable, Hashable {
  /// `Action` or `NotAction`.
  case action
  /// `Resource` or `NotResource`; where it stands in a resource policy it may be missing.
  case resource
  /// `Principal` or `NotPrincipal`.
  case principal
  /// One key under one operator, by its place among the statement's conditions.
  case condition(Int)
}

extension PolicyDocument {
  /// What the evaluator says of one part of one statement, for those who take a policy apart.
  ///
  /// A prover that asks here about single literals cannot disagree with the evaluator about what a literal means.
  public func truth(
    of part: StatementPart, statement: Int, for request: AccessRequest, in layer: PolicyLayer,
    hasBoundary: Bool = false
  ) -> Truth {
    truths(of: [(statement, part)], for: request, in: layer, hasBoundary: hasBoundary).first ?? .undecided
  }

  /// What the evaluator says of several parts, in their order.
  public func truths(
    of parts: [(statement: Int, part: StatementPart)], for request: AccessRequest, in layer: PolicyLayer,
    hasBoundary: Bool = false
  ) -> [Truth] {
    let question = Question(request, hasBoundary: hasBoundary)
    return parts.map { statement, part in
      guard statements.indices.contains(statement) else { return .undecided }
      return compiled.policy.truth(of: part, statement, question, in: layer)
    }
  }

  /// Whether the statement applies to `request` as part of `layer`.
  public func applies(
    statement: Int, to request: AccessRequest, in layer: PolicyLayer, hasBoundary: Bool = false
  ) -> Truth {
    guard statements.indices.contains(statement) else { return .undecided }
    let question = Question(request, hasBoundary: hasBoundary)
    let (truth, _) = compiled.policy.applies(
      statement, compiled.policy.rows[statement], in: layer, question, request.action.utf8Span.span,
      request.resource.utf8Span.span)
    return truth
  }
}

extension CompiledPolicy {
  fileprivate func truth(
    of part: StatementPart, _ statement: Int, _ question: borrowing Question, in layer: PolicyLayer
  ) -> Truth {
    let row = rows[statement]
    switch part {
    case .action:
      let answer = matchesAny(row.actions, question.request.action.utf8Span.span, question, unresolved: .no)
      return row.actionIsNegated ? answer.negated : answer
    case .resource: return matchesResource(row, question.request.resource.utf8Span.span, in: layer, question)
    case .principal: return selectsCaller(statement, row, in: layer, question).0
    case .condition(let number):
      let index = Int(row.clauses.from) + number
      guard number >= 0, index < Int(row.clauses.to) else { return .undecided }
      return holds(clauses[index], question)
    }
  }
}

extension AccessRequest {
  /// The values that the evaluator sees for `key`, stated or implied; none where the request lacks it or readings differ.
  public func values(of key: ConditionKey) -> [String] {
    if let stated = context[key.name] { return stated }
    let question = Question(self, hasBoundary: false)
    return if case .one(let value) = question.value(of: key) { [value] } else { [] }
  }
}
