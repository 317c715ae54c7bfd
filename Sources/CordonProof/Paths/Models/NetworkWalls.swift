import CordonModel

extension Scene {
  /// Subnets of networks that were proved to have no route out; empty where one network of workloads has, or may have.
  var walledSubnets: [String] {
    guard InternetRoute().judge(self).doors.allSatisfy(\.isClosed) else { return [] }
    let networks = Set(workloads.open.map(\.id))
    return estate.all("AWS::EC2::Subnet").filter { subnet in
      subnet.condition == nil && estate.text(subnet, "VpcId").value.map(networks.contains) ?? false
    }.map { estate.ref($0) }
  }

  /// Whether the container of `resource`, which stands in the subnets of the VPC configuration at `path`, is kept in by their
  /// network. That a network is named says nothing: it may be one with a way out, or one that no file shows.
  func walls(of resource: CloudResource, _ path: [String]) -> Door {
    let name = "\(resource.id)"
    let (subnets, unknown) = estate.texts(resource.properties[path: path]?["Subnets"])
    guard unknown.isEmpty else { return .unknown(name, unknown, resource) }
    guard !subnets.isEmpty else {
      return .unknown(name, "\(path.joined(separator: ".")) names no subnet", resource)
    }
    for door in InternetRoute().judge(self).doors {
      switch door.finding {
      case .open(let witness): return .open(name, witness)
      case .unknown(let parts): return .unknown(name, parts, resource)
      case .closed: continue
      }
    }
    let walled = Set(walledSubnets)
    for subnet in subnets where !walled.contains(subnet) {
      return .unknown(
        name,
        "subnet \(subnet), in which \(name) runs, belongs to no network of the files that was proved closed",
        resource)
    }
    return .closed(name, HeldControl(resource, layer: "a network without a way out", property: path))
  }
}
