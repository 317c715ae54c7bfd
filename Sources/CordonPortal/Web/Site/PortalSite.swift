import CordonIdentity
import CordonModel
import Logging

/// The portal's pages over the desks that know people, projects and sessions: a request in, an answer out, no sockets.
struct PortalSite: WebSite {
  /// Whom the pages ask. None of them gives away a store, a key or the ledger.
  struct Desks: Sendable {
    var identity: any PortalIdentity
    var projects: any ProjectSource
    var sessions: any SessionDesk
    var denials: any DenialSource
    /// Where nothing is recorded and nothing was, there is nobody to ask.
    var recordings: (any RecordingSource)?
  }

  /// Somebody who is signed in, for the length of one request.
  struct Visit: Sendable {
    var token: SessionToken
    var session: PortalSession
    var viewer: PageFrame.Viewer
    var person: Slug { session.principal.person }
  }

  let frame: PageFrame
  let desks: Desks
  let tickets = StreamTickets()
  /// Of their own: whoever may join a session may not therefore watch its recording.
  let replayTickets = StreamTickets()
  let streams = OpenStreams()
  let denialLinks = DenialLinks()
  let limits: PortalLimits
  let logger: Logger

  init(environment: String, desks: Desks, limits: PortalLimits, logger: Logger) {
    frame = PageFrame(environment: environment)
    self.desks = desks
    self.limits = limits
    self.logger = logger
  }

  func answer(_ fault: WebFault) -> WebAnswer {
    var answer = WebAnswer.page(ErrorPage.html(fault, frame: frame), status: fault.status)
    if case .method(let allowed) = fault { answer.allow = allowed }
    if case .tooMany(let seconds) = fault { answer.retryAfter = seconds }
    answer.closes = fault.closes
    return answer
  }

  func answer(_ request: WebRequest) async -> WebAnswer {
    do {
      if case .asset = request.route {
        guard let asset = Asset.answer(to: request.route) else { throw WebFault.notFound }
        return asset
      }
      // Nobody is served from an address that is none: there would be nothing to judge it by.
      guard let address = IPAddress(request.client) else { throw WebFault.failed }
      if request.route.needsPerson { return try await personal(request, from: address) }
      return try await open(request, from: address)
    } catch let fault as WebFault {
      return answer(fault)
    } catch {
      logger.warning("page not made", error: error, metadata: ["route": "\(request.route.kind)"])
      return answer(.failed)
    }
  }

  // MARK: Who it is

  /// Pages for people who are signed in. To everybody else every one of them looks alike.
  private func personal(_ request: WebRequest, from address: IPAddress) async throws -> WebAnswer {
    guard let visit = try await visit(request, from: address) else {
      if request.method == .post || request.socket != nil { throw WebFault.notFound }
      let hadCookie = request.cookies[.session] != nil
      return hadCookie
        ? signInPage(request, outcome: .expired).removing(.session) : .goes(to: .signIn)
    }
    if request.method == .post {
      let given = request.tokenField ?? request.form["token"] ?? ""
      guard desks.identity.accepts(formToken: given, of: visit.token) else { throw WebFault.formExpired }
    }
    switch request.route {
    case .projects: return try await projectsPage(visit)
    case .open(let project): return try await openSession(of: project, visit)
    case .session(let id): return try await sessionPage(id, visit)
    case .ticket(let id): return try await ticket(for: id, visit)
    case .stream(let id): return try await stream(id, request, visit, from: address)
    case .file(let id, let file): return try await givenFile(file, of: id, request, visit)
    case .end(let id): return try await endSession(id, visit)
    case .recordings: return try await recordingsPage(visit)
    case .recording(let id): return try await replayPage(id, visit)
    case .recordingTicket(let id): return try await replayTicket(for: id, visit)
    case .recordingStream(let id): return try await replay(id, request, visit, from: address)
    case .denials: return try await denialsPage(request, visit)
    case .help: return try await helpPage(visit)
    case .account: return try await accountPage(visit)
    case .password: return try await changePassword(request, visit, from: address)
    case .signOutEverywhere: return try await signOutEverywhere(visit, from: address)
    case .home, .signIn, .signOut, .organization, .callback, .welcome, .asset: throw WebFault.notFound
    }
  }

  /// Who sends a request; nil where nobody is signed in, or not any more.
  func visit(_ request: WebRequest, from address: IPAddress) async throws -> Visit? {
    guard let token = request.cookies[.session].flatMap({ SessionToken($0) }),
      case .current(let session) = try await desks.identity.session(token, from: address)
    else { return nil }
    let viewer = PageFrame.Viewer(
      person: session.principal.person.text, formToken: desks.identity.formToken(for: token),
      watches: desks.recordings != nil && session.principal.roles.contains(.auditor))
    return Visit(token: token, session: session, viewer: viewer)
  }

  /// Pages for whoever comes.
  private func open(_ request: WebRequest, from address: IPAddress) async throws -> WebAnswer {
    switch request.route {
    case .home:
      return .goes(to: try await visit(request, from: address) == nil ? .signIn : .projects)
    case .signIn:
      if request.method == .post { return try await signIn(request, from: address) }
      if try await visit(request, from: address) != nil { return .goes(to: .projects) }
      return signInPage(request, outcome: .none)
    case .signOut: return try await signOut(request, from: address)
    case .organization: return try await beginProviderSignIn(request, from: address)
    case .callback: return try await finishProviderSignIn(request, from: address)
    case .welcome(let invitation):
      return request.method == .post
        ? try await enrol(request, invitation: invitation, from: address)
        : try await welcomePage(request, invitation: invitation, outcome: .none, from: address)
    default: throw WebFault.notFound
    }
  }
}

extension Route {
  /// The page's kind, without what is secret in a path: for the log.
  var kind: String { String(path.split(separator: "/").first ?? "home") }
}
