public import CordonModel
import FoundationEssentials
import GRDB

/// What the operator does about people's accounts, from any process of the machine.
///
/// Each act is noted in the same commit that carries it out, and the gateway takes the notes into the ledger.
public struct PeopleRegister: Sendable {
  /// What can be said of somebody's account.
  public enum Standing: String, Sendable, Equatable {
    /// Neither account nor link.
    case uninvited
    /// A link waits for them.
    case invited
    /// They have a password.
    case active
    /// The operator switched the account off.
    case disabled
  }

  /// One person of the spec.
  public struct Entry: Sendable, Equatable {
    /// Who it is.
    public var person: Person
    /// What can be said of the account.
    public var standing: Standing
    /// When their link ends, in seconds since 1970.
    public var linkEnds: Int64?
    /// How many sessions they have.
    public var sessions: Int
    /// When one of them was used last, in seconds since 1970.
    public var used: Int64?
  }

  /// A one-time link, shown once.
  public struct Invitation: Sendable, Equatable {
    /// Whom it is for.
    public var person: Slug
    /// What the link ends with; nobody can look it up again.
    public var token: String
    /// When it ends, in seconds since 1970.
    public var ends: Int64

    /// The whole link, the address of the portal's welcome page. Looking at it uses nothing up, and the page works without
    /// scripts; the portal writes no addresses down and lets none go out as a referrer.
    public func link(origin: String) -> String { "\(origin)/welcome/\(token)" }
  }

  /// Why an act was not carried out.
  public enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
    /// The spec does not name them.
    case unknown(Slug)
    /// They have a password already.
    case active(Slug)
    /// The account is switched off.
    case disabled(Slug)
    /// The state cannot be used.
    case state(IdentityError)

    /// What to do instead.
    public var description: String {
      switch self {
      case .unknown(let name): "the spec names nobody '\(name)'; add them under people:"
      case .active(let name):
        "'\(name)' has an account; take it away and print a new link with: cordon people reset \(name)"
      case .disabled(let name):
        "the account of '\(name)' is disabled; let them in again with: cordon people reset \(name)"
      case .state(let error): "\(error)"
      }
    }
  }

  /// How long a link is good, in seconds.
  public static let linkLifetime: Int64 = 72 * 3_600

  private let database: IdentityDatabase
  private let keys: IdentityKeys
  private let people: [Person]
  private let clock: IdentityClock

  /// Opens the identity state in `folder`, or makes it.
  public init(
    folder: String, people: [Person], clock: IdentityClock = .machine
  ) throws(IdentityError) {
    (database, keys) = try IdentityFolder.open(folder)
    self.people = people
    self.clock = clock
  }

  /// Everybody in the spec, in its order.
  public func entries() async throws(IdentityError) -> [Entry] {
    let people = self.people
    let now = clock.now()
    return try await database.read { database in
      try people.map { person in
        let table = AccountTable(database)
        let account = try table.account(person.name.text)
        let ends = try table.linkEnd(of: person.name.text).flatMap { $0 > now ? $0 : nil }
        let sessions = try SessionTable(database).sessions(of: person.name.text)
        let standing: Standing =
          account?.isDisabled == true
          ? .disabled : account?.password != nil ? .active : ends != nil ? .invited : .uninvited
        return Entry(
          person: person, standing: standing, linkEnds: ends, sessions: sessions.count,
          used: sessions.map(\.used).max())
      }
    }
  }

  /// A link for somebody who has no password; an older link is worth nothing from here on.
  public func invite(_ name: Slug) async throws(Refusal) -> Invitation {
    try await issue(name, .invite) { account in
      if account?.isDisabled == true { return .failure(.disabled(name)) }
      return account?.password == nil ? .success(account) : .failure(.active(name))
    }
  }

  /// Takes password, authenticator, recovery codes, known browsers and sessions away, and gives a new link. A disabled
  /// account is let in again.
  public func reset(_ name: Slug) async throws(Refusal) -> Invitation {
    try await issue(name, .reset) { account in
      guard var account else { return .success(nil) }
      account.password = nil
      account.totp = nil
      account.isDisabled = false
      account.generation += 1
      return .success(account)
    }
  }

  private func issue(
    _ name: Slug, _ event: SignInRecord.Event,
    _ change: @escaping @Sendable (Account?) -> Result<Account?, Refusal>
  ) async throws(Refusal) -> Invitation {
    try known(name)
    let now = clock.now()
    let invitation = Invitation(person: name, token: Random.token(), ends: now + Self.linkLifetime)
    let keys = self.keys
    let refusal: Refusal?
    do {
      refusal = try await database.write { database in
        let table = AccountTable(database)
        let account: Account?
        switch change(try table.account(name.text)) {
        case .success(let changed): account = changed
        case .failure(let refusal): return refusal
        }
        if let account { try table.put(account, at: now) }
        if event == .reset {
          try SessionTable(database).removeAll(of: name.text)
          try database.execute(sql: "DELETE FROM recovery_codes WHERE person = ?", arguments: [name.text])
        }
        let link = Link(
          person: name.text, totp: try keys.seal(OneTimeCode.random().secret, of: name.text),
          lifetime: (now, invitation.ends))
        try table.put(link, hash: SessionTable.hash(invitation.token))
        try table.note(event, of: name.text, at: now)
        return nil
      }
    } catch {
      throw .state(error)
    }
    if let refusal { throw refusal }
    return invitation
  }

  /// Switches an account off: no sign-in, here or by a provider, and every session ends at its next use.
  public func disable(_ name: Slug) async throws(Refusal) {
    try known(name)
    let now = clock.now()
    do {
      try await database.write { database in
        let table = AccountTable(database)
        var account =
          try table.account(name.text)
          ?? Account(
            person: name.text, password: nil, totp: nil, step: 0, generation: 0, isDisabled: false)
        account.isDisabled = true
        account.generation += 1
        try table.put(account, at: now)
        try table.removeLinks(of: name.text)
        try SessionTable(database).removeAll(of: name.text)
        try table.note(.disable, of: name.text, at: now)
      }
    } catch {
      throw .state(error)
    }
  }

  private func known(_ name: Slug) throws(Refusal) {
    guard people.contains(where: { $0.name == name }) else { throw .unknown(name) }
  }
}
