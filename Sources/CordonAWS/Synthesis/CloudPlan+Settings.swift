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
    if rules.remediation { remediate(in: &stack) }
  }

  /// Runbooks of AWS's that can only make a setting stronger: AWS Systems Manager Automation runbook reference. What would rewrite a
  /// policy is left to people.
  private static let runbooks: [(rule: String, document: String, parameter: String, type: String)] = [
    ("KeyRotation", "AWSConfigRemediation-EnableKeyRotation", "KeyId", "AWS::KMS::Key"),
    (
      "DefaultGroup", "AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules", "GroupId",
      "AWS::EC2::SecurityGroup"
    ),
  ]

  private func remediate(in stack: inout CloudStack) {
    let boundary = stack.add(
      "RemediationBoundary", "AWS::IAM::ManagedPolicy",
      [
        "Description": "What runbooks cannot do, whatever else is attached",
        "PolicyDocument": Self.document([Self.everything, onlyOwnResources, Self.noURLs]),
      ])
    let stronger: [CloudValue] = [
      [
        "Sid": "RotateKeys", "Effect": "Allow",
        "Action": ["kms:EnableKeyRotation", "kms:GetKeyRotationStatus"],
        "Resource": .text(arn("kms", "key/*")),
      ],
      [
        "Sid": "CloseDefaultGroups", "Effect": "Allow",
        "Action": ["ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"],
        "Resource": .text(arn("ec2", "security-group/*")),
      ],
      ["Sid": "Look", "Effect": "Allow", "Action": "ec2:DescribeSecurityGroups", "Resource": "*"],
    ]
    let role = stack.add(
      "RemediationRole", "AWS::IAM::Role",
      [
        "PermissionsBoundary": boundary.ref,
        "AssumeRolePolicyDocument": Self.document([
          [
            "Effect": "Allow", "Principal": ["Service": "ssm.amazonaws.com"], "Action": "sts:AssumeRole",
            "Condition": ownAccount,
          ]
        ]),
        "Policies": [["PolicyName": "stronger", "PolicyDocument": Self.document(stronger)]],
        "Tags": tags(nil),
      ], comment: "Can only make settings stronger.")
    for runbook in Self.runbooks {
      var parameters: CloudValue = ["AutomationAssumeRole": ["StaticValue": ["Values": [role.arn]]]]
      parameters.set(runbook.parameter, ["ResourceValue": ["Value": "RESOURCE_ID"]])
      let rule = CloudHandle(id: ResourceID(stack: stack.name, name: "\(runbook.rule)Rule"))
      stack.add(
        "\(runbook.rule)Remediation", "AWS::Config::RemediationConfiguration",
        [
          "ConfigRuleName": rule.ref, "TargetType": "SSM_DOCUMENT", "TargetId": .text(runbook.document),
          "ResourceType": .text(runbook.type), "Automatic": true, "MaximumAutomaticAttempts": 3,
          "RetryAttemptSeconds": 60, "Parameters": parameters,
        ])
    }
  }
}
