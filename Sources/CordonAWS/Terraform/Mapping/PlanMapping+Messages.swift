import CordonModel

// Events, functions, topics and queues: what a service carries onward.
extension PlanMapping {
  static let messages: [String: PlanMapping] = [
    "aws_cloudwatch_event_rule": .to(
      "AWS::Events::Rule", .copy("name", "Name"), .json("event_pattern", "EventPattern"),
      .copy("schedule_expression", "ScheduleExpression"), .link("event_bus_name", "EventBusName"),
      .copy("state", "State")),
    "aws_cloudwatch_event_target": .part(
      of: "rule",
      .element("Targets", .copy("target_id", "Id"), .link("arn", "Arn"), .link("role_arn", "RoleArn"))),
    "aws_cloudwatch_event_bus": .to("AWS::Events::EventBus", .copy("name", "Name")),
    "aws_cloudwatch_event_bus_policy": .to(
      "AWS::Events::EventBusPolicy", .link("event_bus_name", "EventBusName"), .json("policy", "Statement")),
    "aws_cloudwatch_event_permission": .to(
      "AWS::Events::EventBusPolicy", .link("event_bus_name", "EventBusName"), .copy("principal", "Principal"),
      .copy("action", "Action"), .copy("statement_id", "StatementId")),
    "aws_cloudwatch_event_api_destination": .to(
      "AWS::Events::ApiDestination", .copy("name", "Name"),
      .copy("invocation_endpoint", "InvocationEndpoint"),
      .link("connection_arn", "ConnectionArn")),
    "aws_lambda_function": .to(
      "AWS::Lambda::Function", .copy("function_name", "FunctionName"), .link("role", "Role"),
      .copy("runtime", "Runtime"), .copy("handler", "Handler"),
      .block(
        "vpc_config", "VpcConfig", .links("subnet_ids", "SubnetIds"),
        .links("security_group_ids", "SecurityGroupIds")),
      .group(
        "Code", .link("s3_bucket", "S3Bucket"), .copy("s3_key", "S3Key"), .copy("image_uri", "ImageUri")),
      .block("environment", "Environment", .copy("variables", "Variables"))),
    "aws_lambda_permission": .to(
      "AWS::Lambda::Permission", .link("function_name", "FunctionName"), .copy("action", "Action"),
      .copy("principal", "Principal"), .link("source_arn", "SourceArn"),
      .copy("source_account", "SourceAccount"),
      .copy("principal_org_id", "PrincipalOrgID"), .copy("function_url_auth_type", "FunctionUrlAuthType")),
    "aws_lambda_function_url": .to(
      "AWS::Lambda::Url", .link("function_name", "TargetFunctionArn"), .copy("authorization_type", "AuthType")
    ),
    "aws_sns_topic": .several { block in
      let topic = PlanProduct(
        "AWS::SNS::Topic", block, .copy("name", "TopicName"), .link("kms_master_key_id", "KmsMasterKeyId"),
        tags)
      return [topic] + ownPolicy(of: block, "AWS::SNS::TopicPolicy", "Topics")
    },
    "aws_sns_topic_policy": .to(
      "AWS::SNS::TopicPolicy", .list("arn", "Topics"), .json("policy", "PolicyDocument")),
    "aws_sns_topic_subscription": .to(
      "AWS::SNS::Subscription", .link("topic_arn", "TopicArn"), .copy("protocol", "Protocol"),
      .link("endpoint", "Endpoint")),
    "aws_sqs_queue": .several { block in
      let queue = PlanProduct(
        "AWS::SQS::Queue", block, .copy("name", "QueueName"), .link("kms_master_key_id", "KmsMasterKeyId"),
        tags)
      return [queue] + ownPolicy(of: block, "AWS::SQS::QueuePolicy", "Queues")
    },
    "aws_sqs_queue_policy": .to(
      "AWS::SQS::QueuePolicy", .list("queue_url", "Queues"), .json("policy", "PolicyDocument")),
    "aws_kinesis_stream": .to(
      "AWS::Kinesis::Stream", .copy("name", "Name"), .copy("shard_count", "ShardCount")),
    "aws_kinesis_firehose_delivery_stream": .to(
      "AWS::KinesisFirehose::DeliveryStream", .copy("name", "DeliveryStreamName"),
      .block(
        "extended_s3_configuration", "ExtendedS3DestinationConfiguration", .link("bucket_arn", "BucketARN"),
        .link("role_arn", "RoleARN")),
      .block(
        "http_endpoint_configuration", "HttpEndpointDestinationConfiguration",
        .copy("url", "EndpointConfiguration"))),
    "aws_secretsmanager_secret": .to(
      "AWS::SecretsManager::Secret", .copy("name", "Name"), .link("kms_key_id", "KmsKeyId")),
    "aws_secretsmanager_secret_policy": .to(
      "AWS::SecretsManager::ResourcePolicy", .link("secret_arn", "SecretId"),
      .json("policy", "ResourcePolicy")),
  ]

  /// A policy in the resource's own attribute, as the separate resource that CloudFormation wants.
  private static func ownPolicy(of block: PlanBlock, _ type: String, _ property: String) -> [PlanProduct] {
    guard let document = PolicyText.document(of: block, "policy") else { return [] }
    var product = PlanProduct(type, block, suffix: ".policy")
    let owner = CloudValue(.reference(CloudReference(block.resource.id)), at: block.resource.location)
    product.properties = CloudValue(
      .object([
        .init(name: property, value: CloudValue(.list([owner]), at: owner.location)),
        .init(name: "PolicyDocument", value: document),
      ]), at: block.resource.location)
    return [product]
  }
}
