import CordonModel

/// An action on a resource, as a policy sees it.
struct S3Question: Sendable {
  var action: String
  var resource: String
  var bucket: BucketName?
  var owner: S3BucketOwner?
  /// The version of the object, where the call names one.
  var version: String?
  /// ARNs for the ledger: the bucket, and the object where there is one.
  var resources: [String]
  /// The tags that the object has already, where a policy asks for them.
  var existingTags: [S3Tag] = []
}

/// A tag of an object.
struct S3Tag: Sendable, Equatable {
  var key: String
  var value: String
}

extension S3Visit {
  /// The question that a permission asks of this call.
  func question(_ permission: S3Call.Permission) -> S3Question? {
    switch permission.target {
    case .everything:
      return S3Question(action: permission.action, resource: "*", resources: [])
    case .bucket:
      guard let bucket = request.bucket else { return nil }
      return S3Question(
        action: permission.action, resource: bucket.arn, bucket: bucket, owner: owner, resources: [bucket.arn]
      )
    case .object:
      guard let bucket = request.bucket else { return nil }
      return objectQuestion(permission, bucket, request.key, owner, version: request.version)
    case .copySource:
      guard let copy = request.copySource, let bucket = try? BucketName(copy.bucket) else { return nil }
      return objectQuestion(permission, bucket, copy.key, sourceOwner, version: copy.version)
    }
  }

  private func objectQuestion(
    _ permission: S3Call.Permission, _ bucket: BucketName, _ key: String, _ owner: S3BucketOwner?,
    version: String?
  ) -> S3Question {
    let arn = bucket.arn(key: key)
    return S3Question(
      action: permission.action(hasVersion: version != nil), resource: arn, bucket: bucket, owner: owner,
      version: version, resources: [bucket.arn, arn])
  }
}
