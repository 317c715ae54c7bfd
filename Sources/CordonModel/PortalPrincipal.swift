/// A signed-in person, as policies know them.
public struct PortalPrincipal: Sendable, Hashable {
  /// The person's name in the spec.
  public var person: Slug
  /// What the person may be, now.
  public var roles: Set<Person.Role>
  /// The projects that the person works in.
  public var projects: Set<Slug>

  /// Names a signed-in person.
  public init(person: Slug, roles: Set<Person.Role>, projects: Set<Slug>) {
    self.person = person
    self.roles = roles
    self.projects = projects
  }

  /// What the spec says of a person.
  public init(_ person: Person) {
    self.init(person: person.name, roles: Set(person.roles), projects: Set(person.projects))
  }

  /// `arn:aws:iam::ACCOUNT:user/NAME`.
  public func arn(in account: AccountID) -> String { "arn:aws:iam::\(account):user/\(person)" }
}
