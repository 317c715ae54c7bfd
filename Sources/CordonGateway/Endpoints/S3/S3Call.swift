/// One call of the S3 API: how it is told from the others, and what it must be allowed to do.
struct S3Call: Sendable, Equatable {
  /// What the path names.
  enum Scope: Sendable { case service, bucket, object }

  /// An IAM action, and which resource it is judged on.
  struct Permission: Sendable, Equatable {
    enum Target: Sendable { case everything, bucket, object, copySource }

    var action: String
    var target: Target
    /// The action instead, where the call names a version of the object.
    var versioned: String?

    static func everything(_ action: String) -> Permission { Permission(action: action, target: .everything) }
    static func bucket(_ action: String) -> Permission { Permission(action: action, target: .bucket) }
    static func object(_ action: String, version: String? = nil) -> Permission {
      Permission(action: action, target: .object, versioned: version)
    }
    static func source(_ action: String, version: String? = nil) -> Permission {
      Permission(action: action, target: .copySource, versioned: version)
    }

    /// The action for a call that names a version or does not.
    func action(hasVersion: Bool) -> String { hasVersion ? versioned ?? action : action }
  }

  /// What the call is, once it is allowed.
  enum Kind: Sendable, Equatable {
    /// The gateway does it.
    case served(S3Operation)
    /// The gateway does not have it: it is judged all the same, and what a policy allows answers `NotImplemented`.
    case unserved
    /// As above, and it would open the bucket to others or copy its objects elsewhere.
    case publishes
  }

  /// The name in the API reference and in CloudTrail.
  var name: String
  var method: String
  var scope: Scope
  /// Parameters that must all be in the query.
  var markers: [String]
  /// Whether `x-amz-copy-source` must be there.
  var copies: Bool
  var permissions: [Permission]
  var kind: Kind

  /// The call that a request makes; nil where S3 has none.
  static func find(method: String, scope: Scope, parameters: Set<String>, hasCopySource: Bool) -> S3Call? {
    let key = Key(method: method, scope: scope)
    return byKey[key]?.first { call in
      call.markers.allSatisfy(parameters.contains) && (!call.copies || hasCopySource)
    }
  }

  private struct Key: Hashable {
    var method: String
    var scope: Scope
  }

  private static let byKey = Dictionary(grouping: all) { Key(method: $0.method, scope: $0.scope) }
}

/// What the gateway does itself.
enum S3Operation: Sendable, CaseIterable {
  case listBuckets
  case headBucket, getBucketLocation, getBucketVersioning
  case listObjects, listObjectVersions, deleteObjects
  case getObject, headObject, putObject, deleteObject, copyObject
  case getObjectAttributes
  case getObjectTagging, putObjectTagging, deleteObjectTagging
  case createMultipartUpload, uploadPart, uploadPartCopy, completeMultipartUpload, abortMultipartUpload
  case listParts, listMultipartUploads
}
