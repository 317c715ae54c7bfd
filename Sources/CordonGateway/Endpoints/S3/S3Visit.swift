import CordonModel

/// A call whose caller is known: what is judged, recorded and, if allowed, done.
struct S3Visit: Sendable {
  var request: S3Request
  var caller: Caller
  /// Whose bucket the path names; nil for calls of the service.
  var owner: S3BucketOwner?
  /// Whose bucket a copy reads; nil for all other calls.
  var sourceOwner: S3BucketOwner?
  /// The tags in the body of PutObjectTagging, which policies judge; nil for all other calls.
  var bodyTags: Result<[S3Tag], S3Fault>?

  var source: SourcePosition { request.raw.source }
  var requestID: String { request.raw.requestID }
}
