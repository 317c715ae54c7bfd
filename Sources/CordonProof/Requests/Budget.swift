/// How much a question may cost, in states rather than seconds: the same on every machine.
public struct Budget: Sendable, Hashable {
  /// States of automata and branches of the search.
  public var states: Int
  /// Cells that one key may be cut into.
  public var cells: Int
  /// Combinations of values that are tried for keys that others are compared with.
  public var joins: Int

  /// A budget.
  public init(states: Int = 300_000, cells: Int = 4_096, joins: Int = 256) {
    self.states = states
    self.cells = cells
    self.joins = joins
  }

  /// Enough for every policy set in the wild that was tried.
  public static let standard = Budget()
}
