import CordonModel
import CordonPolicy
import CordonWire

import struct FoundationEssentials.Date

/// Who sent a request, as far as it was shown.
struct Caller: Sendable {
  enum Identity: Sendable {
    /// A session that this gateway issued; the request is signed with its key.
    case session(IssuedSession)
    /// Nobody: the request carries no credentials.
    case anonymous
    /// Somebody of another account. Only a drill with the credential check off ever meets one.
    case foreign(accessKeyID: String)
  }

  var identity: Identity
  /// What the request says of its signature; nil where it has none.
  var claims: SigV4.Claims?
  /// The proved signature, which the chunks of a body chain on to; nil where none was proved.
  var verified: SigV4.Verified?

  static let anonymous = Caller(identity: .anonymous)

  var session: IssuedSession? {
    if case .session(let session) = identity { session } else { nil }
  }

  /// The role, where the environment has it.
  var role: ProjectRole? { session?.role }

  /// The caller as policies name it.
  func principal() throws(PolicyError) -> Principal {
    guard let arn else { return .anonymous }
    return try Principal(parsing: arn)
  }

  /// The caller's ARN; nil for nobody.
  var arn: String? {
    switch identity {
    case .session(let session): session.arn
    case .anonymous: nil
    case .foreign: ForeignAccount.principalARN
    }
  }

  /// The public half of the credentials.
  var accessKeyID: String? {
    switch identity {
    case .session(let session): session.accessKeyID
    case .anonymous: nil
    case .foreign(let id): id
    }
  }

  /// The account that the caller's own resources are in.
  func account(in environment: Environment) -> String? {
    switch identity {
    case .session: environment.organization.account.text
    case .anonymous: nil
    case .foreign: ForeignAccount.id
    }
  }
}

/// The account that stands for every account that is not the environment's.
enum ForeignAccount {
  static let id = "999999999999"
  static let principalARN = "arn:aws:iam::\(id):user/foreign"

  /// What the owner of a foreign account would write: policies of a hostile owner allow everything.
  static func openPolicy() throws -> PolicyDocument {
    try PolicyDocument(
      json:
        #"{"Version":"2012-10-17","Statement":[{"Sid":"ForeignOwner","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#
    )
  }

  /// As above, in the form of an identity policy.
  static func openIdentity() throws -> PolicyDocument {
    try PolicyDocument(
      json:
        #"{"Version":"2012-10-17","Statement":[{"Sid":"ForeignOwner","Effect":"Allow","Action":"*","Resource":"*"}]}"#
    )
  }
}
