import CordonModel

// SageMaker.
extension PlanMapping {
  static let learning: [String: PlanMapping] = [
    "aws_sagemaker_domain": .to(
      "AWS::SageMaker::Domain", .copy("domain_name", "DomainName"), .copy("auth_mode", "AuthMode"),
      .copy("app_network_access_type", "AppNetworkAccessType"),
      .copy("app_security_group_management", "AppSecurityGroupManagement"), .link("vpc_id", "VpcId"),
      .links("subnet_ids", "SubnetIds"), .link("kms_key_id", "KmsKeyId"),
      .block(
        "domain_settings", "DomainSettings", .links("security_group_ids", "SecurityGroupIds"),
        .block(
          "docker_settings", "DockerSettings", .copy("enable_docker_access", "EnableDockerAccess"),
          .copy("vpc_only_trusted_accounts", "VpcOnlyTrustedAccounts"))),
      userSettings("default_user_settings", "DefaultUserSettings"),
      .block(
        "default_space_settings", "DefaultSpaceSettings", .link("execution_role", "ExecutionRole"),
        .links("security_groups", "SecurityGroups"))),
    "aws_sagemaker_user_profile": .to(
      "AWS::SageMaker::UserProfile", .link("domain_id", "DomainId"),
      .copy("user_profile_name", "UserProfileName"),
      userSettings("user_settings", "UserSettings")),
    "aws_sagemaker_space": .to(
      "AWS::SageMaker::Space", .link("domain_id", "DomainId"), .copy("space_name", "SpaceName"),
      .block(
        "space_settings", "SpaceSettings", .copy("remote_access", "RemoteAccess"),
        .copy("app_type", "AppType"))),
    "aws_sagemaker_app": .to(
      "AWS::SageMaker::App", .link("domain_id", "DomainId"), .copy("app_type", "AppType"),
      .copy("app_name", "AppName"),
      .copy("user_profile_name", "UserProfileName")),
    "aws_sagemaker_notebook_instance": .to(
      "AWS::SageMaker::NotebookInstance", .copy("name", "NotebookInstanceName"),
      .copy("instance_type", "InstanceType"),
      .link("role_arn", "RoleArn"), .copy("direct_internet_access", "DirectInternetAccess"),
      .link("subnet_id", "SubnetId"), .links("security_groups", "SecurityGroupIds"),
      .copy("root_access", "RootAccess"),
      .link("kms_key_id", "KmsKeyId"), .link("lifecycle_config_name", "LifecycleConfigName"),
      .block(
        "instance_metadata_service_configuration", "InstanceMetadataServiceConfiguration",
        .copy("minimum_instance_metadata_service_version", "MinimumInstanceMetadataServiceVersion")),
      .link("default_code_repository", "DefaultCodeRepository"),
      .links("additional_code_repositories", "AdditionalCodeRepositories")),
    "aws_sagemaker_notebook_instance_lifecycle_configuration": .to(
      "AWS::SageMaker::NotebookInstanceLifecycleConfig", .copy("name", "NotebookInstanceLifecycleConfigName"),
      .value("OnStart") { script("on_start", of: $0) }, .value("OnCreate") { script("on_create", of: $0) }),
    "aws_sagemaker_studio_lifecycle_config": .to(
      "AWS::SageMaker::StudioLifecycleConfig",
      .copy("studio_lifecycle_config_name", "StudioLifecycleConfigName"),
      .copy("studio_lifecycle_config_app_type", "StudioLifecycleConfigAppType"),
      .copy("studio_lifecycle_config_content", "StudioLifecycleConfigContent")),
    "aws_sagemaker_code_repository": .to(
      "AWS::SageMaker::CodeRepository", .copy("code_repository_name", "CodeRepositoryName"),
      .block("git_config", "GitConfig", .copy("repository_url", "RepositoryUrl"))),
    "aws_sagemaker_model": .to(
      "AWS::SageMaker::Model", .copy("name", "ModelName"), .link("execution_role_arn", "ExecutionRoleArn"),
      .copy("enable_network_isolation", "EnableNetworkIsolation"),
      .block(
        "vpc_config", "VpcConfig", .links("subnets", "Subnets"),
        .links("security_group_ids", "SecurityGroupIds")),
      .block("primary_container", "PrimaryContainer", container[0], container[1], container[2]),
      .blocks("container", "Containers", container[0], container[1], container[2])),
    "aws_sagemaker_endpoint_configuration": .to(
      "AWS::SageMaker::EndpointConfig", .copy("name", "EndpointConfigName"), .link("kms_key_arn", "KmsKeyId"),
      .blocks(
        "production_variants", "ProductionVariants", .link("model_name", "ModelName"),
        .copy("variant_name", "VariantName"),
        .copy("instance_type", "InstanceType"), .copy("enable_ssm_access", "EnableSSMAccess")),
      .block(
        "data_capture_config", "DataCaptureConfig", .copy("enable_capture", "EnableCapture"),
        .copy("destination_s3_uri", "DestinationS3Uri"), .link("kms_key_id", "KmsKeyId")),
      .block(
        "async_inference_config", "AsyncInferenceConfig",
        .block(
          "output_config", "OutputConfig", .copy("s3_output_path", "S3OutputPath"),
          .copy("s3_failure_path", "S3FailurePath"), .link("kms_key_id", "KmsKeyId")))),
    "aws_sagemaker_endpoint": .to(
      "AWS::SageMaker::Endpoint", .copy("name", "EndpointName"),
      .link("endpoint_config_name", "EndpointConfigName")),
    "aws_sagemaker_model_package_group": .to(
      "AWS::SageMaker::ModelPackageGroup", .copy("model_package_group_name", "ModelPackageGroupName")),
    "aws_sagemaker_model_package_group_policy": .part(
      of: "model_package_group_name", .json("resource_policy", "ModelPackageGroupPolicy")),
    "aws_sagemaker_feature_group": .to(
      "AWS::SageMaker::FeatureGroup", .copy("feature_group_name", "FeatureGroupName"),
      .link("role_arn", "RoleArn"),
      .block(
        "offline_store_config", "OfflineStoreConfig",
        .block(
          "s3_storage_config", "S3StorageConfig", .copy("s3_uri", "S3Uri"), .link("kms_key_id", "KmsKeyId")))),
    "aws_sagemaker_mlflow_tracking_server": .to(
      "AWS::SageMaker::MlflowTrackingServer", .copy("tracking_server_name", "TrackingServerName"),
      .copy("artifact_store_uri", "ArtifactStoreUri"), .link("role_arn", "RoleArn")),
  ]

  private static let container: [PlanRule] = [
    .copy("image", "Image"), .copy("model_data_url", "ModelDataUrl"),
    .block("image_config", "ImageConfig", .copy("repository_access_mode", "RepositoryAccessMode")),
  ]

  private static func userSettings(_ attribute: String, _ property: String) -> PlanRule {
    .block(
      attribute, property, .link("execution_role", "ExecutionRole"),
      .links("security_groups", "SecurityGroups"),
      .block(
        "sharing_settings", "SharingSettings", .copy("notebook_output_option", "NotebookOutputOption"),
        .copy("s3_output_path", "S3OutputPath"), .link("s3_kms_key_id", "S3KmsKeyId")),
      .block(
        "studio_web_portal_settings", "StudioWebPortalSettings", .copy("hidden_app_types", "HiddenAppTypes")),
      .blocks(
        "custom_file_system_config", "CustomFileSystemConfigs",
        .block("efs_file_system_config", "EFSFileSystemConfig", .link("file_system_id", "FileSystemId"))))
  }

  /// A list of one script, as CloudFormation wants it; Terraform carries it base64-encoded as well.
  private static func script(_ attribute: String, of block: PlanBlock) -> CloudValue? {
    block.value(attribute).map { text in
      let content = CloudValue(.object([.init(name: "Content", value: text)]), at: text.location)
      return CloudValue(.list([content]), at: text.location)
    }
  }
}
