import CordonPolicy

/// Values of one free key that stand for all of them, where other keys are asked to equal it and nothing more.
///
/// Two values that the same patterns match, on the key's own axis and on those of all keys that are compared with it, can be
/// exchanged everywhere in a request, in lists as well: whatever passed still passes. So one value of each such class will do.
struct JoinedCells {
  /// A shortest value of each class.
  private(set) var texts: [String] = []
  /// Whether they are all.
  private(set) var isWhole = false

  /// Nil where the key is compared in ways that tell more than which patterns match.
  init?(_ key: ConditionKey, _ builder: ProblemBuilder, _ problem: Problem, most: Int, budget: inout Int) {
    guard Self.isFreeText(key), let joins = JoinedLiterals(key, builder, problem) else { return nil }
    var clauses: [ConditionClause] = []
    for form in joins.forms {
      guard case .clause(let clause) = form, Self.isEquality(clause, with: key) else { return nil }
      clauses.append(clause)
    }
    for other in joins.keys.union([key]) {
      guard let found = Self.plainClauses(on: other, isVariable: other == key, builder) else { return nil }
      clauses += found
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
    guard clause.key != key, isFreeText(clause.key, mayBeList: true) else { return false }
    return clause.patterns.allSatisfy { pattern in
      guard pattern.hasVariables else { return true }
      guard pattern.parts.count == 1, case .variable(let variable)? = pattern.parts.first else {
        return false
      }
      return variable.key == key
    }
  }

  /// What is asked of a key beside its comparison with another; nil where that is more than which patterns match. A list has
  /// no value for a variable.
  static func plainClauses(
    on key: ConditionKey, isVariable: Bool, _ builder: ProblemBuilder
  ) -> [ConditionClause]? {
    guard let axis = builder.axisByKey[key] else { return [] }
    var clauses: [ConditionClause] = []
    for number in builder.literalsByAxis[axis] {
      guard case .clause(let clause) = builder.forms[number], isText(clause),
        !isVariable || clause.operation.quantifier == .single
      else { return nil }
      clauses.append(clause)
    }
    return clauses
  }

  private static func isText(_ clause: ConditionClause) -> Bool {
    switch clause.operation.comparison {
    case .stringEquals, .stringNotEquals, .stringEqualsIgnoreCase, .stringNotEqualsIgnoreCase, .stringLike,
      .stringNotLike, .null:
      return true
    default: return false
    }
  }

  /// Whether the key holds one text of any form that follows from nothing else in the request.
  static func isFreeText(_ key: ConditionKey, mayBeList: Bool = false) -> Bool {
    let bound: Set<ConditionKey> = [
      DemandDocuments.actionKey, DemandDocuments.resourceKey, DemandDocuments.principalKey,
      ProblemBuilder.resourceAccountKey,
    ]
    guard !bound.contains(key), !ImpliedKeys.ofPrincipal.contains(key) else { return false }
    return GlobalKeys.kind(of: key).map { $0.value == .string && (mayBeList || !$0.isList) } ?? true
  }
}

/// The literals that name one variable, where no other variable has a part in them or in what they are compared with: then the
/// values of several variables can be chosen one by one.
struct JoinedLiterals {
  private(set) var forms: [ProblemBuilder.Form] = []
  /// The keys that are compared with the variable; the resource is none of them.
  private(set) var keys: Set<ConditionKey> = []
  private(set) var isOnResource = false

  init?(_ key: ConditionKey, _ builder: ProblemBuilder, _ problem: Problem) {
    var others: [ProblemBuilder.Form] = []
    var variables: Set<ConditionKey> = []
    for number in problem.literals.indices {
      guard case .join = problem.axes[problem.literals[number].axis].subject else { continue }
      let named = Set(builder.sources[number].patterns.flatMap(\.variables).map(\.key))
      variables.formUnion(named)
      guard named.contains(key) else {
        others.append(builder.forms[number])
        continue
      }
      guard named.count == 1 else { return nil }
      forms.append(builder.forms[number])
      switch builder.forms[number] {
      case .clause(let clause): keys.insert(clause.key)
      case .resource: isOnResource = true
      default: return nil
      }
    }
    guard keys.isDisjoint(with: variables) else { return nil }
    for other in others {
      switch other {
      case .clause(let clause): if keys.contains(clause.key) || clause.key == key { return nil }
      case .resource: if isOnResource { return nil }
      default: return nil
      }
    }
  }
}
