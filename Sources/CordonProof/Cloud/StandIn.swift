import CordonModel

/// Names and ids that AWS will make up when the stack is created. The same resource always gets the same one, and none of
/// them can be made by anybody else: they stand for "whatever AWS chooses".
struct StandIn: Sendable {
  var account: String
  var region: String
  var partition: String

  /// Sixteen hexadecimal digits that belong to `text` (FNV-1a).
  static func digits(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let hex = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - hex.count) + hex
  }

  /// The prefixes of ids that EC2 and Route 53 Resolver give.
  private static let prefixes: [String: String] = [
    "AWS::EC2::VPC": "vpc-0", "AWS::EC2::Subnet": "subnet-0", "AWS::EC2::RouteTable": "rtb-0",
    "AWS::EC2::SecurityGroup": "sg-0", "AWS::EC2::VPCEndpoint": "vpce-0",
    "AWS::EC2::InternetGateway": "igw-0", "AWS::EC2::NatGateway": "nat-0",
    "AWS::EC2::EgressOnlyInternetGateway": "eigw-0", "AWS::EC2::TransitGateway": "tgw-0",
    "AWS::EC2::VPCPeeringConnection": "pcx-0", "AWS::EC2::NetworkAcl": "acl-0",
    "AWS::EC2::PrefixList": "pl-0", "AWS::EC2::NetworkInterface": "eni-0", "AWS::EC2::Instance": "i-0",
    "AWS::EC2::VPNGateway": "vgw-0", "AWS::EC2::DHCPOptions": "dopt-0",
    "AWS::EC2::CarrierGateway": "cagw-0", "AWS::EC2::VPCEndpointService": "vpce-svc-0",
    "AWS::Route53Resolver::FirewallRuleGroup": "rslvr-frg-0",
    "AWS::Route53Resolver::FirewallDomainList": "rslvr-fdl-0",
    "AWS::Route53Resolver::FirewallRuleGroupAssociation": "rslvr-frgassoc-0",
    "AWS::Route53Resolver::ResolverRule": "rslvr-rr-0",
    "AWS::Route53Resolver::ResolverEndpoint": "rslvr-out-0",
    "AWS::Organizations::Policy": "p-0", "AWS::Organizations::OrganizationalUnit": "ou-0",
  ]

  /// Types whose `Ref` is their ARN.
  private static let refIsARN: Set<String> = [
    "AWS::SNS::Topic", "AWS::IAM::ManagedPolicy", "AWS::SecretsManager::Secret",
    "AWS::IAM::OIDCProvider", "AWS::IAM::SAMLProvider", "AWS::StepFunctions::StateMachine",
    "AWS::CodeArtifact::Domain", "AWS::CodeArtifact::Repository",
    "AWS::WorkSpacesWeb::Portal", "AWS::WorkSpacesWeb::NetworkSettings",
    "AWS::WorkSpacesWeb::UserSettings", "AWS::WorkSpacesWeb::BrowserSettings",
    "AWS::WorkSpacesWeb::IpAccessSettings", "AWS::WorkSpacesWeb::DataProtectionSettings",
    "AWS::WorkSpacesWeb::UserAccessLoggingSettings", "AWS::WorkSpacesWeb::SessionLogger",
    "AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig", "AWS::SageMaker::Endpoint",
    "AWS::SageMaker::NotebookInstance", "AWS::SageMaker::ModelPackageGroup",
    "AWS::RAM::ResourceShare", "AWS::ElasticLoadBalancingV2::LoadBalancer",
  ]

  /// Properties that hold a resource's name, by its type.
  private static let nameProperties: [String: String] = [
    "AWS::S3::Bucket": "BucketName", "AWS::IAM::Role": "RoleName", "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName", "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::OIDCProvider": "Url", "AWS::SNS::Topic": "TopicName", "AWS::SQS::Queue": "QueueName",
    "AWS::Lambda::Function": "FunctionName", "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::ECR::Repository": "RepositoryName", "AWS::KMS::Alias": "AliasName",
    "AWS::CodeCommit::Repository": "RepositoryName", "AWS::CodeArtifact::Domain": "DomainName",
    "AWS::CodeArtifact::Repository": "RepositoryName", "AWS::SageMaker::Model": "ModelName",
    "AWS::SageMaker::NotebookInstance": "NotebookInstanceName", "AWS::SageMaker::Endpoint": "EndpointName",
    "AWS::SageMaker::EndpointConfig": "EndpointConfigName", "AWS::DynamoDB::Table": "TableName",
    "AWS::SageMaker::ModelPackageGroup": "ModelPackageGroupName", "AWS::SageMaker::Pipeline": "PipelineName",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName", "AWS::CloudTrail::Trail": "TrailName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
  ]

  /// The property that names `resource`, if its type has one.
  static func nameProperty(of resource: CloudResource) -> String {
    nameProperties[resource.type] ?? "Name"
  }

  /// The id that AWS gives `resource`, for types that have ids rather than names.
  func id(_ resource: CloudResource) -> String? {
    let digits = Self.digits("\(resource.id)")
    if resource.type == "AWS::KMS::Key" { return "\(digits.prefix(8))-0000-4000-8000-\(digits)".prefixed(36) }
    if resource.type == "AWS::EC2::EIP" { return address(digits) }
    return Self.prefixes[resource.type].map { $0 + digits }
  }

  /// An address of the documentation range (RFC 5737), which nobody has.
  private func address(_ digits: String) -> String {
    let last = digits.utf8.reduce(0) { ($0 * 31 + Int($1)) % 254 }
    return "203.0.113.\(last + 1)"
  }

  /// The name that AWS makes of the stack's and the resource's name.
  func generatedName(_ resource: CloudResource) -> String {
    let stack = resource.id.stack.isEmpty ? "stack" : resource.id.stack
    let text = "\(stack)-\(resource.id.name)-\(Self.digits("\(resource.id)").prefix(12))"
    let plain = String(text.map { $0.isLetter && $0.isASCII || $0.isNumber && $0.isASCII ? $0 : "-" })
    return resource.type == "AWS::S3::Bucket" ? String(plain.lowercased().suffix(63)) : plain
  }

  /// Whether `Ref` gives the ARN.
  func refIsARN(_ resource: CloudResource) -> Bool { Self.refIsARN.contains(resource.type) }

  /// Whether the ARN written here has the shape that AWS gives it. A policy that names one of another shape would be taken
  /// to match nothing, so what is not listed counts as not known.
  func knowsARN(of resource: CloudResource) -> Bool {
    Self.reviewed.contains(resource.type) || resource.type.hasPrefix("AWS::WorkSpacesWeb::")
  }

  /// Types whose ARN was compared with the Service Authorization Reference.
  private static let reviewed: Set<String> = [
    "AWS::S3::Bucket", "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::ManagedPolicy",
    "AWS::IAM::OIDCProvider", "AWS::IAM::SAMLProvider",
    "AWS::IAM::InstanceProfile", "AWS::Organizations::Policy", "AWS::SNS::Topic", "AWS::SQS::Queue",
    "AWS::CodeCommit::Repository", "AWS::Lambda::Function", "AWS::Logs::LogGroup",
    "AWS::SecretsManager::Secret", "AWS::KMS::Key", "AWS::ECR::Repository", "AWS::CodeArtifact::Domain",
    "AWS::CodeArtifact::Repository", "AWS::SageMaker::Model", "AWS::SageMaker::Endpoint",
    "AWS::SageMaker::EndpointConfig", "AWS::SageMaker::NotebookInstance", "AWS::SageMaker::ModelPackageGroup",
    "AWS::SageMaker::Pipeline", "AWS::Kinesis::Stream", "AWS::KinesisFirehose::DeliveryStream",
    "AWS::DynamoDB::Table", "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::SecurityGroup",
    "AWS::EC2::VPCEndpoint", "AWS::EC2::RouteTable", "AWS::Events::Rule", "AWS::CloudTrail::Trail",
    "AWS::StepFunctions::StateMachine", "AWS::RAM::ResourceShare",
  ]

  /// The ARN of `resource`, which is called `name`.
  func arn(_ resource: CloudResource, name: String, path: String = "/") -> String {
    let iam = "arn:\(partition):iam::\(account):"
    switch resource.type {
    case "AWS::S3::Bucket": return "arn:\(partition):s3:::\(name)"
    case "AWS::IAM::Role": return "\(iam)role\(path)\(name)"
    case "AWS::IAM::User": return "\(iam)user\(path)\(name)"
    case "AWS::IAM::Group": return "\(iam)group\(path)\(name)"
    case "AWS::IAM::ManagedPolicy": return "\(iam)policy\(path)\(name)"
    // IAM User Guide, reference_identifiers: the provider is called by its URL, without the scheme.
    case "AWS::IAM::OIDCProvider":
      return "\(iam)oidc-provider/\(name.hasPrefix("https://") ? String(name.dropFirst(8)) : name)"
    case "AWS::IAM::SAMLProvider": return "\(iam)saml-provider/\(name)"
    case "AWS::IAM::InstanceProfile": return "\(iam)instance-profile\(path)\(name)"
    case "AWS::Organizations::Policy": return "arn:\(partition):organizations::\(account):policy/\(name)"
    default: break
    }
    let parts = resource.type.split(separator: ":").map(String.init)
    let service = (parts.count > 1 ? parts[1] : "service").lowercased()
    let kind = (parts.last ?? "resource").lowercased()
    let start = "arn:\(partition):\(Self.services[service] ?? service):\(region):\(account):"
    switch resource.type {
    case "AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::CodeCommit::Repository": return start + name
    case "AWS::Lambda::Function": return start + "function:" + name
    case "AWS::Logs::LogGroup": return start + "log-group:" + name + ":*"
    case "AWS::StepFunctions::StateMachine": return start + "stateMachine:" + name
    case "AWS::SecretsManager::Secret": return start + "secret:" + name
    default: return start + Self.kinds[resource.type, default: kind] + "/" + name
    }
  }

  /// Prefixes in ARNs that differ from the type's second word.
  private static let services = ["stepfunctions": "states", "workspacesweb": "workspaces-web"]

  private static let kinds: [String: String] = [
    "AWS::KinesisFirehose::DeliveryStream": "deliverystream",
    "AWS::EC2::VPCEndpoint": "vpc-endpoint", "AWS::EC2::SecurityGroup": "security-group",
    "AWS::EC2::RouteTable": "route-table", "AWS::EC2::InternetGateway": "internet-gateway",
    "AWS::SageMaker::NotebookInstance": "notebook-instance",
    "AWS::SageMaker::ModelPackageGroup": "model-package-group",
    "AWS::SageMaker::EndpointConfig": "endpoint-config", "AWS::SageMaker::UserProfile": "user-profile",
    "AWS::WorkSpacesWeb::UserSettings": "userSettings",
    "AWS::WorkSpacesWeb::BrowserSettings": "browserSettings",
    "AWS::WorkSpacesWeb::NetworkSettings": "networkSettings",
    "AWS::WorkSpacesWeb::IpAccessSettings": "ipAccessSettings", "AWS::RAM::ResourceShare": "resource-share",
  ]
}

extension String {
  /// The first `count` characters.
  fileprivate func prefixed(_ count: Int) -> String { String(prefix(count)) }
}
