public import CordonModel

/// What the portal asks of whoever knows people: nothing else of this module does a page need to see.
///
/// Every call that judges somebody is recorded durably before it is answered. An error means that nobody could be
/// judged, and nobody is let in.
public protocol PortalIdentity: Sendable {
  /// Which form the sign-in page shows.
  var method: SignInMethod { get }

  // MARK: Before somebody is known

  /// A token for a browser that has none: a strict, host-only cookie that forms and sign-ins are bound to.
  func newVisitor() -> VisitorToken
  /// The hidden field of a form that is shown to a visitor.
  func formToken(for visitor: VisitorToken) -> String
  /// Whether a posted form was shown to this visitor.
  func accepts(formToken: String, of visitor: VisitorToken) -> Bool

  // MARK: Local accounts

  /// Judges a name, a password and a code. The same answer, after the same work, for whatever of them is wrong.
  func signIn(_ attempt: PasswordAttempt) async throws(IdentityError) -> SignInAnswer
  /// Whom a one-time link is for. Looking uses nothing up; nil for a link that was used, has expired or never was.
  func enrolment(_ link: String, from address: IPAddress) async throws(IdentityError) -> Enrolment?
  /// Sets a password and a second factor by a one-time link, uses the link up, and signs the person in.
  func enrol(_ attempt: EnrolmentAttempt) async throws(IdentityError) -> EnrolmentAnswer
  /// Sets another password; every other session of the person ends, and this one has a new token.
  func changePassword(_ change: PasswordChange) async throws(IdentityError) -> EnrolmentAnswer

  // MARK: An OpenID provider

  /// Where to send the visitor's browser.
  func beginProviderSignIn(
    visitor: VisitorToken, from address: IPAddress
  ) async throws(IdentityError) -> ProviderStart
  /// Judges what the browser brought back from there: the query of the callback's address, undecoded.
  func finishProviderSignIn(
    query: String, visitor: VisitorToken, from address: IPAddress
  ) async throws(IdentityError) -> SignInAnswer

  // MARK: Once somebody is known

  /// Whose session it is, at every use: address, times, roles and the spec are checked again.
  func session(_ token: SessionToken, from address: IPAddress) async throws(IdentityError) -> SessionAnswer
  /// The hidden field of a form that is shown in a session.
  func formToken(for session: SessionToken) -> String
  /// Whether a posted form was shown in this session.
  func accepts(formToken: String, of session: SessionToken) -> Bool
  /// The sessions of the same person, newest first.
  func sessions(besides token: SessionToken) async throws(IdentityError) -> [SessionSummary]
  /// Ends the session. Where the provider is to be told, its address to send the browser to.
  func signOut(_ token: SessionToken, from address: IPAddress) async throws(IdentityError) -> String?
  /// Ends every session of the same person.
  func signOutEverywhere(_ token: SessionToken, from address: IPAddress) async throws(IdentityError)
}

/// Which form the sign-in page shows.
public enum SignInMethod: Sendable, Equatable {
  /// Name, password and code.
  case local
  /// A button that leads to the provider at this host.
  case provider(host: String)
}

/// What a browser's cookie says before somebody is known; 43 characters. Not for logs.
public struct VisitorToken: Sendable, Hashable {
  /// The cookie's value.
  public let text: String

  /// Reads a cookie's value; nil unless it can be a token.
  public init?(_ text: String) {
    guard Base64URL.bytes(text)?.count == 32 else { return nil }
    self.text = text
  }

  init() { text = Random.token() }
}

/// What a session's cookie says; 43 characters. Only its hash is kept. Not for logs.
public struct SessionToken: Sendable, Hashable {
  /// The cookie's value.
  public let text: String

  /// Reads a cookie's value; nil unless it can be a token.
  public init?(_ text: String) {
    guard Base64URL.bytes(text)?.count == 32 else { return nil }
    self.text = text
  }

  init() { text = Random.token() }
}

/// Somebody at the sign-in form.
public struct PasswordAttempt: Sendable {
  /// The name as typed.
  public var name: String
  /// The password as typed.
  public var password: String
  /// The authenticator's six digits, or one recovery code.
  public var code: String
  /// The cookie that an earlier sign-in left in this browser: a stranger's failures do not hold its owner up.
  public var device: String?
  /// The visitor's token; it is worth nothing after a sign-in.
  public var visitor: VisitorToken
  /// Where the browser is.
  public var address: IPAddress

  /// States what was typed, and where.
  public init(
    name: String, password: String, code: String, device: String? = nil, visitor: VisitorToken,
    address: IPAddress
  ) {
    self.name = name
    self.password = password
    self.code = code
    self.device = device
    self.visitor = visitor
    self.address = address
  }
}

/// What came of a sign-in.
public enum SignInAnswer: Sendable, Equatable {
  /// It is who they say; the tokens become cookies, and any session of before is not continued.
  case signedIn(SignedIn)
  /// Name, password or code is wrong, or there is no such person: nobody is told which.
  case refused
  /// Too many attempts; another is looked at after so many seconds.
  case wait(seconds: Int)
  /// Too many people at once; try again in a moment.
  case busy
  /// Nobody signs in from that address.
  case addressNotAllowed
}

/// A new session.
public struct SignedIn: Sendable, Equatable {
  /// The session's cookie.
  public var token: SessionToken
  /// A cookie for a year, so that this browser is known the next time; nil where a provider knows it.
  public var device: String?
  /// Who it is.
  public var principal: PortalPrincipal
  /// Seconds that the cookie may live.
  public var longest: Int
}

/// What a one-time link offers.
public struct Enrolment: Sendable, Equatable {
  /// Whom the link is for.
  public var person: Slug
  /// The secret to type into an authenticator, in groups of four characters.
  public var secret: String
  /// The same as an address that authenticators read from a QR code.
  public var address: String
}

/// Somebody at the form behind a one-time link.
public struct EnrolmentAttempt: Sendable {
  /// The link's token.
  public var link: String
  /// The password they want.
  public var password: String
  /// What their authenticator shows.
  public var code: String
  /// Where the browser is.
  public var from: IPAddress

  /// States what was typed, and where.
  public init(link: String, password: String, code: String, from: IPAddress) {
    self.link = link
    self.password = password
    self.code = code
    self.from = from
  }
}

/// Somebody who wants another password.
public struct PasswordChange: Sendable {
  /// Their session.
  public var session: SessionToken
  /// The password they have.
  public var old: String
  /// The authenticator's six digits, or one recovery code.
  public var code: String
  /// The password they want.
  public var new: String
  /// Where the browser is.
  public var address: IPAddress

  /// States what was typed, and where.
  public init(session: SessionToken, old: String, code: String, new: String, address: IPAddress) {
    self.session = session
    self.old = old
    self.code = code
    self.new = new
    self.address = address
  }
}

/// What came of setting a password.
public enum EnrolmentAnswer: Sendable, Equatable {
  /// It is set; the codes are shown once, each good for one sign-in without the authenticator.
  case done(SignedIn, recoveryCodes: [String])
  /// The password cannot be taken; nothing was used up.
  case unfit(PasswordProblem)
  /// The code, the link or the old password is wrong.
  case refused
  /// Too many attempts; another is looked at after so many seconds.
  case wait(seconds: Int)
  /// Too many people at once; try again in a moment.
  case busy
  /// Nobody signs in from that address.
  case addressNotAllowed
}

/// Where to send a visitor's browser.
public enum ProviderStart: Sendable, Equatable {
  /// To this address of the provider's.
  case redirect(String)
  /// Too many sign-ins are under way; try again in a moment.
  case busy
  /// Nobody signs in from that address.
  case addressNotAllowed
  /// The provider does not answer, or not as it must; the reason is for the operator.
  case unavailable(String)
}

/// What is known of a session.
public enum SessionAnswer: Sendable, Equatable {
  /// It goes on.
  case current(PortalSession)
  /// It has ended, or never was.
  case ended(SessionEnd)
}

/// A session that goes on.
public struct PortalSession: Sendable, Equatable {
  /// A public name of the session, for records and the list of devices; no secret.
  public var id: String
  /// Whose it is.
  public var principal: PortalPrincipal
  /// When it ends in any case, in seconds since 1970.
  public var endsAt: Int64
  /// When it ends without a further request, in seconds since 1970.
  public var idleEndsAt: Int64
}

/// Why a session is over.
public enum SessionEnd: String, Sendable, Equatable {
  /// No session has that token, or it was signed out.
  case unknown
  /// Nothing was asked for too long.
  case idle
  /// It has lasted as long as a session may.
  case longest
  /// It was used from an address that nobody signs in from.
  case address
  /// The spec gives the person other roles or projects than at sign-in, or the account changed.
  case standing
  /// The machine's clock went back behind the session's last use.
  case clock
}

/// A session in a person's list of devices.
public struct SessionSummary: Sendable, Equatable {
  /// The session's public name.
  public var id: String
  /// When the person signed in, in seconds since 1970.
  public var created: Int64
  /// When it was used last, in seconds since 1970.
  public var used: Int64
  /// Where it was used last.
  public var address: String
}
