import CordonPolicy

/// What a question demands of keys, taken apart once for all of its layers, and for all questions that demand the same.
final class Demands: Sendable {
  struct Demand: Sendable {
    let constraint: Inquiry.Constraint
    let kind: KeyKinship
    /// The demand as keys of answers have it.
    let written: [UInt8]
    /// The key's name as keys of answers have it.
    let name: [UInt8]
    /// Whether nothing else is demanded of its key.
    let isAlone: Bool
    /// Whether it is about who calls, whatever the layers say.
    let isOfCaller: Bool
  }

  struct Missing: Sendable {
    let key: ConditionKey
    let kind: KeyKinship
    let isOfCaller: Bool
  }

  let constraints: [Inquiry.Constraint]
  let absent: Set<ConditionKey>
  let demands: [Demand]
  /// Keys that are absent, in the order of their names.
  let missing: [Missing]
  /// Whether a demand is on the principal as a whole.
  let namesPrincipal: Bool

  init(_ constraints: [Inquiry.Constraint] = [], absent: Set<ConditionKey> = []) {
    self.constraints = constraints
    self.absent = absent
    namesPrincipal = constraints.contains { $0.key == DemandDocuments.principalKey }
    demands = constraints.map { constraint in
      var (writer, name) = (KeyWriter(), KeyWriter())
      writer.add(false)
      writer.add(constraint)
      name.add(true)
      name.add(constraint.key.name)
      return Demand(
        constraint: constraint, kind: KeyKinship(constraint.key), written: writer.text, name: name.text,
        isAlone: constraints.count { $0.key == constraint.key } == 1 && !absent.contains(constraint.key),
        isOfCaller: ImpliedKeys.ofPrincipal.contains(constraint.key))
    }
    missing = absent.sorted { $0.name < $1.name }.map {
      Missing(key: $0, kind: KeyKinship($0), isOfCaller: ImpliedKeys.ofPrincipal.contains($0))
    }
  }
}

/// Demands that were made before, by whose request is asked about, by which way and for what.
final class DemandBook: Sendable {
  let made = Remembered<[String], Demands>(most: 16_384)
}
