import CordonWire

/// Why a request's credentials are not accepted.
enum CallerRefusal: Sendable, Equatable {
  /// An access key that this gateway never issued, or has forgotten.
  case unknownKey(String)
  /// The session token is missing, or another session's.
  case wrongToken(String)
  /// The session is over.
  case expired(String)
  /// The session was issued to another workspace.
  case otherWorkspace(String)
  /// The signature cannot be read, or is not the key's.
  case signature(SigV4.Refusal, accessKeyID: String?)

  /// Whose key the request names.
  var accessKeyID: String? {
    switch self {
    case .unknownKey(let id), .wrongToken(let id), .expired(let id), .otherWorkspace(let id): id
    case .signature(_, let id): id
    }
  }

  /// The route that such a request tries.
  var route: String {
    switch self {
    case .unknownKey: "foreign-credentials"
    case .otherWorkspace: "other-workspace"
    case .wrongToken, .expired, .signature: "invalid-credentials"
    }
  }

  /// Why, for the ledger.
  var reason: String {
    switch self {
    case .unknownKey: "the access key was not issued by this environment"
    case .wrongToken: "the session token is missing or is not the access key's"
    case .expired: "the session has expired"
    case .otherWorkspace: "the credentials were issued to another workspace"
    case .signature(let refusal, _): "signature: \(refusal.s3Error.message)"
    }
  }

  /// The answer of S3.
  var s3Fault: S3Fault {
    switch self {
    case .unknownKey(let id):
      S3Fault(
        "InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records.",
        [.init(name: "AWSAccessKeyId", text: id)])
    case .wrongToken: S3Fault(.invalidToken)
    case .expired: S3Fault(.expiredToken)
    case .otherWorkspace:
      S3Fault(
        "AccessDenied", 403,
        "These credentials were issued to another workspace and work only there. Use this workspace's own: SDKs find "
          + "them by themselves.")
    case .signature(let refusal, let id): Self.fault(refusal, id)
    }
  }

  /// The answer of STS and other services with the query protocol.
  var queryError: AWSError {
    switch self {
    case .unknownKey, .wrongToken:
      AWSError("InvalidClientTokenId", 403, "The security token included in the request is invalid.")
    case .expired: AWSError("ExpiredToken", 403, "The security token included in the request is expired")
    case .otherWorkspace:
      AWSError("AccessDenied", 403, "These credentials were issued to another workspace and work only there.")
    case .signature(let refusal, _): refusal.queryError
    }
  }

  /// SDKs read the right region from the answer and try again with it.
  private static func fault(_ refusal: SigV4.Refusal, _ id: String?) -> S3Fault {
    var fault = S3Fault(refusal.s3Error)
    switch refusal {
    case .authorizationHeader(.region(let expected)), .authorizationQuery(.region(let expected)):
      fault.members.append(.init(name: "Region", text: expected))
    case .signatureMismatch:
      if let id { fault.members.append(.init(name: "AWSAccessKeyId", text: id)) }
    default: break
    }
    return fault
  }
}
