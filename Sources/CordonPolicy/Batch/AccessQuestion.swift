/// A request and the policies it meets, as `cordon decide` reads them from JSON.
///
///     {"id": 1,
///      "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
///                  "resource": "arn:aws:s3:::data/a", "resourceAccount": "111122223333",
///                  "context": {"aws:SecureTransport": true}},
///      "policies": {"identity": [], "boundary": [], "session": [], "resource": {},
///                   "scps": [[]], "rcps": [[]], "endpoint": []}}
///
/// In `policies`, what is absent, `null`, `{}` or an empty list does not apply, and one policy may stand for
/// a list of one. Members of the outer object that Cordon does not know are ignored, so that a line may carry
/// notes; inside `request` and `policies` they are refused, because a misspelt ceiling would be a missing
/// ceiling.
public struct AccessQuestion: Sendable, Equatable {
  /// The request.
  public var request: AccessRequest
  /// The policies.
  public var policies: PolicySet

  /// Reads `request` and `policies` from an object.
  public init(_ value: JSONValue) throws(PolicyError) {
    guard value.members != nil else {
      throw .wrongKind("line", expected: "an object", found: value.kindName, at: value.position)
    }
    guard let request = value["request"] else { throw .missing("request", at: value.position) }
    self.request = try QuestionReader.request(request)
    if let policies = value["policies"], !policies.isNull {
      self.policies = try QuestionReader.policies(policies)
    } else {
      policies = PolicySet()
    }
  }
}

/// Reads the two halves of a question.
enum QuestionReader {
  private static let requestMembers = ["principal", "action", "resource", "resourceAccount", "context"]
  private static let policyMembers = [
    "identity", "boundary", "session", "resource", "scps", "rcps", "endpoint",
  ]

  static func request(_ value: JSONValue) throws(PolicyError) -> AccessRequest {
    try checkMembers(value, "request", known: requestMembers)
    guard let principal = present(value["principal"]) else { throw .missing("principal", at: value.position) }
    guard let action = present(value["action"]) else { throw .missing("action", at: value.position) }
    guard let resource = present(value["resource"]) else { throw .missing("resource", at: value.position) }
    var account: String?
    if let stated = present(value["resourceAccount"]) {
      let text = try text(stated, "resourceAccount")
      account = text.isEmpty ? nil : text
    }
    return AccessRequest(
      principal: try self.principal(principal), action: try text(action, "action", mayBeEmpty: false),
      resource: try text(resource, "resource", mayBeEmpty: false), resourceAccount: account,
      context: try context(value["context"]))
  }

  static func policies(_ value: JSONValue) throws(PolicyError) -> PolicySet {
    try checkMembers(value, "policies", known: policyMembers)
    let resource = try list(value["resource"], .resource)
    guard resource.count <= 1 else {
      throw .tooLarge("resource policies", limit: 1, at: value["resource"]?.position)
    }
    return PolicySet(
      identity: try list(value["identity"], .identity), boundary: try list(value["boundary"], .boundary),
      session: try list(value["session"], .session), resource: resource.first,
      scps: try levels(value["scps"], .scp), rcps: try levels(value["rcps"], .rcp),
      endpoint: try list(value["endpoint"], .endpoint))
  }

  /// An ARN and its siblings as text, or written like a policy's `Principal`: `{"Service": "…"}`.
  private static func principal(_ value: JSONValue) throws(PolicyError) -> Principal {
    var value = value
    var category = PrincipalCategory.aws
    if let members = value.members {
      guard members.count == 1, let member = members.first else {
        throw .wrongKind(
          "principal", expected: "one principal", found: "an object of several", at: value.position)
      }
      guard let known = PrincipalCategory(rawValue: member.name) else {
        throw .unknownElement(
          member.name, at: member.namePosition,
          didYouMean: Spelling.nearest(to: member.name, among: PrincipalCategory.allCases.map(\.rawValue)))
      }
      (category, value) = (known, member.value)
    }
    if let elements = value.elements, elements.count == 1 { value = elements[0] }
    let name = try text(value, "principal", mayBeEmpty: false)
    switch category {
    case .service: return .service(name)
    case .federated: return .federated(name)
    case .canonicalUser: return .canonicalUser(name)
    case .aws:
      do {
        return try Principal(parsing: name)
      } catch {
        throw .invalidValue(
          "principal", value: name,
          expected: "an IAM or STS ARN, an account number, a service name or 'anonymous'", at: value.position)
      }
    }
  }

  private static func context(_ value: JSONValue?) throws(PolicyError) -> RequestContext {
    guard let value = present(value) else { return RequestContext() }
    guard let members = value.members else {
      throw .wrongKind("context", expected: "an object", found: value.kindName, at: value.position)
    }
    var context = RequestContext()
    var count = 0
    for member in members {
      guard context[member.name] == nil else {
        throw .json(
          JSONError(.duplicateName(member.name), at: member.namePosition ?? TextPosition(line: 1, column: 1)))
      }
      guard !member.value.isNull else {
        context[member.name] = []
        continue
      }
      var values: [String] = []
      for element in member.value.elements ?? [member.value] {
        values.append(try scalar(element, member.name))
      }
      count += 1 + values.count
      guard count <= PolicyLimits.contextValues else {
        throw .tooLarge("context values", limit: PolicyLimits.contextValues, at: member.namePosition)
      }
      context[member.name] = values
    }
    return context
  }

  private static func scalar(_ value: JSONValue, _ name: String) throws(PolicyError) -> String {
    let text: String
    switch value.content {
    case .string(let string), .number(let string): text = string
    case .bool(let bool): text = bool ? "true" : "false"
    case .null, .array, .object:
      throw .wrongKind(
        name, expected: "a string, number, boolean or a list of those", found: value.kindName,
        at: value.position)
    }
    guard max(text.utf8.count, name.utf8.count) <= PolicyLimits.contextBytes else {
      throw .tooLarge("'context' value in bytes", limit: PolicyLimits.contextBytes, at: value.position)
    }
    return text
  }

  /// The policies of a layer. Nothing, `null`, `{}` and `[]` are none.
  private static func list(_ value: JSONValue?, _ kind: PolicyKind) throws(PolicyError) -> [PolicyDocument] {
    guard let value = present(value), value.members?.isEmpty != true else { return [] }
    var policies: [PolicyDocument] = []
    for element in value.elements ?? [value] {
      if element.members?.isEmpty == true { continue }
      let policy = try PolicyDocument(element)
      try policy.check(as: kind)
      policies.append(policy)
    }
    return policies
  }

  /// Levels of policies; a policy that stands where a level belongs is a level of its own.
  private static func levels(_ value: JSONValue?, _ kind: PolicyKind) throws(PolicyError)
    -> [[PolicyDocument]]
  {
    guard let value = present(value), value.members?.isEmpty != true else { return [] }
    var levels: [[PolicyDocument]] = []
    for level in value.elements ?? [value] { levels.append(try list(level, kind)) }
    return levels
  }

  private static func checkMembers(_ value: JSONValue, _ name: String, known: [String]) throws(PolicyError) {
    guard let members = value.members else {
      throw .wrongKind(name, expected: "an object", found: value.kindName, at: value.position)
    }
    for member in members where !known.contains(member.name) {
      throw .unknownElement(
        member.name, at: member.namePosition, didYouMean: Spelling.nearest(to: member.name, among: known))
    }
  }

  private static func present(_ value: JSONValue?) -> JSONValue? {
    value?.isNull == true ? nil : value
  }

  private static func text(
    _ value: JSONValue, _ name: String, mayBeEmpty: Bool = true
  ) throws(PolicyError) -> String {
    guard let text = value.text else {
      throw .wrongKind(name, expected: "a string", found: value.kindName, at: value.position)
    }
    guard mayBeEmpty || !text.isEmpty else {
      throw .invalidValue(name, value: text, expected: "some text", at: value.position)
    }
    guard text.utf8.count <= PolicyLimits.requestBytes else {
      throw .tooLarge("'\(name)' in bytes", limit: PolicyLimits.requestBytes, at: value.position)
    }
    return text
  }
}
