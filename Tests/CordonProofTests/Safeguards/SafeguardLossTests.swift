import CordonModel
import Testing

@testable import CordonProof

@Suite struct `A safeguard of the synthesised example` {
  /// One change of the example's templates.
  enum Change: Sendable {
    case without([String])
    case to([String], CloudValue)
    /// The statement with this `Sid`, or at this place, left out.
    case silent(String)
    /// The statement without its condition.
    case unconditional(String)
    case removed
  }

  /// What is done to which resource of which stack, and which safeguards that loses; none may be lost beside them.
  static let losses: [(lost: Set<String>, resource: String, change: Change)] =
    recorded + sealed + kept + corrected + least + guarded

  private static let recorded: [(lost: Set<String>, resource: String, change: Change)] = [
    (["calls-recorded", "data-recorded"], "watch/Trail", .to(["IsLogging"], false)),
    (["calls-recorded"], "watch/Trail", .to(["IsMultiRegionTrail"], false)),
    (["calls-recorded"], "watch/Trail", .to(["IncludeGlobalServiceEvents"], false)),
    (["data-recorded"], "watch/Trail", .without(["EventSelectors"])),
    (["records-proved"], "watch/Trail", .to(["EnableLogFileValidation"], false)),
    (["calls-recorded", "data-recorded"], "watch/Trail", .removed),
    (["flows-recorded"], "browser/Flows", .removed),
    (["flows-recorded"], "diagnosis-network/Flows", .to(["TrafficType"], "REJECT")),
    (["questions-recorded"], "correction/QuestionLogging", .removed),
    (["settings-attached"], "portal/Portal", .without(["UserAccessLoggingSettingsArn"])),
    (["settings-attached"], "portal/Portal", .without(["SessionLoggerArn"])),
    (["sessions-recorded"], "portal/SessionLogger", .to(["EventFilter"], ["Include": ["SessionStart"]])),
    (["settings-recorded", "settings-watched"], "watch/Recorder", .removed),
    (["settings-recorded"], "watch/Recorder", .without(["RecordingGroup"])),
    (["settings-recorded"], "watch/Delivery", .removed),
  ]

  private static let sealed: [(lost: Set<String>, resource: String, change: Change)] = [
    (["buckets-sealed"], "diagnosis-data/BreastCancerDataBucket", .without(["BucketEncryption"])),
    (["buckets-sealed"], "foundation/LogBucket", .without(["BucketEncryption"])),
    (["puts-sealed"], "diagnosis-data/BreastCancerDataBucketPolicy", .silent("OnlyOurKey")),
    (["puts-sealed"], "diagnosis-data/BreastCancerStoreBucketPolicy", .silent("OnlyOurKey")),
    (["puts-sealed"], "foundation/LogBucketPolicy", .silent("OnlyOurKey")),
    (["puts-sealed"], "products/ProductBucketPolicy", .silent("OnlyOurKey")),
    (["records-sealed"], "watch/Trail", .without(["KMSKeyId"])),
    (["records-sealed"], "watch/Delivery", .without(["S3KmsKeyArn"])),
    (["records-sealed"], "foundation/FlowLog", .without(["KmsKeyId"])),
    (["records-sealed"], "portal/AccessStream", .without(["StreamEncryption"])),
    (["disks-sealed"], "diagnosis-studio/Domain", .without(["KmsKeyId"])),
    (["images-sealed"], "diagnosis-registry/Images", .without(["EncryptionConfiguration"])),
    (["images-sealed"], "diagnosis-registry/PackageDomain", .without(["EncryptionKey"])),
    (["images-sealed"], "diagnosis-registry/Git", .without(["KmsKeyId"])),
    (["sessions-sealed"], "portal/Portal", .without(["CustomerManagedKey"])),
    (["sessions-sealed"], "portal/SessionLogger", .without(["CustomerManagedKey"])),
    (["records-sealed"], "foundation/TrainingJobsLog", .without(["KmsKeyId"])),
    (["disks-sealed"], "diagnosis-notebook/Notebook", .without(["KmsKeyId"])),
    (["messages-sealed"], "correction/Function", .without(["KmsKeyArn"])),
    (["keys-rotated"], "foundation/Key", .without(["EnableKeyRotation"])),
  ]

  private static let kept: [(lost: Set<String>, resource: String, change: Change)] = [
    (["objects-kept"], "foundation/LogBucket", .without(["VersioningConfiguration"])),
    (["objects-kept"], "diagnosis-data/BreastCancerStoreBucket", .without(["VersioningConfiguration"])),
    (["images-kept"], "diagnosis-registry/Images", .to(["ImageTagMutability"], "MUTABLE")),
    (["records-kept"], "foundation/FlowLog", .to(["RetentionInDays"], 30)),
    (["inputs-kept"], "diagnosis-data/BreastCancerDataBucketPolicy", .silent("ReadOnly")),
    (["inputs-kept", "puts-sealed"], "diagnosis-data/BreastCancerDataBucketPolicy", .removed),
  ]

  private static let corrected: [(lost: Set<String>, resource: String, change: Change)] = [
    (["settings-watched"], "watch/NotebookRootRule", .removed),
    (["settings-watched"], "watch/TrailRule", .removed),
    (["work-corrected"], "correction/Made", .to(["State"], "DISABLED")),
    (["work-corrected"], "correction/Made", .to(["EventPattern", "detail", "eventName"], ["CreateModel"])),
    (["work-corrected"], "correction/RuleCallsFunction", .removed),
    (["work-corrected"], "correction/Made", .removed),
    (["strangers-sought"], "watch/Analyzer", .removed),
    (["settings-corrected"], "watch/KeyRotationRemediation", .to(["Automatic"], false)),
    (["spending-told"], "watch/DiagnosisBudget", .without(["NotificationsWithSubscribers"])),
    (["spending-stopped"], "watch/DiagnosisOverspent", .removed),
    (["spending-stopped"], "watch/DiagnosisOverspent", .to(["ActionThreshold", "Value"], 150)),
    (
      ["spending-stopped"], "watch/DiagnosisOverspent",
      .without(["Definition", "IamActionDefinition", "Roles"])
    ),
    (["spending-stopped"], "watch/DiagnosisSpent", .silent("NothingMoreIsStarted")),
    (["tunnels-blocked"], "diagnosis-network/NameRules", .to(["FirewallRules", "0", "Action"], "ALERT")),
    (["tunnels-blocked"], "portal/NameRules", .to(["FirewallRules", "0", "Priority"], 500)),
  ]

  private static let least: [(lost: Set<String>, resource: String, change: Change)] = [
    (["buckets-private"], "products/ProductBucket", .without(["PublicAccessBlockConfiguration"])),
    (
      ["buckets-private"], "foundation/LogBucket",
      .to(["PublicAccessBlockConfiguration", "BlockPublicPolicy"], false)
    ),
    (["buckets-owned"], "diagnosis-data/BreastCancerDataBucket", .without(["OwnershipControls"])),
    (["services-bound"], "foundation/FlowRole", .unconditional("0")),
    (["services-bound"], "watch/RecorderRole", .unconditional("0")),
    (["services-bound"], "diagnosis-identity/WorkspaceRole", .unconditional("0")),
    (["services-bound"], "diagnosis-catalog/LaunchRole", .unconditional("0")),
    (["services-bound"], "foundation/Key", .unconditional("AuditorsSeal")),
    (["services-bound"], "diagnosis-data/Key", .unconditional("LogsEncrypt")),
    (["services-bound"], "foundation/LogBucketPolicy", .unconditional("AuditorsWrite")),
    (["doors-named"], "browser/ConsoleStaticEndpoint", .without(["PolicyDocument"])),
    (["doors-named"], "browser/ConsoleStaticEndpoint", .unconditional("OwnPeopleOwnResources")),
    (["doors-named"], "diagnosis-network/StsEndpoint", .unconditional("CallerIdentity")),
    (["roles-bounded"], "diagnosis-catalog/LaunchRole", .without(["PermissionsBoundary"])),
    (["roles-bounded"], "correction/FunctionRole", .without(["PermissionsBoundary"])),
    (["roles-placed"], "diagnosis-identity/ReaderRole", .unconditional("OwnWorkspaces")),
    (["people-placed"], "diagnosis-identity/ScientistRole", .unconditional("PeopleFromThePortalsAddress")),
    (["people-placed"], "diagnosis-identity/ScientistRole", .unconditional("PeopleFromThePortalsNetwork")),
    (["roles-bounded"], "watch/DiagnosisSpentRole", .without(["PermissionsBoundary"])),
    (["services-bound"], "watch/DiagnosisSpentRole", .unconditional("0")),
    (["services-bound"], "foundation/Key", .unconditional("PortalSeals")),
    (["services-bound"], "foundation/LogBucketPolicy", .unconditional("SessionsWrite")),
    (["notebooks-plain"], "diagnosis-notebook/Notebook", .to(["RootAccess"], "Enabled")),
    (
      ["notebooks-plain"], "diagnosis-notebook/Notebook", .without(["InstanceMetadataServiceConfiguration"])
    ),
    (["orders-limited"], "diagnosis-catalog/NotebookChoices", .removed),
    (["orders-limited"], "diagnosis-catalog/WorkspaceChoices", .to(["Rules"], "{}")),
    (["objects-named"], "diagnosis-catalog/LaunchRole", .unconditional("FetchTemplate")),
    (["orders-own"], "diagnosis-catalog/OrderPolicy", .unconditional("OwnOrders")),
    (["lists-narrow"], "diagnosis-network/AclOutHttps", .without(["PortRange"])),
    (["lists-narrow"], "diagnosis-network/AclInAnswers", .without(["PortRange"])),
    (["settings-attached"], "portal/Portal", .without(["DataProtectionSettingsArn"])),
  ]

  private static let guarded: [(lost: Set<String>, resource: String, change: Change)] = [
    (["buckets-guarded"], "guardrails/StorageGuardrail", .silent("NoDoorThatCopiesOut")),
    (["roles-guarded"], "guardrails/StorageGuardrail", .silent("NoForeignRole")),
    (["buckets-guarded", "roles-guarded"], "guardrails/StorageGuardrail", .removed),
    (["networks-guarded"], "guardrails/NetworkGuardrail", .silent("NoOtherWayOut")),
    // Glue carries data and runs jobs.
    (
      ["carriers-guarded", "jobs-guarded"], "guardrails/ServicesGuardrail", .silent("NoServiceCarriesItOut")
    ),
    (["copies-guarded"], "guardrails/ServicesGuardrail", .silent("NoCopyByConfiguration")),
    (["catalog-guarded"], "guardrails/ServicesGuardrail", .silent("NoOtherProduct")),
    (["shells-guarded"], "guardrails/ComputeGuardrail", .silent("NoShellThroughAService")),
    (["jobs-guarded"], "guardrails/ComputeGuardrail", .silent("NoJobOfAnotherService")),
    (["placement-guarded"], "guardrails/ComputeGuardrail", .silent("OnlyInANetwork")),
    (["internet-guarded"], "guardrails/ComputeGuardrail", .silent("NoDirectInternet")),
    (["root-guarded"], "guardrails/ComputeGuardrail", .silent("NoRoot")),
    (["domains-guarded"], "guardrails/ComputeGuardrail", .silent("NoPublicDomain")),
    (["isolation-guarded"], "guardrails/ComputeGuardrail", .silent("OnlyIsolatedWork")),
    (["traffic-guarded"], "guardrails/ComputeGuardrail", .silent("OnlySealedTraffic")),
    (["disks-guarded"], "guardrails/ComputeGuardrail", .silent("OnlySealedDisks")),
    (["sessions-guarded"], "guardrails/ComputeGuardrail", .silent("NoShellInAJob")),
    (["debuggers-guarded"], "guardrails/ComputeGuardrail", .silent("NoDebugger")),
    (["elsewhere-guarded"], "guardrails/ComputeGuardrail", .silent("NoWorkElsewhere")),
    (["strangers-refused"], "guardrails/ResourcesGuardrail", .silent("OrganizationPrincipalsOnly")),
    (["strangers-refused"], "guardrails/ResourcesGuardrail", .removed),
  ]

  @Test func `is held`() throws {
    let reports = Safeguards.reports(
      of: try `Every control of the synthesised example, weakened alone,`.deployment())
    for report in reports where report.verdict != .held {
      Issue.record("\(report.safeguard): \(report.lost.map(\.line)) \(report.unknown.map(\.line))")
    }
    // What the example has nothing of: monitors.
    let absent = Set(EgressMap.safeguardNames).subtracting(reports.map(\.safeguard))
    #expect(absent == ["outputs-sealed", "jobs-sealed"])
  }

  @Test func `is lost with its own property, and no other with it`() throws {
    let base = try `Every control of the synthesised example, weakened alone,`.deployment()
    for (expected, name, change) in Self.losses {
      let reports = Safeguards.reports(of: try Self.changed(base, name, change))
      let lost = Set(reports.filter { $0.verdict != .held }.map(\.safeguard))
      #expect(lost == expected, "\(name) \(change)")
    }
    let shown = Set(Self.losses.flatMap(\.lost))
    let all = Set(Safeguards.reports(of: base).map(\.safeguard))
    #expect(all.subtracting(shown).isEmpty, "no change loses them")
  }

  static func changed(_ base: CloudDeployment, _ name: String, _ change: Change) throws -> CloudDeployment {
    var copy = base
    let index = try #require(copy.resources.firstIndex { "\($0.id)" == "breast-cancer-\(name)" }, "\(name)")
    let properties = copy.resources[index].properties
    switch change {
    case .removed:
      copy.resources.remove(at: index)
      return copy
    case .without(let path): copy.resources[index].properties = properties.replacing(path, with: nil)
    case .to(let path, let value):
      copy.resources[index].properties = properties.replacing(path, with: value)
    case .silent(let sid), .unconditional(let sid):
      var found = false
      for path in properties.statements(at: []) {
        guard case .list(var statements)? = properties.part(path)?.content,
          let place = statements.indices.first(where: {
            statements[$0]["Sid"]?.content == .string(sid) || sid == "\($0)" && statements[$0]["Sid"] == nil
          })
        else { continue }
        if case .silent = change {
          statements.remove(at: place)
        } else {
          statements[place] = statements[place].replacing(["Condition"], with: nil)
        }
        copy.resources[index].properties = properties.replacing(path, with: CloudValue(.list(statements)))
        found = true
        break
      }
      try #require(found, "\(name) has a statement \(sid)")
    }
    #expect(copy != base, "\(name) \(change) changes nothing")
    return copy
  }
}
