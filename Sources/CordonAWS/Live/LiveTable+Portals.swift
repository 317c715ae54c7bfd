import CordonModel
import CordonPolicy

// The remote browser, packages and images.
extension LiveTable {
  static let portals: [LiveStep] = [
    portal("Portal", "portals", "portal", "portalArn", "Portal"),
    portal("UserSettings", "userSettings", "userSettings", "userSettingsArn", "UserSettings"),
    portal("BrowserSettings", "browserSettings", "browserSettings", "browserSettingsArn", "BrowserSettings"),
    portal("NetworkSettings", "networkSettings", "networkSettings", "networkSettingsArn", "NetworkSettings"),
    portal(
      "IpAccessSettings", "ipAccessSettings", "ipAccessSettings", "ipAccessSettingsArn", "IpAccessSettings"),
    portal(
      "UserAccessLoggingSettings", "userAccessLoggingSettings", "userAccessLoggingSettings",
      "userAccessLoggingSettingsArn", "UserAccessLoggingSettings"),
    portal(
      "DataProtectionSettings", "dataProtectionSettings", "dataProtectionSettings",
      "dataProtectionSettingsArn", "DataProtectionSettings"),
    portal("SessionLogger", "sessionLoggers", "sessionLogger", "sessionLoggerArn", "SessionLogger"),
    list(
      .portals, "ListPortals", "portals", page: LivePaging("nextToken"), target: "GET /portals",
      hides: ["AWS::WorkSpacesWeb::IdentityProvider"],
      children: [
        list(
          .portals, "ListIdentityProviders", "identityProviders", [("portalArn", "$portalArn")],
          page: LivePaging("nextToken"), target: "GET /portals/{portalArn+}/identityProviders",
          // What a provider is told by is a secret of it: its details are not read.
          shapes: [
            LiveShape(
              "AWS::WorkSpacesWeb::IdentityProvider", id: "identityProviderArn", arn: "identityProviderArn",
              .take("identityProviderName", "identityProviderType"), .copy("parent.portalArn", "PortalArn"))
          ])
      ]),
  ]

  private static func portal(
    _ kind: String, _ list: String, _ member: String, _ id: String, _ type: String
  ) -> LiveStep {
    let plural = kind.hasSuffix("s") ? kind : kind + "s"
    let type = "AWS::WorkSpacesWeb::\(type)"
    return self.list(
      .portals, "List\(plural)", list, page: LivePaging("nextToken"), target: "GET /\(list)",
      details: [
        LiveDetail(
          "about",
          one(
            .portals, "Get\(kind)", [(id, .field(id))], target: "GET /\(list)/{\(id)+}", hides: [type]))
      ],
      shapes: [
        LiveShape(
          type, id: id, arn: id,
          LiveRule(properties: []) { element in
            guard let about = element.at("about") else { return [] }
            if let unknown = LiveValue.unknown(about) { return settings.map { ($0, unknown) } }
            return (about.at(member)?.members ?? []).compactMap { setting in
              if case .null = setting.value.content { return nil }
              // Portals that use a setting are named by the portals themselves.
              if setting.name == "associatedPortalArns" || setting.name == id { return nil }
              return (LiveValue.capital(setting.name), LiveValue.value(setting.value, capitals: true))
            }
          })
      ])
  }

  /// Without which a portal would be judged by what is left out.
  private static let settings = [
    "CopyAllowed", "PasteAllowed", "DownloadAllowed", "UploadAllowed", "PrintAllowed", "BrowserPolicy",
    "WebContentFilteringPolicy", "IpRules", "VpcId", "SubnetIds", "KinesisStreamArn", "LogConfiguration",
    "UserSettingsArn", "BrowserSettingsArn", "NetworkSettingsArn", "IpAccessSettingsArn",
    "UserAccessLoggingSettingsArn", "DataProtectionSettingsArn", "SessionLoggerArn", "AuthenticationType",
    "CustomerManagedKey", "InlineRedactionConfiguration",
  ]

  static let artifacts: [LiveStep] = [
    list(
      .ecr, "DescribeRepositories", "repositories", page: LivePaging("nextToken"),
      details: [
        LiveDetail(
          "policy",
          one(
            .ecr, "GetRepositoryPolicy", [("repositoryName", "$repositoryName")],
            absent: ["RepositoryPolicyNotFoundException"], hides: ["AWS::ECR::Repository"]))
      ],
      shapes: [
        LiveShape(
          "AWS::ECR::Repository", id: "repositoryName", arn: "repositoryArn",
          .take("repositoryName", "imageTagMutability", "encryptionConfiguration"),
          .document("policy.policyText", "RepositoryPolicyText"))
      ]),
    LiveStep(
      service: .ecr, action: "GetRegistryPolicy", absent: ["RegistryPolicyNotFoundException"],
      hides: ["AWS::ECR::RegistryPolicy"],
      shapes: [
        LiveShape("AWS::ECR::RegistryPolicy", id: "registryId", .document("policyText", "PolicyText"))
      ]),
    LiveStep(
      service: .ecr, action: "DescribeRegistry", hides: ["AWS::ECR::ReplicationConfiguration"],
      shapes: [
        LiveShape(
          "AWS::ECR::ReplicationConfiguration", id: "registryId",
          where: { !$0.list("replicationConfiguration.rules").isEmpty }, .take("replicationConfiguration"))
      ]),
    list(
      .codeArtifact, "ListDomains", "domains", page: LivePaging("nextToken"), target: "POST /v1/domains",
      details: [
        LiveDetail(
          "policy",
          one(
            .codeArtifact, "GetDomainPermissionsPolicy", [("domain", "$name")],
            target: "GET /v1/domain/permissions/policy", absent: ["ResourceNotFoundException"],
            hides: ["AWS::CodeArtifact::Domain"]))
      ],
      shapes: [
        LiveShape(
          "AWS::CodeArtifact::Domain", id: "arn", arn: "arn", .copy("name", "DomainName"),
          .copy("encryptionKey", "EncryptionKey"),
          .document("policy.policy.document", "PermissionsPolicyDocument"))
      ]),
    list(
      .codeArtifact, "ListRepositories", "repositories", page: LivePaging("nextToken"),
      target: "POST /v1/repositories",
      details: [
        LiveDetail(
          "about",
          one(
            .codeArtifact, "DescribeRepository", [("domain", "$domainName"), ("repository", "$name")],
            target: "GET /v1/repository", hides: ["AWS::CodeArtifact::Repository"])),
        LiveDetail(
          "policy",
          one(
            .codeArtifact, "GetRepositoryPermissionsPolicy",
            [("domain", "$domainName"), ("repository", "$name")],
            target: "GET /v1/repository/permissions/policy", absent: ["ResourceNotFoundException"],
            hides: ["AWS::CodeArtifact::Repository"])),
      ],
      shapes: [
        LiveShape(
          "AWS::CodeArtifact::Repository", id: "arn", arn: "arn", .copy("name", "RepositoryName"),
          .copy("domainName", "DomainName"),
          .value("ExternalConnections") { names($0, "externalConnections", "externalConnectionName") },
          .value("Upstreams") { names($0, "upstreams", "repositoryName") },
          .document("policy.policy.document", "PermissionsPolicyDocument"))
      ]),
    list(
      .codeCommit, "ListRepositories", "repositories", page: LivePaging("nextToken"),
      details: [
        LiveDetail(
          "triggers",
          one(
            .codeCommit, "GetRepositoryTriggers", [("repositoryName", "$repositoryName")],
            hides: ["AWS::CodeCommit::Repository"])),
        LiveDetail("about", one(.codeCommit, "GetRepository", [("repositoryName", "$repositoryName")])),
      ],
      shapes: [
        LiveShape(
          "AWS::CodeCommit::Repository", id: "repositoryId", .take("repositoryName"),
          .copy("triggers.triggers", "Triggers"), .copy("about.repositoryMetadata.kmsKeyId", "KmsKeyId"))
      ]),
    list(
      .connections, "ListConnections", "Connections",
      shapes: [
        LiveShape(
          "AWS::CodeConnections::Connection", id: "ConnectionArn", arn: "ConnectionArn",
          .take("ConnectionName", "ProviderType"))
      ], hides: ["AWS::CodeStarConnections::Connection"]),
  ]

  private static func names(_ repository: JSONValue, _ list: String, _ name: String) -> CloudValue? {
    guard let about = repository.at("about") else { return nil }
    return LiveValue.unknown(about)
      ?? .list(about.list("repository." + list).compactMap { $0[name] }.map { LiveValue.value($0) })
  }
}
