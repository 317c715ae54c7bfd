import CordonModel
import CordonPolicy

// What runs by itself, and what is sent where.
extension LiveTable {
  static let messages: [LiveStep] = [
    list(
      .lambda, "ListFunctions", "Functions", page: LivePaging("Marker", "NextMarker"),
      target: "GET /2015-03-31/functions",
      details: [
        LiveDetail(
          "policy",
          one(
            .lambda, "GetPolicy", [("FunctionName", "$FunctionName")],
            target: "GET /2015-03-31/functions/{FunctionName}/policy",
            absent: ["ResourceNotFoundException"], hides: ["AWS::Lambda::Permission"]))
      ],
      // The list also holds environment variables, in which people put secrets: none is kept.
      shapes: [
        LiveShape(
          "AWS::Lambda::Function", id: "FunctionName", arn: "FunctionArn",
          .take("FunctionName", "Role", "DeadLetterConfig", "Runtime", "Handler"),
          .copy("VpcConfig", "VpcConfig"), .copy("KMSKeyArn", "KmsKeyArn")),
        LiveShape(
          "AWS::Lambda::Permission", id: "parent.FunctionName Sid", each: "json:policy.Policy",
          .copy("parent.FunctionArn", "FunctionName"), .copy("Action", "Action"),
          .value("Principal", FunctionPermission.principal),
          .value("SourceArn") { FunctionPermission.condition($0, "aws:sourcearn") },
          .value("SourceAccount") { FunctionPermission.condition($0, "aws:sourceaccount") },
          .value("PrincipalOrgID") { FunctionPermission.condition($0, "aws:principalorgid") }),
      ],
      children: [
        list(
          .lambda, "ListFunctionUrlConfigs", "FunctionUrlConfigs", [("FunctionName", "$FunctionName")],
          page: LivePaging("Marker", "NextMarker"), target: "GET /2021-10-31/functions/{FunctionName}/urls",
          shapes: [
            LiveShape(
              "AWS::Lambda::Url", id: "FunctionArn", .take("AuthType"),
              .copy("FunctionArn", "TargetFunctionArn"))
          ], absent: ["ResourceNotFoundException"]),
        list(
          .lambda, "ListFunctionEventInvokeConfigs", "FunctionEventInvokeConfigs",
          [("FunctionName", "$FunctionName")], page: LivePaging("Marker", "NextMarker"),
          target: "GET /2019-09-25/functions/{FunctionName}/event-invoke-config/list",
          shapes: [
            LiveShape(
              "AWS::Lambda::EventInvokeConfig", id: "FunctionArn", .copy("FunctionArn", "FunctionName"),
              .take("DestinationConfig"))
          ], absent: ["ResourceNotFoundException"]),
      ]),
    list(
      .events, "ListEventBuses", "EventBuses",
      shapes: [
        LiveShape(
          "AWS::Events::EventBusPolicy", id: "parent.Name Sid", each: "json:Policy",
          .copy("parent.Name", "EventBusName"),
          .value("Statement") { LiveValue.document($0.without("parent")) })
      ],
      children: [
        list(
          .events, "ListRules", "Rules", [("EventBusName", "$Name")],
          details: [
            LiveDetail(
              "targets",
              list(
                .events, "ListTargetsByRule", "Targets",
                [("Rule", "$Name"), ("EventBusName", "$EventBusName")],
                hides: ["AWS::Events::Rule"]))
          ],
          shapes: [
            LiveShape(
              "AWS::Events::Rule", id: "Name", arn: "Arn",
              .take("Name", "EventBusName", "State"), .document("EventPattern", "EventPattern"),
              .copy("targets", "Targets"))
          ])
      ]),
    list(
      .events, "ListApiDestinations", "ApiDestinations",
      shapes: [
        LiveShape(
          "AWS::Events::ApiDestination", id: "Name", arn: "ApiDestinationArn",
          .take("InvocationEndpoint", "HttpMethod"))
      ]),
    list(
      .sns, "ListTopics", "Topics",
      details: [
        LiveDetail(
          "about",
          one(
            .sns, "GetTopicAttributes", [("TopicArn", "$TopicArn")],
            hides: ["AWS::SNS::Topic", "AWS::SNS::TopicPolicy"]))
      ],
      shapes: [
        LiveShape(
          "AWS::SNS::Topic", id: "TopicArn", arn: "TopicArn",
          .value("KmsMasterKeyId") { topic in
            if let unknown = topic.at("about").flatMap(LiveValue.unknown) { return unknown }
            let entry = topic.list("about.Attributes.entry").first { $0["key"]?.plain == "KmsMasterKeyId" }
            return entry?.at("value").map { LiveValue.value($0) }
          }),
        LiveShape(
          "AWS::SNS::TopicPolicy", id: "TopicArn", .texts("TopicArn", "", "Topics"),
          .value("PolicyDocument") { topic in
            if let unknown = topic.at("about").flatMap(LiveValue.unknown) { return unknown }
            let entry = topic.list("about.Attributes.entry").first { $0["key"]?.plain == "Policy" }
            return entry?.at("value").map(LiveValue.document)
          }),
      ]),
    list(
      .sns, "ListSubscriptions", "Subscriptions",
      shapes: [
        LiveShape(
          "AWS::SNS::Subscription", id: "SubscriptionArn Endpoint", .take("Protocol", "Endpoint", "TopicArn"))
      ]),
    list(
      .sqs, "ListQueues", "QueueUrls",
      [("MaxResults", .number(1_000))],
      details: [
        LiveDetail(
          "about",
          one(
            .sqs, "GetQueueAttributes",
            [("QueueUrl", "$Name"), ("AttributeNames", .texts(["Policy", "QueueArn", "KmsMasterKeyId"]))],
            hides: ["AWS::SQS::QueuePolicy"]))
      ],
      shapes: [
        LiveShape(
          "AWS::SQS::Queue", id: "Name", arn: "about.Attributes.QueueArn",
          .copy("about.Attributes.KmsMasterKeyId", "KmsMasterKeyId")),
        LiveShape(
          "AWS::SQS::QueuePolicy", id: "Name",
          where: {
            $0.at("about.Attributes.Policy") != nil || $0.at("about").flatMap(LiveValue.unknown) != nil
          }, .texts("Name", "", "Queues"), .document("about.Attributes.Policy", "PolicyDocument")),
      ]),
    list(
      .secrets, "ListSecrets", "SecretList",
      details: [
        LiveDetail(
          "policy",
          one(
            .secrets, "GetResourcePolicy", [("SecretId", "$ARN")],
            hides: ["AWS::SecretsManager::ResourcePolicy"]))
      ],
      shapes: [
        LiveShape("AWS::SecretsManager::Secret", id: "ARN", arn: "ARN", .take("Name", "KmsKeyId")),
        LiveShape(
          "AWS::SecretsManager::ResourcePolicy", id: "ARN",
          where: { $0.at("policy.ResourcePolicy") != nil }, .copy("ARN", "SecretId"),
          .document("policy.ResourcePolicy", "ResourcePolicy")),
      ]),
    list(
      .logs, "DescribeLogGroups", "logGroups", page: LivePaging("nextToken"),
      shapes: [
        LiveShape(
          "AWS::Logs::LogGroup", id: "logGroupName", arn: "arn",
          .take("logGroupName", "kmsKeyId", "retentionInDays"))
      ],
      children: [
        list(
          .logs, "DescribeSubscriptionFilters", "subscriptionFilters", [("logGroupName", "$logGroupName")],
          page: LivePaging("nextToken"),
          shapes: [
            LiveShape(
              "AWS::Logs::SubscriptionFilter", id: "logGroupName filterName",
              .take("logGroupName", "destinationArn", "roleArn"))
          ])
      ]),
    list(
      .logs, "DescribeDestinations", "destinations", page: LivePaging("nextToken"),
      shapes: [
        LiveShape(
          "AWS::Logs::Destination", id: "destinationName", arn: "arn",
          .take("destinationName", "targetArn"), .document("accessPolicy", "DestinationPolicy"))
      ]),
    list(
      .logs, "DescribeResourcePolicies", "resourcePolicies", page: LivePaging("nextToken"),
      shapes: [
        LiveShape(
          "AWS::Logs::ResourcePolicy", id: "policyName", .document("policyDocument", "PolicyDocument"))
      ]),
    list(
      .ram, "GetResourceShares", "resourceShares", [("resourceOwner", "SELF")], page: LivePaging("nextToken"),
      target: "POST /getresourceshares",
      details: [
        LiveDetail(
          "principals",
          list(
            .ram, "GetResourceShareAssociations", "resourceShareAssociations",
            [("associationType", "PRINCIPAL"), ("resourceShareArns", .fields("resourceShareArn"))],
            page: LivePaging("nextToken"), target: "POST /getresourceshareassociations",
            hides: ["AWS::RAM::ResourceShare"]))
      ],
      shapes: [
        LiveShape(
          "AWS::RAM::ResourceShare", id: "resourceShareArn", arn: "resourceShareArn",
          .take("name", "allowExternalPrincipals"), .texts("principals", "associatedEntity", "Principals"))
      ],
      leavingOut: { $0["status"]?.plain == "DELETED" }),
  ]
}

/// A statement of a function's policy, as templates write it.
enum FunctionPermission {
  static let principal: @Sendable (JSONValue) -> CloudValue? = { statement in
    guard let principal = statement["Principal"] else { return nil }
    if let text = principal.plain { return .text(text) }
    return (principal.members ?? []).first.map { LiveValue.value($0.value) }
  }

  /// What a condition compares `key` with; operators that let other values through give nothing.
  static func condition(_ statement: JSONValue, _ key: String) -> CloudValue? {
    for operation in statement["Condition"]?.members ?? [] {
      guard ["StringEquals", "ArnLike", "ArnEquals", "StringLike"].contains(operation.name) else { continue }
      let found = operation.value.members?.first { $0.name.lowercased() == key }
      if let value = found?.value { return LiveValue.value(value) }
    }
    return nil
  }
}
