import CordonModel
import CordonPolicy

// Buckets and keys: what they say, never what is in them.
extension LiveTable {
  static let storage: [LiveStep] = [
    LiveStep(
      service: .s3, action: "ListBuckets", target: "GET /?max-buckets=1000",
      input: [("bucket-region", .region)], list: "Buckets.Bucket",
      paging: LivePaging("continuation-token", "ContinuationToken"), permission: "s3:ListAllMyBuckets",
      hides: ["AWS::S3::Bucket", "AWS::S3::BucketPolicy"], details: bucketDetails,
      shapes: [bucket, bucketPolicy]),
    LiveStep(
      service: .s3Control, action: "GetPublicAccessBlock",
      target: "GET /v20180820/configuration/publicAccessBlock", permission: "s3:GetAccountPublicAccessBlock",
      absent: ["NoSuchPublicAccessBlockConfiguration"], hides: ["AWS::S3::AccountPublicAccessBlock"],
      onlyTakesAway: true, isGlobal: true,
      shapes: [
        LiveShape(
          "AWS::S3::AccountPublicAccessBlock", id: LiveReader.accountMark,
          .take("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"))
      ]),
    LiveStep(
      service: .s3Control, action: "ListAccessPoints", target: "GET /v20180820/accesspoint",
      list: "AccessPointList.AccessPoint", paging: LivePaging("nextToken", "NextToken"),
      hides: ["AWS::S3::AccessPoint"],
      details: [
        LiveDetail(
          "policy",
          one(
            .s3Control, "GetAccessPointPolicy", [("name", "$Name")],
            target: "GET /v20180820/accesspoint/{name}/policy", permission: "s3:GetAccessPointPolicy",
            absent: ["NoSuchAccessPointPolicy"], hides: ["AWS::S3::AccessPoint"]))
      ],
      shapes: [
        LiveShape(
          "AWS::S3::AccessPoint", id: "Name", arn: "AccessPointArn",
          .take("Name", "Bucket", "BucketAccountId"),
          .document("policy.Policy", "Policy"))
      ]),
    LiveStep(
      service: .kms, action: "ListKeys", list: "Keys", paging: LivePaging("Marker", "NextMarker"),
      hides: ["AWS::KMS::Key", "AWS::KMS::ReplicaKey"], details: keyDetails,
      shapes: [
        LiveShape(
          "AWS::KMS::Key", id: "KeyId", arn: "KeyArn",
          // Nobody can change the policy of a key that AWS manages; one that is to be deleted answers nothing.
          where: {
            $0.at("about.KeyMetadata.KeyManager")?.plain != "AWS"
              && $0.at("about.KeyMetadata.KeyState")?.plain != "PendingDeletion"
          }, .copy("rotation.KeyRotationEnabled", "EnableKeyRotation"),
          .copy("about.KeyMetadata.KeySpec", "KeySpec"), .copy("about.KeyMetadata.Origin", "Origin"),
          // A property of no template: while it is not known, the key may be one of AWS's.
          .copy("about.KeyMetadata.KeyManager", "KeyManager"),
          .value("KeyPolicy", KeyGrants.policy))
      ]),
    // Names of AWS's own keys, and names that nothing stands behind, are nobody's here.
    list(
      .kms, "ListAliases", "Aliases", page: LivePaging("Marker", "NextMarker"),
      shapes: [
        LiveShape(
          "AWS::KMS::Alias", id: "AliasName", arn: "AliasArn", .take("AliasName", "TargetKeyId"))
      ],
      leavingOut: {
        $0["AliasName"]?.plain?.hasPrefix("alias/aws/") != false || $0.at("TargetKeyId") == nil
      }),
  ]

  private static func bucketPart(
    _ action: String, _ query: String, _ permission: String, absent: Set<String> = []
  ) -> LiveStep {
    one(
      .s3, action, [("Bucket", "$Name")], target: "GET /{Bucket}?\(query)", permission: "s3:\(permission)",
      absent: absent, hides: ["AWS::S3::Bucket", "AWS::S3::BucketPolicy"])
  }

  private static let bucketDetails: [LiveDetail] = [
    LiveDetail(
      "policy", bucketPart("GetBucketPolicy", "policy", "GetBucketPolicy", absent: ["NoSuchBucketPolicy"])),
    LiveDetail(
      "encryption",
      bucketPart(
        "GetBucketEncryption", "encryption", "GetEncryptionConfiguration",
        absent: ["ServerSideEncryptionConfigurationNotFoundError"])),
    LiveDetail("versioning", bucketPart("GetBucketVersioning", "versioning", "GetBucketVersioning")),
    LiveDetail(
      "block",
      bucketPart(
        "GetPublicAccessBlock", "publicAccessBlock", "GetBucketPublicAccessBlock",
        absent: ["NoSuchPublicAccessBlockConfiguration"])),
    LiveDetail(
      "ownership",
      bucketPart(
        "GetBucketOwnershipControls", "ownershipControls", "GetBucketOwnershipControls",
        absent: ["OwnershipControlsNotFoundError"])),
    LiveDetail(
      "replication",
      bucketPart(
        "GetBucketReplication", "replication", "GetReplicationConfiguration",
        absent: ["ReplicationConfigurationNotFoundError"])),
    LiveDetail(
      "notification",
      bucketPart("GetBucketNotificationConfiguration", "notification", "GetBucketNotification")),
    LiveDetail("logging", bucketPart("GetBucketLogging", "logging", "GetBucketLogging")),
    LiveDetail(
      "inventory", bucketPages("ListBucketInventoryConfigurations", "inventory", "InventoryConfiguration")),
    LiveDetail(
      "analytics", bucketPages("ListBucketAnalyticsConfigurations", "analytics", "AnalyticsConfiguration")),
  ]

  private static func bucketPages(_ action: String, _ query: String, _ list: String) -> LiveStep {
    var step = bucketPart(action, query, "Get\(list)", absent: ["NoSuchConfiguration"])
    step.list = list
    step.paging = LivePaging("continuation-token", "NextContinuationToken")
    return step
  }

  private static let bucket = LiveShape(
    "AWS::S3::Bucket", id: "Name", .copy("Name", "BucketName"),
    .value("VersioningConfiguration") { bucket in
      if let unknown = bucket.at("versioning").flatMap(LiveValue.unknown) { return unknown }
      return ["Status": bucket.at("versioning.Status").map { LiveValue.value($0) } ?? "Suspended"]
    },
    .value("BucketEncryption") { bucket in
      guard let encryption = bucket.at("encryption") else { return nil }
      return LiveValue.unknown(encryption)
        ?? [
          "ServerSideEncryptionConfiguration": .list(
            encryption.list("Rule").map { rule in
              CloudValue(
                .object([
                  .init(
                    name: "ServerSideEncryptionByDefault",
                    value: LiveValue.value(rule.at("ApplyServerSideEncryptionByDefault") ?? .object([])))
                ]))
            })
        ]
    },
    .copy("block", "PublicAccessBlockConfiguration"),
    .value("OwnershipControls") { bucket in
      if let unknown = bucket.at("ownership").flatMap(LiveValue.unknown) { return unknown }
      // S3 User Guide, about-object-ownership: a bucket without the setting is the object writer's.
      let found = bucket.list("ownership.Rule").compactMap { $0["ObjectOwnership"]?.plain }
      return [
        "Rules": .list((found.isEmpty ? ["ObjectWriter"] : found).map { ["ObjectOwnership": .text($0)] })
      ]
    },
    .value("ReplicationConfiguration") { bucket in
      guard let replication = bucket.at("replication") else { return nil }
      return LiveValue.unknown(replication) ?? [
        "Rules": .list(replication.list("Rule").map { LiveValue.value($0) })
      ]
    },
    .value("NotificationConfiguration") { bucket in
      guard let all = bucket.at("notification"), all.members != nil else { return nil }
      if let unknown = LiveValue.unknown(all) { return unknown }
      func told(_ list: String, _ from: String, _ to: String) -> CloudValue {
        .list(
          all.list(list).compactMap { $0[from] }.map {
            CloudValue(.object([.init(name: to, value: LiveValue.value($0))]))
          })
      }
      return [
        "LambdaConfigurations": told("CloudFunctionConfiguration", "CloudFunction", "Function"),
        "QueueConfigurations": told("QueueConfiguration", "Queue", "Queue"),
        "TopicConfigurations": told("TopicConfiguration", "Topic", "Topic"),
      ]
    },
    .value("LoggingConfiguration") { bucket in
      if let unknown = bucket.at("logging").flatMap(LiveValue.unknown) { return unknown }
      return bucket.at("logging.LoggingEnabled.TargetBucket").map {
        ["DestinationBucketName": LiveValue.value($0)]
      }
    },
    .value("InventoryConfigurations") { bucket in
      if let unknown = bucket.at("inventory").flatMap(LiveValue.unknown) { return unknown }
      return .list(
        bucket.list("inventory").compactMap { $0.at("Destination.S3BucketDestination.Bucket") }.map {
          ["Destination": ["BucketArn": LiveValue.value($0)]]
        })
    },
    .value("AnalyticsConfigurations") { bucket in
      if let unknown = bucket.at("analytics").flatMap(LiveValue.unknown) { return unknown }
      let path = "StorageClassAnalysis.DataExport.Destination.S3BucketDestination.Bucket"
      return .list(
        bucket.list("analytics").compactMap { $0.at(path) }.map {
          ["StorageClassAnalysis": ["DataExport": ["Destination": ["BucketArn": LiveValue.value($0)]]]]
        })
    })

  private static let bucketPolicy = LiveShape(
    "AWS::S3::BucketPolicy", id: "Name", where: { $0.at("policy") != nil }, .copy("Name", "Bucket"),
    .document("policy", "PolicyDocument"))

  private static let keyDetails: [LiveDetail] = [
    LiveDetail("about", one(.kms, "DescribeKey", [("KeyId", "$KeyId")], hides: ["AWS::KMS::Key"])),
    LiveDetail(
      "policy",
      one(.kms, "GetKeyPolicy", [("KeyId", "$KeyId"), ("PolicyName", "default")], hides: ["AWS::KMS::Key"])),
    LiveDetail(
      "rotation",
      // Keys with material of one's own, and asymmetric ones, have no rotation to ask for.
      one(
        .kms, "GetKeyRotationStatus", [("KeyId", "$KeyId")],
        absent: ["UnsupportedOperationException", "KMSInvalidStateException"])),
    LiveDetail(
      "grants",
      list(
        .kms, "ListGrants", "Grants", [("KeyId", "$KeyId")], page: LivePaging("Marker", "NextMarker"),
        hides: ["AWS::KMS::Key"])),
  ]
}

/// A grant lets its grantee use a key beside the key's policy, so it is read as a statement of it (KMS Developer Guide, "Grants").
enum KeyGrants {
  static let policy: @Sendable (JSONValue) -> CloudValue? = { key in
    if let unknown = key.at("grants").flatMap(LiveValue.unknown)
      ?? key.at("policy").flatMap(LiveValue.unknown)
    {
      return unknown
    }
    guard let text = key.at("policy.Policy") else { return nil }
    let document = LiveValue.document(text)
    guard case .object(var members) = document.content else { return document }
    let granted = key.list("grants").map(statement)
    guard !granted.isEmpty else { return document }
    let own = document["Statement"].map { $0.elements ?? [$0] } ?? []
    members.removeAll { $0.name == "Statement" }
    members.append(.init(name: "Statement", value: .list(own + granted)))
    return CloudValue(.object(members))
  }

  /// Its constraint on the encryption context is left out, so that it counts for more than it gives.
  private static func statement(_ grant: JSONValue) -> CloudValue {
    let grantee = grant["GranteePrincipal"]?.plain ?? "*"
    let isService = grantee.hasSuffix(".amazonaws.com") || grantee == "AWS Internal"
    return [
      "Sid": .text("grant \(grant["GrantId"]?.plain ?? "")"), "Effect": "Allow",
      "Principal": isService ? ["Service": .text(grantee)] : ["AWS": .text(grantee)],
      "Action": .list(grant.list("Operations").compactMap(\.plain).map { .text("kms:\($0)") }),
      "Resource": "*",
    ]
  }
}
