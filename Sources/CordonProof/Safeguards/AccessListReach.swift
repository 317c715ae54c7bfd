import CordonModel

/// What an access list lets through between a network and addresses of the internet.
enum AccessListReach {
  @Sendable static func judge(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    var finding = SafeguardFinding()
    for entry in estate.all("AWS::EC2::NetworkAclEntry") {
      guard estate.text(entry, "RuleAction").value?.lowercased() != "deny" else { continue }
      let block = estate.text(entry["CidrBlock"] ?? entry["Ipv6CidrBlock"])
      if let known = block.value, !AddressBlock(known).reachesInternet {
        finding.hold(entry)
        continue
      }
      finding.add(isNarrow(entry, estate), entry, ["PortRange"], lack(entry, estate))
    }
    return finding
  }

  private static func isOutgoing(_ entry: CloudResource, _ estate: CloudEstate) -> Bool {
    estate.bool(entry["Egress"]).value ?? false
  }

  private static func lack(_ entry: CloudResource, _ estate: CloudEstate) -> String {
    isOutgoing(entry, estate)
      ? "it lets packets other than HTTPS out to the internet"
      : "it lets packets other than answers in from the internet"
  }

  /// TCP to port 443 outwards; inwards to the ports that connections begin at (VPC User Guide, "Ephemeral ports").
  private static func isNarrow(_ entry: CloudResource, _ estate: CloudEstate) -> Reading<Bool> {
    let number = estate.text(entry, "Protocol")
    let range = [["PortRange", "From"], ["PortRange", "To"]].map { estate.text(entry.properties[path: $0]) }
    let unknown = number.unknowns + range.flatMap(\.unknowns)
    guard unknown.isEmpty else { return .unknown(unknown) }
    guard number.value == "6", let from = range[0].value.flatMap({ Int($0) }),
      let to = range[1].value.flatMap({ Int($0) })
    else { return .known(false) }
    return .known(isOutgoing(entry, estate) ? from == 443 && to == 443 : from >= 1024 && to >= from)
  }
}
