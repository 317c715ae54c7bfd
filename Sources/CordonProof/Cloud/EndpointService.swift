/// What a VPC endpoint leads to, by its service name.
struct EndpointService: Sendable, Equatable {
  /// The name, e.g. `com.amazonaws.eu-west-1.sagemaker.api`.
  let name: String
  /// The name without owner and region, e.g. `sagemaker.api`.
  let short: String

  init(_ name: String) {
    self.name = name
    let parts = name.split(separator: ".").map(String.init)
    // com.amazonaws.REGION.x, aws.sagemaker.REGION.x, aws.api.REGION.x, com.amazonaws.s3-global.accesspoint
    switch parts.prefix(2).joined(separator: ".") {
    case "com.amazonaws", "cn.com", "aws.api": short = parts.dropFirst(3).joined(separator: ".")
    case "aws.sagemaker": short = "aws.sagemaker." + parts.dropFirst(3).joined(separator: ".")
    default: short = name
    }
  }

  /// Whether another account's service stands behind it.
  var isForeign: Bool {
    name.hasPrefix("com.amazonaws.vpce.") || name.contains(".vpce-svc-") || name.hasPrefix("vpce-svc-")
      || !(name.hasPrefix("com.amazonaws.") || name.hasPrefix("aws.") || name.hasPrefix("cn.com.amazonaws."))
  }

  /// The service prefix of the actions that are called through it; nil where it is not known.
  var prefix: String? {
    Self.prefixes[short] ?? (short.contains(".") ? nil : Self.sameName.contains(short) ? short : nil)
  }

  /// Whether AWS documents that the service reads endpoint policies. One that is not listed gives full access.
  var readsPolicies: Bool { Self.prefixes[short] != nil || Self.sameName.contains(short) }

  /// Services whose endpoint is called as their actions are. Each one's VPC endpoint page documents endpoint policies.
  private static let sameName: Set<String> = [
    "s3", "dynamodb", "sts", "logs", "kms", "ssm", "ec2", "events", "sns", "sqs", "lambda", "athena",
    "glue", "secretsmanager", "states", "execute-api", "autoscaling", "cloudformation", "cloudtrail",
    "codebuild", "codecommit", "codepipeline", "config", "ecs", "elasticfilesystem", "rds-data", "redshift",
    "redshift-data", "servicecatalog", "textract", "rekognition", "comprehend", "translate", "transcribe",
    "bedrock", "signin", "access-analyzer", "acm-pca", "databrew", "elasticmapreduce", "firehose",
    "lakeformation", "license-manager", "organizations", "polly", "ram", "s3tables", "s3express",
    "workspaces-web", "sso", "identitystore", "xray", "personalize", "forecast",
  ]

  /// Services whose endpoint has another name than their actions.
  private static let prefixes: [String: String] = [
    "sagemaker.api": "sagemaker", "sagemaker.runtime": "sagemaker",
    "sagemaker.featurestore-runtime": "sagemaker",
    "sagemaker.metrics": "sagemaker", "aws.sagemaker.notebook": "sagemaker",
    "aws.sagemaker.studio": "sagemaker",
    "aws.sagemaker.experiments": "sagemaker-mlflow", "aws.sagemaker.partner-app": "sagemaker",
    "monitoring": "cloudwatch", "ecr.api": "ecr", "ecr.dkr": "ecr", "codeartifact.api": "codeartifact",
    "codeartifact.repositories": "codeartifact", "git-codecommit": "codecommit",
    "kinesis-streams": "kinesis", "kinesis-firehose": "firehose", "sync-states": "states",
    "bedrock-runtime": "bedrock", "bedrock-agent": "bedrock", "bedrock-agent-runtime": "bedrock",
    "elasticfilesystem-fips": "elasticfilesystem", "console": "console", "console-static": "console",
    "email-smtp": "ses", "cloudwatch": "cloudwatch", "s3-global.accesspoint": "s3", "accesspoint": "s3",
    "datazone": "datazone", "transcribestreaming": "transcribe", "kms-fips": "kms",
  ]
}
