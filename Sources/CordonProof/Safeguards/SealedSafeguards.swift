import CordonModel
import CordonPolicy

/// What lies somewhere lies under a key of one's own: whoever gets at the disk, the bucket or the log needs a right to the key as
/// well, and its policy refuses strangers.
enum SealedSafeguards {
  static let all: [Safeguard] = [
    Safeguard(
      "buckets-sealed", .sealed, "every bucket encrypts under a key of one's own",
      [
        .key(
          "AWS::S3::Bucket",
          [
            "BucketEncryption", "ServerSideEncryptionConfiguration", "ServerSideEncryptionByDefault",
            "KMSMasterKeyID",
          ], lack: "no key of ours encrypts what is put there")
      ]),
    Safeguard(
      "puts-sealed", .sealed, "a bucket refuses an object that is put under another key than ours",
      reads: [
        "AWS::S3::Bucket": ["BucketEncryption"], "AWS::S3::BucketPolicy": ["Bucket", "PolicyDocument"],
        "AWS::KMS::Key": [],
      ], judge: puts),
    Safeguard(
      "disks-sealed", .sealed, "every disk of workspaces and jobs is under a key of one's own",
      disks.map { .key($0.type, $0.path, lack: "no key of ours encrypts its disks") }),
    Safeguard(
      "outputs-sealed", .sealed, "what models and monitors write is under a key of one's own", outputs),
    Safeguard(
      "records-sealed", .sealed, "every log, trail and stream of records is under a key of one's own", records
    ),
    Safeguard(
      "images-sealed", .sealed, "images, packages and git repositories are under a key of one's own",
      [
        .key(
          "AWS::ECR::Repository", ["EncryptionConfiguration", "KmsKey"],
          lack: "no key of ours encrypts its images"),
        .key("AWS::CodeArtifact::Domain", ["EncryptionKey"], lack: "no key of ours encrypts its packages"),
        .key("AWS::CodeCommit::Repository", ["KmsKeyId"], lack: "no key of ours encrypts it"),
      ]),
    Safeguard(
      "sessions-sealed", .sealed, "what the browser portal keeps of a session is under a key of one's own",
      [
        "Portal", "UserSettings", "BrowserSettings", "IpAccessSettings", "DataProtectionSettings",
        "SessionLogger",
      ].map {
        .key("AWS::WorkSpacesWeb::\($0)", ["CustomerManagedKey"], lack: "no key of ours encrypts it")
      }),
    Safeguard(
      "messages-sealed", .sealed, "topics, queues, secrets and functions are under a key of one's own",
      [
        .key("AWS::SNS::Topic", ["KmsMasterKeyId"], lack: "no key of ours encrypts its messages"),
        .key("AWS::SQS::Queue", ["KmsMasterKeyId"], lack: "no key of ours encrypts its messages"),
        .key("AWS::SecretsManager::Secret", ["KmsKeyId"], lack: "no key of ours encrypts it"),
        .key("AWS::Lambda::Function", ["KmsKeyArn"], lack: "no key of ours encrypts its environment"),
      ]),
    Safeguard(
      "jobs-sealed", .sealed, "containers of a monitor's job speak to each other encrypted",
      monitors.map {
        .on(
          "AWS::SageMaker::\($0)JobDefinition", ["NetworkConfig", "EnableInterContainerTrafficEncryption"],
          lack: "its containers talk to each other in the clear")
      }),
    Safeguard("keys-rotated", .sealed, "every key of one's own is rotated", [rotation]),
  ]

  /// Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys": the key that a request names goes before the bucket's
  /// own, so that whoever writes chooses who can read, unless the policy refuses it.
  @Sendable private static func puts(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    let path = [
      "BucketEncryption", "ServerSideEncryptionConfiguration", "ServerSideEncryptionByDefault",
      "KMSMasterKeyID",
    ]
    let keys = estate.all("AWS::KMS::Key", "AWS::KMS::ReplicaKey").map { estate.arn($0) }
    var finding = SafeguardFinding()
    for bucket in estate.buckets {
      let own = bucket.resource.properties.all(at: path)
      guard !own.isEmpty else { continue }
      let named = own.compactMap { estate.text($0).value }.filter { $0.hasPrefix("arn:") }
      var demands = KeyDemands.of(.people([]), .anywhere, .own, estate)
      demands.require(
        "s3:x-amz-server-side-encryption-aws-kms-key-id", "StringEquals", keys + named + [""], positive: false
      )
      let question = RequestQuestion(
        layers: [bucket.denying],
        callers: estate.callers(.people([])), actions: ["s3:PutObject"], resources: ["\(bucket.arn)/*"],
        demands: demands, resourceAccount: estate.account)
      switch scene.prover.ask(question) {
      case .none: finding.hold(bucket.holder, ["PolicyDocument"])
      case .unknown(let parts): finding.doubt(parts, bucket.holder)
      case .some:
        finding.lose(
          "whoever may write to \(bucket.resource.id) may name a key of somebody else", bucket.holder,
          ["PolicyDocument"])
      }
    }
    return finding
  }

  private static let monitors = ["DataQuality", "ModelQuality", "ModelBias", "ModelExplainability"]

  private static let disks: [(type: String, path: [String])] =
    [
      ("AWS::SageMaker::Domain", ["KmsKeyId"]), ("AWS::SageMaker::NotebookInstance", ["KmsKeyId"]),
      ("AWS::SageMaker::EndpointConfig", ["KmsKeyId"]), ("AWS::EFS::FileSystem", ["KmsKeyId"]),
    ]
    + monitors.map {
      ("AWS::SageMaker::\($0)JobDefinition", ["JobResources", "ClusterConfig", "VolumeKmsKeyId"])
    }

  private static let outputs: [Setting] =
    [
      .key(
        "AWS::SageMaker::EndpointConfig", ["DataCaptureConfig", "KmsKeyId"],
        lack: "no key of ours encrypts what is captured"
      ).having(["DataCaptureConfig"]),
      .key(
        "AWS::SageMaker::EndpointConfig", ["AsyncInferenceConfig", "OutputConfig", "KmsKeyId"],
        lack: "no key of ours encrypts what it answers"
      ).having(["AsyncInferenceConfig"]),
    ]
    + monitors.map {
      .key(
        "AWS::SageMaker::\($0)JobDefinition", ["\($0)JobOutputConfig", "KmsKeyId"],
        lack: "no key of ours encrypts what it finds")
    }

  private static let records: [Setting] = [
    .key("AWS::Logs::LogGroup", ["KmsKeyId"], lack: "no key of ours encrypts it"),
    .key("AWS::CloudTrail::Trail", ["KMSKeyId"], lack: "no key of ours encrypts its records"),
    .key("AWS::Config::DeliveryChannel", ["S3KmsKeyArn"], lack: "no key of ours encrypts what it delivers"),
    .key("AWS::Kinesis::Stream", ["StreamEncryption", "KeyId"], lack: "no key of ours encrypts it"),
  ]

  /// AWS KMS Developer Guide, "Rotating keys": keys of imported material, of one's own hardware and for signing do not rotate.
  private static let rotation: Setting = {
    var setting = Setting.on("AWS::KMS::Key", ["EnableKeyRotation"], lack: "its material is never changed")
    setting.concerns = { key, estate in
      estate.text(key, "KeySpec").or("SYMMETRIC_DEFAULT").value == "SYMMETRIC_DEFAULT"
        && estate.text(key, "Origin").or("AWS_KMS").value == "AWS_KMS"
    }
    return setting
  }()
}
