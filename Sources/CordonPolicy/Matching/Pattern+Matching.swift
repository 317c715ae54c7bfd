extension Pattern {
  /// Whether the pattern matches the whole of `text`; undecided where a variable's value would decide.
  public func match(_ text: String) -> Truth {
    guard !hasVariables else { return .undecided }
    let question = Question(
      AccessRequest(principal: .anonymous, action: "", resource: ""), hasBoundary: false)
    return match(text.utf8Span.span, question, unresolved: .undecided)
  }

  /// Whether the pattern matches the whole of `text`.
  ///
  /// `unresolved` is the answer where a variable has no value in `question`: every reading of the
  /// documentation says that such a pattern matches nothing, but they differ on what its negation then does.
  func match(_ text: Span<UInt8>, _ question: borrowing Question, unresolved: Truth) -> Truth {
    let answer: Truth
    switch shape {
    case .any: return .yes
    case .exact where domain == .literalIgnoringCase: answer = sameIgnoringCase(text, bytes)
    case .exact:
      answer = Truth(
        text.count == bytes.count && text.holds(bytes.span, 0, bytes.count, lowered: domain == .action))
    case .prefix: answer = Truth(text.holds(bytes.span, 0, bytes.count, lowered: domain == .action))
    case .codes: answer = domain.match(codes.span, text)
    case .dynamic: answer = matchWithValues(text, question, unresolved: unresolved)
    }
    return isDoubtful && answer == .yes ? .undecided : answer
  }

  private func matchWithValues(
    _ text: Span<UInt8>, _ question: borrowing Question, unresolved: Truth
  ) -> Truth {
    var values: [String] = []
    var hasWildcards = false
    for case .variable(let variable) in parts {
      switch question.value(of: variable.key) {
      case .one(let value):
        values.append(value)
        hasWildcards =
          hasWildcards || value.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
      case .none:
        guard let value = variable.defaultValue else { return unresolved }
        values.append(value)
      case .several: return .undecided
      }
    }
    if domain == .literalIgnoringCase {
      return sameIgnoringCase(text, Array(whole(values).lowercased().utf8))
    }
    let domain = isDoubtful ? domain.loose : domain
    let closed = GlobCompiler.codes(of: parts, in: domain, values: values)
    let answer = domain.match(closed.span, text)
    guard hasWildcards, domain.hasWildcards else { return answer }
    let open = GlobCompiler.codes(of: parts, in: domain, values: values, openValues: true)
    return answer.agreeing(with: domain.match(open.span, text))
  }

  private func whole(_ values: [String]) -> String {
    var values = values[...]
    var whole = ""
    for part in parts {
      switch part {
      case .literal(let literal): whole += literal
      case .variable: whole += values.popFirst() ?? ""
      case .anyRun, .anyCharacter: break
      }
    }
    return whole
  }

  /// Compares with text that is in lower case already: ASCII by bytes, the rest by Unicode's mapping.
  private func sameIgnoringCase(_ text: Span<UInt8>, _ lowered: [UInt8]) -> Truth {
    if text.count == lowered.count, text.holds(lowered.span, 0, lowered.count, lowered: true) { return .yes }
    for index in 0..<text.count where text[index] >= 0x80 {
      return Truth(text.string.lowercased().utf8.elementsEqual(lowered))
    }
    return .no
  }
}

extension Pattern.Domain {
  /// Whether codes of this domain match the whole of `text`.
  func match(_ codes: Span<UInt16>, _ text: Span<UInt8>) -> Truth {
    switch self {
    case .action: return codes.matches(text, lowered: true)
    case .arn: return codes.matches(text, segments: true)
    case .text, .literal, .literalIgnoringCase: return codes.matches(text)
    case .resource:
      // An interior wildcard over a colon is undocumented: matched by one reading only, it is undecided.
      let loose = codes.matches(text)
      return loose == .no ? .no : loose.agreeing(with: codes.matches(text, segments: true))
    }
  }
}
