import CordonModel

/// A bucket that hands its objects, or lists of them, to somewhere else by itself.
struct BucketCopiesRoute: Route {
  let name = "bucket-copies-out"
  let path = EgressPath.crossAccountCopy
  let title = "a bucket copies its objects, their names or news of them to somebody else"
  let documentation = RouteDocumentation(
    """
    Replication copies every object; inventory, analytics, access logs and metadata tables copy names; notifications tell \
    of them. S3 does it itself, so no endpoint policy and no condition on the caller is asked. Access control lists grant to \
    other accounts besides the bucket's policy.
    """,
    closedBy: [
      "every destination a resource of ours", "BucketOwnerEnforced, which switches access control lists off",
    ],
    notClosedBy: [
      "the bucket's policy: S3 asks the destination's",
      "encryption with a key that the replication role may use",
    ])

  private static let places: [[String]] = [
    ["ReplicationConfiguration", "Rules", "Destination", "Bucket"],
    ["InventoryConfigurations", "Destination", "BucketArn"],
    ["AnalyticsConfigurations", "StorageClassAnalysis", "DataExport", "Destination", "BucketArn"],
    ["LoggingConfiguration", "DestinationBucketName"],
    ["NotificationConfiguration", "LambdaConfigurations", "Function"],
    ["NotificationConfiguration", "QueueConfigurations", "Queue"],
    ["NotificationConfiguration", "TopicConfigurations", "Topic"],
    ["MetadataTableConfiguration", "S3TablesDestination", "TableBucketArn"],
  ]

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    for bucket in estate.all("AWS::S3::Bucket") { judgement.add(lists(bucket, estate)) }
    judgement.doors += estate.destinations(Self.places.map { ("AWS::S3::Bucket", $0) })
    for other in estate.all("AWS::S3::AccessPoint", "AWS::S3ObjectLambda::AccessPoint") {
      guard let account = estate.text(other, "BucketAccountId").value, account != estate.account else {
        continue
      }
      judgement.add(
        .open(
          "\(other.id)",
          RouteWitness(
            "aws s3 cp data.csv s3://arn:aws:s3:\(estate.region):\(estate.account):accesspoint/\(estate.name(other))/data.csv",
            by: Walker(
              caller: "anyone with a terminal in the network", credentials: "any role of ours",
              door: "access point \(other.id)"),
            story: "The access point is ours and its bucket is account \(account)'s.",
            fix: "delete \(other.id)", at: other, "BucketAccountId")))
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("files", HeldControl(absence: "no bucket in the files")))
    }
    return judgement
  }

  private func lists(_ bucket: CloudResource, _ estate: CloudEstate) -> Door {
    let name = "\(bucket.id), access control lists"
    let rules = bucket.properties.all(at: ["OwnershipControls", "Rules", "ObjectOwnership"])
    let list = estate.text(bucket, "AccessControl").or("Private")
    // S3 guide, about-object-ownership: without the property, a new bucket has BucketOwnerEnforced.
    let enforced = rules.allSatisfy { estate.text($0).value == "BucketOwnerEnforced" }
    if enforced, list.value == "Private" {
      return .closed(
        name,
        HeldControl(
          HeldControl(bucket, layer: "BucketOwnerEnforced", property: ["OwnershipControls"]).closing, .none))
    }
    if let text = list.value, text.hasPrefix("Public") || text == "AuthenticatedRead" {
      return .open(
        name,
        RouteWitness(
          "curl -O https://\(estate.ref(bucket)).s3.\(estate.region).amazonaws.com/data.csv",
          by: .stranger("the public address of the bucket", credentials: "none: the request is not signed"),
          story: "The access control list \(text) lets anyone read the bucket.",
          fix: "set ObjectOwnership to BucketOwnerEnforced and leave AccessControl out", at: bucket,
          "AccessControl"))
    }
    return .unknown(
      name,
      "access control lists are on, and who may set them is not modelled: set ObjectOwnership to BucketOwnerEnforced",
      bucket)
  }
}
