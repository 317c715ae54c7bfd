import CordonModel
import CordonPolicy

// Ways out that are looked for and not read: where there is one, what it feeds is not known.
extension LiveTable {
  static let presence: [LiveStep] = [
    presence(
      .networkFirewall, "ListFirewalls", "Firewalls", "FirewallName", "AWS::NetworkFirewall::Firewall"),
    presence(
      .lattice, "ListServiceNetworkVpcAssociations", "items", "id",
      "AWS::VpcLattice::ServiceNetworkVpcAssociation", page: LivePaging("nextToken"),
      target: "GET /servicenetworkvpcassociations"),
    presence(
      .s3MultiRegion, "ListMultiRegionAccessPoints", "AccessPoints.AccessPoint", "Name",
      "AWS::S3::MultiRegionAccessPointPolicy", page: LivePaging("nextToken", "NextToken"),
      target: "GET /v20180820/mrap/instances"),
    presence(
      .s3Control, "ListAccessPointsForObjectLambda", "ObjectLambdaAccessPointList.ObjectLambdaAccessPoint",
      "Name", "AWS::S3ObjectLambda::AccessPoint", page: LivePaging("nextToken", "NextToken"),
      target: "GET /v20180820/accesspointforobjectlambda"),
    presence(
      .firehose, "ListDeliveryStreams", "DeliveryStreamNames", "Name", "AWS::KinesisFirehose::DeliveryStream",
      page: nil),
    presence(
      .scheduler, "ListSchedules", "Schedules", "Name", "AWS::Scheduler::Schedule", target: "GET /schedules"),
    presence(.pipes, "ListPipes", "Pipes", "Name", "AWS::Pipes::Pipe", target: "GET /v1/pipes"),
    presence(
      .openSearch, "ListDomainNames", "DomainNames", "DomainName", "AWS::OpenSearchService::Domain",
      page: nil,
      target: "GET /2021-01-01/domain"),
  ]
}

// Stores beside S3, by their policies: never what is in them.
extension LiveTable {
  static let stores: [LiveStep] = [
    list(
      .kinesis, "ListStreams", "StreamSummaries",
      details: [
        policy(
          .kinesis, "GetResourcePolicy", [("ResourceARN", "$StreamARN")], "AWS::Kinesis::ResourcePolicy"),
        LiveDetail("about", one(.kinesis, "DescribeStreamSummary", [("StreamARN", "$StreamARN")])),
      ],
      shapes: [
        LiveShape(
          "AWS::Kinesis::Stream", id: "StreamName", arn: "StreamARN", .copy("StreamName", "Name"),
          .value("StreamEncryption") { stream in
            if let unknown = stream.at("about").flatMap(LiveValue.unknown) { return unknown }
            guard let about = stream.at("about.StreamDescriptionSummary"),
              about["EncryptionType"]?.plain == "KMS", let key = about.at("KeyId")
            else { return nil }
            return ["EncryptionType": "KMS", "KeyId": LiveValue.value(key)]
          }),
        LiveShape(
          "AWS::Kinesis::ResourcePolicy", id: "StreamARN",
          where: {
            $0.at("policy.Policy")?.plain.map { $0 != "{}" }
              ?? ($0.at("policy").flatMap(LiveValue.unknown) != nil)
          },
          .copy("StreamARN", "ResourceArn"), .document("policy.Policy", "ResourcePolicy")),
      ]),
    list(
      .dynamoDB, "ListTables", "TableNames",
      page: LivePaging("ExclusiveStartTableName", "LastEvaluatedTableName"),
      details: [
        policy(
          .dynamoDB, "GetResourcePolicy", [("ResourceArn", .arn("dynamodb", "table/", "Name"))],
          "AWS::DynamoDB::Table", absent: ["PolicyNotFoundException"])
      ],
      shapes: [
        LiveShape(
          "AWS::DynamoDB::Table", id: "Name", .copy("Name", "TableName"),
          .value("ResourcePolicy") { table in
            guard let policy = table.at("policy") else { return nil }
            if let unknown = LiveValue.unknown(policy) { return ["PolicyDocument": unknown] }
            return policy["Policy"].map { ["PolicyDocument": LiveValue.document($0)] }
          })
      ]),
    list(
      .backup, "ListBackupVaults", "BackupVaultList", page: LivePaging("nextToken", "NextToken"),
      target: "GET /backup-vaults/",
      details: [
        policy(
          .backup, "GetBackupVaultAccessPolicy", [("name", "$BackupVaultName")], "AWS::Backup::BackupVault",
          target: "GET /backup-vaults/{name}/access-policy", absent: ["ResourceNotFoundException"])
      ],
      shapes: [
        LiveShape(
          "AWS::Backup::BackupVault", id: "BackupVaultName", arn: "BackupVaultArn", .take("BackupVaultName"),
          .document("policy.Policy", "AccessPolicy"))
      ]),
    list(
      .fileSystems, "DescribeFileSystems", "FileSystems", page: LivePaging("Marker", "NextMarker"),
      target: "GET /2015-02-01/file-systems",
      details: [
        policy(
          .fileSystems, "DescribeFileSystemPolicy", [("id", "$FileSystemId")], "AWS::EFS::FileSystem",
          target: "GET /2015-02-01/file-systems/{id}/policy",
          absent: ["PolicyNotFound"]),
        LiveDetail(
          "replication",
          one(
            .fileSystems, "DescribeReplicationConfigurations", [("FileSystemId", "$FileSystemId")],
            target: "GET /2015-02-01/file-systems/replication-configurations",
            absent: ["ReplicationNotFound"],
            hides: ["AWS::EFS::FileSystem"])),
      ],
      shapes: [
        LiveShape(
          "AWS::EFS::FileSystem", id: "FileSystemId", arn: "FileSystemArn", .take("Encrypted", "KmsKeyId"),
          .document("policy.Policy", "FileSystemPolicy"),
          .value("ReplicationConfiguration") { system in
            if let unknown = system.at("replication").flatMap(LiveValue.unknown) { return unknown }
            let places = system.list("replication.Replications").flatMap { $0.list("Destinations") }
            guard !places.isEmpty else { return nil }
            return [
              "ReplicationDestinations": .list(
                places.compactMap { $0["FileSystemArn"] ?? $0["FileSystemId"] }.map {
                  ["FileSystemId": LiveValue.value($0)]
                })
            ]
          })
      ]),
  ]

  private static func policy(
    _ service: LiveService, _ action: String, _ input: [(String, LiveStep.Input)], _ type: String,
    target: String = "", absent: Set<String> = []
  ) -> LiveDetail {
    LiveDetail(
      "policy",
      one(
        service, action, input, target: target, absent: absent.union(["ResourceNotFoundException"]),
        hides: [type]))
  }
}

// Which stack made what: it says which resource of a spec one that runs is.
extension LiveTable {
  static let stacks: [LiveStep] = [
    LiveStep(
      service: .cloudFormation, action: "DescribeStacks", list: "Stacks", paging: LivePaging("NextToken"),
      isLeftOut: { $0["StackStatus"]?.plain == "DELETE_COMPLETE" },
      children: [
        LiveStep(
          service: .cloudFormation, action: "ListStackResources", input: [("StackName", "$StackName")],
          list: "StackResourceSummaries", paging: LivePaging("NextToken"),
          shapes: [
            LiveShape(
              LiveEstate.stackResource, id: "PhysicalResourceId",
              where: {
                $0["PhysicalResourceId"] != nil && $0["ResourceStatus"]?.plain != "DELETE_COMPLETE"
              }, .copy("parent.StackName", "Stack"), .copy("LogicalResourceId", "Name"),
              .copy("ResourceType", "Type"))
          ])
      ])
  ]
}
