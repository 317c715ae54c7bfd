public import CordonModel
import Crypto
import FoundationEssentials

/// What the spec says of people and of how they sign in.
public struct IdentityRules: Sendable, Equatable {
  /// The environment's name; authenticators show it.
  public var environment: Slug
  /// Who works here.
  public var people: [Person]
  /// How they sign in.
  public var portal: PortalRules

  /// States the rules.
  public init(environment: Slug, people: [Person], portal: PortalRules) {
    self.environment = environment
    self.people = people
    self.portal = portal
  }

  /// The rules of an environment; nil for one without a portal.
  public init?(_ environment: Environment) {
    guard let portal = environment.portal else { return nil }
    self.init(environment: environment.name, people: environment.people, portal: portal)
  }

  /// Somebody by the name that was typed.
  func person(named text: String) -> Person? { people.first { $0.name.text == text } }

  /// Which names a password must not be built around.
  func passwordRules(for person: Slug) -> PasswordRules {
    PasswordRules(names: [person.text, environment.text])
  }

  /// Everything that a sign-in rests on, as one value: where it changes, sessions of before end.
  func standing(of person: Person, granted roles: Set<Person.Role>) -> Data {
    let way: [String] =
      switch portal.signIn {
      case .local: ["local"]
      case .provider(let provider):
        [
          "provider", provider.issuer, provider.client, provider.claim, provider.groupsClaim,
          person.subject ?? person.name.text,
        ] + provider.groups.map { "\($0.key.rawValue)=\($0.value)" }.sorted()
      }
    let lists = [
      [person.name.text], person.roles.map(\.rawValue).sorted(), person.projects.map(\.text).sorted(),
      roles.map(\.rawValue).sorted(), way,
    ]
    var hash = SHA256()
    for list in lists {
      hash.update(data: Array("\(list.count);".utf8))
      for text in list { hash.update(data: Array("\(text.utf8.count):\(text)".utf8)) }
    }
    return Data(hash.finalize())
  }
}
