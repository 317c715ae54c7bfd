import CordonModel
import CordonPolicy

/// Our own credentials, used on what belongs to somebody else, where none of our endpoints stands.
struct ForeignDeliveryRoute: Route {
  let name = "foreign-delivery"
  let path = EgressPath.crossAccountCopy
  let title = "a role of ours hands data to another account's resource, past every endpoint"
  let documentation = RouteDocumentation(
    """
    A queue, topic, stream, bus, table, secret, registry, package repository, function or role of the attacker's names ours in \
    its own policy. A call that does not come through an endpoint, from the portal's console or from a job of SageMaker's own \
    network, meets no endpoint policy: our policies alone can refuse it.
    """,
    closedBy: [
      "a boundary or service control policy that denies what is not ours (aws:ResourceOrgID, aws:ResourceAccount)",
      "identity policies that name our resources in full",
    ],
    notClosedBy: [
      "endpoint policies: these calls pass none", "resource control policies: they bind our resources",
      "a wildcard for the account in an ARN",
    ])

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    for role in scene.roles {
      let question = Self.question(role, role.layers(scene), scene)
      judgement.add(
        scene.door("\(role.resource.id)", question, at: role.resource) { witness in
          RouteWitness(
            CommandLineCall(witness.request).text(),
            story:
              "Whoever holds \(role.resource.id) calls \(witness.request.action) on a resource of the attacker's, whose policy names it.",
            fix:
              "deny everything to \(role.resource.id) unless aws:ResourceOrgID (or aws:ResourceAccount) is yours",
            at: role.resource, request: witness.request.members)
        })
      let above = Array(role.denying.dropFirst()) + scene.serviceControls
      guard !above.isEmpty else { continue }
      if scene.prover.rulesOut(Self.question(role, above, scene)) { continue }
      judgement.lose(
        "neither a boundary nor a service control policy keeps \(role.resource.id) from resources of others",
        role.resource)
    }
    judgement.addUnseenRoles(scene)
    return judgement
  }

  private static func question(_ role: HeldRole, _ layers: [LayerReading], _ scene: Scene) -> RequestQuestion
  {
    let estate = scene.estate
    let prefixes = unique(actions.compactMap { $0.split(separator: ":").first.map(String.init) })
    return RequestQuestion(
      layers: layers, callers: estate.callers(.own(role)), actions: actions,
      resources: prefixes.flatMap { estate.foreignResources($0) },
      demands: .of(.own(role), .direct, .foreign, estate))
  }

  /// Calls that carry data to a resource whose own policy lets other accounts in.
  static let actions = [
    "sqs:SendMessage", "sns:Publish", "kinesis:PutRecord", "kinesis:PutRecords", "events:PutEvents",
    "ecr:PutImage", "ecr:UploadLayerPart", "ecr:InitiateLayerUpload", "codeartifact:PublishPackageVersion",
    "sts:AssumeRole", "lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "dynamodb:PutItem",
    "dynamodb:UpdateItem", "dynamodb:BatchWriteItem", "secretsmanager:PutSecretValue",
    "s3express:CreateSession", "s3tables:PutTableData", "kms:Encrypt", "es:ESHttpPost", "es:ESHttpPut",
    "execute-api:Invoke", "backup:CopyIntoBackupVault", "elasticfilesystem:ClientWrite",
  ]
}
