import CordonModel

// What projects cost, and what follows: somebody hears, and what the project's roles could start is taken from them. Budgets are some
// hours behind (AWS Cost Management User Guide, "Managing your costs with AWS Budgets"), so this limits, and does not cut off.
extension CloudPlan {
  func budget(of parts: ProjectParts, in stack: inout CloudStack) throws {
    let project = parts.project
    guard let budget = project.budget else { return }
    guard let address = rules.notify else {
      throw SynthesisError.cannotExpress(
        "project \(project.name) has a budget and nobody hears of it; write aws: { notify: owner@allowed.test }",
        at: "project \(project.name)")
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
    let logical = Self.logical(project.name.text)
    let made = stack.add(
      "\(logical)Budget", "AWS::Budgets::Budget",
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
    guard rules.overspent != .tell else { return }
    response(to: made, logical, parts, address, in: &stack)
  }

  /// Takes from the project's roles what runs a computer, by a denial that AWS Budgets attaches to them.
  private func response(
    to budget: CloudHandle, _ logical: String, _ parts: ProjectParts, _ address: String,
    in stack: inout CloudStack
  ) {
    let roles = [parts.roles.scientist, parts.roles.workspace]
    let spent = stack.add(
      "\(logical)Spent", "AWS::IAM::ManagedPolicy",
      [
        "Description": "Nothing more is started: the budget is spent",
        "PolicyDocument": Self.document([Self.denial("NothingMoreIsStarted", Self.costly)]),
      ], comment: "Attached to nobody until the budget is spent. Work that runs goes on, and can be saved.")
    let role = self.taker(logical, of: spent, from: roles, parts.project, in: &stack)
    stack.add(
      "\(logical)Overspent", "AWS::Budgets::BudgetsAction",
      [
        "BudgetName": budget.ref, "NotificationType": "ACTUAL", "ActionType": "APPLY_IAM_POLICY",
        "ActionThreshold": ["Type": "PERCENTAGE", "Value": 100],
        "ApprovalModel": rules.overspent == .stop ? "AUTOMATIC" : "MANUAL", "ExecutionRoleArn": role.arn,
        "Definition": [
          "IamActionDefinition": ["PolicyArn": spent.ref, "Roles": .list(roles.map(\.ref))]
        ],
        "Subscribers": [["Type": "EMAIL", "Address": .text(address)]], "ResourceTags": tags(parts.project),
      ],
      comment: rules.overspent == .stop
        ? "Nobody is asked: aws.overspent says stop." : "Somebody is asked first: README.md.")
  }

  /// The role that AWS Budgets attaches the denial with: that policy, those roles, and nothing else. AWS Cost Management User Guide,
  /// "Setting up a role for AWS Budgets to run budget actions".
  private func taker(
    _ logical: String, of policy: CloudHandle, from roles: [CloudHandle], _ project: Project,
    in stack: inout CloudStack
  ) -> CloudHandle {
    let attach: [CloudValue] = [
      [
        "Sid": "AttachTheDenial", "Effect": "Allow",
        "Action": ["iam:AttachRolePolicy", "iam:DetachRolePolicy"], "Resource": .list(roles.map(\.arn)),
        "Condition": ["ArnEquals": ["iam:PolicyARN": policy.ref]],
      ]
    ]
    let boundary = stack.add(
      "\(logical)SpentBoundary", "AWS::IAM::ManagedPolicy",
      [
        "Description": "What an answer to a spent budget cannot do, whatever else is attached",
        "PolicyDocument": Self.document(attach),
      ])
    return stack.add(
      "\(logical)SpentRole", "AWS::IAM::Role",
      [
        "PermissionsBoundary": boundary.ref,
        "AssumeRolePolicyDocument": Self.document([
          [
            "Effect": "Allow", "Principal": ["Service": "budgets.amazonaws.com"], "Action": "sts:AssumeRole",
            "Condition": ownAccount,
          ]
        ]),
        "Policies": [["PolicyName": "attach", "PolicyDocument": Self.document(attach)]],
        "Tags": tags(project),
      ], comment: "Attaches one denial, and takes it back.")
  }

  /// Calls that let a computer run, or run for longer.
  private static let costly =
    [
      "CreateApp", "CreateAutoMLJob", "CreateAutoMLJobV2", "CreateEndpoint", "CreateHyperParameterTuningJob",
      "CreateInferenceComponent", "CreateMlflowTrackingServer", "CreateMonitoringSchedule",
      "CreateNotebookInstance", "CreateProcessingJob", "CreateSpace", "CreateTrainingJob",
      "CreateTransformJob", "StartMlflowTrackingServer", "StartMonitoringSchedule", "StartNotebookInstance",
      "StartPipelineExecution", "UpdateEndpoint", "UpdateNotebookInstance", "UpdateSpace",
    ].map { "sagemaker:\($0)" } + [
      "servicecatalog:ProvisionProduct", "servicecatalog:UpdateProvisionedProduct",
    ]
}
