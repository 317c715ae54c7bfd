/// One statement of a policy.
public struct Statement: Sendable, Hashable {
  /// What a statement that applies does.
  public enum Effect: String, Sendable {
    /// Grants.
    case allow = "Allow"
    /// Refuses, whatever grants.
    case deny = "Deny"
  }

  /// An `Action`/`NotAction` or `Resource`/`NotResource` element.
  public struct Selection: Sendable, Hashable {
    /// Whether it selects what its patterns do not match.
    public let isNegated: Bool
    /// The patterns, any of which may match.
    public let patterns: [Pattern]
  }

  /// Its name, if it has one.
  public let sid: String?
  /// What it does where it applies.
  public let effect: Effect
  /// Whom it is about; nil where the policy's owner is meant.
  public let principal: PrincipalClause?
  /// What is done.
  public let action: Selection
  /// To what; nil in a role's trust policy.
  public let resource: Selection?
  /// What must hold besides; all of them.
  public let conditions: [ConditionClause]
  /// Where it starts in its text.
  public let position: TextPosition?

  /// Whether two statements say the same; positions do not count.
  public static func == (left: Self, right: Self) -> Bool {
    left.sid == right.sid && left.effect == right.effect && left.principal == right.principal
      && left.action == right.action && left.resource == right.resource && left.conditions == right.conditions
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(sid)
    hasher.combine(effect)
    hasher.combine(principal)
    hasher.combine(action)
    hasher.combine(resource)
    hasher.combine(conditions)
  }
}
