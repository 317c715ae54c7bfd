import CordonPolicy

/// An inquiry taken apart into axes and literals.
struct Problem {
  /// A statement as a conjunction of literals.
  struct Clauses {
    var layer: Int
    var policy: Int
    var statement: Int
    var literals: [Int] = []
    /// Where each literal stands in the statement.
    var parts: [StatementPart] = []
  }

  /// A layer: something of `allows`, and nothing of `denies`.
  struct Layer {
    var needsAllow: Bool
    var allows: [Clauses] = []
    var denies: [Clauses] = []
  }

  /// A demand of the inquiry itself.
  struct Asked {
    var literal: Int
    var holds: Bool
    /// Whether a request that lacks the key will do; nil where the literal decides.
    var absent: Bool?
    /// A literal that says that the caller lacks the fact.
    var callerAbsent: Int?
  }

  var axes: [Axis] = []
  var literals: [Literal] = []
  var layers: [Layer] = []
  /// What the inquiry asks of the axes beside its layers.
  var demands: [Asked] = []
  /// Joins, each with a literal that holds wherever it does.
  var joins: [(literal: Int, wider: Int)] = []
  var hasJoins = false
  var actions = ActionTable()
  var resources = ResourceTable()
  var principals: [Caller] = []
  /// Values that were chosen for keys that others are compared with.
  var assignment = Assignment()
  /// Points that AWS leaves open or that are not modelled, beside those that the literals' masks show.
  var doubts: [String] = []
  /// Whether the budget ended before all cells were found: then a search that finds nothing proves nothing.
  var isTruncated = false

  /// Whether some literal is open: then the reading that favours the attacker differs from the evaluator's.
  var hasOpenLiterals: Bool {
    literals.contains { $0.isOpen(isList: axes[$0.axis].isList, size: axes[$0.axis].values.count) }
  }

  func demand(_ literal: Int, holds: Bool, loose: Bool) -> Demand {
    let form = literals[literal]
    let axis = axes[form.axis]
    return form.demand(holds: holds, loose: loose, isList: axis.isList, size: axis.values.count)
  }
}

/// One who may call, as far as the question can tell callers apart.
struct Caller: Sendable, Hashable {
  var principal: Principal
  /// `aws:PrincipalArn` where the principal does not show it: a session's role with its path.
  var stated: String?

  var context: RequestContext {
    stated.map { RequestContext([("aws:PrincipalArn", [$0])]) } ?? RequestContext()
  }
}

/// Values chosen for the keys that variables name, and for the caller where a variable names one of its facts.
struct Assignment: Sendable, Hashable {
  /// By key; nil for a key that the request lacks.
  var values: [ConditionKey: String?] = [:]
  var caller: Caller?
  /// Whether joins are left as they are, to be over-approximated.
  var isRelaxed = true

  /// The value of `key`, if it was chosen: nil where it was not, `.some(nil)` for a key that is lacking.
  func value(of key: ConditionKey) -> String?? {
    if let value = values[key] { return value }
    guard let caller, ImpliedKeys.ofPrincipal.contains(key) else { return nil }
    let request = AccessRequest(
      principal: caller.principal, action: "", resource: "", context: caller.context)
    return .some(request.values(of: key).first)
  }

  /// The chosen values as a request states them.
  var context: RequestContext {
    var context = caller?.context ?? RequestContext()
    for (key, value) in values.sorted(by: { $0.key.name < $1.key.name }) {
      context[key.name] = value.map { [$0] } ?? []
    }
    return context
  }
}
