import CordonModel

/// `AWS::EC2::VPCBlockPublicAccessOptions` and its exclusions, for the whole region.
struct PublicAccessBlock {
  let resource: CloudResource?
  private let mode: Reading<String>

  init(_ estate: CloudEstate) {
    resource = estate.all("AWS::EC2::VPCBlockPublicAccessOptions").first
    mode = resource.map { estate.text($0, "InternetGatewayBlockMode") } ?? .absent
  }

  /// Whether no internet gateway of the region passes anything, but for exclusions.
  var isBidirectional: Bool {
    resource != nil && resource?.condition == nil && mode.value == "block-bidirectional"
  }

  /// Whether nothing leaves `network` for the internet, whatever its routes.
  func holds(for network: Workloads.Network, _ estate: CloudEstate) -> Bool {
    guard let resource, resource.condition == nil, mode.value == "block-bidirectional" else { return false }
    let subnets = Set(network.subnets.map { estate.ref($0) })
    return estate.all("AWS::EC2::VPCBlockPublicAccessExclusion").allSatisfy { exclusion in
      let excluded = [estate.text(exclusion, "VpcId"), estate.text(exclusion, "SubnetId")]
      return excluded.allSatisfy { reading in
        switch reading {
        case .known(let text):
          // One that is not in the files may be of this network.
          text != network.id && !subnets.contains(text)
            && estate.find(text, "AWS::EC2::VPC", "AWS::EC2::Subnet") != nil
        case .absent: true
        case .unknown: false
        }
      }
    }
  }
}

/// A security group's way out.
struct SecurityGroup {
  /// Why it lets packets out to the internet; nil where it does not.
  let letsOut: String?

  init(_ group: CloudResource, _ estate: CloudEstate) {
    let separate = estate.all("AWS::EC2::SecurityGroupEgress").filter {
      estate.text($0, "GroupId").value == estate.ref(group)
    }
    guard let rules = group["SecurityGroupEgress"] else {
      // CloudFormation: without egress rules in the template EC2 adds one that allows all; separate rules do not remove it.
      letsOut = "security group \(group.id) lists no egress, so it lets everything out"
      return
    }
    let blocks = rules.elements + separate.map(\.properties)
    let wide = blocks.contains { rule in
      ["CidrIp", "CidrIpv6"].contains { name in
        guard let value = rule[name] else { return false }
        return estate.text(value).map { AddressBlock($0).reachesInternet }.value ?? true
      }
    }
    letsOut = wide ? "security group \(group.id) lets packets out to addresses of the internet" : nil
  }
}

/// One entry of a network ACL.
struct AccessListEntry {
  /// Whether it lets packets of any port out to the internet.
  let letsOut: Bool

  init(_ entry: CloudResource, _ estate: CloudEstate) {
    let outgoing = estate.bool(entry["Egress"]).value ?? false
    let allows = estate.text(entry, "RuleAction").value?.lowercased() == "allow"
    let block = estate.text(entry["CidrBlock"] ?? entry["Ipv6CidrBlock"]).value.map(AddressBlock.init)
    let everyProtocol = estate.text(entry, "Protocol").value == "-1"
    letsOut = outgoing && allows && everyProtocol && (block?.reachesInternet ?? true)
  }
}
