/// One key under one operator of a `Condition` element, with the values it is compared to.
public struct ConditionClause: Sendable, Hashable {
  /// How the key is compared.
  public let operation: ConditionOperator
  /// The fact of the request.
  public let key: ConditionKey
  /// The values, any of which may match.
  public let values: [ConditionValue]
}

/// A value of a policy's condition, read once into what its operator compares.
public struct ConditionValue: Sendable, Hashable {
  /// What the value was read into.
  public enum Meaning: Sendable, Hashable {
    /// A string or an ARN, perhaps with wildcards and variables.
    case pattern(Pattern)
    /// A number.
    case number(ExactNumber)
    /// A moment.
    case date(Instant)
    /// A truth value.
    case bool(Bool)
    /// Bytes, written in base64.
    case binary([UInt8])
    /// An address range.
    case range(AddressRange)
    /// Not a value that its operator can compare. Every comparison with it is undecided.
    case malformed
  }

  /// The value as it was written.
  public let text: String
  /// What it was read into.
  public let meaning: Meaning

  init(text: String, for comparison: ConditionOperator.Comparison, variables: Bool) throws(PatternReader
    .Problem)
  {
    self.text = text
    if let domain = comparison.patternDomain {
      meaning = .pattern(try PatternReader.pattern(text, in: domain, variables: variables))
    } else {
      meaning = Self.meaning(text, for: comparison) ?? .malformed
    }
  }

  private static func meaning(_ text: String, for comparison: ConditionOperator.Comparison) -> Meaning? {
    switch comparison {
    case .numericEquals, .numericNotEquals, .numericLessThan, .numericLessThanEquals, .numericGreaterThan,
      .numericGreaterThanEquals:
      ExactNumber(text).map(Meaning.number)
    case .dateEquals, .dateNotEquals, .dateLessThan, .dateLessThanEquals, .dateGreaterThan,
      .dateGreaterThanEquals:
      Instant(text).map(Meaning.date)
    case .bool, .null: truthValue(text.utf8Span.span).map(Meaning.bool)
    case .binaryEquals: base64Decoded(text.utf8Span.span).map(Meaning.binary)
    case .ipAddress, .notIPAddress: AddressRange(text).map(Meaning.range)
    default: nil
    }
  }
}

/// `true` or `false` in any case.
func truthValue(_ text: Span<UInt8>) -> Bool? {
  if spells(text, "true") { return true }
  return spells(text, "false") ? false : nil
}

private func spells(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
  guard text.count == word.utf8CodeUnitCount else { return false }
  var index = 0
  for byte in word.description.utf8 {
    if asciiLower(text[index]) != byte { return false }
    index += 1
  }
  return true
}
