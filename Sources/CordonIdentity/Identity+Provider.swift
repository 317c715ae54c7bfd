public import CordonModel

extension Identity {
  func logoutAddress() async -> String? {
    await (try? provider())?.logoutAddress()
  }

  /// Where to send the visitor's browser.
  public func beginProviderSignIn(
    visitor: VisitorToken, from address: IPAddress
  ) async throws(IdentityError) -> ProviderStart {
    let provider = try provider()
    let trial = Trial(event: .signIn, person: nil, name: "", address: address, now: clock.now())
    let key = AttemptBudget.Key.address(address.bytes)
    if try await take(key, trial) != nil { return .busy }
    guard rules.portal.admits(address) else {
      try await refuse(trial, because: "nobody signs in from that address")
      return .addressNotAllowed
    }
    do {
      return .redirect(try await provider.begin(visitor))
    } catch .tooMany {
      return .busy
    } catch {
      return .unavailable("\(error)")
    }
  }

  /// Judges what the browser brought back.
  public func finishProviderSignIn(
    query: String, visitor: VisitorToken, from address: IPAddress
  ) async throws(IdentityError) -> SignInAnswer {
    let provider = try provider()
    try await recordActs()
    var trial = Trial(event: .signIn, person: nil, name: "", address: address, now: clock.now())
    let key = AttemptBudget.Key.address(address.bytes)
    if let seconds = try await take(key, trial) { return .wait(seconds: seconds) }
    guard rules.portal.admits(address) else {
      try await refuse(trial, because: "nobody signs in from that address")
      return .addressNotAllowed
    }
    let claims: IDClaims
    do {
      claims = try await provider.finish(query: query, visitor: visitor)
    } catch {
      try await refuse(trial, because: "\(error)")
      return .refused
    }
    let finding = Self.person(of: claims, rules: rules, provider: provider.rules)
    trial.person = finding.person?.name
    guard let person = finding.person else {
      try await refuse(trial, because: finding.reason)
      return .refused
    }
    let account = try await database.read { try AccountTable($0).account(person.name.text) }
    guard let generation = Self.generation(account) else {
      try await refuse(trial, because: "the account is disabled")
      return .refused
    }
    guard !finding.roles.isEmpty else {
      try await refuse(trial, because: "the provider's groups give the person no role")
      return .refused
    }
    withBudget {
      $0.giveBack(key, at: trial.now)
      $0.giveBack(key, at: trial.now)
    }
    return .signedIn(
      try await open(
        person, roles: finding.roles, generation: generation, event: .signIn,
        reason: "the provider says who it is", from: address, at: trial.now, hasDevice: false))
  }

  /// Whom the claims name, and which of the roles that the spec gives the provider's groups bear out.
  static func person(
    of claims: IDClaims, rules: IdentityRules, provider: ProviderRules
  ) -> (person: Person?, roles: Set<Person.Role>, reason: String) {
    guard let name = claims[provider.claim]?.text, !name.isEmpty else {
      return (nil, [], "the token does not have the claim '\(provider.claim)'")
    }
    // An address that its owner has not shown to be theirs is anybody's to claim.
    guard provider.claim != "email" || claims["email_verified"] == .truth(true) else {
      return (nil, [], "the provider has not verified the email address")
    }
    let found = rules.people.filter { ($0.subject ?? $0.name.text).utf8.elementsEqual(name.utf8) }
    guard found.count == 1, let person = found.first else {
      return (nil, [], "the spec names nobody whom the provider calls so")
    }
    let groups = Set(claims[provider.groupsClaim]?.list ?? [])
    let roles = person.roles.filter { role in provider.groups[role].map { groups.contains($0) } ?? true }
    return (person, Set(roles), "the provider says who it is")
  }
}
