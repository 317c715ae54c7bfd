public import CordonPolicy

/// A question to the engine as `cordon find` reads it from JSON.
///
///     {"layers": [[policy, ...], ...],
///      "constraints": [{"key": "aws:SourceVpce", "op": "StringEquals", "values": ["vpce-1"],
///                       "positive": true, "mustBePresent": true}],
///      "actions": ["s3:*"], "resources": ["arn:aws:s3:::data/*"], "absent": ["aws:SourceIp"]}
///
/// Every layer must have a matching Allow and no matching Deny. All but `layers` may be left out. Members of the outer
/// object that Cordon does not know are ignored, so that a line may carry notes; inside a constraint they are refused.
public struct FindQuestion: Sendable {
  /// The question.
  public var inquiry: Inquiry

  private static let constraintMembers = ["key", "op", "values", "positive", "mustBePresent"]
  /// The most layers, and the most constraints.
  public static let longestList = 1_000

  /// Reads a question; the error points into its text.
  public init(_ value: JSONValue) throws(PolicyError) {
    guard value.members != nil else {
      throw .wrongKind("question", expected: "an object", found: value.kindName, at: value.position)
    }
    guard let layers = value["layers"], !layers.isNull else { throw .missing("layers", at: value.position) }
    inquiry = Inquiry(layers: [])
    for layer in try Self.list(layers, "layers") { inquiry.layers.append(try Self.layer(layer)) }
    if let constraints = value["constraints"], !constraints.isNull {
      for constraint in try Self.list(constraints, "constraints") {
        inquiry.constraints.append(try Self.constraint(constraint))
      }
    }
    inquiry.actions = try Self.texts(value["actions"], "actions")
    inquiry.resources = try Self.texts(value["resources"], "resources")
    inquiry.absent = Set(try Self.texts(value["absent"], "absent").map { ConditionKey($0) })
  }

  /// A layer's policies; one policy may stand for a list of one. Policies with principals are read as resource policies.
  private static func layer(_ value: JSONValue) throws(PolicyError) -> Inquiry.Layer {
    var policies: [PolicyDocument] = []
    for element in value.elements ?? [value] { policies.append(try PolicyDocument(element)) }
    return layer(of: policies)
  }

  static func layer(of policies: [PolicyDocument]) -> Inquiry.Layer {
    let names = policies.contains { $0.statements.contains { $0.principal != nil } }
    return Inquiry.Layer(names ? .resource : .identity, policies: policies, namesPrincipals: names)
  }

  private static func constraint(_ value: JSONValue) throws(PolicyError) -> Inquiry.Constraint {
    guard let members = value.members else {
      throw .wrongKind("constraint", expected: "an object", found: value.kindName, at: value.position)
    }
    for member in members where !constraintMembers.contains(member.name) {
      throw .unknownElement(member.name, at: member.namePosition, didYouMean: nil)
    }
    guard let key = value["key"] else { throw .missing("key", at: value.position) }
    guard let op = value["op"] else { throw .missing("op", at: value.position) }
    let name = try text(op, "op")
    guard let operation = ConditionOperator(name) else {
      throw .unknownOperator(name, at: op.position, didYouMean: nil)
    }
    guard let values = value["values"] else { throw .missing("values", at: value.position) }
    let keyName = try text(key, "key")
    guard !keyName.isEmpty else {
      throw .invalidValue("key", value: "", expected: "a condition key", at: key.position)
    }
    return Inquiry.Constraint(
      key: ConditionKey(keyName), operation: operation, values: try texts(values, "values"),
      positive: try bool(value["positive"], "positive"),
      mustBePresent: try bool(value["mustBePresent"], "mustBePresent"))
  }

  private static func list(_ value: JSONValue, _ name: String) throws(PolicyError) -> [JSONValue] {
    guard let elements = value.elements else {
      throw .wrongKind(name, expected: "a list", found: value.kindName, at: value.position)
    }
    guard elements.count <= longestList else { throw .tooLarge(name, limit: longestList, at: value.position) }
    return elements
  }

  private static func texts(_ value: JSONValue?, _ name: String) throws(PolicyError) -> [String] {
    guard let value, !value.isNull else { return [] }
    var texts: [String] = []
    for element in value.elements ?? [value] { texts.append(try text(element, name)) }
    return texts
  }

  /// A string, or a number or boolean as its text, as conditions write them.
  private static func text(_ value: JSONValue, _ name: String) throws(PolicyError) -> String {
    let text: String
    switch value.content {
    case .string(let string), .number(let string): text = string
    case .bool(let bool): text = bool ? "true" : "false"
    case .null, .array, .object:
      throw .wrongKind(name, expected: "a string", found: value.kindName, at: value.position)
    }
    guard text.utf8.count <= PolicyLimits.valueBytes else {
      throw .tooLarge("'\(name)' in bytes", limit: PolicyLimits.valueBytes, at: value.position)
    }
    return text
  }

  private static func bool(_ value: JSONValue?, _ name: String) throws(PolicyError) -> Bool {
    guard let value, !value.isNull else { return true }
    guard let bool = value.bool else {
      throw .wrongKind(name, expected: "true or false", found: value.kindName, at: value.position)
    }
    return bool
  }
}

extension Inquiry {
  /// Whether `new` allows a request that `old` does not: one that none of `old`'s Allows admits, or one of its Denies
  /// refuses.
  ///
  /// - Throws: `PolicyError` where a statement cannot be written down with the other effect.
  public static func whatIsNew(in new: PolicyDocument, since old: PolicyDocument) throws(PolicyError)
    -> Inquiry
  {
    let namesPrincipals = [new, old].contains { $0.statements.contains { $0.principal != nil } }
    func layer(_ policy: PolicyDocument?, needsAllow: Bool) -> Layer {
      Layer(
        namesPrincipals ? .resource : .identity, policies: policy.map { [$0] } ?? [], needsAllow: needsAllow,
        namesPrincipals: namesPrincipals)
    }
    let ungranted = layer(try old.keeping(.allow, as: .deny), needsAllow: false)
    let refused = layer(try old.keeping(.deny, as: .allow), needsAllow: true)
    let granted = layer(new, needsAllow: true)
    return Inquiry(
      layers: [granted], grants: refused.policies.isEmpty ? [[ungranted]] : [[ungranted], [refused]])
  }
}

extension PolicyDocument {
  /// The statements of one effect, with the other: where an Allow applies, this refuses. Nil where there are none.
  fileprivate func keeping(
    _ effect: Statement.Effect, as other: Statement.Effect
  ) throws(PolicyError) -> PolicyDocument? {
    let value: JSONValue
    do {
      value = try JSONValue(
        parsing: json, limits: JSONLimits(bytes: PolicyLimits.bytes * 4, depth: PolicyLimits.depth))
    } catch {
      throw .json(error)
    }
    guard let statement = value["Statement"] else { return nil }
    var kept: [JSONValue] = []
    for (element, parsed) in zip(statement.elements ?? [statement], statements) where parsed.effect == effect
    {
      let members = (element.members ?? []).map {
        ($0.name, $0.name == "Effect" ? JSONValue.string(other.rawValue) : $0.value)
      }
      kept.append(.object(members))
    }
    guard !kept.isEmpty else { return nil }
    return try PolicyDocument(.object([("Version", .string(version.rawValue)), ("Statement", .array(kept))]))
  }
}
