extension ConditionValue {
  /// Whether the request value `value` stands to this policy value as `comparison` asks; for a negated
  /// comparison, whether it equals or matches. Undecided where it cannot be compared, or where a variable
  /// would decide.
  public func match(_ value: String, under comparison: ConditionOperator.Comparison) -> Truth {
    guard case .pattern(let pattern) = meaning else { return matches(value.utf8Span.span, comparison) }
    let answer = pattern.match(value)
    return answer == .no && pattern.domain == .arn && !value.utf8Span.span.isARN ? .undecided : answer
  }

  /// Whether a request value stands to this policy value as `comparison` asks; for a pattern, without
  /// variables.
  ///
  /// A value that cannot be compared is an error, and an error is undecided.
  func matches(_ value: Span<UInt8>, _ comparison: ConditionOperator.Comparison) -> Truth {
    switch meaning {
    case .malformed, .pattern: return .undecided
    case .number(let number):
      guard let requested = ExactNumber(value) else { return .undecided }
      return Truth(comparison.holds(requested, number))
    case .date(let date):
      guard let requested = Instant(value) else { return .undecided }
      return requested.compared(to: date, comparison)
    case .bool(let bool):
      guard let requested = truthValue(value) else { return .undecided }
      return Truth(requested == bool)
    case .range(let range): return range.contains(value) ?? .undecided
    case .binary(let bytes): return matches(value, binary: bytes)
    }
  }

  /// The request's value is base64 as well, or, by another reading, the bytes themselves.
  private func matches(_ value: Span<UInt8>, binary: [UInt8]) -> Truth {
    if let decoded = base64Decoded(value), decoded == binary { return .yes }
    let bytes = binary.span
    return value.count == bytes.count && value.holds(bytes, 0, bytes.count) ? .undecided : .no
  }
}
