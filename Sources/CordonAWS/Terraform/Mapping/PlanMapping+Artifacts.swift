import CordonModel

// Images, packages and source code.
extension PlanMapping {
  static let artifacts: [String: PlanMapping] = [
    "aws_ecr_repository": .to(
      "AWS::ECR::Repository", .copy("name", "RepositoryName"),
      .copy("image_tag_mutability", "ImageTagMutability"),
      .block(
        "encryption_configuration", "EncryptionConfiguration", .copy("encryption_type", "EncryptionType"),
        .link("kms_key", "KmsKey")), tags),
    "aws_ecr_repository_policy": .part(of: "repository", .json("policy", "RepositoryPolicyText")),
    "aws_ecr_registry_policy": .to("AWS::ECR::RegistryPolicy", .json("policy", "PolicyText")),
    "aws_ecr_replication_configuration": .to(
      "AWS::ECR::ReplicationConfiguration",
      .block(
        "replication_configuration", "ReplicationConfiguration",
        .blocks(
          "rule", "Rules",
          .blocks(
            "destination", "Destinations", .copy("region", "Region"), .copy("registry_id", "RegistryId"))))),
    "aws_ecr_pull_through_cache_rule": .to(
      "AWS::ECR::PullThroughCacheRule", .copy("ecr_repository_prefix", "EcrRepositoryPrefix"),
      .copy("upstream_registry_url", "UpstreamRegistryUrl")),
    "aws_codeartifact_domain": .to(
      "AWS::CodeArtifact::Domain", .copy("domain", "DomainName"), .link("encryption_key", "EncryptionKey")),
    "aws_codeartifact_domain_permissions_policy": .part(
      of: "domain", .json("policy_document", "PermissionsPolicyDocument")),
    "aws_codeartifact_repository": .to(
      "AWS::CodeArtifact::Repository", .copy("repository", "RepositoryName"), .link("domain", "DomainName"),
      .value("ExternalConnections") { block in
        let names = block.blocks("external_connections").compactMap { $0.value("external_connection_name") }
        return names.isEmpty ? nil : CloudValue(.list(names), at: block.place("external_connections"))
      },
      .value("Upstreams") { block in
        let names = block.blocks("upstream").compactMap { $0.link("repository_name") }
        return names.isEmpty ? nil : CloudValue(.list(names), at: block.place("upstream"))
      }),
    "aws_codeartifact_repository_permissions_policy": .part(
      of: "repository", .json("policy_document", "PermissionsPolicyDocument")),
    "aws_codecommit_repository": .to(
      "AWS::CodeCommit::Repository", .copy("repository_name", "RepositoryName"),
      .link("kms_key_id", "KmsKeyId")),
    "aws_codecommit_trigger": .part(
      of: "repository_name",
      .blocks(
        "trigger", "Triggers", .copy("name", "Name"), .link("destination_arn", "DestinationArn"),
        .copy("events", "Events"))),
    "aws_codestarconnections_connection": .to(
      "AWS::CodeStarConnections::Connection", .copy("name", "ConnectionName"),
      .copy("provider_type", "ProviderType")),
    "aws_codeconnections_connection": .to(
      "AWS::CodeConnections::Connection", .copy("name", "ConnectionName"),
      .copy("provider_type", "ProviderType")),
  ]
}
