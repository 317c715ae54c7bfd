import CordonModel
import Testing

@testable import CordonAWS
@testable import CordonProof

/// Every safeguard of an account is held, lost or unknown by what its calls answered.
@Suite struct `Safeguards of an account that runs` {
  typealias Account = AnsweringAccount

  @Test func `need nothing that the reader does not look for`() {
    for safeguard in SafeguardList.all {
      for (type, properties) in safeguard.needs {
        let read = LiveTable.readProperties[type]
        #expect(read != nil, "\(safeguard.name): \(type)")
        for property in properties where read?.contains("*") == false {
          #expect(read?.contains(property) == true, "\(safeguard.name): \(type).\(property)")
        }
      }
    }
  }

  @Test func `are read by calls that AWS counts among those that list and read`() throws {
    for permission in LivePermissions.actions {
      let parts = permission.split(separator: ":").map(String.init)
      let section = try #require(ActionList.section(of: parts[0]), "\(permission)")
      let line = String(decoding: section, as: UTF8.self).split(separator: "\n").first {
        $0.hasPrefix("a \(parts[1]) ")
      }
      let level = try #require(line, "\(permission)").split(separator: " ")[2]
      #expect(["L", "R"].contains(level), "\(permission): \(level)")
    }
  }

  /// A safeguard, the call that it hangs on, and an answer of which it is lost.
  private static let cases: [(safeguard: String, call: String, answer: String)] = [
    ("calls-recorded", "GetTrailStatus", #"{"IsLogging": false}"#),
    (
      "calls-recorded", "DescribeTrails",
      Account.trails(#"MultiRegionTrail": false"#, replacing: #"MultiRegionTrail": true"#)
    ),
    (
      "calls-recorded", "DescribeTrails",
      Account.trails(#"ServiceEvents": false"#, replacing: #"ServiceEvents": true"#)
    ),
    ("calls-recorded", "DescribeTrails", #"{"trailList": []}"#),
    ("calls-recorded", "GetEventSelectors", #"{"EventSelectors": [{"ReadWriteType": "WriteOnly"}]}"#),
    (
      "calls-recorded", "GetEventSelectors",
      #"{"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}]}"#
    ),
    (
      "calls-recorded", "GetTrailStatus", #"{"IsLogging": true, "LatestDeliveryError": "NoSuchBucket"}"#
    ),
    (
      "data-recorded", "GetTrailStatus", #"{"IsLogging": true, "LatestDeliveryError": "NoSuchBucket"}"#
    ),
    ("data-recorded", "GetEventSelectors", #"{"EventSelectors": [{"ReadWriteType": "All"}]}"#),
    ("data-recorded", "GetTrailStatus", #"{"IsLogging": false}"#),
    (
      "data-recorded", "GetEventSelectors",
      #"{"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}, {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::"], "NotStartsWith": ["arn:aws:s3:::data/"]}]}]}"#
    ),
    (
      "settings-recorded", "DescribeConfigurationRecorders",
      #"{"ConfigurationRecorders": [{"name": "all", "recordingGroup": {"allSupported": false, "includeGlobalResourceTypes": true}}]}"#
    ),
    (
      "settings-recorded", "DescribeConfigurationRecorders",
      #"{"ConfigurationRecorders": [{"name": "all", "recordingGroup": {"allSupported": true, "includeGlobalResourceTypes": true}, "recordingMode": {"recordingFrequency": "DAILY"}}]}"#
    ),
    ("settings-recorded", "DescribeConfigurationRecorders", "{}"),
    (
      "settings-recorded", "DescribeConfigurationRecorderStatus",
      #"{"ConfigurationRecordersStatus": [{"recording": false}]}"#
    ),
    ("settings-recorded", "DescribeConfigurationRecorderStatus", "{}"),
    (
      "settings-recorded", "DescribeConfigurationRecorderStatus",
      #"{"ConfigurationRecordersStatus": [{"recording": true, "lastStatus": "FAILURE"}]}"#
    ),
    (
      "questions-recorded", "ListResolverQueryLogConfigAssociations",
      #"{"ResolverQueryLogConfigAssociations": [{"Id": "a", "ResourceId": "vpc-1", "ResolverQueryLogConfigId": "c", "Status": "ACTION_NEEDED"}]}"#
    ),
    (
      "flows-recorded", "DescribeFlowLogs",
      Account.flows.replacing("SUCCESS", with: "FAILED")
    ),
    ("settings-recorded", "DescribeDeliveryChannels", "{}"),
    ("settings-watched", "DescribeConfigRules", Account.settings(without: "CLOUD_TRAIL_ENABLED")),
    (
      "settings-watched", "DescribeConfigRules",
      Account.settings().replacing(
        #""ConfigRuleName": "CLOUD_TRAIL_ENABLED""#,
        with: #""Scope": {"TagKey": "k"}, "ConfigRuleName": "CLOUD_TRAIL_ENABLED""#)
    ),
    (
      "settings-watched", "DescribeConfigRules",
      Account.settings().replacing(
        #""ConfigRuleName": "CLOUD_TRAIL_ENABLED""#,
        with: #""EvaluationModes": [{"Mode": "PROACTIVE"}], "ConfigRuleName": "CLOUD_TRAIL_ENABLED""#)
    ),
    (
      "settings-watched", "DescribeConfigurationRecorderStatus",
      #"{"ConfigurationRecordersStatus": [{"recording": false}]}"#
    ),
    (
      "settings-corrected", "DescribeRemediationConfigurations",
      #"{"RemediationConfigurations": [{"ConfigRuleName": "r", "TargetId": "AWS-StopIt", "Automatic": false}]}"#
    ),
    ("work-corrected", "ListRules", Account.rules("DISABLED", replacing: "ENABLED")),
    ("work-corrected", "ListRules", Account.rules("CreateDomain\\", replacing: "Create\\")),
    ("work-corrected", "ListRules", "{}"),
    ("work-corrected", "ListRules", Account.rules("other-bus", replacing: "default")),
    ("work-corrected", "/2015-03-31/functions/undo/policy", "!ResourceNotFoundException"),
    (
      "strangers-sought", "/analyzer",
      #"{"analyzers": [{"arn": "a", "name": "a", "type": "ACCOUNT_UNUSED_ACCESS", "status": "ACTIVE"}]}"#
    ),
    (
      "strangers-sought", "/analyzer",
      #"{"analyzers": [{"arn": "a", "name": "a", "type": "ACCOUNT", "status": "DISABLED"}]}"#
    ),
    ("spending-told", "DescribeNotificationsForBudget", "{}"),
    ("spending-told", "DescribeSubscribersForNotification", #"{"Subscribers": []}"#),
    ("spending-stopped", "DescribeBudgetActionsForAccount", #"{"Actions": []}"#),
    ("spending-stopped", "DescribeBudgetActionsForAccount", Account.answer(at: 120)),
    ("spending-stopped", "DescribeBudgetActionsForAccount", Account.answer(does: "APPLY_IAM_POLICY")),
    ("records-kept", "DescribeLogGroups", logs(days: 30, key: Account.key)),
    ("records-sealed", "DescribeLogGroups", logs(days: 400, key: nil)),
    ("records-sealed", "DescribeDeliveryChannels", #"{"DeliveryChannels": [{"name": "all"}]}"#),
    ("records-sealed", "DescribeStreamSummary", #"{"StreamDescriptionSummary": {"EncryptionType": "NONE"}}"#),
    (
      "records-sealed", "DescribeStreamSummary",
      #"{"StreamDescriptionSummary": {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}}"#
    ),
    (
      "disks-sealed", "/2015-02-01/file-systems",
      #"{"FileSystems": [{"FileSystemId": "fs-1", "Encrypted": false}]}"#
    ),
    // A key of the account and region that is none of ours is one of AWS's.
    (
      "disks-sealed", "/2015-02-01/file-systems",
      #"{"FileSystems": [{"FileSystemId": "fs-1", "KmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/99992222-0000-4000-8000-000000000000"}]}"#
    ),
    ("images-sealed", "GetRepository", #"{"repositoryMetadata": {}}"#),
    ("sessions-sealed", Account.redactionPath, Account.redactionWithoutKey),
    ("settings-attached", Account.portalPath, Account.portalAnswer(nil)),
    (
      "messages-sealed", "/2015-03-31/functions",
      #"{"Functions": [{"FunctionName": "undo", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:undo"}]}"#
    ),
    ("messages-sealed", "GetTopicAttributes", "<R><Attributes/></R>"),
    ("messages-sealed", "GetQueueAttributes", #"{"Attributes": {"KmsMasterKeyId": "alias/aws/sqs"}}"#),
    ("messages-sealed", "GetQueueAttributes", #"{"Attributes": {"SqsManagedSseEnabled": "true"}}"#),
    ("messages-sealed", "ListSecrets", #"{"SecretList": [{"ARN": "s", "Name": "s"}]}"#),
    ("keys-rotated", "GetKeyRotationStatus", #"{"KeyRotationEnabled": false}"#),
    ("roles-bounded", "DescribeConstraint", Account.launch("wide")),
    ("roles-bounded", "GetAccountAuthorizationDetails", Account.roles(launchIsBounded: false)),
    ("roles-bounded", "DescribeBudgetActionsForAccount", Account.answer(by: "wide")),
    ("objects-named", "DescribeConstraint", Account.launch("wide")),
    ("orders-limited", "DescribeConstraint", Account.launch("launch", listed: "[]")),
    (
      "orders-limited", "ListConstraintsForPortfolio",
      #"{"ConstraintDetails": [{"ConstraintId": "cons-1", "Type": "LAUNCH", "ProductId": "prod-1"}]}"#
    ),
  ]

  private static func logs(days: Int, key: String?) -> String {
    let sealed = key.map { #", "kmsKeyId": "\#($0)""# } ?? ""
    return
      #"{"logGroups": [{"logGroupName": "trail", "arn": "arn:aws:logs:eu-west-1:111122223333:log-group:trail:*", "retentionInDays": \#(days)\#(sealed)}]}"#
  }

  private static let held = Task { await Account.held.safeguards() }

  @Test(arguments: Set(cases.map(\.safeguard)).sorted())
  func `are held where every answer says so`(name: String) async {
    let report = await Self.held.value.first { $0.safeguard == name }
    #expect(report?.verdict == .held, "\(name): \(report?.lost ?? []) \(report?.unknown ?? [])")
  }

  @Test(arguments: cases.indices)
  func `are lost by one answer, and not known where its call is refused`(index: Int) async {
    let (name, call, answer) = Self.cases[index]
    var weaker = Account.held
    weaker.answers[call] = answer
    let lost = await weaker.safeguards().first { $0.safeguard == name }
    #expect(lost?.verdict == .lost, "\(name) \(call): \(lost?.unknown ?? []) \(lost?.held ?? [])")
    var refusing = Account.held
    refusing.refused = [call]
    let open = await refusing.safeguards().first { $0.safeguard == name }
    #expect(open?.verdict == .unknown, "\(name) \(call): \(open?.lost ?? []) \(open?.held ?? [])")
    #expect(
      open?.unknown.contains { $0.text.contains("denied (AccessDeniedException)") } == true,
      "\(name) \(call): \(open?.unknown ?? [])")
  }

  @Test(arguments: ["ListAliases", "DescribeKey", "ListKeys"])
  func `under a key are not held while it may be one of AWS's`(call: String) async {
    var refusing = Account.held
    refusing.refused = [call]
    let reports = await refusing.safeguards()
    #expect(reports.first { $0.safeguard == "messages-sealed" }?.verdict == .unknown)
  }

  @Test(arguments: [
    (SafeguardVerdict.lost, "!AWSOrganizationsNotInUseException"), (.unknown, "!AccessDeniedException"),
    (.unknown, #"{"Organization": {"Id": "o-acme123456", "Arn": "arn:aws:organizations::1:o"}}"#),
  ])
  func `are not lost where the organisation may have them elsewhere`(
    verdict: SafeguardVerdict, organization: String
  ) async {
    var account = Account.held
    account.answers["/analyzer"] = "{}"
    account.answers["DescribeOrganization"] = organization
    let reports = await account.safeguards()
    #expect(reports.first { $0.safeguard == "strangers-sought" }?.verdict == verdict)
  }

  /// Of an account in no organisation nobody refuses anything; which policies bind it is for few accounts to see.
  @Test(arguments: [
    (SafeguardVerdict.lost, "!AWSOrganizationsNotInUseException"), (.lost, "{}"),
    (.unknown, "!AccessDeniedException"),
  ])
  func `that the organisation holds are known by its policies`(verdict: SafeguardVerdict, policies: String)
    async
  {
    var account = Account.held
    account.answers["ListPolicies"] = policies
    let reports = await account.safeguards().filter { $0.kind == .guarded }
    #expect(reports.count == SafeguardList.all.count { $0.kind == .guarded })
    for report in reports { #expect(report.verdict == verdict, "\(report.safeguard)") }
  }

  @Test(arguments: [
    ("ListRules", Account.rules(#"\"awsRegion\":[\"x\"],\"eventSource"#, replacing: #"\"eventSource"#)),
    (
      "ListTargetsByRule",
      #"{"Targets": [{"Id": "1", "Arn": "arn:aws:events:eu-west-1:999988887777:event-bus/audit"}]}"#
    ),
  ])
  func `that may correct less, or elsewhere, are not known`(call: String, answer: String) async {
    var account = Account.held
    account.answers[call] = answer
    let reports = await account.safeguards()
    let report = reports.first { $0.safeguard == "work-corrected" }
    #expect(report?.verdict == .unknown, "\(report?.lost ?? [])")
  }

  @Test func `that name a role by its name alone are judged by it`() async {
    var account = Account.held
    account.answers["DescribeConstraint"] = #"{"ConstraintParameters": "{\"LocalRoleName\":\"wide\"}"}"#
    let reports = await account.safeguards()
    #expect(reports.first { $0.safeguard == "roles-bounded" }?.verdict == .lost)
    #expect(reports.first { $0.safeguard == "objects-named" }?.verdict == .lost)
  }

  /// A snapshot says which types its reader looked for; of the others it says nothing.
  @Test func `what an earlier reader did not look for is not taken for none`() async throws {
    let whole = await Account.held.read()
    for type in LiveTable.readProperties.keys {
      var estate = whole
      estate.readProperties[type] = nil
      #expect(estate.deployment().unknowns.contains { $0.hides == [type] }, "\(type)")
    }
    var estate = whole
    estate.readProperties["AWS::Budgets::BudgetsAction"] = nil
    estate.resources.removeAll { $0.type == "AWS::Budgets::BudgetsAction" }
    let routes = CloudProof.routes.filter { $0.name == "policy-change" }
    let map = CloudProof { Safeguards.engine.answer($0) }.prove(
      estate.deployment(), routes: routes, assumptions: estate.facts)
    #expect(map["policy-change"]?.verdict == .unknown)
  }

  /// Before, nobody looked for a catalog, and what nobody saw was taken for none.
  @Test func `a catalog is seen, and what its products make is not known`() async {
    func verdict(_ account: Account) async -> Verdict? {
      let estate = await account.read()
      let routes = CloudProof.routes.filter { $0.name == "catalog-product" }
      return CloudProof { Safeguards.engine.answer($0) }.prove(
        estate.deployment(), routes: routes, assumptions: estate.facts
      )["catalog-product"]?.verdict
    }
    var account = Account.held
    account.answers["ListPortfolios"] = "{}"
    account.answers["SearchProductsAsAdmin"] = "{}"
    #expect(await verdict(account) == .closed)
    account.answers["SearchProductsAsAdmin"] =
      #"{"ProductViewDetails": [{"ProductViewSummary": {"ProductId": "prod-1", "Name": "space"}}]}"#
    #expect(await verdict(account) == .unknown)
    for call in ["ListPortfolios", "SearchProductsAsAdmin", "ListAcceptedPortfolioShares"] {
      var refusing = Account.held
      refusing.answers["ListPortfolios"] = "{}"
      refusing.answers["SearchProductsAsAdmin"] = "{}"
      refusing.refused = [call]
      #expect(await verdict(refusing) == .unknown, "\(call)")
    }
  }
}
