import CordonModel

// For the hour in which nothing else helps. Named people become a role with a second factor and until a date; it looks, stops
// and ends, comes from the portal, stays below the guardrails, and cannot silence the alarm that its use raises.
extension CloudPlan {
  /// The roles, and who hears of them; nil where the spec has none.
  func breakGlass(_ browser: BrowserParts, _ base: FoundationParts) throws -> CloudStack? {
    guard !rules.breakGlass.isEmpty else { return nil }
    guard rules.notify != nil else {
      throw SynthesisError.cannotExpress(
        "a break-glass role is used and nobody hears of it; write aws: { notify: owner@allowed.test }",
        at: "break-glass \(rules.breakGlass[0].name)")
    }
    var stack = self.stack(
      "break-glass", "Roles for emergencies, each with an end, and the alarm of their use")
    var roles: [(rule: BreakGlass, role: CloudHandle)] = []
    for rule in rules.breakGlass { roles.append((rule, try role(rule, browser, in: &stack))) }
    alarm(roles, base, in: &stack)
    return stack
  }

  private func name(_ rule: BreakGlass) -> String { "\(environment.name)-break-glass-\(rule.name)" }

  private func role(
    _ rule: BreakGlass, _ browser: BrowserParts, in stack: inout CloudStack
  ) throws -> CloudHandle {
    guard name(rule).utf8.count <= 64 else {
      throw SynthesisError.cannotExpress(
        "'\(name(rule))' has \(name(rule).utf8.count) characters and a role's name has room for 64",
        at: "break-glass \(rule.name)")
    }
    let logical = Self.logical(rule.name.text)
    let boundary = stack.add(
      "\(logical)Boundary", "AWS::IAM::ManagedPolicy",
      [
        "Description": "What the role cannot do, whatever else is attached",
        "PolicyDocument": Self.document(ceiling(rule, browser)),
      ])
    let people = rule.people.map { "arn:aws:iam::\(account):user/\($0)" }
    let trust = becoming(
      "NamedPeopleUntilThen", .texts(people),
      if: [
        "StringEquals": ["aws:PrincipalOrgID": .text(organization)],
        "Bool": ["aws:MultiFactorAuthPresent": "true"],
        "NumericLessThan": ["aws:MultiFactorAuthAge": "900"],
        "DateLessThan": ["aws:CurrentTime": .text(rule.until)],
      ], browser)
    var tags = self.tags(environment.projects.first { $0.name == rule.project }).elements ?? []
    tags.append(["Key": "break-glass", "Value": .text(rule.until)])
    return stack.add(
      "\(logical)Role", "AWS::IAM::Role",
      [
        "RoleName": .text(name(rule)), "Description": .text(rule.reason), "MaxSessionDuration": 3600,
        "PermissionsBoundary": boundary.ref, "AssumeRolePolicyDocument": trust,
        "Policies": [["PolicyName": "emergency", "PolicyDocument": Self.document(rights(rule))]],
        "Tags": .list(tags),
      ], comment: "Until \(rule.until); a session that began before ends with it.")
  }

  /// The ceiling of every role of people, and what an emergency must leave alone.
  private func ceiling(_ rule: BreakGlass, _ browser: BrowserParts) -> [CloudValue] {
    [
      Self.everything, onlyOwnResources,
      [
        "Sid": "OnlyFromThePortal", "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": [
          "NotIpAddressIfExists": ["aws:SourceIp": "\(browser.address.ref)/32"],
          "BoolIfExists": ["aws:ViaAWSService": "false"],
        ],
      ],
      Self.noURLs,
      [
        "Sid": "NotAfterThen", "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": ["DateGreaterThanEquals": ["aws:CurrentTime": .text(rule.until)]],
      ],
      Self.denial("LeavesControlsAndAlarmsAlone", Self.kept),
    ]
  }

  /// Controls, and what says that they were touched.
  private static let kept = [
    "iam:*", "organizations:*", "sns:*", "kms:*", "events:Delete*", "events:Disable*", "events:Put*",
    "events:Remove*", "cloudtrail:Delete*", "cloudtrail:Put*", "cloudtrail:Stop*", "cloudtrail:Update*",
    "config:Delete*", "config:Put*", "config:Stop*", "route53resolver:*", "workspaces-web:*",
  ]

  private func rights(_ rule: BreakGlass) -> [CloudValue] {
    let look: CloudValue = [
      "Sid": "Look", "Effect": "Allow",
      "Action": [
        "cloudtrail:LookupEvents", "config:DescribeComplianceByConfigRule",
        "config:GetComplianceDetailsByConfigRule", "logs:DescribeLogStreams", "logs:FilterLogEvents",
        "logs:GetLogEvents", "sagemaker:Describe*", "sagemaker:List*",
      ], "Resource": "*",
    ]
    let stop: CloudValue = [
      "Sid": "Stop", "Effect": "Allow",
      "Action": .texts(
        Self.stopped.map { "sagemaker:Stop\($0)" }
          + (Self.removed + ["App", "Endpoint", "Space"]).map { "sagemaker:Delete\($0)" }),
      "Resource": .text(arn("sagemaker", "*")),
    ]
    guard !rule.allow.isEmpty else { return [look, stop] }
    let more: CloudValue = [
      "Sid": "AsTheSpecAllows", "Effect": "Allow", "Action": .texts(rule.allow), "Resource": "*",
    ]
    return [look, stop, more]
  }

  // MARK: Who hears

  private func alarm(
    _ roles: [(rule: BreakGlass, role: CloudHandle)], _ base: FoundationParts, in stack: inout CloudStack
  ) {
    let topic = topic("\(environment.name)-break-glass", nil, base, in: &stack)
    let arns: CloudValue = .list(roles.map(\.role.arn))
    rule(
      "Became", "Somebody became a break-glass role",
      [
        "eventSource": ["sts.amazonaws.com"], "eventName": ["AssumeRole"],
        "requestParameters": ["roleArn": arns],
      ], topic, in: &stack)
    rule(
      "Did", "A break-glass role changed something",
      ["userIdentity": ["sessionContext": ["sessionIssuer": ["arn": arns]]]], topic, in: &stack)
  }

  private func rule(
    _ logical: String, _ description: CloudValue, _ detail: CloudValue, _ topic: CloudHandle,
    in stack: inout CloudStack
  ) {
    stack.add(
      logical, "AWS::Events::Rule",
      [
        "Description": description, "State": "ENABLED",
        "EventPattern": ["detail-type": ["AWS API Call via CloudTrail"], "detail": detail],
        "Targets": [["Id": "tell", "Arn": topic.ref]],
      ])
  }
}
