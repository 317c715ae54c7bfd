import CordonModel

/// What goes wrong is found, somebody hears of it, and what can be put right is.
enum CorrectedSafeguards {
  static let all: [Safeguard] = [
    Safeguard(
      "settings-watched", .corrected, "settings are held to rules after they were made",
      reads: ["AWS::Config::ConfigurationRecorder": [], "AWS::Config::ConfigRule": ["Source"]], judge: rules),
    Safeguard(
      "work-corrected", .corrected, "a function looks at whatever somebody makes in SageMaker, and undoes it",
      reads: [
        "AWS::Events::Rule": ["State", "EventPattern", "Targets"], "AWS::Lambda::Function": [],
        "AWS::Lambda::Permission": ["Principal", "FunctionName", "SourceArn"],
      ], judge: corrections),
    Safeguard(
      "settings-corrected", .corrected, "what a runbook can put right is put right without anybody",
      [
        .on(
          "AWS::Config::RemediationConfiguration", ["Automatic"],
          lack: "it waits for somebody to start it")
      ]),
    Safeguard(
      "strangers-sought", .corrected, "access from outside the account is looked for",
      reads: ["AWS::AccessAnalyzer::Analyzer": ["Type"]], judge: analyzer),
    Safeguard(
      "spending-told", .corrected, "somebody hears when a budget is spent",
      reads: ["AWS::Budgets::Budget": ["NotificationsWithSubscribers"]], judge: budgets),
    Safeguard(
      "spending-stopped", .corrected,
      "what a project's roles could start is taken from them when its budget is spent",
      reads: [
        "AWS::Budgets::Budget": [],
        "AWS::Budgets::BudgetsAction": ["BudgetName", "ActionType", "ActionThreshold", "Definition"],
        "AWS::IAM::ManagedPolicy": ["PolicyDocument"],
      ], judge: SpentBudget.judge),
    Safeguard(
      "tunnels-blocked", .corrected,
      "a question that looks like a tunnel is blocked, under names that are let through as well",
      reads: [
        "AWS::Route53Resolver::FirewallRuleGroup": ["FirewallRules"],
        "AWS::Route53Resolver::FirewallRuleGroupAssociation": ["FirewallRuleGroupId"],
      ], judge: TunnelRules.judge),
  ]

  // MARK: Rules

  /// Managed rules of AWS Config, and what each holds settings to.
  private static let watched: [(rule: String, what: String)] = [
    ("SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS", "notebook instances without direct internet"),
    ("SAGEMAKER_NOTEBOOK_INSTANCE_INSIDE_VPC", "notebook instances in a network"),
    ("SAGEMAKER_NOTEBOOK_INSTANCE_ROOT_ACCESS_CHECK", "notebook instances without root"),
    ("SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED", "notebook instances under a key"),
    ("SAGEMAKER_ENDPOINT_CONFIGURATION_KMS_KEY_CONFIGURED", "endpoints of models under a key"),
    ("S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", "buckets that nobody makes public"),
    ("S3_BUCKET_SSL_REQUESTS_ONLY", "buckets that refuse plain HTTP"),
    ("S3_BUCKET_VERSIONING_ENABLED", "buckets that keep versions"),
    ("CMK_BACKING_KEY_ROTATION_ENABLED", "keys that are rotated"),
    ("VPC_FLOW_LOGS_ENABLED", "networks whose flows are recorded"),
    ("VPC_DEFAULT_SECURITY_GROUP_CLOSED", "default security groups that let nothing through"),
    ("ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED", "tags of images that do not move"),
    ("CLOUD_TRAIL_ENABLED", "the trail"),
  ]

  @Sendable private static func rules(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    guard let recorder = estate.all("AWS::Config::ConfigurationRecorder").first else {
      return RecordedSafeguards.absent(
        "no recorder of settings is in the files, and no rule works without one")
    }
    var finding = SafeguardFinding()
    var found: [String: CloudResource] = [:]
    for rule in estate.all("AWS::Config::ConfigRule") {
      switch estate.text(rule, "Source", "SourceIdentifier") {
      case .known(let name): found[name] = rule
      case .unknown(let parts): finding.doubt(parts, rule)
      case .absent: break
      }
    }
    let isOpen = !finding.isEmpty
    for (name, what) in watched {
      if let rule = found[name] {
        finding.hold(rule)
        finding.ifExists(rule)
      } else if !isOpen {
        finding.miss("no rule watches for \(what): \(name)", recorder)
      }
    }
    return finding
  }

  // MARK: Corrections

  @Sendable private static func corrections(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    let rules = estate.all("AWS::Events::Rule").filter { hears($0, estate) }
    guard !rules.isEmpty else {
      return RecordedSafeguards.absent(
        "nothing in the files looks at what is made in SageMaker, and what does so elsewhere is not known")
    }
    var best: SafeguardFinding?
    for rule in rules {
      let finding = correction(rule, estate)
      if finding.lost.isEmpty, finding.unknown.isEmpty { return finding }
      if best.map({ $0.lost.count > finding.lost.count }) ?? true { best = finding }
    }
    return best ?? SafeguardFinding()
  }

  /// Whether a rule is about calls of SageMaker and ends in a function.
  private static func hears(_ rule: CloudResource, _ estate: CloudEstate) -> Bool {
    let sources = estate.texts(rule["EventPattern", "source"]).known
    let services = estate.texts(rule["EventPattern", "detail", "eventSource"]).known
    guard sources.contains("aws.sagemaker") || services.contains("sagemaker.amazonaws.com") else {
      return false
    }
    return functions(of: rule, estate).contains { _ in true }
  }

  private static func functions(of rule: CloudResource, _ estate: CloudEstate) -> [CloudResource] {
    (rule["Targets"]?.elements ?? []).compactMap { target in
      estate.text(target["Arn"]).value.flatMap { estate.find($0, "AWS::Lambda::Function") }
    }
  }

  private static func correction(_ rule: CloudResource, _ estate: CloudEstate) -> SafeguardFinding {
    var finding = SafeguardFinding()
    finding.add(
      estate.text(rule, "State").or("ENABLED").map { $0.hasPrefix("ENABLED") }, rule, ["State"], "it is off")
    let names = ["EventPattern", "detail", "eventName"]
    let unseen = missed(by: rule.properties[path: names], estate)
    if let first = unseen.first {
      finding.lose(
        "it does not hear of \(unseen.count) calls that make something, \(first) for one", rule, names)
    } else {
      finding.hold(rule, names)
    }
    let may = estate.all("AWS::Lambda::Permission").contains { permission in
      guard estate.text(permission, "Principal").value == "events.amazonaws.com",
        let function = estate.text(permission, "FunctionName").value
      else { return false }
      return functions(of: rule, estate).contains { estate.ref($0) == function || estate.arn($0) == function }
        && isMeant(permission["SourceArn"], rule, estate)
    }
    if may {
      finding.hold(rule, ["Targets"])
    } else {
      finding.miss("it may not call its function", rule, ["Targets"])
    }
    finding.ifExists(rule)
    return finding
  }

  /// Whether a permission is for a rule: it names it, or none.
  private static func isMeant(_ source: CloudValue?, _ rule: CloudResource, _ estate: CloudEstate) -> Bool {
    guard let source else { return true }
    if case .reference(let reference) = source.content { return reference.resource == rule.id }
    return estate.text(source).value == estate.arn(rule)
  }

  /// Calls that make something in SageMaker, and that a pattern of names leaves out (EventBridge User Guide, "Comparison operators").
  private static func missed(by names: CloudValue?, _ estate: CloudEstate) -> [String] {
    guard let names else { return [] }
    let prefixes = names.elements.compactMap { estate.text($0["prefix"]).value }
    if prefixes.contains(where: { "Create".hasPrefix($0) }) { return [] }
    let exact = Set(estate.texts(.list(names.elements.filter { $0["prefix"] == nil })).known)
    return ActionCatalog.actions(of: "sagemaker").map { String($0.dropFirst("sagemaker:".count)) }.filter {
      name in
      name.hasPrefix("Create") && !exact.contains(name) && !prefixes.contains { name.hasPrefix($0) }
    }
  }

  // MARK: Strangers, budgets

  @Sendable private static func analyzer(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    var finding = SafeguardFinding()
    for analyzer in estate.all("AWS::AccessAnalyzer::Analyzer") {
      guard let type = estate.text(analyzer, "Type").value, ["ACCOUNT", "ORGANIZATION"].contains(type) else {
        continue
      }
      finding.hold(analyzer, ["Type"])
      finding.ifExists(analyzer)
    }
    guard finding.isEmpty else { return finding }
    return RecordedSafeguards.absent(
      "no analyzer of access from outside is in the files, and whether one is elsewhere is not known")
  }

  @Sendable private static func budgets(_ scene: Scene) -> SafeguardFinding {
    var finding = SafeguardFinding()
    for budget in scene.estate.all("AWS::Budgets::Budget") {
      let told = budget.properties.all(at: ["NotificationsWithSubscribers", "Subscribers"])
      if told.contains(where: { !$0.elements.isEmpty }) {
        finding.hold(budget, ["NotificationsWithSubscribers"])
      } else {
        finding.lose("nobody hears when it is spent", budget, ["NotificationsWithSubscribers"])
      }
    }
    return finding
  }
}
