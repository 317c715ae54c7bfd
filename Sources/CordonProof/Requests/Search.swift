import CordonPolicy

/// Looks for a request that passes all layers of a problem: one Allow for each layer that needs one, then of every Deny
/// that would still apply one literal that fails.
struct Search {
  /// What is left of every axis.
  typealias State = [AxisState]

  enum Outcome {
    /// A leaf was taken, or the budget ended the search.
    case stopped
    /// Nothing passes.
    case none(Certificate.Step)
  }

  let problem: Problem
  /// Whether undecided literals are read in the attacker's favour.
  let loose: Bool
  private(set) var budget: Int
  private(set) var isExhausted = false
  private let layers: [LayerDemands]
  private let wider: [(join: Int, demand: Demand)]

  private struct LayerDemands {
    var place: Int
    var needsAllow: Bool
    var allows: [StatementDemands]
    var denies: [StatementDemands]
  }

  private struct StatementDemands {
    var place: Certificate.Place
    /// One for each literal.
    var demands: [Demand]
    var parts: [StatementPart]
  }

  init(_ problem: Problem, loose: Bool, budget: Int) {
    self.problem = problem
    self.loose = loose
    self.budget = budget
    func demands(_ clauses: Problem.Clauses, holds: Bool) -> StatementDemands {
      StatementDemands(
        place: .init(layer: clauses.layer, policy: clauses.policy, statement: clauses.statement),
        demands: clauses.literals.map { problem.demand($0, holds: holds, loose: loose) }, parts: clauses.parts
      )
    }
    layers = problem.layers.enumerated().map { place, layer in
      LayerDemands(
        place: place, needsAllow: layer.needsAllow, allows: layer.allows.map { demands($0, holds: true) },
        denies: layer.denies.map { demands($0, holds: false) })
    }
    wider = problem.joins.map { ($0.literal, problem.demand($0.wider, holds: true, loose: loose)) }
  }

  /// Runs the search; `leaf` is shown what is left of every axis where all layers agree, and stops it by returning true.
  mutating func run(_ leaf: (State) -> Bool) -> Outcome {
    var state = problem.axes.map(\.start)
    for asked in problem.demands {
      if let axis = take(demand(asked), in: &state) { return .none(.unmet(axis: axis)) }
    }
    if let axis = state.indices.first(where: { !state[$0].isPossible }) {
      return .none(.unmet(axis: problem.axes[axis].name))
    }
    let needed = layers.indices.filter { layers[$0].needsAllow }.sorted {
      layers[$0].allows.count < layers[$1].allows.count
    }
    return allow(state, needed[...], leaf)
  }

  private func demand(_ asked: Problem.Asked) -> Demand {
    var demand = problem.demand(asked.literal, holds: asked.holds, loose: loose)
    if let absent = asked.absent { demand.absent = absent }
    guard let lacking = asked.callerAbsent, let mayLack = asked.absent else { return demand }
    let without = problem.demand(lacking, holds: mayLack, loose: loose).values
    demand.values = mayLack ? demand.values.union(without) : demand.values.intersection(without)
    return demand
  }

  /// Takes a demand; the name of the axis on which nothing is left, if one is.
  private func take(_ demand: Demand, in state: inout State) -> String? {
    state[demand.axis].take(demand)
    guard state[demand.axis].isPossible else { return problem.axes[demand.axis].name }
    // A join that holds brings with it what it asks of its own key.
    for (join, wide) in wider where problem.literals[join].axis == demand.axis {
      guard !state[demand.axis].allowed.contains(1) else { continue }
      state[wide.axis].take(wide)
      if !state[wide.axis].isPossible { return problem.axes[wide.axis].name }
    }
    return nil
  }

  private mutating func allow(_ state: State, _ rest: ArraySlice<Int>, _ leaf: (State) -> Bool) -> Outcome {
    guard let place = rest.first else {
      return deny(state, layers.flatMap(\.denies), leaf)
    }
    var branches: [(Certificate.Place, Certificate.Step)] = []
    for statement in layers[place].allows {
      guard spend() else { return .stopped }
      var narrowed = state
      var unmet: String?
      for demand in statement.demands where unmet == nil { unmet = take(demand, in: &narrowed) }
      if let unmet {
        branches.append((statement.place, .unmet(axis: unmet)))
        continue
      }
      switch allow(narrowed, rest.dropFirst(), leaf) {
      case .stopped: return .stopped
      case .none(let step): branches.append((statement.place, step))
      }
    }
    return .none(.allow(layer: layers[place].place, branches))
  }

  /// Falsifies the Denies that still apply, the one with the fewest ways first.
  private mutating func deny(_ state: State, _ pending: [StatementDemands], _ leaf: (State) -> Bool)
    -> Outcome
  {
    guard spend() else { return .stopped }
    var live: [StatementDemands] = []
    var chosen: (statement: StatementDemands, ways: [Int])?
    for statement in pending {
      if statement.demands.contains(where: { state[$0.axis].entails($0) }) { continue }
      let ways = statement.demands.indices.filter {
        state[statement.demands[$0].axis].admits(statement.demands[$0])
      }
      live.append(statement)
      if ways.count < chosen?.ways.count ?? .max { chosen = (statement, ways) }
    }
    guard let chosen else { return leaf(state) ? .stopped : .none(.misfit) }
    live.removeAll { $0.place == chosen.statement.place }
    return falsify(chosen.statement, chosen.ways, state, live, leaf)
  }

  private mutating func falsify(
    _ statement: StatementDemands, _ ways: [Int], _ state: State, _ rest: [StatementDemands],
    _ leaf: (State) -> Bool
  ) -> Outcome {
    var branches: [(StatementPart, Certificate.Step)] = []
    var state = state
    var exhaustedBy: String?
    for (number, demand) in statement.demands.enumerated() {
      let part = statement.parts[number]
      if let axis = exhaustedBy {
        branches.append((part, .unmet(axis: axis)))
        continue
      }
      guard ways.contains(number) else {
        branches.append((part, .unmet(axis: problem.axes[demand.axis].name)))
        continue
      }
      var narrowed = state
      if let unmet = take(demand, in: &narrowed) {
        branches.append((part, .unmet(axis: unmet)))
      } else {
        switch deny(narrowed, rest, leaf) {
        case .stopped: return .stopped
        case .none(let step): branches.append((part, step))
        }
      }
      // What met the demand has been looked at; the rest of the branches need not look again.
      state[demand.axis].takeOpposite(of: demand, size: problem.axes[demand.axis].values.count)
      if !state[demand.axis].isPossible { exhaustedBy = problem.axes[demand.axis].name }
    }
    return .none(.deny(statement.place, branches))
  }

  private mutating func spend() -> Bool {
    guard budget > 0 else {
      isExhausted = true
      return false
    }
    budget -= 1
    return true
  }
}
