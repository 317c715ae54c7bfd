import CordonModel
import FoundationEssentials
import Synchronization
import Testing

@testable import CordonIdentity

/// One environment's identity state in a folder of its own, with a clock that only the test moves.
final class World: Sendable {
  let folder: String
  let time = Mutex<Int64>(1_700_000_000)
  let ledger = MemoryRecorder()

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/cordon-identity-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var state: String { folder + "/identity" }
  var clock: IdentityClock { IdentityClock { self.time.withLock { $0 } } }
  var now: Int64 { time.withLock { $0 } }
  func wait(_ seconds: Int64) { time.withLock { $0 += seconds } }

  static let home = IPAddress(bytes: [192, 0, 2, 7]) ?? nowhere
  private static var nowhere: IPAddress { preconditionFailure("four bytes are an address") }
  static let password = "plum gravel orbit tune"
  static let cheap = ScryptCost(rounds: 10, block: 8, lanes: 1)

  static func rules(
    people: [Person]? = nil, from: [String] = ["192.0.2.0/24"], signIn: PortalRules.SignIn = .local
  ) throws -> IdentityRules {
    let listed =
      try people ?? [person("scientist-1", [.dataScientist], ["churn"]), person("reviewer-1", [.reviewer])]
    return IdentityRules(
      environment: try Slug("fraud-models"), people: listed,
      portal: PortalRules(
        listener: PortalRules.Listener(address: home, port: 8443), origin: "https://portal.allowed.test",
        signIn: signIn, from: try from.map { try AddressRange($0) }))
  }

  static func person(
    _ name: String, _ roles: [Person.Role], _ projects: [String] = [], subject: String? = nil
  ) throws -> Person {
    Person(name: try Slug(name), roles: roles, projects: try projects.map { try Slug($0) }, subject: subject)
  }

  func identity(
    _ rules: IdentityRules? = nil, cost: ScryptCost = World.cheap, hashing: HashingDesk = HashingDesk()
  ) throws -> Identity {
    try Identity(
      folder: state, rules: rules ?? World.rules(), recorder: ledger, clock: clock, cost: cost,
      hashing: hashing)
  }

  func register() throws -> PeopleRegister {
    try PeopleRegister(folder: state, people: World.rules().people, clock: clock)
  }

  /// A person with a password and an authenticator, signed in once.
  struct Member {
    var name: String
    var code: OneTimeCode
    var session: SignedIn
    var recovery: [String]
  }

  func member(_ identity: Identity, _ name: String = "scientist-1") async throws -> Member {
    let link = try await register().invite(try Slug(name)).token
    let offered = try #require(try await identity.enrolment(link, from: World.home))
    let code = try Self.code(offered)
    let answer = try await identity.enrol(
      EnrolmentAttempt(link: link, password: World.password, code: code.code(step: step), from: World.home))
    guard case .done(let session, let recovery) = answer else {
      Issue.record("\(answer)")
      throw IdentityError.notOffered
    }
    wait(30)
    return Member(name: name, code: code, session: session, recovery: recovery)
  }

  var step: Int64 { OneTimeCode.step(at: now) }

  /// What an authenticator makes of the secret on the page.
  static func code(_ offered: Enrolment) throws -> OneTimeCode {
    let letters = offered.secret.filter { $0 != " " }
    let bits = try letters.map { letter in try #require(Base32.letters.firstIndex(of: letter)) }
      .flatMap { value in (0..<5).map { value >> (4 - $0) & 1 } }
    let bytes = stride(from: 0, to: bits.count - 7, by: 8).map { start in
      bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | UInt8($1) }
    }
    return OneTimeCode(secret: bytes)
  }

  func attempt(
    _ member: Member, password: String = World.password, code: String? = nil, device: String? = nil,
    from address: IPAddress = World.home
  ) -> PasswordAttempt {
    PasswordAttempt(
      name: member.name, password: password, code: code ?? member.code.code(step: step), device: device,
      visitor: VisitorToken(), address: address)
  }

  static func stranger(_ name: String, from address: IPAddress = World.home) -> PasswordAttempt {
    PasswordAttempt(
      name: name, password: "wrong wrong wrong", code: "000000", visitor: VisitorToken(), address: address)
  }
}

/// Keeps records, or fails as a full disk would.
final class MemoryRecorder: SignInRecorder {
  struct Full: Error {}

  private let state = Mutex<(records: [SignInRecord], isFull: Bool)>(([], false))

  var records: [SignInRecord] { state.withLock { $0.records } }
  func fill(_ isFull: Bool = true) { state.withLock { $0.isFull = isFull } }

  func record(_ record: SignInRecord) async throws {
    try state.withLock { state in
      if state.isFull { throw Full() }
      state.records.append(record)
    }
  }

  /// The last record, short.
  var last: String? {
    records.last.map { "\($0.event.rawValue) \($0.outcome.rawValue) \($0.person?.text ?? "-"): \($0.reason)" }
  }
}

extension SignInAnswer {
  var session: SignedIn? { if case .signedIn(let session) = self { session } else { nil } }
}

extension SessionAnswer {
  var session: PortalSession? { if case .current(let session) = self { session } else { nil } }
}
