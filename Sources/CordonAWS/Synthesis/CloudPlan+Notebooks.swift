import CordonModel

/// What every notebook instance of a project is made of.
struct NotebookParts {
  var network: NetworkParts
  var key: CloudHandle
  var role: CloudHandle
  var start: CloudHandle
}

// Notebook instances, for who cannot work in Studio: in the project's network alone, without root, on a disk under the project's
// key. Their pages are opened from the portal by a URL that the guardrails otherwise let nobody make.
extension CloudPlan {
  /// The notebook instances that the spec names, what they and those that people order begin with, and who opens them.
  func notebooks(
    of project: Project, _ network: NetworkParts, _ data: DataParts, _ roles: RoleParts,
    _ browser: BrowserParts
  ) throws -> (CloudStack?, start: CloudHandle?) {
    guard hasNotebooks(project) else { return (nil, nil) }
    let named = rules.notebooks.filter { $0.project == project.name }
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
    for notebook in named {
      let name = "\(environment.name)-\(project.name)-\(notebook.person)"
      guard name.utf8.count <= 63 else {
        throw SynthesisError.cannotExpress(
          "'\(name)' has \(name.utf8.count) characters and a notebook instance's name has room for 63",
          at: "project \(project.name)")
      }
      let parts = NotebookParts(network: network, key: data.key, role: roles.workspace, start: start)
      stack.add(
        "\(Self.logical(notebook.person.text))Notebook", "AWS::SageMaker::NotebookInstance",
        self.notebook(.text(name), .text(Self.computer(notebook.size)), parts, project),
        comment: Self.withoutInternet)
    }
    letPeopleOpen(
      named.map { "\(environment.name)-\(project.name)-\($0.person)" }
        + (isOrdered(.notebook, in: project) ? ["\(orderedPrefix(project))*"] : []), roles, browser,
      in: &stack)
    return (stack, start)
  }

  /// Why a notebook instance says twice where it stands.
  static let withoutInternet = "A subnet alone does not keep the internet out: DirectInternetAccess does."

  /// The properties of a notebook instance. AWS's own choices are the internet, root, and credentials for a plain request.
  func notebook(
    _ name: CloudValue, _ size: CloudValue, _ parts: NotebookParts, _ project: Project
  ) -> CloudValue {
    [
      "NotebookInstanceName": name, "InstanceType": size, "RoleArn": parts.role.arn,
      "SubnetId": parts.network.subnets[0].ref, "SecurityGroupIds": [parts.network.workload.ref],
      "DirectInternetAccess": "Disabled", "RootAccess": "Disabled", "KmsKeyId": parts.key.arn,
      "VolumeSizeInGB": 20, "LifecycleConfigName": parts.start["NotebookInstanceLifecycleConfigName"],
      "PlatformIdentifier": "notebook-al2-v3",
      "InstanceMetadataServiceConfiguration": ["MinimumInstanceMetadataServiceVersion": "2"],
      "Tags": tags(project),
    ]
  }

  /// What people of the project open and stop, from the portal's address.
  private func letPeopleOpen(
    _ names: [String], _ roles: RoleParts, _ browser: BrowserParts, in stack: inout CloudStack
  ) {
    let open: CloudValue = [
      "Sid": "OpenNotebooks", "Effect": "Allow", "Condition": fromThePortal(browser),
      "Action": .texts(
        [
          "CreatePresignedNotebookInstanceUrl", "DescribeNotebookInstance", "StartNotebookInstance",
          "StopNotebookInstance",
        ]
        .map { "sagemaker:\($0)" }),
      "Resource": .texts(names.map { arn("sagemaker", "notebook-instance/\($0)") }),
    ]
    stack.add(
      "OpenPolicy", "AWS::IAM::Policy",
      ["PolicyName": "notebooks", "Roles": [roles.scientist.ref], "PolicyDocument": Self.document([open])])
  }

  /// Whether anybody of a project works in a notebook instance.
  func hasNotebooks(_ project: Project) -> Bool {
    rules.notebooks.contains { $0.project == project.name } || isOrdered(.notebook, in: project)
  }

  /// What the name of an ordered notebook instance of a project begins with. What a spec names has one hyphen there.
  func orderedPrefix(_ project: Project) -> String { "\(environment.name)-\(project.name)--" }

  private static func computer(_ size: NotebookInstance.Size) -> String {
    switch size {
    case .small: "ml.t3.medium"
    case .medium: "ml.m5.xlarge"
    case .large: "ml.m5.4xlarge"
    }
  }

  /// Calls that nobody makes, less the one that notebook instances need.
  var forbidden: [String] {
    guard environment.projects.contains(where: hasNotebooks) else { return Self.elsewhere }
    return Self.elsewhere.filter { $0 != "PresignedNotebookInstanceUrl" }
  }

  /// URLs that roles of a project may not make: of notebook instances, where there are any, none but people's.
  func noURLs(of project: Project) -> [CloudValue] {
    guard hasNotebooks(project) else { return [Self.noURLs] }
    let notebooks = "sagemaker:CreatePresignedNotebookInstanceUrl"
    var others = Self.noURLs
    others.set(
      "Action", .list((others["Action"]?.elements ?? []).filter { $0.plainText != notebooks }))
    let people = "arn:aws:iam::\(account):role/\(Self.scientistRole(project))"
    return [
      others,
      Self.denial(
        "OnlyPeopleOpenNotebooks", [notebooks], ["ArnNotEquals": ["aws:PrincipalArn": .text(people)]]),
    ]
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
