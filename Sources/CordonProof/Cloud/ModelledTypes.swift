import CordonModel

/// Resource types that the routes look at, or that carry nothing out.
enum ModelledTypes {
  static func isKnown(_ type: String) -> Bool { looked.contains(type) || harmless.contains(type) }

  /// The path on which a type that is not modelled would carry data.
  static func path(of type: String) -> EgressPath {
    let service = type.split(separator: ":").dropFirst().first.map(String.init) ?? ""
    switch service {
    case "WorkSpacesWeb", "AppStream", "WorkSpaces": return .externalUpload
    case "SageMaker", "ECR", "Bedrock": return .modelExport
    case "CodeArtifact", "CodeCommit", "CodeBuild", "CodePipeline", "CodeStar": return .packageShell
    case "EC2", "Route53Resolver", "Route53", "NetworkFirewall", "VpcLattice", "DirectConnect",
      "NetworkManager",
      "ElasticLoadBalancingV2", "GlobalAccelerator":
      return .tunnel
    default: return .crossAccountCopy
    }
  }

  /// Types that a route reads.
  private static let looked: Set<String> = [
    "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable", "AWS::EC2::Route",
    "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::InternetGateway", "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::NatGateway", "AWS::EC2::EgressOnlyInternetGateway", "AWS::EC2::EIP",
    "AWS::EC2::VPCPeeringConnection", "AWS::EC2::TransitGateway", "AWS::EC2::TransitGatewayAttachment",
    "AWS::EC2::TransitGatewayVpcAttachment", "AWS::EC2::VPCEndpoint", "AWS::EC2::VPCEndpointService",
    "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::NetworkAcl", "AWS::EC2::NetworkAclEntry", "AWS::EC2::SubnetNetworkAclAssociation",
    "AWS::EC2::DHCPOptions", "AWS::EC2::VPCDHCPOptionsAssociation", "AWS::EC2::FlowLog",
    "AWS::EC2::VPCBlockPublicAccessOptions", "AWS::EC2::VPCBlockPublicAccessExclusion",
    "AWS::EC2::PrefixList",
    "AWS::EC2::VPNGateway", "AWS::EC2::VPNGatewayRoutePropagation",
    "AWS::EC2::ClientVpnTargetNetworkAssociation",
    "AWS::Route53Resolver::FirewallRuleGroup", "AWS::Route53Resolver::FirewallDomainList",
    "AWS::Route53Resolver::FirewallRuleGroupAssociation", "AWS::Route53Resolver::ResolverRule",
    "AWS::Route53Resolver::ResolverRuleAssociation", "AWS::Route53Resolver::ResolverEndpoint",
    "AWS::Route53Resolver::ResolverQueryLoggingConfig", "AWS::Route53Resolver::FirewallConfig",
    "aws_route53_resolver_firewall_config", "AWS::NetworkFirewall::Firewall",
    "AWS::NetworkFirewall::FirewallPolicy", "AWS::NetworkFirewall::RuleGroup",
    "AWS::VpcLattice::ServiceNetworkVpcAssociation", "AWS::S3::Bucket", "AWS::S3::BucketPolicy",
    "AWS::S3::AccessPoint", "AWS::S3ObjectLambda::AccessPoint", "AWS::S3::MultiRegionAccessPointPolicy",
    "AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy",
    "AWS::IAM::Group", "AWS::IAM::UserToGroupAddition",
    "AWS::IAM::OIDCProvider", "AWS::IAM::SAMLProvider", "AWS::Organizations::Policy",
    "AWS::SSO::PermissionSet", "AWS::SageMaker::Domain", "AWS::SageMaker::UserProfile",
    "AWS::SageMaker::Space",
    "AWS::SageMaker::NotebookInstance", "AWS::SageMaker::NotebookInstanceLifecycleConfig",
    "AWS::SageMaker::StudioLifecycleConfig", "AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig",
    "AWS::SageMaker::Endpoint", "AWS::SageMaker::ModelPackageGroup", "AWS::SageMaker::ProcessingJob",
    "AWS::SageMaker::MonitoringSchedule", "AWS::SageMaker::DataQualityJobDefinition",
    "AWS::SageMaker::ModelQualityJobDefinition", "AWS::SageMaker::ModelBiasJobDefinition",
    "AWS::SageMaker::ModelExplainabilityJobDefinition", "AWS::SageMaker::Cluster",
    "AWS::SageMaker::CodeRepository", "AWS::SageMaker::ImageVersion", "AWS::SageMaker::MlflowTrackingServer",
    "AWS::ECR::Repository",
    "AWS::ECR::PublicRepository", "AWS::ECR::RegistryPolicy", "AWS::ECR::ReplicationConfiguration",
    "AWS::CodeArtifact::Domain", "AWS::CodeArtifact::Repository", "AWS::CodeCommit::Repository",
    "AWS::CodeConnections::Connection", "AWS::CodeStarConnections::Connection", "AWS::WorkSpacesWeb::Portal",
    "AWS::WorkSpacesWeb::UserSettings", "AWS::WorkSpacesWeb::BrowserSettings",
    "AWS::WorkSpacesWeb::NetworkSettings", "AWS::WorkSpacesWeb::IpAccessSettings",
    "AWS::WorkSpacesWeb::UserAccessLoggingSettings", "AWS::WorkSpacesWeb::SessionLogger",
    "AWS::WorkSpacesWeb::IdentityProvider", "AWS::Events::Rule", "AWS::Events::ApiDestination",
    "AWS::Events::EventBusPolicy", "AWS::Scheduler::Schedule", "AWS::Pipes::Pipe",
    "AWS::Logs::SubscriptionFilter", "AWS::Logs::Destination", "AWS::Logs::ResourcePolicy",
    "AWS::CloudTrail::Trail", "AWS::Config::DeliveryChannel", "AWS::KinesisFirehose::DeliveryStream",
    "AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::SNS::Subscription", "AWS::SQS::QueuePolicy",
    "AWS::Lambda::Function", "AWS::Lambda::Permission", "AWS::Lambda::LayerVersionPermission",
    "AWS::Lambda::Url",
    "AWS::Lambda::EventInvokeConfig", "AWS::RAM::ResourceShare", "AWS::SecretsManager::ResourcePolicy",
    "AWS::Backup::BackupVault", "AWS::EFS::FileSystem", "AWS::OpenSearchService::Domain",
    "AWS::Config::RemediationConfiguration", "AWS::Budgets::BudgetsAction",
    "AWS::ServiceCatalog::CloudFormationProduct",
    "AWS::ServiceCatalog::LaunchRoleConstraint",
    "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
    "AWS::Kinesis::ResourcePolicy", "AWS::DynamoDB::Table", "AWS::Route53::HostedZone",
  ]

  /// Types that carry nothing out by themselves.
  private static let harmless: Set<String> = [
    "AWS::Logs::LogGroup", "AWS::Logs::LogStream", "AWS::Logs::MetricFilter", "AWS::KMS::Alias",
    "AWS::IAM::InstanceProfile",
    "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::Budgets::Budget",
    "AWS::AccessAnalyzer::Analyzer", "AWS::Config::ConfigRule", "AWS::Config::ConfigurationRecorder",
    "AWS::GuardDuty::Detector", "AWS::SecurityHub::Hub", "AWS::SSM::Parameter", "AWS::SecretsManager::Secret",
    "AWS::SQS::Queue", "AWS::Kinesis::Stream", "AWS::WorkSpacesWeb::DataProtectionSettings",
    "AWS::WorkSpacesWeb::TrustStore", "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
    "AWS::CloudFormation::WaitConditionHandle", "AWS::ServiceCatalog::Portfolio",
    "AWS::ServiceCatalog::TagOption", "AWS::ServiceCatalog::LaunchTemplateConstraint",
    "AWS::ServiceCatalog::TagOptionAssociation", "AWS::ServiceCatalog::PortfolioProductAssociation",
    "AWS::SSO::Assignment", "AWS::Organizations::Organization", "AWS::Organizations::OrganizationalUnit",
    "AWS::SageMaker::ModelCard", "AWS::SageMaker::Image",
    "AWS::SageMaker::AppImageConfig", "AWS::S3::StorageLens", "AWS::S3::AccountPublicAccessBlock",
    "AWS::Route53::RecordSet",
  ]
}
