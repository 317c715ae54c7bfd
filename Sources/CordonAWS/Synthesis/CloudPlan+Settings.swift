import CordonModel

// What settings are held to after they were made. These stop nothing: guardrails do.
extension CloudPlan {
  /// Managed rules of AWS Config, by what each one's name asks.
  private static let rules: [(name: String, source: String)] = [
    ("NotebookNetwork", "SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS"),
    ("NotebookInVpc", "SAGEMAKER_NOTEBOOK_INSTANCE_INSIDE_VPC"),
    ("NotebookRoot", "SAGEMAKER_NOTEBOOK_INSTANCE_ROOT_ACCESS_CHECK"),
    ("NotebookKey", "SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED"),
    ("EndpointKey", "SAGEMAKER_ENDPOINT_CONFIGURATION_KMS_KEY_CONFIGURED"),
    ("BucketPublic", "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED"),
    ("BucketTls", "S3_BUCKET_SSL_REQUESTS_ONLY"),
    ("BucketVersions", "S3_BUCKET_VERSIONING_ENABLED"),
    ("KeyRotation", "CMK_BACKING_KEY_ROTATION_ENABLED"),
    ("NetworkFlows", "VPC_FLOW_LOGS_ENABLED"),
    ("DefaultGroup", "VPC_DEFAULT_SECURITY_GROUP_CLOSED"),
    ("RepositoryImmutable", "ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED"),
    ("Trail", "CLOUD_TRAIL_ENABLED"),
  ]

  /// Adds the recorder, where it writes to, and the rules.
  func settings(_ base: FoundationParts, in stack: inout CloudStack) {
    let role = stack.add(
      "RecorderRole", "AWS::IAM::Role",
      [
        "AssumeRolePolicyDocument": Self.document([
          [
            "Effect": "Allow", "Principal": ["Service": "config.amazonaws.com"], "Action": "sts:AssumeRole",
            "Condition": ownAccount,
          ]
        ]),
        "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWS_ConfigRole"], "Tags": tags(nil),
      ])
    stack.add(
      "Recorder", "AWS::Config::ConfigurationRecorder",
      [
        "Name": .text("\(environment.name)-settings"), "RoleARN": role.arn,
        "RecordingGroup": ["AllSupported": true, "IncludeGlobalResourceTypes": true],
      ], comment: "Every setting of every resource, as it changes. An account has one recorder a region.")
    stack.add(
      "Delivery", "AWS::Config::DeliveryChannel",
      [
        "Name": .text("\(environment.name)-settings"), "S3BucketName": base.log.ref,
        "S3KmsKeyArn": base.key.arn,
      ])
    for rule in Self.rules {
      stack.add(
        "\(rule.name)Rule", "AWS::Config::ConfigRule",
        [
          "ConfigRuleName": .text(
            "\(environment.name)-\(rule.source.lowercased().replacing("_", with: "-"))"),
          "Source": ["Owner": "AWS", "SourceIdentifier": .text(rule.source)],
        ], after: ["Recorder", "Delivery"])
    }
  }
}
