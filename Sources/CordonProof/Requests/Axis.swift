import CordonPolicy

/// One dimension of a request, cut into values that no literal of the question can tell apart.
struct Axis: Sendable {
  /// What the axis is of.
  enum Subject: Sendable, Hashable {
    case action, resource, principal
    case key(ConditionKey)
    /// A literal that joins two keys and is not looked into: it holds, or it does not.
    case join(Int)
  }

  var subject: Subject
  /// One value for each cell, the plainest first.
  var values: [String]
  /// Whether a request may carry several values.
  var isList = false
  /// What stands there at the start.
  var start: AxisState

  var name: String {
    switch subject {
    case .action: "action"
    case .resource: "resource"
    case .principal: "principal"
    case .key(let key): key.name
    case .join(let number): "join \(number + 1)"
    }
  }
}

/// A test of one axis.
struct Literal: Sendable {
  var axis: Int
  var quantifier = ConditionOperator.Quantifier.single
  /// The values for which it holds.
  var yes = Mask()
  /// The values for which it does not; in neither set are those that AWS leaves open.
  var no = Mask()
  var absent = Truth.no
  var empty = Truth.no
  /// Demands that it implies beside its own; for joins.
  var implied: [Demand] = []

  /// What holding, or failing, asks of the axis.
  ///
  /// - Parameter loose: Takes what is undecided for whatever is asked.
  func demand(holds: Bool, loose: Bool, isList: Bool, size: Int) -> Demand {
    let wanted = holds ? yes : no
    let refused = holds ? no : yes
    let values = loose ? Mask(all: size).subtracting(refused) : wanted
    func admits(_ truth: Truth) -> Bool { truth == (holds ? .yes : .no) || loose && truth == .undecided }
    let isSome: Bool
    switch quantifier {
    case .forAnyValue: isSome = holds
    case .forAllValues: isSome = !holds
    // Several values without a set operator are decided only where they agree.
    case .single: isSome = loose
    }
    return Demand(
      axis: axis, absent: admits(absent), empty: admits(empty), isSome: isList && isSome, values: values)
  }

  /// Whether AWS leaves it open for some request.
  func isOpen(isList: Bool, size: Int) -> Bool {
    if absent == .undecided || isList && empty == .undecided { return true }
    if isList, quantifier == .single, !yes.isEmpty, !no.isEmpty { return true }
    return yes.count + no.count < size
  }
}
