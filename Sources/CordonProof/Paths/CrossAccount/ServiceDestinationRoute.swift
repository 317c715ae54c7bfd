import CordonModel

/// A service of the files that is told to send to somebody else.
struct ServiceDestinationRoute: Route {
  let name = "service-destination"
  let path = EgressPath.crossAccountCopy
  let title = "a rule, subscription, trail or share of the files sends to another account"
  let documentation = RouteDocumentation(
    """
    Event targets, topic subscriptions, log subscriptions and destinations, trails, flow logs, delivery streams and resource \
    shares are ways out themselves, made by whoever wrote the template.
    """,
    closedBy: ["every target a resource of ours"],
    notClosedBy: ["endpoint policies: the service is not in the network", "encryption of what is sent"])

  /// Where each type says where it sends.
  private static let senders: [SendingPlace] = [
    ("AWS::Events::Rule", ["Targets", "Arn"]), ("AWS::Scheduler::Schedule", ["Target", "Arn"]),
    ("AWS::Pipes::Pipe", ["Target"]), ("AWS::Logs::SubscriptionFilter", ["DestinationArn"]),
    ("AWS::Logs::Destination", ["TargetArn"]), ("AWS::CloudTrail::Trail", ["S3BucketName"]),
    ("AWS::EC2::FlowLog", ["LogDestination"]), ("AWS::Config::DeliveryChannel", ["S3BucketName"]),
    ("AWS::KinesisFirehose::DeliveryStream", ["S3DestinationConfiguration", "BucketARN"]),
    ("AWS::KinesisFirehose::DeliveryStream", ["ExtendedS3DestinationConfiguration", "BucketARN"]),
    ("AWS::Route53Resolver::ResolverQueryLoggingConfig", ["DestinationArn"]),
    ("AWS::WorkSpacesWeb::UserAccessLoggingSettings", ["KinesisStreamArn"]),
    ("AWS::WorkSpacesWeb::SessionLogger", ["LogConfiguration", "S3", "Bucket"]),
    ("AWS::Lambda::EventInvokeConfig", ["DestinationConfig", "OnSuccess", "Destination"]),
    ("AWS::CodeCommit::Repository", ["Triggers", "DestinationArn"]),
  ]

  /// Where what was not delivered goes, and who is told.
  private static let sideways: [SendingPlace] = [
    ("AWS::Events::Rule", ["Targets", "DeadLetterConfig", "Arn"]),
    ("AWS::Scheduler::Schedule", ["Target", "DeadLetterConfig", "Arn"]), ("AWS::Pipes::Pipe", ["Enrichment"]),
    ("AWS::Lambda::EventInvokeConfig", ["DestinationConfig", "OnFailure", "Destination"]),
    ("AWS::Lambda::Function", ["DeadLetterConfig", "TargetArn"]),
    ("AWS::CloudTrail::Trail", ["SnsTopicName"]), ("AWS::CloudTrail::Trail", ["CloudWatchLogsLogGroupArn"]),
    ("AWS::Config::DeliveryChannel", ["SnsTopicARN"]),
    ("AWS::EFS::FileSystem", ["ReplicationConfiguration", "ReplicationDestinations", "FileSystemId"]),
  ]

  /// A delivery stream to anything but a bucket.
  private func streams(_ stream: CloudResource, _ estate: CloudEstate) -> [Door] {
    stream.properties.members.compactMap { member -> Door? in
      guard member.name.hasSuffix("DestinationConfiguration"), !member.name.contains("S3Destination") else {
        return nil
      }
      let url = estate.text(member.value["EndpointConfiguration"]?["Url"] ?? member.value["HECEndpoint"])
      guard let host = url.value else {
        return .unknown(
          "\(stream.id)", "whose the place is that \(member.name) names is not in the files", stream)
      }
      return .open(
        "\(stream.id)",
        RouteWitness(
          "aws firehose put-record --delivery-stream-name \(estate.name(stream)) --record Data=\"$(base64 -w0 data.csv)\"",
          by: Walker(
            caller: "whoever may write to the stream", credentials: "a role of ours",
            door: "\(stream.id), which sends to \(host)"),
          story: "What is put into the stream is sent to \(host).", fix: "delete \(member.name)", at: stream,
          member.name))
    }
  }

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    judgement.doors += estate.destinations(Self.senders) + estate.destinations(Self.sideways, names: true)
    for stream in estate.all("AWS::KinesisFirehose::DeliveryStream") {
      judgement.doors += streams(stream, estate)
    }
    for resource in estate.all("AWS::SNS::Subscription") { judgement.add(subscription(resource, estate)) }
    for topic in estate.all("AWS::SNS::Topic") {
      for inline in topic["Subscription"]?.elements ?? [] {
        judgement.add(subscription(topic, protocol: inline["Protocol"], endpoint: inline["Endpoint"], estate))
      }
    }
    for resource in estate.all("AWS::RAM::ResourceShare") { judgement.add(share(resource, estate)) }
    for resource in estate.all("AWS::Lambda::Url") { judgement.add(url(resource, estate)) }
    for resource in estate.all("AWS::Events::ApiDestination") {
      judgement.add(
        .open(
          "\(resource.id)",
          RouteWitness(
            "aws events put-events --entries Source=out,DetailType=out,Detail=\"$(jq -Rs '{data:.}' data.csv)\"",
            by: Walker(
              caller: "whoever may put events", credentials: "a role of ours",
              door: "\(resource.id), which calls a host of the internet"),
            story: "Events are sent to a host of the internet.",
            fix: "delete \(resource.id)", at: resource, "InvocationEndpoint")))
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("files", HeldControl(absence: "nothing in the files sends elsewhere")))
    }
    return judgement
  }

  private func subscription(_ resource: CloudResource, _ estate: CloudEstate) -> Door {
    subscription(resource, protocol: resource["Protocol"], endpoint: resource["Endpoint"], estate)
  }

  private func subscription(
    _ resource: CloudResource, protocol kind: CloudValue?, endpoint: CloudValue?, _ estate: CloudEstate
  ) -> Door {
    guard let kind = estate.text(kind).value, let endpoint else {
      return .unknown("\(resource.id)", "how the subscription delivers is not known", resource)
    }
    if ["sqs", "lambda", "firehose"].contains(kind) {
      return Destination(endpoint, of: resource, what: "subscription", estate).door
    }
    let known = estate.text(endpoint)
    guard let target = known.value else { return .unknown("\(resource.id)", known.unknowns, resource) }
    let trusted = estate.stated["own-contacts"].map { $0.split(separator: ",").map(String.init) } ?? []
    if trusted.contains(target) {
      return .closed(
        "\(resource.id)", HeldControl(resource, layer: "stated: \(target) is yours", property: ["Endpoint"]))
    }
    return .unknown(
      "\(resource.id)",
      "who reads \(kind) at \(target) is not in the files: if it is yours, --assume own-contacts=\(target)",
      resource)
  }

  private func share(_ resource: CloudResource, _ estate: CloudEstate) -> Door {
    let name = "\(resource.id)"
    let (principals, unknown) = estate.texts(resource["Principals"])
    if !unknown.isEmpty { return .unknown(name, unknown, resource) }
    let foreign = principals.first { principal in
      !estate.isOurs(principal: principal)
    }
    guard let foreign else {
      return .closed(
        name, HeldControl(resource, layer: "shared with accounts of ours", property: ["Principals"]))
    }
    return .open(
      name,
      RouteWitness(
        "AWS_PROFILE=attacker aws ram list-resources --resource-owner OTHER-ACCOUNTS",
        by: .stranger("\(name), a share of ours", credentials: "an account of \(foreign)"),
        story: "\(foreign) uses what is shared, e.g. a subnet or a rule of the network.",
        fix: "take \(foreign) out of \(name)", at: resource, "Principals"))
  }

  private func url(_ resource: CloudResource, _ estate: CloudEstate) -> Door {
    let name = "\(resource.id)"
    switch estate.text(resource, "AuthType") {
    case .known("AWS_IAM"):
      return .closed(name, HeldControl(resource, layer: "AuthType AWS_IAM", property: ["AuthType"]))
    case .unknown(let parts): return .unknown(name, parts, resource)
    case .known, .absent:
      return .open(
        name,
        RouteWitness(
          "curl \"$(aws lambda get-function-url-config --function-name \(estate.text(resource, "TargetFunctionArn").value ?? name) --query FunctionUrl --output text)\"",
          by: .stranger("the function's public URL", credentials: "none: the request is not signed"),
          story: "Anyone on the internet calls the function and gets its answers.",
          fix: "set AuthType to AWS_IAM",
          at: resource, "AuthType"))
    }
  }
}
