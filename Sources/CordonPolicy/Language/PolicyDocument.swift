/// An IAM policy, parsed and compiled once.
public struct PolicyDocument: Sendable, Hashable {
  /// The versions of the language.
  public enum Version: String, Sendable, CaseIterable {
    /// Without variables; what a policy without `Version` has.
    case v2008 = "2008-10-17"
    /// With variables.
    case v2012 = "2012-10-17"
  }

  /// The version of the language.
  public let version: Version
  /// The policy's own identifier, if it has one.
  public let id: String?
  /// The statements, in order.
  public let statements: [Statement]
  /// The policy as canonical JSON: one line, members sorted by name.
  public let json: String
  /// The statements as they are matched.
  let compiled: CompiledPolicyBox
  /// The hash of `json`, which those who keep things by policy ask for again and again.
  private let fingerprint: Int

  /// Parses and compiles a policy; the error points into `json`.
  public init(json: String) throws(PolicyError) {
    let value: JSONValue
    do {
      value = try JSONValue(
        parsing: json, limits: JSONLimits(bytes: PolicyLimits.bytes, depth: PolicyLimits.depth))
    } catch {
      throw .json(error)
    }
    try self.init(value)
  }

  /// Compiles a policy that was read as JSON already.
  public init(_ value: JSONValue) throws(PolicyError) {
    var reader = PolicyReader()
    self = try reader.document(value)
  }

  init(version: Version, id: String?, statements: [Statement], json: String) {
    self.version = version
    self.id = id
    self.statements = statements
    self.json = json
    compiled = CompiledPolicyBox(statements)
    fingerprint = json.hashValue
  }

  /// Whether both have the same canonical JSON.
  public static func == (left: Self, right: Self) -> Bool { sameBytes(left.json, right.json) }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }

  /// Throws where the policy has an element that a policy of `kind` must not have, or lacks one it must have.
  ///
  /// AWS refuses to attach such a policy. An evaluation that meets one anyway reads it against the caller.
  public func check(as kind: PolicyKind) throws(PolicyError) {
    for statement in statements {
      if let principal = statement.principal, !kind.namesPrincipals {
        throw .misplaced(principal.isNegated ? "NotPrincipal" : "Principal", in: kind, at: statement.position)
      }
      if kind == .resource, statement.principal == nil { throw .missing("Principal", at: statement.position) }
      if kind != .resource, statement.resource == nil { throw .missing("Resource", at: statement.position) }
    }
  }
}
