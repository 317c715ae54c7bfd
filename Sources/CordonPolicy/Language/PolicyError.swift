/// Why a policy, a principal or a request cannot be read, and where.
public enum PolicyError: Error, Equatable, Sendable {
  /// The text is not JSON.
  case json(JSONError)
  /// A member that the language does not have.
  case unknownElement(String, at: TextPosition?, didYouMean: String?)
  /// A condition operator that the language does not have.
  case unknownOperator(String, at: TextPosition?, didYouMean: String?)
  /// A member that must be there is not.
  case missing(String, at: TextPosition?)
  /// Two members that exclude each other stand in one statement.
  case exclusive(String, String, at: TextPosition?)
  /// A value of the wrong kind.
  case wrongKind(String, expected: String, found: String, at: TextPosition?)
  /// A value of the right kind that means nothing.
  case invalidValue(String, value: String, expected: String, at: TextPosition?)
  /// More or longer than Cordon reads.
  case tooLarge(String, limit: Int, at: TextPosition?)
  /// An element that this kind of policy must not have.
  case misplaced(String, in: PolicyKind, at: TextPosition?)

  /// Where it went wrong, if it was read from a text.
  public var position: TextPosition? {
    switch self {
    case .json(let error): error.position
    case .unknownElement(_, let position, _), .unknownOperator(_, let position, _), .missing(_, let position),
      .exclusive(_, _, let position), .wrongKind(_, _, _, let position), .invalidValue(_, _, _, let position),
      .tooLarge(_, _, let position), .misplaced(_, _, let position):
      position
    }
  }

  /// What the writer probably meant, if something is near.
  public var suggestion: String? {
    switch self {
    case .unknownElement(_, _, let suggestion), .unknownOperator(_, _, let suggestion): suggestion
    default: nil
    }
  }

  /// A stable name of the mistake, for scripts.
  public var code: String {
    switch self {
    case .json: "json"
    case .unknownElement: "unknown-element"
    case .unknownOperator: "unknown-operator"
    case .missing: "missing"
    case .exclusive: "exclusive"
    case .wrongKind: "wrong-kind"
    case .invalidValue: "invalid-value"
    case .tooLarge: "too-large"
    case .misplaced: "misplaced"
    }
  }

  /// What is wrong and what to type instead, without the position.
  public var message: String {
    switch self {
    case .json(let error): error.message
    case .unknownElement(let name, _, let suggestion):
      "unknown element '\(name)'" + Self.hint(suggestion)
    case .unknownOperator(let name, _, let suggestion):
      "unknown condition operator '\(name)'" + Self.hint(suggestion)
    case .missing(let name, _): "'\(name)' is missing"
    case .exclusive(let first, let second, _): "'\(first)' and '\(second)' exclude each other"
    case .wrongKind(let name, let expected, let found, _): "'\(name)' must be \(expected), not \(found)"
    case .invalidValue(let name, let value, let expected, _):
      "'\(name)' is '\(Self.shortened(value))'; expected \(expected)"
    case .tooLarge(let what, let limit, _): "\(what): more than \(limit)"
    case .misplaced(let name, let kind, _): "'\(name)' must not appear in \(kind.phrase)"
    }
  }

  private static func hint(_ suggestion: String?) -> String {
    suggestion.map { "; did you mean '\($0)'?" } ?? ""
  }

  private static func shortened(_ value: String) -> String {
    value.unicodeScalars.count <= 80 ? value : String(value.unicodeScalars.prefix(77)) + "..."
  }
}

extension PolicyError: CustomStringConvertible {
  /// `line:column: message`, or the message alone where no position is known.
  public var description: String { position.map { "\($0): \(message)" } ?? message }
}

/// Bounds on one policy and on one request. AWS's own bounds on a policy are 2,048 to 32,768 characters.
public enum PolicyLimits {
  /// The longest policy, in bytes.
  public static let bytes = 256 << 10
  /// How deep its JSON may nest.
  public static let depth = 16
  /// The most statements.
  public static let statements = 2_000
  /// The longest single pattern, condition value or condition key, in bytes.
  public static let valueBytes = 4_096
  /// The most patterns and condition values in one policy.
  public static let values = 20_000
  /// The longest principal, action or resource of a request that is read from JSON, in bytes.
  public static let requestBytes = 4_096
  /// The longest value of a request's context, in bytes.
  public static let contextBytes = 16_384
  /// The most values in a request's context.
  public static let contextValues = 2_000
}
