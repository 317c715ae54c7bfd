public import CordonModel

/// Who sits at a session's browser, and in front of which notebook: what the browser's listener says of whoever calls.
public struct BrowserSeat: Sendable, Hashable {
  /// Whose session it is.
  public var person: Slug
  /// The project that it works in.
  public var project: Slug
  /// The workspace whose notebook it shows.
  public var workspace: Slug
  /// The session's number.
  public var session: String

  /// Describes a seat.
  public init(person: Slug, project: Slug, workspace: Slug, session: String) {
    self.person = person
    self.project = project
    self.workspace = workspace
    self.session = session
  }

  /// The notebook, as policies know it.
  var notebook: String { PortalResource.notebook(project: project, workspace: workspace) }
}

extension DecisionRecord {
  /// Says that a person did this through the browser of a session.
  ///
  /// Without it the record would name the workspace's own role, which nobody at a browser has.
  mutating func attribute(to seat: BrowserSeat, in environment: Environment) {
    person = seat.person.text
    principal = environment.organization.account.arn(ofUser: seat.person)
    details["session"] = seat.session
  }
}
