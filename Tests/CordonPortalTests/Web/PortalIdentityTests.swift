import CordonModel
import Foundation
import Logging
import Synchronization
import Testing

@testable import CordonIdentity
@testable import CordonPortal

/// The pages over the environment's own accounts, from the operator's link to signing out.
@Suite struct `Signing in with an account of the environment` {
  /// Accounts in a folder of their own, with a clock that the test moves.
  final class Accounts: SignInRecorder {
    struct Full: Error {}

    let folder = FileManager.default.temporaryDirectory.path + "/cordon-portal-people-\(UUID())"
    let time = Mutex<Int64>(1_795_000_000)
    let isFull = Mutex(false)
    let count = Mutex(0)
    var clock: IdentityClock { IdentityClock { self.time.withLock { $0 } } }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func record(_ record: SignInRecord) async throws {
      if isFull.withLock({ $0 }) { throw Full() }
      count.withLock { $0 += 1 }
    }

    func wait(_ seconds: Int64) { time.withLock { $0 += seconds } }

    func identity() async throws -> (identity: Identity, link: String) {
      let name = try Slug("scientist-1")
      let people = [Person(name: name, roles: [.dataScientist], projects: [try Slug("churn")])]
      let address = try #require(IPAddress("192.0.2.7"))
      let rules = IdentityRules(
        environment: try Slug("fraud-models"), people: people,
        portal: PortalRules(
          listener: PortalRules.Listener(address: address, port: 8443), origin: "https://portal.test",
          from: [try AddressRange("192.0.2.0/24")], idle: 1_800, longest: 43_200))
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let identity = try Identity(
        folder: folder + "/identity", rules: rules, recorder: self, clock: clock,
        cost: ScryptCost(rounds: 10, block: 8, lanes: 1), hashing: HashingDesk())
      let register = try PeopleRegister(folder: folder + "/identity", people: people, clock: clock)
      return (identity, try await register.invite(name).token)
    }
  }

  /// A browser as pages see it: its cookies, and the form that it was given last.
  struct Browser {
    let site: PortalSite
    var cookies: [String: String] = [:]
    var client = "192.0.2.7"

    mutating func get(_ route: Route) async throws -> String { try await ask(route, .get, "") }

    mutating func post(_ route: Route, _ fields: [String: String], from page: String) async throws -> String {
      let token = try #require(
        page.split(separator: "name=\"token\" value=\"").last?.split(separator: "\"").first)
      let form = fields.map { "\($0.key)=\($0.value.replacing(" ", with: "+"))" } + ["token=\(token)"]
      return try await ask(route, .post, form.joined(separator: "&"))
    }

    var status = 0
    var location: Route?

    private mutating func ask(_ route: Route, _ method: Route.Method, _ form: String) async throws -> String {
      let fields = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
      let answer = await site.answer(
        WebRequest(
          route: route, method: method, form: try #require(FormFields(form.utf8)), cookies: Cookies([fields]),
          origin: "https://portal.test", client: client))
      for field in answer.cookies {
        let pair = field.split(separator: ";")[0].split(separator: "=", maxSplits: 1)
        cookies[String(pair[0])] = pair.count == 2 ? String(pair[1]) : nil
      }
      (status, location) = (answer.status, answer.location)
      return String(decoding: answer.body, as: UTF8.self)
    }
  }

  static func site(_ identity: Identity) -> PortalSite {
    PortalSite(
      environment: "fraud-models",
      desks: PortalSite.Desks(
        identity: identity, projects: TestProjects(), sessions: TestSessions(), denials: TestDenials()),
      limits: PortalLimits(), logger: Logger(label: "test"))
  }

  /// What an authenticator makes of the secret on the page.
  static func authenticator(_ page: String) throws -> OneTimeCode {
    let shown = try #require(
      page.split(separator: "<code class=\"secret\">").last?.split(separator: "<").first)
    let letters = shown.filter { $0 != " " }
    let bits = try letters.map { letter in try #require(Base32.letters.firstIndex(of: letter)) }
      .flatMap { value in (0..<5).map { value >> (4 - $0) & 1 } }
    return OneTimeCode(
      secret: stride(from: 0, to: bits.count - 7, by: 8).map { start in
        bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | UInt8($1) }
      })
  }

  @Test func `goes from the operator's link to a password, a code, a session and its end`() async throws {
    let accounts = Accounts()
    let (identity, link) = try await accounts.identity()
    var browser = Browser(site: Self.site(identity))
    func code(_ authenticator: OneTimeCode) -> String {
      authenticator.code(step: OneTimeCode.step(at: accounts.time.withLock { $0 }))
    }

    let welcome = try await browser.get(.welcome(invitation: link))
    let authenticator = try Self.authenticator(welcome)
    var fields = ["password": "short", "again": "short", "code": code(authenticator)]
    let short = try await browser.post(.welcome(invitation: link), fields, from: welcome)
    #expect(browser.status == 422 && short.contains("12 characters or more"))
    fields["password"] = "plum gravel orbit tune"
    fields["again"] = fields["password"]
    let codes = try await browser.post(.welcome(invitation: link), fields, from: welcome)
    #expect(browser.status == 200 && codes.contains("Your recovery codes"))
    let projects = try await browser.get(.projects)
    #expect(browser.status == 200 && projects.contains("churn") && !projects.contains("card-fraud"))
    _ = try await browser.get(.welcome(invitation: link))
    #expect(browser.status == 404)

    let goodbye = try await browser.post(.signOut, [:], from: projects)
    #expect(goodbye.contains("You are signed out"))
    _ = try await browser.get(.projects)
    #expect(browser.location == .signIn)
    let signIn = try await browser.get(.signIn)
    accounts.wait(30)
    let right = ["name": "scientist-1", "password": "plum gravel orbit tune", "code": code(authenticator)]
    _ = try await browser.post(.signIn, right.merging(["code": "000000"]) { $1 }, from: signIn)
    #expect(browser.status == 401)
    _ = try await browser.post(.signIn, right, from: signIn)
    #expect(browser.status == 303 && browser.location == .projects)

    // Another network, and a long time, end it.
    var elsewhere = browser
    elsewhere.client = "198.51.100.9"
    let moved = try await elsewhere.get(.projects)
    #expect(!moved.contains("churn"))
    accounts.wait(50_000)
    let late = try await browser.get(.projects)
    #expect(late.contains("You were signed out"))
  }

  @Test func `sends fifty attempts a second away, and lets in whom they would keep out`() async throws {
    let accounts = Accounts()
    let (identity, link) = try await accounts.identity()
    var owner = Browser(site: Self.site(identity))
    let welcome = try await owner.get(.welcome(invitation: link))
    let authenticator = try Self.authenticator(welcome)
    func code() -> String { authenticator.code(step: OneTimeCode.step(at: accounts.time.withLock { $0 })) }
    let password = "plum gravel orbit tune"
    _ = try await owner.post(
      .welcome(invitation: link), ["password": password, "again": password, "code": code()], from: welcome)
    _ = try await owner.post(.signOut, [:], from: owner.get(.projects))

    let before = accounts.count.withLock { $0 }
    var stranger = Browser(site: Self.site(identity))
    stranger.client = "192.0.2.99"
    let form = try await stranger.get(.signIn)
    var statuses: [Int: Int] = [:]
    for attempt in 0..<150 {
      if attempt % 50 == 49 { accounts.wait(1) }
      _ = try await stranger.post(
        .signIn, ["name": "scientist-1", "password": "guess \(attempt)", "code": "000000"], from: form)
      statuses[stranger.status, default: 0] += 1
    }
    #expect(statuses[401, default: 0] <= 20 && statuses[429, default: 0] >= 130, "\(statuses)")
    #expect(statuses.count == 2)
    // What was sent away is told by its size and not one by one.
    #expect(accounts.count.withLock { $0 } - before <= 40)

    accounts.wait(30)
    _ = try await owner.post(
      .signIn, ["name": "scientist-1", "password": password, "code": code()], from: owner.get(.signIn))
    #expect(owner.status == 303 && owner.location == .projects)
  }

  @Test func `lets nobody in whose sign-in cannot be recorded`() async throws {
    let accounts = Accounts()
    let (identity, link) = try await accounts.identity()
    var browser = Browser(site: Self.site(identity))
    let welcome = try await browser.get(.welcome(invitation: link))
    accounts.isFull.withLock { $0 = true }
    let authenticator = try Self.authenticator(welcome)
    let code = authenticator.code(step: OneTimeCode.step(at: accounts.time.withLock { $0 }))
    _ = try await browser.post(
      .welcome(invitation: link),
      ["password": "plum gravel orbit tune", "again": "plum gravel orbit tune", "code": code], from: welcome)
    #expect(browser.status == 503 && browser.cookies["__Host-cordon"] == nil)
  }
}
