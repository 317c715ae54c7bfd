import CordonModel
import CordonPolicy

// What is recorded, what settings are held to, and who hears of it.
extension LiveTable {
  static let watch: [LiveStep] = [
    trails, channels, recorders, rules, analyzers, budgets, answers, alarms,
  ]

  private static let trails = list(
    .cloudTrail, "DescribeTrails", "trailList", [("includeShadowTrails", .flag(true))], page: nil,
    details: [
      LiveDetail("status", one(.cloudTrail, "GetTrailStatus", [("Name", "$TrailARN")])),
      LiveDetail("selectors", one(.cloudTrail, "GetEventSelectors", [("TrailName", "$TrailARN")])),
    ],
    shapes: [
      LiveShape(
        "AWS::CloudTrail::Trail", id: "Name", arn: "TrailARN", .copy("Name", "TrailName"),
        .take("S3BucketName", "IsMultiRegionTrail", "IsOrganizationTrail", "IncludeGlobalServiceEvents"),
        .copy("SnsTopicARN", "SnsTopicName"), .take("CloudWatchLogsLogGroupArn"),
        .copy("KmsKeyId", "KMSKeyId"), .copy("LogFileValidationEnabled", "EnableLogFileValidation"),
        .copy("status.IsLogging", "IsLogging"), .copy("status.LatestDeliveryError", "LatestDeliveryError"),
        .copy("selectors.EventSelectors", "EventSelectors"),
        .copy("selectors.AdvancedEventSelectors", "AdvancedEventSelectors"))
    ])

  private static let channels = list(
    .config, "DescribeDeliveryChannels", "DeliveryChannels", page: nil,
    shapes: [
      LiveShape(
        "AWS::Config::DeliveryChannel", id: "name", .take("name", "s3BucketName", "s3KmsKeyArn"),
        .copy("snsTopicARN", "SnsTopicARN"))
    ])

  /// CloudFormation starts a recorder that it makes, so that no property of a template says whether it runs.
  private static let recorders = list(
    .config, "DescribeConfigurationRecorders", "ConfigurationRecorders", page: nil,
    details: [
      LiveDetail(
        "status",
        list(
          .config, "DescribeConfigurationRecorderStatus", "ConfigurationRecordersStatus",
          [("ConfigurationRecorderNames", .fields("name"))], page: nil))
    ],
    shapes: [
      LiveShape(
        "AWS::Config::ConfigurationRecorder", id: "name",
        .take("name", "roleARN", "recordingGroup", "recordingMode"),
        .value("IsRecording") { recorder in
          if let unknown = recorder.at("status").flatMap(LiveValue.unknown) { return unknown }
          guard let status = recorder.list("status").first,
            status["lastStatus"]?.plain?.lowercased() != "failure"
          else { return false }
          return .text(status["recording"]?.plain ?? "false")
        })
    ],
    // A service's own recorder sees what that service asks for.
    leavingOut: { $0.at("servicePrincipal") != nil })

  private static let rules = list(
    .config, "DescribeConfigRules", "ConfigRules",
    shapes: [
      LiveShape(
        "AWS::Config::ConfigRule", id: "ConfigRuleName", arn: "ConfigRuleArn",
        .take("ConfigRuleName", "Scope", "EvaluationModes"),
        .value("Source") { rule in
          CloudValue(
            .object(
              ["Owner", "SourceIdentifier"].compactMap { name in
                rule.at("Source." + name).map { .init(name: name, value: LiveValue.value($0)) }
              }))
        })
    ],
    children: [
      list(
        .config, "DescribeRemediationConfigurations", "RemediationConfigurations",
        [("ConfigRuleNames", .fields("ConfigRuleName"))], page: nil,
        shapes: [
          LiveShape(
            "AWS::Config::RemediationConfiguration", id: "ConfigRuleName", arn: "Arn",
            .take("ConfigRuleName", "TargetType", "TargetId", "TargetVersion", "ResourceType", "Automatic"))
        ])
    ],
    leavingOut: { $0["ConfigRuleState"]?.plain?.hasPrefix("DELETING") == true })

  private static let analyzers = list(
    .accessAnalyzer, "ListAnalyzers", "analyzers", page: LivePaging("nextToken"), target: "GET /analyzer",
    shapes: [
      LiveShape(
        "AWS::AccessAnalyzer::Analyzer", id: "arn", arn: "arn", .copy("name", "AnalyzerName"), .take("type"))
    ],
    // One that is disabled, or not made yet, looks for nothing.
    leavingOut: { $0["status"]?.plain != "ACTIVE" })

  /// Its numbers are left out: AWS writes them otherwise than templates do.
  private static let alarms = list(
    .alarms, "DescribeAlarms", "MetricAlarms", [("AlarmTypes.member.1", "MetricAlarm")],
    shapes: [
      LiveShape(
        "AWS::CloudWatch::Alarm", id: "AlarmName", arn: "AlarmArn",
        .take(
          "AlarmName", "ActionsEnabled", "AlarmActions", "Namespace", "MetricName", "Statistic",
          "ComparisonOperator", "TreatMissingData"))
    ])

  // MARK: Budgets

  /// All that reads of budgets has one permission (Service Authorization Reference, "AWS Budget Service").
  private static func budgets(
    _ action: String, _ list: String, _ input: [(String, LiveStep.Input)], details: [LiveDetail] = []
  ) -> LiveStep {
    LiveStep(
      service: .budgets, action: action, input: [("AccountId", .account)] + input, list: list,
      paging: LivePaging("NextToken"), permission: "budgets:ViewBudget", details: details)
  }

  private static let subscribers = budgets(
    "DescribeSubscribersForNotification", "Subscribers",
    [
      ("BudgetName", "$parent.BudgetName"),
      (
        "Notification", .members(["NotificationType", "ComparisonOperator", "Threshold", "ThresholdType"])
      ),
    ])

  private static let notifications = budgets(
    "DescribeNotificationsForBudget", "Notifications", [("BudgetName", "$BudgetName")],
    details: [LiveDetail("subscribers", subscribers)])

  private static let budgets: LiveStep = {
    var step = budgets(
      "DescribeBudgets", "Budgets", [], details: [LiveDetail("notifications", notifications)])
    step.isGlobal = true
    step.hides = ["AWS::Budgets::Budget"]
    step.shapes = [
      LiveShape(
        "AWS::Budgets::Budget", id: "BudgetName",
        .value("Budget") { budget in
          CloudValue(
            .object(
              ["BudgetName", "BudgetType", "TimeUnit", "BudgetLimit"].compactMap { name in
                budget.at(name).map { .init(name: name, value: LiveValue.value($0)) }
              }))
        }, .value("NotificationsWithSubscribers", told))
    ]
    return step
  }()

  /// What is done when one is spent. What roles it takes rights from, and with whose rights, feeds a route.
  private static let answers: LiveStep = {
    var step = list(
      .budgets, "DescribeBudgetActionsForAccount", "Actions", [("AccountId", .account)],
      shapes: [
        LiveShape(
          "AWS::Budgets::BudgetsAction", id: "ActionId",
          .take(
            "BudgetName", "NotificationType", "ActionType", "Definition", "ExecutionRoleArn", "ApprovalModel"),
          .value("ActionThreshold") { answer in
            answer.at("ActionThreshold").map {
              renamed($0, ["ActionThresholdType": "Type", "ActionThresholdValue": "Value"])
            }
          },
          .value("Subscribers") { answer in
            .list(answer.list("Subscribers").map { renamed($0, ["SubscriptionType": "Type"]) })
          })
      ])
    step.isGlobal = true
    return step
  }()

  /// Members under the names that templates give them.
  private static func renamed(_ value: JSONValue, _ names: [String: String]) -> CloudValue {
    CloudValue(
      .object(
        (value.members ?? []).filter { $0.name != "parent" }.map {
          .init(name: names[$0.name] ?? $0.name, value: LiveValue.value($0.value))
        }))
  }

  private static let told: @Sendable (JSONValue) -> CloudValue? = { budget in
    if let unknown = budget.at("notifications").flatMap(LiveValue.unknown) { return unknown }
    return .list(
      budget.list("notifications").map { notification in
        let said = ["NotificationType", "ComparisonOperator", "Threshold", "ThresholdType"].compactMap {
          name in notification.at(name).map { CloudValue.Member(name: name, value: LiveValue.value($0)) }
        }
        let who =
          notification.at("subscribers").flatMap(LiveValue.unknown)
          ?? .list(notification.list("subscribers").map { LiveValue.value($0.without("parent")) })
        return ["Notification": CloudValue(.object(said)), "Subscribers": who]
      })
  }
}
