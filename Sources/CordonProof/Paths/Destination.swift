import CordonModel
import CordonPolicy

/// Somewhere that a resource of ours sends data by itself.
struct Destination {
  let door: Door

  init(
    _ value: CloudValue, of resource: CloudResource, what: String, _ estate: CloudEstate,
    command: String = "aws s3 ls s3://BUCKET --recursive  # run by the destination's owner"
  ) {
    let name = "\(resource.id), \(what)"
    let text = estate.text(value)
    guard let target = text.value else {
      door = .unknown(
        name, text.unknowns.isEmpty ? [UnknownPart("\(what) has no destination")] : text.unknowns, resource)
      return
    }
    switch estate.owner(of: target) {
    case .own:
      let closing = ClosingControl(
        resource: "\(resource.id)", location: value.location ?? resource.location,
        layer: "\(what) to a resource of ours")
      door = Door(name: name, finding: .closed([HeldControl(closing, .none)]))
    case .other(let account):
      let location = value.location ?? resource.location
      door = .open(
        name,
        RouteWitness(
          request: .object([
            ("resource", .string("\(resource.id)")), ("destination", .string(target)),
            ("account", .string(account)),
          ]),
          command: command.replacing("BUCKET", with: target),
          story: "AWS itself sends what \(resource.id) holds to \(target), which is account \(account)'s.",
          fix: "send \(what) to a resource of yours, or nowhere", resource: "\(resource.id)",
          location: location))
    case .unknown:
      door = .unknown(
        name,
        [
          UnknownPart(
            "whose \(target) is, is not in the files: if it is yours, --assume own-buckets=\(target)",
            location: value.location)
        ],
        resource)
    }
  }
}

extension CloudValue {
  /// The values at the end of `path`, through lists.
  func all(at path: [String]) -> [CloudValue] {
    var values = [self]
    for name in path {
      values = values.flatMap { value -> [CloudValue] in
        if case .list = value.content { return value.elements.compactMap { $0[name] } }
        return value[name].map { [$0] } ?? []
      }
    }
    return values.filter { $0.content != .null }
  }
}
