import CordonModel
import Logging
import Synchronization
import Testing

@testable import CordonIdentity
@testable import CordonPortal

/// The pages over their desks, without sockets: a request in, an answer out.
@Suite struct `The portal's pages` {
  let identity = TestIdentity()
  let sessions = TestSessions()
  var site: PortalSite {
    PortalSite(
      environment: "fraud-models",
      desks: PortalSite.Desks(
        identity: identity, projects: TestProjects(), sessions: sessions, denials: TestDenials()),
      limits: PortalLimits(), logger: .init(label: "test"))
  }

  func request(
    _ route: Route, _ method: Route.Method = .get, cookies: [String] = [], form: String = "",
    query: String = ""
  ) throws -> WebRequest {
    WebRequest(
      route: route, method: method, query: query, form: try #require(FormFields(form.utf8)),
      cookies: Cookies(cookies),
      origin: "https://portal.test", client: "192.0.2.1")
  }

  func cookie(_ token: SessionToken) -> String { "__Host-cordon=\(token.text)" }

  func signedIn(_ name: String = "scientist-1") throws -> SignedIn { try #require(identity.signedIn(name)) }

  func text(_ answer: WebAnswer) -> String { String(decoding: answer.body, as: UTF8.self) }

  @Test(arguments: [
    Route.projects, .denials, .help, .account, .session(id: SessionID().text), .session(id: SessionID().text),
  ])
  func `lead everybody who is not signed in to the sign-in, whatever exists`(route: Route) async throws {
    #expect(await site.answer(try request(route)) == .goes(to: .signIn))
  }

  @Test(arguments: [Route.Method.get, .post])
  func `take no deed from somebody who is not signed in`(method: Route.Method) async throws {
    let id = SessionID().text
    for route in [Route.ticket(session: id), .end(session: id), .open(project: try Slug("churn")), .password]
    {
      #expect(await site.answer(try request(route, .post)).status == 404)
    }
  }

  @Test func `sign in a visitor whose form it is, and replace every cookie of before`() async throws {
    let site = site
    let page = await site.answer(try request(.signIn))
    let visitor = try #require(page.cookies.first?.split(separator: ";").first).description
    let token = try #require(VisitorToken(String(visitor.dropFirst("__Host-cordon-visitor=".count))))
    let form =
      "token=\(identity.formToken(for: token))&name=scientist-1&password=correct+horse+battery+staple&code=123456"
    let answer = await site.answer(try request(.signIn, .post, cookies: [visitor], form: form))
    #expect(answer.status == 303 && answer.location == .projects)
    #expect(answer.cookies.contains { $0.hasPrefix("__Host-cordon=") && $0.contains("SameSite=Strict") })
    #expect(answer.cookies.contains { $0.hasPrefix("__Host-cordon-visitor=;") })
    #expect(answer.cookies.contains { $0.hasPrefix("__Host-cordon-device=") })
    let wrong = await site.answer(
      try request(.signIn, .post, cookies: [visitor], form: form.replacing("battery", with: "b%3Cb%3E")))
    #expect(wrong.status == 401 && !wrong.cookies.contains { $0.hasPrefix("__Host-cordon=") })
  }

  @Test(arguments: ["", "token=forged", "token=visitor-form-x"])
  func `take no form of another browser`(form: String) async throws {
    let visitor = "__Host-cordon-visitor=\(VisitorToken().text)"
    for cookies in [[], [visitor]] {
      #expect(await site.answer(try request(.signIn, .post, cookies: cookies, form: form)).status == 403)
      let link = Route.welcome(invitation: TestIdentity.link)
      #expect(await site.answer(try request(link, .post, cookies: cookies, form: form)).status == 403)
    }
    let own = cookie(try signedIn().token)
    for route in [Route.open(project: try Slug("churn")), .signOut, .password, .signOutEverywhere] {
      #expect(await site.answer(try request(route, .post, cookies: [own], form: form)).status == 403)
    }
    #expect(sessions.state.withLock { $0.open.isEmpty })
  }

  @Test func `open a project of the person's, and no other`() async throws {
    let two = try signedIn("scientist-2")
    let form = "token=\(identity.formToken(for: two.token))"
    let churn = try request(.open(project: Slug("churn")), .post, cookies: [cookie(two.token)], form: form)
    #expect(await site.answer(churn).status == 404)
    let none = try request(.open(project: Slug("no-such")), .post, cookies: [cookie(two.token)], form: form)
    #expect(await site.answer(none) == (await site.answer(churn)))
    let own = try request(.open(project: Slug("card-fraud")), .post, cookies: [cookie(two.token)], form: form)
    let answer = await site.answer(own)
    guard case .session = answer.location else { return #expect(Bool(false), "\(answer)") }
  }

  @Test func `say why policy opened no session`() async throws {
    sessions.state.withLock { $0.denial = "Not at <night>." }
    let one = try signedIn()
    let form = "token=\(identity.formToken(for: one.token))"
    let answer = await site.answer(
      try request(.open(project: Slug("churn")), .post, cookies: [cookie(one.token)], form: form))
    #expect(answer.status == 403 && text(answer).contains("Not at &lt;night&gt;."))
  }

  @Test func `keep a session of somebody else as far away as one that never was`() async throws {
    let (one, two) = (try signedIn(), try signedIn("scientist-2"))
    let id = SessionID()
    sessions.state.withLock { $0.open[id] = (one.principal.person, one.principal.projects.sorted()[1]) }
    #expect(await site.answer(try request(.session(id: id.text), cookies: [cookie(one.token)])).status == 200)
    let theirs = await site.answer(try request(.session(id: id.text), cookies: [cookie(two.token)]))
    let none = await site.answer(try request(.session(id: SessionID().text), cookies: [cookie(two.token)]))
    #expect(theirs.status == 404 && theirs == none)
    let form = "token=\(identity.formToken(for: two.token))"
    for route in [Route.ticket(session: id.text), .end(session: id.text)] {
      #expect(
        await site.answer(try request(route, .post, cookies: [cookie(two.token)], form: form)).status == 404)
    }
    #expect(sessions.state.withLock { $0.open[id] != nil })
  }

  @Test func `open a stream for a ticket once, and for its own session and sign-in only`() async throws {
    let site = site
    let (one, again) = (try signedIn(), try signedIn())
    let id = SessionID()
    sessions.state.withLock { $0.open[id] = (one.principal.person, one.principal.projects.sorted()[1]) }
    func opens(_ ticket: String, _ token: SessionToken, _ session: SessionID = id) async throws -> Bool {
      var request = try request(.stream(session: session.text), cookies: [cookie(token)])
      request.socket = WebRequest.SocketOffer(key: "dGhlIHNhbXBsZSBub25jZQ==", ticket: ticket)
      return await site.answer(request).opening != nil
    }
    #expect(try await !opens("", one.token))
    #expect(try await !opens(site.tickets.issue(for: id, to: one.token), again.token))
    #expect(try await !opens(site.tickets.issue(for: SessionID(), to: one.token), one.token))
    let ticket = site.tickets.issue(for: id, to: one.token)
    #expect(try await opens(ticket, one.token))
    #expect(try await !opens(ticket, one.token))
    let old = StreamTickets(lifetime: .zero)
    #expect(!old.redeem(old.issue(for: id, to: one.token), for: id, of: one.token))
    let first = site.tickets.issue(for: id, to: one.token)
    for _ in 0..<8 { _ = site.tickets.issue(for: id, to: one.token) }
    #expect(try await !opens(first, one.token))
  }

  @Test func `show denials of the person's own, and escape them`() async throws {
    let page = text(await site.answer(try request(.denials, cookies: [cookie(try signedIn().token)])))
    #expect(
      page.contains("Download of results.csv") && page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    let other = text(
      await site.answer(try request(.denials, cookies: [cookie(try signedIn("scientist-2").token)])))
    #expect(other.contains("Nothing was blocked") && !other.contains("results.csv"))
  }

  @Test func `lead to older denials by a link that is the person's own and says no number`() async throws {
    let site = site
    let (one, two) = (try signedIn(), try signedIn("scientist-2"))
    func page(_ who: SignedIn, _ query: String = "") async throws -> String {
      text(await site.answer(try request(.denials, cookies: [cookie(who.token)], query: query)))
    }
    let first = try await page(one)
    let link = try #require(first.firstMatch(of: #/href="\/denials\?(before=[0-9a-f]{72})">Older denials</#))
    let query = String(link.1)
    #expect(!query.contains("0102") && !query.contains("060504030201"))
    let older = try await page(one, query)
    #expect(older.contains("Upload of old.csv") && !older.contains("results.csv"))
    #expect(older.contains("<title>My older denials – ") && older.contains("<h1>My older denials</h1>"))
    #expect(older.contains("href=\"/denials\">Newest denials<") && !older.contains("Older denials<"))
    // Whoever has another's link, or makes one up, sees their own newest.
    #expect(try await page(two, query) == page(two))
    let (plain, changed) = ("before=1108152157446", query.dropLast() + (query.hasSuffix("0") ? "1" : "0"))
    for query in [plain, String(changed), "before=", "before=zz", "before", "%", "before=1&before=1"] {
      #expect(try await page(one, query).contains("<h1>My denials</h1>"), "\(query)")
    }
  }

  @Test func `say that a sign-in has ended, and show nothing where nobody can be judged`() async throws {
    let one = try signedIn()
    identity.expire()
    let ended = await site.answer(try request(.projects, cookies: [cookie(one.token)]))
    #expect(
      text(ended).contains("You were signed out")
        && ended.cookies.contains { $0.hasPrefix("__Host-cordon=;") })
    identity.state.withLock { $0.fails = true }
    #expect(await site.answer(try request(.projects, cookies: [cookie(one.token)])).status == 503)
  }

  @Test func `use a one-time link up when it is sent, and not when it is looked at`() async throws {
    let link = Route.welcome(invitation: TestIdentity.link)
    let page = await site.answer(try request(link))
    #expect(
      page.status == 200 && text(page).contains("JBSW Y3DP") && text(page).contains("<svg class=\"qr\""))
    let token = VisitorToken()
    let cookie = "__Host-cordon-visitor=\(token.text)"
    let form =
      "token=\(identity.formToken(for: token))&password=four+words+that+differ&again=four+words+that+differ"
    let wrong = await site.answer(try request(link, .post, cookies: [cookie], form: form + "&code=000000"))
    #expect(wrong.status == 422)
    let different = await site.answer(
      try request(
        link, .post, cookies: [cookie], form: form.replacing("again=four", with: "again=for") + "&code=123456"
      ))
    #expect(text(different).contains("The two passwords differ"))
    let done = await site.answer(try request(link, .post, cookies: [cookie], form: form + "&code=123456"))
    #expect(done.status == 200 && text(done).contains("k4f0-9dmp-x2v0"))
    #expect(done.cookies.contains { $0.hasPrefix("__Host-cordon=") })
    #expect(await site.answer(try request(link)).status == 404)
    #expect(
      await site.answer(try request(.welcome(invitation: String(repeating: "M", count: 43)))).status == 404)
  }

  @Test func `take an organisation's answer only in the browser that asked, and go on by a page of ours`()
    async throws
  {
    identity.way.withLock { $0 = .provider(host: "login.allowed.test") }
    let start = await site.answer(try request(.organization))
    #expect(start.organization?.hasPrefix("https://login.allowed.test/") == true)
    let field = try #require(start.cookies.first)
    #expect(field.contains("SameSite=Lax") && field.contains("Max-Age=600"))
    let cookie = String(try #require(field.split(separator: ";").first))
    let state = cookie.dropFirst("__Host-cordon-organization=".count)
    let answer = await site.answer(try request(.callback, cookies: [cookie], query: "code=c&state=\(state)"))
    #expect(
      answer.status == 200 && text(answer).contains("http-equiv=\"refresh\" content=\"0; url=/projects\""))
    #expect(answer.cookies.contains { $0.hasPrefix("__Host-cordon=") })
    let stolen = await site.answer(try request(.callback, cookies: [], query: "code=c&state=\(state)"))
    #expect(
      stolen.status == 401
        && !stolen.cookies.contains { $0.hasPrefix("__Host-cordon=") && !$0.contains("=;") })
    let local = await site.answer(try request(.signIn, .post, form: "token=x"))
    #expect(local.status == 404)
  }

  @Test func `end a sign-in's streams with it`() async throws {
    let site = site
    let one = try signedIn()
    let id = SessionID()
    sessions.state.withLock { $0.open[id] = (one.principal.person, one.principal.projects.sorted()[1]) }
    var offer = try request(.stream(session: id.text), cookies: [cookie(one.token)])
    offer.socket = WebRequest.SocketOffer(
      key: "dGhlIHNhbXBsZSBub25jZQ==", ticket: site.tickets.issue(for: id, to: one.token))
    let ends = try #require(await site.answer(offer).opening?.ends)
    let form = "token=\(identity.formToken(for: one.token))"
    _ = await site.answer(try request(.signOut, .post, cookies: [cookie(one.token)], form: form))
    #expect(await ends.next() == .end(.signedOut))
    #expect(await site.answer(try request(.projects, cookies: [cookie(one.token)])).location != .projects)
  }
}
