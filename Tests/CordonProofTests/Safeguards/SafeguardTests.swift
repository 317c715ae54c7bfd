import CordonModel
import CordonPolicy
import Testing

@testable import CordonProof

@Suite struct `Safeguards` {
  static let engine = RememberedEngine()

  static func reports(of deployment: CloudDeployment) -> [SafeguardReport] {
    CloudProof { engine.answer($0) }.prove(deployment, routes: [], safeguards: SafeguardList.all).safeguards
  }

  static func verdict(of name: String, in json: String) throws -> SafeguardVerdict? {
    reports(of: try Stack(json).deployment).first { $0.safeguard == name }?.verdict
  }

  @Test func `have names of their own and say what they promise`() {
    #expect(Set(EgressMap.safeguardNames).count == EgressMap.safeguardNames.count)
    for safeguard in SafeguardList.all {
      #expect(!safeguard.promise.isEmpty && !safeguard.needs.isEmpty, "\(safeguard.name)")
    }
  }

  @Test(arguments: [
    (
      SafeguardVerdict.held, "records-proved",
      #"{"T":{"type":"AWS::CloudTrail::Trail","EnableLogFileValidation":true}}"#
    ),
    (.lost, "records-proved", #"{"T":{"type":"AWS::CloudTrail::Trail"}}"#),
    (
      .unknown, "records-proved",
      #"{"T":{"type":"AWS::CloudTrail::Trail","EnableLogFileValidation":{"Open":"Proof"}}}"#
    ),
    (.unknown, "calls-recorded", #"{"B":{"type":"AWS::S3::Bucket"}}"#),
    (.lost, "calls-recorded", #"{"T":{"type":"AWS::CloudTrail::Trail","IsLogging":true}}"#),
    (
      .held, "calls-recorded",
      #"{"T":{"type":"AWS::CloudTrail::Trail","IsLogging":true,"IsMultiRegionTrail":true}}"#
    ),
    (
      .lost, "calls-recorded",
      #"{"T":{"type":"AWS::CloudTrail::Trail","IsLogging":true,"IsMultiRegionTrail":true,"EventSelectors":[{"ReadWriteType":"WriteOnly"}]}}"#
    ),
    (
      .held, "calls-recorded",
      #"{"T":{"type":"AWS::CloudTrail::Trail","IsLogging":true,"IsMultiRegionTrail":true,"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]}]}]}}"#
    ),
    (
      .lost, "calls-recorded",
      #"{"T":{"type":"AWS::CloudTrail::Trail","IsLogging":true,"IsMultiRegionTrail":true,"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},{"Field":"readOnly","Equals":["false"]}]}]}}"#
    ),
    (
      .unknown, "calls-recorded",
      #"{"T":{"type":"AWS::CloudTrail::Trail","condition":"Recorded","IsLogging":true,"IsMultiRegionTrail":true}}"#
    ),
    (
      .held, "data-recorded",
      #"{"B":{"type":"AWS::S3::Bucket","BucketName":"b"},"T":{"type":"AWS::CloudTrail::Trail","EventSelectors":[{"DataResources":[{"Type":"AWS::S3::Object","Values":["arn:aws:s3"]}]}]}}"#
    ),
    (
      .lost, "data-recorded",
      #"{"B":{"type":"AWS::S3::Bucket","BucketName":"b"},"T":{"type":"AWS::CloudTrail::Trail","EventSelectors":[{"DataResources":[{"Type":"AWS::S3::Object","Values":["arn:aws:s3:::b/some"]}]}]}}"#
    ),
    (
      .lost, "data-recorded",
      #"{"B":{"type":"AWS::S3::Bucket","BucketName":"b"},"T":{"type":"AWS::CloudTrail::Trail","EventSelectors":[{"ReadWriteType":"WriteOnly","DataResources":[{"Type":"AWS::S3::Object","Values":["arn:aws:s3:::b/"]}]}]}}"#
    ),
    (.lost, "flows-recorded", #"{"V":{"type":"AWS::EC2::VPC"}}"#),
    (
      .held, "flows-recorded",
      #"{"V":{"type":"AWS::EC2::VPC"},"F":{"type":"AWS::EC2::FlowLog","ResourceId":{"Ref":"V"},"TrafficType":"ALL"}}"#
    ),
    (
      .lost, "flows-recorded",
      #"{"V":{"type":"AWS::EC2::VPC"},"F":{"type":"AWS::EC2::FlowLog","ResourceId":{"Ref":"V"},"TrafficType":"REJECT"}}"#
    ),
    (
      .unknown, "flows-recorded",
      #"{"V":{"type":"AWS::EC2::VPC"},"F":{"type":"AWS::EC2::FlowLog","ResourceId":{"Open":"Vpc"},"TrafficType":"ALL"}}"#
    ),
    (
      .unknown, "flows-recorded",
      #"{"V":{"type":"AWS::EC2::VPC"},"F":{"type":"AWS::EC2::FlowLog","condition":"Watched","ResourceId":{"Ref":"V"},"TrafficType":"ALL"}}"#
    ),
    (
      .lost, "buckets-sealed",
      #"{"B":{"type":"AWS::S3::Bucket","BucketEncryption":{"ServerSideEncryptionConfiguration":[{"ServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"alias/aws/s3"}}]}}}"#
    ),
    (
      .held, "buckets-sealed",
      #"{"K":{"type":"AWS::KMS::Key"},"B":{"type":"AWS::S3::Bucket","BucketEncryption":{"ServerSideEncryptionConfiguration":[{"ServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":{"Arn":"K"}}}]}}}"#
    ),
    (
      .unknown, "buckets-sealed",
      #"{"B":{"type":"AWS::S3::Bucket","BucketEncryption":{"ServerSideEncryptionConfiguration":[{"ServerSideEncryptionByDefault":{"KMSMasterKeyID":"arn:aws:kms:eu-west-1:444455556666:key/1"}}]}}}"#
    ),
    (.lost, "keys-rotated", #"{"K":{"type":"AWS::KMS::Key"}}"#),
    (
      .lost, "services-bound",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":"sts:AssumeRole"}]}}}"#
    ),
    (
      .lost, "services-bound",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEqualsIfExists":{"aws:SourceAccount":"111122223333"}}}]}}}"#
    ),
    (
      .unknown, "services-bound",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}]}}}"#
    ),
    (
      .lost, "lists-narrow",
      #"{"E":{"type":"AWS::EC2::NetworkAclEntry","Egress":true,"RuleAction":"allow","Protocol":6,"CidrBlock":"0.0.0.0/0"}}"#
    ),
    (
      .lost, "lists-narrow",
      #"{"E":{"type":"AWS::EC2::NetworkAclEntry","Egress":false,"RuleAction":"allow","Protocol":6,"CidrBlock":"0.0.0.0/0","PortRange":{"From":22,"To":22}}}"#
    ),
    (
      .held, "lists-narrow",
      #"{"E":{"type":"AWS::EC2::NetworkAclEntry","Egress":true,"RuleAction":"allow","Protocol":-1,"CidrBlock":"10.0.0.0/16"}}"#
    ),
    (.unknown, "roles-guarded", #"{"R":{"type":"AWS::IAM::Role"}}"#),
  ])
  func `are judged by what the files say`(expected: SafeguardVerdict, name: String, json: String) throws {
    #expect(try Self.verdict(of: name, in: json) == expected)
  }

  @Test(arguments: [
    (
      SafeguardVerdict?.some(.held), "puts-sealed",
      #"{"K":{"type":"AWS::KMS::Key"},"B":{"type":"AWS::S3::Bucket","BucketName":"b","BucketEncryption":{"ServerSideEncryptionConfiguration":[{"ServerSideEncryptionByDefault":{"KMSMasterKeyID":{"Arn":"K"}}}]}},"P":{"type":"AWS::S3::BucketPolicy","Bucket":{"Ref":"B"},"PolicyDocument":{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":{"Arn":"K"}},"Null":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"false"}}}]}}}"#
    ),
    (
      .held, "puts-sealed",
      #"{"K":{"type":"AWS::KMS::Key"},"B":{"type":"AWS::S3::Bucket","BucketName":"b","BucketEncryption":{"ServerSideEncryptionConfiguration":[{"ServerSideEncryptionByDefault":{"KMSMasterKeyID":{"Arn":"K"}}}]}},"P":{"type":"AWS::S3::BucketPolicy","Bucket":{"Ref":"B"},"PolicyDocument":{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"}]}}}"#
    ),
    (
      .lost, "puts-sealed",
      #"{"K":{"type":"AWS::KMS::Key"},"B":{"type":"AWS::S3::Bucket","BucketName":"b","BucketEncryption":{"ServerSideEncryptionConfiguration":[{"ServerSideEncryptionByDefault":{"KMSMasterKeyID":{"Arn":"K"}}}]}}}"#
    ),
    (
      .lost, "puts-sealed",
      #"{"K":{"type":"AWS::KMS::Key"},"B":{"type":"AWS::S3::Bucket","BucketName":"b","BucketEncryption":{"ServerSideEncryptionConfiguration":[{"ServerSideEncryptionByDefault":{"KMSMasterKeyID":{"Arn":"K"}}}]}},"P":{"type":"AWS::S3::BucketPolicy","Bucket":{"Ref":"B"},"PolicyDocument":{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":{"Arn":"K"}},"Null":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"false"}}}]}}}"#
    ),
    (
      .lost, "puts-sealed",
      #"{"K":{"type":"AWS::KMS::Key"},"B":{"type":"AWS::S3::Bucket","BucketName":"b","BucketEncryption":{"ServerSideEncryptionConfiguration":[{"ServerSideEncryptionByDefault":{"KMSMasterKeyID":{"Arn":"K"}}}]}},"P":{"type":"AWS::S3::BucketPolicy","Bucket":{"Ref":"B"},"PolicyDocument":{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/some/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":{"Arn":"K"}},"Null":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"false"}}}]}}}"#
    ),
    (
      .lost, "puts-sealed",
      #"{"K":{"type":"AWS::KMS::Key"},"B":{"type":"AWS::S3::Bucket","BucketName":"b","BucketEncryption":{"ServerSideEncryptionConfiguration":[{"ServerSideEncryptionByDefault":{"KMSMasterKeyID":{"Arn":"K"}}}]}},"P":{"type":"AWS::S3::BucketPolicy","Bucket":{"Ref":"B"},"PolicyDocument":{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:eu-west-1:444455556666:key/1"},"Null":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"false"}}}]}}}"#
    ),
    (
      .lost, "puts-sealed",
      #"{"K":{"type":"AWS::KMS::Key"},"B":{"type":"AWS::S3::Bucket","BucketName":"b","BucketEncryption":{"ServerSideEncryptionConfiguration":[{"ServerSideEncryptionByDefault":{"KMSMasterKeyID":{"Arn":"K"}}}]}},"P":{"type":"AWS::S3::BucketPolicy","Bucket":{"Ref":"B"},"PolicyDocument":{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":{"Arn":"K"}},"Null":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"true"}}}]}}}"#
    ),
    (
      .unknown, "puts-sealed",
      #"{"K":{"type":"AWS::KMS::Key"},"B":{"type":"AWS::S3::Bucket","BucketName":"b","BucketEncryption":{"ServerSideEncryptionConfiguration":[{"ServerSideEncryptionByDefault":{"KMSMasterKeyID":{"Arn":"K"}}}]}},"P":{"type":"AWS::S3::BucketPolicy","Bucket":{"Ref":"B"},"PolicyDocument":{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":{"Open":"Key"}},"Null":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"false"}}}]}}}"#
    ),
    (nil, "puts-sealed", #"{"K":{"type":"AWS::KMS::Key"},"B":{"type":"AWS::S3::Bucket","BucketName":"b"}}"#),
    (
      .lost, "people-placed",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}]}}}"#
    ),
    (
      .lost, "people-placed",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}]}}}"#
    ),
    (
      .lost, "people-placed",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole","Condition":{"IpAddressIfExists":{"aws:SourceIp":"192.0.2.1/32"}}}]}}}"#
    ),
    (
      .lost, "people-placed",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole","Condition":{"NotIpAddress":{"aws:SourceIp":"192.0.2.1/32"}}}]}}}"#
    ),
    (
      .held, "people-placed",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole","Condition":{"IpAddress":{"aws:SourceIp":["192.0.2.1/32","198.51.100.0/24"]}}}]}}}"#
    ),
    (
      .held, "people-placed",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceVpc":"vpc-0a1b"}}}]}}}"#
    ),
    (
      .unknown, "people-placed",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole","Condition":{"IpAddress":{"aws:SourceIp":{"Open":"Office"}}}}]}}}"#
    ),
    (
      .held, "people-placed",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"NotIpAddressIfExists":{"aws:SourceIp":"192.0.2.1/32"},"StringNotEqualsIfExists":{"aws:SourceVpc":"vpc-0a1b"}}}]}}}"#
    ),
    (
      .lost, "people-placed",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"NotIpAddressIfExists":{"aws:SourceIp":"192.0.2.1/32"},"StringEquals":{"aws:PrincipalTag/away":"no"}}}]}}}"#
    ),
    (
      .lost, "people-placed",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}}}"#
    ),
    (
      .lost, "people-placed",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/people"},"Action":"sts:AssumeRole"}]}}}"#
    ),
    (
      nil, "people-placed",
      #"{"R":{"type":"AWS::IAM::Role","AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":"sts:AssumeRole"}]}}}"#
    ),
  ])
  func `of keys and of people are judged by what policies say`(
    expected: SafeguardVerdict?, name: String, json: String
  ) throws {
    #expect(try Self.verdict(of: name, in: json) == expected)
  }

  @Test func `have the place of the property that decides`() throws {
    let report = try #require(
      Self.reports(of: try Stack(#"{"T":{"type":"AWS::CloudTrail::Trail"}}"#).deployment)
        .first { $0.safeguard == "records-proved" })
    let part = try #require(report.lost.first)
    #expect(part.resource == "T" && part.property == "EnableLogFileValidation")
    #expect(part.location == Location(file: "test.json", line: 1, column: 1))
  }

  @Test func `are not certain while something is hidden`() throws {
    var deployment = try Stack(
      #"{"V":{"type":"AWS::EC2::VPC"},"B":{"type":"AWS::S3::Bucket"}}"#
    ).deployment
    deployment.unknowns = [.init(CloudUnknown(.outside, "a nested stack"), at: nil)]
    let reports = Self.reports(of: deployment)
    // What is not there may be in what is hidden; what is there and wrong is lost all the same.
    #expect(reports.first { $0.safeguard == "flows-recorded" }?.verdict == .unknown)
    #expect(reports.first { $0.safeguard == "objects-kept" }?.verdict == .lost)
  }

  private typealias Partly = (
    expected: SafeguardVerdict?, name: String, json: String, read: [String: Set<String>]
  )

  private static let partly: [Partly] = [
    // What was not looked for is not known; what was, and is not there, is left out.
    (.unknown, "objects-kept", #"{"B":{"type":"AWS::S3::Bucket"}}"#, [:]),
    (.unknown, "objects-kept", #"{"B":{"type":"AWS::S3::Bucket"}}"#, ["AWS::S3::Bucket": ["BucketName"]]),
    (
      .lost, "objects-kept", #"{"B":{"type":"AWS::S3::Bucket"}}"#,
      ["AWS::S3::Bucket": ["VersioningConfiguration"]]
    ),
    (.lost, "objects-kept", #"{"B":{"type":"AWS::S3::Bucket"}}"#, ["AWS::S3::Bucket": ["*"]]),
    (
      .held, "objects-kept",
      #"{"B":{"type":"AWS::S3::Bucket","VersioningConfiguration":{"Status":"Enabled"}}}"#,
      ["AWS::S3::Bucket": []]
    ),
    (
      .lost, "objects-kept",
      #"{"B":{"type":"AWS::S3::Bucket","VersioningConfiguration":{"Status":"Suspended"}}}"#,
      ["AWS::S3::Bucket": []]
    ),
    (nil, "objects-kept", "{}", ["AWS::S3::Bucket": ["*"]]),
    (.unknown, "objects-kept", "{}", [:]),
    (.unknown, "spending-told", "{}", [:]),
    (
      .unknown, "calls-recorded",
      #"{"T":{"type":"AWS::CloudTrail::Trail","IsLogging":true,"IsMultiRegionTrail":true}}"#,
      ["AWS::CloudTrail::Trail": ["IsLogging", "IsMultiRegionTrail"]]
    ),
    (
      .held, "calls-recorded",
      #"{"T":{"type":"AWS::CloudTrail::Trail","IsLogging":true,"IsMultiRegionTrail":true}}"#,
      ["AWS::CloudTrail::Trail": ["*"]]
    ),
    // AWS writes its own keys as it writes ours.
    (
      .unknown, "disks-sealed",
      #"{"E":{"type":"AWS::EFS::FileSystem","KmsKeyId":"arn:aws:kms:eu-west-1:111122223333:key/1"}}"#,
      ["AWS::EFS::FileSystem": ["*"]]
    ),
  ]

  @Test(arguments: partly.indices)
  func `of a plan or an account are judged as far as their properties were read`(index: Int) throws {
    let (expected, name, json, read) = Self.partly[index]
    var deployment = try Stack(json).deployment
    deployment.isWhole = false
    deployment.readProperties = read
    // Types that one safeguard needs beside the one that the case is about.
    for type in Self.besides where read[type] == nil && !read.isEmpty {
      deployment.readProperties[type] = ["*"]
    }
    let reports = Self.reports(of: deployment)
    let report = reports.first { $0.safeguard == name }
    #expect(report?.verdict == expected)
    if expected == .unknown { #expect(report?.unknown.allSatisfy { $0.text.contains("read") } == true) }
  }

  private static let besides = SafeguardList.all.filter { $0.name == "disks-sealed" }.flatMap {
    $0.needs.keys
  }

  @Test func `of an account are not lost where a call was refused`() throws {
    var deployment = try Stack(#"{"B":{"type":"AWS::S3::Bucket"}}"#).deployment
    deployment.isWhole = false
    deployment.readProperties = ["AWS::S3::Bucket": ["*"]]
    deployment.unknowns = [
      .init(CloudUnknown(.unread, "s3:GetBucketVersioning was denied"), at: nil, hides: ["AWS::S3::Bucket"])
    ]
    let report = Self.reports(of: deployment).first { $0.safeguard == "objects-kept" }
    #expect(report?.verdict == .unknown && report?.lost == [])
  }

  @Test func `do not ask anything of roles that are linked to a service`() throws {
    let trust =
      #"{"Statement":[{"Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#
    func verdict(_ path: String) throws -> SafeguardVerdict? {
      try Self.verdict(
        of: "services-bound",
        in: #"{"R":{"type":"AWS::IAM::Role","Path":"\#(path)","AssumeRolePolicyDocument":\#(trust)}}"#)
    }
    #expect(try verdict("/") == .lost)
    #expect(try verdict("/aws-service-role/config.amazonaws.com/") == nil)
  }

  @Test(arguments: [
    (Verdict.closed, [], SafeguardVerdict.lost), (.open, ["objects-kept"], .lost), (.open, ["kept"], .lost),
    (.open, ["all"], .lost), (.unknown, ["objects-kept"], .unknown), (.closed, ["all"], .held),
    (.closed, ["images-kept", "sealed"], .held),
  ])
  func `decide the run where they are demanded`(
    expected: Verdict, demanded: [String], verdict: SafeguardVerdict
  ) {
    let part = SafeguardPart(resource: "r", property: "p", location: nil, text: "t")
    let closed = RouteReport(
      route: "r", title: "t",
      finding: .closed([ClosingControl(resource: "r", location: nil, layer: "l")]))
    let all = EgressMap.safeguardNames.map { name in
      SafeguardReport(
        safeguard: name, kind: name.hasSuffix("-kept") ? .kept : .sealed, promise: "p", held: [part],
        lost: name == "objects-kept" && verdict == .lost ? [part] : [],
        unknown: name == "objects-kept" && verdict == .unknown ? [UnknownPart("u")] : [])
    }
    var map = EgressMap(
      subject: "s", paths: [PathReport(path: .tunnel, routes: [closed])], safeguards: all)
    #expect(map.require(demanded).isEmpty && map.outcome == expected)
  }

  @Test func `that do not exist are named`() {
    var map = EgressMap(subject: "s", paths: [])
    #expect(map.require(["all", "kept", "objects-kept", "object-kept"]) == ["object-kept"])
  }

  @Test(arguments: [
    (true, SafeguardVerdict.held, SafeguardVerdict.lost), (true, .held, .unknown), (true, .unknown, .lost),
    (false, .lost, .lost), (false, .lost, .held), (false, .unknown, .held), (false, .lost, .unknown),
  ])
  func `that got worse are told`(isWorse: Bool, before: SafeguardVerdict, now: SafeguardVerdict) throws {
    func map(_ verdict: SafeguardVerdict) -> EgressMap {
      let part = SafeguardPart(resource: "r", property: "", location: nil)
      let report = SafeguardReport(
        safeguard: "objects-kept", kind: .kept, promise: "p", held: [part],
        lost: verdict == .lost ? [part] : [],
        unknown: verdict == .unknown ? [UnknownPart("u")] : [])
      return EgressMap(subject: "s", paths: [], safeguards: [report])
    }
    let baseline = try MapBaseline(json: map(before).json.written())
    #expect(baseline.safeguardsWorse(in: map(now)).isEmpty == !isWorse)
    let old = try MapBaseline(json: #"{"version":1,"paths":[]}"#)
    #expect(old.safeguardsWorse(in: map(now)).isEmpty)
  }
}
