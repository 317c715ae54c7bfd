import CordonWire

/// An error as S3 shapes it: its code and sentence, and the members that some codes carry.
///
/// Texts are constant but for what the caller's own request named.
struct S3Fault: Error, Sendable, Equatable {
  var code: String
  var status: Int
  var message: String
  /// Further members of the XML, in order.
  var members: [Member] = []
  /// Header fields that go with it.
  var fields: [Member] = []

  struct Member: Sendable, Equatable {
    var name: String
    var text: String
  }

  init(_ code: String, _ status: Int, _ message: String, _ members: [Member] = []) {
    self.code = code
    self.status = status
    self.message = message
    self.members = members
  }

  init(_ error: AWSError) {
    self.init(error.code, error.status, error.message)
  }
}

extension S3Fault {
  static let unknownHost = S3Fault(
    "InvalidRequest", 400,
    "The Host header names no S3 endpoint of this environment. Use s3.REGION.amazonaws.com.")
  static let keyTooLong = S3Fault("KeyTooLongError", 400, "Your key is too long")
  static let malformedKey = S3Fault("InvalidURI", 400, "Couldn't parse the specified URI.")
  static let invalidBucketName = S3Fault("InvalidBucketName", 400, "The specified bucket is not valid.")
  static let methodNotAllowed = S3Fault(
    "MethodNotAllowed", 405, "The specified method is not allowed against this resource.")
  static let notImplemented = S3Fault(
    "NotImplemented", 501, "A header or call you provided implies functionality that is not implemented.")
  static let malformedXML = S3Fault(.malformedXML)
  static let preconditionFailed = S3Fault(
    "PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold")
  static let badDigest = S3Fault(
    "BadDigest", 400,
    "The Content-MD5 or checksum value that you specified did not match what the server received.")
  static let invalidDigest = S3Fault("InvalidDigest", 400, "The Content-MD5 you specified is not valid.")
  static let incompleteBody = S3Fault(
    "IncompleteBody", 400,
    "You did not provide the number of bytes specified by the Content-Length HTTP header")
  static let missingContentLength = S3Fault(
    "MissingContentLength", 411, "You must provide the Content-Length HTTP header.")
  static let entityTooLarge = S3Fault(
    "EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size")
  static let entityTooSmall = S3Fault(
    "EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size")
  static let noSuchUpload = S3Fault(
    "NoSuchUpload", 404,
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."
  )
  static let invalidPart = S3Fault(
    "InvalidPart", 400,
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified "
      + "entity tag may not match the part's entity tag.")
  static let invalidPartOrder = S3Fault(
    "InvalidPartOrder", 400,
    "The list of parts was not in ascending order. The parts list must be specified in order by part number.")
  static let accessDenied = S3Fault("AccessDenied", 403, "Access Denied")
  static let internalError = S3Fault(
    "InternalError", 500, "We encountered an internal error. Please try again.")
  static let slowDown = S3Fault("SlowDown", 503, "Please reduce your request rate.")

  static func invalidArgument(_ message: String, name: String? = nil, value: String? = nil) -> S3Fault {
    var members: [Member] = []
    if let name { members.append(Member(name: "ArgumentName", text: name)) }
    if let value { members.append(Member(name: "ArgumentValue", text: value)) }
    return S3Fault("InvalidArgument", 400, message, members)
  }

  static func invalidRequest(_ message: String) -> S3Fault { S3Fault("InvalidRequest", 400, message) }

  static func noSuchBucket(_ bucket: String) -> S3Fault {
    S3Fault(
      "NoSuchBucket", 404, "The specified bucket does not exist", [Member(name: "BucketName", text: bucket)])
  }

  static func noSuchKey(_ key: String) -> S3Fault {
    S3Fault("NoSuchKey", 404, "The specified key does not exist.", [Member(name: "Key", text: key)])
  }

  static func noSuchVersion(_ key: String, _ version: String) -> S3Fault {
    S3Fault(
      "NoSuchVersion", 404, "The specified version does not exist.",
      [Member(name: "Key", text: key), Member(name: "VersionId", text: version)])
  }

  static func invalidRange(_ range: String, size: Int) -> S3Fault {
    S3Fault(
      "InvalidRange", 416, "The requested range is not satisfiable",
      [Member(name: "RangeRequested", text: range), Member(name: "ActualObjectSize", text: String(size))])
  }
}
