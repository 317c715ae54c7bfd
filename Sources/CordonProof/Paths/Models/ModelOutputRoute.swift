import CordonModel
import CordonPolicy

/// Where SageMaker is told to put models, captures and results.
struct ModelOutputRoute: Route {
  let name = "model-output"
  let path = EgressPath.modelExport
  let title = "models, captured requests or results are written to a bucket of somebody else"
  let documentation = RouteDocumentation(
    """
    Every job, endpoint, schedule and tracking server names S3 places. SageMaker writes there itself, with the execution \
    role, from its own network where the job has none of ours.
    """,
    closedBy: [
      "every S3 place of the files in a bucket of ours",
      "an execution role, boundary or guardrail that lets the role write to buckets of ours only",
    ],
    notClosedBy: [
      "the endpoint policy: a job without a VPC does not pass the endpoint", "an output key of ours",
    ])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    for resource in estate.deployment.resources where resource.type.hasPrefix("AWS::SageMaker::") {
      var places: [(String, CloudValue)] = []
      resource.properties.visit { _, value in
        for member in value.members where Self.outputs.contains(member.name) {
          places.append((member.name, member.value))
        }
        for member in value.members where member.name == "S3Output" {
          if let place = member.value.members.first(where: { $0.name == "S3Uri" }) {
            places.append(("S3Output", place.value))
          }
        }
      }
      for (name, value) in places { judgement.add(Destination(value, of: resource, what: name, estate).door) }
    }
    for role in scene.roles { judgement.add(direct(role, scene)) }
    judgement.addUnseenRoles(scene)
    if judgement.doors.isEmpty {
      judgement.add(.closed("files", HeldControl(absence: "nothing of SageMaker's in the files")))
    }
    return judgement
  }

  /// Properties that say where something is written.
  private static let outputs: Set<String> = [
    "S3OutputPath", "S3FailurePath", "DestinationS3Uri", "ArtifactStoreUri", "S3OutputLocation",
    "OutputS3Uri",
    "ResolvedOutputS3Uri", "S3ArtifactPath", "SuccessTopic", "ErrorTopic",
  ]

  /// The role's own writes outside every endpoint of ours, as SageMaker makes them for a job without a VPC.
  private func direct(_ role: HeldRole, _ scene: Scene) -> Door {
    let estate = scene.estate
    var demands = KeyDemands.of(.own(role), .direct, .foreign, estate)
    demands.require("resource", "StringLike", estate.takenBuckets, positive: false)
    let question = RequestQuestion(
      layers: role.layers(scene), callers: estate.callers(.own(role)), actions: ["s3:PutObject"],
      resources: estate.foreignResources("s3"), demands: demands)
    return scene.door("\(role.resource.id) outside the endpoints", question, at: role.resource) { witness in
      RouteWitness(
        Self.line(role, ResourceName(witness.request.resource).bucket, estate),
        by: Walker(
          caller: "whoever may start a job with \(role.resource.id)", credentials: role.arn,
          door: "SageMaker's own network, past every endpoint of ours"),
        story:
          "SageMaker writes a job's result to the attacker's bucket with role \(role.resource.id), not through an endpoint of ours.",
        fix: "deny s3 to \(role.resource.id) unless aws:ResourceOrgID (or aws:ResourceAccount) is yours",
        at: role.resource,
        request: witness.request.members)
    }
  }

  private static func line(_ role: HeldRole, _ bucket: String, _ estate: CloudEstate) -> String {
    "aws sagemaker create-training-job --training-job-name out --role-arn \(role.arn) "
      + "--algorithm-specification TrainingImage=\(estate.account).dkr.ecr.\(estate.region).amazonaws.com/out,"
      + "TrainingInputMode=File --output-data-config S3OutputPath=s3://\(bucket)/ "
      + "--resource-config InstanceType=ml.m5.large,InstanceCount=1,VolumeSizeInGB=1 "
      + "--stopping-condition MaxRuntimeInSeconds=3600"
  }
}
