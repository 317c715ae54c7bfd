/// How a condition compares: a comparison, whether it is negated, and how it treats several or missing
/// values.
public struct ConditionOperator: Sendable, Hashable, CustomStringConvertible {
  /// The comparisons of the language, by the names that policies use.
  public enum Comparison: String, Sendable, BitwiseCopyable, CaseIterable {
    case stringEquals = "StringEquals"
    case stringNotEquals = "StringNotEquals"
    case stringEqualsIgnoreCase = "StringEqualsIgnoreCase"
    case stringNotEqualsIgnoreCase = "StringNotEqualsIgnoreCase"
    case stringLike = "StringLike"
    case stringNotLike = "StringNotLike"
    case numericEquals = "NumericEquals"
    case numericNotEquals = "NumericNotEquals"
    case numericLessThan = "NumericLessThan"
    case numericLessThanEquals = "NumericLessThanEquals"
    case numericGreaterThan = "NumericGreaterThan"
    case numericGreaterThanEquals = "NumericGreaterThanEquals"
    case dateEquals = "DateEquals"
    case dateNotEquals = "DateNotEquals"
    case dateLessThan = "DateLessThan"
    case dateLessThanEquals = "DateLessThanEquals"
    case dateGreaterThan = "DateGreaterThan"
    case dateGreaterThanEquals = "DateGreaterThanEquals"
    case bool = "Bool"
    case binaryEquals = "BinaryEquals"
    case ipAddress = "IpAddress"
    case notIPAddress = "NotIpAddress"
    case arnEquals = "ArnEquals"
    case arnNotEquals = "ArnNotEquals"
    case arnLike = "ArnLike"
    case arnNotLike = "ArnNotLike"
    case null = "Null"
  }

  /// How several request values combine.
  public enum Quantifier: String, Sendable, BitwiseCopyable, CaseIterable {
    /// No set operator: the key should have one value.
    case single = ""
    /// `ForAllValues:`
    case forAllValues = "ForAllValues:"
    /// `ForAnyValue:`
    case forAnyValue = "ForAnyValue:"
  }

  /// The comparison.
  public let comparison: Comparison
  /// How several request values combine.
  public let quantifier: Quantifier
  /// Whether a missing key satisfies it.
  public let ifExists: Bool

  /// The operator called `name` in any case, or nil. `Null` takes neither a set operator nor `IfExists`.
  ///
  /// Policies in the field write `bool` for `Bool`; a Deny that went unread for its spelling would be an open
  /// door.
  public init?(_ name: String) {
    let folded = name.lowercasedASCII
    quantifier = Quantifier.allCases.last { folded.hasPrefix($0.rawValue.lowercasedASCII) } ?? .single
    var body = folded.dropFirst(quantifier.rawValue.count)
    ifExists = body.hasSuffix("ifexists")
    if ifExists { body = body.dropLast("ifexists".count) }
    guard let comparison = Comparison.byFoldedName[String(body)] else { return nil }
    if comparison == .null, ifExists || quantifier != .single { return nil }
    self.comparison = comparison
  }

  /// The operator as a policy writes it.
  public var description: String {
    quantifier.rawValue + comparison.rawValue + (ifExists ? "IfExists" : "")
  }

  /// The name nearest to `name` among all operators, with its set operator and suffix.
  static func suggestion(for name: String) -> String? {
    let quantifier =
      Quantifier.allCases.last { name.lowercased().hasPrefix($0.rawValue.lowercased()) } ?? .single
    let suffix = name.lowercased().hasSuffix("ifexists") ? "IfExists" : ""
    let body = name.dropFirst(quantifier.rawValue.count).dropLast(suffix.count)
    guard let comparison = Spelling.nearest(to: String(body), among: Comparison.allCases.map(\.rawValue))
    else {
      return nil
    }
    if comparison == "Null" { return comparison }
    return quantifier.rawValue + comparison + suffix
  }
}

extension ConditionOperator.Comparison {
  /// The comparisons by their names in lower case.
  fileprivate static let byFoldedName = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.rawValue.lowercasedASCII, $0) })

  /// Whether it is true where no policy value matches.
  public var isNegated: Bool {
    switch self {
    case .stringNotEquals, .stringNotEqualsIgnoreCase, .stringNotLike, .numericNotEquals, .dateNotEquals,
      .notIPAddress, .arnNotEquals, .arnNotLike:
      true
    default: false
    }
  }

  /// How its values are read as patterns, if they are.
  var patternDomain: Pattern.Domain? {
    switch self {
    case .stringEquals, .stringNotEquals: .literal
    case .stringEqualsIgnoreCase, .stringNotEqualsIgnoreCase: .literalIgnoringCase
    case .stringLike, .stringNotLike: .text
    case .arnEquals, .arnNotEquals, .arnLike, .arnNotLike: .arn
    default: nil
    }
  }

  /// Whether `request` stands to `policy` as the comparison asks; equality for those that are negated.
  func holds<Value: Comparable>(_ request: Value, _ policy: Value) -> Bool {
    switch self {
    case .numericLessThan, .dateLessThan: request < policy
    case .numericLessThanEquals, .dateLessThanEquals: request <= policy
    case .numericGreaterThan, .dateGreaterThan: request > policy
    case .numericGreaterThanEquals, .dateGreaterThanEquals: request >= policy
    default: request == policy
    }
  }
}
