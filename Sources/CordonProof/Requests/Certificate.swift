public import CordonPolicy

/// Why no request passes: a tree whose branches cover every choice, and whose every leaf names what cannot be met.
///
/// It can be checked without the engine: that each `allow` lists every Allow of its layer, that each `deny` lists every
/// literal of its statement, and that what the way to a leaf asks of that leaf's axis has no solution.
public struct Certificate: Sendable {
  /// A statement of the inquiry.
  public struct Place: Sendable, Hashable {
    /// Which of the inquiry's layers, those of the grant behind the others.
    public var layer: Int
    /// Which policy of the layer.
    public var policy: Int
    /// Which statement of the policy.
    public var statement: Int

    /// The place of a statement.
    public init(layer: Int, policy: Int, statement: Int) {
      self.layer = layer
      self.policy = policy
      self.statement = statement
    }
  }

  /// A step of the argument.
  public indirect enum Step: Sendable {
    /// Nothing on this axis meets what the way here asks of it.
    case unmet(axis: String)
    /// The layer must allow: it does so by one of these, or not at all.
    case allow(layer: Int, [(Place, Step)])
    /// The statement must not deny: one of its literals fails, or it denies. A branch may take it for given that the
    /// literals of earlier branches hold.
    case deny(Place, [(StatementPart, Step)])
    /// The layers agree, but no action of the cells that are left works on a resource of the cells that are left.
    case misfit
  }

  /// One way to be granted and one kind of caller.
  public struct Case: Sendable {
    /// Which of the inquiry's grants; nil where it has none.
    public var grant: Int?
    /// Whether the callers belong to accounts; else they are unsigned, services or identity providers.
    public var isOfAccounts: Bool
    /// Values that were chosen for keys which others are compared with; nil for a key that is lacking. Empty where the
    /// argument holds whatever they are.
    public var chosen: [String: String?]
    /// The argument.
    public var step: Step
  }

  /// All of them.
  public var cases: [Case]

  /// A certificate of `cases`.
  public init(cases: [Case]) { self.cases = cases }

  /// The cells of the search that were closed, one line each.
  public var lines: [String] {
    cases.flatMap { each in
      let callers = each.isOfAccounts ? "a principal of an account" : "a caller without an account"
      let grant = each.grant.map { ", grant \($0 + 1)" } ?? ""
      return Self.lines(each.step, indent: 1, before: callers + grant)
    }
  }

  private static func lines(_ step: Step, indent: Int, before: String) -> [String] {
    let margin = String(repeating: "  ", count: indent - 1)
    switch step {
    case .unmet(let axis): return ["\(margin)\(before): nothing is left of \(axis)"]
    case .misfit: return ["\(margin)\(before): no action left works on a resource left"]
    case .allow(let layer, let branches):
      if branches.isEmpty { return ["\(margin)\(before): layer \(layer + 1) allows nothing"] }
      return ["\(margin)\(before): layer \(layer + 1) must allow"]
        + branches.flatMap { place, step in
          lines(
            step, indent: indent + 1,
            before: "by statement \(place.statement + 1) of policy \(place.policy + 1)")
        }
    case .deny(let place, let branches):
      let name = "statement \(place.statement + 1) of policy \(place.policy + 1) of layer \(place.layer + 1)"
      if branches.isEmpty { return ["\(margin)\(before): \(name) denies always"] }
      return ["\(margin)\(before): \(name) must not deny"]
        + branches.flatMap { part, step in lines(step, indent: indent + 1, before: "its \(part.phrase) fails")
        }
    }
  }
}

extension StatementPart {
  fileprivate var phrase: String {
    switch self {
    case .action: "action"
    case .resource: "resource"
    case .principal: "principal"
    case .condition(let number): "condition \(number + 1)"
    }
  }
}
