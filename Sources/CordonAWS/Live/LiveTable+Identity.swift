import CordonModel
import CordonPolicy

// Who may do what, and who may become whom.
extension LiveTable {
  static let identity: [LiveStep] = [
    authorization(
      "Role", "RoleDetailList",
      LiveShape(
        "AWS::IAM::Role", id: "RoleName", arn: "Arn", .take("RoleName", "Path", "Tags"),
        .document("AssumeRolePolicyDocument", "AssumeRolePolicyDocument"), inline("RolePolicyList"),
        .texts("AttachedManagedPolicies", "PolicyArn", "ManagedPolicyArns"),
        .copy("PermissionsBoundary.PermissionsBoundaryArn", "PermissionsBoundary"))),
    authorization(
      "User", "UserDetailList",
      LiveShape(
        "AWS::IAM::User", id: "UserName", arn: "Arn", .take("UserName", "Path", "Tags"),
        inline("UserPolicyList"), .copy("GroupList", "Groups"),
        .texts("AttachedManagedPolicies", "PolicyArn", "ManagedPolicyArns"),
        .copy("PermissionsBoundary.PermissionsBoundaryArn", "PermissionsBoundary"))),
    authorization(
      "Group", "GroupDetailList",
      LiveShape(
        "AWS::IAM::Group", id: "GroupName", arn: "Arn", .take("GroupName", "Path"),
        inline("GroupPolicyList"), .texts("AttachedManagedPolicies", "PolicyArn", "ManagedPolicyArns"))),
    authorization("LocalManagedPolicy", "Policies", managed),
    authorization("AWSManagedPolicy", "Policies", managed),
    global(
      list(
        .iam, "ListOpenIDConnectProviders", "OpenIDConnectProviderList", page: nil,
        details: [
          LiveDetail(
            "about",
            one(
              .iam, "GetOpenIDConnectProvider", [("OpenIDConnectProviderArn", "$Arn")],
              hides: ["AWS::IAM::OIDCProvider"]))
        ],
        shapes: [
          LiveShape(
            "AWS::IAM::OIDCProvider", id: "Arn", arn: "Arn", .copy("about.Url", "Url"),
            .copy("about.ClientIDList", "ClientIdList"))
        ])),
    global(
      list(
        .iam, "ListSAMLProviders", "SAMLProviderList", page: nil,
        shapes: [LiveShape("AWS::IAM::SAMLProvider", id: "Arn", arn: "Arn")])),
    organization, guardrails("SERVICE_CONTROL_POLICY"), guardrails("RESOURCE_CONTROL_POLICY"),
  ]

  private static let managed = LiveShape(
    "AWS::IAM::ManagedPolicy", id: "Arn", arn: "Arn", .copy("PolicyName", "ManagedPolicyName"),
    .value("PolicyDocument") { policy in
      let versions = policy.list("PolicyVersionList")
      let current = versions.first { $0["IsDefaultVersion"]?.plain == "true" }
      return current?.at("Document").map(LiveValue.document)
    })

  private static func inline(_ list: String) -> LiveRule {
    .value("Policies") { holder in
      .list(
        holder.list(list).map { policy in
          [
            "PolicyName": policy["PolicyName"].map { LiveValue.value($0) } ?? "",
            "PolicyDocument": policy["PolicyDocument"].map(LiveValue.document)
              ?? CloudValue(.unknown(CloudUnknown(.unread, "a policy that was not given"))),
          ]
        })
    }
  }

  private static func authorization(_ kind: String, _ list: String, _ shape: LiveShape) -> LiveStep {
    global(
      self.list(
        .iam, "GetAccountAuthorizationDetails", list, [("Filter.member.1", .text(kind))],
        page: LivePaging("Marker"), shapes: [shape],
        hides: ["AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy"]))
  }

  private static func global(_ step: LiveStep) -> LiveStep {
    var step = step
    step.isGlobal = true
    return step
  }

  private static let organization: LiveStep = {
    var step = list(
      .organizations, "DescribeOrganization", "Organization", page: nil,
      shapes: [LiveShape("AWS::Organizations::Organization", id: "Id", arn: "Arn")],
      absent: ["AWSOrganizationsNotInUseException"])
    step.onlyTakesAway = true
    return global(step)
  }()

  /// Policies of the organisation take away and never give: without them more is open, and nothing else closed.
  private static func guardrails(_ type: String) -> LiveStep {
    var targets = list(
      .organizations, "ListTargetsForPolicy", "Targets", [("PolicyId", "$Id")],
      hides: ["AWS::Organizations::Policy"])
    var content = one(
      .organizations, "DescribePolicy", [("PolicyId", "$Id")], hides: ["AWS::Organizations::Policy"])
    targets.onlyTakesAway = true
    content.onlyTakesAway = true
    var step = list(
      .organizations, "ListPolicies", "Policies", [("Filter", .text(type))],
      details: [LiveDetail("about", content), LiveDetail("targets", targets)],
      shapes: [
        LiveShape(
          "AWS::Organizations::Policy", id: "Id", arn: "Arn", .take("Name", "Type"),
          .document("about.Policy.Content", "Content"), .texts("targets", "TargetId", "TargetIds"))
      ], absent: ["AWSOrganizationsNotInUseException"])
    step.onlyTakesAway = true
    return global(step)
  }
}
