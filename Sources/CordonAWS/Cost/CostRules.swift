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
enum CostRules {
  /// The instance that each definition of a job asks for, by the definition's name.
  static func instances(ofDefinitionsIn deployment: CloudDeployment) -> [String: String] {
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

  /// What is billed of a resource; nil where no rule says. `definitions` are those of jobs with their instances.
  static func charges(of resource: CloudResource, definitions: [String: String]) -> [Charge]? {
    let properties = resource.properties
    switch resource.type {
    case "AWS::EC2::VPCEndpoint": return endpoint(properties)
    case "AWS::EC2::NatGateway":
      return [Charge(meter: .natHour, amount: .hourly(1)), Charge(meter: .natData)]
    case "AWS::EC2::EIP": return [Charge(meter: .addressHour, amount: .hourly(1))]
    case "AWS::KMS::Key", "AWS::KMS::ReplicaKey": return key(properties)
    case "AWS::Route53::HostedZone":
      return [Charge(meter: .zoneMonth, amount: .monthly(1)), Charge(meter: .zoneQueries)]
    case "AWS::Route53Resolver::FirewallDomainList":
      return [Charge(meter: .firewallNameMonth, amount: count(properties["Domains"], of: "Domains"))]
    case "AWS::Route53Resolver::FirewallRuleGroupAssociation": return [Charge(meter: .firewallQueries)]
    case "AWS::Kinesis::Stream": return stream(properties)
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
    default: return learning(resource, definitions)
    }
  }

  /// SageMaker: what runs an instance.
  private static func learning(_ resource: CloudResource, _ definitions: [String: String]) -> [Charge]? {
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
          variety: named ?? cluster(schedule?["MonitoringJobDefinition"]?["MonitoringResources"]))
      ]
    case "AWS::SageMaker::ProcessingJob":
      return [Charge(meter: .jobHours, variety: cluster(properties["ProcessingResources"]))]
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
