import CordonModel
import CordonPolicy

extension RouteWitness {
  /// A witness at `resource`; `property` is where the fix goes.
  init(
    _ command: String, by walker: Walker? = nil, story: String, fix: String, at resource: CloudResource,
    _ property: String..., request: [(String, JSONValue)] = []
  ) {
    let place = resource.properties[path: property]?.location ?? resource.location
    let members: [(String, JSONValue)] =
      request.isEmpty ? [("command", .string(command)), ("resource", .string("\(resource.id)"))] : request
    self.init(
      request: .object(members), command: command, story: story, fix: fix, resource: "\(resource.id)",
      location: place, walker: walker)
  }
}

extension AccessRequest {
  /// The request as a machine reads it: `{"principal","action","resource","context":{}}`.
  var members: [(String, JSONValue)] {
    let context = context.stated.map { name, values in
      (name, values.count == 1 ? JSONValue.string(values[0]) : .array(values.map { .string($0) }))
    }
    return [
      ("principal", .string("\(principal)")), ("action", .string(action)), ("resource", .string(resource)),
      ("context", .object(context)),
    ]
  }
}
