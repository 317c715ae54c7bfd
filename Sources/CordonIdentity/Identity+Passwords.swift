import CordonModel
import FoundationEssentials

extension Identity {
  /// Judges a name, a password and a code.
  ///
  /// Whoever is not in the spec, has no password or is disabled is tried against a hash that nobody has: same work,
  /// same answer.
  public func signIn(_ attempt: PasswordAttempt) async throws(IdentityError) -> SignInAnswer {
    let rules = self.rules
    guard case .local = rules.portal.signIn else { throw .notOffered }
    try await recordActs()
    let person = rules.person(named: attempt.name)
    let trial = Trial(
      event: .signIn, person: person?.name, name: attempt.name, device: attempt.device,
      address: attempt.address, now: clock.now())
    switch try await judge(trial, password: attempt.password, code: attempt.code) {
    case .refused: return .refused
    case .wait(let seconds): return .wait(seconds: seconds)
    case .busy: return .busy
    case .addressNotAllowed: return .addressNotAllowed
    case .right(let account):
      guard let person else { return .refused }
      return .signedIn(
        try await open(
          person, roles: Set(person.roles), generation: account.generation, event: .signIn,
          reason: "password and code are right", from: attempt.address, at: trial.now, hasDevice: true))
    }
  }

  /// One attempt of somebody who says who they are.
  struct Trial: Sendable {
    var event: SignInRecord.Event
    /// Somebody of the spec; nil where the name is nobody's.
    var person: Slug?
    /// The name as typed.
    var name: String
    var device: String?
    var address: IPAddress
    var now: Int64
  }

  /// What came of it.
  enum Finding: Sendable {
    case right(Account)
    case refused
    case wait(seconds: Int)
    case busy
    case addressNotAllowed
  }

  /// Judges a password and a code within the budgets of the address and of the name, and records what is refused.
  func judge(_ trial: Trial, password: String, code: String) async throws(IdentityError) -> Finding {
    let byAddress = AttemptBudget.Key.address(trial.address.bytes)
    if let seconds = try await take(byAddress, trial) { return .wait(seconds: seconds) }
    guard rules.portal.admits(trial.address) else {
      try await refuse(trial, because: "nobody signs in from that address")
      return .addressNotAllowed
    }
    let name = trial.person?.text ?? ""
    let account = try await database.read { try AccountTable($0).account(name) }
    let device = account.flatMap { keys.device(trial.device, of: name, generation: $0.generation) }
    let byName: AttemptBudget.Key =
      device.map { .device($0) } ?? (trial.person == nil ? .stranger(trial.name) : .person(name))
    if let seconds = try await take(byName, trial) { return .wait(seconds: seconds) }
    guard let right = try await check(account, password: password, code: code, device: device, trial) else {
      withBudget {
        $0.giveBack(byName, at: trial.now)
        $0.giveBack(byAddress, at: trial.now)
      }
      try await refuse(trial, because: "too many people are signing in")
      return .busy
    }
    guard let account, right else {
      try await refuse(trial, because: "name, password or code is wrong")
      return .refused
    }
    withBudget {
      $0.clear(byName)
      $0.giveBack(byAddress, at: trial.now)
    }
    return .right(account)
  }

  /// Takes an attempt out of a budget; the seconds to wait where there is none left.
  func take(_ key: AttemptBudget.Key, _ trial: Trial) async throws(IdentityError) -> Int? {
    guard case .wait(let seconds, let count) = withBudget({ $0.take(key, at: trial.now) }) else {
      return nil
    }
    // A flood is recorded by its size: at 1, 2, 4, 8, ... attempts.
    if count & (count - 1) == 0 { try await refuse(trial, because: "too many attempts", count: count) }
    return seconds
  }

  func refuse(_ trial: Trial, because reason: String, count: Int = 1) async throws(IdentityError) {
    try await record(
      SignInRecord(
        trial.event, .denied, person: trial.person, address: trial.address, reason: reason, attempts: count,
        at: trial.now))
  }

  /// Whether password and code are right, which uses the code up; nil where there is no room to find out.
  private func check(
    _ account: Account?, password: String, code: String, device: String?, _ trial: Trial
  ) async throws(IdentityError) -> Bool? {
    let usable = account.flatMap { $0.isDisabled ? nil : $0.password }
    let stored = usable ?? nobody
    let peppered = keys.peppered(password)
    let cost = self.cost
    let hashed = await hashing.run(isKnown: device != nil) { () -> (Bool, PasswordHash?) in
      guard stored.matches(peppered) else { return (false, nil) }
      return (true, stored.cost == cost ? nil : try? PasswordHash(of: peppered, cost: cost))
    }
    guard let (isRight, stronger) = hashed else { return nil }
    let keys = self.keys
    let generation = account?.generation
    let name = trial.person?.text ?? ""
    return try await database.write { database in
      let table = AccountTable(database)
      // Read again: the operator may have reset it while the hash was made.
      guard let account = try table.account(name), !account.isDisabled, account.generation == generation,
        isRight, usable != nil, try table.consume(code: code, of: account, at: trial.now, keys: keys)
      else { return false }
      if let stronger { try table.strengthen(name, from: stored, to: stronger) }
      return true
    }
  }

  // MARK: Another password

  /// Sets another password, for which the old one and a code are asked again.
  public func changePassword(_ change: PasswordChange) async throws(IdentityError) -> EnrolmentAnswer {
    let rules = self.rules
    guard case .local = rules.portal.signIn else { throw .notOffered }
    guard case .current(let session) = try await session(change.session, from: change.address),
      let person = rules.person(named: session.principal.person.text)
    else { return .refused }
    if let problem = rules.passwordRules(for: person.name).problem(with: change.new) {
      return .unfit(problem)
    }
    let trial = Trial(
      event: .changePassword, person: person.name, name: person.name.text, address: change.address,
      now: clock.now())
    switch try await judge(trial, password: change.old, code: change.code) {
    case .refused: return .refused
    case .wait(let seconds): return .wait(seconds: seconds)
    case .busy: return .busy
    case .addressNotAllowed: return .addressNotAllowed
    case .right(let account):
      return try await set(change.new, of: person, account: account, trial, replacing: nil)
    }
  }

  /// Hashes a password, keeps it, and opens the first session that it is good for. All sessions and known browsers of
  /// before end.
  ///
  /// - Parameter link: The hash of the one-time link that is used up by it.
  func set(
    _ password: String, of person: Person, account: Account, _ trial: Trial, replacing link: Data?
  ) async throws(IdentityError) -> EnrolmentAnswer {
    let peppered = keys.peppered(password)
    let cost = self.cost
    let hashed = await hashing.run(isKnown: true) { Result { try PasswordHash(of: peppered, cost: cost) } }
    guard let hashed else { return .busy }
    let hash: PasswordHash
    do { hash = try hashed.get() } catch { throw IdentityError(of: error) }
    try await record(
      SignInRecord(
        trial.event, .allowed, person: person.name, address: trial.address,
        reason: link == nil ? "the person asked for it" : "a one-time link", at: trial.now))
    let keys = self.keys
    let codes = try await database.write { database -> (codes: [String], generation: Int64)? in
      let table = AccountTable(database)
      let stored = try table.account(person.name.text)
      if let link {
        guard let kept = try table.link(link), kept.isGood(at: trial.now), kept.person == person.name.text
        else { return nil }
      } else {
        guard stored?.generation == account.generation, stored?.isDisabled == false else { return nil }
      }
      var account = account
      account.password = hash
      account.step = max(account.step, stored?.step ?? 0)
      account.generation = (stored?.generation ?? 0) + 1
      try table.put(account, at: trial.now)
      try table.removeLinks(of: account.person)
      try SessionTable(database).removeAll(of: account.person)
      return (try table.renewRecoveryCodes(of: account.person, keys: keys), account.generation)
    }
    guard let codes else { return .refused }
    let signedIn = try await open(
      person, roles: Set(person.roles), generation: codes.generation, event: .signIn,
      reason: "a new password", from: trial.address, at: trial.now, hasDevice: true)
    return .done(signedIn, recoveryCodes: codes.codes)
  }
}
