public import CordonModel

/// What runs in one account and region, as far as it could be read.
public struct LiveEstate: Sendable, Equatable {
  /// The account.
  public var account: String
  /// The region.
  public var region: String
  /// What runs there.
  public var resources: [LiveResource]
  /// What was not read.
  public var gaps: [LiveGap]

  /// Which properties its reader looked for, by type.
  public var readProperties: [String: Set<String>]

  /// What was read, or kept.
  public init(account: String, region: String, resources: [LiveResource] = [], gaps: [LiveGap] = []) {
    self.account = account
    self.region = region
    self.resources = resources
    self.gaps = gaps
    readProperties = LiveTable.readProperties
  }

  /// `123456789012/eu-west-1`.
  public var name: String { "\(account)/\(region)" }

  /// The organisation that the account is in, if it says so.
  public var organization: String? {
    resources.first { $0.type == Self.organizationType }?.ref
  }

  private static let organizationType = "AWS::Organizations::Organization"

  /// Calls that most accounts may not make, and what they list.
  private static let withheld = [
    ("organizations:DescribeOrganization", organizationType),
    ("organizations:ListPolicies", "AWS::Organizations::Policy"),
  ]

  /// Under this type stands which stack made a resource. It is no resource itself.
  static let stackResource = "Cordon::StackResource"

  /// Stands for every service that no list of the reader names.
  public static let otherServices = "Cordon::OtherServices"

  mutating func add(_ findings: LiveFindings) {
    resources += findings.resources
    for gap in findings.gaps where !gaps.contains(gap) { gaps.append(gap) }
  }

  /// What the account itself answers, of what templates leave to assumptions.
  public var facts: [String: String] {
    var facts = ["account": account, "region": region]
    facts["organization"] = organization
    let hidden = Set(gaps.flatMap(\.hides))
    if !hidden.contains("AWS::EC2::VPC") {
      let isThere = resources.contains {
        $0.type == "AWS::EC2::VPC" && $0.properties["IsDefault"]?.plainText == "true"
      }
      if !isThere { facts["default-network"] = "deleted" }
    }
    // Every function is among what was read.
    if !hidden.contains("AWS::Lambda::Function") { facts["other-functions"] = "none" }
    return facts
  }

  /// The same as values that the prover reads; `locations` says where each resource stands, where they stand in a file.
  public func deployment(locations: [Location] = []) -> CloudDeployment {
    let place = Location(file: name, line: 0, column: 0)
    var taken: Set<String> = []
    var made: [CloudResource] = []
    made.reserveCapacity(resources.count)
    for (index, resource) in resources.enumerated() where resource.type != Self.stackResource {
      made.append(
        CloudResource(
          id: ResourceID(name: Self.name(of: resource, &taken)), type: resource.type,
          properties: resource.properties,
          location: locations.indices.contains(index) ? locations[index] : place,
          assigned: AssignedName(resource.ref, arn: resource.arn)))
    }
    let unknowns = gaps.filter { !$0.onlyTakesAway }.map {
      CloudDeployment.Gap(CloudUnknown(.unread, $0.words), at: place, hides: $0.hides)
    }
    let others = CloudDeployment.Gap(
      CloudUnknown(
        .unread,
        "which services the account uses beside those that are read: if none, --assume other-services=none"),
      at: place, hides: [Self.otherServices])
    var deployment = CloudDeployment(
      resources: made, unknowns: unknowns + unlooked(at: place) + [others], account: account, region: region)
    deployment.isWhole = false
    deployment.isAccount = true
    deployment.readProperties = readProperties
    // What can only take access away leaves no way out unknown. Whether it is there is not known all the same.
    for (call, type) in Self.withheld where gaps.contains(where: { $0.permission == call }) {
      deployment.readProperties[type] = nil
    }
    return deployment
  }

  /// What a reader of before did not look for. A snapshot of its says nothing of these types, least of all that there are none.
  private func unlooked(at place: Location) -> [CloudDeployment.Gap] {
    let types = LiveTable.readProperties.keys.filter { readProperties[$0] == nil }.sorted()
    guard let first = types.first else { return [] }
    let words = types.count == 1 ? first : "\(first) and \(types.count - 1) types more"
    return [
      CloudDeployment.Gap(
        CloudUnknown(.unread, "an earlier Cordon read it, and looked for no \(words): read it again"),
        at: place, hides: types)
    ]
  }

  /// What AWS calls it, and its type where that is taken: a bucket and its policy have one name.
  private static func name(of resource: LiveResource, _ taken: inout Set<String>) -> String {
    if taken.insert(resource.ref).inserted { return resource.ref }
    let kind = resource.type.split(separator: ":").last.map(String.init) ?? resource.type
    var name = "\(resource.ref) (\(kind))"
    var count = 2
    while !taken.insert(name).inserted {
      name = "\(resource.ref) (\(kind) \(count))"
      count += 1
    }
    return name
  }
}
