import CordonModel

/// What other stacks refer to of a project's data.
struct DataParts {
  var key: CloudHandle
  var buckets: [(bucket: Bucket, handle: CloudHandle)]
}

// Keys and buckets. Policies refuse callers from elsewhere, doors that are not ours, plain HTTP and foreign keys.
extension CloudPlan {
  /// A key that this account decides about by IAM and nobody outside the organisation uses.
  func key(
    _ description: String, _ project: Project?, also: [CloudValue] = [], in stack: inout CloudStack
  ) -> CloudHandle {
    let logs: CloudValue = [
      "Sid": "LogsEncrypt", "Effect": "Allow",
      "Principal": ["Service": .text("logs.\(region).amazonaws.com")],
      "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
      "Resource": "*", "Condition": ownAccount,
    ]
    return stack.add(
      "Key", "AWS::KMS::Key",
      [
        "Description": .text(description), "EnableKeyRotation": true,
        "KeyPolicy": Self.document(
          [
            [
              "Sid": "OwnAccountDecidesByIam", "Effect": "Allow", "Principal": ["AWS": .text(root)],
              "Action": "kms:*", "Resource": "*",
            ],
            logs,
          ] + also + [
            [
              "Sid": "NobodyElse", "Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
              "Condition": strangers,
            ]
          ]),
        "Tags": tags(project),
      ], isRetained: true)
  }

  func data(of project: Project, _ network: NetworkParts) throws -> (CloudStack, DataParts) {
    var stack = self.stack("data", of: project, "Key and buckets of \(project.name)")
    let key = self.key("Buckets, volumes, images and packages of \(project.name)", project, in: &stack)
    var buckets: [(bucket: Bucket, handle: CloudHandle)] = []
    for bucket in project.buckets {
      let name = "\(Self.logical(bucket.name.text))Bucket"
      let handle = self.bucket(
        name, bucket.name, isVersioned: bucket.versioned, key, project, keep: project.storage.keepVersions,
        in: &stack)
      stack.add(
        "\(name)Policy", "AWS::S3::BucketPolicy",
        [
          "Bucket": handle.ref,
          "PolicyDocument": Self.document(try statements(of: bucket, project, network, key: key)),
        ])
      buckets.append((bucket, handle))
    }
    return (stack, DataParts(key: key, buckets: buckets))
  }

  func bucket(
    _ logical: String, _ name: BucketName, isVersioned: Bool, _ key: CloudHandle, _ project: Project?,
    keep: Int?, in stack: inout CloudStack
  ) -> CloudHandle {
    var properties: CloudValue = [
      "BucketName": .text(name),
      "VersioningConfiguration": ["Status": isVersioned ? "Enabled" : "Suspended"],
      "OwnershipControls": ["Rules": [["ObjectOwnership": "BucketOwnerEnforced"]]],
      "PublicAccessBlockConfiguration": [
        "BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true,
        "RestrictPublicBuckets": true,
      ],
      "BucketEncryption": [
        "ServerSideEncryptionConfiguration": [
          [
            "BucketKeyEnabled": true,
            "ServerSideEncryptionByDefault": ["SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key.arn],
          ]
        ]
      ],
    ]
    if let keep, isVersioned {
      let days = max(1, keep / 86_400)
      properties.set(
        "LifecycleConfiguration",
        [
          "Rules": [
            [
              "Id": "old-versions", "Status": "Enabled",
              "NoncurrentVersionExpiration": ["NoncurrentDays": .number(days)],
              "AbortIncompleteMultipartUpload": ["DaysAfterInitiation": 7],
            ]
          ]
        ])
    }
    properties.set("Tags", tags(project))
    return stack.add(logical, "AWS::S3::Bucket", properties, isRetained: true)
  }

  /// What the policy of every bucket begins with that no line of the spec stands for: TLS, nobody from elsewhere, no other key.
  func guarding(_ name: BucketName, _ key: CloudHandle) -> [CloudValue] {
    [
      [
        "Sid": "TLSOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": Self.whole(name),
        "Condition": ["BoolIfExists": ["aws:SecureTransport": "false"]],
      ],
      onlyOwnPeople(name), onlyOurKey(name, key),
    ]
  }

  private func onlyOwnPeople(_ name: BucketName) -> CloudValue {
    [
      "Sid": "OnlyOwnPeople", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
      "Resource": Self.whole(name), "Condition": strangers,
    ]
  }

  /// No object under another key.
  private func onlyOurKey(_ name: BucketName, _ key: CloudHandle) -> CloudValue {
    [
      "Sid": "OnlyOurKey", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
      "Resource": .text(name.arn(key: "*")),
      "Condition": [
        // Who names no key gets the bucket's; a negated operator alone would take that for another key.
        "StringNotEquals": ["s3:x-amz-server-side-encryption-aws-kms-key-id": key.arn],
        "Null": ["s3:x-amz-server-side-encryption-aws-kms-key-id": "false"],
      ],
    ]
  }

  /// A bucket and everything in it.
  static func whole(_ name: BucketName) -> CloudValue { [.text(name.arn), .text(name.arn(key: "*"))] }

  /// The compiled policy of a bucket, with what holds on AWS alone: CloudFormation and other services calling for somebody
  /// must reach it, whoever deploys must be able to fill it, and objects are sealed with the project's key.
  private func statements(
    of bucket: Bucket, _ project: Project, _ network: NetworkParts, key: CloudHandle
  ) throws -> [CloudValue] {
    let door = SourcePosition.vpce(environment: environment.name, project: project.name, endpoint: .s3)
    var statements = try compiled("bucket/\(bucket.name)", [door: network.s3.ref])
    for index in statements.indices {
      switch statements[index].sid {
      case "OwnDoorOnly":
        statements[index].narrow([
          "BoolIfExists": ["aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"]
        ])
      case "ReadOnly":
        statements[index].narrow([
          "ArnLike": ["aws:PrincipalArn": .text("arn:aws:iam::\(account):role/\(project.name)-*")]
        ])
      default: break
      }
    }
    return statements.map(\.value) + [
      onlyOwnPeople(bucket.name), onlyOurKey(bucket.name, key),
    ]
  }
}
