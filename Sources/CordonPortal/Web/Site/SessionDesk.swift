import CordonModel

/// The sessions, as pages see them. Each question names the person: a session of somebody else is none.
protocol SessionDesk: Sendable {
  /// The person's open session of a project.
  func session(of project: Slug, for person: Slug) async -> OpenSession?
  /// A session by its number; nil where it has ended, never was, or is somebody else's.
  func session(_ id: SessionID, for person: Slug) async -> OpenSession?
  /// Opens a project's session, or gives the one that is open.
  func open(_ project: PortalProject, for person: Slug) async throws -> OpeningAnswer
  /// Joins a session's stream; who had it loses it. Nil where there is no such session of this person.
  func connect(to id: SessionID, for person: Slug) async -> (any StreamEnds)?
  /// A file that a session offers; it is offered no more then.
  func takeFile(_ file: String, of id: SessionID, for person: Slug) async -> OfferedFile?
  /// Ends a session.
  func end(_ id: SessionID, for person: Slug) async
  /// Ends whatever a person has open, because they signed out.
  func endAll(of person: Slug) async
}

/// A session that goes on.
struct OpenSession: Sendable, Equatable {
  var id: SessionID
  var project: Slug
}

/// What came of opening a session.
enum OpeningAnswer: Sendable, Equatable {
  case opened(SessionID)
  /// Policy says no; the reason is for the person.
  case denied(reason: String)
}
