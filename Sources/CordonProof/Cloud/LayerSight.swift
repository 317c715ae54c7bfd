import CordonPolicy

/// One layer as requests for certain actions meet it: the statements that may apply to one of them, and what these can tell
/// apart.
///
/// What no literal of a layer tells apart, the layer treats alike: one endpoint of a network and the next, one role and another
/// whose name no condition holds. `LayerBook` puts one question for all of them.
final class LayerSight: Sendable {
  /// Tells sights of one book apart.
  let number: Int
  /// The layer with those statements that may apply.
  let layer: Inquiry.Layer
  /// The kinds of keys that the layer compares; nil where a variable may stand for any.
  let kinds: Set<KeyKinship>?
  /// Statements and their parts that look at who calls, by policy.
  private let callerParts: [(policy: Int, statement: Int, part: StatementPart)]
  /// Conditions by the key that they compare.
  private let clauses: [ConditionKey: [(policy: Int, statement: Int, place: Int)]]
  /// Whether who calls can be known by what the literals say of him.
  private let knowsCallers: Bool
  private let callers = Remembered<String, [UInt8]>(most: 4_096)
  private let values = Remembered<[String], [UInt8]?>(most: 4_096)

  init(_ layer: Inquiry.Layer, number: Int) {
    self.number = number
    self.layer = layer
    var callerParts: [(policy: Int, statement: Int, part: StatementPart)] = []
    var clauses: [ConditionKey: [(policy: Int, statement: Int, place: Int)]] = [:]
    var kinds: Set<KeyKinship> = []
    var hasVariables = false
    for (policy, document) in layer.policies.enumerated() {
      for (number, statement) in document.statements.enumerated() {
        if layer.namesPrincipals { callerParts.append((policy, number, .principal)) }
        hasVariables = hasVariables || statement.hasVariables
        for (place, clause) in statement.conditions.enumerated() {
          kinds.insert(KeyKinship(clause.key))
          clauses[clause.key, default: []].append((policy, number, place))
          guard ImpliedKeys.ofPrincipal.contains(clause.key) else { continue }
          callerParts.append((policy, number, .condition(place)))
        }
      }
    }
    self.kinds = hasVariables ? nil : kinds
    self.callerParts = callerParts
    self.clauses = clauses
    knowsCallers = !hasVariables && !kinds.contains(.request)
  }

  /// Whether a demand on a key of this kind can matter to the layer. Fewer demands admit more requests, so where none passes,
  /// none passes with all of them.
  func sees(_ kind: KeyKinship) -> Bool { kinds?.contains(kind) ?? true }

  func sees(_ demand: Demands.Demand) -> Bool { demand.kind == .request || sees(demand.kind) }

  // MARK: callers

  /// What the layer says of `principal`, where that is all that it knows him by: two users or roles of whom it says the same
  /// are one to it.
  func signature(of principal: Principal) -> [UInt8]? {
    guard knowsCallers, case .aws(let arn) = principal, arn.text.isASCII else { return nil }
    switch arn.kind {
    case .role, .user: break
    default: return nil
    }
    if let known = callers[arn.text] { return known }
    let context = RequestContext([(DemandDocuments.principalKey.name, [principal.description])])
    let request = AccessRequest(principal: principal, action: "", resource: "", context: context)
    let signature = callerParts.map { truth(of: $0.part, $0.policy, $0.statement, for: request) }
    callers.keep(signature, for: arn.text)
    return signature
  }

  // MARK: values

  /// What the layer says of `key` where its one value is the one that is demanded, if that is all that it knows the value by.
  func signature(of demand: Inquiry.Constraint) -> [UInt8]? {
    guard knowsCallers, let value = demand.onlyValue else { return nil }
    let name = [demand.key.name, value]
    if let known = values[name] { return known }
    let signature = signature(of: demand.key, being: value)
    values.keep(signature, for: name)
    return signature
  }

  private func signature(of key: ConditionKey, being value: String) -> [UInt8]? {
    guard let kind = GlobalKeys.kind(of: key), kind == KeyKind(.string) else { return nil }
    let places = clauses[key] ?? []
    let isPlain = places.allSatisfy { place in
      let statement = layer.policies[place.policy].statements[place.statement]
      return statement.conditions[place.place].isPlain
    }
    guard isPlain else { return nil }
    let request = AccessRequest(
      principal: .anonymous, action: "", resource: "", context: RequestContext([(key.name, [value])]))
    return places.map { truth(of: .condition($0.place), $0.policy, $0.statement, for: request) }
  }

  private func truth(
    of part: StatementPart, _ policy: Int, _ statement: Int, for request: AccessRequest
  ) -> UInt8 {
    let truth = layer.policies[policy].truth(
      of: part, statement: statement, for: request, in: layer.layer, hasBoundary: layer.layer == .boundary)
    return switch truth {
    case .yes: 1
    case .no: 0
    case .undecided: 2
    }
  }
}

extension Inquiry.Constraint {
  /// The one value that the key must have, where the demand says so and no more: the key's other values, its absence and lists
  /// are all ruled out.
  fileprivate var onlyValue: String? {
    guard positive, mustBePresent, operation == Self.equals, values.count == 1, let value = values.first,
      !value.isEmpty, value.isASCII, !value.utf8.contains(where: Self.marks.contains), !Self.isApart(key)
    else { return nil }
    return value
  }

  private static let equals = ConditionOperator("StringEquals")
  /// What patterns and variables are made of.
  private static let marks = Array("*?$".utf8)

  /// Keys of which the engine knows more than their values.
  private static func isApart(_ key: ConditionKey) -> Bool {
    KeyKinship(key) == .request || ImpliedKeys.ofPrincipal.contains(key)
      || key == ProblemBuilder.resourceAccountKey
  }
}

extension ConditionClause {
  /// Whether the clause asks whether the key has one of certain texts, or has a value.
  fileprivate var isPlain: Bool {
    guard operation.quantifier == .single else { return false }
    switch operation.comparison {
    case .null: return true
    case .stringEquals, .stringNotEquals, .stringLike, .stringNotLike:
      return patterns.count == values.count && patterns.allSatisfy(\.isExact)
    default: return false
    }
  }
}

extension Statement {
  /// Whether a variable stands in what the statement compares.
  fileprivate var hasVariables: Bool {
    let named = principal?.entries.contains { entry in
      if case .wildcard(let pattern, _) = entry { pattern.hasVariables } else { false }
    }
    return named == true || action.patterns.contains(where: \.hasVariables)
      || resource?.patterns.contains(where: \.hasVariables) == true
      || conditions.contains { $0.patterns.contains(where: \.hasVariables) }
  }
}
