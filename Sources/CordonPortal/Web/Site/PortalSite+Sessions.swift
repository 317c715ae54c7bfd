import CordonIdentity
import CordonModel
import CordonPolicy

extension PortalSite {
  func projectsPage(_ visit: Visit, notice: HTML? = nil, status: Int = 200) async throws -> WebAnswer {
    var entries: [ProjectsPage.Entry] = []
    for project in try await desks.projects.projects(of: visit.session.principal) {
      let session = await desks.sessions.session(of: project.name, for: visit.person)
      entries.append(ProjectsPage.Entry(project: project, session: session?.id))
    }
    let page = ProjectsPage(frame: frame, viewer: visit.viewer, entries: entries, notice: notice)
    return .page(page.html, status: status)
  }

  /// The newest denials, or those before a place; a link that the portal did not make leads to the newest.
  func denialsPage(_ request: WebRequest, _ visit: Visit) async throws -> WebAnswer {
    let end = FormFields(request.query.utf8)?["before"].flatMap { denialLinks.place($0, of: visit.person) }
    let stretch = try await desks.denials.denials(
      of: visit.person, before: end, limit: DenialsPage.limit)
    let page = DenialsPage(
      frame: frame, viewer: visit.viewer, denials: stretch.denials, isNewest: end == nil,
      older: try stretch.older.map { try denialLinks.text($0, of: visit.person) })
    return .page(page.html)
  }

  func helpPage(_ visit: Visit) async throws -> WebAnswer {
    let projects = try await desks.projects.projects(of: visit.session.principal)
    return .page(HelpPage(frame: frame, viewer: visit.viewer, projects: projects).html)
  }

  /// A project of the person's; somebody else's is not found, as one that does not exist.
  private func project(_ name: Slug, of visit: Visit) async throws -> PortalProject {
    let projects = try await desks.projects.projects(of: visit.session.principal)
    guard visit.session.principal.projects.contains(name),
      let project = projects.first(where: { $0.name == name })
    else { throw WebFault.notFound }
    return project
  }

  func openSession(of name: Slug, _ visit: Visit) async throws -> WebAnswer {
    let project = try await project(name, of: visit)
    switch try await desks.sessions.open(project, for: visit.person) {
    case .opened(let id): return .goes(to: .session(id: id.text))
    case .denied(let reason):
      let notice = PageFrame.notice(.bad, "No session was opened.", reason)
      return try await projectsPage(visit, notice: notice, status: 403)
    }
  }

  /// The person's session of that number.
  private func session(_ text: String, of visit: Visit) async throws -> OpenSession {
    guard let id = SessionID(text), let session = await desks.sessions.session(id, for: visit.person) else {
      throw WebFault.notFound
    }
    return session
  }

  func sessionPage(_ text: String, _ visit: Visit) async throws -> WebAnswer {
    let session = try await session(text, of: visit)
    let project = try await project(session.project, of: visit)
    let page = SessionPage(frame: frame, viewer: visit.viewer, session: session.id, project: project)
    return .page(page.html, kind: .stream)
  }

  func endSession(_ text: String, _ visit: Visit) async throws -> WebAnswer {
    let session = try await session(text, of: visit)
    await desks.sessions.end(session.id, for: visit.person)
    return .goes(to: .projects)
  }

  /// A file that left the environment by the book: to be stored, once, and by nobody else.
  func givenFile(
    _ file: String, of text: String, _ request: WebRequest, _ visit: Visit
  ) async throws -> WebAnswer {
    // Looking at the head would use the file up.
    guard !request.isHead, let id = SessionID(text),
      let given = await desks.sessions.takeFile(file, of: id, for: visit.person)
    else { throw WebFault.notFound }
    return WebAnswer(kind: .attachment(given.name), body: given.bytes)
  }

  /// A ticket to join the stream, once and soon.
  func ticket(for text: String, _ visit: Visit) async throws -> WebAnswer {
    let session = try await session(text, of: visit)
    return Self.answer(ticket: tickets.issue(for: session.id, to: visit.token))
  }

  static func answer(ticket: String) -> WebAnswer {
    let json = JSONValue.object([("ticket", .string(ticket))]).written(.canonical)
    return WebAnswer(kind: .data, body: Array(json.utf8))
  }

  /// Opens the stream: cookie, origin, ticket and session must all be the same person's.
  func stream(
    _ text: String, _ request: WebRequest, _ visit: Visit, from address: IPAddress
  ) async throws -> WebAnswer {
    guard let offer = request.socket, let id = SessionID(text),
      tickets.redeem(offer.ticket, for: id, of: visit.token),
      let ends = await desks.sessions.connect(to: id, for: visit.person)
    else { throw WebFault.notFound }
    return opened(ends, for: offer, visit, from: address)
  }

  /// The stream is open for as long as its sign-in stands.
  func opened(
    _ ends: any StreamEnds, for offer: WebRequest.SocketOffer, _ visit: Visit, from address: IPAddress
  ) -> WebAnswer {
    let guarded = GuardedStream(
      ends, interval: limits.recheckInterval,
      isWelcome: { [identity = desks.identity] in
        guard case .current(let session) = try await identity.session(visit.token, from: address) else {
          return false
        }
        return session.principal == visit.session.principal
      })
    streams.add(guarded, of: visit.token)
    var answer = WebAnswer(status: 101)
    answer.opening = SocketOpening(accept: SocketAccept.text(for: offer.key), ends: guarded)
    return answer
  }
}
