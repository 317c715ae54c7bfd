import CordonModel

// The doors of a project's network. An endpoint without a policy lets any credentials reach any account through it, so each
// one names both sides: who calls, and what is called.
extension CloudPlan {
  /// The services of interface endpoints, with the logical name of each, and the names that the firewall lets through.
  private static let all: [(name: String, service: String)] = [
    ("SageMakerApiEndpoint", "com.amazonaws.REGION.sagemaker.api"),
    ("SageMakerRuntimeEndpoint", "com.amazonaws.REGION.sagemaker.runtime"),
    ("StudioEndpoint", "aws.sagemaker.REGION.studio"),
    ("NotebookEndpoint", "aws.sagemaker.REGION.notebook"),
    ("StsEndpoint", "com.amazonaws.REGION.sts"),
    ("LogsEndpoint", "com.amazonaws.REGION.logs"),
    ("MonitoringEndpoint", "com.amazonaws.REGION.monitoring"),
    ("KmsEndpoint", "com.amazonaws.REGION.kms"),
    ("EcrApiEndpoint", "com.amazonaws.REGION.ecr.api"),
    ("EcrDockerEndpoint", "com.amazonaws.REGION.ecr.dkr"),
    ("PackagesApiEndpoint", "com.amazonaws.REGION.codeartifact.api"),
    ("PackagesEndpoint", "com.amazonaws.REGION.codeartifact.repositories"),
    ("GitEndpoint", "com.amazonaws.REGION.git-codecommit"),
  ]

  /// The services that this environment uses.
  var services: [(name: String, service: String)] {
    rules.git == .codecommit ? Self.all : Self.all.filter { $0.name != "GitEndpoint" }
  }

  /// Adds every endpoint, and gives the one of S3, to which buckets are bound.
  func endpoints(
    of project: Project, _ vpc: CloudHandle, _ subnets: [CloudHandle], _ routes: CloudHandle,
    _ group: CloudHandle, in stack: inout CloudStack
  ) throws -> CloudHandle {
    let s3 = stack.add(
      "S3Endpoint", "AWS::EC2::VPCEndpoint",
      [
        "VpcEndpointType": "Gateway", "ServiceName": .text("com.amazonaws.\(region).s3"), "VpcId": vpc.ref,
        "RouteTableIds": [routes.ref],
        "PolicyDocument": Self.document(
          try compiled("endpoint/\(project.name)/s3").map(\.value) + [readLayers]),
      ],
      comment:
        "Every door names both sides: who calls, and what is called. Names of own buckets are no substitute.")
    let shared = Self.document([Self.ownPeople(try perimeter(of: project))])
    let runs = hasRuns(project) ? [(name: "RunsEndpoint", service: "aws.sagemaker.REGION.experiments")] : []
    for (name, service) in services + runs {
      let policy =
        name == "StsEndpoint"
        ? Self.document(try compiled("endpoint/\(project.name)/sts").map(\.value)) : shared
      interface(
        name, service: service.replacing("REGION", with: region), policy, vpc, subnets, group, in: &stack)
    }
    return s3
  }

  /// The one exception: ECR hands out signed URLs of a bucket of AWS's own, which nobody but ECR can write.
  private var readLayers: CloudValue {
    [
      "Sid": "ImageLayers", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
      "Resource": .text("arn:aws:s3:::\(imageLayers)/*"),
    ]
  }

  static func ownPeople(_ condition: CloudValue) -> CloudValue {
    [
      "Sid": "OwnPeopleOwnResources", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
      "Condition": condition,
    ]
  }

  @discardableResult
  func interface(
    _ name: String, service: String, _ policy: CloudValue, _ vpc: CloudHandle, _ subnets: [CloudHandle],
    _ group: CloudHandle, hasPrivateNames: Bool = true, comment: String? = nil, in stack: inout CloudStack
  ) -> CloudHandle {
    stack.add(
      name, "AWS::EC2::VPCEndpoint",
      [
        "VpcEndpointType": "Interface", "ServiceName": .text(service), "VpcId": vpc.ref,
        "SubnetIds": .list(subnets.map(\.ref)), "SecurityGroupIds": [group.ref],
        "PrivateDnsEnabled": CloudValue(.bool(hasPrivateNames)),
        "PolicyDocument": policy,
      ], comment: comment)
  }
}
