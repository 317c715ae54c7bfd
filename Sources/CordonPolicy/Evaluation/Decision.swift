/// The answer to a request, with its reason.
public struct Decision: Sendable, Equatable {
  /// What is decided. Not knowing is a denial, so there is no fourth case.
  public enum Outcome: String, Sendable, CaseIterable {
    /// Something grants and nothing refuses.
    case allowed = "Allowed"
    /// A statement refuses, or one that might refuse could not be evaluated.
    case explicitlyDenied = "ExplicitlyDenied"
    /// Nothing grants, or a ceiling does not include it.
    case implicitlyDenied = "ImplicitlyDenied"
  }

  /// What is decided.
  public var outcome: Outcome
  /// Why.
  public var because: Reason

  /// A decision of `outcome`, because of `because`.
  public init(outcome: Outcome, because: Reason) {
    self.outcome = outcome
    self.because = because
  }

  /// Whether the request may go on.
  public var isAllowed: Bool { outcome == .allowed }
}

/// The layers of policies that a request meets.
public enum PolicyLayer: String, Sendable, CaseIterable {
  /// Resource control policies of the resource's organization.
  case rcp
  /// Service control policies of the caller's organization.
  case scp
  /// The policy of the VPC endpoint the request came through.
  case endpoint
  /// The resource's own policy.
  case resource
  /// The caller's own policies.
  case identity
  /// The caller's permissions boundary.
  case boundary
  /// The policies of the caller's session.
  case session
  /// No policy: what the principal or the action is decides.
  case builtin
}

/// Why a decision came out as it did: the layer, and the statement where one decided.
public struct Reason: Sendable, Equatable {
  /// What happened in the layer.
  public enum Cause: String, Sendable, CaseIterable {
    /// The statement grants, and no layer refuses.
    case granted = "granted"
    /// The statement refuses.
    case refused = "refused"
    /// The statement would refuse, but it could not be evaluated, so it does.
    case refusedUndecided = "refused-undecided"
    /// No statement of the layer grants, and the layer must.
    case notGranted = "not-granted"
    /// A federated user has only what its session policies grant, and it has none.
    case noSessionPolicy = "no-session-policy"
    /// The account's root user needs no grant.
    case rootUser = "root-user"
    /// The action needs no permission and cannot be refused.
    case alwaysAllowed = "always-allowed"
  }

  /// What happened.
  public var cause: Cause
  /// In which layer.
  public var layer: PolicyLayer
  /// For `scp` and `rcp`, which level, from 0.
  public var level: Int?
  /// Which policy of the layer or level, from 0.
  public var policy: Int?
  /// Which statement of the policy, from 0.
  public var statement: Int?
  /// The statement's name, if it has one.
  public var sid: String?

  /// A reason; leave out what no policy decided.
  public init(
    _ cause: Cause, in layer: PolicyLayer, level: Int? = nil, policy: Int? = nil, statement: Int? = nil,
    sid: String? = nil
  ) {
    self.cause = cause
    self.layer = layer
    self.level = level
    self.policy = policy
    self.statement = statement
    self.sid = sid
  }

  /// The reason as a sentence without its full stop, counting policies and statements from 1.
  public var text: String {
    switch cause {
    case .granted: "\(place) allows it"
    case .refused: "\(place) denies it"
    case .refusedUndecided: "\(place) could not be evaluated, and a denial that cannot be evaluated denies"
    case .notGranted: "nothing in the \(layer.phrase)\(levelPhrase) allows it"
    case .noSessionPolicy: "a federated user has only what a session policy allows, and there is none"
    case .rootUser: "the root user of the account needs no grant"
    case .alwaysAllowed: "the action needs no permission and cannot be denied"
    }
  }

  private var levelPhrase: String { level.map { " at level \($0 + 1)" } ?? "" }

  private var place: String {
    let name = sid.map { "statement '\($0)'" } ?? statement.map { "statement \($0 + 1)" } ?? "a statement"
    let number = policy.map { " \($0 + 1)" } ?? ""
    return "\(name) of \(layer.phrase)\(number)\(levelPhrase)"
  }
}

extension PolicyLayer {
  /// The layer as a sentence names it.
  var phrase: String {
    switch self {
    case .rcp: "resource control policy"
    case .scp: "service control policy"
    case .endpoint: "endpoint policy"
    case .resource: "resource policy"
    case .identity: "identity policy"
    case .boundary: "permissions boundary"
    case .session: "session policy"
    case .builtin: "built-in rules"
    }
  }
}
