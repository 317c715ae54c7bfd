import CordonPolicy

/// What the question can tell apart in resources, and which resources of a type are in which cell.
struct ResourceTable: Sendable {
  /// The readings of all patterns on resources, and of the patterns on the account that owns them.
  var patterns: [[ShapeToken]] = []
  /// The cell of a resource by what the literals say of it.
  var cellBySignature: [[Truth]: Int] = [:]
}

extension ProblemBuilder {
  mutating func cutResources() {
    var patterns: [[ShapeToken]] = []
    for number in literalsByAxis[1] {
      for pattern in sources[number].patterns {
        patterns += problem.assignment.readings(of: pattern).map { $0.map(ShapeToken.pattern) }
      }
    }
    var candidates = ["*"]
    if let plain = PlainPatterns(patterns) {
      candidates += plain.candidates(kind: .string)
    } else {
      let found = Exploration.texts(patterns, most: limits.cells - candidates.count, budget: &budget)
      candidates += found.texts
      if !found.isWhole { problem.isTruncated = true }
    }
    for candidate in candidates {
      let signature = truths(1, resourceRequest(candidate))
      guard problem.resources.cellBySignature[signature] == nil else { continue }
      problem.resources.cellBySignature[signature] = problem.axes[1].values.count
      add(candidate, signature, to: 1)
    }
    problem.axes[1].start.allowed = Mask(all: problem.axes[1].values.count)
    problem.resources.patterns = patterns + accountPatterns
  }

  func resourceRequest(_ text: String) -> AccessRequest {
    var context = problem.assignment.context
    context[DemandDocuments.resourceKey.name] = [text]
    return AccessRequest(
      principal: problem.assignment.caller?.principal ?? .anonymous, action: "", resource: text,
      context: context)
  }

  /// Patterns on `aws:ResourceAccount`, as patterns on ARNs that hold an account.
  private var accountPatterns: [[ShapeToken]] {
    guard let axis = axisByKey[Self.resourceAccountKey] else {
      return inquiry.resourceAccount.map {
        [Self.arn(account: $0.unicodeScalars.map { .pattern(.scalar($0)) })]
      } ?? []
    }
    let readings = literalsByAxis[axis].flatMap { sources[$0].patterns }
      .flatMap { problem.assignment.readings(of: $0) }
    return readings.map { Self.arn(account: $0.map(ShapeToken.pattern)) }
      + (inquiry.resourceAccount.map { [Self.arn(account: $0.unicodeScalars.map { .pattern(.scalar($0)) })] }
        ?? [])
  }

  private static func arn(account: [ShapeToken]) -> [ShapeToken] {
    let colon = ShapeToken.pattern(.scalar(":"))
    return "arn:".unicodeScalars.map { .pattern(.scalar($0)) }
      + [.run(.segment), colon, .run(.segment), colon, .run(.segment), colon] + account.map(\.withoutColon)
      + [colon, .run(.all)]
  }
}

extension ShapeToken {
  fileprivate var withoutColon: ShapeToken {
    switch self {
    case .pattern(.run): .run(.segment)
    case .pattern(.one): .one(.segment)
    default: self
    }
  }
}
