/// Reads the JSON of a policy into statements, refusing what the language does not have.
struct PolicyReader {
  private static let documentElements = ["Version", "Id", "Statement"]
  private static let statementElements = [
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
    "Condition",
  ]

  /// Patterns and values read so far, against `PolicyLimits.values`.
  private var values = 0
  var hasVariables = false

  mutating func document(_ value: JSONValue) throws(PolicyError) -> PolicyDocument {
    let members = try object(value, "policy", elements: Self.documentElements)
    var version = PolicyDocument.Version.v2008
    if let element = members["Version"] {
      let text = try text(element, "Version")
      guard let known = PolicyDocument.Version(rawValue: text) else {
        throw .invalidValue(
          "Version", value: text, expected: "'2012-10-17' or '2008-10-17'", at: element.position)
      }
      version = known
    }
    hasVariables = version == .v2012
    var id: String?
    if let element = members["Id"] { id = try text(element, "Id") }
    guard let list = members["Statement"] else { throw .missing("Statement", at: value.position) }
    let statements = list.elements ?? [list]
    guard statements.count <= PolicyLimits.statements else {
      throw .tooLarge("statements", limit: PolicyLimits.statements, at: list.position)
    }
    var parsed: [Statement] = []
    for element in statements { parsed.append(try statement(element)) }
    return PolicyDocument(version: version, id: id, statements: parsed, json: value.written(.canonical))
  }

  private mutating func statement(_ value: JSONValue) throws(PolicyError) -> Statement {
    let members = try object(value, "Statement", elements: Self.statementElements)
    guard let effectElement = members["Effect"] else { throw .missing("Effect", at: value.position) }
    let effectText = try text(effectElement, "Effect")
    guard let effect = Statement.Effect(rawValue: effectText) else {
      throw .invalidValue(
        "Effect", value: effectText, expected: "'Allow' or 'Deny'", at: effectElement.position)
    }
    var sid: String?
    if let element = members["Sid"] { sid = try text(element, "Sid") }
    guard let action = try selection(members, "Action", .action, at: value.position) else {
      throw .missing("Action", at: value.position)
    }
    return Statement(
      sid: sid, effect: effect, principal: try principal(members, at: value.position), action: action,
      resource: try selection(members, "Resource", .resource, at: value.position),
      conditions: try conditions(members["Condition"]), position: value.position)
  }

  private mutating func selection(
    _ members: [String: JSONValue], _ name: String, _ domain: Pattern.Domain, at position: TextPosition?
  ) throws(PolicyError) -> Statement.Selection? {
    let negated = "Not" + name
    if members[name] != nil, members[negated] != nil { throw .exclusive(name, negated, at: position) }
    guard let element = members[name] ?? members[negated] else { return nil }
    let written = members[name] == nil ? negated : name
    var patterns: [Pattern] = []
    for item in try list(element, written) {
      let text = try text(item, written)
      try checkShape(text, written, domain, at: item.position)
      patterns.append(try pattern(text, written, domain, at: item.position))
    }
    return Statement.Selection(isNegated: written == negated, patterns: patterns)
  }

  /// AWS's own checks: an action is `service:name` or `*`, a resource is an ARN or `*`.
  private func checkShape(
    _ text: String, _ name: String, _ domain: Pattern.Domain, at position: TextPosition?
  ) throws(PolicyError) {
    switch domain {
    case .action:
      guard
        text.utf8.contains(UInt8(ascii: ":"))
          || !text.isEmpty && text.utf8.allSatisfy({ $0 == UInt8(ascii: "*") })
      else { throw .invalidValue(name, value: text, expected: "'service:Action' or '*'", at: position) }
    default:
      guard text.hasPrefix("arn:") || text.hasPrefix("*") || text.hasPrefix("?") else {
        throw .invalidValue(name, value: text, expected: "an ARN or '*'", at: position)
      }
    }
  }

  mutating func pattern(
    _ text: String, _ name: String, _ domain: Pattern.Domain, at position: TextPosition?
  ) throws(PolicyError) -> Pattern {
    try count(text, name, at: position)
    do {
      return try PatternReader.pattern(text, in: domain, variables: hasVariables)
    } catch {
      throw .invalidValue(
        name, value: text, expected: "a variable as ${key} or ${key, 'default'}", at: position)
    }
  }

  /// Counts one more pattern or value and checks its length.
  mutating func count(_ text: String, _ name: String, at position: TextPosition?) throws(PolicyError) {
    values += 1
    guard values <= PolicyLimits.values else {
      throw .tooLarge("patterns and values", limit: PolicyLimits.values, at: position)
    }
    guard text.utf8.count <= PolicyLimits.valueBytes else {
      throw .tooLarge("'\(name)' in bytes", limit: PolicyLimits.valueBytes, at: position)
    }
  }

  /// The members of an object by name, all of them known.
  func object(
    _ value: JSONValue, _ name: String, elements: [String]
  ) throws(PolicyError) -> [String: JSONValue] {
    guard let members = value.members else {
      throw .wrongKind(name, expected: "an object", found: value.kindName, at: value.position)
    }
    var byName: [String: JSONValue] = [:]
    for member in members {
      guard elements.contains(member.name) else {
        throw .unknownElement(
          member.name, at: member.namePosition,
          didYouMean: Spelling.nearest(to: member.name, among: elements))
      }
      byName[member.name] = member.value
    }
    return byName
  }

  func text(_ value: JSONValue, _ name: String) throws(PolicyError) -> String {
    guard let text = value.text else {
      throw .wrongKind(name, expected: "a string", found: value.kindName, at: value.position)
    }
    return text
  }

  /// A list of at least one element, which may be written without brackets.
  func list(_ value: JSONValue, _ name: String) throws(PolicyError) -> [JSONValue] {
    let elements = value.elements ?? [value]
    guard !elements.isEmpty else {
      throw .wrongKind(
        name, expected: "a string or a list of at least one", found: "an empty list", at: value.position)
    }
    return elements
  }
}
