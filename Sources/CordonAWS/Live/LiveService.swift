/// A service of AWS as its calls are made: where, in which protocol, signed for whom.
struct LiveService: Sendable, Hashable {
  /// How a service wants its calls written.
  enum Dialect: Sendable, Hashable {
    /// A form with `Action` and `Version`, answered in XML.
    case query(version: String)
    /// JSON with the action in a header.
    case json(version: String, target: String)
    /// Methods and paths, answered in JSON.
    case restJSON
    /// Methods and paths, answered in XML.
    case restXML
  }

  /// The first label of its host name.
  let host: String
  /// What signatures are for.
  let signing: String
  /// What its actions begin with in policies.
  let prefix: String
  let dialect: Dialect
  /// The only region that it answers in, whichever is asked about.
  var onlyRegion: String?
  /// Whether host names have no region in them.
  var isWithoutRegion = false
  /// Whether the account stands before the host name.
  var isAccountHost = false

  init(
    _ host: String, _ dialect: Dialect, signing: String? = nil, prefix: String? = nil,
    onlyRegion: String? = nil, isWithoutRegion: Bool = false, isAccountHost: Bool = false
  ) {
    self.host = host
    self.signing = signing ?? host
    self.prefix = prefix ?? signing ?? host
    self.dialect = dialect
    self.onlyRegion = onlyRegion
    self.isWithoutRegion = isWithoutRegion
    self.isAccountHost = isAccountHost
  }

  static func json1(_ host: String, _ target: String, signing: String? = nil, prefix: String? = nil)
    -> LiveService
  {
    LiveService(host, .json(version: "1.1", target: target), signing: signing, prefix: prefix)
  }

  static func json0(_ host: String, _ target: String, signing: String? = nil) -> LiveService {
    LiveService(host, .json(version: "1.0", target: target), signing: signing)
  }

  /// The host in `region`. AWS General Reference, "AWS service endpoints".
  func hostName(in region: String, account: String) -> String {
    let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    if isWithoutRegion, !region.hasPrefix("cn-"), !region.hasPrefix("us-gov-") { return "\(host).\(suffix)" }
    let name = "\(host).\(signingRegion(in: region)).\(suffix)"
    return isAccountHost ? "\(account).\(name)" : name
  }

  /// The region that a signature names.
  func signingRegion(in region: String) -> String {
    if region.hasPrefix("cn-") { return onlyRegion == nil ? region : "cn-north-1" }
    if region.hasPrefix("us-gov-") { return onlyRegion == nil ? region : "us-gov-west-1" }
    return onlyRegion ?? region
  }
}

extension LiveService {
  static let ec2 = LiveService("ec2", .query(version: "2016-11-15"))
  static let iam = LiveService(
    "iam", .query(version: "2010-05-08"), onlyRegion: "us-east-1", isWithoutRegion: true)
  static let sts = LiveService("sts", .query(version: "2011-06-15"))
  static let sns = LiveService("sns", .query(version: "2010-03-31"))
  static let alarms = LiveService(
    "monitoring", .query(version: "2010-08-01"), prefix: "cloudwatch")
  static let cloudFormation = LiveService("cloudformation", .query(version: "2010-05-15"))
  static let s3 = LiveService("s3", .restXML)
  static let s3Control = LiveService("s3-control", .restXML, signing: "s3", isAccountHost: true)
  /// Access points of several regions are listed in one (Amazon S3 User Guide, "Multi-Region Access Points").
  static let s3MultiRegion = LiveService(
    "s3-control", .restXML, signing: "s3", onlyRegion: "us-west-2", isAccountHost: true)
  static let route53 = LiveService("route53", .restXML, onlyRegion: "us-east-1", isWithoutRegion: true)
  static let resolver = json1("route53resolver", "Route53Resolver")
  static let kms = json1("kms", "TrentService")
  static let sageMaker = json1("api.sagemaker", "SageMaker", signing: "sagemaker")
  static let ecr = json1("api.ecr", "AmazonEC2ContainerRegistry_V20150921", signing: "ecr")
  static let events = json1("events", "AWSEvents")
  static let config = json1("config", "StarlingDoveService")
  static let cloudTrail = json1("cloudtrail", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101")
  static let logs = json1("logs", "Logs_20140328")
  static let secrets = json1("secretsmanager", "secretsmanager")
  static let firehose = json1("firehose", "Firehose_20150804")
  static let kinesis = json1("kinesis", "Kinesis_20131202")
  static let codeCommit = json1("codecommit", "CodeCommit_20150413")
  static let permissionSets = json1("sso", "SWBExternalService")
  static let organizations = LiveService(
    "organizations", .json(version: "1.1", target: "AWSOrganizationsV20161128"), onlyRegion: "us-east-1")
  static let catalog = json1("servicecatalog", "AWS242ServiceCatalogService")
  /// One for all regions (AWS General Reference, "AWS Budgets endpoints").
  static let budgets = LiveService(
    "budgets", .json(version: "1.1", target: "AWSBudgetServiceGateway"), onlyRegion: "us-east-1",
    isWithoutRegion: true)
  static let accessAnalyzer = LiveService("access-analyzer", .restJSON)
  static let sqs = json0("sqs", "AmazonSQS")
  static let dynamoDB = json0("dynamodb", "DynamoDB_20120810")
  static let networkFirewall = json0("network-firewall", "NetworkFirewall_20201112")
  static let connections = json0(
    "codeconnections", "com.amazonaws.codeconnections.CodeConnections_20231201")
  static let portals = LiveService("workspaces-web", .restJSON)
  static let codeArtifact = LiveService("codeartifact", .restJSON)
  static let lambda = LiveService("lambda", .restJSON)
  static let scheduler = LiveService("scheduler", .restJSON)
  static let pipes = LiveService("pipes", .restJSON)
  static let ram = LiveService("ram", .restJSON)
  static let backup = LiveService("backup", .restJSON)
  static let fileSystems = LiveService("elasticfilesystem", .restJSON)
  static let openSearch = LiveService("es", .restJSON)
  static let lattice = LiveService("vpc-lattice", .restJSON)
}
