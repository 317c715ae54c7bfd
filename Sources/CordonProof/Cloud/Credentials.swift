import CordonModel
import CordonPolicy

/// Whose credentials a request carries, and with them what follows of it.
enum Credentials: Sendable {
  /// A role of ours whose credentials a person or his code holds.
  case own(HeldRole)
  /// Credentials of an account that is not ours, carried in.
  case foreign
  /// Nobody's: an unsigned request.
  case anonymous
}

/// Where a request enters AWS.
enum Entrance: Sendable {
  /// Through this endpoint.
  case endpoint(CloudResource)
  /// From a place of the attacker's choice on the internet, outside every endpoint.
  case outside
  /// From any address, outside every endpoint: the portal's own address as well.
  case direct
  /// By any way.
  case anywhere
}

/// Whose resource a request is for.
enum Target: Sendable {
  case own
  case foreign
  case any
}

/// Writes who, from where and for what into a question's demands on keys.
///
/// Which keys a caller sets, and which follow from his credentials, his way in and the resource: IAM User Guide,
/// reference_policies_condition-keys.
struct KeyDemands {
  let estate: CloudEstate
  private(set) var constraints: [Inquiry.Constraint] = []
  private(set) var absent: Set<ConditionKey> = []

  init(_ estate: CloudEstate) { self.estate = estate }

  /// The demands of a request.
  static func of(_ caller: Credentials, _ entrance: Entrance, _ target: Target, _ estate: CloudEstate)
    -> KeyDemands
  {
    var demands = KeyDemands(estate)
    demands.add(caller)
    demands.add(entrance)
    demands.add(target)
    return demands
  }

  /// Nobody but a service sets these.
  private mutating func addServiceKeys() {
    require("aws:PrincipalIsAWSService", "Bool", ["false"], present: false)
    require("aws:ViaAWSService", "Bool", ["false"], present: false)
    remove(
      "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList", "aws:CalledVia", "aws:CalledViaFirst",
      "aws:CalledViaLast", "aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths")
  }

  private mutating func add(_ caller: Credentials) {
    addServiceKeys()
    switch caller {
    case .own(let role):
      require("aws:PrincipalOrgID", "StringEquals", [estate.organization])
      for (key, value) in role.tags { require("aws:PrincipalTag/\(key)", "StringEquals", [value]) }
      if !role.tagsAreOpen {
        let others = estate.tagKeys.filter { key in !role.tags.contains { $0.0 == key } }
        for key in others { remove("aws:PrincipalTag/\(key)") }
      }
    case .foreign:
      require("aws:PrincipalOrgID", "StringEquals", [estate.organization], positive: false, present: false)
    case .anonymous:
      remove("aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalArn", "aws:userid", "aws:username")
      for key in estate.tagKeys { remove("aws:PrincipalTag/\(key)") }
    }
  }

  private mutating func add(_ entrance: Entrance) {
    switch entrance {
    case .endpoint(let endpoint):
      require("aws:SourceVpce", "StringEquals", [estate.ref(endpoint)])
      if let vpc = estate.text(endpoint, "VpcId").value { require("aws:SourceVpc", "StringEquals", [vpc]) }
      require("aws:VpceOrgID", "StringEquals", [estate.organization], present: false)
      require("aws:VpceAccount", "StringEquals", [estate.account], present: false)
      remove("aws:SourceIp")
    case .direct: removeEndpointKeys()
    case .outside:
      removeEndpointKeys()
      let own = estate.all("AWS::EC2::EIP").map { estate.ref($0) }
      if own.isEmpty {
        require("aws:SourceIp", "IpAddress", ["198.51.100.0/24"])
      } else {
        require("aws:SourceIp", "NotIpAddress", own)
      }
    case .anywhere: break
    }
  }

  /// These keys exist only in requests through an endpoint.
  private mutating func removeEndpointKeys() {
    remove(
      "aws:SourceVpce", "aws:SourceVpc", "aws:SourceVpcArn", "aws:VpcSourceIp", "aws:VpceAccount",
      "aws:VpceOrgID", "aws:VpceOrgPaths")
  }

  private mutating func add(_ target: Target) {
    switch target {
    case .own:
      require("aws:ResourceAccount", "StringEquals", [estate.account], present: false)
      require("s3:ResourceAccount", "StringEquals", [estate.account], present: false)
      require("aws:ResourceOrgID", "StringEquals", [estate.organization], present: false)
    case .foreign:
      require("aws:ResourceAccount", "StringEquals", [estate.account], positive: false, present: false)
      require("s3:ResourceAccount", "StringEquals", [estate.account], positive: false, present: false)
      require("aws:ResourceOrgID", "StringEquals", [estate.organization], positive: false, present: false)
    case .any: break
    }
  }

  mutating func require(
    _ key: String, _ name: String, _ values: [String], positive: Bool = true, present: Bool = true
  ) {
    guard let operation = ConditionOperator(name), !values.isEmpty else { return }
    constraints.append(
      Inquiry.Constraint(
        key: ConditionKey(key), operation: operation, values: values, positive: positive,
        mustBePresent: present))
  }

  /// Makes the caller one of ours.
  mutating func belong() {
    constraints.removeAll { $0.key == ConditionKey("aws:PrincipalOrgID") }
    require("aws:PrincipalOrgID", "StringEquals", [estate.organization])
  }

  mutating func remove(_ keys: String...) { for key in keys { absent.insert(ConditionKey(key)) } }
}

extension CloudEstate {
  /// Whose request `caller` may make.
  func callers(_ caller: Credentials) -> Inquiry.Callers {
    switch caller {
    case .own(let role): .oneOf([role.principal])
    case .foreign: .outside(accounts: [account])
    case .anonymous: .oneOf([.anonymous])
    }
  }

  /// ARNs of buckets that are ours or AWS's own, so that nobody else can have them, with their objects.
  var takenBuckets: [String] {
    let own = all("AWS::S3::Bucket").map { arn($0) }
    let named = ["prod-\(region)-starport-layer-bucket", "jumpstart-cache-prod-\(region)"]
      .map { "arn:\(standIn.partition):s3:::\($0)" }
    // S3 guide, gpbucketnamespaces: only the account in the name can create such a bucket.
    let regional = "arn:\(standIn.partition):s3:::*-\(account)-\(region)-an"
    return (own + named + [regional]).flatMap { [$0, $0 + "/*"] }
  }
}
