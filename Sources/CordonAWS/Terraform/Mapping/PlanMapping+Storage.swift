import CordonModel

// Buckets with every way that copies out of them, and keys.
extension PlanMapping {
  static let storage: [String: PlanMapping] = [
    "aws_s3_bucket": .to(
      "AWS::S3::Bucket", .copy("bucket", "BucketName"), .copy("bucket_namespace", "BucketNamespace"),
      .copy("acl", "AccessControl"), .json("policy", "Policy"),
      .block(
        "versioning", "VersioningConfiguration", .word("enabled", "Status", on: "Enabled", off: "Suspended")),
      tags),
    "aws_s3_bucket_policy": .to(
      "AWS::S3::BucketPolicy", .link("bucket", "Bucket"), .json("policy", "PolicyDocument")),
    "aws_s3_bucket_versioning": .part(
      of: "bucket", .block("versioning_configuration", "VersioningConfiguration", .copy("status", "Status"))),
    "aws_s3_bucket_public_access_block": .part(
      of: "bucket",
      .group(
        "PublicAccessBlockConfiguration", .copy("block_public_acls", "BlockPublicAcls"),
        .copy("block_public_policy", "BlockPublicPolicy"), .copy("ignore_public_acls", "IgnorePublicAcls"),
        .copy("restrict_public_buckets", "RestrictPublicBuckets"))),
    "aws_s3_account_public_access_block": .to(
      "AWS::S3::AccountPublicAccessBlock", .copy("block_public_acls", "BlockPublicAcls"),
      .copy("block_public_policy", "BlockPublicPolicy"), .copy("ignore_public_acls", "IgnorePublicAcls"),
      .copy("restrict_public_buckets", "RestrictPublicBuckets")),
    "aws_s3_bucket_acl": .part(
      of: "bucket", .copy("acl", "AccessControl"), .value("AccessControlPolicy") { grants($0) }),
    "aws_s3_bucket_ownership_controls": .part(
      of: "bucket",
      .group("OwnershipControls", .blocks("rule", "Rules", .copy("object_ownership", "ObjectOwnership")))),
    "aws_s3_bucket_server_side_encryption_configuration": .part(
      of: "bucket",
      .group(
        "BucketEncryption",
        .blocks(
          "rule", "ServerSideEncryptionConfiguration", .copy("bucket_key_enabled", "BucketKeyEnabled"),
          .block(
            "apply_server_side_encryption_by_default", "ServerSideEncryptionByDefault",
            .copy("sse_algorithm", "SSEAlgorithm"), .link("kms_master_key_id", "KMSMasterKeyID"))))),
    "aws_s3_bucket_replication_configuration": .part(
      of: "bucket",
      .group(
        "ReplicationConfiguration", .link("role", "Role"),
        .blocks(
          "rule", "Rules", .copy("id", "Id"), .copy("status", "Status"),
          .block(
            "destination", "Destination", .link("bucket", "Bucket"), .copy("account", "Account"),
            .block(
              "encryption_configuration", "EncryptionConfiguration",
              .link("replica_kms_key_id", "ReplicaKmsKeyID")))))),
    "aws_s3_bucket_inventory": .part(
      of: "bucket",
      .element(
        "InventoryConfigurations", .copy("name", "Id"), .copy("enabled", "Enabled"),
        .inside(
          "destination",
          .block(
            "bucket", "Destination", .link("bucket_arn", "BucketArn"), .copy("account_id", "BucketAccountId"),
            .copy("prefix", "Prefix"))))),
    "aws_s3_bucket_analytics_configuration": .part(
      of: "bucket",
      .element(
        "AnalyticsConfigurations", .copy("name", "Id"),
        .inside(
          "storage_class_analysis",
          .block(
            "data_export", "StorageClassAnalysis",
            .group(
              "DataExport",
              .inside(
                "destination",
                .block(
                  "s3_bucket_destination", "Destination", .link("bucket_arn", "BucketArn"),
                  .copy("bucket_account_id", "BucketAccountId")))))))),
    "aws_s3_bucket_logging": .part(
      of: "bucket",
      .group(
        "LoggingConfiguration", .link("target_bucket", "DestinationBucketName"),
        .copy("target_prefix", "LogFilePrefix"))),
    "aws_s3_bucket_notification": .part(
      of: "bucket",
      .group(
        "NotificationConfiguration",
        .blocks("topic", "TopicConfigurations", .link("topic_arn", "Topic"), .copy("events", "Event")),
        .blocks("queue", "QueueConfigurations", .link("queue_arn", "Queue"), .copy("events", "Event")),
        .blocks(
          "lambda_function", "LambdaConfigurations", .link("lambda_function_arn", "Function"),
          .copy("events", "Event")),
        .value("EventBridgeConfiguration") { block in
          guard block.value("eventbridge")?.plainText == "true" else { return nil }
          let on = CloudValue(.bool(true), at: block.place("eventbridge"))
          return CloudValue(.object([.init(name: "EventBridgeEnabled", value: on)]), at: on.location)
        })),
    "aws_s3_access_point": .to(
      "AWS::S3::AccessPoint", .link("bucket", "Bucket"), .copy("name", "Name"),
      .copy("account_id", "BucketAccountId"),
      .json("policy", "Policy"), .block("vpc_configuration", "VpcConfiguration", .link("vpc_id", "VpcId"))),
    "aws_s3control_access_point_policy": .part(of: "access_point_arn", .json("policy", "Policy")),
    "aws_kms_key": .to(
      "AWS::KMS::Key", .copy("description", "Description"), .copy("enable_key_rotation", "EnableKeyRotation"),
      .json("policy", "KeyPolicy"), .copy("multi_region", "MultiRegion"), tags),
    "aws_kms_key_policy": .part(of: "key_id", .json("policy", "KeyPolicy")),
    "aws_kms_alias": .to(
      "AWS::KMS::Alias", .copy("name", "AliasName"), .link("target_key_id", "TargetKeyId")),
    // CloudFormation has no grants; the name says what it is.
    "aws_kms_grant": .to(
      "AWS::KMS::Grant", .link("key_id", "KeyId"), .link("grantee_principal", "GranteePrincipal"),
      .link("retiring_principal", "RetiringPrincipal"), .copy("operations", "Operations")),
  ]

  /// Grants of an access control list: CloudFormation can say none but the canned ones, so they stay readable as they are.
  private static func grants(_ block: PlanBlock) -> CloudValue? {
    block.blocks("access_control_policy").first.map {
      PlanRule.object(
        [
          PlanRule.blocks(
            "grant", "Grants", .copy("permission", "Permission"),
            .block(
              "grantee", "Grantee", .copy("type", "Type"), .copy("id", "Id"), .copy("uri", "URI"),
              .copy("email_address", "EmailAddress")))
        ], of: $0)
    }
  }
}
