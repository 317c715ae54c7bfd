import CordonModel

// WorkSpaces Secure Browser. In Terraform, too, settings count only where an association attaches them.
extension PlanMapping {
  static let portal: [String: PlanMapping] = [
    "aws_workspacesweb_portal": .to(
      "AWS::WorkSpacesWeb::Portal", .copy("display_name", "DisplayName"),
      .copy("authentication_type", "AuthenticationType"),
      .link("customer_managed_key", "CustomerManagedKey")),
    "aws_workspacesweb_user_settings": .to(
      "AWS::WorkSpacesWeb::UserSettings", .copy("copy_allowed", "CopyAllowed"),
      .copy("paste_allowed", "PasteAllowed"),
      .copy("download_allowed", "DownloadAllowed"), .copy("upload_allowed", "UploadAllowed"),
      .copy("print_allowed", "PrintAllowed"), .copy("deep_link_allowed", "DeepLinkAllowed"),
      .copy("disconnect_timeout_in_minutes", "DisconnectTimeoutInMinutes"),
      .copy("idle_disconnect_timeout_in_minutes", "IdleDisconnectTimeoutInMinutes"),
      .block(
        "toolbar_configuration", "ToolbarConfiguration", .copy("hidden_toolbar_items", "HiddenToolbarItems")),
      .link("customer_managed_key", "CustomerManagedKey")),
    "aws_workspacesweb_browser_settings": .to(
      "AWS::WorkSpacesWeb::BrowserSettings", .copy("browser_policy", "BrowserPolicy"),
      .link("customer_managed_key", "CustomerManagedKey")),
    "aws_workspacesweb_network_settings": .to(
      "AWS::WorkSpacesWeb::NetworkSettings", .link("vpc_id", "VpcId"), .links("subnet_ids", "SubnetIds"),
      .links("security_group_ids", "SecurityGroupIds")),
    "aws_workspacesweb_ip_access_settings": .to(
      "AWS::WorkSpacesWeb::IpAccessSettings",
      .blocks("ip_rule", "IpRules", .copy("ip_range", "IpRange"), .copy("description", "Description"))),
    "aws_workspacesweb_data_protection_settings": .to(
      "AWS::WorkSpacesWeb::DataProtectionSettings", .copy("display_name", "DisplayName"),
      .block(
        "inline_redaction_configuration", "InlineRedactionConfiguration",
        .copy("global_confidence_level", "GlobalConfidenceLevel"),
        .blocks(
          "inline_redaction_pattern", "InlineRedactionPatterns",
          .copy("built_in_pattern_id", "BuiltInPatternId")))),
    "aws_workspacesweb_user_access_logging_settings": .to(
      "AWS::WorkSpacesWeb::UserAccessLoggingSettings", .link("kinesis_stream_arn", "KinesisStreamArn")),
    "aws_workspacesweb_session_logger": .to(
      "AWS::WorkSpacesWeb::SessionLogger", .copy("display_name", "DisplayName"),
      .block(
        "log_configuration", "LogConfiguration",
        .block("s3", "S3", .link("bucket", "Bucket"), .copy("bucket_owner", "BucketOwner")))),
    "aws_workspacesweb_trust_store": .to("AWS::WorkSpacesWeb::TrustStore"),
    "aws_workspacesweb_identity_provider": .to(
      "AWS::WorkSpacesWeb::IdentityProvider", .link("portal_arn", "PortalArn"),
      .copy("identity_provider_name", "IdentityProviderName"),
      .copy("identity_provider_type", "IdentityProviderType")),
    "aws_workspacesweb_user_settings_association": attachment("user_settings_arn", "UserSettingsArn"),
    "aws_workspacesweb_browser_settings_association": attachment(
      "browser_settings_arn", "BrowserSettingsArn"),
    "aws_workspacesweb_network_settings_association": attachment(
      "network_settings_arn", "NetworkSettingsArn"),
    "aws_workspacesweb_ip_access_settings_association": attachment(
      "ip_access_settings_arn", "IpAccessSettingsArn"),
    "aws_workspacesweb_data_protection_settings_association": attachment(
      "data_protection_settings_arn", "DataProtectionSettingsArn"),
    "aws_workspacesweb_user_access_logging_settings_association": attachment(
      "user_access_logging_settings_arn", "UserAccessLoggingSettingsArn"),
    "aws_workspacesweb_session_logger_association": attachment("session_logger_arn", "SessionLoggerArn"),
    "aws_workspacesweb_trust_store_association": attachment("trust_store_arn", "TrustStoreArn"),
  ]

  private static func attachment(_ attribute: String, _ property: String) -> PlanMapping {
    .part(of: "portal_arn", .link(attribute, property))
  }
}
