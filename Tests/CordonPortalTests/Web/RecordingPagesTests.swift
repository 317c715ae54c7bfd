import CordonModel
import CordonWire
import Logging
import Testing

@testable import CordonIdentity
@testable import CordonPortal

/// The pages of recordings over their desks, without sockets.
@Suite struct `The pages of recordings` {
  let identity = TestIdentity()
  let reel = TestReel([.marked(0, isWhole: true)])
  let facts: PortalRecording

  init() throws {
    facts = PortalRecording(
      session: SessionID(), person: try Slug("scientist-1"), project: try Slug("churn"), began: 1_795_270_000,
      length: 3_905, bytes: (1 << 20) + 1, isOpen: false, removedAt: 1_797_862_000)
  }

  private func site(_ recordings: (any RecordingSource)?) -> PortalSite {
    PortalSite(
      environment: "fraud-models",
      desks: PortalSite.Desks(
        identity: identity, projects: TestProjects(), sessions: TestSessions(), denials: TestDenials(),
        recordings: recordings),
      limits: PortalLimits(), logger: .init(label: "test"))
  }

  private var site: PortalSite { site(TestRecordings(reels: [(facts, reel)])) }

  private func request(
    _ route: Route, _ signedIn: SignedIn, _ method: Route.Method = .get, ticket: String? = nil
  ) -> WebRequest {
    var request = WebRequest(
      route: route, method: method, cookies: Cookies(["__Host-cordon=\(signedIn.token.text)"]),
      origin: "https://portal.test", client: "192.0.2.1")
    if method == .post { request.tokenField = identity.formToken(for: signedIn.token) }
    request.socket = ticket.map { WebRequest.SocketOffer(key: "dGhlIHNhbXBsZSBub25jZQ==", ticket: $0) }
    return request
  }

  private func person(_ name: String) throws -> SignedIn { try #require(identity.signedIn(name)) }

  private func text(_ answer: WebAnswer) -> String { String(decoding: answer.body, as: UTF8.self) }

  private var own: [Route] {
    [.recording(session: facts.session.text), .recordingTicket(session: facts.session.text)]
  }

  @Test func `list what an auditor may watch, and lead nobody else there`() async throws {
    let page = await site.answer(request(.recordings, try person("auditor-1")))
    #expect(page.status == 200 && page.kind == .page)
    for piece in [
      "href=\"/recordings/\(facts.session)\"", "scientist-1", "1 h 05 min", "2 MiB",
      "<a href=\"/recordings\" aria-current=\"page\">",
    ] { #expect(text(page).contains(piece), "\(piece)") }
    let other = await site.answer(request(.recordings, try person("scientist-1")))
    #expect(other.status == 403 && !text(other).contains(facts.session.text))
    #expect(text(other).contains("for auditors") && !text(other).contains("href=\"/recordings\""))
    #expect(await site(nil).answer(request(.recordings, try person("auditor-1"))).status == 404)
  }

  @Test func `play one for its auditor, and are none for everybody else, whatever exists`() async throws {
    let site = site
    let auditor = try person("auditor-1")
    let page = await site.answer(request(own[0], auditor))
    #expect(page.status == 200 && page.kind == .stream)
    #expect(text(page).contains("data-recording=\"\(facts.session)\"") && !text(page).contains("download"))
    let stranger = try person("scientist-1")
    for (route, method) in zip(own, [Route.Method.get, .post]) {
      let none = Route(path: route.path.replacing(facts.session.text, with: SessionID().text))
      let answer = await site.answer(request(route, stranger, method))
      #expect(answer.status == 404)
      #expect(await site.answer(request(try #require(none), stranger, method)) == answer)
      #expect(await site.answer(request(try #require(none), auditor, method)).status == 404)
    }
    var unsigned = request(own[1], auditor, .post)
    unsigned.tokenField = "forged"
    #expect(await site.answer(unsigned).status == 403)
  }

  @Test func `open the stream for a ticket of their own, once, and end it with its sign-in`() async throws {
    let site = site
    let auditor = try person("auditor-1")
    let stream = Route.recordingStream(session: facts.session.text)
    func opens(_ ticket: String, _ person: SignedIn) async -> (any StreamEnds)? {
      await site.answer(request(stream, person, ticket: ticket)).opening?.ends
    }
    let answer = text(await site.answer(request(own[1], auditor, .post)))
    let ticket = try #require(answer.split(separator: "\"").dropFirst(3).first.map(String.init))
    #expect(await opens("", auditor) == nil)
    // A ticket to join the session is none to watch its recording, and nobody else's is.
    #expect(await opens(site.tickets.issue(for: facts.session, to: auditor.token), auditor) == nil)
    #expect(await opens(ticket, try person("auditor-1")) == nil)
    let second = text(await site.answer(request(own[1], auditor, .post)))
    let again = try #require(second.split(separator: "\"").dropFirst(3).first.map(String.init))
    let ends = try #require(await opens(again, auditor))
    #expect(await opens(again, auditor) == nil)
    guard case .send(let bytes) = await ends.next(), case .replay = try ServerMessage(parsing: bytes) else {
      Issue.record("nothing is played")
      return
    }
    var leaving = request(.signOut, auditor, .post)
    leaving.form = try #require(FormFields("token=\(identity.formToken(for: auditor.token))".utf8))
    _ = await site.answer(leaving)
    #expect(await ends.next() == .end(.signedOut))
    #expect(reel.closings.count == 1)
  }

  @Test func `are not for somebody whom policy refuses once the page is open`() async throws {
    struct Changed: RecordingSource {
      var first: TestRecordings
      func recordings(for person: PortalPrincipal, most: Int) async throws -> RecordingsAnswer {
        try await first.recordings(for: person, most: most)
      }
      func recording(_ session: SessionID, for person: PortalPrincipal) async throws -> PortalRecording? {
        try await first.recording(session, for: person)
      }
      func watch(_ session: SessionID, as person: PortalPrincipal) async throws -> ReelAnswer {
        .denied(reason: "not now")
      }
    }
    let site = site(Changed(first: TestRecordings(reels: [(facts, reel)])))
    let auditor = try person("auditor-1")
    let ticket = site.replayTickets.issue(for: facts.session, to: auditor.token)
    let answer = await site.answer(
      request(.recordingStream(session: facts.session.text), auditor, ticket: ticket))
    #expect(answer.status == 404 && answer.opening == nil)
  }

  @Test(arguments: [
    "", "x", "../secret", String(repeating: "A", count: 32), String(repeating: "a", count: 33),
  ])
  func `have addresses of 128 random bits and nothing else`(session: String) {
    for tail in ["", "/ticket", "/stream"] {
      let route = Route(path: "/recordings/\(session)\(tail)")
      #expect(route == nil)
    }
  }

  @Test(
    arguments: [
      (0, "0 s", "0 KiB"), (59, "59 s", "1 KiB"), (60, "1 min", "1 KiB"), (3_599, "59 min", "4 KiB"),
      (3_600, "1 h 00 min", "4 KiB"), (-5, "0 s", "0 KiB"), (.max, "", ""),
    ] as [(Int64, String, String)])
  func `say how long and how large as people do`(number: Int64, length: String, size: String) {
    #expect(length.isEmpty || RecordingsPage.spoken(number) == length)
    #expect(size.isEmpty || RecordingsPage.sized(number) == size)
    #expect(!RecordingsPage.spoken(number).isEmpty && !RecordingsPage.sized(number).isEmpty)
  }
}
