public import CordonModel
import FoundationEssentials

extension Identity {
  /// How seldom a use is written down.
  private static let stride: Int64 = 15

  /// Whose session it is. One that has ended is removed, recorded and never comes back.
  public func session(
    _ token: SessionToken, from address: IPAddress
  ) async throws(IdentityError) -> SessionAnswer {
    let hash = SessionTable.hash(token.text)
    guard let (row, account) = try await find(hash) else { return .ended(.unknown) }
    let now = clock.now()
    let rules = self.rules
    let person = rules.person(named: row.person)
    let end = row.end(
      rules: rules.portal, standing: person.map { rules.standing(of: $0, granted: row.roles) },
      generation: Self.generation(account), from: address, at: now)
    if let end {
      try await self.end(row, hash: hash, because: end, from: address, at: now)
      return .ended(end)
    }
    guard let person else { return .ended(.standing) }
    if now - row.used >= min(Self.stride, Int64(rules.portal.idle) / 4) || row.address != "\(address)" {
      try await database.write { try SessionTable($0).touch(hash, at: now, from: "\(address)") }
    }
    return .current(
      PortalSession(
        id: row.id,
        principal: PortalPrincipal(person: person.name, roles: row.roles, projects: Set(person.projects)),
        endsAt: row.created + Int64(rules.portal.longest),
        idleEndsAt: row.time(at: now) + Int64(rules.portal.idle)))
  }

  private func find(_ hash: Data) async throws(IdentityError) -> (SessionRow, Account?)? {
    try await database.read { database in
      guard let row = try SessionTable(database).session(hash) else { return nil }
      return (row, try AccountTable(database).account(row.person))
    }
  }

  /// The generation that sessions must be of; nil for an account that is switched off. Whoever signs in at a provider
  /// has no account here, until the operator does something to it.
  static func generation(_ account: Account?) -> Int64? {
    guard let account else { return 0 }
    return account.isDisabled ? nil : account.generation
  }

  private func end(
    _ row: SessionRow, hash: Data, because end: SessionEnd, from address: IPAddress, at now: Int64
  ) async throws(IdentityError) {
    // Of several uses at the same moment one ends it, and that one is recorded.
    guard try await database.write({ try SessionTable($0).remove(hash) }) else { return }
    try await record(
      SignInRecord(
        .endSession, .denied, person: try? Slug(row.person), address: address, reason: end.reason,
        session: row.id, at: now))
  }

  /// The other sessions of the same person, newest first.
  public func sessions(besides token: SessionToken) async throws(IdentityError) -> [SessionSummary] {
    let hash = SessionTable.hash(token.text)
    return try await database.read { database in
      let table = SessionTable(database)
      guard let own = try table.session(hash) else { return [] }
      return try table.sessions(of: own.person).filter { $0.id != own.id }.map {
        SessionSummary(id: $0.id, created: $0.created, used: $0.used, address: $0.address)
      }
    }
  }

  /// Ends the session.
  public func signOut(
    _ token: SessionToken, from address: IPAddress
  ) async throws(IdentityError) -> String? {
    let hash = SessionTable.hash(token.text)
    guard let (row, _) = try await find(hash) else { return nil }
    try await recordSignOut(row, from: address, reason: "the person signed out")
    _ = try await database.write { try SessionTable($0).remove(hash) }
    return await logoutAddress()
  }

  /// Ends every session of the same person.
  public func signOutEverywhere(_ token: SessionToken, from address: IPAddress) async throws(IdentityError) {
    guard let (row, _) = try await find(SessionTable.hash(token.text)) else { return }
    try await recordSignOut(row, from: address, reason: "the person signed out everywhere")
    try await database.write { try SessionTable($0).removeAll(of: row.person) }
  }

  private func recordSignOut(
    _ row: SessionRow, from address: IPAddress, reason: String
  ) async throws(IdentityError) {
    try await record(
      SignInRecord(
        .endSession, .allowed, person: try? Slug(row.person), address: address, reason: reason,
        session: row.id, at: clock.now()))
  }

  /// A new session, recorded before it is there. Its token was never seen by anybody before.
  func open(
    _ person: Person, roles: Set<Person.Role>, generation: Int64, event: SignInRecord.Event, reason: String,
    from address: IPAddress, at now: Int64, hasDevice: Bool
  ) async throws(IdentityError) -> SignedIn {
    let token = SessionToken()
    let rules = self.rules
    let row = SessionRow(
      id: Base64URL.text(Random.bytes(12)), person: person.name.text, roles: roles,
      standing: rules.standing(of: person, granted: roles), generation: generation, created: now, used: now,
      address: "\(address)")
    try await record(
      SignInRecord(
        event, .allowed, person: person.name, address: address, reason: reason, session: row.id, at: now))
    try await database.write { database in
      let table = SessionTable(database)
      try table.removeEnded(rules.portal, at: now)
      try table.add(row, hash: SessionTable.hash(token.text))
    }
    return SignedIn(
      token: token, device: hasDevice ? keys.deviceToken(person.name.text, generation: generation) : nil,
      principal: PortalPrincipal(person: person.name, roles: roles, projects: Set(person.projects)),
      longest: rules.portal.longest)
  }
}

extension SessionEnd {
  /// For the record and for the page that the person sees.
  public var reason: String {
    switch self {
    case .unknown: "no session has that token"
    case .idle: "nothing was asked for too long"
    case .longest: "it lasted as long as a session may"
    case .address: "it was used from an address that nobody signs in from"
    case .standing: "the person's roles, projects or account changed"
    case .clock: "the machine's clock went back"
    }
  }
}
