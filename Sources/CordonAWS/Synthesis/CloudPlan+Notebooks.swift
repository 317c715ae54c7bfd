import CordonModel

// Notebook instances, for who cannot work in Studio: in the project's network alone, without root, on a disk under the project's
// key. Their pages are opened from the portal by a URL that the guardrails otherwise let nobody make.
extension CloudPlan {
  func notebooks(
    of project: Project, _ network: NetworkParts, _ data: DataParts, _ roles: RoleParts
  ) throws -> CloudStack? {
    let notebooks = rules.notebooks.filter { $0.project == project.name }
    guard !notebooks.isEmpty else { return nil }
    var stack = self.stack(
      "notebooks", of: project, "Notebook instances of \(project.name), without internet and without root")
    let script: CloudValue = """
      #!/bin/bash
      set -eu
      sudo -u ec2-user -i aws codeartifact login --tool pip --domain \(packageDomain(project)) --repository approved

      """
    let start = stack.add(
      "Start", "AWS::SageMaker::NotebookInstanceLifecycleConfig",
      [
        "NotebookInstanceLifecycleConfigName": .text("\(environment.name)-\(project.name)-start"),
        "OnStart": [["Content": ["Fn::Base64": script]]],
      ], comment: "pip knows the approved packages alone.")
    for notebook in notebooks {
      let name = "\(environment.name)-\(project.name)-\(notebook.person)"
      guard name.utf8.count <= 63 else {
        throw SynthesisError.cannotExpress(
          "'\(name)' has \(name.utf8.count) characters and a notebook instance's name has room for 63",
          at: "project \(project.name)")
      }
      stack.add(
        "\(Self.logical(notebook.person.text))Notebook", "AWS::SageMaker::NotebookInstance",
        [
          "NotebookInstanceName": .text(name), "InstanceType": .text(Self.computer(notebook.size)),
          "RoleArn": roles.workspace.arn, "SubnetId": network.subnets[0].ref,
          "SecurityGroupIds": [network.workload.ref], "DirectInternetAccess": "Disabled",
          "RootAccess": "Disabled", "KmsKeyId": data.key.arn, "VolumeSizeInGB": 20,
          "LifecycleConfigName": start["NotebookInstanceLifecycleConfigName"],
          "PlatformIdentifier": "notebook-al2-v3",
          "InstanceMetadataServiceConfiguration": ["MinimumInstanceMetadataServiceVersion": "2"],
          "Tags": tags(project),
        ], comment: "A subnet alone does not keep the internet out: DirectInternetAccess does.")
    }
    let open: CloudValue = [
      "Sid": "OpenNotebooks", "Effect": "Allow",
      "Action": .texts(
        [
          "CreatePresignedNotebookInstanceUrl", "DescribeNotebookInstance", "StartNotebookInstance",
          "StopNotebookInstance",
        ]
        .map { "sagemaker:\($0)" }),
      "Resource": .texts(
        notebooks.map {
          arn("sagemaker", "notebook-instance/\(environment.name)-\(project.name)-\($0.person)")
        }),
    ]
    stack.add(
      "OpenPolicy", "AWS::IAM::Policy",
      ["PolicyName": "notebooks", "Roles": [roles.scientist.ref], "PolicyDocument": Self.document([open])])
    return stack
  }

  private static func computer(_ size: NotebookInstance.Size) -> String {
    switch size {
    case .small: "ml.t3.medium"
    case .medium: "ml.m5.xlarge"
    case .large: "ml.m5.4xlarge"
    }
  }

  /// Calls that nobody makes, less the one that notebook instances need.
  var forbidden: [String] {
    rules.notebooks.isEmpty ? Self.elsewhere : Self.elsewhere.filter { $0 != "PresignedNotebookInstanceUrl" }
  }

  /// URLs that roles of a project may not make.
  func noURLs(of project: Project) -> CloudValue {
    guard rules.notebooks.contains(where: { $0.project == project.name }) else { return Self.noURLs }
    var statement = Self.noURLs
    let kept = (statement["Action"]?.elements ?? []).filter {
      $0.plainText != "sagemaker:CreatePresignedNotebookInstanceUrl"
    }
    statement.set("Action", .list(kept))
    return statement
  }

  // MARK: Images

  /// Images of the project's own repository, for Studio's JupyterLab.
  func images(
    of project: Project, _ registry: RegistryParts, _ roles: RoleParts, in stack: inout CloudStack
  ) -> [CloudValue] {
    let images = rules.images.filter { $0.project == project.name }
    guard !images.isEmpty else { return [] }
    let pull: CloudValue = [
      "Sid": "OwnImages", "Effect": "Allow",
      "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      "Resource": registry.images.arn,
    ]
    stack.add(
      "ImagePolicy", "AWS::IAM::Policy",
      ["PolicyName": "images", "Roles": [roles.workspace.ref], "PolicyDocument": Self.document([pull])])
    return images.map { image in
      let logical = Self.logical(image.name.text)
      let name = "\(environment.name)-\(project.name)-\(image.name)"
      let made = stack.add(
        "\(logical)Image", "AWS::SageMaker::Image",
        ["ImageName": .text(name), "ImageRoleArn": roles.workspace.arn, "Tags": tags(project)])
      stack.add(
        "\(logical)ImageVersion", "AWS::SageMaker::ImageVersion",
        [
          "ImageName": .text(name),
          "BaseImage":
            "\(account).dkr.ecr.\(region).amazonaws.com/\(registry.images.ref):\(image.tag)",
        ], comment: "Of the project's own repository, where a tag keeps its image.", after: [made.id.name])
      let settings = stack.add(
        "\(logical)ImageSettings", "AWS::SageMaker::AppImageConfig",
        ["AppImageConfigName": .text(name), "JupyterLabAppImageConfig": [:], "Tags": tags(project)])
      return ["AppImageConfigName": settings.ref, "ImageName": .text(name)]
    }
  }
}
