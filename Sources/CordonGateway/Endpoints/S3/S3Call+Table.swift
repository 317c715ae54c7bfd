/// Every call of the S3 API with the IAM actions and resources it is judged on.
///
/// Sources: Amazon S3 API Reference (methods and parameters); Service Authorization Reference, "Actions, resources, and
/// condition keys for Amazon S3". Calls are not actions: PutBucketInventoryConfiguration is
/// `s3:PutInventoryConfiguration`, and deleting a configuration is often allowed by the action that puts it.
extension S3Call {
  /// The order matters: of one method and scope, the first call whose markers are all there is meant, so the call
  /// without markers comes last.
  static let all: [S3Call] =
    service + bucketDoors + bucketSettings + bucketContents + objectSettings + objects

  private static let service = [
    get("ListBuckets", .service, [], [.everything("s3:ListAllMyBuckets")], .served(.listBuckets))
  ]

  /// What opens a bucket to others or copies its objects elsewhere.
  private static let bucketDoors =
    configuration(
      "BucketPolicy", "policy", read: "GetBucketPolicy", write: "PutBucketPolicy",
      delete: "DeleteBucketPolicy")
    + configuration("BucketAcl", "acl", read: "GetBucketAcl", write: "PutBucketAcl")
    + configuration(
      "BucketWebsite", "website", read: "GetBucketWebsite", write: "PutBucketWebsite",
      delete: "DeleteBucketWebsite")
    + configuration(
      "BucketCors", "cors", read: "GetBucketCORS", write: "PutBucketCORS", delete: "PutBucketCORS")
    + configuration("BucketLogging", "logging", read: "GetBucketLogging", write: "PutBucketLogging")
    + configuration(
      "BucketNotificationConfiguration", "notification", read: "GetBucketNotification",
      write: "PutBucketNotification")
    + configuration(
      "BucketReplication", "replication", read: "GetReplicationConfiguration",
      write: "PutReplicationConfiguration", delete: "PutReplicationConfiguration")
    + configuration(
      "BucketInventoryConfiguration", "inventory", read: "GetInventoryConfiguration",
      write: "PutInventoryConfiguration", delete: "PutInventoryConfiguration")
    + configuration(
      "BucketAnalyticsConfiguration", "analytics", read: "GetAnalyticsConfiguration",
      write: "PutAnalyticsConfiguration", delete: "PutAnalyticsConfiguration")
    + configuration(
      "BucketMetricsConfiguration", "metrics", read: "GetMetricsConfiguration",
      write: "PutMetricsConfiguration", delete: "PutMetricsConfiguration")
    + configuration(
      "PublicAccessBlock", "publicAccessBlock", read: "GetBucketPublicAccessBlock",
      write: "PutBucketPublicAccessBlock", delete: "PutBucketPublicAccessBlock")
    + configuration(
      "BucketOwnershipControls", "ownershipControls", read: "GetBucketOwnershipControls",
      write: "PutBucketOwnershipControls", delete: "PutBucketOwnershipControls")
    + configuration(
      "BucketLifecycleConfiguration", "lifecycle", read: "GetLifecycleConfiguration",
      write: "PutLifecycleConfiguration", delete: "PutLifecycleConfiguration", deleteNoun: "BucketLifecycle")
    + configuration(
      "BucketRequestPayment", "requestPayment", read: "GetBucketRequestPayment",
      write: "PutBucketRequestPayment")
    + configuration(
      "BucketAccelerateConfiguration", "accelerate", read: "GetAccelerateConfiguration",
      write: "PutAccelerateConfiguration")

  private static let bucketSettings =
    [
      get("GetBucketPolicyStatus", .bucket, ["policyStatus"], [.bucket("s3:GetBucketPolicyStatus")]),
      get(
        "GetBucketLocation", .bucket, ["location"], [.bucket("s3:GetBucketLocation")],
        .served(.getBucketLocation)),
      get(
        "GetBucketVersioning", .bucket, ["versioning"], [.bucket("s3:GetBucketVersioning")],
        .served(.getBucketVersioning)),
      put("PutBucketVersioning", .bucket, ["versioning"], [.bucket("s3:PutBucketVersioning")]),
      get("CreateSession", .bucket, ["session"], [.bucket("s3express:CreateSession")]),
      post(
        "CreateBucketMetadataConfiguration", .bucket, ["metadataConfiguration"],
        [.bucket("s3:CreateBucketMetadataTableConfiguration")], .publishes),
      post(
        "CreateBucketMetadataTableConfiguration", .bucket, ["metadataTable"],
        [.bucket("s3:CreateBucketMetadataTableConfiguration")], .publishes),
    ]
    + configuration(
      "BucketTagging", "tagging", read: "GetBucketTagging", write: "PutBucketTagging",
      delete: "PutBucketTagging",
      writes: .unserved)
    + configuration(
      "BucketEncryption", "encryption", read: "GetEncryptionConfiguration",
      write: "PutEncryptionConfiguration",
      delete: "PutEncryptionConfiguration", writes: .unserved)
    + configuration(
      "BucketIntelligentTieringConfiguration", "intelligent-tiering",
      read: "GetIntelligentTieringConfiguration", write: "PutIntelligentTieringConfiguration",
      delete: "PutIntelligentTieringConfiguration", writes: .unserved)
    + configuration(
      "ObjectLockConfiguration", "object-lock", read: "GetBucketObjectLockConfiguration",
      write: "PutBucketObjectLockConfiguration", writes: .unserved)

  private static let bucketContents = [
    get(
      "ListObjectVersions", .bucket, ["versions"], [.bucket("s3:ListBucketVersions")],
      .served(.listObjectVersions)),
    get(
      "ListMultipartUploads", .bucket, ["uploads"], [.bucket("s3:ListBucketMultipartUploads")],
      .served(.listMultipartUploads)),
    get("ListObjectsV2", .bucket, ["list-type"], [.bucket("s3:ListBucket")], .served(.listObjects)),
    get("ListObjects", .bucket, [], [.bucket("s3:ListBucket")], .served(.listObjects)),
    head("HeadBucket", .bucket, [.bucket("s3:ListBucket")], .served(.headBucket)),
    // Judged key by key, once the body has been read.
    post("DeleteObjects", .bucket, ["delete"], [], .served(.deleteObjects)),
    // A form upload carries its credentials in the body; read as the anonymous call that its head is.
    post("PostObject", .bucket, [], [.bucket("s3:PutObject")], .publishes),
    put("CreateBucket", .bucket, [], [.bucket("s3:CreateBucket")], .publishes),
    delete("DeleteBucket", .bucket, [], [.bucket("s3:DeleteBucket")]),
  ]

  private static let objectSettings = [
    get(
      "GetObjectTagging", .object, ["tagging"],
      [.object("s3:GetObjectTagging", version: "s3:GetObjectVersionTagging")], .served(.getObjectTagging)),
    put(
      "PutObjectTagging", .object, ["tagging"],
      [.object("s3:PutObjectTagging", version: "s3:PutObjectVersionTagging")], .served(.putObjectTagging)),
    delete(
      "DeleteObjectTagging", .object, ["tagging"],
      [.object("s3:DeleteObjectTagging", version: "s3:DeleteObjectVersionTagging")],
      .served(.deleteObjectTagging)),
    get("GetObjectAcl", .object, ["acl"], [.object("s3:GetObjectAcl", version: "s3:GetObjectVersionAcl")]),
    put(
      "PutObjectAcl", .object, ["acl"], [.object("s3:PutObjectAcl", version: "s3:PutObjectVersionAcl")],
      .publishes),
    get("GetObjectRetention", .object, ["retention"], [.object("s3:GetObjectRetention")]),
    put("PutObjectRetention", .object, ["retention"], [.object("s3:PutObjectRetention")]),
    get("GetObjectLegalHold", .object, ["legal-hold"], [.object("s3:GetObjectLegalHold")]),
    put("PutObjectLegalHold", .object, ["legal-hold"], [.object("s3:PutObjectLegalHold")]),
    get("GetObjectTorrent", .object, ["torrent"], [.object("s3:GetObjectTorrent")], .publishes),
    put("UpdateObjectEncryption", .object, ["encryption"], [.object("s3:UpdateObjectEncryption")]),
    put("RenameObject", .object, ["renameObject"], [.bucket("s3express:CreateSession")]),
    post(
      "SelectObjectContent", .object, ["select"],
      [.object("s3:GetObject", version: "s3:GetObjectVersion")]),
    post("RestoreObject", .object, ["restore"], [.object("s3:RestoreObject")]),
  ]

  private static let objects = [
    get(
      "GetObjectAttributes", .object, ["attributes"],
      [
        .object("s3:GetObject", version: "s3:GetObjectVersion"),
        .object("s3:GetObjectAttributes", version: "s3:GetObjectVersionAttributes"),
      ], .served(.getObjectAttributes)),
    get("ListParts", .object, ["uploadId"], [.object("s3:ListMultipartUploadParts")], .served(.listParts)),
    get(
      "GetObject", .object, [], [.object("s3:GetObject", version: "s3:GetObjectVersion")], .served(.getObject)
    ),
    head(
      "HeadObject", .object, [.object("s3:GetObject", version: "s3:GetObjectVersion")], .served(.headObject)),
    copy(
      "UploadPartCopy", ["partNumber", "uploadId"],
      [.source("s3:GetObject", version: "s3:GetObjectVersion"), .object("s3:PutObject")],
      .served(.uploadPartCopy)),
    put("UploadPart", .object, ["partNumber", "uploadId"], [.object("s3:PutObject")], .served(.uploadPart)),
    copy(
      "CopyObject", [],
      [.source("s3:GetObject", version: "s3:GetObjectVersion"), .object("s3:PutObject")], .served(.copyObject)
    ),
    put("PutObject", .object, [], [.object("s3:PutObject")], .served(.putObject)),
    post(
      "CreateMultipartUpload", .object, ["uploads"], [.object("s3:PutObject")],
      .served(.createMultipartUpload)),
    post(
      "CompleteMultipartUpload", .object, ["uploadId"], [.object("s3:PutObject")],
      .served(.completeMultipartUpload)),
    delete(
      "AbortMultipartUpload", .object, ["uploadId"], [.object("s3:AbortMultipartUpload")],
      .served(.abortMultipartUpload)),
    delete(
      "DeleteObject", .object, [], [.object("s3:DeleteObject", version: "s3:DeleteObjectVersion")],
      .served(.deleteObject)),
  ]
}

/// Header fields of a write that need an action of their own.
extension S3Call {
  /// Canned ACLs that change nothing in a bucket whose owner owns every object.
  static let harmlessACLs: Set<String> = ["private", "bucket-owner-full-control"]

  /// Whether a write asks for an ACL that would change who may read.
  static func asksForACL(_ header: (String) -> String?) -> Bool {
    if let acl = header("x-amz-acl"), !harmlessACLs.contains(acl) { return true }
    return ["read", "write", "read-acp", "write-acp", "full-control"].contains {
      header("x-amz-grant-\($0)") != nil
    }
  }

  /// The further actions that a write asks for with its header fields.
  ///
  /// - Parameter header: the value of a header field, given in lower case.
  static func permissions(header: (String) -> String?) -> [Permission] {
    var needed: [Permission] = []
    if let tags = header("x-amz-tagging"), !tags.isEmpty { needed.append(.object("s3:PutObjectTagging")) }
    if asksForACL(header) { needed.append(.object("s3:PutObjectAcl")) }
    if header("x-amz-object-lock-mode") != nil || header("x-amz-object-lock-retain-until-date") != nil {
      needed.append(.object("s3:PutObjectRetention"))
    }
    if header("x-amz-object-lock-legal-hold") != nil { needed.append(.object("s3:PutObjectLegalHold")) }
    if header("x-amz-bypass-governance-retention")?.lowercased() == "true" {
      needed.append(.object("s3:BypassGovernanceRetention"))
    }
    return needed
  }
}

extension S3Call {
  private static func get(
    _ name: String, _ scope: Scope, _ markers: [String], _ permissions: [Permission], _ kind: Kind = .unserved
  ) -> S3Call {
    S3Call(
      name: name, method: "GET", scope: scope, markers: markers, copies: false, permissions: permissions,
      kind: kind)
  }

  private static func head(_ name: String, _ scope: Scope, _ permissions: [Permission], _ kind: Kind)
    -> S3Call
  {
    S3Call(
      name: name, method: "HEAD", scope: scope, markers: [], copies: false, permissions: permissions,
      kind: kind)
  }

  private static func put(
    _ name: String, _ scope: Scope, _ markers: [String], _ permissions: [Permission], _ kind: Kind = .unserved
  ) -> S3Call {
    S3Call(
      name: name, method: "PUT", scope: scope, markers: markers, copies: false, permissions: permissions,
      kind: kind)
  }

  private static func copy(_ name: String, _ markers: [String], _ permissions: [Permission], _ kind: Kind)
    -> S3Call
  {
    S3Call(
      name: name, method: "PUT", scope: .object, markers: markers, copies: true, permissions: permissions,
      kind: kind)
  }

  private static func post(
    _ name: String, _ scope: Scope, _ markers: [String], _ permissions: [Permission], _ kind: Kind = .unserved
  ) -> S3Call {
    S3Call(
      name: name, method: "POST", scope: scope, markers: markers, copies: false, permissions: permissions,
      kind: kind)
  }

  private static func delete(
    _ name: String, _ scope: Scope, _ markers: [String], _ permissions: [Permission], _ kind: Kind = .unserved
  ) -> S3Call {
    S3Call(
      name: name, method: "DELETE", scope: scope, markers: markers, copies: false, permissions: permissions,
      kind: kind)
  }

  /// The calls that read, write and delete one configuration of a bucket.
  private static func configuration(
    _ noun: String, _ marker: String, read: String, write: String, delete: String? = nil,
    deleteNoun: String? = nil, writes: Kind = .publishes
  ) -> [S3Call] {
    var calls = [
      get("Get\(noun)", .bucket, [marker], [.bucket("s3:\(read)")]),
      put("Put\(noun)", .bucket, [marker], [.bucket("s3:\(write)")], writes),
    ]
    if let action = delete {
      calls.append(
        Self.delete("Delete\(deleteNoun ?? noun)", .bucket, [marker], [.bucket("s3:\(action)")]))
    }
    return calls
  }
}
