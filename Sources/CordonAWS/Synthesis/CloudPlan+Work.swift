import CordonModel

// What SageMaker may be asked for, by anybody: work in a network of ours, sealed, alone, and without a shell. A call that
// leaves a setting out gets the service's default, so a condition whose key is missing denies as well.
extension CloudPlan {
  /// Settings of SageMaker that open a network, a shell or a disk.
  var work: [CloudValue] {
    [
      // AWS's data perimeter examples, "restrict_nonvpc_deployment_scp".
      Self.denial(
        "OnlyInANetwork", Self.placed.map { "sagemaker:Create\($0)" },
        ["Null": ["sagemaker:VpcSubnets": "true"]]),
      Self.denial(
        "NoDirectInternet", Self.notebooks,
        ["StringNotEqualsIfExists": ["sagemaker:DirectInternetAccess": "Disabled"]]),
      Self.denial(
        "NoRoot", Self.notebooks, ["StringNotEqualsIfExists": ["sagemaker:RootAccess": "Disabled"]]),
      Self.denial(
        "NoPublicDomain", ["sagemaker:CreateDomain", "sagemaker:UpdateDomain"],
        ["StringNotEqualsIfExists": ["sagemaker:AppNetworkAccessType": "VpcOnly"]]),
      Self.denial(
        "OnlyIsolatedWork",
        ["TrainingJob", "ProcessingJob", "HyperParameterTuningJob", "Model", "MonitoringSchedule"]
          .map { "sagemaker:Create\($0)" }, ["BoolIfExists": ["sagemaker:NetworkIsolation": "false"]]),
      Self.denial(
        "OnlySealedTraffic", Self.nodes,
        ["BoolIfExists": ["sagemaker:InterContainerTrafficEncryption": "false"]]),
      Self.denial(
        "OnlySealedDisks",
        Self.nodes + ["sagemaker:CreateNotebookInstance", "sagemaker:CreateEndpointConfig"],
        ["Null": ["sagemaker:VolumeKmsKey": "true"]]),
      Self.denial("NoShellInAJob", ["sagemaker:StartSession", "sagemaker:UpdateTrainingJob"]),
      Self.denial(
        "NoDebugger", ["sagemaker:CreateTrainingJob"], ["Bool": ["sagemaker:EnableRemoteDebug": "true"]]),
      Self.denial("NoWorkElsewhere", forbidden.map { "sagemaker:Create\($0)" }),
    ]
  }

  private static let notebooks = ["sagemaker:CreateNotebookInstance", "sagemaker:UpdateNotebookInstance"]

  /// Jobs of several computers.
  private static let nodes = ["TrainingJob", "ProcessingJob", "HyperParameterTuningJob"]
    .map { "sagemaker:Create\($0)" }

  /// What stands in a network only if the call says so.
  static let placed = [
    "AutoMLJob", "AutoMLJobV2", "DataQualityJobDefinition", "Domain", "HyperParameterTuningJob", "Model",
    "ModelBiasJobDefinition", "ModelExplainabilityJobDefinition", "ModelQualityJobDefinition",
    "MonitoringSchedule", "NotebookInstance", "ProcessingJob", "TrainingJob",
  ]

  /// What gives data to other people or to networks that no call names.
  static let elsewhere = [
    "Cluster", "CompilationJob", "DeviceFleet", "EdgeDeploymentPlan", "EdgeDeploymentStage",
    "EdgePackagingJob", "FlowDefinition", "Hub", "HubContentPresignedUrls", "HubContentReference",
    "HumanTaskUi", "InferenceExperiment", "InferenceRecommendationsJob", "LabelingJob",
    "LineageGroupPolicy", "MlflowApp", "ModelCardExportJob", "OptimizationJob", "PartnerApp",
    "PartnerAppPresignedUrl", "PresignedMlflowAppUrl", "PresignedMlflowTrackingServerUrl",
    "PresignedNotebookInstanceUrl", "SharedModel", "Workforce", "Workteam",
  ]
}
