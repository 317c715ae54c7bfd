import CordonModel
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import CordonIdentity
@testable import CordonPortal

/// A portal on a free port over desks that remember what they were asked.
struct PortalWorld {
  let portal: Portal
  let identity = TestIdentity()
  let sessions = TestSessions()
  let port: Int
  /// The certificate, PEM.
  let certificate: String

  static func open(
    method: SignInMethod = .local, limits: PortalLimits = PortalLimits(), port: Int = 0,
    desk: (any SessionDesk)? = nil, rules: BrowserRules = BrowserRules(),
    recordings: TestRecordings = TestRecordings()
  ) async throws -> PortalWorld {
    let pair = try TestCertificate.make()
    var configuration = PortalConfiguration(
      environment: "fraud-models",
      certificate: PortalCertificate(chain: Array(pair.chain.utf8), key: Array(pair.key.utf8)))
    configuration.port = port
    configuration.limits = limits
    return try await PortalWorld(
      configuration, method: method, certificate: pair.chain, desk: desk, rules: rules,
      recordings: recordings)
  }

  private init(
    _ configuration: PortalConfiguration, method: SignInMethod, certificate: String, desk: (any SessionDesk)?,
    rules: BrowserRules, recordings: TestRecordings
  ) async throws {
    identity.way.withLock { $0 = method }
    portal = try Portal(
      configuration: configuration,
      desks: PortalSite.Desks(
        identity: identity, projects: TestProjects(rules: rules), sessions: desk ?? sessions,
        denials: TestDenials(), recordings: recordings))
    port = try #require(try await portal.start().port)
    self.certificate = certificate
  }

  var host: String { "127.0.0.1:\(port)" }

  func close() async { await portal.stop() }
}

/// A certificate for this machine's own address.
enum TestCertificate {
  static func make() throws -> (chain: String, key: String) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cordon-portal-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
      "-subj",
      "/CN=portal.test", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout",
      folder.appending(path: "key.pem").path, "-out", folder.appending(path: "chain.pem").path,
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return (
      try String(contentsOf: folder.appending(path: "chain.pem"), encoding: .utf8),
      try String(contentsOf: folder.appending(path: "key.pem"), encoding: .utf8)
    )
  }
}

/// People that a test knows: `scientist-1` in two projects and `scientist-2` in one, and `auditor-1` of one, each with the same
/// password and code.
final class TestIdentity: PortalIdentity {
  static let password = "correct horse battery staple"
  static let code = "123456"
  static let link = String(repeating: "L", count: 43)

  struct State {
    var sessions: [SessionToken: PortalPrincipal] = [:]
    var ended: Set<SessionToken> = []
    var usedLinks: Set<String> = []
    var attempts = 0
    var fails = false
  }

  let way = Mutex(SignInMethod.local)
  let state = Mutex(State())

  var method: SignInMethod { way.withLock { $0 } }

  static func principal(_ name: String) -> PortalPrincipal? {
    guard let person = try? Slug(name), let churn = try? Slug("churn"), let fraud = try? Slug("card-fraud")
    else {
      return nil
    }
    switch name {
    case "scientist-1":
      return PortalPrincipal(person: person, roles: [.dataScientist], projects: [churn, fraud])
    case "scientist-2": return PortalPrincipal(person: person, roles: [.dataScientist], projects: [fraud])
    case "auditor-1": return PortalPrincipal(person: person, roles: [.auditor], projects: [churn])
    default: return nil
    }
  }

  func signedIn(_ name: String) -> SignedIn? {
    guard let principal = Self.principal(name) else { return nil }
    let token = SessionToken()
    state.withLock { $0.sessions[token] = principal }
    return SignedIn(token: token, device: VisitorToken().text, principal: principal, longest: 3_600)
  }

  func newVisitor() -> VisitorToken { VisitorToken() }
  func formToken(for visitor: VisitorToken) -> String { "visitor-form-" + visitor.text.reversed() }
  func accepts(formToken: String, of visitor: VisitorToken) -> Bool {
    formToken == self.formToken(for: visitor)
  }
  func formToken(for session: SessionToken) -> String { "session-form-" + session.text.reversed() }
  func accepts(formToken: String, of session: SessionToken) -> Bool {
    formToken == self.formToken(for: session)
  }

  func signIn(_ attempt: PasswordAttempt) async throws(IdentityError) -> SignInAnswer {
    let attempts = state.withLock { state in
      state.attempts += 1
      return state.attempts
    }
    if attempts > 50 { return .wait(seconds: 30) }
    guard attempt.password == Self.password, attempt.code == Self.code, let signedIn = signedIn(attempt.name)
    else {
      return .refused
    }
    return .signedIn(signedIn)
  }

  func enrolment(_ link: String, from address: IPAddress) async throws(IdentityError) -> Enrolment? {
    guard link == Self.link, !state.withLock({ $0.usedLinks.contains(link) }),
      let person = try? Slug("scientist-1")
    else { return nil }
    let secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    return Enrolment(
      person: person, secret: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP",
      address: "otpauth://totp/Cordon%20fraud-models:scientist-1?secret=\(secret)&issuer=Cordon&digits=6")
  }

  func enrol(_ attempt: EnrolmentAttempt) async throws(IdentityError) -> EnrolmentAnswer {
    guard attempt.link == Self.link, attempt.code == Self.code, let signedIn = signedIn("scientist-1") else {
      return .refused
    }
    if attempt.password.count < 12 { return .unfit(.tooShort) }
    state.withLock { _ = $0.usedLinks.insert(attempt.link) }
    return .done(signedIn, recoveryCodes: (0..<8).map { "k4f\($0)-9dmp-x2v\($0)" })
  }

  func changePassword(_ change: PasswordChange) async throws(IdentityError) -> EnrolmentAnswer {
    guard change.old == Self.password, change.code == Self.code, let signedIn = signedIn("scientist-1") else {
      return .refused
    }
    return .done(signedIn, recoveryCodes: [])
  }

  func beginProviderSignIn(
    visitor: VisitorToken, from address: IPAddress
  ) async throws(IdentityError) -> ProviderStart {
    .redirect("https://login.allowed.test/authorize?state=\(visitor.text)")
  }

  func finishProviderSignIn(
    query: String, visitor: VisitorToken, from address: IPAddress
  ) async throws(IdentityError) -> SignInAnswer {
    guard query == "code=c&state=\(visitor.text)", let signedIn = signedIn("scientist-1") else {
      return .refused
    }
    return .signedIn(signedIn)
  }

  func session(_ token: SessionToken, from address: IPAddress) async throws(IdentityError) -> SessionAnswer {
    let (principal, isOver, fails) = state.withLock {
      ($0.sessions[token], $0.ended.contains(token), $0.fails)
    }
    if fails { throw .unreadable("a test says so") }
    guard let principal else { return .ended(.unknown) }
    if isOver { return .ended(.idle) }
    return .current(
      PortalSession(id: "device", principal: principal, endsAt: 4_000_000_000, idleEndsAt: 4_000_000_000))
  }

  func sessions(besides token: SessionToken) async throws(IdentityError) -> [SessionSummary] {
    [SessionSummary(id: "b", created: 1_795_200_000, used: 1_795_270_000, address: "192.0.2.44")]
  }

  func signOut(_ token: SessionToken, from address: IPAddress) async throws(IdentityError) -> String? {
    state.withLock { $0.sessions[token] = nil }
    return nil
  }

  func signOutEverywhere(_ token: SessionToken, from address: IPAddress) async throws(IdentityError) {
    state.withLock { $0.sessions = [:] }
  }

  /// Ends everything that was open, as time would.
  func expire() { state.withLock { state in state.ended = Set(state.sessions.keys) } }
}

struct TestProjects: ProjectSource {
  var rules = BrowserRules()

  func projects(of person: PortalPrincipal) async throws -> [PortalProject] {
    let home = try #require(PageAddress("http://notebook.cordon.internal/lab"))
    return try [("churn", Int64(1_795_270_000)), ("card-fraud", nil)].compactMap { name, used in
      let slug = try Slug(name)
      guard person.projects.contains(slug) else { return nil }
      return PortalProject(
        name: slug, workspace: try Slug("\(name)-ws"), rules: rules, home: home,
        crossings: Self.crossings,
        lastUsed: used)
    }
  }

  static let crossings = [
    PortalCrossing(
      name: "Copy out", isOpen: false,
      reason: "Text of the remote browser stays there. Copying inside it works.",
      key: "browser.clipboard.out", place: "cordon.yaml:12"),
    PortalCrossing(
      name: "Paste in", isOpen: true, reason: "Up to 4 kB at a time, and every transfer is recorded.",
      key: "browser.clipboard.in", place: "cordon.yaml:12"),
    PortalCrossing(
      name: "Download", isOpen: false, reason: "Results leave through a reviewed export. Ask a reviewer.",
      key: "browser.download"),
    PortalCrossing(
      name: "Upload", isOpen: false, reason: "Data comes in through the project's bucket.",
      key: "browser.upload"),
    PortalCrossing(
      name: "Print", isOpen: false, reason: "A printer is a way out. Plots can be kept in the notebook.",
      key: "browser.print"),
  ]
}

struct TestDenials: DenialSource {
  /// Where the older ones of `scientist-1` begin.
  static let place = DenialPlace(0x0102_0304_0506)

  func denials(of person: Slug, before end: DenialPlace?, limit: Int) async throws -> DenialStretch {
    guard person.text == "scientist-1" else { return DenialStretch([]) }
    if end == Self.place {
      return DenialStretch([
        PortalDenial(
          at: 1_794_000_000, what: "Upload of old.csv", why: "No file comes in by the browser.",
          advice: "Put it into the project's bucket.", requestID: "11c0ffee0911")
      ])
    }
    return DenialStretch(try Self.newest().prefix(limit).map { $0 }, older: Self.place)
  }

  private static func newest() throws -> [PortalDenial] {
    [
      PortalDenial(
        at: 1_795_274_197, project: try Slug("churn"), what: "Download of results.csv",
        why: "Downloads are off: browser.download in cordon.yaml.",
        advice: "Write the file to the project's bucket and ask a reviewer for an export.",
        requestID: "7f3a09d2c411"),
      PortalDenial(
        at: 1_795_270_011, times: 14, project: try Slug("churn"), what: "A look-up of telemetry.evil.test",
        why: "Only listed hosts are reached, and this one is not listed.",
        advice: "Nothing. A package asked by itself; your work does not need it.", requestID: "b02ce51a9f70"),
      PortalDenial(
        at: 1_795_180_655, what: "<script>alert(1)</script>", why: "A name that somebody chose.",
        advice: "It is shown as it is.", requestID: "00d1e5c8aa21"),
    ]
  }
}

/// Sessions without a browser: a stream says what a test gives it, and keeps what it hears.
final class TestSessions: SessionDesk {
  struct State {
    var open: [SessionID: (person: Slug, project: Slug)] = [:]
    /// In the order in which they were opened.
    var streams: [TestStream] = []
    var denial: String?
  }

  let state = Mutex(State())

  func session(of project: Slug, for person: Slug) async -> OpenSession? {
    state.withLock { state in
      state.open.first { $0.value.person == person && $0.value.project == project }
        .map { OpenSession(id: $0.key, project: project) }
    }
  }

  func session(_ id: SessionID, for person: Slug) async -> OpenSession? {
    state.withLock { state in
      guard let entry = state.open[id], entry.person == person else { return nil }
      return OpenSession(id: id, project: entry.project)
    }
  }

  func open(_ project: PortalProject, for person: Slug) async throws -> OpeningAnswer {
    if let reason = state.withLock({ $0.denial }) { return .denied(reason: reason) }
    if let session = await session(of: project.name, for: person) { return .opened(session.id) }
    let id = SessionID()
    state.withLock { $0.open[id] = (person, project.name) }
    return .opened(id)
  }

  func connect(to id: SessionID, for person: Slug) async -> (any StreamEnds)? {
    guard await session(id, for: person) != nil else { return nil }
    let stream = TestStream()
    state.withLock { $0.streams.append(stream) }
    return stream
  }

  func takeFile(_ file: String, of id: SessionID, for person: Slug) async -> OfferedFile? { nil }

  func end(_ id: SessionID, for person: Slug) async { state.withLock { $0.open[id] = nil } }

  func endAll(of person: Slug) async {
    state.withLock { state in state.open = state.open.filter { $0.value.person != person } }
  }

  /// Every stream that was opened, the newest last.
  var streams: [TestStream] { state.withLock { $0.streams } }
}

/// One stream's other end: `offer` replaces what was not taken yet, as a newer picture does.
final class TestStream: StreamEnds {
  struct State {
    var newest: [UInt8]?
    var isOver = false
    var waiter: CheckedContinuation<StreamStep, Never>?
    var heard: [[UInt8]] = []
    var sent = 0
    /// Whether messages are kept waiting.
    var isHeld = false
  }

  let state = Mutex(State())

  func offer(_ bytes: [UInt8]) {
    let waiter = state.withLock { state in
      if state.waiter == nil { state.newest = bytes } else { state.sent += 1 }
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: .send(bytes))
  }

  func next() async -> StreamStep {
    await withCheckedContinuation { continuation in
      let step = state.withLock { state -> StreamStep? in
        if state.isOver { return .end(.ended) }
        if let newest = state.newest {
          state.newest = nil
          state.sent += 1
          return .send(newest)
        }
        state.waiter = continuation
        return nil
      }
      if let step { continuation.resume(returning: step) }
    }
  }

  func receive(_ message: [UInt8]) async -> Bool {
    state.withLock { $0.heard.append(message) }
    while state.withLock({ $0.isHeld && !$0.isOver }) { try? await Task.sleep(for: .milliseconds(2)) }
    return message.first == 1
  }

  func close() async {
    let waiter = state.withLock { state in
      state.isOver = true
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: .end(.ended))
  }

  /// Waits until the person's side is gone.
  func whenOver() async {
    while !state.withLock({ $0.isOver }) { try? await Task.sleep(for: .milliseconds(5)) }
  }

  /// Waits until so many messages have come.
  func whenHeard(_ count: Int) async {
    while state.withLock({ $0.heard.count < count }) { try? await Task.sleep(for: .milliseconds(5)) }
  }
}
