import CordonModel

/// A role of ours that may take a control of the perimeter away.
struct PolicyChangeRoute: Route {
  let name = "policy-change"
  let path = EgressPath.crossAccountCopy
  let title = "a role of ours rewrites a policy that keeps the data in"
  let documentation = RouteDocumentation(
    """
    A control that its subject may change is none: a bucket's policy, a key's, a repository's, a role's own permissions, an \
    access point beside the bucket.
    """,
    closedBy: ["no Allow for these actions, or a Deny of them in a boundary or service control policy"],
    notClosedBy: ["a rule that puts the setting back afterwards"])

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    judgement.add(
      RolePower(
        actions: Self.actions, consequence: "the policy that keeps others out is then the caller's own."),
      scene)
    for runbook in scene.estate.all("AWS::Config::RemediationConfiguration") {
      judgement.add(door(runbook, scene.estate))
    }
    for answer in scene.estate.all("AWS::Budgets::BudgetsAction") {
      judgement.add(BudgetAnswer(answer, scene.estate).door)
      for text in BudgetAnswer(answer, scene.estate).lost(scene) { judgement.lose(text, answer) }
    }
    return judgement
  }

  /// A runbook of AWS's does what it is called, with the rights of its role, which is asked like any other. What somebody else
  /// wrote does what he likes with them.
  private func door(_ runbook: CloudResource, _ estate: CloudEstate) -> Door {
    let text = estate.text(runbook, "TargetId")
    guard let name = text.value else { return .unknown("\(runbook.id)", text.unknowns, runbook) }
    // Documents of AWS's alone begin so: AWS Systems Manager User Guide, "Creating SSM document content".
    guard ["AWS-", "AWSConfigRemediation-"].contains(where: name.hasPrefix) else {
      return .unknown("\(runbook.id)", "what the runbook \(name) does with its role is not modelled", runbook)
    }
    let closing = HeldControl(runbook, layer: "a runbook of AWS's", property: ["TargetId"]).closing
    return .closed("\(runbook.id)", HeldControl(closing, .none))
  }

  static let actions = [
    "s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutObjectAcl",
    "s3:PutObjectVersionAcl",
    "s3:PutBucketOwnershipControls", "s3:PutBucketPublicAccessBlock", "s3:PutAccountPublicAccessBlock",
    "s3:CreateAccessPoint", "s3:PutAccessPointPolicy", "s3:CreateMultiRegionAccessPoint",
    "s3:PutMultiRegionAccessPointPolicy", "s3:CreateAccessGrant", "s3:PutBucketWebsite", "s3:PutBucketCORS",
    "kms:PutKeyPolicy", "kms:ReplicateKey", "ecr:SetRepositoryPolicy", "ecr:PutRegistryPolicy",
    "sqs:AddPermission", "sqs:SetQueueAttributes", "secretsmanager:PutResourcePolicy",
    "codeartifact:PutRepositoryPermissionsPolicy", "codeartifact:PutDomainPermissionsPolicy",
    "sagemaker:PutModelPackageGroupPolicy", "iam:AttachRolePolicy", "iam:PutRolePolicy",
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion", "iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary",
    "iam:UpdateAssumeRolePolicy", "iam:CreateRole", "iam:CreateUser", "iam:CreateAccessKey",
    "iam:AttachUserPolicy",
    "iam:PutUserPolicy", "organizations:DetachPolicy", "organizations:UpdatePolicy",
    "organizations:LeaveOrganization",
    "events:PutPermission", "dynamodb:PutResourcePolicy", "kinesis:PutResourcePolicy",
    "s3tables:PutTableBucketPolicy", "s3tables:PutTablePolicy", "s3express:PutBucketPolicy",
    "elasticfilesystem:PutFileSystemPolicy", "backup:PutBackupVaultAccessPolicy", "es:UpdateDomainConfig",
    "logs:PutDeliveryDestinationPolicy", "workspaces-web:Update*", "workspaces-web:Associate*",
    "workspaces-web:Disassociate*", "workspaces-web:CreatePortal",
  ]
}
