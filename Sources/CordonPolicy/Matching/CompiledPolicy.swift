/// A policy's statements flattened for matching: rows of plain numbers that point into shared blocks of bytes
/// and codes.
///
/// Nothing on the common path is reference-counted or allocated. What is not common (variables, numbers,
/// dates, addresses, named principals) is matched by the parsed form that the row points to. It cannot be
/// copied, so that matching borrows it.
struct CompiledPolicy: ~Copyable, Sendable {
  /// One statement.
  struct Row: BitwiseCopyable {
    var isDeny = false
    var actionIsNegated = false
    var resourceIsNegated = false
    /// Whether it has a `Resource` or `NotResource`.
    var hasResource = false
    var principal = PrincipalForm.none
    /// Whether a grant to everyone is narrowed to callers named by `aws:PrincipalArn`.
    var namesCallerByCondition = false
    var actions = Slice()
    var resources = Slice()
    var clauses = Slice()
  }

  enum PrincipalForm: UInt8, BitwiseCopyable {
    /// The statement names no principal.
    case none
    /// `"*"` and nothing else.
    case everyone
    /// Anything else: `principals` has it.
    case listed
  }

  /// Rows of another table, from and up to.
  struct Slice: BitwiseCopyable {
    var from: Int32 = 0
    var to: Int32 = 0
  }

  /// One pattern or condition value.
  struct Atom: BitwiseCopyable {
    enum Form: UInt8, BitwiseCopyable {
      case any, exact, prefix, codes, pattern, value, isTrue, isFalse
    }
    var form: Form
    var domain: Pattern.Domain = .text
    var isDoubtful = false
    /// Into `bytes` or `codes`; for `pattern` and `value`, `from` is the index there.
    var slice = Slice()
  }

  /// One condition.
  struct Clause: BitwiseCopyable {
    var hash: UInt64
    /// The key's name in `bytes`, in lower case.
    var name: Slice
    var implied: ImpliedFact?
    var comparison: ConditionOperator.Comparison
    var quantifier: ConditionOperator.Quantifier
    var ifExists: Bool
    var isNegated: Bool
    var atoms = Slice()
  }

  let rows: [Row]
  let atoms: [Atom]
  let clauses: [Clause]
  let bytes: [UInt8]
  let codes: [UInt16]
  let patterns: [Pattern]
  let values: [ConditionValue]
  /// By row; only where the row's principal is `listed`.
  let principals: [PrincipalClause?]
  /// By row.
  let sids: [String?]

  init(_ statements: [Statement]) {
    var compiler = PolicyCompiler()
    for statement in statements { compiler.add(statement) }
    rows = compiler.rows
    atoms = compiler.atoms
    clauses = compiler.clauses
    bytes = compiler.bytes
    codes = compiler.codes
    patterns = compiler.patterns
    values = compiler.values
    principals = compiler.principals
    sids = statements.map(\.sid)
  }
}

/// Shares one `CompiledPolicy` among the copies of a policy.
final class CompiledPolicyBox: Sendable {
  let policy: CompiledPolicy

  init(_ statements: [Statement]) { policy = CompiledPolicy(statements) }
}

/// Builds the tables of a `CompiledPolicy`.
struct PolicyCompiler {
  var rows: [CompiledPolicy.Row] = []
  var atoms: [CompiledPolicy.Atom] = []
  var clauses: [CompiledPolicy.Clause] = []
  var bytes: [UInt8] = []
  var codes: [UInt16] = []
  var patterns: [Pattern] = []
  var values: [ConditionValue] = []
  var principals: [PrincipalClause?] = []

  mutating func add(_ statement: Statement) {
    var row = CompiledPolicy.Row()
    row.isDeny = statement.effect == .deny
    row.actionIsNegated = statement.action.isNegated
    row.actions = addAtoms(statement.action.patterns)
    if let resource = statement.resource {
      row.hasResource = true
      row.resourceIsNegated = resource.isNegated
      row.resources = addAtoms(resource.patterns)
    }
    var listed: PrincipalClause?
    if let principal = statement.principal {
      let isPlain = !principal.isNegated && principal.entries == [.everyone]
      row.principal = isPlain ? .everyone : .listed
      if !isPlain { listed = principal }
      row.namesCallerByCondition =
        !principal.isNegated && principal.includesEveryone
        && statement.conditions.contains(where: \.namesCaller)
    }
    principals.append(listed)
    let from = Int32(clauses.count)
    for clause in statement.conditions { add(clause) }
    row.clauses = .init(from: from, to: Int32(clauses.count))
    rows.append(row)
  }

  private mutating func add(_ clause: ConditionClause) {
    let from = Int32(atoms.count)
    for value in clause.values { add(value) }
    clauses.append(
      .init(
        hash: clause.key.hash, name: addBytes(Array(clause.key.folded.utf8)), implied: clause.key.implied,
        comparison: clause.operation.comparison, quantifier: clause.operation.quantifier,
        ifExists: clause.operation.ifExists, isNegated: clause.operation.comparison.isNegated,
        atoms: .init(from: from, to: Int32(atoms.count))))
  }

  private mutating func add(_ value: ConditionValue) {
    switch value.meaning {
    case .pattern(let pattern): add(pattern)
    case .bool(let bool): atoms.append(.init(form: bool ? .isTrue : .isFalse))
    case .number, .date, .binary, .range, .malformed:
      atoms.append(.init(form: .value, slice: .init(from: Int32(values.count))))
      values.append(value)
    }
  }

  private mutating func addAtoms(_ patterns: [Pattern]) -> CompiledPolicy.Slice {
    let from = Int32(atoms.count)
    for pattern in patterns { add(pattern) }
    return .init(from: from, to: Int32(atoms.count))
  }

  private mutating func add(_ pattern: Pattern) {
    var atom = CompiledPolicy.Atom(form: .any, domain: pattern.domain, isDoubtful: pattern.isDoubtful)
    switch pattern.shape {
    case .any: break
    case .exact where pattern.domain != .literalIgnoringCase:
      atom.form = .exact
      atom.slice = addBytes(pattern.bytes)
    case .prefix:
      atom.form = .prefix
      atom.slice = addBytes(pattern.bytes)
    case .codes:
      atom.form = .codes
      atom.slice = .init(from: Int32(codes.count), to: Int32(codes.count + pattern.codes.count))
      codes += pattern.codes
    case .exact, .dynamic:
      atom.form = .pattern
      atom.slice.from = Int32(patterns.count)
      patterns.append(pattern)
    }
    atoms.append(atom)
  }

  private mutating func addBytes(_ added: [UInt8]) -> CompiledPolicy.Slice {
    let from = Int32(bytes.count)
    bytes += added
    return .init(from: from, to: Int32(bytes.count))
  }
}

extension ConditionClause {
  /// Whether the clause names the caller by `aws:PrincipalArn`, without wildcards.
  ///
  /// IAM User Guide, elements_principal: boundaries and session policies "do not limit permissions granted
  /// using the `aws:PrincipalArn` condition key with a wildcard(*) in the `Principal` element". Read
  /// narrowly: the condition must name the caller outright.
  fileprivate var namesCaller: Bool {
    guard key.implied == .principalARN, !operation.ifExists, operation.quantifier == .single,
      !operation.comparison.isNegated
    else { return false }
    return !values.isEmpty
      && values.allSatisfy {
        if case .pattern(let pattern) = $0.meaning {
          pattern.isExact && pattern.domain != .literalIgnoringCase
        } else {
          false
        }
      }
  }
}
