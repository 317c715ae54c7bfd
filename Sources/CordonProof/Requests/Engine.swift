import CordonPolicy

/// Finds a request that a set of policy layers lets through, or shows that there is none.
///
/// Each key's values are cut into finitely many cells that no literal of the question can tell apart, and the evaluator
/// itself says what each literal makes of each cell: the engine and the evaluator cannot disagree about a literal. What
/// remains is a search over cells. docs/proof.md says what is exact and what gives `unknown`.
public struct Engine: Sendable {
  /// How much a question may cost.
  public var budget: Budget

  /// An engine whose questions cost at most `budget`.
  public init(budget: Budget = .standard) { self.budget = budget }

  /// Answers one question; the same answer every time.
  public func answer(_ inquiry: Inquiry) -> Answer {
    let demands: DemandDocuments
    do { demands = try DemandDocuments(inquiry) } catch {
      return .unknown([error.doubt(budget)])
    }
    var run = EngineRun(inquiry: inquiry, demands: demands, limits: budget)
    let grants: [(Int?, [Inquiry.Layer])] =
      inquiry.grants.isEmpty ? [(nil, [])] : inquiry.grants.enumerated().map { ($0.offset, $0.element) }
    for (number, grant) in grants {
      for group in CallerGroup.groups(of: inquiry.callers) {
        if let witness = run.solve(grant: number, grant, group) { return .some(witness) }
      }
    }
    return run.doubts.isEmpty ? .none(Certificate(cases: run.cases)) : .unknown(run.doubts)
  }
}

extension ProblemFault {
  fileprivate func doubt(_ limits: Budget) -> Doubt {
    switch self {
    case .budget: .budget(states: limits.states)
    case .undecided(let text): .undecided(text)
    }
  }
}

/// One question being answered.
struct EngineRun {
  let inquiry: Inquiry
  let demands: DemandDocuments
  let limits: Budget
  private(set) var doubts: [Doubt] = []
  private(set) var cases: [Certificate.Case] = []
  private var remaining: Int

  init(inquiry: Inquiry, demands: DemandDocuments, limits: Budget) {
    self.inquiry = inquiry
    self.demands = demands
    self.limits = limits
    remaining = limits.states
  }

  /// A witness among the callers of a group who are granted in one way, if there is one.
  mutating func solve(grant number: Int?, _ grant: [Inquiry.Layer], _ group: CallerGroup) -> RequestWitness? {
    guard let (builder, problem) = build(grant, group, Assignment()) else { return nil }
    guard problem.hasJoins else {
      return settle(problem, builder, grant, number, group)
    }
    if let step = disproof(problem, builder) {
      cases.append(.init(grant: number, isOfAccounts: group.isOfAccounts, chosen: [:], step: step))
      return nil
    }
    let joined = JoinedValues(problem, builder, inquiry, group, most: limits.joins, budget: &remaining)
    for assignment in joined.assignments {
      guard let (builder, problem) = build(grant, group, assignment) else { continue }
      if let witness = settle(problem, builder, grant, number, group) { return witness }
    }
    if joined.isComplete { ruleOutStars(in: joined.starred, grant, group) }
    if !joined.isComplete {
      note(.undecided("whether a request exists depends on the values that \(joined.names) stand for"))
    }
    return nil
  }

  /// A `*` or `?` in a variable's value is a wildcard to some readings and text to others. Whatever it is, what passes with it
  /// passes where the variable stands for anything: if nothing does, no such value does.
  private mutating func ruleOutStars(
    in keys: [ConditionKey], _ grant: [Inquiry.Layer], _ group: CallerGroup
  ) {
    for key in keys {
      for mark in ["*${*}*", "*${?}*"] {
        var starred = inquiry
        guard let like = ConditionOperator("StringLike") else { preconditionFailure("an operator of IAM's") }
        starred.constraints.append(.init(key: key, operation: like, values: [mark]))
        guard let demands = try? DemandDocuments(starred),
          let (builder, problem) = build(grant, group, Assignment(), of: (starred, demands)),
          disproof(problem, builder) != nil
        else {
          return note(.undecided("a request may pass if the value of ${\(key.name)} holds a * or ?"))
        }
      }
    }
  }

  private mutating func build(
    _ grant: [Inquiry.Layer], _ group: CallerGroup, _ assignment: Assignment,
    of other: (inquiry: Inquiry, demands: DemandDocuments)? = nil
  ) -> (ProblemBuilder, Problem)? {
    let (inquiry, demands) = other ?? (self.inquiry, self.demands)
    var builder = ProblemBuilder(inquiry, budget: remaining, limits: limits, assignment: assignment)
    do {
      let problem = try builder.build(grant: grant, group: group, demands: demands)
      // What cutting used up, the search for a witness gets back in part.
      remaining = problem.isTruncated ? limits.states / 8 : builder.budget
      return (builder, problem)
    } catch {
      note(error.doubt(limits))
      return nil
    }
  }

  /// Searches a problem without joins to the end.
  private mutating func settle(
    _ problem: Problem, _ builder: ProblemBuilder, _ grant: [Inquiry.Layer], _ number: Int?,
    _ group: CallerGroup
  ) -> RequestWitness? {
    let hasBoundary = builder.hasBoundary
    let replay = Replay(inquiry: inquiry, grant: grant, demands: demands, hasBoundary: hasBoundary)
    var concretion = Concretion(problem, inquiry, limits: limits, budget: remaining)
    var witness: RequestWitness?
    var fault: String?
    var unlisted: AccessRequest?
    var search = Search(problem, loose: false, budget: remaining)
    let outcome = search.run { state in
      guard let (request, isListed) = concretion.request(state, builder) else {
        return concretion.isExhausted
      }
      switch replay.check(request) {
      case .success where !isListed:
        unlisted = unlisted ?? request
        return false
      case .success(let reasons):
        witness = RequestWitness(request: request, allowedBy: reasons)
        return true
      case .failure(let refusal):
        fault = refusal.text
        return false
      }
    }
    if let witness { return witness }
    remaining = min(search.budget, concretion.budget)
    if let fault {
      note(.replayFailed(fault))
      return nil
    }
    if let unlisted {
      note(
        .undecided(
          "\(unlisted.action) passes only with a key of its service that AWS lists for other actions"))
      return nil
    }
    guard case .none(let step) = outcome, !concretion.isExhausted, !problem.isTruncated else {
      note(.budget(states: limits.states))
      return nil
    }
    guard problem.doubts.isEmpty else {
      problem.doubts.forEach { note(.undecided($0)) }
      return nil
    }
    if !problem.hasOpenLiterals {
      cases.append(self.case(number, group, problem, step))
    } else if let step = disproof(problem, builder) {
      cases.append(self.case(number, group, problem, step))
    } else if doubts.isEmpty {
      note(.undecided("a request passes if points that AWS leaves open are read in its favour"))
    }
    return nil
  }

  /// Why nothing passes even where everything undecided is read in the attacker's favour; nil where something does.
  private mutating func disproof(_ problem: Problem, _ builder: ProblemBuilder) -> Certificate.Step? {
    guard problem.doubts.isEmpty, !problem.isTruncated else { return nil }
    var concretion = Concretion(problem, inquiry, limits: limits, budget: remaining)
    var search = Search(problem, loose: true, budget: remaining)
    let outcome = search.run { state in concretion.request(state, builder) != nil || concretion.isExhausted }
    remaining = min(search.budget, concretion.budget)
    if search.isExhausted || concretion.isExhausted { note(.budget(states: limits.states)) }
    guard case .none(let step) = outcome else { return nil }
    return step
  }

  private func `case`(
    _ number: Int?, _ group: CallerGroup, _ problem: Problem, _ step: Certificate.Step
  ) -> Certificate.Case {
    var chosen: [String: String?] = [:]
    for (key, value) in problem.assignment.values { chosen[key.name] = .some(value) }
    if let caller = problem.assignment.caller { chosen["principal"] = caller.principal.description }
    return .init(grant: number, isOfAccounts: group.isOfAccounts, chosen: chosen, step: step)
  }

  private mutating func note(_ doubt: Doubt) {
    if !doubts.contains(doubt) { doubts.append(doubt) }
  }
}
