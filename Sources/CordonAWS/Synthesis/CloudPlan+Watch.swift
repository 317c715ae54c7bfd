import CordonModel

/// What other stacks refer to of the foundation.
struct FoundationParts {
  var key: CloudHandle
  /// The bucket of the trail.
  var log: CloudHandle
  /// Where what networks ask for is recorded.
  var questions: CloudHandle
  /// The list of every name, which each network's last rule blocks.
  var allNames: CloudHandle
  /// Where what flows in networks is recorded, and the role that writes it.
  var flows: CloudHandle
  var flowRole: CloudHandle
}

// What is seen. These stop nothing; they say what happened, and what it cost.
extension CloudPlan {
  func foundation() throws -> (CloudStack, FoundationParts) {
    var stack = self.stack(
      "foundation", "The key of logs and portal, the bucket of the trail, and the logs of networks")
    let key = self.key(
      "Logs and portal of \(environment.name)", nil,
      also: [auditorsSeal, portalSeals] + (hasAlarms ? [alarmsSeal] : []), in: &stack)
    let name: BucketName
    do throws(NameRefusal) {
      name = try BucketName("\(environment.name)-log-\(account)")
    } catch { throw SynthesisError.cannotExpress("the bucket of the trail: \(error)", at: "name") }
    let bucket = self.bucket("LogBucket", name, isVersioned: true, key, nil, keep: nil, in: &stack)
    stack.add(
      "LogBucketPolicy", "AWS::S3::BucketPolicy",
      [
        "Bucket": bucket.ref,
        "PolicyDocument": Self.document(
          guarding(name, key) + [
            [
              "Sid": "AuditorsLook", "Effect": "Allow", "Principal": Self.auditors,
              "Action": ["s3:GetBucketAcl", "s3:ListBucket"], "Resource": .text(name.arn),
              "Condition": ownAccount,
            ],
            [
              "Sid": "AuditorsWrite", "Effect": "Allow", "Principal": Self.auditors, "Action": "s3:PutObject",
              "Resource": .text(name.arn(key: "AWSLogs/\(account)/*")), "Condition": ownAccount,
            ],
            [
              "Sid": "SessionsWrite", "Effect": "Allow", "Principal": Self.portals, "Action": "s3:PutObject",
              "Resource": .text(name.arn(key: "\(Self.sessions)*")), "Condition": ownAccount,
            ],
          ]),
      ])
    workLogs(key, in: &stack)
    let parts = networkLogs(key, bucket, in: &stack)
    return (stack, parts)
  }

  /// Where jobs and workspaces of every project write what they print. SageMaker chooses the names, and makes groups without a key
  /// where there are none (SageMaker Developer Guide, "CloudWatch Logs"); no role of a project may make one.
  private func workLogs(_ key: CloudHandle, in stack: inout CloudStack) {
    for name in ["TrainingJobs", "ProcessingJobs", "NotebookInstances", "studio"] {
      logGroup(
        "\(Self.logical(name))Log", at: "/aws/sagemaker/\(name)", key, in: &stack)
    }
  }

  /// Services that record what happens, each for this account alone.
  private static let auditors: CloudValue = ["Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]]

  private var auditorsSeal: CloudValue {
    [
      "Sid": "AuditorsSeal", "Effect": "Allow", "Principal": Self.auditors,
      "Action": ["kms:GenerateDataKey*", "kms:DescribeKey"], "Resource": "*", "Condition": ownAccount,
    ]
  }

  private static let portals: CloudValue = ["Service": "workspaces-web.amazonaws.com"]

  /// Under which keys sessions of the portal are recorded.
  static let sessions = "sessions/"

  /// WorkSpaces Secure Browser Administration Guide, "Encryption at rest" and "Session Logger": the portal's settings and its records.
  private var portalSeals: CloudValue {
    [
      "Sid": "PortalSeals", "Effect": "Allow", "Principal": Self.portals,
      "Action": [
        "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*",
      ], "Resource": "*", "Condition": ownAccount,
    ]
  }

  private func networkLogs(
    _ key: CloudHandle, _ bucket: CloudHandle, in stack: inout CloudStack
  ) -> FoundationParts {
    let questions = stack.add(
      "Questions", "AWS::Route53Resolver::ResolverQueryLoggingConfig",
      [
        "Name": .text("\(environment.name)-questions"),
        "DestinationArn": logGroup("QuestionLog", "dns", key, in: &stack).arn,
      ], comment: "Every question of every network, asked or refused.")
    let all = stack.add(
      "AllNames", "AWS::Route53Resolver::FirewallDomainList",
      ["Name": .text("\(environment.name)-all"), "Domains": ["*"], "Tags": tags(nil)])
    let flows = logGroup("FlowLog", "flow", key, in: &stack)
    return FoundationParts(
      key: key, log: bucket, questions: questions, allNames: all, flows: flows,
      flowRole: flowRole(flows, in: &stack))
  }

  func logGroup(
    _ logical: String, _ name: String, _ key: CloudHandle, in stack: inout CloudStack
  ) -> CloudHandle {
    logGroup(logical, at: "/cordon/\(environment.name)/\(name)", key, in: &stack)
  }

  @discardableResult
  private func logGroup(
    _ logical: String, at name: String, _ key: CloudHandle, in stack: inout CloudStack
  ) -> CloudHandle {
    stack.add(
      logical, "AWS::Logs::LogGroup",
      [
        "LogGroupName": .text(name), "RetentionInDays": 365,
        "KmsKeyId": key.arn, "Tags": tags(nil),
      ], isRetained: true)
  }

  /// - Parameter others: The stacks whose buckets the trail follows: all but the one that it writes to itself, which would feed
  ///   itself.
  func watch(
    _ base: FoundationParts, _ projects: [ProjectParts], over others: [CloudStack]
  ) throws -> CloudStack {
    var stack = self.stack(
      "watch", "The trail of every call, the rules that settings are held to, and the budgets")
    let objects = others.flatMap(\.resources).compactMap { resource in
      resource.type == "AWS::S3::Bucket" && resource.id != base.log.id
        ? resource.properties["BucketName"]?.plainText.map { "arn:aws:s3:::\($0)/" } : nil
    }
    stack.add(
      "Trail", "AWS::CloudTrail::Trail",
      [
        "TrailName": .text("\(environment.name)-trail"), "IsLogging": true, "IsMultiRegionTrail": true,
        "IncludeGlobalServiceEvents": true, "EnableLogFileValidation": true, "S3BucketName": base.log.ref,
        "KMSKeyId": base.key.arn,
        "EventSelectors": [
          [
            "ReadWriteType": "All",
            "DataResources": [["Type": "AWS::S3::Object", "Values": .texts(objects)]],
          ]
        ],
        "Tags": tags(nil),
      ])
    stack.add(
      "Analyzer", "AWS::AccessAnalyzer::Analyzer",
      [
        "AnalyzerName": .text("\(environment.name)-outside-access"), "Type": "ACCOUNT", "Tags": tags(nil),
      ], comment: "Names every resource that somebody outside the account may reach.")
    settings(base, in: &stack)
    for parts in projects { try budget(of: parts, in: &stack) }
    return stack
  }

  private func flowRole(_ log: CloudHandle, in stack: inout CloudStack) -> CloudHandle {
    let write: CloudValue = [
      "Effect": "Allow",
      "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
      "Resource": log.arn,
    ]
    return stack.add(
      "FlowRole", "AWS::IAM::Role",
      [
        "AssumeRolePolicyDocument": Self.document([
          [
            "Effect": "Allow", "Principal": ["Service": "vpc-flow-logs.amazonaws.com"],
            "Action": "sts:AssumeRole", "Condition": ownAccount,
          ]
        ]),
        "Policies": [["PolicyName": "write", "PolicyDocument": Self.document([write])]], "Tags": tags(nil),
      ])
  }
}
