/// A role for the hour in which nothing else helps: named people, a second factor, an end.
public struct BreakGlass: Sendable, Equatable {
  /// Its name, one among the environment's.
  public var name: Slug
  /// The project that it is for.
  public var project: Slug
  /// Who may become it: IAM users of these names.
  public var people: [Slug]
  /// When it ends, as `2027-03-31T18:00:00Z`; nobody becomes it afterwards, and who already is can do nothing.
  public var until: String
  /// Why it is there.
  public var reason: String
  /// What it may do beside looking and stopping, as IAM actions.
  public var allow: [String]

  /// States a role.
  public init(name: Slug, project: Slug, people: [Slug], until: String, reason: String, allow: [String] = [])
  {
    self.name = name
    self.project = project
    self.people = people
    self.until = until
    self.reason = reason
    self.allow = allow
  }
}
