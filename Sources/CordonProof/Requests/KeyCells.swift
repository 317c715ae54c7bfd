import CordonPolicy

/// Cuts the values of one condition key into cells, and picks a value of each.
///
/// What is found is complete: every value that a request may carry answers all clauses as one of the picked values does.
struct KeyCells {
  let key: ConditionKey
  let kind: KeyKind
  let clauses: [ConditionClause]
  let assignment: Assignment
  /// Values in order of plainness; several may be of one cell.
  private(set) var candidates: [String] = []
  /// Why the cells may not be all.
  private(set) var doubt: String?
  /// Patterns as their automata read them.
  private var patterns: [[ShapeToken]] = []
  private var hasARNPatterns = false

  init(_ key: ConditionKey, clauses: [ConditionClause], assignment: Assignment) {
    self.key = key
    self.clauses = clauses
    self.assignment = assignment
    kind = Self.kind(of: key, clauses)
  }

  /// Finds the candidates; false where the budget ended first.
  mutating func cut(budget: inout Int, most: Int) -> Bool {
    if let chosen = assignment.value(of: key) {
      candidates = chosen.map { [$0] } ?? []
      return true
    }
    switch kind.value {
    case .bool: candidates = ["false", "true"]
    case .number: cutNumbers()
    case .date: cutDates()
    case .address: cutAddresses()
    case .binary: candidates = texts + ["AA=="]
    case .string, .arn, .account:
      // An empty text is null to one page of AWS's and a value to another.
      let asksForNull = clauses.contains { $0.operation.comparison == .null }
      defer { if asksForNull, kind.value == .string { candidates.append("") } }
      collectPatterns()
      addOtherComparisons()
      return cutTexts(budget: &budget, most: most)
    }
    noteTextComparisons()
    return true
  }

  // MARK: kinds

  private static func kind(of key: ConditionKey, _ clauses: [ConditionClause]) -> KeyKind {
    let isSet = clauses.contains { $0.operation.quantifier != .single }
    if var known = GlobalKeys.kind(of: key) {
      // A set operator on a key that AWS calls single-valued: a list of one stays possible.
      if isSet { known.isList = true }
      return known
    }
    let kinds = Set(clauses.compactMap { Self.value(of: $0.operation.comparison) })
    return KeyKind(kinds.count == 1 ? kinds.first ?? .string : .string, isList: isSet)
  }

  private static func value(of comparison: ConditionOperator.Comparison) -> KeyKind.Value? {
    switch comparison {
    case .numericEquals, .numericNotEquals, .numericLessThan, .numericLessThanEquals, .numericGreaterThan,
      .numericGreaterThanEquals:
      .number
    case .dateEquals, .dateNotEquals, .dateLessThan, .dateLessThanEquals, .dateGreaterThan,
      .dateGreaterThanEquals:
      .date
    case .bool: .bool
    case .ipAddress, .notIPAddress: .address
    case .binaryEquals: .binary
    case .arnEquals, .arnLike, .arnNotEquals, .arnNotLike: .arn
    case .null: nil
    default: .string
    }
  }

  // MARK: ordered values

  private var texts: [String] { clauses.flatMap { $0.values.map(\.text) } }

  private mutating func cutNumbers() {
    candidates += ["0", "1"]
    for number in meanings(of: \.number) {
      for near in [0, 1_000_000_000, -1_000_000_000, 1, -1] as [Int128] {
        candidates.append(OrderedText.decimal(billionths: number.billionths + near))
      }
    }
  }

  private mutating func cutDates() {
    candidates.append("2026-01-01T00:00:00Z")
    for date in meanings(of: \.date) {
      for reading in date.readings {
        for near in [0, 1_000_000_000, -1_000_000_000, 1, -1] as [Int128] {
          if let text = OrderedText.date(nanoseconds: reading + near) { candidates.append(text) }
        }
      }
    }
  }

  private mutating func cutAddresses() {
    for range in meanings(of: \.range) {
      let top = range.isV6 ? UInt128.max : 0xFFFF_FFFF
      candidates.append(OrderedText.address(range.first, isV6: range.isV6))
      candidates.append(OrderedText.address(range.last, isV6: range.isV6))
      if range.first > 0 { candidates.append(OrderedText.address(range.first - 1, isV6: range.isV6)) }
      if range.last < top { candidates.append(OrderedText.address(range.last + 1, isV6: range.isV6)) }
    }
    // A client's address is written as what it is, never as an IPv4 address mapped into IPv6.
    candidates.removeAll { $0.hasPrefix("0:0:0:0:0:ffff:") }
    candidates = ["203.0.113.9", "198.51.100.9", "2001:db8::9"] + candidates
  }

  private func meanings<Value>(of value: (ConditionValue.Meaning) -> Value?) -> [Value] {
    clauses.flatMap { $0.values.compactMap { value($0.meaning) } }
  }

  /// Text comparisons with what is not a text: whole texts are cells, wildcards are not cut.
  private mutating func noteTextComparisons() {
    let comparisons = clauses.filter {
      let value = Self.value(of: $0.operation.comparison)
      return value != nil && value != kind.value
    }
    guard !comparisons.isEmpty, kind.value != .bool else { return }
    for clause in comparisons {
      candidates += clause.values.map(\.text).filter { isWellFormed($0) }
    }
    doubt = "\(key.name) is compared in ways that do not suit its type"
  }

  private func isWellFormed(_ text: String) -> Bool {
    switch kind.value {
    case .number: ExactNumber(text) != nil
    case .date: Instant(text) != nil
    case .address: AddressRange(text) != nil && !text.contains("/")
    default: true
    }
  }

  // MARK: texts

  private mutating func collectPatterns() {
    for clause in clauses {
      for value in clause.values {
        guard case .pattern(let pattern) = value.meaning else { continue }
        hasARNPatterns = hasARNPatterns || pattern.domain == .arn
        patterns += assignment.readings(of: pattern).map { $0.map(ShapeToken.pattern) }
      }
    }
  }

  /// Comparisons of another kind than texts on a key whose type is not known.
  private mutating func addOtherComparisons() {
    let kinds = Set(clauses.compactMap { Self.value(of: $0.operation.comparison) }).subtracting([
      .string, .arn,
    ])
    guard !kinds.isEmpty else { return }
    if kinds.contains(.number) { cutNumbers() }
    if kinds.contains(.date) { cutDates() }
    if kinds.contains(.address) { cutAddresses() }
    if kinds.contains(.bool) { candidates += ["false", "true"] }
    doubt = "\(key.name) is compared in ways that do not suit one type"
  }

  private mutating func cutTexts(budget: inout Int, most: Int) -> Bool {
    let examples = GlobalKeys.example(of: key, kind)
    if let plain = PlainPatterns(patterns), plain.isExact || kind.value == .string,
      !hasARNPatterns || kind.value == .arn
    {
      candidates += examples + plain.candidates(kind: kind.value)
      budget -= plain.count
      return budget > 0
    }
    candidates += examples
    var required: Int?
    if let shape = Self.shape(of: kind.value) {
      required = patterns.count
      patterns.append(shape)
    } else if hasARNPatterns {
      patterns.append(Self.arnShape)
    }
    let found = Exploration.texts(patterns, required: required, most: most, budget: &budget)
    candidates += found.texts
    return found.isWhole
  }

  private static func shape(of kind: KeyKind.Value) -> [ShapeToken]? {
    switch kind {
    case .account: Array(repeating: .one(.digits), count: 12)
    case .arn: arnShape
    default: nil
    }
  }

  /// `arn:` and five colons.
  private static let arnShape: [ShapeToken] =
    "arn:".unicodeScalars.map { ShapeToken.pattern(.scalar($0)) }
    + (0..<4).flatMap { _ in [ShapeToken.run(.segment), .pattern(.scalar(":"))] } + [.run(.all)]
}

extension Assignment {
  /// The readings of a pattern with the chosen values in the place of its variables; none where one has no value.
  func readings(of pattern: Pattern) -> [[Pattern.Token]] {
    guard pattern.hasVariables else { return pattern.readings() }
    var values: [String] = []
    for variable in pattern.variables {
      guard case .some(let chosen) = value(of: variable.key) else { return [] }
      guard let text = chosen ?? variable.defaultValue else { return [] }
      values.append(text)
    }
    return pattern.readings(values: values)
  }

  /// Whether all variables of these patterns have a chosen value.
  func covers(_ patterns: some Sequence<Pattern>) -> Bool {
    patterns.allSatisfy { $0.variables.allSatisfy { value(of: $0.key) != nil } }
  }
}

extension ConditionValue.Meaning {
  fileprivate var number: ExactNumber? { if case .number(let number) = self { number } else { nil } }
  fileprivate var date: Instant? { if case .date(let date) = self { date } else { nil } }
  fileprivate var range: AddressRange? { if case .range(let range) = self { range } else { nil } }
}
