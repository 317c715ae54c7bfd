import CordonModel

/// What other stacks refer to of the foundation.
struct FoundationParts {
  var key: CloudHandle
  var log: CloudHandle
}

// What is seen. These stop nothing; they say what happened, and what it cost.
extension CloudPlan {
  func foundation() throws -> (CloudStack, FoundationParts) {
    var stack = self.stack("foundation", "The key of logs and portal, and the bucket of the trail")
    let key = self.key("Logs and portal of \(environment.name)", nil, in: &stack)
    let name: BucketName
    do throws(NameRefusal) {
      name = try BucketName("\(environment.name)-log-\(account)")
    } catch { throw SynthesisError.cannotExpress("the bucket of the trail: \(error)") }
    let bucket = self.bucket("LogBucket", name, isVersioned: true, key, nil, keep: nil, in: &stack)
    let whole: CloudValue = [.text(name.arn), .text(name.arn(key: "*"))]
    let trail: CloudValue = ["Service": "cloudtrail.amazonaws.com"]
    stack.add(
      "LogBucketPolicy", "AWS::S3::BucketPolicy",
      [
        "Bucket": bucket.ref,
        "PolicyDocument": Self.document([
          [
            "Sid": "TLSOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": whole,
            "Condition": ["BoolIfExists": ["aws:SecureTransport": "false"]],
          ],
          [
            "Sid": "OnlyOwnPeople", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": whole,
            "Condition": strangers,
          ],
          [
            "Sid": "TrailChecksAcl", "Effect": "Allow", "Principal": trail, "Action": "s3:GetBucketAcl",
            "Resource": .text(name.arn), "Condition": ownAccount,
          ],
          [
            "Sid": "TrailWrites", "Effect": "Allow", "Principal": trail, "Action": "s3:PutObject",
            "Resource": .text(name.arn(key: "AWSLogs/\(account)/*")), "Condition": ownAccount,
          ],
        ]),
      ])
    return (stack, FoundationParts(key: key, log: bucket))
  }

  func logGroup(
    _ logical: String, _ name: String, _ base: FoundationParts, in stack: inout CloudStack
  ) -> CloudHandle {
    stack.add(
      logical, "AWS::Logs::LogGroup",
      [
        "LogGroupName": .text("/cordon/\(environment.name)/\(name)"), "RetentionInDays": 365,
        "KmsKeyId": base.key.arn, "Tags": tags(nil),
      ], isRetained: true)
  }

  func watch(_ projects: [ProjectParts], _ base: FoundationParts) throws -> CloudStack {
    var stack = self.stack("watch", "The trail of every call, the flows of every network, and the budgets")
    let log = logGroup("FlowLog", "flow", base, in: &stack)
    let role = flowRole(log, in: &stack)
    for parts in projects {
      stack.add(
        "\(Self.logical(parts.project.name.text))Flows", "AWS::EC2::FlowLog",
        [
          "ResourceType": "VPC", "ResourceId": parts.network.vpc.ref, "TrafficType": "ALL",
          "LogDestinationType": "cloud-watch-logs", "LogGroupName": log.ref,
          "DeliverLogsPermissionArn": role.arn, "Tags": tags(parts.project),
        ])
    }
    let objects = environment.projects.flatMap(\.buckets).map { $0.name.arn(key: "") }
    stack.add(
      "Trail", "AWS::CloudTrail::Trail",
      [
        "TrailName": .text("\(environment.name)-trail"), "IsLogging": true, "IsMultiRegionTrail": true,
        "IncludeGlobalServiceEvents": true, "EnableLogFileValidation": true, "S3BucketName": base.log.ref,
        "EventSelectors": [
          [
            "ReadWriteType": "All",
            "DataResources": [["Type": "AWS::S3::Object", "Values": .texts(objects)]],
          ]
        ],
        "Tags": tags(nil),
      ])
    for project in environment.projects { try budget(of: project, in: &stack) }
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

  private func budget(of project: Project, in stack: inout CloudStack) throws {
    guard let budget = project.budget else { return }
    guard let address = rules.notify else {
      throw SynthesisError.cannotExpress(
        "project \(project.name) has a budget and nobody hears of it; write aws: { notify: owner@example.com }"
      )
    }
    let cents = budget.monthly.hundredths % 100
    let amount = "\(budget.monthly.hundredths / 100).\(cents < 10 ? "0" : "")\(cents)"
    let notifications = budget.alerts.map { share -> CloudValue in
      [
        "Notification": [
          "NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": .number(share),
        ],
        "Subscribers": [["SubscriptionType": "EMAIL", "Address": .text(address)]],
      ]
    }
    stack.add(
      "\(Self.logical(project.name.text))Budget", "AWS::Budgets::Budget",
      [
        "Budget": [
          "BudgetName": .text("\(environment.name)-\(project.name)"), "BudgetType": "COST",
          "TimeUnit": "MONTHLY",
          "BudgetLimit": [
            "Amount": CloudValue(.number(amount)), "Unit": .text(budget.monthly.currency),
          ],
          "CostFilters": ["TagKeyValue": [.text("user:project$\(project.name)")]],
        ],
        "NotificationsWithSubscribers": .list(notifications),
      ])
  }
}
