extension CompiledPolicy {
  /// Whether the statement of `row` applies as part of `layer`, and how far its grant would reach.
  func applies(
    _ index: Int, _ row: Row, in layer: PolicyLayer, _ question: borrowing Question, _ action: Span<UInt8>,
    _ resource: Span<UInt8>
  ) -> (Truth, Grant) {
    var answer = matchesAny(row.actions, action, question, unresolved: .no)
    if row.actionIsNegated { answer = answer.negated }
    if answer == .no { return (.no, .none) }
    answer = answer.and(matchesResource(row, resource, in: layer, question))
    if answer == .no { return (.no, .none) }
    let (selected, grant) = selectsCaller(index, row, in: layer, question)
    answer = answer.and(selected)
    if answer == .no { return (.no, .none) }
    for clause in Int(row.clauses.from)..<Int(row.clauses.to) {
      answer = answer.and(holds(clauses[clause], question))
      if answer == .no { return (.no, .none) }
    }
    return (answer, grant == .limited && row.namesCallerByCondition ? .direct : grant)
  }

  func matchesResource(
    _ row: Row, _ resource: Span<UInt8>, in layer: PolicyLayer, _ question: borrowing Question
  ) -> Truth {
    // Only a resource policy may leave the resource out: then it is the one the policy is attached to.
    guard row.hasResource else { return layer == .resource ? .yes : .undecided }
    if row.resourceIsNegated {
      return matchesAny(row.resources, resource, question, unresolved: .undecided).negated
    }
    return matchesAny(row.resources, resource, question, unresolved: .no)
  }

  func selectsCaller(
    _ index: Int, _ row: Row, in layer: PolicyLayer, _ question: borrowing Question
  ) -> (Truth, Grant) {
    switch row.principal {
    // A resource policy that names nobody grants to nobody; whom it would refuse is unknown.
    case .none: return (layer == .resource ? .undecided : .yes, .limited)
    case .everyone: return (layer.namesPrincipals ? .yes : .undecided, .limited)
    case .listed:
      guard layer.namesPrincipals, let clause = principals[index] else { return (.undecided, .limited) }
      return clause.match(question, in: layer, effect: row.isDeny ? .deny : .allow)
    }
  }

  /// Whether any atom of `slice` matches `text`.
  func matchesAny(
    _ slice: Slice, _ text: Span<UInt8>, _ question: borrowing Question, unresolved: Truth
  ) -> Truth {
    let atoms = atoms.span
    var answer = Truth.no
    for index in Int(slice.from)..<Int(slice.to) {
      answer = answer.or(matches(atoms[index], text, .stringLike, question, unresolved: unresolved))
      if answer == .yes { return .yes }
    }
    return answer
  }

  /// Whether one atom matches `text`. `unresolved` is the answer for a variable without a value.
  func matches(
    _ atom: Atom, _ text: Span<UInt8>, _ comparison: ConditionOperator.Comparison,
    _ question: borrowing Question,
    unresolved: Truth
  ) -> Truth {
    let answer: Truth
    let (from, to) = (Int(atom.slice.from), Int(atom.slice.to))
    switch atom.form {
    case .any: return .yes
    case .exact:
      guard text.count == to - from else { return .no }
      answer = Truth(text.holds(bytes.span, from, to, lowered: atom.domain == .action))
    case .prefix: answer = Truth(text.holds(bytes.span, from, to, lowered: atom.domain == .action))
    case .codes: answer = atom.domain.match(codes.span.extracting(from..<to), text)
    case .pattern: return patterns[from].match(text, question, unresolved: unresolved)
    case .value: return values[from].matches(text, comparison)
    case .isTrue, .isFalse:
      guard let stated = truthValue(text) else { return .undecided }
      return Truth(stated == (atom.form == .isTrue))
    }
    return atom.isDoubtful && answer == .yes ? .undecided : answer
  }
}

extension PolicyLayer {
  /// Whether statements of this layer name principals.
  var namesPrincipals: Bool { self == .resource || self == .rcp || self == .endpoint }
}
