import CordonModel
import CordonPolicy

/// What the organisation refuses, whatever a role's own policies say. Roles are refused the same by their own policies and
/// boundaries; this is what is left when somebody makes another role.
enum GuardedSafeguards {
  static let all: [Safeguard] =
    calls.map { call in
      Safeguard(
        call.name, .guarded, "the organisation refuses \(call.what)",
        reads: ["AWS::Organizations::Policy": ["Type", "Content", "TargetIds"]]
      ) {
        guarded(call, $0)
      }
    } + [
      Safeguard(
        "strangers-refused", .guarded, "the organisation refuses strangers at whatever is its own",
        reads: ["AWS::Organizations::Policy": ["Type", "Content", "TargetIds"]], judge: strangers)
    ]

  /// Calls that a service control policy refuses.
  private struct Call: Sendable {
    var name: String
    /// What is refused, as a sentence goes on.
    var what: String
    var actions: [String]
    /// What the request says that makes it one of these.
    var demands: [Demand] = []
    /// Keys that it leaves out.
    var absent: [String] = []
    var target = Target.own
  }

  private struct Demand: Sendable {
    var key: String
    var operation: String
    var value: String
    /// Whether the key has the value; else it has another, or is left out.
    var isSo = false
  }

  private static func guarded(_ call: Call, _ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    guard !scene.serviceControls.isEmpty else {
      return RecordedSafeguards.absent(
        "no service control policy that binds the account is in the files",
        "no service control policy binds the account", "AWS::Organizations::Policy", estate)
    }
    var keys = KeyDemands.of(.people(scene.roles), .anywhere, call.target, estate)
    for demand in call.demands {
      keys.require(demand.key, demand.operation, [demand.value], positive: demand.isSo, present: demand.isSo)
    }
    for key in call.absent { keys.remove(key) }
    let question = RequestQuestion(
      layers: scene.serviceControls, callers: estate.callers(.people(scene.roles)), actions: call.actions,
      demands: keys, resourceAccount: call.target == .own ? estate.account : nil)
    return finding(question, scene.serviceControls, scene, "no service control policy refuses \(call.what)")
  }

  @Sendable private static func strangers(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    guard !scene.resourceControls.isEmpty else {
      return RecordedSafeguards.absent(
        "no resource control policy that binds the account is in the files",
        "no resource control policy binds the account", "AWS::Organizations::Policy", estate)
    }
    let question = RequestQuestion(
      layers: scene.resourceControls, callers: estate.callers(.foreign),
      actions: ["s3:*", "sts:AssumeRole", "kms:*", "sqs:*", "secretsmanager:*", "ecr:*"],
      demands: .of(.foreign, .anywhere, .own, estate), resourceAccount: estate.account)
    return finding(question, scene.resourceControls, scene, "no resource control policy refuses strangers")
  }

  /// Held where no request passes; else at the policy that comes nearest.
  private static func finding(
    _ question: RequestQuestion, _ layers: [LayerReading], _ scene: Scene, _ lack: String
  ) -> SafeguardFinding {
    var finding = SafeguardFinding()
    let policies = layers.flatMap(\.policies)
    func holder(of action: String?) -> CloudResource? {
      let near = policies.first { policy in
        action.map { action in policy.widest.statements.contains { $0.action.names(action) } } ?? false
      }
      return (near ?? policies.first)?.resource.flatMap { scene.estate.resource($0) }
    }
    switch scene.prover.ask(question) {
    case .none: if let holder = holder(of: question.actions.texts.first) { finding.hold(holder, ["Content"]) }
    case .unknown(let parts): if let holder = holder(of: nil) { finding.doubt(parts, holder) }
    case .some(let witness):
      let action = witness.request.action
      if let holder = holder(of: action) { finding.lose("\(lack): \(action)", holder, ["Content"]) }
    }
    return finding
  }

  // MARK: The calls

  private static let calls: [Call] = network + services + work

  private static let network = [
    Call(
      name: "networks-guarded", what: "whatever gives a network another way out",
      actions: [
        "ec2:AttachInternetGateway", "ec2:CreateEgressOnlyInternetGateway", "ec2:CreateNatGateway",
        "ec2:CreateRoute", "ec2:ReplaceRoute", "ec2:CreateVpcPeeringConnection",
        "ec2:AcceptVpcPeeringConnection", "ec2:CreateTransitGatewayVpcAttachment", "ec2:CreateVpnConnection",
        "ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint", "ec2:ModifyVpcBlockPublicAccessOptions",
        "ec2:CreateVpcBlockPublicAccessExclusion", "route53resolver:UpdateFirewallConfig",
        "route53resolver:DisassociateFirewallRuleGroup", "route53resolver:DeleteFirewallRule",
      ]),
    Call(
      name: "shells-guarded", what: "shells and ports through a service", actions: ServiceShellRoute.actions),
    Call(
      name: "jobs-guarded", what: "jobs of services in networks of their own",
      actions: ServiceJobRoute.actions),
  ]

  private static let services = [
    Call(
      name: "carriers-guarded", what: "services that carry data elsewhere",
      actions: [
        "appflow:CreateFlow", "datasync:CreateTask", "dms:CreateReplicationTask", "glue:CreateJob",
        "lambda:CreateFunction", "lambda:AddPermission", "ses:SendEmail", "sns:Publish", "sns:Subscribe",
        "states:CreateStateMachine", "transfer:CreateServer", "ram:CreateResourceShare",
        "logs:CreateExportTask", "logs:PutSubscriptionFilter", "events:PutTargets", "cloudtrail:CreateTrail",
        "config:PutDeliveryChannel", "ecr:PutReplicationConfiguration", "ssm:CreateResourceDataSync",
      ]),
    Call(
      name: "copies-guarded", what: "settings by which a service copies elsewhere, and grants to others",
      actions: [
        "s3:PutReplicationConfiguration", "s3:PutInventoryConfiguration", "s3:PutBucketLogging",
        "s3:PutBucketNotification", "s3:PutAccessPointPolicy", "kms:CreateGrant", "kms:PutKeyPolicy",
        "ecr:SetRepositoryPolicy", "codeartifact:AssociateExternalConnection",
        "codeartifact:PublishPackageVersion", "codecommit:PutRepositoryTriggers",
        "sagemaker:PutModelPackageGroupPolicy",
      ]),
    Call(
      name: "buckets-guarded", what: "buckets that are made, deleted or opened",
      actions: [
        "s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy",
        "s3:PutBucketAcl",
        "s3:PutObjectAcl", "s3:PutObjectVersionAcl", "s3:PutBucketWebsite", "s3:PutBucketPublicAccessBlock",
        "s3:PutAccountPublicAccessBlock", "s3:PutBucketOwnershipControls", "s3:PutBucketCORS",
        "s3:CreateAccessPoint",
      ]),
    Call(
      name: "roles-guarded", what: "becoming a role of others", actions: ["sts:AssumeRole"], target: .foreign),
    Call(
      name: "catalog-guarded", what: "anything else in a catalog, which a launch role would make",
      actions: CatalogRoute.offers),
  ]

  private static let jobs = [
    "sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob", "sagemaker:CreateHyperParameterTuningJob",
  ]

  private static let work = [
    Call(
      name: "placement-guarded", what: "work in SageMaker that names no network",
      actions: jobs
        + [
          "AutoMLJob", "AutoMLJobV2", "DataQualityJobDefinition", "Domain", "Model", "ModelBiasJobDefinition",
          "ModelExplainabilityJobDefinition", "ModelQualityJobDefinition", "MonitoringSchedule",
          "NotebookInstance",
        ].map { "sagemaker:Create\($0)" }, absent: ["sagemaker:VpcSubnets"]),
    Call(
      name: "internet-guarded", what: "notebook instances with direct internet",
      actions: ["sagemaker:CreateNotebookInstance"],
      demands: [Demand(key: "sagemaker:DirectInternetAccess", operation: "StringEquals", value: "Disabled")]),
    Call(
      name: "root-guarded", what: "notebook instances with root",
      actions: ["sagemaker:CreateNotebookInstance", "sagemaker:UpdateNotebookInstance"],
      demands: [Demand(key: "sagemaker:RootAccess", operation: "StringEquals", value: "Disabled")]),
    Call(
      name: "domains-guarded", what: "Studio domains in the public internet",
      actions: ["sagemaker:CreateDomain", "sagemaker:UpdateDomain"],
      demands: [Demand(key: "sagemaker:AppNetworkAccessType", operation: "StringEquals", value: "VpcOnly")]),
    Call(
      name: "isolation-guarded", what: "jobs and models without isolation",
      actions: jobs + ["sagemaker:CreateModel", "sagemaker:CreateMonitoringSchedule"],
      demands: [Demand(key: "sagemaker:NetworkIsolation", operation: "Bool", value: "true")]),
    Call(
      name: "traffic-guarded", what: "jobs whose computers speak in the clear", actions: jobs,
      demands: [Demand(key: "sagemaker:InterContainerTrafficEncryption", operation: "Bool", value: "true")]),
    Call(
      name: "disks-guarded", what: "disks without a key",
      actions: jobs + ["sagemaker:CreateNotebookInstance", "sagemaker:CreateEndpointConfig"],
      absent: ["sagemaker:VolumeKmsKey"]),
    Call(
      name: "debuggers-guarded", what: "jobs with a shell for debugging",
      actions: ["sagemaker:CreateTrainingJob"],
      demands: [
        Demand(key: "sagemaker:EnableRemoteDebug", operation: "Bool", value: "true", isSo: true)
      ]),
    Call(
      name: "sessions-guarded", what: "sessions in jobs and spaces",
      actions: ["sagemaker:StartSession", "sagemaker:UpdateTrainingJob"]),
    Call(
      name: "elsewhere-guarded",
      what: "work in SageMaker that stands in networks of others or goes to other people",
      actions: [
        "Cluster", "CompilationJob", "DeviceFleet", "EdgeDeploymentPlan", "EdgeDeploymentStage",
        "EdgePackagingJob", "FlowDefinition", "Hub", "HubContentPresignedUrls", "HubContentReference",
        "HumanTaskUi", "InferenceExperiment", "InferenceRecommendationsJob", "LabelingJob",
        "LineageGroupPolicy", "MlflowApp", "ModelCardExportJob", "OptimizationJob", "PartnerApp",
        "PartnerAppPresignedUrl", "PresignedMlflowAppUrl", "PresignedMlflowTrackingServerUrl", "SharedModel",
        "Workforce", "Workteam",
      ].map { "sagemaker:Create\($0)" }),
  ]
}

extension Statement.Selection {
  /// Whether a pattern names `action`, or a beginning of it.
  fileprivate func names(_ action: String) -> Bool {
    patterns.contains { pattern in
      pattern.text == action || pattern.text.hasSuffix("*") && action.hasPrefix(pattern.text.dropLast())
    }
  }
}
