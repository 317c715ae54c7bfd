extension PolicyReader {
  /// Reads the `Condition` element into clauses, all of which must hold.
  mutating func conditions(_ element: JSONValue?) throws(PolicyError) -> [ConditionClause] {
    guard let element else { return [] }
    guard let operators = element.members else {
      throw .wrongKind("Condition", expected: "an object", found: element.kindName, at: element.position)
    }
    var clauses: [ConditionClause] = []
    for member in operators {
      guard let operation = ConditionOperator(member.name) else {
        throw .unknownOperator(
          member.name, at: member.namePosition, didYouMean: ConditionOperator.suggestion(for: member.name))
      }
      guard let keys = member.value.members else {
        throw .wrongKind(
          member.name, expected: "an object of keys", found: member.value.kindName, at: member.value.position)
      }
      for key in keys { clauses.append(try clause(operation, key)) }
    }
    return clauses
  }

  private mutating func clause(
    _ operation: ConditionOperator, _ member: JSONValue.Member
  ) throws(PolicyError) -> ConditionClause {
    try count(member.name, "Condition", at: member.namePosition)
    guard !member.name.isEmpty else {
      throw .invalidValue("Condition", value: "", expected: "a condition key", at: member.namePosition)
    }
    var values: [ConditionValue] = []
    for item in member.value.elements ?? [member.value] {
      let text = try scalar(item, member.name)
      try count(text, member.name, at: item.position)
      do {
        values.append(try ConditionValue(text: text, for: operation.comparison, variables: hasVariables))
      } catch {
        throw .invalidValue(
          member.name, value: text, expected: "a variable as ${key} or ${key, 'default'}", at: item.position)
      }
    }
    return ConditionClause(operation: operation, key: ConditionKey(member.name), values: values)
  }

  /// A string, or a number or boolean as its text.
  private func scalar(_ value: JSONValue, _ name: String) throws(PolicyError) -> String {
    switch value.content {
    case .string(let text), .number(let text): text
    case .bool(let bool): bool ? "true" : "false"
    case .null, .array, .object:
      throw .wrongKind(
        name, expected: "a string, number or boolean", found: value.kindName, at: value.position)
    }
  }
}
