import CordonModel
import FoundationEssentials
import Synchronization

/// People, sign-in and sessions of one environment. The portal sees it as `PortalIdentity`.
public final class Identity: PortalIdentity {
  struct State {
    var rules: IdentityRules
    var provider: ProviderSignIn?
    var budget = AttemptBudget()
  }

  let database: IdentityDatabase
  let keys: IdentityKeys
  let hashing: HashingDesk
  let cost: ScryptCost
  let clock: IdentityClock
  let recorder: any SignInRecorder
  let state: Mutex<State>
  let nobody: PasswordHash

  /// Opens an environment's identity state, or makes it.
  ///
  /// - Parameters:
  ///   - folder: The folder of the state, made with mode 700 where it is missing.
  ///   - rules: What the spec says.
  ///   - recorder: Makes records durable.
  ///   - clock: Tells the time.
  public convenience init(
    folder: String, rules: IdentityRules, recorder: any SignInRecorder, clock: IdentityClock = .machine
  ) throws(IdentityError) {
    try self.init(
      folder: folder, rules: rules, recorder: recorder, clock: clock, cost: .standard, hashing: HashingDesk())
  }

  init(
    folder: String, rules: IdentityRules, recorder: any SignInRecorder, clock: IdentityClock,
    cost: ScryptCost, hashing: HashingDesk
  ) throws(IdentityError) {
    (database, keys) = try IdentityFolder.open(folder)
    state = Mutex(State(rules: rules, provider: Self.provider(rules, clock: clock)))
    nobody = .nobody(cost: cost)
    self.hashing = hashing
    self.cost = cost
    self.clock = clock
    self.recorder = recorder
  }

  /// What the spec says now.
  public var rules: IdentityRules { state.withLock { $0.rules } }

  /// Takes another version of the spec over. Whoever it no longer names is forgotten with every session and password;
  /// sessions of those who have other roles or projects end at their next use.
  public func adopt(_ rules: IdentityRules) async throws(IdentityError) {
    let provider = Self.provider(rules, clock: clock)
    state.withLock { state in
      // One that stays the same keeps the sign-ins that are under way.
      if state.rules.portal != rules.portal { state.provider = provider }
      state.rules = rules
    }
    let names = Set(rules.people.map(\.name.text))
    let now = clock.now()
    try await database.write { database in
      let table = AccountTable(database)
      for person in try table.people() where !names.contains(person) {
        try table.remove(person)
        try table.note(.remove, of: person, at: now)
      }
    }
    try await recordActs()
  }

  private static func provider(_ rules: IdentityRules, clock: IdentityClock) -> ProviderSignIn? {
    guard case .provider(let provider) = rules.portal.signIn else { return nil }
    return ProviderSignIn(provider, origin: rules.portal.origin, clock: clock)
  }

  /// Records what the operator did to accounts since the last time, from whichever process.
  public func recordActs() async throws(IdentityError) {
    while true {
      let acts = try await database.read { try AccountTable($0).acts() }
      guard let last = acts.last else { return }
      for act in acts {
        guard let event = SignInRecord.Event(rawValue: act.event) else { continue }
        let reason = event == .remove ? "the spec no longer names the person" : "the operator asked for it"
        try await record(
          SignInRecord(
            event, .allowed, person: try? Slug(act.person), address: nil, reason: reason, at: act.at))
      }
      try await database.write { try AccountTable($0).removeActs(through: last.seq) }
    }
  }

  /// The provider of the rules in force.
  func provider() throws(IdentityError) -> ProviderSignIn {
    guard let provider = state.withLock({ $0.provider }) else { throw .notOffered }
    return provider
  }

  func withBudget<Result>(_ body: (inout AttemptBudget) -> Result) -> Result {
    state.withLock { body(&$0.budget) }
  }

  func record(_ record: SignInRecord) async throws(IdentityError) {
    do { try await recorder.record(record) } catch { throw .notRecorded("\(error)") }
  }

  // MARK: Visitors and forms

  /// How people sign in.
  public var method: SignInMethod {
    switch rules.portal.signIn {
    case .local: .local
    case .provider(let provider):
      .provider(host: ProviderAddress.host(of: provider.issuer) ?? provider.issuer)
    }
  }

  /// A token for a browser that has none.
  public func newVisitor() -> VisitorToken { VisitorToken() }

  /// The hidden field of a form that is shown to a visitor.
  public func formToken(for visitor: VisitorToken) -> String { keys.formToken("visitor", visitor.text) }

  /// Whether a posted form was shown to this visitor.
  public func accepts(formToken: String, of visitor: VisitorToken) -> Bool {
    keys.accepts(formToken: formToken, "visitor", visitor.text)
  }

  /// The hidden field of a form that is shown in a session.
  public func formToken(for session: SessionToken) -> String { keys.formToken("session", session.text) }

  /// Whether a posted form was shown in this session.
  public func accepts(formToken: String, of session: SessionToken) -> Bool {
    keys.accepts(formToken: formToken, "session", session.text)
  }
}

/// The folder of the identity state.
enum IdentityFolder {
  /// Opens the database and the key beside it. A key is made only where there is no database yet: with another key
  /// every password of it would be wrong.
  static func open(_ path: String) throws(IdentityError) -> (IdentityDatabase, IdentityKeys) {
    try IdentityFile.makeFolder(path)
    let database = path + "/identity.db"
    let isNew = !FileManager.default.fileExists(atPath: database)
    let keys = try IdentityKeys.open(path + "/identity.key", mayCreate: isNew)
    return (try IdentityDatabase(database), keys)
  }
}
