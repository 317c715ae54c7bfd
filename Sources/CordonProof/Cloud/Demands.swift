import CordonModel
import CordonPolicy
import Synchronization

/// Demands on keys that go together, such as all that follows from whose request it is: taken apart once for all layers, and
/// for all questions that make them.
final class DemandPart: Sendable {
  struct Demand: Sendable {
    let constraint: Inquiry.Constraint
    let kind: KeyKinship
    /// The demand as keys of answers have it.
    let written: [UInt8]
    /// The key's name as keys of answers have it.
    let name: [UInt8]
    /// Whether nothing else is demanded of its key.
    let isAlone: Bool
  }

  struct Missing: Sendable {
    let key: ConditionKey
    let kind: KeyKinship
  }

  /// Tells parts apart; no two have one.
  let number = DemandPart.count.withLock { count in
    count += 1
    return count
  }
  let demands: [Demand]
  /// Keys that are absent, in the order of their names.
  let missing: [Missing]
  /// The kinds of its keys.
  let kinds: Set<KeyKinship>
  /// Its keys.
  let keys: Set<ConditionKey>
  /// Keys that are about who calls, whatever the layers say; those that are absent last.
  let callerKeys: [ConditionKey]

  private static let count = Mutex(0)

  init(_ constraints: [Inquiry.Constraint], absent: Set<ConditionKey>) {
    var times: [ConditionKey: Int] = [:]
    for constraint in constraints { times[constraint.key, default: 0] += 1 }
    demands = constraints.map { constraint in
      var (writer, name) = (KeyWriter(), KeyWriter())
      writer.add(false)
      writer.add(constraint)
      name.add(true)
      name.add(constraint.key.name)
      return Demand(
        constraint: constraint, kind: KeyKinship(constraint.key), written: writer.text, name: name.text,
        isAlone: times[constraint.key] == 1 && !absent.contains(constraint.key))
    }
    missing = absent.sorted { $0.name < $1.name }.map { Missing(key: $0, kind: KeyKinship($0)) }
    kinds = Set(demands.map(\.kind) + missing.map(\.kind))
    keys = absent.union(constraints.map(\.key))
    callerKeys =
      (constraints.map(\.key) + missing.map(\.key)).filter { ImpliedKeys.ofPrincipal.contains($0) }
  }

  var constraints: [Inquiry.Constraint] { demands.map(\.constraint) }
}

/// What a question demands of keys: parts of which no two are about one key.
final class Demands: Sendable {
  let parts: [DemandPart]
  /// Whether a demand is on the principal as a whole.
  let namesPrincipal: Bool
  /// Whether one is on the action, the resource or the principal of the request itself.
  let isOfRequest: Bool
  /// Keys that are about who calls, whatever the layers say.
  let callerKeys: [ConditionKey]
  /// The same, by number.
  let callerKeysNumber: Int

  /// As many parts as a question may have; more of them are made one.
  static let mostParts = 4

  init(_ parts: [DemandPart]) {
    let isApart = parts.count <= Self.mostParts && Self.areApart(parts)
    self.parts = isApart ? parts : [Self.joined(parts)]
    namesPrincipal = parts.contains { $0.keys.contains(DemandDocuments.principalKey) }
    isOfRequest = parts.contains { $0.kinds.contains(.request) }
    callerKeys = self.parts.flatMap(\.callerKeys)
    var writer = KeyWriter()
    writer.add(callerKeys.map(\.name))
    callerKeysNumber = writer.number
  }

  convenience init(_ constraints: [Inquiry.Constraint] = [], absent: Set<ConditionKey> = []) {
    self.init([DemandPart(constraints, absent: absent)])
  }

  /// These demands, and those of `part`.
  func and(_ part: DemandPart?) -> Demands { part.map { Demands(parts + [$0]) } ?? self }

  var constraints: [Inquiry.Constraint] { parts.flatMap(\.constraints) }

  var absent: Set<ConditionKey> {
    parts.reduce(into: []) { absent, part in absent.formUnion(part.missing.map(\.key)) }
  }

  private static func areApart(_ parts: [DemandPart]) -> Bool {
    var keys: Set<ConditionKey> = []
    for part in parts {
      guard keys.isDisjoint(with: part.keys) else { return false }
      keys.formUnion(part.keys)
    }
    return true
  }

  private static func joined(_ parts: [DemandPart]) -> DemandPart {
    DemandPart(parts.flatMap(\.constraints), absent: Set(parts.flatMap { $0.missing.map(\.key) }))
  }
}

/// Demands that were made before.
final class DemandBook: Sendable {
  /// Whose request is asked about, by which way, for what, and what else is demanded of it.
  struct Name: Hashable, Sendable {
    var caller: ResourceID
    var way: Way
    var target: Target
    /// The number of what else is demanded.
    var more: Int?
  }

  /// A way in.
  enum Way: Hashable, Sendable {
    case through(ResourceID), outside, direct, foreignEndpoint, anywhere
  }

  /// One of what is demanded of every request of a role.
  enum PartName: Hashable, Sendable {
    case caller(ResourceID)
    case way(Way)
    case target(Target)
  }

  private let made = Remembered<Name, Demands>(most: 65_536)
  private let parts = Remembered<PartName, DemandPart>(most: 16_384)

  func demands(_ name: Name, _ make: () -> Demands) -> Demands {
    if let known = made[name] { return known }
    let demands = make()
    made.keep(demands, for: name)
    return demands
  }

  func part(_ name: PartName, _ make: () -> DemandPart) -> DemandPart {
    if let known = parts[name] { return known }
    let part = make()
    parts.keep(part, for: name)
    return part
  }
}
