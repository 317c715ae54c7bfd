public import CordonModel

/// What would change in what is deployed, in the words of the controls.
public struct StackDifference: Sendable, Equatable {
  /// Which way a change goes.
  public enum Direction: String, Sendable, CaseIterable {
    /// Something would be let through that is not now, or no longer be seen.
    case weaker
    /// Something that is let through now would not be.
    case stronger
    /// It changes, and which way is not known from the property alone: prove both.
    case changed
    /// It has no part in any control.
    case neutral
  }

  /// One change.
  public struct Change: Sendable, Equatable {
    /// The resource.
    public var resource: ResourceID
    /// Its type.
    public var type: String
    /// The property, as a path; nil where the whole resource comes or goes.
    public var property: String?
    /// Which way it goes.
    public var direction: Direction
    /// What it means, e.g. `copying out of the remote browser: Disabled, then Enabled`.
    public var words: String
  }

  /// The changes, the weaker ones first, then in the order of the resources.
  public let changes: [Change]

  /// Compares what is deployed with what is planned.
  public init(from deployed: CloudDeployment, to planned: CloudDeployment) {
    let before = Dictionary(deployed.resources.map { ($0.id, $0) }) { first, _ in first }
    let after = Dictionary(planned.resources.map { ($0.id, $0) }) { first, _ in first }
    var found: [Change] = []
    for id in Set(before.keys).union(after.keys).sorted() {
      switch (before[id], after[id]) {
      case (let old?, let new?) where old.type == new.type: found += Self.changes(old, new)
      case (let old?, let new?): found += [Self.gone(old), Self.new(new)]
      case (let old?, nil): found.append(Self.gone(old))
      case (nil, let new?): found.append(Self.new(new))
      case (nil, nil): break
      }
    }
    let order = Direction.allCases
    changes = order.flatMap { direction in found.filter { $0.direction == direction } }
  }

  /// The worst that would happen.
  public var worst: Direction? { changes.first?.direction }

  // MARK: Whole resources

  private static func gone(_ resource: CloudResource) -> Change { whole(resource, "removed", comes: false) }

  private static func new(_ resource: CloudResource) -> Change { whole(resource, "added", comes: true) }

  private static func whole(_ resource: CloudResource, _ verb: String, comes: Bool) -> Change {
    let (direction, what): (Direction, String) =
      switch ControlWords.part(of: resource) {
      case .control(let what): (comes ? .stronger : .weaker, what)
      case .door(let what): (comes ? .weaker : .stronger, what)
      case .none: (.neutral, resource.type)
      }
    return Change(
      resource: resource.id, type: resource.type, property: nil, direction: direction,
      words: "\(verb): \(what)")
  }

  // MARK: Properties

  private static func changes(_ old: CloudResource, _ new: CloudResource) -> [Change] {
    let names = unique((old.properties.members ?? []) + (new.properties.members ?? []))
    return names.flatMap { name -> [Change] in
      changes(old.properties[name], new.properties[name], path: [name], of: new)
    }
  }

  private static func unique(_ members: [CloudValue.Member]) -> [String] {
    var seen: Set<String> = []
    return members.map(\.name).filter { seen.insert($0).inserted }
  }

  /// Goes down objects until something differs that has words of its own, or cannot be divided.
  private static func changes(
    _ old: CloudValue?, _ new: CloudValue?, path: [String], of resource: CloudResource
  ) -> [Change] {
    guard old != new else { return [] }
    if let setting = ControlWords.setting(resource.type, path) {
      return setting.changes(old, new).map { direction, words in
        change(resource, path, direction, words)
      }
    }
    if let old = old?.members, let new = new?.members {
      let (before, after) = (CloudValue(.object(old)), CloudValue(.object(new)))
      return unique(old + new).flatMap { name in
        changes(before[name], after[name], path: path + [name], of: resource)
      }
    }
    let isLabel = path.first == "Tags" || path.last == "Description"
    let words = "\(resource.type) \(path.joined(separator: ".")): \(text(old)), then \(text(new))"
    return [change(resource, path, isLabel ? .neutral : .changed, words)]
  }

  private static func change(
    _ resource: CloudResource, _ path: [String], _ direction: Direction, _ words: String
  ) -> Change {
    Change(
      resource: resource.id, type: resource.type, property: path.joined(separator: "."),
      direction: direction, words: words)
  }

  /// A value in few words.
  static func text(_ value: CloudValue?) -> String {
    guard let value else { return "nothing" }
    switch value.content {
    case .null: return "nothing"
    case .bool(let bool): return bool ? "true" : "false"
    case .number(let text): return text
    case .string(let text): return text.count > 80 ? String(text.prefix(77)) + "..." : text
    case .list(let values):
      return values.count > 3 ? "\(values.count) entries" : values.map(text).joined(separator: ", ")
    case .object: return "a mapping"
    case .reference(let reference):
      return "\(reference.resource)" + (reference.attribute.map { ".\($0)" } ?? "")
    case .joined(let parts): return parts.map(text).joined()
    case .oneOf, .unknown: return "something unknown"
    }
  }
}
