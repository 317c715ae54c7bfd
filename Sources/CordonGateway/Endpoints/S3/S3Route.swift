import CordonModel
import CordonWire

/// Which way out a call would take, as the ledger and the drills name it.
enum S3Route: String, Sendable {
  case foreignCredentials = "s3-foreign-credentials"
  case invalidCredentials = "s3-invalid-credentials"
  case otherWorkspace = "s3-other-workspace"
  case anonymous = "s3-anonymous"
  case foreignBucket = "s3-foreign-bucket"
  case otherProject = "s3-other-project"
  case publish = "s3-publish"
  case presigned = "s3-presigned"
  case copy = "s3-copy"
  /// A call of the project's role on the project's own bucket.
  case own = "s3"

  /// The most telling of the ways that a call combines.
  init(_ request: S3Request, caller: Caller, owner: S3BucketOwner?, source: SourcePosition) {
    switch (caller.identity, owner) {
    case (.foreign, _): self = .foreignCredentials
    case (.anonymous, _): self = .anonymous
    case (_, .foreign), (_, .unknown): self = .foreignBucket
    case (_, .project(let project)) where project != source.project: self = .otherProject
    case _ where request.call.kind == .publishes: self = .publish
    case _ where caller.claims.map({ $0.form != .header }) == true: self = .presigned
    case _ where request.call.copies: self = .copy
    default: self = .own
    }
  }
}
