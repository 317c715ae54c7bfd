/// An error as AWS services shape it: a code that programs switch on, a status, a sentence for people.
public struct AWSError: Error, Hashable, Sendable {
  /// The code, `AccessDenied`.
  public let code: String
  /// The HTTP status.
  public let status: Int
  /// The sentence. Constant text: nothing that a client sent is repeated in it.
  public let message: String

  /// Joins the three parts.
  public init(_ code: String, _ status: Int, _ message: String) {
    self.code = code
    self.status = status
    self.message = message
  }
}

extension AWSError {
  /// The access key is not known here; a foreign one never is.
  public static let invalidAccessKeyID = AWSError(
    "InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records.")
  /// The session that the security token belongs to is over.
  public static let expiredToken = AWSError("ExpiredToken", 400, "The provided token has expired.")
  /// The security token is not the one that was handed out with the access key.
  public static let invalidToken = AWSError(
    "InvalidToken", 400, "The provided token is malformed or otherwise not valid.")
  /// A body that is not the XML the call asks for.
  public static let malformedXML = AWSError(
    "MalformedXML", 400,
    "The XML you provided was not well-formed or did not validate against our published schema")
}
