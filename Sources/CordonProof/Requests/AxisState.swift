/// What a literal asks of one axis.
///
/// A request has nothing on the axis, or one empty text, or values. What it asks of values is that all of them, or
/// that some of them, are in `values`; where an axis takes one value only, both are the same.
struct Demand: Hashable, Sendable {
  var axis: Int
  var absent: Bool
  /// A list whose only value is the empty text: AWS reads it as no value in some places.
  var empty: Bool
  var isSome: Bool
  var values: Mask
}

/// What may still stand on one axis.
struct AxisState: Sendable {
  /// Whether the request may lack it.
  var absent: Bool
  /// Whether it may be one empty text.
  var empty: Bool
  /// The values that may be on it.
  var allowed: Mask
  /// Sets of which some value must be on it.
  var somes: [Mask] = []

  /// Whether values may stand there.
  var admitsValues: Bool { !allowed.isEmpty && somes.allSatisfy { $0.intersects(allowed) } }

  /// Whether anything may.
  var isPossible: Bool { absent || empty || admitsValues }

  mutating func take(_ demand: Demand) {
    absent = absent && demand.absent
    empty = empty && demand.empty
    if demand.isSome {
      somes.append(demand.values)
    } else {
      allowed = allowed.intersection(demand.values)
    }
  }

  /// Takes what is left where the demand is not met: exact, so that the two halves do not overlap.
  mutating func takeOpposite(of demand: Demand, size: Int) {
    take(demand.opposite(size: size))
  }

  /// Whether everything that may still stand there meets the demand.
  func entails(_ demand: Demand) -> Bool {
    if absent && !demand.absent || empty && !demand.empty { return false }
    guard admitsValues else { return true }
    if allowed.isSubset(of: demand.values) { return true }
    return demand.isSome && somes.contains { $0.intersection(allowed).isSubset(of: demand.values) }
  }

  /// Whether something that may still stand there meets the demand.
  func admits(_ demand: Demand) -> Bool {
    if absent && demand.absent || empty && demand.empty { return true }
    guard admitsValues else { return false }
    if demand.isSome { return allowed.intersects(demand.values) }
    let rest = allowed.intersection(demand.values)
    return !rest.isEmpty && somes.allSatisfy { $0.intersects(rest) }
  }
}

extension Demand {
  /// The demand that exactly those requests meet that do not meet this one. `size` is the number of values of the axis.
  func opposite(size: Int) -> Demand {
    Demand(
      axis: axis, absent: !absent, empty: !empty, isSome: !isSome,
      values: Mask(all: size).subtracting(values))
  }
}
