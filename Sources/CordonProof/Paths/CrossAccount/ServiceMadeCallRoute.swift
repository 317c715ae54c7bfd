import CordonModel

/// A service of AWS's, told by us, carries the data to somebody else.
struct ServiceMadeCallRoute: Route {
  let name = "service-made-call"
  let path = EgressPath.crossAccountCopy
  let title = "a role of ours tells a service to send data to another account"
  let documentation = RouteDocumentation(
    """
    A rule's target, a subscription, an export, a state machine, a function: our role is allowed on our resource, and the \
    service makes the later call itself, with its own identity, to wherever it was told. Conditions on whose resource it is \
    look at the first call only. The list follows AWS's data perimeter guidance, service by service.
    """,
    closedBy: ["no Allow for these actions, or a Deny of them in a boundary or service control policy"],
    notClosedBy: [
      "aws:ResourceOrgID in endpoint or identity policies", "a deny of one protocol of several",
      "no endpoint for the service: the console calls it as well",
    ])

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    judgement.add(
      RolePower(
        actions: Self.actions,
        consequence: "the service then sends what it is told to an account of the caller's choice."),
      scene)
    return judgement
  }

  /// aws-samples/data-perimeter-policy-examples, service_specific_guidance.
  static let actions = [
    "acm-pca:CreateCertificateAuthorityAuditReport", "apigateway:POST", "apigateway:PUT", "apigateway:PATCH",
    "appsync:CreateDataSource", "appsync:UpdateDataSource", "cloudtrail:CreateTrail",
    "cloudtrail:UpdateTrail",
    "cloudtrail:StartQuery", "codepipeline:CreatePipeline", "codepipeline:UpdatePipeline",
    "config:PutConfigRule", "config:PutConformancePack", "config:PutDeliveryChannel",
    "config:PutOrganizationConfigRule", "config:PutOrganizationConformancePack",
    "config:StartResourceEvaluation", "ecr:PutReplicationConfiguration", "events:CreateApiDestination",
    "events:PutTargets", "lambda:CreateCodeSigningConfig", "lambda:UpdateCodeSigningConfig",
    "lambda:CreateFunction", "lambda:UpdateFunctionCode", "lambda:CreateFunctionUrlConfig",
    "lambda:UpdateFunctionUrlConfig", "lambda:AddPermission", "lambda:AddLayerVersionPermission",
    "logs:CreateExportTask", "logs:PutSubscriptionFilter", "logs:PutAccountPolicy",
    "logs:PutDestinationPolicy",
    "logs:PutResourcePolicy", "s3:PutInventoryConfiguration", "s3:PutAnalyticsConfiguration",
    "s3:PutBucketLogging", "s3:PutBucketNotification", "s3:PutReplicationConfiguration", "s3:CreateJob",
    "sns:Subscribe", "sns:AddPermission", "sns:SetTopicAttributes", "ssm:CreateResourceDataSync",
    "ssm:ModifyDocumentPermission", "ssm-contacts:CreateContactChannel", "ssm-contacts:UpdateContactChannel",
    "states:CreateStateMachine", "states:UpdateStateMachine", "glue:CreateConnection",
    "glue:UpdateConnection",
    "glue:CreateJob", "glue:PutResourcePolicy", "imagebuilder:CreateInfrastructureConfiguration",
    "imagebuilder:UpdateInfrastructureConfiguration", "kms:CreateGrant", "firehose:CreateDeliveryStream",
    "firehose:UpdateDestination", "datasync:CreateTask", "datasync:StartTaskExecution",
    "backup:StartCopyJob", "ec2:ModifySnapshotAttribute", "ec2:ModifyImageAttribute",
    "ec2:CreateNetworkInterfacePermission", "ec2:ModifyVpcEndpointServicePermissions", "ec2:RunInstances",
    "rds:ModifyDBSnapshotAttribute", "rds:ModifyDBClusterSnapshotAttribute", "redshift:Authorize*",
    "ram:CreateResourceShare", "ram:AssociateResourceShare", "lakeformation:GrantPermissions",
    "schemas:PutResourcePolicy", "serverlessrepo:PutApplicationPolicy", "glacier:SetVaultAccessPolicy",
    "scheduler:CreateSchedule", "pipes:CreatePipe",
    "cloudformation:CreateStack", "cloudformation:UpdateStack", "codebuild:CreateProject",
    "codebuild:UpdateProject", "ecs:RunTask", "ecs:CreateService", "batch:SubmitJob",
    "route53:ChangeResourceRecordSets", "elasticfilesystem:CreateReplicationConfiguration",
    "quicksight:*", "transfer:*", "cloudfront:CreateDistribution", "cloudfront:UpdateDistribution",
    "cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet", "cloudformation:CreateStackSet",
    "cloudformation:UpdateStackSet", "cloudformation:CreateStackInstances", "logs:PutDestination",
    "logs:CreateDelivery", "logs:PutDeliveryDestination", "dms:CreateEndpoint", "dms:ModifyEndpoint",
    "dms:CreateReplicationTask", "dms:CreateReplicationConfig", "appflow:CreateConnectorProfile",
    "appflow:UpdateConnectorProfile", "appflow:CreateFlow", "appflow:UpdateFlow", "datasync:CreateLocation*",
    "backup:CreateBackupPlan", "backup:UpdateBackupPlan", "rds:StartExportTask",
    "ec2:CreateInstanceExportTask", "ec2:ExportImage", "ec2:CreateStoreImageTask", "sns:CreateTopic",
    "ses:Send*", "mobiletargeting:SendMessages", "sms-voice:Send*", "social-messaging:SendWhatsAppMessage",
    "pipes:UpdatePipe", "scheduler:UpdateSchedule", "macie2:PutClassificationExportConfiguration",
    "guardduty:CreatePublishingDestination", "ssm:CreateOpsItem",
  ]
}
