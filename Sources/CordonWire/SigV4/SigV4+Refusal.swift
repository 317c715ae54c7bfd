extension SigV4 {
  /// Why a request's signature is not accepted. Texts in it are constant: nothing a client sent is repeated.
  public enum Refusal: Error, Equatable, Sendable {
    /// The method is no token.
    case malformedMethod
    /// The request target cannot be decoded.
    case malformedTarget
    /// More headers than are looked at.
    case tooManyHeaders
    /// A signed header holds a line break or a NUL.
    case malformedHeader
    /// An algorithm other than `AWS4-HMAC-SHA256`, SigV2 included.
    case unsupportedMechanism
    /// Both an `Authorization` header and a presigned query.
    case twoMechanisms
    /// The `Authorization` header cannot be read, or contradicts the request.
    case authorizationHeader(HeaderFault)
    /// The presigned query cannot be read, or contradicts itself.
    case authorizationQuery(QueryFault)
    /// Neither `x-amz-date` nor `Date` gives one moment.
    case missingDate
    /// A mandatory `x-amz-*` header is missing.
    case missingSecurityHeader(String)
    /// `x-amz-content-sha256` names no known mode.
    case badPayloadHash
    /// Headers that must be signed and are not.
    case unsignedHeaders([String])
    /// A header is listed as signed and was not sent.
    case missingSignedHeader
    /// The request's clock and the gateway's differ by more than 15 minutes.
    case requestTimeTooSkewed
    /// A presigned URL of the future.
    case notYetValid
    /// A presigned URL of the past.
    case expired
    /// The signature is another one.
    case signatureMismatch
  }

  /// What is wrong with an `Authorization` header.
  public enum HeaderFault: Equatable, Sendable {
    /// It is not `AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...`.
    case syntax
    /// The credential is not `KEY/YYYYMMDD/REGION/SERVICE/aws4_request`.
    case credential
    /// The day of the credential is not the day of the request.
    case day
    /// The credential is for another region than this endpoint's.
    case region(expected: String)
    /// The credential is for another service than this endpoint's.
    case service(expected: String)
  }

  /// What is wrong with a presigned query.
  public enum QueryFault: Equatable, Sendable {
    /// One of the six parameters is missing or was sent twice.
    case incomplete
    /// The credential is not `KEY/YYYYMMDD/REGION/SERVICE/aws4_request`.
    case credential
    /// `X-Amz-Date` is not `yyyyMMdd'T'HHmmss'Z'`.
    case date
    /// `X-Amz-Expires` is not a number from 1 to 604800.
    case expires
    /// `X-Amz-SignedHeaders` or `X-Amz-Signature` is malformed.
    case syntax
    /// The day of the credential is not the day of `X-Amz-Date`.
    case day
    /// The credential is for another region than this endpoint's.
    case region(expected: String)
    /// The credential is for another service than this endpoint's.
    case service(expected: String)
  }
}

extension SigV4.Refusal {
  /// The error that S3 answers with.
  public var s3Error: AWSError {
    switch self {
    case .malformedMethod: AWSError("InvalidRequest", 400, "The request method is malformed.")
    case .malformedTarget: AWSError("InvalidURI", 400, "Couldn't parse the specified URI.")
    case .tooManyHeaders: AWSError("InvalidRequest", 400, "The request has too many headers.")
    case .malformedHeader:
      AWSError("InvalidRequest", 400, "A signed header holds a character that is not allowed.")
    case .unsupportedMechanism:
      AWSError(
        "InvalidRequest", 400,
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
    case .twoMechanisms:
      AWSError(
        "InvalidArgument", 400,
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
          + "parameter or the Authorization header should be specified")
    case .authorizationHeader(let fault): AWSError("AuthorizationHeaderMalformed", 400, fault.message)
    case .authorizationQuery(let fault): AWSError("AuthorizationQueryParametersError", 400, fault.message)
    case .missingDate:
      AWSError("AccessDenied", 403, "AWS authentication requires a valid Date or x-amz-date header")
    case .missingSecurityHeader(let name):
      AWSError("MissingSecurityHeader", 400, "Your request is missing a required header: \(name)")
    case .badPayloadHash:
      AWSError(
        "InvalidArgument", 400,
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
          + "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER "
          + "or a valid sha256 value."
      )
    case .unsignedHeaders:
      AWSError("AccessDenied", 403, "There were headers present in the request which were not signed")
    case .requestTimeTooSkewed:
      AWSError(
        "RequestTimeTooSkewed", 403,
        "The difference between the request time and the current time is too large.")
    case .notYetValid: AWSError("AccessDenied", 403, "Request is not valid yet")
    case .expired: AWSError("AccessDenied", 403, "Request has expired")
    case .missingSignedHeader, .signatureMismatch:
      AWSError(
        "SignatureDoesNotMatch", 403,
        "The request signature we calculated does not match the signature you provided. "
          + "Check your key and signing method.")
    }
  }

  /// The error that STS, and services that speak like it, answer with.
  public var queryError: AWSError {
    switch self {
    case .malformedMethod, .malformedTarget, .tooManyHeaders, .malformedHeader:
      AWSError("ValidationError", 400, "The request is malformed.")
    case .unsupportedMechanism, .twoMechanisms, .authorizationHeader, .authorizationQuery, .missingDate,
      .missingSecurityHeader, .badPayloadHash, .missingSignedHeader:
      AWSError("IncompleteSignature", 400, "The request signature does not conform to AWS standards.")
    case .requestTimeTooSkewed, .notYetValid, .expired:
      AWSError("SignatureDoesNotMatch", 403, "Signature expired or not yet current.")
    case .unsignedHeaders, .signatureMismatch:
      AWSError(
        "SignatureDoesNotMatch", 403,
        "The request signature we calculated does not match the signature you provided. "
          + "Check your AWS Secret Access Key and signing method.")
    }
  }
}

extension SigV4.HeaderFault {
  fileprivate var message: String {
    let detail =
      switch self {
      case .syntax: "a Credential, SignedHeaders and Signature are required, each once"
      case .credential:
        "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\""
      case .day: "the date in the Credential is not the same as the date of the request"
      case .region(let expected): "the region is wrong; expecting '\(expected)'"
      case .service(let expected): "the service is wrong; expecting '\(expected)'"
      }
    return "The authorization header is malformed; \(detail)."
  }
}

extension SigV4.QueryFault {
  fileprivate var message: String {
    switch self {
    case .incomplete:
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
        + "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
    case .credential:
      "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
        + "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
    case .date: "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""
    case .expires: "X-Amz-Expires must be a number from 1 to 604800 (a week in seconds)"
    case .syntax: "X-Amz-SignedHeaders or X-Amz-Signature is malformed."
    case .day:
      "Error parsing the X-Amz-Credential parameter; the date in it is not the same as X-Amz-Date."
    case .region(let expected):
      "Error parsing the X-Amz-Credential parameter; the region is wrong; expecting '\(expected)'"
    case .service(let expected):
      "Error parsing the X-Amz-Credential parameter; incorrect service. "
        + "This endpoint belongs to '\(expected)'."
    }
  }
}
