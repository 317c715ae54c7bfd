extension CompiledPolicy {
  /// Whether a condition holds for `question`.
  func holds(_ clause: Clause, _ question: borrowing Question) -> Truth {
    if let fact = question.request.context.index(
      hash: clause.hash, name: bytes.span, Int(clause.name.from), Int(clause.name.to))
    {
      let count = question.request.context.valueCount(fact)
      return count == 0 ? whenAbsent(clause) : holds(clause, fact, count, question)
    }
    guard let implied = clause.implied else { return whenAbsent(clause) }
    return switch question.implied(implied) {
    case .absent: whenAbsent(clause)
    case .value(let value): holdsForValue(clause, value, question)
    case .contested(let value): whenAbsent(clause).agreeing(with: holdsForValue(clause, value, question))
    }
  }

  private func holdsForValue(_ clause: Clause, _ value: String, _ question: borrowing Question) -> Truth {
    clause.comparison == .null ? isNull(clause, false) : holds(clause, value.utf8Span.span, question)
  }

  /// IAM User Guide, elements_condition_operators and multi-value-conditions: what a missing key decides.
  private func whenAbsent(_ clause: Clause) -> Truth {
    if clause.comparison == .null { return isNull(clause, true) }
    if clause.ifExists { return .yes }
    return switch clause.quantifier {
    case .forAllValues: .yes
    case .forAnyValue: .no
    case .single: Truth(clause.isNegated)
    }
  }

  /// For the values that the context states: at least one.
  private func holds(
    _ clause: Clause, _ fact: Int, _ count: Int, _ question: borrowing Question
  ) -> Truth {
    let bytes = question.request.context.bytes.span
    let isEmpty = count == 1 && question.request.context.range(of: fact, 0).isEmpty
    if clause.comparison == .null {
      // An empty string is "null (an empty data string)" to one page and a value to another.
      return isEmpty ? isNull(clause, true).agreeing(with: isNull(clause, false)) : isNull(clause, false)
    }
    if isEmpty, clause.quantifier != .single {
      // "... or if the key values resolve to a null data set, such as an empty string."
      return Truth(clause.quantifier == .forAllValues)
    }
    var all = Truth.yes
    var any = Truth.no
    for index in 0..<count {
      let answer = holds(clause, bytes.extracting(question.request.context.range(of: fact, index)), question)
      all = all.and(answer)
      any = any.or(answer)
    }
    return switch clause.quantifier {
    case .forAllValues: all
    case .forAnyValue: any
    // Several values without a set operator are ill-defined: decided only where every reading agrees.
    case .single: all.agreeing(with: any)
    }
  }

  /// Whether one request value satisfies the clause: some policy value matches, or none does where negated.
  private func holds(_ clause: Clause, _ value: Span<UInt8>, _ question: borrowing Question) -> Truth {
    let atoms = atoms.span
    // AWS does not say what a list of no values means once it is negated.
    var answer = clause.atoms.from == clause.atoms.to && clause.isNegated ? Truth.undecided : .no
    for index in Int(clause.atoms.from)..<Int(clause.atoms.to) {
      let atom = atoms[index]
      var match = matches(
        atom, value, clause.comparison, question, unresolved: clause.isNegated ? .undecided : .no)
      // What is no ARN cannot be compared with one: an error, not a mismatch.
      if match == .no, atom.domain == .arn, !value.isARN || (clause.isNegated && atom.isDoubtful) {
        match = .undecided
      }
      answer = answer.or(match)
      if answer == .yes { break }
    }
    return clause.isNegated ? answer.negated : answer
  }

  private func isNull(_ clause: Clause, _ absent: Bool) -> Truth {
    let atoms = atoms.span
    var answer = Truth.no
    for index in Int(clause.atoms.from)..<Int(clause.atoms.to) {
      switch atoms[index].form {
      case .isTrue: answer = answer.or(Truth(absent))
      case .isFalse: answer = answer.or(Truth(!absent))
      default: answer = answer.or(.undecided)
      }
    }
    return answer
  }
}
