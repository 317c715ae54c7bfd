import CordonModel
import CordonPolicy

// Conditions, in three values: where the files do not give an answer, both sides stay visible.
extension StackEvaluator {
  /// What a condition of the stack comes to, worked out once.
  mutating func answer(_ name: String, at site: Location, in stack: Int) -> Stack.Answer {
    if let known = stacks[stack].answers[name] { return known }
    guard let raw = stacks[stack].template.conditions[name] else {
      let near = Spelling.nearest(to: name, among: stacks[stack].template.conditions.keys.sorted())
      problems.add(.unknownReference(name, at: site, didYouMean: near))
      return .open
    }
    if let start = stacks[stack].open.firstIndex(of: name) {
      problems.add(.circular(Array(stacks[stack].open[start...]), at: site))
      return .open
    }
    guard stacks[stack].open.count < Self.deepest else {
      problems.add(.tooLarge("conditions need each other over more than \(Self.deepest) levels", at: site))
      return .open
    }
    stacks[stack].open.append(name)
    let result = truth(raw, in: stack)
    stacks[stack].open.removeLast()
    stacks[stack].answers[name] = result
    return result
  }

  private mutating func truth(_ raw: CloudValue, in stack: Int, depth: Int = 0) -> Stack.Answer {
    let site = place(raw, in: stack)
    guard depth < SourceReader.deepest, let members = raw.members, members.count == 1,
      let function = IntrinsicFunction(rawValue: members[0].name)
    else { return notACondition(raw, at: site) }
    let argument = members[0].value
    switch function {
    case .condition:
      guard let name = argument.plainText else { return notACondition(argument, at: site) }
      return answer(name, at: site, in: stack)
    case .and, .or: return combined(function, argument, at: site, in: stack, depth: depth)
    case .not:
      guard let items = argument.elements, items.count == 1 else {
        return bad(function, "a list of one condition", site)
      }
      return truth(items[0], in: stack, depth: depth + 1).opposite
    case .equals:
      guard let items = argument.elements, items.count == 2 else {
        return bad(function, "a list of two values", site)
      }
      return equal(value(items[0], in: stack), value(items[1], in: stack))
    default: return notACondition(raw, at: site)
    }
  }

  private mutating func combined(
    _ function: IntrinsicFunction, _ argument: CloudValue, at site: Location, in stack: Int, depth: Int
  ) -> Stack.Answer {
    guard let items = argument.elements, (1...10).contains(items.count) else {
      return bad(function, "a list of two to ten conditions", site)
    }
    let answers = items.map { truth($0, in: stack, depth: depth + 1) }
    let decisive: Stack.Answer = function == .and ? .no : .yes
    if answers.contains(decisive) { return decisive }
    return answers.contains(.open) ? .open : decisive.opposite
  }

  private mutating func notACondition(_ raw: CloudValue, at site: Location) -> Stack.Answer {
    if let member = raw.members?.first, raw.members?.count == 1, member.name.hasPrefix("Fn::"),
      IntrinsicFunction(rawValue: member.name) == nil, !member.name.hasPrefix("Fn::ForEach::")
    {
      let near = Spelling.nearest(to: member.name, among: IntrinsicFunction.allCases.map(\.rawValue))
      problems.add(.unknownFunction(member.name, at: site, didYouMean: near))
    } else {
      let wanted = "a condition: Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition"
      problems.add(.expected(wanted, found: raw.members?.first?.name ?? raw.kindName, at: site))
    }
    return .open
  }

  private mutating func bad(_ function: IntrinsicFunction, _ takes: String, _ site: Location) -> Stack.Answer
  {
    problems.add(.arguments(function: function.rawValue, takes: takes, at: site))
    return .open
  }

  /// Whether two values are the same in every deployment, in none, or in some.
  func equal(_ left: CloudValue, _ right: CloudValue) -> Stack.Answer {
    if let left = left.plainText, let right = right.plainText { return left == right ? .yes : .no }
    if left == right, left.isOneValue { return .yes }
    if case .oneOf(let choices, _) = left.content { return agreed(choices.map { equal($0, right) }) }
    if case .oneOf(let choices, _) = right.content { return agreed(choices.map { equal(left, $0) }) }
    if case .list(let left) = left.content, case .list(let right) = right.content {
      guard left.count == right.count else { return .no }
      let answers = zip(left, right).map { equal($0, $1) }
      return answers.contains(.no) ? .no : agreed(answers)
    }
    return .open
  }

  private func agreed(_ answers: [Stack.Answer]) -> Stack.Answer {
    guard let first = answers.first else { return .yes }
    return answers.allSatisfy { $0 == first } ? first : .open
  }

  /// `Fn::If`: the side that the condition chooses; both where nobody knows, the one for "true" first.
  mutating func choose(_ argument: CloudValue, at site: Location, in stack: Int) -> CloudValue {
    guard let items = argument.elements, items.count == 3, let name = items[0].conditionName else {
      return refuse(
        .if, "a list of three: a condition's name, the value if true, the value if false", at: site)
    }
    switch answer(name, at: site, in: stack) {
    case .yes: return value(items[1], in: stack)
    case .no: return value(items[2], in: stack)
    case .open:
      let choices = [value(items[1], in: stack), value(items[2], in: stack)]
      if choices[0] == choices[1] { return choices[0] }
      return CloudValue(.oneOf(choices, condition: stacks[stack].qualified(name)), at: site)
    }
  }
}

extension Stack.Answer {
  var opposite: Self {
    switch self {
    case .yes: .no
    case .no: .yes
    case .open: .open
    }
  }
}

extension CloudValue {
  /// A condition named by text, or by `Condition: Name`.
  var conditionName: String? { plainText ?? self["Condition"]?.plainText }

  /// Whether two values written alike are the same value when deployed.
  var isOneValue: Bool {
    switch content {
    case .reference: true
    case .unknown(let unknown): unknown.cause != .function
    case .joined(let parts): parts.allSatisfy { $0.plainText != nil || $0.isOneValue }
    case .list(let elements): elements.allSatisfy { $0.plainText != nil || $0.isOneValue }
    case .oneOf(let choices, _): choices.allSatisfy { $0.plainText != nil || $0.isOneValue }
    case .object(let members): members.allSatisfy { $0.value.plainText != nil || $0.value.isOneValue }
    case .null, .bool, .number, .string: true
    }
  }
}
