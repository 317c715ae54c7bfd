import CordonModel

/// The sizes of policies that AWS takes, in characters without the spaces between them.
///
/// Sources: IAM User Guide, "IAM and AWS STS quotas"; AWS Organizations User Guide, "Quotas"; Amazon S3 User Guide, "Bucket
/// policies"; AWS PrivateLink Guide, "Endpoint policies"; AWS KMS Developer Guide, "Resource quotas".
enum PolicySizes {
  /// By type: the property that holds the policy, and how long it may be.
  private static let limits: [String: [(property: String, most: Int)]] = [
    "AWS::Organizations::Policy": [("Content", 5_120)],
    "AWS::IAM::ManagedPolicy": [("PolicyDocument", 6_144)],
    "AWS::IAM::Policy": [("PolicyDocument", 10_240)],
    "AWS::IAM::Role": [("Policies", 10_240), ("AssumeRolePolicyDocument", 2_048)],
    "AWS::EC2::VPCEndpoint": [("PolicyDocument", 20_480)],
    "AWS::S3::BucketPolicy": [("PolicyDocument", 20_480)],
    "AWS::KMS::Key": [("KeyPolicy", 32_768)],
  ]

  /// Refuses a stack with a policy that AWS would not take.
  static func check(_ stack: CloudStack) throws(SynthesisError) {
    for resource in stack.resources {
      for limit in limits[resource.type] ?? [] {
        let size = resource.properties[limit.property]?.compactSize ?? 0
        guard size <= limit.most else {
          throw .policyTooLarge(resource: "\(resource.id)", count: size, most: limit.most)
        }
      }
    }
    // As many service controls as a root, a unit or an account takes, less AWS's own FullAWSAccess.
    let controls = stack.resources.count { $0.properties["Type"]?.plainText == "SERVICE_CONTROL_POLICY" }
    guard controls <= 4 else {
      throw .tooLarge(stack: stack.name, what: "service control policies", count: controls, most: 4)
    }
  }
}

extension CloudValue {
  /// How long a value is as JSON without spaces, which is what AWS counts; an ARN that AWS assigns counts as a long one.
  var compactSize: Int {
    switch content {
    case .null: 4
    case .bool(let bool): bool ? 4 : 5
    case .number(let text): text.utf8.count
    case .string(let text): text.utf8.count + 2
    case .list(let values): values.reduce(values.count + 1) { $0 + $1.compactSize }
    case .object(let members):
      members.reduce(members.count + 1) { $0 + $1.name.utf8.count + 3 + $1.value.compactSize }
    case .joined(let parts): parts.reduce(0) { $0 + $1.compactSize }
    case .reference, .oneOf, .unknown: 150
    }
  }
}
