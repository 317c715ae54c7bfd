import CordonModel
import CordonPolicy

// SageMaker: its lists name things, its descriptions use the words of the templates.
extension LiveTable {
  static let learning: [LiveStep] = [
    described(
      "ListDomains", "Domains", "DescribeDomain", [("DomainId", "$DomainId")],
      LiveShape(
        "AWS::SageMaker::Domain", id: "DomainId", arn: "DomainArn",
        .about(except: "Url", "HomeEfsFileSystemId", "SingleSignOnManagedApplicationInstanceId"))),
    described(
      "ListUserProfiles", "UserProfiles", "DescribeUserProfile",
      [("DomainId", "$DomainId"), ("UserProfileName", "$UserProfileName")],
      LiveShape(
        "AWS::SageMaker::UserProfile", id: "DomainId UserProfileName", .about(except: "HomeEfsFileSystemUid"))
    ),
    described(
      "ListSpaces", "Spaces", "DescribeSpace", [("DomainId", "$DomainId"), ("SpaceName", "$SpaceName")],
      LiveShape(
        "AWS::SageMaker::Space", id: "DomainId SpaceName", .about(except: "Url", "HomeEfsFileSystemUid"))),
    described(
      "ListNotebookInstances", "NotebookInstances", "DescribeNotebookInstance",
      [("NotebookInstanceName", "$NotebookInstanceName")],
      LiveShape(
        "AWS::SageMaker::NotebookInstance", id: "NotebookInstanceArn", arn: "NotebookInstanceArn",
        .about(except: "Url", "NotebookInstanceLifecycleConfigName", "SecurityGroups"),
        .copy("about.NotebookInstanceLifecycleConfigName", "LifecycleConfigName"),
        .copy("about.SecurityGroups", "SecurityGroupIds"))),
    described(
      "ListNotebookInstanceLifecycleConfigs", "NotebookInstanceLifecycleConfigs",
      "DescribeNotebookInstanceLifecycleConfig",
      [("NotebookInstanceLifecycleConfigName", "$NotebookInstanceLifecycleConfigName")],
      LiveShape(
        "AWS::SageMaker::NotebookInstanceLifecycleConfig", id: "NotebookInstanceLifecycleConfigName",
        arn: "NotebookInstanceLifecycleConfigArn", .about())),
    described(
      "ListStudioLifecycleConfigs", "StudioLifecycleConfigs", "DescribeStudioLifecycleConfig",
      [("StudioLifecycleConfigName", "$StudioLifecycleConfigName")],
      LiveShape(
        "AWS::SageMaker::StudioLifecycleConfig", id: "StudioLifecycleConfigName",
        arn: "StudioLifecycleConfigArn", .about())),
    described(
      "ListModels", "Models", "DescribeModel", [("ModelName", "$ModelName")],
      LiveShape("AWS::SageMaker::Model", id: "ModelArn", arn: "ModelArn", .about())),
    described(
      "ListEndpointConfigs", "EndpointConfigs", "DescribeEndpointConfig",
      [("EndpointConfigName", "$EndpointConfigName")],
      LiveShape("AWS::SageMaker::EndpointConfig", id: "EndpointConfigArn", arn: "EndpointConfigArn", .about())
    ),
    described(
      "ListEndpoints", "Endpoints", "DescribeEndpoint", [("EndpointName", "$EndpointName")],
      LiveShape("AWS::SageMaker::Endpoint", id: "EndpointArn", arn: "EndpointArn", .about())),
    list(
      .sageMaker, "ListModelPackageGroups", "ModelPackageGroupSummaryList",
      details: [
        LiveDetail(
          "policy",
          one(
            .sageMaker, "GetModelPackageGroupPolicy", [("ModelPackageGroupName", "$ModelPackageGroupName")],
            absent: ["ValidationException", "ResourceNotFound"], hides: ["AWS::SageMaker::ModelPackageGroup"])
        )
      ],
      shapes: [
        LiveShape(
          "AWS::SageMaker::ModelPackageGroup", id: "ModelPackageGroupArn", arn: "ModelPackageGroupArn",
          .take("ModelPackageGroupName"), .document("policy.ResourcePolicy", "ModelPackageGroupPolicy"))
      ]),
    described(
      "ListMonitoringSchedules", "MonitoringScheduleSummaries", "DescribeMonitoringSchedule",
      [("MonitoringScheduleName", "$MonitoringScheduleName")],
      LiveShape(
        "AWS::SageMaker::MonitoringSchedule", id: "MonitoringScheduleArn", arn: "MonitoringScheduleArn",
        .about(except: "LastMonitoringExecutionSummary"))),
    definitions("DataQuality"), definitions("ModelQuality"), definitions("ModelBias"),
    definitions("ModelExplainability"),
    described(
      "ListMlflowTrackingServers", "TrackingServerSummaries", "DescribeMlflowTrackingServer",
      [("TrackingServerName", "$TrackingServerName")],
      LiveShape(
        "AWS::SageMaker::MlflowTrackingServer", id: "TrackingServerName", arn: "TrackingServerArn",
        .about(except: "TrackingServerUrl"))),
    described(
      "ListCodeRepositories", "CodeRepositorySummaryList", "DescribeCodeRepository",
      [("CodeRepositoryName", "$CodeRepositoryName")],
      LiveShape(
        "AWS::SageMaker::CodeRepository", id: "CodeRepositoryName", arn: "CodeRepositoryArn",
        // Its secret is named and not read.
        .about())),
    described(
      "ListAppImageConfigs", "AppImageConfigs", "DescribeAppImageConfig",
      [("AppImageConfigName", "$AppImageConfigName")],
      LiveShape(
        "AWS::SageMaker::AppImageConfig", id: "AppImageConfigName", arn: "AppImageConfigArn", .about())),
    images,
    presence(.sageMaker, "ListClusters", "ClusterSummaries", "ClusterName", "AWS::SageMaker::Cluster"),
  ]

  private static func described(
    _ action: String, _ list: String, _ describe: String, _ input: [(String, LiveStep.Input)],
    _ shape: LiveShape
  ) -> LiveStep {
    self.list(
      .sageMaker, action, list,
      details: [LiveDetail("about", one(.sageMaker, describe, input, hides: [shape.type]))], shapes: [shape])
  }

  /// Images of workspaces, and where each version of one comes from.
  private static let images: LiveStep = {
    var step = described(
      "ListImages", "Images", "DescribeImage", [("ImageName", "$ImageName")],
      LiveShape("AWS::SageMaker::Image", id: "ImageArn", arn: "ImageArn", .about(except: "ImageStatus")))
    step.children = [
      list(
        .sageMaker, "ListImageVersions", "ImageVersions", [("ImageName", "$ImageName")],
        details: [
          LiveDetail(
            "about",
            one(
              .sageMaker, "DescribeImageVersion",
              [("ImageName", "$parent.ImageName"), ("Version", "$Version")],
              hides: ["AWS::SageMaker::ImageVersion"]))
        ],
        shapes: [
          LiveShape(
            "AWS::SageMaker::ImageVersion", id: "ImageVersionArn", arn: "ImageVersionArn",
            .copy("parent.ImageName", "ImageName"), .about(except: "ImageVersionStatus"))
        ])
    ]
    return step
  }()

  private static func definitions(_ kind: String) -> LiveStep {
    described(
      "List\(kind)JobDefinitions", "JobDefinitionSummaries", "Describe\(kind)JobDefinition",
      [("JobDefinitionName", "$MonitoringJobDefinitionName")],
      LiveShape(
        "AWS::SageMaker::\(kind)JobDefinition", id: "MonitoringJobDefinitionArn",
        arn: "MonitoringJobDefinitionArn", .about()))
  }
}

extension LiveRule {
  /// What SageMaker's descriptions say of when and how far.
  private static let passing: Set<String> = [
    "CreationTime", "LastModifiedTime", "FailureReason", "Status", "CreatedBy", "LastModifiedBy",
    "MonitoringScheduleStatus", "NotebookInstanceStatus", "EndpointStatus",
  ]

  /// Everything that a description says, but for what passes and those named. One that was not read is not known at all.
  static func about(except names: String...) -> LiveRule {
    let left = passing.union(names)
    return LiveRule(properties: []) { element in
      guard let about = element.at("about") else { return [] }
      if let unknown = LiveValue.unknown(about) { return unread(unknown) }
      return (about.members ?? []).compactMap { member in
        if left.contains(member.name) { return nil }
        if case .null = member.value.content { return nil }
        return (LiveValue.capital(member.name), LiveValue.value(member.value, capitals: false))
      }
    }
  }

  /// Properties without which a resource would be judged by its defaults.
  private static func unread(_ unknown: CloudValue) -> [(String, CloudValue)] {
    [
      "AppNetworkAccessType", "DirectInternetAccess", "RootAccess", "EnableNetworkIsolation", "VpcConfig",
      "NetworkConfig", "DefaultUserSettings", "UserSettings", "SpaceSettings", "OnCreate", "OnStart",
      "ProductionVariants", "DataCaptureConfig", "ArtifactStoreUri", "MonitoringScheduleConfig", "BaseImage",
    ].map { ($0, unknown) }
  }
}
