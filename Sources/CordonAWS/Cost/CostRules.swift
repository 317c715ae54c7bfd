import CordonModel

/// What of a resource is billed.
struct Charge {
  /// How much of it a month takes.
  enum Amount {
    /// So many, each hour of the month.
    case hourly(Int)
    /// So many, each month.
    case monthly(Int)
    /// As much as is used.
    case used
    /// The files do not say: what is missing.
    case unclear(String)
  }

  var meter: CostMeter
  /// Which of several kinds with prices of their own, e.g. an instance type.
  var variety: String?
  var amount: Amount = .used
}

/// Which meters run for which resource. Sources: the pages of the price table, and for counts the CloudFormation reference.
struct CostRules {
  /// The instance that each definition of a job asks for, by the definition's name.
  private let definitions: [String: String]
  /// Rule groups of DNS firewalls that look at questions themselves, and not at lists alone.
  private let advanced: Set<ResourceID>

  /// Templates that people order: nobody knows how often.
  private let offered: Set<String>

  init(_ deployment: CloudDeployment) {
    offered = Set(
      deployment.resources.flatMap { $0.properties["ProvisioningArtifactParameters"]?.elements ?? [] }
        .compactMap { $0["Info"]?["LoadTemplateFromURL"]?.plainText.map(Self.lastPart) })
    definitions = Self.instances(ofDefinitionsIn: deployment)
    advanced = Set(
      deployment.resources.filter { resource in
        (resource.properties["FirewallRules"]?.elements ?? []).contains { $0["DnsThreatProtection"] != nil }
      }.map(\.id))
  }

  private static func instances(ofDefinitionsIn deployment: CloudDeployment) -> [String: String] {
    var found: [String: String] = [:]
    for resource in deployment.resources where resource.type.hasSuffix("JobDefinition") {
      guard let name = resource.properties["JobDefinitionName"]?.plainText else { continue }
      found[name] = cluster(resource.properties["JobResources"])
    }
    return found
  }

  private static func cluster(_ resources: CloudValue?) -> String? {
    resources?["ClusterConfig"]?["InstanceType"]?.plainText
  }

  private static func lastPart(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// What is billed of a resource; nil where no rule says. What is ordered is billed from the order on, by use.
  func charges(of resource: CloudResource) -> [Charge]? {
    let charges = standingCharges(of: resource)
    guard offered.contains(Self.lastPart(of: resource.location.file)) else { return charges }
    return charges?.map { Charge(meter: $0.meter, variety: $0.variety) }
  }

  /// What is billed of a resource that is there.
  private func standingCharges(of resource: CloudResource) -> [Charge]? {
    let properties = resource.properties
    switch resource.type {
    case "AWS::EC2::VPCEndpoint": return Self.endpoint(properties)
    case "AWS::EC2::NatGateway":
      return [Charge(meter: .natHour, amount: .hourly(1)), Charge(meter: .natData)]
    case "AWS::EC2::EIP": return [Charge(meter: .addressHour, amount: .hourly(1))]
    case "AWS::KMS::Key", "AWS::KMS::ReplicaKey": return Self.key(properties)
    case "AWS::Route53::HostedZone":
      return [Charge(meter: .zoneMonth, amount: .monthly(1)), Charge(meter: .zoneQueries)]
    case "AWS::Route53Resolver::FirewallDomainList":
      return [Charge(meter: .firewallNameMonth, amount: Self.count(properties["Domains"], of: "Domains"))]
    case "AWS::Route53Resolver::FirewallRuleGroupAssociation": return firewall(properties)
    case "AWS::Kinesis::Stream": return Self.stream(properties)
    case "AWS::Logs::LogGroup": return [Charge(meter: .logData), Charge(meter: .logMonth)]
    case "AWS::S3::Bucket":
      return [Charge(meter: .bucketMonth), Charge(meter: .bucketWrites), Charge(meter: .bucketReads)]
    case "AWS::CloudTrail::Trail": return [Charge(meter: .trailEvents)]
    case "AWS::Config::ConfigurationRecorder": return [Charge(meter: .configItems)]
    case "AWS::Config::ConfigRule": return [Charge(meter: .configEvaluations)]
    case "AWS::Lambda::Function": return [Charge(meter: .functionRequests), Charge(meter: .functionTime)]
    case "AWS::ECR::Repository": return [Charge(meter: .imageMonth)]
    case "AWS::CodeArtifact::Domain": return [Charge(meter: .packageMonth), Charge(meter: .packageRequests)]
    case "AWS::CodeCommit::Repository": return [Charge(meter: .gitUsers)]
    case "AWS::WorkSpacesWeb::Portal": return [Charge(meter: .portalUsers)]
    case "AWS::SecretsManager::Secret": return [Charge(meter: .secretMonth, amount: .monthly(1))]
    case "AWS::Budgets::BudgetsAction": return [Charge(meter: .budgetActionDays)]
    default: return learning(resource)
    }
  }

  /// A rule that looks at questions themselves is billed by the hour, beside the questions.
  private func firewall(_ properties: CloudValue) -> [Charge] {
    let queries = [Charge(meter: .firewallQueries)]
    guard case .reference(let group)? = properties["FirewallRuleGroupId"]?.content,
      advanced.contains(group.resource)
    else { return queries }
    return [Charge(meter: .firewallAdvancedHour, amount: .hourly(1))] + queries
  }

  /// SageMaker: what runs an instance.
  private func learning(_ resource: CloudResource) -> [Charge]? {
    let properties = resource.properties
    switch resource.type {
    case "AWS::SageMaker::Domain":
      let app = properties["DefaultUserSettings"]?["JupyterLabAppSettings"]?["DefaultResourceSpec"]
      return [Charge(meter: .studioHours, variety: app?["InstanceType"]?.plainText)]
    case "AWS::SageMaker::Space":
      let app = properties["SpaceSettings"]?["JupyterLabAppSettings"]?["DefaultResourceSpec"]
      return [Charge(meter: .studioHours, variety: app?["InstanceType"]?.plainText)]
    case "AWS::SageMaker::NotebookInstance":
      let type = properties["InstanceType"]?.plainText
      let hours: Charge.Amount = type == nil ? .unclear("its InstanceType is not known") : .hourly(1)
      return [Charge(meter: .notebookHour, variety: type, amount: hours)]
    case "AWS::SageMaker::MlflowTrackingServer":
      let size = properties["TrackingServerSize"]?.plainText ?? "Small"
      return [Charge(meter: .trackingServerHour, variety: size, amount: .hourly(1))]
    case "AWS::SageMaker::MonitoringSchedule":
      let schedule = properties["MonitoringScheduleConfig"]
      let named = schedule?["MonitoringJobDefinitionName"]?.plainText.flatMap { definitions[$0] }
      return [
        Charge(
          meter: .jobHours,
          variety: named ?? Self.cluster(schedule?["MonitoringJobDefinition"]?["MonitoringResources"]))
      ]
    case "AWS::SageMaker::ProcessingJob":
      return [Charge(meter: .jobHours, variety: Self.cluster(properties["ProcessingResources"]))]
    default: return nil
    }
  }

  /// What a table of what costs nothing calls a resource: its type, and for endpoints their kind.
  static func kind(of resource: CloudResource) -> String {
    guard resource.type == "AWS::EC2::VPCEndpoint" else { return resource.type }
    return "\(resource.type) \(endpointKind(resource.properties) ?? "of an unknown kind")"
  }

  /// `Gateway` is what CloudFormation makes where nothing is said.
  private static func endpointKind(_ properties: CloudValue) -> String? {
    guard let kind = properties["VpcEndpointType"] else { return "Gateway" }
    return kind.plainText
  }

  private static func endpoint(_ properties: CloudValue) -> [Charge]? {
    guard endpointKind(properties) == "Interface" else { return nil }
    // A subnet is in one zone, and an endpoint takes one subnet of a zone.
    let zones = count(properties["SubnetIds"], of: "SubnetIds")
    let hours: Charge.Amount =
      if case .monthly(let count) = zones { .hourly(count) } else { zones }
    return [Charge(meter: .endpointHour, amount: hours), Charge(meter: .endpointData)]
  }

  private static func key(_ properties: CloudValue) -> [Charge] {
    let month = [Charge(meter: .keyMonth, amount: .monthly(1)), Charge(meter: .keyRequests)]
    let isTurned = properties["EnableKeyRotation"]?.plainText != "false"
    return properties["EnableKeyRotation"] != nil && isTurned ? month + [Charge(meter: .keyVersions)] : month
  }

  private static func stream(_ properties: CloudValue) -> [Charge] {
    if let mode = properties["StreamModeDetails"]?["StreamMode"]?.plainText, mode == "ON_DEMAND" {
      return [Charge(meter: .streamHour, amount: .hourly(1)), Charge(meter: .streamData)]
    }
    let shards: Charge.Amount =
      switch properties["ShardCount"]?.plainText {
      case let text?: Int(text).map { .hourly($0) } ?? .unclear("its ShardCount is no number")
      case nil: properties["ShardCount"] == nil ? .hourly(1) : .unclear("its ShardCount is not known")
      }
    return [Charge(meter: .shardHour, amount: shards), Charge(meter: .streamUnits)]
  }

  /// How many a list holds.
  private static func count(_ list: CloudValue?, of name: String) -> Charge.Amount {
    guard let elements = list?.elements else { return .unclear("its \(name) are not known") }
    let isWhole = elements.allSatisfy { element in
      switch element.content {
      case .unknown, .oneOf, .null: false
      default: true
      }
    }
    return isWhole ? .monthly(elements.count) : .unclear("its \(name) are not known")
  }
}
