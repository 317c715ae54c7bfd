import CordonModel
import CordonPolicy

/// What is there stays as it is: data, images, and what was recorded.
enum KeptSafeguards {
  static let all: [Safeguard] = [
    Safeguard(
      "objects-kept", .kept, "an object that is overwritten or deleted in a bucket can be had back",
      [
        .word(
          "AWS::S3::Bucket", ["VersioningConfiguration", "Status"], "Enabled",
          lack: "what is overwritten or deleted there is gone")
      ]),
    Safeguard(
      "images-kept", .kept, "a tag keeps the image that was reviewed under it",
      [
        .word(
          "AWS::ECR::Repository", ["ImageTagMutability"], "IMMUTABLE",
          lack: "a tag can be moved to another image")
      ]),
    Safeguard(
      "records-kept", .kept, "what networks did and asked is kept for a year",
      reads: [
        "AWS::Logs::LogGroup": ["RetentionInDays"], "AWS::EC2::FlowLog": ["LogGroupName", "LogDestination"],
        "AWS::Route53Resolver::ResolverQueryLoggingConfig": ["DestinationArn"],
        "AWS::CloudTrail::Trail": ["CloudWatchLogsLogGroupArn"],
      ],
      judge: records),
    Safeguard(
      "inputs-kept", .kept, "a bucket that roles only read refuses to be written by them",
      reads: [
        "AWS::S3::Bucket": [], "AWS::S3::BucketPolicy": ["Bucket", "PolicyDocument"], "AWS::IAM::Role": [],
      ], judge: inputs),
  ]

  // MARK: Records

  /// PCI DSS 4.0, 10.5.1, and what most rules for records ask.
  private static let days = 365

  @Sendable private static func records(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    let places =
      estate.all("AWS::EC2::FlowLog").map { $0["LogGroupName"] ?? $0["LogDestination"] }
      + estate.all("AWS::Route53Resolver::ResolverQueryLoggingConfig").map { $0["DestinationArn"] }
      + estate.all("AWS::CloudTrail::Trail").map { $0["CloudWatchLogsLogGroupArn"] }
    // An account writes a group's ARN with what stands for its streams, and without.
    let groups = places.compactMap { estate.text($0).value }.compactMap { name in
      let bare = name.hasSuffix(":*") ? String(name.dropLast(2)) : name
      return estate.find(bare, "AWS::Logs::LogGroup") ?? estate.find(bare + ":*", "AWS::Logs::LogGroup")
    }
    var finding = SafeguardFinding()
    var seen: Set<ResourceID> = []
    for group in groups where seen.insert(group.id).inserted {
      // Without a number a group keeps everything.
      let kept = estate.text(group, "RetentionInDays").map { (Int($0) ?? 0) >= days }.or(true)
      finding.add(kept, group, ["RetentionInDays"], "what is recorded there is deleted within a year")
    }
    return finding
  }

  // MARK: Inputs

  @Sendable private static func inputs(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    var finding = SafeguardFinding()
    for bucket in estate.buckets {
      let readers = scene.roles.filter { $0.mayNamed("s3:GetObject", in: bucket.arn) }
      guard !readers.isEmpty, !scene.roles.contains(where: { $0.may("s3:PutObject", in: bucket.arn) }) else {
        continue
      }
      let question = RequestQuestion(
        layers: [bucket.denying],
        callers: estate.callers(.people(readers)), actions: ["s3:PutObject", "s3:DeleteObject"],
        resources: ["\(bucket.arn)/*"], demands: .of(.people(readers), .anywhere, .own, estate),
        resourceAccount: estate.account)
      switch scene.prover.ask(question) {
      case .none: finding.hold(bucket.holder)
      case .unknown(let parts): finding.doubt(parts, bucket.holder)
      case .some:
        finding.lose(
          "no role writes to \(bucket.resource.id), and its policy would let them", bucket.holder,
          ["PolicyDocument"])
      }
    }
    return finding
  }
}

extension HeldRole {
  /// Whether the role's own policies may let it do something with the objects of a bucket.
  func may(_ action: String, in bucket: String) -> Bool {
    allows(action) { $0.isNegated || $0.patterns.contains { Self.reaches($0, bucket) } }
  }

  /// Whether they do so by the bucket's name.
  func mayNamed(_ action: String, in bucket: String) -> Bool {
    allows(action) { !$0.isNegated && $0.patterns.contains { $0.text.hasPrefix("\(bucket)/") } }
  }

  private func allows(_ action: String, _ resource: (Statement.Selection) -> Bool) -> Bool {
    identity.contains { policy in
      policy.widest.statements.contains { statement in
        statement.effect == .allow && (statement.resource.map(resource) ?? true)
          && statement.action.mayBe(action)
      }
    }
  }

  private static func reaches(_ pattern: Pattern, _ bucket: String) -> Bool {
    pattern.text.hasPrefix("\(bucket)/") || pattern.match("\(bucket)/object") != .no
  }
}

extension Statement.Selection {
  /// Whether the selection may be of `text`.
  func mayBe(_ text: String) -> Bool {
    let matches = patterns.map { $0.match(text) }
    return isNegated ? !matches.contains(.yes) : matches.contains { $0 != .no }
  }
}
