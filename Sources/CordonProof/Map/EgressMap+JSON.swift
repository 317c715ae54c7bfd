import CordonModel
public import CordonPolicy

extension EgressMap {
  /// The map for programs: one shape, whatever was proved. `EgressMap.version` grows when it changes; see docs/proof.md.
  public var json: JSONValue {
    .object([
      ("version", .number(Self.version)),
      ("paths", .array(paths.map(\.json))),
      ("assumptions", .array(assumptions.map(\.json))),
      ("depthLost", .array(depthLost.map(\.json))),
      ("safeguards", .array(safeguards.map(\.json))),
    ])
  }
}

extension PathReport {
  fileprivate var json: JSONValue {
    .object([
      ("path", .string(path.rawValue)), ("verdict", .string(verdict.rawValue)),
      ("routes", .array(routes.map(\.json))),
    ])
  }
}

extension RouteReport {
  /// Every route has every member, so that a reader needs no case analysis: `witness` is null where there is none.
  fileprivate var json: JSONValue {
    .object([
      ("route", .string(route)), ("verdict", .string(verdict.rawValue)),
      ("controls", .array(controls.map(\.json))), ("witness", witness?.json ?? .null),
      ("unknown", .array(unknown.map { .string($0.line) })), ("target", .string(target.rawValue)),
    ])
  }

  /// The controls that close it; none unless it is closed.
  public var controls: [ClosingControl] {
    if case .closed(let controls) = finding { controls } else { [] }
  }

  /// The request that walks it; nil unless it is open.
  public var witness: RouteWitness? {
    if case .open(let witness) = finding { witness } else { nil }
  }

  /// What is not known; nothing unless it is unknown.
  public var unknown: [UnknownPart] {
    if case .unknown(let parts) = finding { parts } else { [] }
  }
}

extension ClosingControl {
  fileprivate var json: JSONValue {
    .object([
      ("resource", .string(resource)), ("location", location?.json ?? .null), ("layer", .string(layer)),
    ])
  }
}

extension RouteWitness {
  fileprivate var json: JSONValue {
    .object([("request", whole), ("command", .string(command)), ("fix", .string(fix))])
  }

  /// The request with whoever makes it.
  var whole: JSONValue {
    guard let walker, let members = request.members else { return request }
    let told = [("caller", walker.caller), ("credentials", walker.credentials), ("door", walker.door)]
    let kept = members.filter { member in !told.contains { $0.0 == member.name } }.map { ($0.name, $0.value) }
    return .object(kept + told.map { ($0.0, JSONValue.string($0.1)) })
  }
}

extension UnknownPart {
  /// Place, resource and text in one line.
  public var line: String {
    [location.map { "\($0)" }, resource, text].compactMap(\.self).joined(separator: ": ")
  }
}

extension Assumption {
  fileprivate var json: JSONValue {
    .object([("name", .string(name)), ("value", .string(value)), ("reason", .string(reason))])
  }
}

extension DepthLoss {
  fileprivate var json: JSONValue {
    .object([
      ("route", .string(route)), ("text", .string(text)), ("resource", .string(resource)),
      ("location", location?.json ?? .null), ("target", .string(target.rawValue)),
    ])
  }
}

extension SafeguardReport {
  fileprivate var json: JSONValue {
    .object([
      ("safeguard", .string(safeguard)), ("kind", .string(kind.rawValue)),
      ("verdict", .string(verdict.rawValue)), ("promise", .string(promise)),
      ("held", .array(held.map(\.json))), ("lost", .array(lost.map(\.json))),
      ("unknown", .array(unknown.map { .string($0.line) })), ("required", JSONValue(.bool(isRequired))),
    ])
  }
}

extension SafeguardPart {
  fileprivate var json: JSONValue {
    let known: [(String, JSONValue)] = [
      ("resource", .string(resource)), ("property", .string(property)), ("location", location?.json ?? .null),
    ]
    return .object(known + (text.isEmpty ? [] : [("text", .string(text))]))
  }
}

extension Location {
  fileprivate var json: JSONValue { .string(description) }
}
