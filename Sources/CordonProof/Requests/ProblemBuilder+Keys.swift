import CordonPolicy

extension ProblemBuilder {
  /// Cuts the axis of a key, and fills in what its literals say of each cell.
  mutating func cut(_ axis: Int) {
    guard case .key(let key) = problem.axes[axis].subject else { return }
    let clauses = literalsByAxis[axis].compactMap { number -> ConditionClause? in
      if case .clause(let clause) = forms[number] { clause } else { nil }
    }
    var cells = KeyCells(key, clauses: clauses, assignment: problem.assignment)
    // Cells that were not found may hide a request, but not make one up: what is found is still a witness.
    if !cells.cut(budget: &budget, most: limits.cells) { problem.isTruncated = true }
    if let doubt = cells.doubt { problem.doubts.append(doubt) }
    problem.axes[axis].isList = cells.kind.isList
    let base = problem.assignment.context
    let caller = problem.assignment.caller?.principal ?? .anonymous
    func request(_ values: [String]) -> AccessRequest {
      var context = base
      context[key.name] = values
      return AccessRequest(principal: caller, action: "", resource: "", context: context)
    }
    // An empty text beside others is a text; alone it may be no value. Twice is beside another.
    let isList = cells.kind.isList
    fill(axis, cells.candidates.map { ($0, request(isList && $0.isEmpty ? ["", ""] : [$0])) })
    let absent = truths(axis, request([]))
    let empty = isList ? truths(axis, request([""])) : []
    for (place, number) in literalsByAxis[axis].enumerated() {
      problem.literals[number].absent = absent[place]
      if isList { problem.literals[number].empty = empty[place] }
    }
    start(axis, key, isList: isList)
  }

  private mutating func start(_ axis: Int, _ key: ConditionKey, isList: Bool) {
    let size = problem.axes[axis].values.count
    var state = AxisState(absent: true, empty: isList, allowed: Mask(all: size))
    if let chosen = problem.assignment.values[key] {
      state = AxisState(absent: chosen == nil, empty: false, allowed: Mask(all: size))
    } else if key == Self.resourceAccountKey, let account = inquiry.resourceAccount {
      state = AxisState(absent: false, empty: false, allowed: Mask())
      if let value = value(of: account, on: axis) { state.allowed.insert(value) }
    }
    if inquiry.absent.contains(key) {
      state.allowed = Mask()
      state.empty = false
    }
    problem.axes[axis].start = state
  }

  static let resourceAccountKey = ConditionKey("aws:ResourceAccount")

  /// The cell that `text` belongs to.
  private func value(of text: String, on axis: Int) -> Int? {
    guard case .key(let key) = problem.axes[axis].subject else { return nil }
    var context = problem.assignment.context
    context[key.name] = [text]
    let request = AccessRequest(principal: .anonymous, action: "", resource: "", context: context)
    let signature = truths(axis, request)
    return problem.axes[axis].values.indices.first { value in
      literalsByAxis[axis].enumerated().allSatisfy { place, number in
        problem.literals[number].truth(of: value) == signature[place]
      }
    }
  }

  /// Keeps one of the candidates for each way in which the literals of the axis answer, and notes the answers.
  private mutating func fill(_ axis: Int, _ candidates: [(text: String, request: AccessRequest)]) {
    var known = Set<[Truth]>()
    for (candidate, request) in candidates {
      let signature = truths(axis, request)
      guard known.insert(signature).inserted else { continue }
      add(candidate, signature, to: axis)
    }
  }

  mutating func add(_ value: String, _ signature: [Truth], to axis: Int) {
    let place = problem.axes[axis].values.count
    problem.axes[axis].values.append(value)
    for (number, truth) in zip(literalsByAxis[axis], signature) {
      switch truth {
      case .yes: problem.literals[number].yes.insert(place)
      case .no: problem.literals[number].no.insert(place)
      case .undecided: continue
      }
    }
  }

  /// What the evaluator says of every literal of the axis.
  func truths(_ axis: Int, _ request: AccessRequest) -> [Truth] {
    literalsByAxis[axis].map { number in
      if case .noResource = forms[number] { return .undecided }
      let source = sources[number]
      return source.document.truth(
        of: source.part, statement: source.statement, for: request, in: source.layer, hasBoundary: hasBoundary
      )
    }
  }

  /// Callers without an account have none of the keys that accounts give.
  mutating func forbidAbsentees(_ group: CallerGroup) {
    guard !group.isOfAccounts else { return }
    for axis in problem.axes.indices {
      guard case .key(let key) = problem.axes[axis].subject else { continue }
      let isTag = key.name.lowercased().hasPrefix("aws:principaltag/")
      guard isTag || ImpliedKeys.ofAWSPrincipals.contains(key) else { continue }
      problem.axes[axis].start.allowed = Mask()
      problem.axes[axis].start.empty = false
    }
  }
}

extension Literal {
  func truth(of value: Int) -> Truth {
    if yes.contains(value) { return .yes }
    return no.contains(value) ? .no : .undecided
  }
}
