import CordonPolicy

/// Why a problem could not be built.
enum ProblemFault: Error {
  case budget
  case undecided(String)
}

/// Takes an inquiry apart: statements into literals, and each axis into the cells that its literals can tell apart.
struct ProblemBuilder {
  /// A literal as it stands in a policy; equal ones are judged once.
  enum Form: Hashable {
    case action(Statement.Selection)
    case resource(Statement.Selection)
    /// A resource policy's statement names the resource it is attached to; elsewhere a statement needs one.
    case noResource(decided: Bool)
    case principal(PrincipalClause?, Statement.Effect, PolicyLayer)
    case clause(ConditionClause)
  }

  /// Where the evaluator finds a literal.
  struct Source {
    var document: PolicyDocument
    var statement: Int
    var part: StatementPart
    var layer: PolicyLayer
  }

  let inquiry: Inquiry
  let hasBoundary: Bool
  let limits: Budget
  var budget: Int
  var problem = Problem()
  var sources: [Source] = []
  var forms: [Form] = []
  private var literalByForm: [Form: Int] = [:]
  var axisByKey: [ConditionKey: Int] = [:]
  var literalsByAxis: [[Int]] = [[], [], []]

  /// - Parameters:
  ///   - callers: The callers this problem is about; nil where the inquiry's are to be cut into cells.
  init(_ inquiry: Inquiry, budget: Int, limits: Budget, assignment: Assignment) {
    self.inquiry = inquiry
    self.limits = limits
    self.budget = budget
    hasBoundary = (inquiry.layers + inquiry.grants.flatMap { $0 }).contains { $0.layer == .boundary }
    problem.assignment = assignment
    for subject in [Axis.Subject.action, .resource, .principal] { _ = addAxis(subject) }
  }

  /// The problem of the inquiry's layers and of one of its grants.
  mutating func build(
    grant: [Inquiry.Layer], group: CallerGroup, demands: DemandDocuments
  ) throws(ProblemFault) -> Problem {
    for layer in inquiry.layers + grant { try add(layer) }
    for demand in demands.parts { try add(demand) }
    for demand in demands.constraints { try add(demand) }
    try cutActions()
    cutResources()
    try cutCallers(group)
    for axis in 3..<max(3, problem.axes.count) { cut(axis) }
    forbidAbsentees(group)
    return problem
  }

  // MARK: statements

  private mutating func add(_ layer: Inquiry.Layer) throws(ProblemFault) {
    var form = Problem.Layer(needsAllow: layer.needsAllow)
    for (number, document) in layer.policies.enumerated() {
      for (place, statement) in document.statements.enumerated() {
        var clauses = Problem.Clauses(layer: problem.layers.count, policy: number, statement: place)
        for (part, literal) in try literals(of: statement, place, document, layer) {
          clauses.parts.append(part)
          clauses.literals.append(literal)
        }
        switch statement.effect {
        case .allow where layer.needsAllow: form.allows.append(clauses)
        case .allow: continue
        case .deny: form.denies.append(clauses)
        }
      }
    }
    problem.layers.append(form)
  }

  private mutating func literals(
    of statement: Statement, _ place: Int, _ document: PolicyDocument, _ layer: Inquiry.Layer
  ) throws(ProblemFault) -> [(StatementPart, Int)] {
    func source(_ part: StatementPart) -> Source {
      Source(document: document, statement: place, part: part, layer: layer.layer)
    }
    var found: [(StatementPart, Int)] = []
    if statement.action.isNegated || !statement.action.patterns.contains(where: \.isAnything) {
      found.append((.action, literal(.action(statement.action), source(.action), axis: 0)))
    }
    if let resource = statement.resource {
      if resource.isNegated || !resource.patterns.contains(where: \.isAnything) {
        found.append((.resource, try resourceLiteral(resource, source(.resource))))
      }
    } else if layer.layer != .resource {
      found.append((.resource, literal(.noResource(decided: false), source(.resource), axis: 1)))
    }
    if layer.namesPrincipals, statement.principal?.isPlainlyEveryone != true {
      let form = Form.principal(statement.principal, statement.effect, layer.layer)
      found.append((.principal, literal(form, source(.principal), axis: 2)))
    }
    for (number, clause) in statement.conditions.enumerated() {
      found.append((.condition(number), try clauseLiteral(clause, source(.condition(number)))))
    }
    return found
  }

  private mutating func resourceLiteral(
    _ selection: Statement.Selection, _ source: Source
  ) throws(ProblemFault) -> Int {
    guard !problem.assignment.covers(selection.patterns) else {
      return literal(.resource(selection), source, axis: 1)
    }
    return try join(.resource(selection), source) { builder throws(ProblemFault) in
      guard !selection.isNegated, let wide = WidePolicy.resource(selection.patterns.map(\.text)) else {
        return nil
      }
      return builder.literal(
        .resource(wide.statements[0].resource ?? selection),
        Source(document: wide, statement: 0, part: .resource, layer: .identity), axis: 1)
    }
  }

  mutating func clauseLiteral(_ clause: ConditionClause, _ source: Source) throws(ProblemFault) -> Int {
    let axis = axis(of: clause.key)
    guard !problem.assignment.covers(clause.patterns) else {
      return literal(.clause(clause), source, axis: axis)
    }
    return try join(.clause(clause), source) { builder throws(ProblemFault) in
      guard let wide = WidePolicy.clause(clause), let widened = wide.statements[0].conditions.first else {
        return nil
      }
      return builder.literal(
        .clause(widened), Source(document: wide, statement: 0, part: .condition(0), layer: .identity),
        axis: axis)
    }
  }

  /// A literal that compares two keys: an axis of its own, on which it holds or not. Where it holds, what it would ask of
  /// its own key with any value in the other's place holds as well.
  private mutating func join(
    _ form: Form, _ source: Source, wide: (inout ProblemBuilder) throws(ProblemFault) -> Int?
  ) throws(ProblemFault) -> Int {
    if let known = literalByForm[form] { return known }
    let axis = addAxis(.join(problem.axes.count))
    problem.axes[axis].values = ["holds", "does not hold"]
    problem.axes[axis].start = AxisState(absent: false, empty: false, allowed: Mask(all: 2))
    let number = literal(form, source, axis: axis)
    problem.literals[number].yes.insert(0)
    problem.literals[number].no.insert(1)
    if source.hasPlainVariables, let wider = try wide(&self) { problem.joins.append((number, wider)) }
    problem.hasJoins = true
    return number
  }

  mutating func literal(_ form: Form, _ source: Source, axis: Int) -> Int {
    if let known = literalByForm[form] { return known }
    let number = problem.literals.count
    var literal = Literal(axis: axis)
    if case .clause(let clause) = form, problem.axes[axis].subject.isKey {
      literal.quantifier = clause.operation.quantifier
    }
    problem.literals.append(literal)
    sources.append(source)
    forms.append(form)
    literalByForm[form] = number
    literalsByAxis[axis].append(number)
    return number
  }

  // MARK: axes

  mutating func addAxis(_ subject: Axis.Subject) -> Int {
    problem.axes.append(
      Axis(subject: subject, values: [], start: AxisState(absent: false, empty: false, allowed: Mask())))
    if problem.axes.count > literalsByAxis.count { literalsByAxis.append([]) }
    return problem.axes.count - 1
  }

  private mutating func axis(of key: ConditionKey) -> Int {
    if let known = axisByKey[key] { return known }
    let axis: Int
    if ImpliedKeys.ofPrincipal.contains(key) || key == DemandDocuments.principalKey {
      axis = 2
    } else if key == DemandDocuments.resourceKey {
      axis = 1
    } else {
      axis = addAxis(.key(key))
    }
    axisByKey[key] = axis
    return axis
  }

  // MARK: demands

  private mutating func add(_ demand: DemandDocuments.Part) throws(ProblemFault) {
    let statement = demand.document.statements[0]
    let source = Source(document: demand.document, statement: 0, part: demand.part, layer: .identity)
    let literal: Int
    switch demand.part {
    case .action: literal = self.literal(.action(statement.action), source, axis: 0)
    default:
      guard let resource = statement.resource else { return }
      literal = try resourceLiteral(resource, source)
    }
    problem.demands.append(.init(literal: literal, holds: demand.holds, absent: nil))
  }

  private mutating func add(_ demand: DemandDocuments.Constraint) throws(ProblemFault) {
    guard let clause = demand.document.statements[0].conditions.first else { return }
    let source = Source(document: demand.document, statement: 0, part: .condition(0), layer: .identity)
    let literal = try clauseLiteral(clause, source)
    let isNull = clause.operation.comparison == .null
    problem.demands.append(
      .init(literal: literal, holds: demand.positive, absent: isNull ? nil : !demand.mustBePresent))
    // On the caller's axis there is nothing to be absent: whether its facts are there is a fact of the caller.
    guard !isNull, !problem.axes[problem.literals[literal].axis].subject.isKey else { return }
    guard let presence = demand.presence, problem.literals[literal].axis == 2 else { return }
    let nullSource = Source(document: presence, statement: 0, part: .condition(0), layer: .identity)
    guard let null = presence.statements[0].conditions.first else { return }
    let absent = try clauseLiteral(null, nullSource)
    problem.demands[problem.demands.count - 1].callerAbsent = absent
  }
}

extension ProblemBuilder.Source {
  /// The patterns of the literal.
  var patterns: [Pattern] {
    let statement = document.statements[statement]
    switch part {
    case .resource: return statement.resource?.patterns ?? []
    case .condition(let number): return statement.conditions[number].patterns
    case .action, .principal: return []
    }
  }

  /// Whether each variable has one value or none: a list in a variable's place may match anything.
  fileprivate var hasPlainVariables: Bool {
    patterns.allSatisfy {
      $0.variables.allSatisfy {
        !ImpliedKeys.ofPrincipal.contains($0.key) && GlobalKeys.kind(of: $0.key)?.isList != true
      }
    }
  }
}

extension Axis.Subject {
  var isKey: Bool { if case .key = self { true } else { false } }
}

extension Pattern {
  /// `*`, which needs no axis to be cut.
  var isAnything: Bool { parts == [.anyRun] }
}

extension PrincipalClause {
  var isPlainlyEveryone: Bool { !isNegated && entries == [.everyone] }
}

extension ConditionClause {
  /// The values that are patterns.
  var patterns: [Pattern] {
    values.compactMap { if case .pattern(let pattern) = $0.meaning { pattern } else { nil } }
  }
}
