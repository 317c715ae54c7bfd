import CordonModel

/// Where people's code runs: a VPC that only carries a portal's managed browser is not such a place.
struct Workloads: Sendable {
  /// A virtual private cloud with what stands in it.
  struct Network: Sendable {
    let resource: CloudResource
    let id: String
    let subnets: [CloudResource]
    let routeTables: [CloudResource]
    /// Whether only a portal's browser runs in it, so that nobody has a shell there.
    let onlyBrowser: Bool
  }

  /// Every VPC of the files.
  let networks: [Network]

  /// Networks and subnets in which something is put, and that are not in the files.
  let elsewhere: [UnknownPart]

  /// Those in which people's code may run.
  var open: [Network] { networks.filter { !$0.onlyBrowser } }

  init(_ estate: CloudEstate) {
    let subnets = estate.all("AWS::EC2::Subnet")
    let tables = estate.all("AWS::EC2::RouteTable")
    let portals = Self.portalNetworks(estate)
    let users = Self.users(estate)
    elsewhere = Self.elsewhere(estate)
    networks = estate.all("AWS::EC2::VPC").map { vpc in
      let id = estate.ref(vpc)
      // A subnet or table of which it is not known where it stands counts for every network.
      let mine = { (resource: CloudResource) in
        switch estate.text(resource, "VpcId") {
        case .known(let text): text == id
        case .absent, .unknown: true
        }
      }
      let own = subnets.filter(mine)
      let names = Set(own.map { estate.ref($0) } + [id])
      return Network(
        resource: vpc, id: id, subnets: own, routeTables: tables.filter(mine),
        onlyBrowser: portals.contains(id) && users.known.isDisjoint(with: names) && !users.unknown)
    }
  }

  private static func portalNetworks(_ estate: CloudEstate) -> Set<String> {
    Set(estate.all("AWS::WorkSpacesWeb::NetworkSettings").compactMap { estate.text($0, "VpcId").value })
  }

  /// Networks and subnets in which anything but a portal, an endpoint or a gateway is put.
  private static func users(_ estate: CloudEstate) -> (known: Set<String>, unknown: Bool) {
    let places: Set<String> = [
      "SubnetId", "SubnetIds", "Subnets", "VpcSubnetIds", "VPCZoneIdentifier", "SubnetMappings",
    ]
    var known: Set<String> = []
    var unknown = false
    for resource in estate.deployment.resources where !isPlumbing(resource.type) {
      resource.properties.visit { name, value in
        guard places.contains(name) else { return }
        let texts = estate.texts(value)
        known.formUnion(texts.known)
        unknown = unknown || !texts.unknown.isEmpty
      }
    }
    return (known, unknown)
  }

  private static func elsewhere(_ estate: CloudEstate) -> [UnknownPart] {
    var found: [UnknownPart] = []
    func look(_ value: CloudValue, in resource: CloudResource) {
      let (known, unknown) = estate.texts(value)
      found += unknown
      for text in known where !isInFiles(text, estate) {
        found.append(
          UnknownPart(
            "\(resource.id) stands in \(text), which is not in the files: give the template that declares it",
            resource: "\(resource.id)", location: value.location ?? resource.location))
      }
    }
    for resource in estate.deployment.resources where resource.type.hasPrefix("AWS::SageMaker::") {
      resource.properties.visit { _, value in
        for member in value.members where ["SubnetId", "SubnetIds", "Subnets", "VpcId"].contains(member.name)
        {
          look(member.value, in: resource)
        }
      }
    }
    return unique(found)
  }

  /// Whether `text` is a network of the files, or a subnet of one.
  private static func isInFiles(_ text: String, _ estate: CloudEstate) -> Bool {
    if estate.find(text, "AWS::EC2::VPC") != nil { return true }
    guard let subnet = estate.find(text, "AWS::EC2::Subnet") else { return false }
    return estate.text(subnet, "VpcId").value.map { estate.find($0, "AWS::EC2::VPC") != nil } ?? false
  }

  private static func isPlumbing(_ type: String) -> Bool {
    switch type {
    case "AWS::EC2::Instance", "AWS::EC2::Fleet", "AWS::EC2::SpotFleet", "AWS::EC2::LaunchTemplate": false
    default:
      type.hasPrefix("AWS::EC2::") || type.hasPrefix("AWS::WorkSpacesWeb::")
        || type.hasPrefix("AWS::Route53Resolver::")
    }
  }
}
