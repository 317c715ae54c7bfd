import CordonPolicy

/// Values to try for the keys that variables name.
///
/// A demand that fixes a key leaves nothing else to try; of a key that others are asked to equal, or that stands in their
/// patterns, there are values that stand for all (`JoinedCells`, `JoinedPatterns`). Otherwise the values are those that the question itself holds: they find witnesses, and
/// prove nothing where they find none.
struct JoinedValues {
  private(set) var assignments: [Assignment] = []
  private(set) var isComplete = true
  /// Variables in whose values a `*` may be a wildcard to some reading: such values are not among the assignments.
  private(set) var starred: [ConditionKey] = []
  private(set) var names = ""

  init(
    _ problem: Problem, _ builder: ProblemBuilder, _ inquiry: Inquiry, _ group: CallerGroup, most: Int,
    budget: inout Int
  ) {
    let patterns = builder.sources.enumerated().flatMap { number, source -> [(Int, Pattern)] in
      guard case .join = problem.axes[problem.literals[number].axis].subject else { return [] }
      return source.patterns.filter(\.hasVariables).map { (number, $0) }
    }
    var keys: [ConditionKey] = []
    for (_, pattern) in patterns {
      for variable in pattern.variables where !keys.contains(variable.key) { keys.append(variable.key) }
    }
    names = keys.map { "${\($0.name)}" }.joined(separator: ", ")
    assignments = [Assignment(isRelaxed: false)]
    if keys.contains(where: { ImpliedKeys.ofPrincipal.contains($0) }) { chooseCallers(problem, group) }
    for key in keys where !ImpliedKeys.ofPrincipal.contains(key) {
      var (values, isAll) = Self.values(of: key, patterns, problem, builder, inquiry)
      if !isAll, let cells = JoinedCells(key, builder, problem, most: most, budget: &budget) {
        values += cells.texts.map(Optional.some)
        isAll = cells.isWhole
      } else if !isAll, let cells = JoinedPatterns(key, builder, problem, most: most, budget: &budget) {
        values += cells.texts.map(Optional.some)
        isAll = cells.isWhole
        if cells.mayHoldStars { starred.append(key) }
      }
      isComplete = isComplete && isAll
      var grown: [Assignment] = []
      for assignment in assignments {
        for value in values {
          guard grown.count < most else {
            isComplete = false
            break
          }
          var next = assignment
          next.values[key] = .some(value)
          grown.append(next)
        }
      }
      assignments = grown
    }
  }

  private mutating func chooseCallers(_ problem: Problem, _ group: CallerGroup) {
    var callers = problem.principals
    if let listed = group.listed {
      callers += listed.map { Caller(principal: $0) }
    } else {
      isComplete = false
    }
    assignments = callers.map { Assignment(caller: $0, isRelaxed: false) }
  }

  private static func values(
    of key: ConditionKey, _ patterns: [(Int, Pattern)], _ problem: Problem, _ builder: ProblemBuilder,
    _ inquiry: Inquiry
  ) -> ([String?], Bool) {
    if inquiry.absent.contains(key) { return ([nil], true) }
    let fixed = inquiry.constraints.first {
      $0.key == key && $0.positive && $0.mustBePresent && $0.operation.comparison == .stringEquals
        && $0.operation.quantifier == .single && !$0.operation.ifExists
        && $0.values.allSatisfy { !$0.contains("${") }
    }
    if let fixed { return (fixed.values, true) }
    var values: [String?] = []
    func add(_ value: String?) { if !values.contains(value) { values.append(value) } }
    for (number, pattern) in patterns where pattern.variables.contains(where: { $0.key == key }) {
      for text in texts(builder, number, problem) { middle(of: text, pattern).map(add) }
    }
    if let axis = builder.axisByKey[key], problem.axes[axis].subject.isKey {
      problem.axes[axis].values.forEach(add)
    }
    let examples = GlobalKeys.kind(of: key).map { GlobalKeys.example(of: key, $0) } ?? []
    (examples.isEmpty ? ["x1", "x2"] : examples).forEach(add)
    add(nil)
    return (values, false)
  }

  /// Texts that may stand on the axis that a joined pattern is compared with.
  private static func texts(_ builder: ProblemBuilder, _ literal: Int, _ problem: Problem) -> [String] {
    let source = builder.sources[literal]
    guard case .condition(let number) = source.part else { return problem.axes[1].values }
    let key = source.document.statements[source.statement].conditions[number].key
    guard let axis = builder.axisByKey[key] else { return [] }
    if ImpliedKeys.ofPrincipal.contains(key) {
      return problem.principals.flatMap {
        AccessRequest(principal: $0.principal, action: "", resource: "", context: $0.context).values(of: key)
      }
    }
    return problem.axes[axis].values
  }

  /// What stands in a variable's place in `text`, for a pattern with one variable between two literals.
  private static func middle(of text: String, _ pattern: Pattern) -> String? {
    var before = ""
    var after = ""
    var found = false
    for part in pattern.parts {
      switch part {
      case .literal(let literal): if found { after += literal } else { before += literal }
      case .variable:
        if found { return nil }
        found = true
      case .anyRun where found:
        // Whatever follows the star may follow: the first place will do.
        guard text.hasPrefix(before),
          let end = text.dropFirst(before.count).firstRange(of: after)?.lowerBound, !after.isEmpty
        else { return nil }
        return String(text.dropFirst(before.count)[..<end])
      case .anyRun, .anyCharacter: return nil
      }
    }
    guard text.hasPrefix(before), text.dropFirst(before.count).hasSuffix(after) else { return nil }
    return String(text.dropFirst(before.count).dropLast(after.count))
  }
}
