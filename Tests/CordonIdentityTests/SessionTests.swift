import CordonModel
import FoundationEssentials
import Testing

@testable import CordonIdentity

@Suite struct `A session` {
  static let hour: Int64 = 3_600

  @Test(
    arguments: [
      (nil, 0, "192.0.2.7"), (nil, 1_799, "192.0.2.200"), (.idle, 1_800, "192.0.2.7"),
      (.idle, 40_000, "192.0.2.7"),
      (.longest, 12 * hour, "192.0.2.7"), (.address, 5, "198.51.100.1"), (.address, 5, "2001:db8::1"),
      (nil, -60, "192.0.2.7"), (.clock, -61, "192.0.2.7"), (.clock, -1_000_000, "192.0.2.7"),
    ] as [(SessionEnd?, Int64, String)])
  func `ends after its times, outside its addresses and with the clock`(
    expected: SessionEnd?, later: Int64, from: String
  ) throws {
    let row = Self.row(created: 1_000_000, used: 1_000_000)
    let end = row.end(
      rules: try World.rules().portal, standing: row.standing, generation: 3,
      from: try #require(IPAddress(from)),
      at: 1_000_000 + later)
    #expect(end == expected)
  }

  @Test func `a use just before each end does not make it last longer than the longest`() throws {
    let row = Self.row(created: 0, used: 12 * Self.hour - 1)
    let end = row.end(
      rules: try World.rules().portal, standing: row.standing, generation: 3, from: World.home,
      at: 12 * Self.hour - 30)
    #expect(end == nil)
    let later = row.end(
      rules: try World.rules().portal, standing: row.standing, generation: 3, from: World.home,
      at: 12 * Self.hour)
    #expect(later == .longest)
  }

  @Test func `ends with another standing, another generation or a disabled account`() throws {
    let row = Self.row(created: 0, used: 0)
    let rules = try World.rules().portal
    #expect(row.end(rules: rules, standing: Data([9]), generation: 3, from: World.home, at: 0) == .standing)
    #expect(row.end(rules: rules, standing: nil, generation: 3, from: World.home, at: 0) == .standing)
    #expect(
      row.end(rules: rules, standing: row.standing, generation: 4, from: World.home, at: 0) == .standing)
    #expect(
      row.end(rules: rules, standing: row.standing, generation: nil, from: World.home, at: 0) == .standing)
  }

  private static func row(created: Int64, used: Int64) -> SessionRow {
    SessionRow(
      id: "a", person: "scientist-1", roles: [.dataScientist], standing: Data([1]), generation: 3,
      created: created,
      used: used, address: "192.0.2.7")
  }
}

@Suite struct `Sessions of people` {
  let world: World
  let identity: Identity

  init() throws {
    world = try World()
    identity = try world.identity()
  }

  private func answer(_ session: SignedIn, from address: IPAddress = World.home) async throws -> SessionAnswer
  {
    try await identity.session(session.token, from: address)
  }

  @Test func `a sign-in gives a token that says who it is, and no two are the same`() async throws {
    let member = try await world.member(identity)
    let second = try #require(try await identity.signIn(world.attempt(member)).session)
    #expect(second.token != member.session.token)
    let session = try #require(try await answer(second).session)
    #expect(session.principal.person.text == "scientist-1")
    #expect(session.principal.roles == [.dataScientist])
    #expect(session.principal.projects == [try Slug("churn")])
    #expect(session.endsAt == world.now + 12 * 3_600)
    #expect(session.idleEndsAt == world.now + 1_800)
    // Several devices.
    #expect(try await answer(member.session).session != nil)
    #expect(try await identity.sessions(besides: second.token).count == 1)
  }

  @Test func `uses carry it over its idle time, and not over its longest`() async throws {
    let member = try await world.member(identity)
    for _ in 0..<24 {
      #expect(try await answer(member.session).session != nil)
      world.wait(1_790)
    }
    world.wait(300)
    #expect(try await answer(member.session) == .ended(.longest))
    #expect(try await answer(member.session) == .ended(.unknown))
    #expect(world.ledger.last == "EndSession denied scientist-1: it lasted as long as a session may")
  }

  @Test func `without a use it ends, and the record says why`() async throws {
    let member = try await world.member(identity)
    world.wait(1_800)
    #expect(try await answer(member.session) == .ended(.idle))
    #expect(world.ledger.last == "EndSession denied scientist-1: nothing was asked for too long")
  }

  @Test func `it survives a new start of the gateway`() async throws {
    let member = try await world.member(identity)
    #expect(try await world.identity().session(member.session.token, from: World.home).session != nil)
  }

  @Test func `another address ends it for good`() async throws {
    let member = try await world.member(identity)
    #expect(try await answer(member.session, from: #require(IPAddress("198.51.100.1"))) == .ended(.address))
    #expect(try await answer(member.session) == .ended(.unknown))
  }

  @Test func `a guessed, cut or swapped token is nobody's`() async throws {
    let member = try await world.member(identity)
    #expect(try await identity.session(SessionToken(), from: World.home) == .ended(.unknown))
    let other = try #require(SessionToken(identity.newVisitor().text))
    #expect(try await identity.session(other, from: World.home) == .ended(.unknown))
    #expect(try await answer(member.session).session != nil)
  }

  @Test(arguments: [
    (true, ["data-scientist"], ["churn"]), (false, ["data-scientist", "auditor"], ["churn"]),
    (false, ["auditor"], ["churn"]),
    (false, ["data-scientist"], []), (false, ["data-scientist"], ["churn", "fraud"]),
  ])
  func `other roles or projects in the spec end it`(stays: Bool, roles: [String], projects: [String])
    async throws
  {
    let member = try await world.member(identity)
    let person = try World.person("scientist-1", roles.compactMap(Person.Role.init), projects)
    try await identity.adopt(World.rules(people: [person]))
    #expect(try await answer(member.session) == (stays ? answer(member.session) : .ended(.standing)))
    #expect(try await (answer(member.session).session != nil) == stays)
  }

  @Test func `whoever leaves the spec is forgotten, and a namesake does not inherit the password`()
    async throws
  {
    let member = try await world.member(identity)
    try await identity.adopt(World.rules(people: []))
    #expect(try await answer(member.session) == .ended(.unknown))
    #expect(world.ledger.last == "RemovePerson allowed scientist-1: the spec no longer names the person")
    try await identity.adopt(World.rules())
    world.wait(30)
    #expect(try await identity.signIn(world.attempt(member)) == .refused)
  }

  @Test func `signing out ends one, and everywhere ends all`() async throws {
    let member = try await world.member(identity)
    let second = try #require(try await identity.signIn(world.attempt(member)).session)
    #expect(try await identity.signOut(second.token, from: World.home) == nil)
    #expect(try await answer(second) == .ended(.unknown))
    #expect(try await answer(member.session).session != nil)
    world.wait(30)
    let third = try #require(try await identity.signIn(world.attempt(member)).session)
    try await identity.signOutEverywhere(third.token, from: World.home)
    #expect(try await answer(third) == .ended(.unknown))
    #expect(try await answer(member.session) == .ended(.unknown))
    #expect(world.ledger.last == "EndSession allowed scientist-1: the person signed out everywhere")
  }

  @Test func `another person's sessions are neither listed nor ended`() async throws {
    let scientist = try await world.member(identity)
    let reviewer = try await world.member(identity, "reviewer-1")
    #expect(try await identity.sessions(besides: scientist.session.token) == [])
    try await identity.signOutEverywhere(reviewer.session.token, from: World.home)
    #expect(try await answer(scientist.session).session != nil)
  }

  @Test func `the oldest ends where a person would have more than twenty`() async throws {
    let member = try await world.member(identity)
    for _ in 0..<SessionTable.most {
      #expect(try await identity.signIn(world.attempt(member)).session != nil)
      world.wait(30)
    }
    #expect(try await answer(member.session) == .ended(.unknown))
  }

  @Test func `a form's token is good for its own visitor or session only`() async throws {
    let member = try await world.member(identity)
    let visitor = identity.newVisitor()
    let token = identity.formToken(for: visitor)
    #expect(identity.accepts(formToken: token, of: visitor))
    #expect(!identity.accepts(formToken: token, of: identity.newVisitor()))
    #expect(!identity.accepts(formToken: "", of: visitor))
    #expect(!identity.accepts(formToken: token + "A", of: visitor))
    let own = identity.formToken(for: member.session.token)
    #expect(identity.accepts(formToken: own, of: member.session.token))
    #expect(!identity.accepts(formToken: token, of: member.session.token))
    // The same text as a visitor's token and as a session's has two form tokens.
    let same = try #require(SessionToken(visitor.text))
    #expect(identity.formToken(for: same) != token)
  }

  @Test func `one that cannot be recorded is not opened`() async throws {
    let member = try await world.member(identity)
    world.ledger.fill()
    await #expect(throws: IdentityError.self) { try await identity.signIn(world.attempt(member)) }
    world.ledger.fill(false)
    #expect(try await identity.sessions(besides: member.session.token) == [])
  }
}
