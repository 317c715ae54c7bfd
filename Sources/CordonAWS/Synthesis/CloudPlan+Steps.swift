import CordonModel

/// Something that CloudFormation has no type for, or that somebody must do or look at by hand.
public struct ManualStep: Sendable, Equatable {
  /// What to do, in one sentence.
  public var title: String
  /// Why, and how to see that it was done.
  public var detail: String

  init(_ title: String, _ detail: String) {
    self.title = title
    self.detail = detail
  }
}

extension CloudPlan {
  /// What the stacks rest on and cannot hold themselves.
  var steps: [ManualStep] {
    [
      ManualStep(
        "Deploy `\(environment.name)-guardrails` from the organisation's management account, last",
        "Policies of an organisation are made there. Both types must be switched on first: `aws organizations "
          + "enable-policy-type --root-id ROOT --policy-type SERVICE_CONTROL_POLICY`, and the same with "
          + "`RESOURCE_CONTROL_POLICY`. No guardrail binds the management account itself: put no data there."),
      ManualStep(
        "Block public access to S3 for the whole account",
        "`aws s3control put-public-access-block --account-id \(account) --public-access-block-configuration "
          + "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`. Every "
          + "bucket of the stacks has its own block; this one is for buckets that somebody makes later."),
      ManualStep(
        "See that no DNS firewall fails open",
        "`aws route53resolver list-firewall-configs` must say `DISABLED` or nothing for each network. It is AWS's "
          + "default, and the guardrails deny changing it."),
      ManualStep(
        "Delete the region's default network",
        "A workload that is started without a subnet lands there: `aws ec2 delete-vpc --vpc-id ID`, after its "
          + "subnets and gateway."),
      ManualStep(
        "Enable IAM Identity Center and give people the portal",
        "The portal lets in whom the console of WorkSpaces Secure Browser assigns to it."),
      ManualStep(
        "Open the console by its regional address, https://\(region).console.aws.amazon.com",
        "Names without a region lead to us-east-1, need doors there (AWS Management Console Getting Started Guide, "
          + "\"Private Access\"), and lead nowhere until then. Compare the names of the stack "
          + "`\(environment.name)-browser` with "
          + "https://configuration.private-access.console.amazonaws.com/\(region).config.json"),
      ManualStep(
        "Activate the cost allocation tags `environment` and `project`",
        "Budgets count nothing before that; Billing and Cost Management, \"Cost allocation tags\"."),
      ManualStep(
        "Approve packages as whoever deploys",
        "Nobody of a project reads `staged` or writes `approved`. After review: `aws codeartifact copy-package-versions "
          + "--domain PROJECT --source-repository staged --destination-repository approved --format pypi --package NAME "
          + "--versions VERSION --include-from-upstream`."),
      ManualStep(
        "Take over SageMaker's logs where the account has them",
        "The stack `\(environment.name)-foundation` makes `/aws/sagemaker/TrainingJobs`, `ProcessingJobs`, `NotebookInstances` and "
          + "`studio`, whose names are SageMaker's choice. Where SageMaker was used before they are there, without a key, and the "
          + "stack would fail: `aws logs delete-log-group --log-group-name NAME`, after what is in them was saved."
      ),
      ManualStep("Ask for the quotas that AWS sets low", quotas),
    ] + deployer + emergencies + watching + opening + spending + left
  }

  /// What grows with projects, beside AWS's default. Sources: Amazon VPC User Guide, "Amazon VPC quotas"; SageMaker's page of
  /// endpoints and quotas.
  private var quotas: String {
    let networks = environment.projects.count + 2
    return """
      In \(region): \(networks) VPCs (5), \(environment.projects.count) gateway endpoints (20), \
      \(environment.projects.count) Studio domains (the account's), \
      \(environment.projects.count * services.count) interface endpoints (50 a VPC, \
      \(services.count) in each; one for the correction), 1 Elastic IP address (5).
      """
  }

  private var deployer: [ManualStep] {
    guard let deployer = rules.deployer else { return [] }
    return [
      ManualStep(
        "Make the role `\(deployer)` before the first stack, and let few people become it",
        "It deploys, so it is not made by a stack. Its trust decides who can open everything: ask for multi-factor "
          + "authentication there, and read `AssumeRole` of it in the trail.")
    ]
  }

  /// People of break-glass roles are IAM users, who sign in when everything else does not.
  private var emergencies: [ManualStep] {
    guard !rules.breakGlass.isEmpty else { return [] }
    var names: [String] = []
    for name in rules.breakGlass.flatMap(\.people) where !names.contains("`\(name)`") {
      names.append("`\(name)`")
    }
    return [
      ManualStep(
        "Make the IAM users \(names.joined(separator: ", ")) before the stack `\(environment.name)-break-glass`",
        "Each with a second factor and without a policy: the role's trust names them. `aws iam list-mfa-devices "
          + "--user-name NAME` must list one."),
      ManualStep(
        "Subscribe whoever is to hear of a break-glass role's use",
        "`aws sns subscribe --topic-arn \(arn("sns", "\(environment.name)-break-glass")) --protocol email "
          + "--notification-endpoint \(rules.notify ?? "ADDRESS")`, and confirm it. A role that is become through the "
          + "global address of STS is told of in us-east-1: switch that address off (IAM, account settings) or make the "
          + "rules there as well."),
    ]
  }

  /// What monitors need beside their stacks.
  private var watching: [ManualStep] {
    guard !rules.monitors.isEmpty else { return [] }
    return [
      ManualStep(
        "Lay what monitors compare with into the projects' own buckets",
        "`monitoring/ENDPOINT/KIND/baseline/constraints.json`, for `bias` and `explainability` "
          + "`analysis_config.json` beside `baseline`, for `model-quality` and `bias` labels under "
          + "`monitoring/ENDPOINT/ground-truth`; and switch on the endpoint's data capture into the project's bucket. "
          + "Subscribe whoever is to hear to the topic `ENVIRONMENT-PROJECT-drift`. A monitor has no network: "
          + "`explainability` needs predictions that were captured, since no shadow endpoint can be called.")
    ]
  }

  /// What notebook instances, images and runbooks need beside their stacks.
  private var opening: [ManualStep] {
    var steps: [ManualStep] = []
    if !rules.images.isEmpty {
      steps.append(
        ManualStep(
          "Push the images before the stacks `\(environment.name)-PROJECT-studio`",
          rules.images.map { "`\(environment.name)/\($0.project):\($0.tag)`" }.joined(separator: ", ")
            + ": a tag keeps its image, so a new one is a new tag."))
    }
    if environment.projects.contains(where: hasNotebooks) {
      steps.append(
        ManualStep(
          "List the notebook instances' own hosts under `browser.hosts`",
          "`aws sagemaker describe-notebook-instance --notebook-instance-name NAME --query Url` says it once the instance is "
            + "there. AWS chooses it, and another account may have the one that the name suggests, so no template does. "
            + "`cordon prove` asks whose it is: --assume trusted-hosts=HOST."))
    }
    if rules.remediation {
      steps.append(
        ManualStep(
          "See each remediation end well once",
          "AWS lists `ssm:StartAutomationExecution` among the rights of these runbooks. The role has not got it, since whoever "
            + "has runs any runbook, and the guardrails deny it: `aws configservice describe-remediation-execution-status`."
        ))
    }
    return steps
  }

  /// What budgets need beside their stack.
  private var spending: [ManualStep] {
    let projects = environment.projects.filter { $0.budget != nil }
    guard let first = projects.first, rules.overspent != .tell else { return [] }
    let name = "\(environment.name)-\(first.name)"
    let call =
      "aws budgets execute-budget-action --account-id \(account) --budget-name \(name) --action-id ID"
    let approve =
      rules.overspent == .ask
      ? "The mail says that a budget is spent, and nothing is done before somebody approves: `\(call) --execution-type "
        + "APPROVE_BUDGET_ACTION`. "
      : ""
    return [
      ManualStep(
        "Know what a spent budget does",
        approve
          + "People and code of the project then start nothing more; what runs goes on, and is stopped by hand. It is taken back "
          + "by `\(call) --execution-type REVERSE_BUDGET_ACTION`, and "
          + "`aws budgets describe-budget-actions-for-account --account-id \(account)` names the ids. Figures come up to half a "
          + "day late.")
    ]
  }

  /// What the spec says and these stacks do not.
  private var left: [ManualStep] {
    guard !environment.allowedHosts.isEmpty else { return [] }
    let hosts = environment.allowedHosts.map { host in
      switch host.pattern {
      case .exact(let name): "`\(name)`"
      case .childrenOf(let parent): "`*.\(parent)`"
      }
    }
    return [
      ManualStep(
        "Know that `egress.hosts` stay shut on AWS: \(hosts.joined(separator: ", "))",
        "A project's network has no way out there, and a name in the DNS firewall without one would only be a tunnel. "
          + "What people need of these hosts comes in as a package, as data, or through `browser.hosts`.")
    ]
  }
}

extension StackSet {
  /// A page for whoever deploys: the order, what is done by hand, and what was not made.
  public func guide(_ templates: [StackTemplate]) -> String {
    let place = account.map { " for account \($0)" } ?? ""
    let prove = account.map { "cordon prove . --assume account=\($0)" } ?? "cordon prove ."
    var lines = [
      "# How to deploy", "",
      "Written by cordon synth\(place). Read the templates, prove them (`\(prove)`), then deploy in this order with the "
        + "account's own credentials; what belongs to another account is said below. `cordon deploy .` does the same, and "
        + "refuses credentials of another account:",
      "",
    ]
    for template in templates {
      if template.isProduct, let bucket = productBucket {
        lines.append("    aws s3 cp \(template.name) s3://\(bucket)/\(template.name)")
        continue
      }
      let bucket = template.needsBucket ? " --s3-bucket BUCKET" : ""
      lines.append(
        "    aws cloudformation deploy --stack-name \(template.stack) --template-file \(template.name)\(bucket) "
          + "--capabilities CAPABILITY_NAMED_IAM")
    }
    lines += ["", "## By hand", ""]
    for (index, step) in steps.enumerated() {
      lines += ["\(index + 1). **\(step.title).** \(step.detail)"]
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
