import CordonPolicy

/// Values of one free key that stand for all of them, where other keys are asked to equal it and nothing more.
///
/// Two values that the same patterns match, on the key's own axis and on those of all keys that are compared with it, can be
/// exchanged everywhere in a request: whatever passed still passes. So one value of each such class will do.
struct JoinedCells {
  /// A shortest value of each class.
  private(set) var texts: [String] = []
  /// Whether they are all.
  private(set) var isWhole = false

  /// Nil where the key is compared in ways that tell more than which patterns match.
  init?(_ key: ConditionKey, _ builder: ProblemBuilder, _ problem: Problem, most: Int, budget: inout Int) {
    guard Self.isFreeText(key) else { return nil }
    var clauses: [ConditionClause] = []
    var keys: Set<ConditionKey> = [key]
    for number in problem.literals.indices {
      guard case .join = problem.axes[problem.literals[number].axis].subject else { continue }
      guard case .clause(let clause) = builder.forms[number], Self.isEquality(clause, with: key) else {
        return nil
      }
      clauses.append(clause)
      keys.insert(clause.key)
    }
    for other in keys {
      guard let axis = builder.axisByKey[other] else { continue }
      for number in builder.literalsByAxis[axis] {
        guard case .clause(let clause) = builder.forms[number], Self.isText(clause) else { return nil }
        clauses.append(clause)
      }
    }
    // The empty text is a class of its own: to `Null` it may be no value.
    var patterns: [[ShapeToken]] = [[.one(.all), .run(.all)]]
    for pattern in clauses.flatMap(\.patterns) where !pattern.hasVariables {
      patterns += pattern.readings().map { $0.map(ShapeToken.pattern) }
    }
    (texts, isWhole) = Exploration.texts(patterns, most: most, budget: &budget)
  }

  /// Whether `clause` asks no more than whether its key equals `key`, or one of some texts.
  private static func isEquality(_ clause: ConditionClause, with key: ConditionKey) -> Bool {
    switch clause.operation.comparison {
    case .stringEquals, .stringNotEquals: break
    default: return false
    }
    guard clause.operation.quantifier == .single, clause.key != key, isFreeText(clause.key) else {
      return false
    }
    return clause.patterns.allSatisfy { pattern in
      guard pattern.hasVariables else { return true }
      guard pattern.parts.count == 1, case .variable(let variable)? = pattern.parts.first else {
        return false
      }
      return variable.key == key
    }
  }

  private static func isText(_ clause: ConditionClause) -> Bool {
    guard clause.operation.quantifier == .single else { return false }
    switch clause.operation.comparison {
    case .stringEquals, .stringNotEquals, .stringEqualsIgnoreCase, .stringNotEqualsIgnoreCase, .stringLike,
      .stringNotLike, .null:
      return true
    default: return false
    }
  }

  /// Whether the key holds one text of any form that follows from nothing else in the request.
  private static func isFreeText(_ key: ConditionKey) -> Bool {
    let bound: Set<ConditionKey> = [
      DemandDocuments.actionKey, DemandDocuments.resourceKey, DemandDocuments.principalKey,
      ProblemBuilder.resourceAccountKey,
    ]
    guard !bound.contains(key), !ImpliedKeys.ofPrincipal.contains(key) else { return false }
    return GlobalKeys.kind(of: key).map { $0 == KeyKind(.string) } ?? true
  }
}
