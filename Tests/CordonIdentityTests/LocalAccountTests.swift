import CordonModel
import FoundationEssentials
import Testing

@testable import CordonIdentity

@Suite struct `Local accounts` {
  let world: World
  let identity: Identity

  init() throws {
    world = try World()
    identity = try world.identity()
  }

  private func enrol(
    _ link: String, password: String = World.password, code: String? = nil, from: IPAddress = World.home
  ) async throws -> EnrolmentAnswer {
    let offered = try await identity.enrolment(link, from: World.home)
    let right = try offered.map { try World.code($0).code(step: world.step) }
    return try await identity.enrol(
      EnrolmentAttempt(link: link, password: password, code: code ?? right ?? "000000", from: from))
  }

  // MARK: One-time links

  @Test func `a link gives an account once`() async throws {
    let link = try await world.register().invite(Slug("scientist-1")).token
    let offered = try #require(try await identity.enrolment(link, from: World.home))
    #expect(offered.person.text == "scientist-1")
    #expect(offered.address.hasPrefix("otpauth://totp/Cordon%20fraud-models:scientist-1?secret="))
    // Looking uses nothing up, and offers the same secret.
    #expect(try await identity.enrolment(link, from: World.home) == offered)
    guard case .done(_, let codes) = try await enrol(link) else { return #expect(Bool(false)) }
    #expect(Set(codes).count == 10)
    #expect(try await identity.enrolment(link, from: World.home) == nil)
    #expect(try await enrol(link) == .refused)
  }

  @Test func `a wrong code or an unfit password leaves the link as it is`() async throws {
    let link = try await world.register().invite(Slug("scientist-1")).token
    #expect(try await enrol(link, code: "12345") == .refused)
    #expect(try await enrol(link, password: "scientist-1-2026") == .unfit(.ownName))
    guard case .done = try await enrol(link) else { return #expect(Bool(false)) }
  }

  @Test func `of two uses at the same moment one is good`() async throws {
    let link = try await world.register().invite(Slug("scientist-1")).token
    let answers = try await withThrowingTaskGroup(of: EnrolmentAnswer.self) { group in
      for _ in 0..<6 { group.addTask { try await enrol(link) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers.count { if case .done = $0 { true } else { false } } == 1)
  }

  @Test func `a link ends after three days, and a clock that went back does not save it`() async throws {
    let link = try await world.register().invite(Slug("scientist-1")).token
    world.wait(PeopleRegister.linkLifetime - 1)
    #expect(try await identity.enrolment(link, from: World.home) != nil)
    world.wait(1)
    #expect(try await identity.enrolment(link, from: World.home) == nil)
    #expect(try await enrol(link) == .refused)
    world.wait(-PeopleRegister.linkLifetime - 61)
    #expect(try await identity.enrolment(link, from: World.home) == nil)
  }

  @Test func `a newer link is the only one, and an account is not invited again`() async throws {
    let first = try await world.register().invite(Slug("scientist-1")).token
    let second = try await world.register().invite(Slug("scientist-1")).token
    #expect(try await identity.enrolment(first, from: World.home) == nil)
    guard case .done = try await enrol(second) else { return #expect(Bool(false)) }
    await #expect(throws: PeopleRegister.Refusal.active(try Slug("scientist-1"))) {
      try await world.register().invite(Slug("scientist-1"))
    }
    await #expect(throws: PeopleRegister.Refusal.unknown(try Slug("nobody"))) {
      try await world.register().invite(Slug("nobody"))
    }
  }

  @Test func `a link is worth nothing outside of the addresses`() async throws {
    let link = try await world.register().invite(Slug("scientist-1")).token
    let outside = try #require(IPAddress("198.51.100.1"))
    #expect(try await identity.enrolment(link, from: outside) == nil)
    #expect(try await enrol(link, from: outside) == .addressNotAllowed)
  }

  // MARK: Signing in

  @Test func `name, password and code let in`() async throws {
    let member = try await world.member(identity)
    #expect(try await identity.signIn(world.attempt(member)).session?.principal.person.text == "scientist-1")
    #expect(world.ledger.last == "SignIn allowed scientist-1: password and code are right")
  }

  @Test func `whatever of them is wrong has the same answer and the same record`() async throws {
    let member = try await world.member(identity)
    var unknown = world.attempt(member)
    unknown.name = "nobody"
    var notEnrolled = world.attempt(member)
    notEnrolled.name = "reviewer-1"
    let attempts = [
      world.attempt(member, password: "plum gravel orbit tuna"), world.attempt(member, password: ""),
      world.attempt(member, code: "000000"), world.attempt(member, code: ""),
      world.attempt(member, password: String(repeating: "x", count: 1 << 20)), unknown, notEnrolled,
    ]
    for attempt in attempts {
      #expect(try await identity.signIn(attempt) == .refused)
      #expect(world.ledger.records.last?.reason == "name, password or code is wrong")
      world.wait(900)
    }
  }

  @Test func `nobody's name costs the same work as somebody's`() async throws {
    let member = try await world.member(identity)
    let full = try world.identity(hashing: HashingDesk(atOnce: 0, waiting: 0, reserved: 0))
    #expect(try await full.signIn(world.attempt(member)) == .busy)
    #expect(try await full.signIn(World.stranger("nobody")) == .busy)
    #expect(try await full.signIn(World.stranger("reviewer-1")) == .busy)
  }

  @Test func `a code is good once, also at the same moment`() async throws {
    let member = try await world.member(identity)
    let attempt = world.attempt(member)
    let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 { group.addTask { try await identity.signIn(attempt).session != nil } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers.count { $0 } == 1)
    #expect(try await identity.signIn(attempt) == .refused)
  }

  @Test func `a recovery code is good once, and only with the password`() async throws {
    let member = try await world.member(identity)
    let code = member.recovery[3]
    #expect(
      try await identity.signIn(world.attempt(member, password: "not it at all", code: code)) == .refused)
    #expect(try await identity.signIn(world.attempt(member, code: code)).session != nil)
    #expect(try await identity.signIn(world.attempt(member, code: code)) == .refused)
    #expect(
      try await identity.signIn(world.attempt(member, code: member.recovery[4].lowercased())).session != nil)
  }

  @Test func `another person's recovery code or authenticator is wrong`() async throws {
    let scientist = try await world.member(identity)
    let reviewer = try await world.member(identity, "reviewer-1")
    #expect(try await identity.signIn(world.attempt(scientist, code: reviewer.recovery[0])) == .refused)
    let code = reviewer.code.code(step: world.step)
    #expect(try await identity.signIn(world.attempt(scientist, code: code)) == .refused)
  }

  @Test func `nobody signs in from another address`() async throws {
    let member = try await world.member(identity)
    let attempt = world.attempt(member, from: try #require(IPAddress("198.51.100.1")))
    #expect(try await identity.signIn(attempt) == .addressNotAllowed)
    #expect(world.ledger.last == "SignIn denied scientist-1: nobody signs in from that address")
  }

  @Test func `a stranger who tries a name holds its owner's browser not up`() async throws {
    let member = try await world.member(identity)
    let device = try #require(member.session.device)
    var waited = false
    for _ in 0..<8 {
      if case .wait = try await identity.signIn(World.stranger(member.name)) { waited = true }
    }
    #expect(waited)
    guard case .wait = try await identity.signIn(world.attempt(member)) else { return #expect(Bool(false)) }
    #expect(try await identity.signIn(world.attempt(member, device: device)).session != nil)
    // A device of somebody else's, or made up, is a stranger's.
    for token in [device + "A", "x." + device, "", String(repeating: ".", count: 200)] {
      guard case .wait = try await identity.signIn(world.attempt(member, device: token)) else {
        return #expect(Bool(false))
      }
    }
  }

  @Test func `a flood is sent away without work, and recorded by its size`() async throws {
    _ = try await world.member(identity)
    let before = world.ledger.records.count
    for _ in 0..<500 { _ = try await identity.signIn(World.stranger("scientist-1")) }
    let records = world.ledger.records.dropFirst(before)
    #expect(records.count < 40)
    #expect((records.map(\.attempts).max() ?? 0) >= 256)
    let other = try #require(IPAddress("192.0.2.99"))
    #expect(try await identity.signIn(World.stranger("reviewer-1", from: other)) == .refused)
  }

  // MARK: What changes an account

  @Test func `another password ends every session and every known browser`() async throws {
    let member = try await world.member(identity)
    let second = try #require(try await identity.signIn(world.attempt(member)).session)
    world.wait(30)
    func change(_ old: String, _ new: String) async throws -> EnrolmentAnswer {
      try await identity.changePassword(
        PasswordChange(
          session: second.token, old: old, code: member.code.code(step: world.step), new: new,
          address: World.home))
    }
    #expect(try await change(World.password, "short") == .unfit(.tooShort))
    #expect(try await change("not the old one", "amber cloth vivid nine") == .refused)
    guard case .done(let fresh, let codes) = try await change(World.password, "amber cloth vivid nine") else {
      return #expect(Bool(false))
    }
    #expect(Set(codes).isDisjoint(with: member.recovery))
    for old in [member.session, second] {
      #expect(try await identity.session(old.token, from: World.home) == .ended(.unknown))
    }
    #expect(try await identity.session(fresh.token, from: World.home).session != nil)
    world.wait(30)
    #expect(try await identity.signIn(world.attempt(member)) == .refused)
    let renewed = world.attempt(member, password: "amber cloth vivid nine")
    #expect(try await identity.signIn(renewed).session != nil)
    #expect(identity.keys.device(second.device, of: member.name, generation: 2) == nil)
  }

  @Test func `a disabled account is like none, and its sessions end`() async throws {
    let member = try await world.member(identity)
    try await world.register().disable(Slug("scientist-1"))
    #expect(try await identity.session(member.session.token, from: World.home) == .ended(.unknown))
    #expect(try await identity.signIn(world.attempt(member)) == .refused)
    #expect(world.ledger.records.contains { $0.event == .disable && $0.person?.text == "scientist-1" })
    await #expect(throws: PeopleRegister.Refusal.disabled(try Slug("scientist-1"))) {
      try await world.register().invite(Slug("scientist-1"))
    }
    #expect(try await world.register().entries().map(\.standing) == [.disabled, .uninvited])
  }

  @Test func `a reset takes everything away and gives a new link`() async throws {
    let member = try await world.member(identity)
    let link = try await world.register().reset(Slug("scientist-1")).token
    #expect(try await identity.session(member.session.token, from: World.home) == .ended(.unknown))
    #expect(try await identity.signIn(world.attempt(member)) == .refused)
    #expect(try await identity.signIn(world.attempt(member, code: member.recovery[0])) == .refused)
    guard case .done = try await enrol(link) else { return #expect(Bool(false)) }
    #expect(try await world.register().entries().map(\.standing) == [.active, .uninvited])
  }

  @Test func `the operator's acts are recorded before the next sign-in is judged`() async throws {
    _ = try await world.register().invite(Slug("scientist-1"))
    _ = try await world.register().reset(Slug("scientist-1"))
    world.ledger.fill()
    await #expect(throws: IdentityError.self) { try await identity.signIn(World.stranger("x")) }
    world.ledger.fill(false)
    try await identity.recordActs()
    try await identity.recordActs()
    #expect(world.ledger.records.map(\.event) == [.invite, .reset])
  }

  @Test func `a hash of less cost is made anew at the next sign-in`() async throws {
    let member = try await world.member(identity)
    let dearer = ScryptCost(rounds: 11, block: 8, lanes: 1)
    let later = try world.identity(cost: dearer)
    #expect(try await later.signIn(world.attempt(member)).session != nil)
    let account = try await later.database.read { try AccountTable($0).account("scientist-1") }
    #expect(account?.password?.cost == dearer)
    world.wait(30)
    #expect(try await later.signIn(world.attempt(member)).session != nil)
  }

  // MARK: What is kept

  @Test func `no password, code, token or secret is in the records or in the files`() async throws {
    let member = try await world.member(identity)
    let link = try await world.register().invite(Slug("reviewer-1")).token
    _ = try await identity.signIn(world.attempt(member))
    _ = try await identity.signIn(World.stranger(World.password))
    let secret = Base32.text(member.code.secret)
    let plain = member.recovery.compactMap { RecoveryCode.canonical($0) }
    let hidden = [World.password, member.session.token.text, link, secret] + member.recovery + plain
    let records = "\(world.ledger.records)"
    for text in hidden { #expect(!records.contains(text)) }
    for file in ["identity.db", "identity.db-wal"] {
      let bytes = try Data(contentsOf: URL(filePath: world.state + "/" + file))
      for text in hidden { #expect(bytes.firstRange(of: Data(text.utf8)) == nil, "\(file)") }
      #expect(bytes.firstRange(of: Data(member.code.secret)) == nil)
    }
  }

  @Test func `its files are their owner's only`() async throws {
    _ = try await world.member(identity)
    func mode(_ path: String) throws -> Int {
      try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }
    #expect(try mode(world.state) == 0o700)
    for file in try FileManager.default.contentsOfDirectory(atPath: world.state) {
      #expect(try mode(world.state + "/" + file) == 0o600, "\(file)")
    }
  }

  @Test func `a key that others can read, that is gone or that is another opens nothing`() async throws {
    let member = try await world.member(identity)
    let key = world.state + "/identity.key"
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
    #expect(throws: IdentityError.self) { try world.identity() }
    try FileManager.default.removeItem(atPath: key)
    #expect(throws: IdentityError.self) { try world.identity() }
    #expect(!FileManager.default.fileExists(atPath: key))
    try IdentityFile.create(key, Random.bytes(32))
    let other = try world.identity()
    let attempt = world.attempt(member)
    #expect(try await other.signIn(attempt) == .refused)
  }

  @Test func `two processes that start at once have one key`() async throws {
    let world = try World()
    let keys = try await withThrowingTaskGroup(of: IdentityKeys.self) { group in
      for _ in 0..<8 { group.addTask { try IdentityFolder.open(world.state).1 } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(keys.map { $0.peppered("x") }).count == 1)
  }
}
