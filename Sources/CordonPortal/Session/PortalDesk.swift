public import CordonModel

/// Something that a person wants of the portal, before it happens.
public struct PortalRequest: Sendable, Equatable {
  /// What is wanted, by the name that policies use.
  public var action: PortalAction
  /// Who wants it.
  public var person: Slug
  /// In which project; nil before one is chosen.
  public var project: Slug?
  /// In which workspace.
  public var workspace: Slug?
  /// In which session.
  public var session: SessionID?
  /// Facts for the record and for conditions: bytes, a digest, an address. Never the content itself.
  public var details: [String: String]

  /// A request.
  public init(
    _ action: PortalAction, person: Slug, project: Slug? = nil, workspace: Slug? = nil,
    session: SessionID? = nil,
    details: [String: String] = [:]
  ) {
    self.action = action
    self.person = person
    self.project = project
    self.workspace = workspace
    self.session = session
    self.details = details
  }
}

/// The answer to a request.
public enum PortalDecision: Sendable, Equatable {
  /// It may happen.
  case allow
  /// It may not; the reason is for the person, and says what to do.
  case deny(reason: String)
}

/// Something that happened in a session and that nobody was asked about.
public struct PortalEvent: Sendable, Equatable {
  /// What happened.
  public enum Kind: String, Sendable, CaseIterable {
    case sessionStarted, sessionConnected, sessionDisconnected, sessionEnded
    case tabOpened, tabClosed, tabCrashed
    case fileTaken, textRedacted
    case popupRefused, downloadRefused, uploadRefused, pasteRefused, copyRefused, printRefused
  }

  /// What happened.
  public var kind: Kind
  /// Whose session it is.
  public var person: Slug
  /// Its project.
  public var project: Slug
  /// Its number.
  public var session: SessionID
  /// Facts for the record; addresses only by their host.
  public var details: [String: String]

  /// An event.
  public init(
    _ kind: Kind, person: Slug, project: Slug, session: SessionID, details: [String: String] = [:]
  ) {
    self.kind = kind
    self.person = person
    self.project = project
    self.session = session
    self.details = details
  }
}

/// Where the portal asks before anything happens, and tells what happened: it holds no policies, ledger or keys of its own.
public protocol PortalDesk: Sendable {
  /// Judges a request and records the decision durably, in this order, before it answers. An error is a refusal.
  func decide(_ request: PortalRequest) async throws -> PortalDecision
  /// Records an event.
  func record(_ event: PortalEvent) async
}
