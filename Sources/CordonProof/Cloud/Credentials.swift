import CordonModel
import CordonPolicy

/// Whose credentials a request carries, and with them what follows of it.
enum Credentials: Sendable {
  /// A role of ours whose credentials a person or his code holds.
  case own(HeldRole)
  /// Any role of these, or somebody else of our account where there are none.
  case people([HeldRole])
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
  /// Through an endpoint of the attacker's own network.
  case foreignEndpoint
  /// By any way.
  case anywhere
}

extension Entrance {
  fileprivate var way: DemandBook.Way {
    switch self {
    case .endpoint(let endpoint): .through(endpoint.id)
    case .outside: .outside
    case .direct: .direct
    case .foreignEndpoint: .foreignEndpoint
    case .anywhere: .anywhere
    }
  }
}

/// Whose resource a request is for.
enum Target: Sendable, Hashable {
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
  /// What follows from the caller, the way in and the resource, where that was made before; what else is demanded stands below.
  private var base: Demands?
  private(set) var constraints: [Inquiry.Constraint] = []
  private(set) var absent: Set<ConditionKey> = []

  /// The demands as questions have them.
  var ready: Demands {
    guard let base else { return Demands(constraints, absent: absent) }
    return constraints.isEmpty && absent.isEmpty ? base : base.and(part)
  }

  /// The same as a part of others.
  private var part: DemandPart { DemandPart(constraints, absent: absent) }

  init(_ estate: CloudEstate) { self.estate = estate }

  /// The demands of a request.
  static func of(_ caller: Credentials, _ entrance: Entrance, _ target: Target, _ estate: CloudEstate)
    -> KeyDemands
  {
    var demands = KeyDemands(estate)
    if case .own(let role) = caller {
      demands.base = self.demands(of: role, entrance, target, estate)
      return demands
    }
    demands.add(caller)
    demands.add(entrance)
    demands.add(target)
    return demands
  }

  /// The demands of a request of `role`, and of `more`; made once.
  static func demands(
    of role: HeldRole, _ entrance: Entrance, _ target: Target, _ estate: CloudEstate,
    and more: DemandPart? = nil
  ) -> Demands {
    let book = estate.demandBook
    let name = DemandBook.Name(
      caller: role.resource.id, way: entrance.way, target: target, more: more?.number)
    return book.demands(name) {
      Demands(
        [
          book.part(.caller(name.caller)) { part(estate) { $0.add(.own(role)) } },
          book.part(.way(name.way)) { part(estate) { $0.add(entrance) } },
          book.part(.target(target)) { part(estate) { $0.add(target) } },
        ] + (more.map { [$0] } ?? []))
    }
  }

  /// What `write` demands, as a part of other demands.
  static func part(_ estate: CloudEstate, _ write: (inout KeyDemands) -> Void) -> DemandPart {
    var demands = KeyDemands(estate)
    write(&demands)
    return demands.part
  }

  /// The demands of a request that a service makes with its caller's rights (IAM User Guide, access_forward_access_sessions).
  static func forwarded(by role: HeldRole, _ target: Target, _ estate: CloudEstate) -> KeyDemands {
    var demands = KeyDemands(estate)
    demands.add(.own(role))
    demands.constraints.removeAll { $0.key == ConditionKey("aws:ViaAWSService") }
    for name in ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"] {
      demands.absent.remove(ConditionKey(name))
    }
    demands.require("aws:ViaAWSService", "Bool", ["true"])
    demands.removeEndpointKeys()
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
    case .people(let roles):
      require("aws:PrincipalOrgID", "StringEquals", [estate.organization])
      if !roles.contains(where: \.tagsAreOpen) {
        let own = Set(roles.flatMap { $0.tags.map(\.0) })
        for key in estate.tagKeys where !own.contains(key) { remove("aws:PrincipalTag/\(key)") }
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
      require("aws:SourceIp", "NotIpAddress", own + estate.ownAddresses + Self.privateRanges)
    case .foreignEndpoint:
      remove("aws:SourceIp")
      let endpoints = estate.all("AWS::EC2::VPCEndpoint").map { estate.ref($0) }
      let networks = estate.all("AWS::EC2::VPC").map { estate.ref($0) }
      require("aws:SourceVpce", "StringNotEquals", endpoints + estate.ownPlaces + [""])
      require("aws:SourceVpc", "StringNotEquals", networks + estate.ownPlaces + [""])
      require(
        "aws:VpceOrgID", "StringEquals", [estate.organization], positive: false, present: false)
      require("aws:VpceAccount", "StringEquals", [estate.account], positive: false, present: false)
    case .anywhere: break
    }
  }

  /// No request comes from these over the internet (RFC 1918, RFC 6598, loopback and link-local).
  private static let privateRanges = [
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
  ]

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

  /// Makes the caller one of ours, in demands that were not made before.
  mutating func belong() {
    constraints.removeAll { $0.key == ConditionKey("aws:PrincipalOrgID") }
    require("aws:PrincipalOrgID", "StringEquals", [estate.organization])
  }

  mutating func remove(_ keys: String...) { for key in keys { absent.insert(ConditionKey(key)) } }
}

extension CloudEstate {
  /// Addresses that nobody but the portal has: those that the user says, `--assume own-addresses=192.0.2.10/32`; without
  /// them and without an Elastic IP in the files, those that conditions name, which is then an assumption.
  var ownAddresses: [String] {
    guard let given = stated["own-addresses"] else { return assumedAddresses }
    return given.split(separator: ",").map(String.init).filter { AddressRange($0) != nil }
  }

  /// Networks and endpoints that are ours although no file declares them: those that the user says, `--assume
  /// own-endpoints=vpce-0a1b`; without them those that conditions name, which is then an assumption.
  var ownPlaces: [String] {
    stated["own-endpoints"].map { $0.split(separator: ",").map(String.init) } ?? namedPlaces
  }

  private var assumedAddresses: [String] { all("AWS::EC2::EIP").isEmpty ? namedAddresses : [] }

  /// That what conditions name is ours is nowhere in the files.
  var placeAssumptions: [Assumption] {
    var found: [Assumption] = []
    if stated["own-addresses"] == nil, !assumedAddresses.isEmpty {
      found.append(
        Assumption(
          name: "own-addresses", value: assumedAddresses.joined(separator: ","),
          reason:
            "conditions name them and no Elastic IP is in the files, so they are taken for the portal's alone; "
            + "if anyone else has one of them: --assume own-addresses=none"))
    }
    if stated["own-endpoints"] == nil, !namedPlaces.isEmpty {
      found.append(
        Assumption(
          name: "own-endpoints", value: namedPlaces.joined(separator: ","),
          reason: "conditions name them and no file declares them, so they are taken for yours; "
            + "if they are not: --assume own-endpoints=none"))
    }
    return found
  }

  /// Whose request `caller` may make.
  func callers(_ caller: Credentials) -> Inquiry.Callers {
    switch caller {
    case .own(let role): .oneOf([role.principal])
    case .people(let roles): .oneOf(roles.isEmpty ? somebody : roles.map(\.principal))
    case .foreign: .outside(accounts: [account])
    case .anonymous: .oneOf([.anonymous])
    }
  }

  /// A role of our account that no file declares.
  private var somebody: [Principal] {
    (try? PrincipalARN("arn:\(standIn.partition):iam::\(account):role/somebody")).map { [.aws($0)] } ?? []
  }

  /// ARNs of buckets that are ours or AWS's own, so that nobody else can have them, with their objects.
  var takenBuckets: [String] {
    let own = all("AWS::S3::Bucket").map { arn($0) }
    // S3 guide, gpbucketnamespaces: only the account in the name can create such a bucket.
    let regional = "arn:\(standIn.partition):s3:::*-\(account)-\(region)-an"
    return (own + [regional]).flatMap { [$0, $0 + "/*"] } + serviceBuckets
  }

  /// ARNs of AWS's own buckets with their objects, from which services have their layers and models read.
  var serviceBuckets: [String] {
    ["prod-\(region)-starport-layer-bucket", "jumpstart-cache-prod-\(region)"]
      .map { "arn:\(standIn.partition):s3:::\($0)" }.flatMap { [$0, $0 + "/*"] }
  }
}
