import CordonModel

// Records, rules, products and budgets.
extension PlanMapping {
  static let governance: [String: PlanMapping] = [
    "aws_cloudtrail": .to(
      "AWS::CloudTrail::Trail", .copy("name", "TrailName"), .link("s3_bucket_name", "S3BucketName"),
      .copy("is_multi_region_trail", "IsMultiRegionTrail"),
      .copy("enable_log_file_validation", "EnableLogFileValidation"), .link("kms_key_id", "KMSKeyId"),
      .value("IsLogging") { $0.value("enable_logging") ?? CloudValue(.bool(true), at: $0.resource.location) },
      .link("cloud_watch_logs_group_arn", "CloudWatchLogsLogGroupArn"),
      .link("sns_topic_name", "SnsTopicName")),
    "aws_cloudwatch_log_group": .to(
      "AWS::Logs::LogGroup", .copy("name", "LogGroupName"), .link("kms_key_id", "KmsKeyId"),
      .copy("retention_in_days", "RetentionInDays")),
    "aws_cloudwatch_log_subscription_filter": .to(
      "AWS::Logs::SubscriptionFilter", .link("destination_arn", "DestinationArn"),
      .link("log_group_name", "LogGroupName"), .link("role_arn", "RoleArn")),
    "aws_cloudwatch_log_destination": .to(
      "AWS::Logs::Destination", .copy("name", "DestinationName"), .link("target_arn", "TargetArn"),
      .link("role_arn", "RoleArn")),
    "aws_cloudwatch_log_destination_policy": .part(
      of: "destination_name", .json("access_policy", "DestinationPolicy")),
    "aws_cloudwatch_log_resource_policy": .to(
      "AWS::Logs::ResourcePolicy", .copy("policy_name", "PolicyName"),
      .json("policy_document", "PolicyDocument")),
    "aws_config_configuration_recorder": .to(
      "AWS::Config::ConfigurationRecorder", .copy("name", "Name"), .link("role_arn", "RoleARN")),
    "aws_config_delivery_channel": .to(
      "AWS::Config::DeliveryChannel", .copy("name", "Name"), .link("s3_bucket_name", "S3BucketName"),
      .link("sns_topic_arn", "SnsTopicARN")),
    "aws_config_config_rule": .to(
      "AWS::Config::ConfigRule", .copy("name", "ConfigRuleName"),
      .block("source", "Source", .copy("owner", "Owner"), .link("source_identifier", "SourceIdentifier"))),
    "aws_config_remediation_configuration": .to(
      "AWS::Config::RemediationConfiguration", .link("config_rule_name", "ConfigRuleName"),
      .copy("target_id", "TargetId"), .copy("target_type", "TargetType"), .copy("automatic", "Automatic")),
    "aws_servicecatalog_portfolio": .to("AWS::ServiceCatalog::Portfolio", .copy("name", "DisplayName")),
    "aws_servicecatalog_portfolio_share": .to(
      "AWS::ServiceCatalog::PortfolioShare", .link("portfolio_id", "PortfolioId"),
      .copy("principal_id", "AccountId")),
    "aws_servicecatalog_product": .to(
      "AWS::ServiceCatalog::CloudFormationProduct", .copy("name", "Name"), .copy("owner", "Owner"),
      .blocks(
        "provisioning_artifact_parameters", "ProvisioningArtifactParameters",
        .group("Info", .copy("template_url", "LoadTemplateFromURL")))),
    "aws_servicecatalog_product_portfolio_association": .to(
      "AWS::ServiceCatalog::PortfolioProductAssociation", .link("portfolio_id", "PortfolioId"),
      .link("product_id", "ProductId")),
    "aws_servicecatalog_principal_portfolio_association": .to(
      "AWS::ServiceCatalog::PortfolioPrincipalAssociation", .link("portfolio_id", "PortfolioId"),
      .link("principal_arn", "PrincipalARN"), .copy("principal_type", "PrincipalType")),
    "aws_servicecatalog_tag_option": .to(
      "AWS::ServiceCatalog::TagOption", .copy("key", "Key"), .copy("value", "Value"),
      .copy("active", "Active")),
    "aws_servicecatalog_tag_option_resource_association": .to(
      "AWS::ServiceCatalog::TagOptionAssociation", .link("resource_id", "ResourceId"),
      .link("tag_option_id", "TagOptionId")),
    "aws_budgets_budget": .to(
      "AWS::Budgets::Budget",
      .group(
        "Budget", .copy("name", "BudgetName"), .copy("budget_type", "BudgetType"),
        .copy("time_unit", "TimeUnit"),
        .group("BudgetLimit", .copy("limit_amount", "Amount"), .copy("limit_unit", "Unit")))),
  ]
}
