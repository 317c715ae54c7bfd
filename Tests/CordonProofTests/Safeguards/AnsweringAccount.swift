import CordonModel
import CordonWire

@testable import CordonAWS
@testable import CordonProof

/// An account that answers calls by what they are called, or by their path, and refuses some.
struct AnsweringAccount: LiveTransport {
  var answers: [String: String]
  var refused: Set<String> = []

  func send(_ request: LiveRequest, atMost bytes: Int) async throws(LiveProblem) -> LiveReply {
    let body = String(decoding: request.body, as: UTF8.self)
    let target = request.headers.first { $0.name.lowercased() == "x-amz-target" }?.value
    let form = body.split(separator: "&").first { $0.hasPrefix("Action=") }.map { String($0.dropFirst(7)) }
    let path = request.target.split(separator: "?", omittingEmptySubsequences: false).first.map(String.init)
    let name = target?.split(separator: ".").last.map(String.init) ?? form ?? path ?? ""
    if refused.contains(name) {
      return LiveReply(status: 400, body: Array(#"{"__type": "AccessDeniedException"}"#.utf8))
    }
    let answer = answers[name] ?? (form == nil ? "{}" : "<R/>")
    if answer.hasPrefix("!") {
      return LiveReply(status: 400, body: Array("{\"__type\": \"\(answer.dropFirst())\"}".utf8))
    }
    return LiveReply(status: 200, body: Array(answer.utf8))
  }

  func pause(milliseconds: Int) async {}

  /// Everything that the reader sees.
  func read() async -> LiveEstate {
    let place = LivePlace(
      account: "111122223333", region: "eu-west-1",
      credentials: SigV4.Credentials(accessKeyID: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI"))
    return await LiveReader(LiveClient(place, transport: self)).read()
  }

  func safeguards() async -> [SafeguardReport] {
    let estate = await read()
    return CloudProof { Safeguards.engine.answer($0) }.prove(
      estate.deployment(), routes: [], safeguards: SafeguardList.all, assumptions: estate.facts
    ).safeguards
  }
}

extension AnsweringAccount {
  static let key = "arn:aws:kms:eu-west-1:111122223333:key/11112222-0000-4000-8000-000000000000"
  private static let place = "eu-west-1:111122223333"
  private static let function = "arn:aws:lambda:\(place):function:undo"
  private static let rule = "arn:aws:events:\(place):rule/made"
  private static let portal = "arn:aws:workspaces-web:\(place):portal/1"
  private static let redaction = "arn:aws:workspaces-web:\(place):dataProtectionSettings/1"

  static func trails(_ change: String = "", replacing old: String = "¤") -> String {
    #"""
    {"trailList": [{"Name": "trail", "S3BucketName": "logs", "IncludeGlobalServiceEvents": true,
      "IsMultiRegionTrail": true, "TrailARN": "arn:aws:cloudtrail:\#(place):trail/trail",
      "LogFileValidationEnabled": true, "KmsKeyId": "\#(key)",
      "CloudWatchLogsLogGroupArn": "arn:aws:logs:\#(place):log-group:trail:*"}]}
    """#.replacing(old, with: change)
  }

  static func rules(_ change: String = "", replacing old: String = "¤") -> String {
    #"""
    {"Rules": [{"Name": "made", "Arn": "\#(rule)", "State": "ENABLED", "EventBusName": "default",
      "EventPattern": "{\"source\":[\"aws.sagemaker\"],\"detail-type\":[\"AWS API Call via CloudTrail\"],\"detail\":{\"eventSource\":[\"sagemaker.amazonaws.com\"],\"eventName\":[{\"prefix\":\"Create\"}]}}"}]}
    """#.replacing(old, with: change)
  }

  static func settings(without rule: String = "-") -> String {
    let names = [
      "SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS", "SAGEMAKER_NOTEBOOK_INSTANCE_INSIDE_VPC",
      "SAGEMAKER_NOTEBOOK_INSTANCE_ROOT_ACCESS_CHECK", "SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED",
      "SAGEMAKER_ENDPOINT_CONFIGURATION_KMS_KEY_CONFIGURED", "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
      "S3_BUCKET_SSL_REQUESTS_ONLY", "S3_BUCKET_VERSIONING_ENABLED", "CMK_BACKING_KEY_ROTATION_ENABLED",
      "VPC_FLOW_LOGS_ENABLED", "VPC_DEFAULT_SECURITY_GROUP_CLOSED", "ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED",
      "CLOUD_TRAIL_ENABLED",
    ].filter { $0 != rule }
    let all = names.map {
      #"{"ConfigRuleName": "\#($0)", "Source": {"Owner": "AWS", "SourceIdentifier": "\#($0)"}}"#
    }
    return "{\"ConfigRules\": [\(all.joined(separator: ","))]}"
  }

  private static func role(_ name: String, boundary: Bool, _ statement: String) -> String {
    let trust =
      #"{"Statement":[{"Effect":"Allow","Principal":{"Service":"cloudformation.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#
    return """
      <member><RoleName>\(name)</RoleName><Arn>arn:aws:iam::111122223333:role/\(name)</Arn><Path>/</Path>
      <AssumeRolePolicyDocument>\(trust)</AssumeRolePolicyDocument>
      <RolePolicyList><member><PolicyName>own</PolicyName><PolicyDocument>{"Statement":[\(statement)]}</PolicyDocument></member></RolePolicyList>
      \(boundary ? "<PermissionsBoundary><PermissionsBoundaryArn>arn:aws:iam::111122223333:policy/ceiling</PermissionsBoundaryArn></PermissionsBoundary>" : "")
      </member>
      """
  }

  static func roles(launchIsBounded: Bool = true) -> String {
    let narrow = #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"}"#
    let wide = #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#
    let all =
      role("undo", boundary: true, narrow) + role("launch", boundary: launchIsBounded, narrow)
      + role("wide", boundary: false, wide)
    return "<R><RoleDetailList>\(all)</RoleDetailList></R>"
  }

  static let flows =
    "<R><flowLogSet><item><flowLogId>fl-1</flowLogId><resourceId>vpc-1</resourceId><trafficType>ALL</trafficType><deliverLogsStatus>SUCCESS</deliverLogsStatus></item></flowLogSet></R>"

  /// What constraints say: of a launch, and of what may be chosen.
  static func launch(_ role: String, listed: String = #"[\"ml.t3.medium\"]"#) -> String {
    let rule = #"{\"Assertions\":[{\"Assert\":{\"Fn::Contains\":[\#(listed),{\"Ref\":\"Type\"}]}}]}"#
    return
      #"{"ConstraintParameters": "{\"RoleArn\":\"arn:aws:iam::111122223333:role/\#(role)\",\"Rules\":{\"Listed\":\#(rule)}}"}"#
  }

  static func answer(
    at share: Int = 100, does: String = "RUN_SSM_DOCUMENTS", by role: String = "undo"
  ) -> String {
    #"{"Actions": [{"ActionId": "1", "BudgetName": "b", "NotificationType": "ACTUAL", "ActionType": "\#(does)", "ActionThreshold": {"ActionThresholdValue": \#(share), "ActionThresholdType": "PERCENTAGE"}, "Definition": {"IamActionDefinition": {"PolicyArn": "arn:aws:iam::111122223333:policy/none"}}, "ExecutionRoleArn": "arn:aws:iam::111122223333:role/\#(role)", "ApprovalModel": "MANUAL", "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "owner@allowed.test"}]}]}"#
  }

  /// One in which every safeguard of the tests is held.
  static let held = AnsweringAccount(answers: [
    "DescribeVpcs": "<R><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></R>", "DescribeFlowLogs": flows,
    "ListResolverQueryLogConfigAssociations":
      #"{"ResolverQueryLogConfigAssociations": [{"Id": "a", "ResourceId": "vpc-1", "ResolverQueryLogConfigId": "c", "Status": "ACTIVE"}]}"#,
    "DescribeTrails": trails(), "GetTrailStatus": #"{"IsLogging": true}"#,
    "GetEventSelectors":
      #"{"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": true, "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}], "ExcludeManagementEventSources": []}]}"#,
    "/": "<R><Buckets><Bucket><Name>data</Name></Bucket></Buckets></R>",
    "DescribeConfigurationRecorders":
      #"{"ConfigurationRecorders": [{"name": "all", "roleARN": "arn:aws:iam::111122223333:role/undo", "recordingGroup": {"allSupported": true, "includeGlobalResourceTypes": true}, "recordingMode": {"recordingFrequency": "CONTINUOUS"}}, {"name": "AWSConfigurationRecorderForSecurityHub", "servicePrincipal": "securityhub.amazonaws.com", "recordingGroup": {"allSupported": false}}]}"#,
    "DescribeConfigurationRecorderStatus": #"{"ConfigurationRecordersStatus": [{"recording": true}]}"#,
    "DescribeDeliveryChannels":
      #"{"DeliveryChannels": [{"name": "all", "s3BucketName": "logs", "s3KmsKeyArn": "\#(key)"}]}"#,
    "DescribeConfigRules": settings(),
    "DescribeRemediationConfigurations":
      #"{"RemediationConfigurations": [{"ConfigRuleName": "r", "TargetType": "SSM_DOCUMENT", "TargetId": "AWS-StopIt", "Automatic": true}]}"#,
    "/analyzer":
      #"{"analyzers": [{"arn": "arn:aws:access-analyzer:\#(place):analyzer/a", "name": "a", "type": "ACCOUNT", "status": "ACTIVE"}]}"#,
    "DescribeOrganization": "!AWSOrganizationsNotInUseException",
    "DescribeBudgets": #"{"Budgets": [{"BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY"}]}"#,
    "DescribeNotificationsForBudget":
      #"{"Notifications": [{"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}]}"#,
    "DescribeSubscribersForNotification":
      #"{"Subscribers": [{"SubscriptionType": "EMAIL", "Address": "owner@allowed.test"}]}"#,
    "DescribeBudgetActionsForAccount": answer(),
    "ListEventBuses": #"{"EventBuses": [{"Name": "default"}]}"#, "ListRules": rules(),
    "ListTargetsByRule": #"{"Targets": [{"Id": "1", "Arn": "\#(function)"}]}"#,
    "/2015-03-31/functions":
      #"{"Functions": [{"FunctionName": "undo", "FunctionArn": "\#(function)", "Role": "arn:aws:iam::111122223333:role/undo", "KMSKeyArn": "\#(key)"}]}"#,
    "/2015-03-31/functions/undo/policy":
      #"{"Policy": "{\"Statement\":[{\"Sid\":\"s\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"events.amazonaws.com\"},\"Action\":\"lambda:InvokeFunction\",\"Condition\":{\"ArnLike\":{\"AWS:SourceArn\":\"\#(rule)\"}}}]}"}"#,
    "ListKeys":
      #"{"Keys": [{"KeyId": "11112222-0000-4000-8000-000000000000", "KeyArn": "\#(key)"}]}"#,
    "DescribeKey":
      #"{"KeyMetadata": {"KeyManager": "CUSTOMER", "KeySpec": "SYMMETRIC_DEFAULT", "Origin": "AWS_KMS"}}"#,
    "GetKeyRotationStatus": #"{"KeyRotationEnabled": true}"#,
    "ListAliases":
      #"{"Aliases": [{"AliasName": "alias/lab", "AliasArn": "arn:aws:kms:\#(place):alias/lab", "TargetKeyId": "11112222-0000-4000-8000-000000000000"}, {"AliasName": "alias/aws/sqs", "AliasArn": "arn:aws:kms:\#(place):alias/aws/sqs", "TargetKeyId": "99992222-0000-4000-8000-000000000000"}]}"#,
    "DescribeLogGroups":
      #"{"logGroups": [{"logGroupName": "trail", "arn": "arn:aws:logs:\#(place):log-group:trail:*", "retentionInDays": 400, "kmsKeyId": "\#(key)"}]}"#,
    "ListTopics":
      "<R><Topics><member><TopicArn>arn:aws:sns:\(place):news</TopicArn></member></Topics></R>",
    "GetTopicAttributes":
      "<R><Attributes><entry><key>KmsMasterKeyId</key><value>alias/lab</value></entry></Attributes></R>",
    "ListQueues": #"{"QueueUrls": ["https://sqs.test/111122223333/jobs"]}"#,
    "GetQueueAttributes":
      #"{"Attributes": {"QueueArn": "arn:aws:sqs:\#(place):jobs", "KmsMasterKeyId": "alias/lab"}}"#,
    "ListSecrets":
      #"{"SecretList": [{"ARN": "arn:aws:secretsmanager:\#(place):secret:s", "Name": "s", "KmsKeyId": "\#(key)"}]}"#,
    "ListStreams":
      #"{"StreamSummaries": [{"StreamName": "s", "StreamARN": "arn:aws:kinesis:\#(place):stream/s"}]}"#,
    "DescribeStreamSummary":
      #"{"StreamDescriptionSummary": {"EncryptionType": "KMS", "KeyId": "\#(key)"}}"#,
    "/2015-02-01/file-systems":
      #"{"FileSystems": [{"FileSystemId": "fs-1", "FileSystemArn": "arn:aws:elasticfilesystem:\#(place):file-system/fs-1", "Encrypted": true, "KmsKeyId": "\#(key)"}]}"#,
    "ListRepositories": #"{"repositories": [{"repositoryName": "git", "repositoryId": "r-1"}]}"#,
    "GetRepository": #"{"repositoryMetadata": {"kmsKeyId": "\#(key)"}}"#,
    "/portals": #"{"portals": [{"portalArn": "\#(portal)"}]}"#,
    "/portals/\(encoded(portal))": portalAnswer(redaction),
    "/dataProtectionSettings":
      #"{"dataProtectionSettings": [{"dataProtectionSettingsArn": "\#(redaction)"}]}"#,
    "/dataProtectionSettings/\(encoded(redaction))":
      #"{"dataProtectionSettings": {"dataProtectionSettingsArn": "\#(redaction)", "customerManagedKey": "\#(key)"}}"#,
    "ListPortfolios":
      #"{"PortfolioDetails": [{"Id": "port-1", "ARN": "arn:aws:catalog:\#(place):portfolio/port-1"}]}"#,
    "ListConstraintsForPortfolio":
      #"{"ConstraintDetails": [{"ConstraintId": "cons-1", "Type": "LAUNCH", "ProductId": "prod-1", "PortfolioId": "port-1"}, {"ConstraintId": "cons-2", "Type": "TEMPLATE", "ProductId": "prod-1", "PortfolioId": "port-1"}]}"#,
    "SearchProductsAsAdmin":
      #"{"ProductViewDetails": [{"ProductViewSummary": {"ProductId": "prod-1", "Name": "space"}}]}"#,
    "DescribeConstraint": launch("launch"), "GetAccountAuthorizationDetails": roles(),
  ])

  static let redactionPath = "/dataProtectionSettings/\(encoded(redaction))"
  static let portalPath = "/portals/\(encoded(portal))"

  static func portalAnswer(_ redaction: String?) -> String {
    let settings = redaction.map { #", "dataProtectionSettingsArn": "\#($0)""# } ?? ""
    return #"{"portal": {"portalArn": "\#(portal)", "customerManagedKey": "\#(key)"\#(settings)}}"#
  }

  static let redactionWithoutKey =
    #"{"dataProtectionSettings": {"dataProtectionSettingsArn": "\#(redaction)"}}"#

  private static func encoded(_ arn: String) -> String { arn.replacing(":", with: "%3A") }
}
