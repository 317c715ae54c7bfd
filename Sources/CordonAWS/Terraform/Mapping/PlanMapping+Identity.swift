import CordonModel

// Roles, users, groups and their policies; the organisation's.
extension PlanMapping {
  static let identity: [String: PlanMapping] = [
    "aws_iam_role": .to(
      "AWS::IAM::Role", .copy("name", "RoleName"), .copy("path", "Path"),
      .json("assume_role_policy", "AssumeRolePolicyDocument"),
      .link("permissions_boundary", "PermissionsBoundary"),
      .policies("managed_policy_arns", "ManagedPolicyArns"),
      .blocks("inline_policy", "Policies", .copy("name", "PolicyName"), .json("policy", "PolicyDocument")),
      tags),
    "aws_iam_user": .to(
      "AWS::IAM::User", .copy("name", "UserName"), .link("permissions_boundary", "PermissionsBoundary"), tags),
    "aws_iam_group": .to("AWS::IAM::Group", .copy("name", "GroupName")),
    "aws_iam_group_membership": .to(
      "AWS::IAM::UserToGroupAddition", .link("group", "GroupName"), .links("users", "Users")),
    "aws_iam_user_group_membership": .part(of: "user", .links("groups", "Groups")),
    "aws_iam_policy": .to(
      "AWS::IAM::ManagedPolicy", .copy("name", "ManagedPolicyName"), .json("policy", "PolicyDocument")),
    "aws_iam_role_policy": .to(
      "AWS::IAM::Policy", .copy("name", "PolicyName"), .list("role", "Roles"),
      .json("policy", "PolicyDocument")),
    "aws_iam_user_policy": .to(
      "AWS::IAM::Policy", .copy("name", "PolicyName"), .list("user", "Users"),
      .json("policy", "PolicyDocument")),
    "aws_iam_group_policy": .to(
      "AWS::IAM::Policy", .copy("name", "PolicyName"), .list("group", "Groups"),
      .json("policy", "PolicyDocument")),
    "aws_iam_role_policy_attachment": .part(of: "role", .list("policy_arn", "ManagedPolicyArns")),
    "aws_iam_user_policy_attachment": .part(of: "user", .list("policy_arn", "ManagedPolicyArns")),
    "aws_iam_group_policy_attachment": .part(of: "group", .list("policy_arn", "ManagedPolicyArns")),
    "aws_iam_instance_profile": .to(
      "AWS::IAM::InstanceProfile", .copy("name", "InstanceProfileName"), .list("role", "Roles")),
    "aws_iam_openid_connect_provider": .to(
      "AWS::IAM::OIDCProvider", .copy("url", "Url"), .copy("client_id_list", "ClientIdList")),
    "aws_iam_saml_provider": .to("AWS::IAM::SAMLProvider", .copy("name", "Name")),
    "aws_iam_access_key": .to("AWS::IAM::AccessKey", .link("user", "UserName")),
    "aws_organizations_policy": .to(
      "AWS::Organizations::Policy", .copy("name", "Name"),
      .value("Type") { block in
        block.value("type") ?? CloudValue(.string("SERVICE_CONTROL_POLICY"), at: block.resource.location)
      }, .json("content", "Content")),
    "aws_organizations_policy_attachment": .part(of: "policy_id", .list("target_id", "TargetIds")),
    "aws_organizations_account": .to(
      "AWS::Organizations::Account", .copy("name", "AccountName"), .copy("email", "Email")),
    "aws_ram_resource_share": .to(
      "AWS::RAM::ResourceShare", .copy("name", "Name"),
      .copy("allow_external_principals", "AllowExternalPrincipals")),
    "aws_ram_principal_association": .part(of: "resource_share_arn", .list("principal", "Principals")),
    "aws_ram_resource_association": .part(of: "resource_share_arn", .list("resource_arn", "ResourceArns")),
  ]
}
