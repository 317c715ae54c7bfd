import CordonModel

/// What goes wrong is found, somebody hears of it, and what can be put right is.
enum CorrectedSafeguards {
  static let all: [Safeguard] = [
    Safeguard(
      "settings-watched", .corrected, "settings are held to rules after they were made",
      reads: [
        "AWS::Config::ConfigurationRecorder": ["IsRecording"],
        "AWS::Config::ConfigRule": ["Source", "Scope", "EvaluationModes"],
      ], judge: rules),
    Safeguard(
      "work-corrected", .corrected, "a function looks at whatever somebody makes in SageMaker, and undoes it",
      reads: [
        "AWS::Events::Rule": ["State", "EventPattern", "EventBusName", "Targets"],
        "AWS::Lambda::Function": [],
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
        "no recorder of settings is in the files, and no rule works without one",
        "nothing records settings, and no rule works without", "AWS::Config::ConfigurationRecorder", estate)
    }
    var finding = SafeguardFinding()
    var found: [String: CloudResource] = [:]
    for rule in estate.all("AWS::Config::ConfigRule") where looksAtAll(rule, estate) {
      switch estate.text(rule, "Source", "SourceIdentifier") {
      case .known(let name): found[name] = rule
      case .unknown(let parts): finding.doubt(parts, rule)
      case .absent: break
      }
    }
    let isOpen = !finding.isEmpty
    finding.addRunning(recorder, estate)
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

  /// Whether a rule looks at everything of its kind that is there: not at one resource, at what has a tag, or at what is yet to be
  /// made (AWS Config Developer Guide, "Evaluation mode and trigger types").
  private static func looksAtAll(_ rule: CloudResource, _ estate: CloudEstate) -> Bool {
    let modes = (rule["EvaluationModes"]?.elements ?? []).compactMap { estate.text($0["Mode"]).value }
    return rule["Scope", "ComplianceResourceId"] == nil && rule["Scope", "TagKey"] == nil
      && (modes.isEmpty || modes.contains("DETECTIVE"))
  }

  // MARK: Corrections

  @Sendable private static func corrections(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    let rules = estate.all("AWS::Events::Rule").filter { hears($0, estate) }
    guard !rules.isEmpty else {
      if let passing = estate.all("AWS::Events::Rule").first(where: { passesOn($0, estate) }) {
        var finding = SafeguardFinding()
        finding.doubt(
          "\(passing.id) hands events to another bus, and what is done there was not read", passing)
        return finding
      }
      let text =
        "nothing in the files looks at what is made in SageMaker, and what does so elsewhere is not known"
      guard estate.deployment.hasAll("AWS::Lambda::Function") else { return RecordedSafeguards.absent(text) }
      return RecordedSafeguards.absent(
        text, "no function looks at what is made in SageMaker", "AWS::Events::Rule", estate)
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
    let asked = [
      (rule["EventPattern", "source"], "aws.sagemaker"),
      (rule["EventPattern", "detail", "eventSource"], "sagemaker.amazonaws.com"),
    ].filter { $0.0 != nil }
    guard !asked.isEmpty, asked.allSatisfy({ estate.texts($0.0).known.contains($0.1) }) else { return false }
    return isTold(rule, estate) && !functions(of: rule, estate).isEmpty
  }

  /// What services of AWS tell goes to the account's default bus alone (EventBridge User Guide, "Event buses").
  private static func isTold(_ rule: CloudResource, _ estate: CloudEstate) -> Bool {
    guard let bus = rule["EventBusName"] else { return true }
    return estate.text(bus).value.map { $0 == "default" || $0.hasSuffix("event-bus/default") } ?? false
  }

  private static func passesOn(_ rule: CloudResource, _ estate: CloudEstate) -> Bool {
    (rule["Targets"]?.elements ?? []).contains {
      estate.text($0["Arn"]).value?.contains(":event-bus/") == true
    }
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
    if let other = narrowing(rule, estate) {
      finding.doubt(
        "its pattern asks for \(other) as well, and what it does not hear for that is not known", rule)
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

  /// What a pattern asks of a call beside its service and its name; nil where that is nothing.
  private static func narrowing(_ rule: CloudResource, _ estate: CloudEstate) -> String? {
    let pattern = rule["EventPattern"]
    if let kind = pattern?["detail-type"], !estate.texts(kind).known.contains("AWS API Call via CloudTrail") {
      return "detail-type"
    }
    let names =
      (pattern?.members.map(\.name) ?? []).filter { !["source", "detail-type", "detail"].contains($0) }
      + (pattern?["detail"]?.members.map(\.name) ?? []).filter { !["eventSource", "eventName"].contains($0) }
    return names.first
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
    let text = "no analyzer of access from outside is in the files, and whether one is elsewhere is not known"
    // The organisation may have one in another account of it.
    let mayBeElsewhere =
      !estate.all("AWS::Organizations::Organization").isEmpty
      || !estate.deployment.hasAll("AWS::Organizations::Organization")
    guard !mayBeElsewhere else { return RecordedSafeguards.absent(text) }
    return RecordedSafeguards.absent(
      text, "nothing looks for access from outside the account", "AWS::AccessAnalyzer::Analyzer", estate)
  }

  @Sendable private static func budgets(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    var finding = SafeguardFinding()
    for budget in estate.all("AWS::Budgets::Budget") {
      let path = ["NotificationsWithSubscribers", "Subscribers"]
      let told = budget.properties.all(at: path).flatMap(\.elements)
      let unknown = told.flatMap { value -> [UnknownPart] in
        if case .unknown = value.content { return estate.text(value).unknowns }
        return []
      }
      if told.count > unknown.count {
        finding.hold(budget, [path[0]])
      } else if !unknown.isEmpty {
        finding.doubt(unknown, budget)
      } else {
        finding.lose("nobody hears when it is spent", budget, [path[0]])
      }
    }
    return finding
  }
}
