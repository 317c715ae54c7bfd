public import CordonModel

/// Makes the record of an act durable before the act has its answer; an error refuses the act.
public protocol SignInRecorder: Sendable {
  /// Returns once the record is durable.
  func record(_ record: SignInRecord) async throws
}

/// What the ledger keeps of a sign-in or of what happened to an account. No password, code, token or typed name is in it.
public struct SignInRecord: Sendable, Equatable {
  /// What was done or tried.
  public enum Event: String, Sendable, CaseIterable {
    case signIn = "SignIn"
    case enrol = "Enrol"
    case changePassword = "ChangePassword"
    case endSession = "EndSession"
    case invite = "InvitePerson"
    case reset = "ResetPerson"
    case disable = "DisablePerson"
    case enable = "EnablePerson"
    /// The spec no longer names the person.
    case remove = "RemovePerson"
  }

  /// What was done or tried.
  public var event: Event
  /// Whether it was allowed.
  public var outcome: DecisionRecord.Outcome
  /// Somebody of the spec; nil where the name was nobody's.
  public var person: Slug?
  /// Where the browser is; nil for the operator's own acts.
  public var address: IPAddress?
  /// Why, in one line.
  public var reason: String
  /// The session's public name, if there is one.
  public var session: String?
  /// How many attempts it stands for: those that are sent away unread are counted, and recorded at 1, 2, 4, 8, ...
  public var attempts: Int
  /// When, in seconds since 1970.
  public var at: Int64

  init(
    _ event: Event, _ outcome: DecisionRecord.Outcome, person: Slug?, address: IPAddress?, reason: String,
    session: String? = nil, attempts: Int = 1, at: Int64
  ) {
    self.event = event
    self.outcome = outcome
    self.person = person
    self.address = address
    self.reason = reason
    self.session = session
    self.attempts = attempts
    self.at = at
  }
}
