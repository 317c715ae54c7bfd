import CordonModel

/// What other stacks refer to of a project's images, packages and history.
struct RegistryParts {
  var images: CloudHandle
  var domain: CloudHandle
  var approved: CloudHandle
  /// Nil where the spec keeps code elsewhere.
  var git: CloudHandle?
}

// Images, packages and git. Packages come in through a staging repository that workspaces cannot read; nobody publishes.
extension CloudPlan {
  func registry(of project: Project, key: CloudHandle) -> (CloudStack, RegistryParts) {
    var stack = self.stack("registry", of: project, "Images, packages and git of \(project.name)")
    let stranger: CloudValue = [
      "Sid": "OwnOrganisation", "Effect": "Deny", "Principal": "*", "Action": "ecr:*", "Condition": strangers,
    ]
    let images = stack.add(
      "Images", "AWS::ECR::Repository",
      [
        "RepositoryName": .text("\(environment.name)/\(project.name)"), "ImageTagMutability": "IMMUTABLE",
        "ImageScanningConfiguration": ["ScanOnPush": true],
        "EncryptionConfiguration": ["EncryptionType": "KMS", "KmsKey": key.arn],
        "RepositoryPolicyText": Self.document([stranger]), "Tags": tags(project),
      ])
    let domain = stack.add(
      "PackageDomain", "AWS::CodeArtifact::Domain",
      ["DomainName": .text(packageDomain(project)), "EncryptionKey": key.arn, "Tags": tags(project)])
    stack.add(
      "StagedPackages", "AWS::CodeArtifact::Repository",
      [
        "DomainName": domain["Name"], "RepositoryName": "staged", "ExternalConnections": ["public:pypi"],
        "Tags": tags(project),
      ], comment: "Where packages arrive; workspaces have no right to read it.")
    let silence: CloudValue = [
      "Sid": "NobodyPublishes", "Effect": "Deny", "Principal": "*",
      "Action": ["codeartifact:PublishPackageVersion", "codeartifact:PutPackageMetadata"], "Resource": "*",
    ]
    let approved = stack.add(
      "ApprovedPackages", "AWS::CodeArtifact::Repository",
      [
        "DomainName": domain["Name"], "RepositoryName": "approved",
        "PermissionsPolicyDocument": Self.document([silence]), "Tags": tags(project),
      ], comment: "What was copied here after review, and nothing else, is installed.")
    var git: CloudHandle?
    if rules.git == .codecommit {
      git = stack.add(
        "Git", "AWS::CodeCommit::Repository",
        [
          "RepositoryName": .text("\(environment.name)-\(project.name)"), "KmsKeyId": key.arn,
          "Tags": tags(project),
        ])
    }
    return (stack, RegistryParts(images: images, domain: domain, approved: approved, git: git))
  }

  /// The name of a project's package domain, one in the account.
  func packageDomain(_ project: Project) -> String { project.name.text }
}
