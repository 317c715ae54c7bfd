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
  /// Whether a literal looks at resources.
  private let seesResources: Bool
  private let callers = Remembered<SeenCaller, Int>(most: 4_096)
  /// By number, what is seen of parts of demands.
  private let parts = Remembered<Int, Int>(most: 4_096)

  init(_ layer: Inquiry.Layer, number: Int) {
    self.number = number
    self.layer = layer
    var callerParts: [(policy: Int, statement: Int, part: StatementPart)] = []
    var clauses: [ConditionKey: [(policy: Int, statement: Int, place: Int)]] = [:]
    var kinds: Set<KeyKinship> = []
    var (hasVariables, choosesResources) = (false, false)
    for (policy, document) in layer.policies.enumerated() {
      for (number, statement) in document.statements.enumerated() {
        if layer.namesPrincipals { callerParts.append((policy, number, .principal)) }
        hasVariables = hasVariables || statement.hasVariables
        choosesResources = choosesResources || statement.choosesResources(in: layer.layer)
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
    seesResources = choosesResources || !knowsCallers
  }

  /// Whether a demand on a key of this kind can matter to the layer. Fewer demands admit more requests, so where none passes,
  /// none passes with all of them.
  func sees(_ kind: KeyKinship) -> Bool { kinds?.contains(kind) ?? true }

  func sees(_ demand: DemandPart.Demand) -> Bool { demand.kind == .request || sees(demand.kind) }

  /// What the layer can tell of these demands: of two with one number it can tell the same.
  func seen(of part: DemandPart) -> Int {
    if let known = parts[part.number] { return known }
    var writer = KeyWriter()
    for demand in part.demands where sees(demand) {
      if demand.isAlone, let signature = signature(of: demand.constraint) {
        writer.append(demand.name)
        writer.add(signature)
      } else {
        writer.append(demand.written)
      }
    }
    // No demand begins so.
    writer.add(2)
    for key in part.missing where sees(key.kind) {
      writer.add(true)
      writer.add(key.key.name)
    }
    let seen = writer.number
    parts.keep(seen, for: part.number)
    return seen
  }

  /// What the layer can tell of the resources: of buckets all but their names, if nothing of it or of the demands looks at
  /// resources. Their ARNs tell no owner, so that what is said of one bucket is said of the other.
  func resources(of asked: AskedOfLayers) -> Int {
    seesResources || asked.demands.isOfRequest
      ? asked.resources.number : asked.resources.numberWithoutNames
  }

  // MARK: callers

  private struct SeenCaller: Hashable {
    var principal: String
    /// The keys of which the question knows what they are of him.
    var keys: Int
  }

  /// What the layer can tell of who calls: one caller whom it knows by no more than what it says of him; else the callers as
  /// they are.
  func caller(of asked: AskedOfLayers) -> Int {
    guard case .oneOf(let principals) = asked.callers, principals.count == 1,
      case .aws(let arn)? = principals.first, arn.text.isASCII, !asked.demands.namesPrincipal
    else { return whole(asked.callers) }
    let name = SeenCaller(principal: arn.text, keys: asked.demands.callerKeysNumber)
    if let known = callers[name] { return known }
    let principal = Principal.aws(arn)
    guard let signature = signature(of: principal) else {
      let seen = whole(asked.callers)
      callers.keep(seen, for: name)
      return seen
    }
    var writer = KeyWriter()
    writer.add(true)
    writer.add(signature)
    // What the demands ask of the caller himself is no part of the layer.
    let request = AccessRequest(principal: principal, action: "", resource: "")
    for key in asked.demands.callerKeys where sees(.principal) {
      writer.add(true)
      writer.add(request.values(of: key))
    }
    writer.add(false)
    callers.keep(writer.number, for: name)
    return writer.number
  }

  private func whole(_ callers: Inquiry.Callers) -> Int {
    var writer = KeyWriter()
    writer.add(false)
    writer.add(callers)
    return writer.number
  }

  /// What the layer says of `principal`, where that is all that it knows him by: two users or roles of whom it says the same
  /// are one to it.
  private func signature(of principal: Principal) -> [UInt8]? {
    guard knowsCallers, case .aws(let arn) = principal else { return nil }
    switch arn.kind {
    case .role, .user: break
    default: return nil
    }
    let context = RequestContext([(DemandDocuments.principalKey.name, [principal.description])])
    let request = AccessRequest(principal: principal, action: "", resource: "", context: context)
    return callerParts.map { truth(of: $0.part, $0.policy, $0.statement, for: request) }
  }

  // MARK: values

  /// What the layer says of `key` where its one value is the one that is demanded, if that is all that it knows the value by.
  private func signature(of demand: Inquiry.Constraint) -> [UInt8]? {
    guard knowsCallers, let value = demand.onlyValue else { return nil }
    return signature(of: demand.key, being: value)
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
  /// Whether it applies to some resources and not to others.
  fileprivate func choosesResources(in layer: PolicyLayer) -> Bool {
    guard let resource else { return layer != .resource }
    return resource.isNegated || !resource.patterns.contains(where: \.isAnything)
  }

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
