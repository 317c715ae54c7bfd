import CordonModel

// Guardrails of the organisation: what no role in any account can do, and what no stranger can do to its resources.
extension CloudPlan {
  func guardrails() throws -> CloudStack {
    var stack = self.stack("guardrails", "What no role can do, and no stranger can do to what is ours")
    var compiled = try self.compiled("organization/service-control").filter(\.isDenial)
    for index in compiled.indices where compiled[index].sid == "NoDoorThatCopiesOut" {
      if let others { compiled[index].narrow(others) }
    }
    let policies: [(name: String, statements: [CloudValue])] = [
      ("storage", compiled.map(\.value) + keepDeployer),
      ("network", [denial("NoOtherWayOut", Self.waysOut)]),
      (
        "services",
        [
          denial("NoServiceCarriesItOut", Self.carriers),
          denial("NoCopyByConfiguration", Self.copies, ["BoolIfExists": ["aws:ViaAWSService": "false"]]),
          denial("NoOtherProduct", Self.offers),
        ]
      ),
      (
        "compute",
        [
          denial("NoShellThroughAService", Self.shells), denial("NoJobOfAnotherService", Self.jobs),
        ] + work
      ),
    ]
    for (name, statements) in policies {
      guardrail(name, "SERVICE_CONTROL_POLICY", Self.document(statements), in: &stack)
    }
    let resources = try self.resources()
    guardrail("resources", "RESOURCE_CONTROL_POLICY", Self.document(resources), in: &stack)
    return stack
  }

  /// The compiled resource control. AWS takes denials of named services only: AWS Organizations User Guide, "RCP syntax".
  private func resources() throws -> [CloudValue] {
    var denials = try compiled("organization/resource-control").filter(\.isDenial)
    for index in denials.indices {
      denials[index].set(
        "Action", ["s3:*", "sts:AssumeRole", "kms:*", "sqs:*", "secretsmanager:*", "ecr:*", "logs:*"])
    }
    return denials.map(\.value)
  }

  private func guardrail(
    _ name: String, _ type: String, _ content: CloudValue, in stack: inout CloudStack
  ) {
    stack.add(
      "\(Self.logical(name))Guardrail", "AWS::Organizations::Policy",
      [
        "Name": .text("\(environment.name)-\(name)"), "Type": .text(type), "TargetIds": [.text(rules.root)],
        "Content": content, "Tags": tags(nil),
      ])
  }

  /// Everybody but whoever deploys; nil where nobody is left out.
  var others: CloudValue? {
    rules.deployer.map {
      ["ArnNotLike": ["aws:PrincipalArn": .text("arn:aws:iam::\(account):role/\($0)")]]
    }
  }

  /// A denial for everybody but whoever deploys.
  private func denial(_ sid: String, _ actions: [String], _ condition: CloudValue? = nil) -> CloudValue {
    var statement = CompiledStatement(value: Self.denial(sid, actions, condition))
    if let others { statement.narrow(others) }
    return statement.value
  }

  /// A denial for everybody.
  static func denial(_ sid: String, _ actions: [String], _ condition: CloudValue? = nil) -> CloudValue {
    var statement: CloudValue = [
      "Sid": .text(sid), "Effect": "Deny", "Action": .texts(actions), "Resource": "*",
    ]
    if let condition { statement.set("Condition", condition) }
    return statement
  }

  /// The role that is left out is changed and handed on by itself alone.
  private var keepDeployer: [CloudValue] {
    guard let deployer = rules.deployer else { return [] }
    var statement = denial(
      "OnlyTheDeployerChangesItself",
      [
        "iam:Attach*", "iam:CreateRole", "iam:Delete*", "iam:Detach*", "iam:PassRole", "iam:Put*",
        "iam:TagRole", "iam:UntagRole", "iam:Update*",
      ])
    statement.set("Resource", .text("arn:aws:iam::\(account):role/\(deployer)"))
    return [statement]
  }
}

// The calls of the guardrails, by why nobody makes them.
extension CloudPlan {
  /// Calls that give a network another way out.
  fileprivate static let waysOut: [String] = [
    "ec2:AttachInternetGateway",
    "ec2:CreateEgressOnlyInternetGateway",
    "ec2:CreateNatGateway",
    "ec2:CreateRoute",
    "ec2:ReplaceRoute",
    "ec2:CreateVpcPeeringConnection",
    "ec2:AcceptVpcPeeringConnection",
    "ec2:CreateTransitGateway*",
    "ec2:CreateVpnConnection",
    "ec2:CreateVpcEndpoint",
    "ec2:ModifyVpcEndpoint",
    "ec2:ModifyVpcEndpointServicePermissions",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:ModifyVpcBlockPublicAccess*",
    "ec2:CreateVpcBlockPublicAccessExclusion",
    "ec2:ModifySnapshotAttribute",
    "ec2:ModifyImageAttribute",
    "route53resolver:UpdateFirewall*",
    "route53resolver:DisassociateFirewallRuleGroup",
    "route53resolver:DeleteFirewall*",
    "route53:CreateVPCAssociationAuthorization",
  ]

  /// Calls that reach foreign targets although the resource's organisation is compared.
  fileprivate static let carriers: [String] = [
    "acm-pca:CreateCertificateAuthorityAuditReport",
    "apigateway:*",
    "appflow:*",
    "appsync:*",
    "cloudtrail:CreateTrail",
    "cloudtrail:UpdateTrail",
    "cloudtrail:StartQuery",
    "codepipeline:*",
    "config:PutConfigRule",
    "config:PutConformancePack",
    "config:PutDeliveryChannel",
    "datasync:*",
    "dms:*",
    "ecr:PutReplicationConfiguration",
    "ecr:PutRegistryPolicy",
    "events:CreateApiDestination",
    "events:PutTargets",
    "glue:*",
    "lambda:*",
    "lex:*",
    "logs:CreateExportTask",
    "logs:PutSubscriptionFilter",
    "logs:PutDestinationPolicy",
    "logs:PutResourcePolicy",
    "mobiletargeting:*",
    "serverlessrepo:*",
    "ses:*",
    "sms-voice:*",
    "sns:*",
    "social-messaging:*",
    "ssm:CreateResourceDataSync",
    "ssm:ModifyDocumentPermission",
    "states:*",
    "transfer:*",
    "rds:*",
    "redshift:*",
    "ram:*",
    "lakeformation:*",
  ]

  /// Calls that put something else into the catalog, where a launch role would make it.
  fileprivate static let offers: [String] = [
    "servicecatalog:Accept*",
    "servicecatalog:Associate*",
    "servicecatalog:Copy*",
    "servicecatalog:CreateConstraint",
    "servicecatalog:CreatePortfolioShare",
    "servicecatalog:CreateProduct",
    "servicecatalog:CreateProvisioningArtifact",
    "servicecatalog:Import*",
    "servicecatalog:UpdateConstraint",
    "servicecatalog:UpdateProvisioningArtifact",
  ]

  /// Settings by which a service copies to elsewhere.
  fileprivate static let copies: [String] = [
    "s3:PutReplicationConfiguration",
    "s3:PutInventoryConfiguration",
    "s3:PutAnalyticsConfiguration",
    "s3:PutBucketLogging",
    "s3:PutBucketNotification",
    "s3:PutBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutObjectAcl",
    "s3:PutAccessPointPolicy",
    "s3:CreateAccessPoint",
    "s3:PutBucketPublicAccessBlock",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "ecr:SetRepositoryPolicy",
    "codeartifact:AssociateExternalConnection",
    "codeartifact:CopyPackageVersions",
    "codeartifact:PublishPackageVersion",
    "codecommit:PutRepositoryTriggers",
    "sagemaker:PutModelPackageGroupPolicy",
  ]

  /// Computers and shells of services that stand in networks that are not ours.
  fileprivate static let shells: [String] = [
    "ssm:*Session",
    "ssm:SendCommand",
    "ssm:StartAutomationExecution",
    "ssm:CreateAssociation",
    "ssm:UpdateAssociation",
    "ssm:CreateActivation",
    "ssm-guiconnect:*",
    "ecs:ExecuteCommand",
    "ec2-instance-connect:*",
    "eks:AccessKubernetesApi",
    "cloudshell:*",
    "cloud9:*",
    "lightsail:*",
    "workspaces:Create*",
    "appstream:*",
    "workspaces-web:Create*",
  ]

  /// Jobs of services that stand in networks that are not ours.
  fileprivate static let jobs: [String] = [
    "airflow:*",
    "apprunner:*",
    "batch:*",
    "bedrock:Create*",
    "bedrock:InvokeAgent",
    "bedrock-agentcore:*",
    "braket:*",
    "codebuild:*",
    "comprehend:Start*",
    "databrew:*",
    "ecs:RunTask",
    "elasticmapreduce:*",
    "emr-containers:*",
    "emr-serverless:*",
    "forecast:*",
    "healthlake:*",
    "imagebuilder:*",
    "kinesisanalytics:*",
    "mediaconvert:*",
    "personalize:*",
    "translate:Start*",
  ]
}
