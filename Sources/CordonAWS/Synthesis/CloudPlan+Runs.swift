import CordonModel

// Runs and their results: a tracking server of the project's, whose artifacts lie in a bucket of their own. The server is AWS's
// and stands outside every network, so its role alone passes the bucket's policy without a door, and its role does nothing else.
extension CloudPlan {
  func hasRuns(_ project: Project) -> Bool { rules.mlflow.contains(project.name) }

  /// The bucket of a project's runs.
  func runsBucket(_ project: Project) throws -> BucketName {
    do throws(NameRefusal) {
      return try BucketName("\(environment.name)-\(project.name)-runs-\(account)")
    } catch {
      throw SynthesisError.cannotExpress("the bucket of the runs: \(error)", at: "project \(project.name)")
    }
  }

  func runs(
    of project: Project, _ network: NetworkParts, _ data: DataParts, _ roles: RoleParts
  ) throws -> CloudStack? {
    guard hasRuns(project) else { return nil }
    var stack = self.stack("runs", of: project, "The tracking server of \(project.name), and what runs leave")
    let name = try runsBucket(project)
    let bucket = self.bucket(
      "RunsBucket", name, isVersioned: true, data.key, project, keep: project.storage.keepVersions, in: &stack
    )
    let server = "\(environment.name)-\(project.name)"
    let role = stack.add(
      "RunsRole", "AWS::IAM::Role",
      [
        "RoleName": .text("\(environment.name)-\(project.name)-runs"),
        "AssumeRolePolicyDocument": Self.document([
          [
            "Effect": "Allow", "Principal": ["Service": "sagemaker.amazonaws.com"],
            "Action": "sts:AssumeRole",
            "Condition": [
              "StringEquals": ["aws:SourceAccount": .text(account)],
              "ArnLike": ["aws:SourceArn": .text(arn("sagemaker", "mlflow-tracking-server/\(server)"))],
            ],
          ]
        ]),
        "Policies": [
          ["PolicyName": "artifacts", "PolicyDocument": Self.document(artifacts(name, data.key))]
        ],
        "Tags": tags(project),
      ], comment: "The tracking server alone becomes it: no job and no notebook may run as this role.")
    runsPolicy(bucket, name, role, network, data.key, in: &stack)
    stack.add(
      "Runs", "AWS::SageMaker::MlflowTrackingServer",
      [
        "TrackingServerName": .text(server), "ArtifactStoreUri": "s3://\(bucket.ref)/artifacts",
        "RoleArn": role.arn, "TrackingServerSize": "Small", "AutomaticModelRegistration": false,
        "WeeklyMaintenanceWindowStart": "Sun:03:00", "Tags": tags(project),
      ], comment: "Called through the network's own door; nobody may make a URL of it.",
      after: ["RunsBucketPolicy"])
    let call: CloudValue = [
      "Sid": "OwnRuns", "Effect": "Allow", "Action": "sagemaker-mlflow:*",
      "Resource": .text(arn("sagemaker", "mlflow-tracking-server/\(server)")),
    ]
    stack.add(
      "RunsPolicy", "AWS::IAM::Policy",
      [
        "PolicyName": "runs", "Roles": [roles.workspace.ref],
        "PolicyDocument": Self.document([call] + artifacts(name, nil)),
      ])
    return stack
  }

  /// What is read and written of artifacts; with the key, where the role has no other right to it.
  private func artifacts(_ name: BucketName, _ key: CloudHandle?) -> [CloudValue] {
    let objects: CloudValue = [
      "Sid": "Artifacts", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
      "Resource": .text(name.arn(key: "artifacts/*")),
    ]
    let list: CloudValue = [
      "Sid": "ListArtifacts", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": .text(name.arn),
    ]
    guard let key else { return [objects, list] }
    let seal: CloudValue = [
      "Sid": "UseKey", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
      "Resource": key.arn,
    ]
    return [objects, list, seal]
  }

  private func runsPolicy(
    _ bucket: CloudHandle, _ name: BucketName, _ role: CloudHandle, _ network: NetworkParts,
    _ key: CloudHandle, in stack: inout CloudStack
  ) {
    stack.add(
      "RunsBucketPolicy", "AWS::S3::BucketPolicy",
      [
        "Bucket": bucket.ref,
        "PolicyDocument": Self.document(
          guarding(name, key) + [
            [
              "Sid": "OwnDoorOrTheServer", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
              "Resource": Self.whole(name),
              "Condition": [
                "StringNotEqualsIfExists": ["aws:SourceVpce": network.s3.ref],
                "ArnNotEquals": ["aws:PrincipalArn": role.arn],
                "BoolIfExists": ["aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"],
              ],
            ]
          ]),
      ])
  }
}
