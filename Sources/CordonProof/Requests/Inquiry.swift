public import CordonPolicy

/// A question to the engine: is there a request of this kind that all of these layers let through?
///
/// Pure policy: who is meant by "own" and "foreign", and which keys a caller can set, is written into the constraints by the
/// one who asks (`Caller` in `Cloud/`).
public struct Inquiry: Sendable {
  /// Policies that decide together. A request passes the layer if a statement allows it and none denies it.
  public struct Layer: Sendable {
    /// What the layer is called in certificates and witnesses.
    public var layer: PolicyLayer
    /// Which of several, e.g. the level of an SCP.
    public var level: Int?
    /// Its policies: the union of their Allows, minus the union of their Denies.
    public var policies: [PolicyDocument]
    /// Whether a matching Allow is needed; without, only Denies count.
    public var needsAllow: Bool
    /// Whether a statement's principal clause counts; identity policies have none.
    public var namesPrincipals: Bool

    /// A layer.
    public init(
      _ layer: PolicyLayer, level: Int? = nil, policies: [PolicyDocument], needsAllow: Bool = true,
      namesPrincipals: Bool = false
    ) {
      self.layer = layer
      self.level = level
      self.policies = policies
      self.needsAllow = needsAllow
      self.namesPrincipals = namesPrincipals
    }
  }

  /// A demand on one condition key, as a policy's condition would write it.
  public struct Constraint: Sendable, Hashable {
    /// The key, e.g. `aws:SourceVpce`. `action`, `resource` and `principal` stand for the request's own parts.
    public var key: ConditionKey
    /// How its values compare.
    public var operation: ConditionOperator
    /// What they are compared to; any of them.
    public var values: [String]
    /// Whether the comparison must hold, or must fail.
    public var positive: Bool
    /// Whether the key must be in the request; false accepts an absent key as well.
    public var mustBePresent: Bool

    /// A demand on `key`.
    public init(
      key: ConditionKey, operation: ConditionOperator, values: [String], positive: Bool = true,
      mustBePresent: Bool = true
    ) {
      self.key = key
      self.operation = operation
      self.values = values
      self.positive = positive
      self.mustBePresent = mustBePresent
    }
  }

  /// Whose request it may be.
  public enum Callers: Sendable, Hashable {
    /// One of these principals.
    case oneOf([Principal])
    /// Any user or role, of any name, of any account but these.
    case outside(accounts: [String])
    /// Anyone at all: a principal of any account, a service, or nobody.
    case anyone
  }

  /// Ways to be granted: a request passes if it passes every layer of `layers` and every layer of at least one of these
  /// (identity policy, or resource policy). Empty: no more than `layers` is asked.
  public var grants: [[Layer]]
  /// The layers that every request meets.
  public var layers: [Layer]
  /// Whose request.
  public var callers: Callers
  /// Patterns for the action; empty means any action.
  public var actions: [String]
  /// Patterns for the resource's ARN; empty means any resource that fits the action.
  public var resources: [String]
  /// Demands on keys. A key without a demand is the caller's to set, or to leave out.
  public var constraints: [Constraint]
  /// Keys that the request cannot have.
  public var absent: Set<ConditionKey>
  /// The account that owns the resource, where it is known: decides between same- and cross-account rules on replay.
  public var resourceAccount: String?

  /// A question.
  public init(
    layers: [Layer], grants: [[Layer]] = [], callers: Callers = .anyone, actions: [String] = [],
    resources: [String] = [], constraints: [Constraint] = [], absent: Set<ConditionKey> = [],
    resourceAccount: String? = nil
  ) {
    self.layers = layers
    self.grants = grants
    self.callers = callers
    self.actions = actions
    self.resources = resources
    self.constraints = constraints
    self.absent = absent
    self.resourceAccount = resourceAccount
  }
}
