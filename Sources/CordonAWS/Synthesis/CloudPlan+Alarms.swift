import CordonModel

// Who hears. Rules tell a topic of the account's own, under the environment's key; nobody's address stands in a template.
extension CloudPlan {
  var hasAlarms: Bool { !rules.breakGlass.isEmpty || !rules.monitors.isEmpty }

  /// What services that raise an alarm need of the key: EventBridge User Guide, "Amazon SNS topics: encryption".
  var alarmsSeal: CloudValue {
    [
      "Sid": "AlarmsSeal", "Effect": "Allow", "Principal": ["Service": "events.amazonaws.com"],
      "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*", "Condition": ownAccount,
    ]
  }

  /// A topic that this account's rules tell.
  func topic(
    _ name: String, _ project: Project?, _ base: FoundationParts, in stack: inout CloudStack
  ) -> CloudHandle {
    let topic = stack.add(
      "Alarm", "AWS::SNS::Topic",
      ["TopicName": .text(name), "KmsMasterKeyId": base.key.arn, "Tags": tags(project)],
      comment: "Whoever is to hear subscribes by hand: README.md. No address stands in a template.")
    stack.add(
      "AlarmPolicy", "AWS::SNS::TopicPolicy",
      [
        "Topics": [topic.ref],
        "PolicyDocument": Self.document([
          [
            "Sid": "RulesPublish", "Effect": "Allow", "Principal": ["Service": "events.amazonaws.com"],
            "Action": "sns:Publish", "Resource": topic.ref, "Condition": ownAccount,
          ]
        ]),
      ])
    return topic
  }
}
