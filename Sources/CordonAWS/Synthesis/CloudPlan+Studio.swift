import CordonModel

// The workspaces: SageMaker Studio without internet, one profile a person, and the project's model registry.
extension CloudPlan {
  func studio(
    of project: Project, _ network: NetworkParts, _ data: DataParts, _ roles: RoleParts,
    _ registry: RegistryParts
  ) -> (CloudStack, CloudHandle) {
    var stack = self.stack("studio", of: project, "SageMaker Studio of \(project.name)")
    let sharing: CloudValue = ["NotebookOutputOption": "Disabled"]
    let start = start(project, in: &stack)
    let images = self.images(of: project, registry, roles, in: &stack)
    var lab: CloudValue = [
      "DefaultResourceSpec": ["LifecycleConfigArn": start["StudioLifecycleConfigArn"]],
      "LifecycleConfigArns": [start["StudioLifecycleConfigArn"]],
    ]
    if !images.isEmpty { lab.set("CustomImages", .list(images)) }
    let versions = stack.resources.filter { $0.type == "AWS::SageMaker::ImageVersion" }.map(\.id.name)
    let domain = stack.add(
      "Domain", "AWS::SageMaker::Domain",
      [
        "DomainName": .text("\(environment.name)-\(project.name)"), "AuthMode": "IAM",
        "AppNetworkAccessType": "VpcOnly", "AppSecurityGroupManagement": "Customer", "VpcId": network.vpc.ref,
        "SubnetIds": network.subnetIDs, "KmsKeyId": data.key.arn,
        "DomainSettings": [
          "SecurityGroupIds": [network.workload.ref], "DockerSettings": ["EnableDockerAccess": "DISABLED"],
        ],
        "DefaultUserSettings": [
          "ExecutionRole": roles.workspace.arn, "SecurityGroups": [network.workload.ref],
          "SharingSettings": sharing,
          "JupyterLabAppSettings": lab,
          "StudioWebPortalSettings": ["HiddenAppTypes": ["Canvas", "RStudioServerPro"]],
        ],
        "Tags": tags(project),
      ], comment: "VpcOnly: the default of AppNetworkAccessType is the public internet.", after: versions)
    for person in environment.people where person.roles.contains(.dataScientist) {
      guard person.projects.contains(project.name) else { continue }
      stack.add(
        "\(Self.logical(person.name.text))Profile", "AWS::SageMaker::UserProfile",
        [
          "DomainId": domain.ref, "UserProfileName": .text(person.name),
          "UserSettings": [
            "ExecutionRole": roles.workspace.arn, "SecurityGroups": [network.workload.ref],
            "SharingSettings": sharing,
          ],
          "Tags": tags(project),
        ])
    }
    self.registry(of: project, in: &stack)
    return (stack, domain)
  }

  private func start(_ project: Project, in stack: inout CloudStack) -> CloudHandle {
    let script: CloudValue = """
      #!/bin/bash
      set -eu
      aws codeartifact login --tool pip --domain \(packageDomain(project)) --repository approved

      """
    return stack.add(
      "Start", "AWS::SageMaker::StudioLifecycleConfig",
      [
        "StudioLifecycleConfigName": .text("\(environment.name)-\(project.name)-packages"),
        "StudioLifecycleConfigAppType": "JupyterLab",
        "StudioLifecycleConfigContent": ["Fn::Base64": script], "Tags": tags(project),
      ], comment: "pip knows the approved packages alone.")
  }

  private func registry(of project: Project, in stack: inout CloudStack) {
    let own: CloudValue = [
      "Sid": "OwnAccount", "Effect": "Allow", "Principal": ["AWS": .text(root)],
      "Action": ["sagemaker:DescribeModelPackageGroup", "sagemaker:DescribeModelPackage"],
      "Resource": .text(arn("sagemaker", "model-package*/\(environment.name)-\(project.name)*")),
    ]
    stack.add(
      "Models", "AWS::SageMaker::ModelPackageGroup",
      [
        "ModelPackageGroupName": .text("\(environment.name)-\(project.name)"),
        "ModelPackageGroupPolicy": Self.document([own]), "Tags": tags(project),
      ])
  }
}
