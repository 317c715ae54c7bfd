public import CordonModel
import FoundationEssentials

extension Identity {
  /// Whom a one-time link is for. A mail program that looks at links before the person does uses nothing up.
  public func enrolment(
    _ link: String, from address: IPAddress
  ) async throws(IdentityError) -> Enrolment? {
    guard let found = try await find(link: link, from: address, at: clock.now()) else { return nil }
    return Enrolment(
      person: found.person.name, secret: found.code.typed,
      address: found.code.address(person: found.person.name.text, environment: rules.environment.text))
  }

  private func find(
    link: String, from address: IPAddress, at now: Int64
  ) async throws(IdentityError) -> (person: Person, code: OneTimeCode, hash: Data, link: Link)? {
    let rules = self.rules
    guard case .local = rules.portal.signIn else { throw .notOffered }
    guard rules.portal.admits(address), Base64URL.bytes(link)?.count == 32 else { return nil }
    let hash = SessionTable.hash(link)
    guard let kept = try await database.read({ try AccountTable($0).link(hash) }), kept.isGood(at: now),
      let person = rules.person(named: kept.person)
    else { return nil }
    return (person, OneTimeCode(secret: try keys.unseal(kept.totp, of: kept.person)), hash, kept)
  }

  /// Sets a password and a second factor by a one-time link. A wrong code or an unfit password leaves it as it is.
  public func enrol(_ attempt: EnrolmentAttempt) async throws(IdentityError) -> EnrolmentAnswer {
    try await recordActs()
    let now = clock.now()
    var trial = Trial(event: .enrol, person: nil, name: "", address: attempt.from, now: now)
    let key = AttemptBudget.Key.address(attempt.from.bytes)
    if let seconds = try await take(key, trial) { return .wait(seconds: seconds) }
    guard rules.portal.admits(attempt.from) else {
      try await refuse(trial, because: "nobody signs in from that address")
      return .addressNotAllowed
    }
    guard let found = try await find(link: attempt.link, from: attempt.from, at: now) else {
      try await refuse(trial, because: "the link was used, has expired or never was")
      return .refused
    }
    trial.person = found.person.name
    if let problem = rules.passwordRules(for: found.person.name).problem(with: attempt.password) {
      withBudget { $0.giveBack(key, at: now) }
      return .unfit(problem)
    }
    guard let step = found.code.step(of: attempt.code, at: now, after: 0) else {
      try await refuse(trial, because: "the code is wrong")
      return .refused
    }
    let account = Account(
      person: found.person.name.text, password: nil, totp: found.link.totp, step: step, generation: 0,
      isDisabled: false)
    let answer = try await set(
      attempt.password, of: found.person, account: account, trial, replacing: found.hash)
    if case .done = answer { withBudget { $0.giveBack(key, at: now) } }
    return answer
  }
}
