import CordonPolicy

/// An inquiry's demands written as policies, so that the evaluator judges them as it judges conditions.
struct DemandDocuments {
  /// A demand on the action or the resource.
  struct Part {
    var document: PolicyDocument
    var part: StatementPart
    var holds = true
  }

  /// A demand on a key.
  struct Constraint {
    var document: PolicyDocument
    /// Holds where the key is lacking.
    var presence: PolicyDocument?
    var key: ConditionKey
    var positive: Bool
    var mustBePresent: Bool
  }

  static let actionKey = ConditionKey("action")
  static let resourceKey = ConditionKey("resource")
  static let principalKey = ConditionKey("principal")

  var parts: [Part] = []
  var constraints: [Constraint] = []

  init(_ inquiry: Inquiry) throws(ProblemFault) {
    if !inquiry.actions.isEmpty {
      parts.append(Part(document: try Self.document(action: inquiry.actions), part: .action))
    }
    if !inquiry.resources.isEmpty {
      parts.append(Part(document: try Self.document(resource: inquiry.resources), part: .resource))
    }
    for constraint in inquiry.constraints {
      if constraint.key == Self.actionKey {
        guard constraint.operation.isTextMatch else {
          throw .undecided("the demand on 'action' compares it with \(constraint.operation); use StringLike")
        }
        let document = try Self.document(action: constraint.values)
        let holds = constraint.positive != constraint.operation.comparison.isNegated
        parts.append(Part(document: document, part: .action, holds: holds))
      } else {
        constraints.append(
          Constraint(
            document: try Self.document(constraint.key, constraint.operation.description, constraint.values),
            presence: Self.isOfCaller(constraint.key)
              ? try Self.document(constraint.key, "Null", ["true"]) : nil, key: constraint.key,
            positive: constraint.positive, mustBePresent: constraint.mustBePresent))
      }
    }
  }

  /// Whether the key's value may follow from who calls.
  private static func isOfCaller(_ key: ConditionKey) -> Bool {
    ImpliedKeys.ofPrincipal.contains(key)
  }

  private static func document(action: [String]) throws(ProblemFault) -> PolicyDocument {
    try remembered(["Action"] + action) { [("Action", list(action)), ("Resource", .string("*"))] }
  }

  private static func document(resource: [String]) throws(ProblemFault) -> PolicyDocument {
    try remembered(["Resource"] + resource) { [("Action", .string("*")), ("Resource", list(resource))] }
  }

  private static func list(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }

  private static func document(
    _ key: ConditionKey, _ operation: String, _ values: [String]
  ) throws(ProblemFault) -> PolicyDocument {
    try remembered(["Condition", key.name, operation] + values) {
      [
        ("Action", .string("*")), ("Resource", .string("*")),
        ("Condition", .object([(operation, .object([(key.name, list(values))]))])),
      ]
    }
  }

  /// Documents by what they demand: most questions of one proof make the same demands.
  private static let earlier = Remembered<[[UInt8]], PolicyDocument>(most: 512)

  private static func remembered(
    _ texts: [String], _ members: () -> [(String, JSONValue)]
  ) throws(ProblemFault) -> PolicyDocument {
    let key = texts.map { Array($0.utf8) }
    if let known = earlier[key] { return known }
    let document = try document(members())
    earlier.keep(document, for: key)
    return document
  }

  static func document(_ members: [(String, JSONValue)]) throws(ProblemFault) -> PolicyDocument {
    do {
      return try PolicyDocument(
        .object([
          ("Version", .string("2012-10-17")),
          ("Statement", .object([("Effect", .string("Allow"))] + members)),
        ]))
    } catch {
      throw .undecided("a demand cannot be read: \(error)")
    }
  }
}

extension ConditionOperator {
  var isTextMatch: Bool {
    guard quantifier == .single else { return false }
    switch comparison {
    case .stringEquals, .stringNotEquals, .stringEqualsIgnoreCase, .stringNotEqualsIgnoreCase, .stringLike,
      .stringNotLike, .arnEquals, .arnLike, .arnNotEquals, .arnNotLike:
      return true
    default: return false
    }
  }
}

/// Literals with `*` in the place of variables: what holds of them whatever the variables' values are.
enum WidePolicy {
  static func resource(_ texts: [String]) -> PolicyDocument? {
    let wide = texts.map { widened($0, hasWildcards: true) }
    guard wide.allSatisfy({ $0.hasPrefix("arn:") || $0.hasPrefix("*") }) else { return nil }
    return try? DemandDocuments.document([
      ("Action", .string("*")), ("Resource", .array(wide.map { .string($0) })),
    ])
  }

  /// Only for comparisons that hold where a value matches.
  static func clause(_ clause: ConditionClause) -> PolicyDocument? {
    guard !clause.operation.comparison.isNegated else { return nil }
    let equals = clause.operation.comparison == .stringEquals
    guard equals || clause.operation.comparison == .stringLike else { return presence(clause) }
    let name =
      clause.operation.quantifier.rawValue + "StringLike" + (clause.operation.ifExists ? "IfExists" : "")
    let values = clause.values.map { JSONValue.string(widened($0.text, hasWildcards: !equals)) }
    return try? DemandDocuments.document([
      ("Action", .string("*")), ("Resource", .string("*")),
      ("Condition", .object([(name, .object([(clause.key.name, .array(values))]))])),
    ])
  }

  /// For the other comparisons, that the key is there, unless its absence is welcome.
  private static func presence(_ clause: ConditionClause) -> PolicyDocument? {
    guard !clause.operation.ifExists, clause.operation.quantifier != .forAllValues else { return nil }
    return try? DemandDocuments.document([
      ("Action", .string("*")), ("Resource", .string("*")),
      ("Condition", .object([("Null", .object([(clause.key.name, .string("false"))]))])),
    ])
  }

  private static func widened(_ text: String, hasWildcards: Bool) -> String {
    var wide = ""
    var rest = text[...]
    while let character = rest.first {
      if rest.hasPrefix("${*}") || rest.hasPrefix("${?}") || rest.hasPrefix("${$}") {
        wide += rest.prefix(4)
        rest = rest.dropFirst(4)
      } else if rest.hasPrefix("${"), let end = rest.firstIndex(of: "}") {
        wide += "*"
        rest = rest[rest.index(after: end)...]
      } else {
        wide +=
          !hasWildcards && (character == "*" || character == "?") ? "${\(character)}" : String(character)
        rest = rest.dropFirst()
      }
    }
    return wide
  }
}
