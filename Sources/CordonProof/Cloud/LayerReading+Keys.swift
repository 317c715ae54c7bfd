import CordonPolicy

extension LayerReading {
  /// What of a question's demands on keys can matter to this layer alone: those on keys that its policies compare, or that say
  /// something of such a key. Fewer demands admit more requests, so where none passes, none passes with all of them.
  ///
  /// Questions that differ only in what a layer never looks at, such as the endpoint, become one and the same.
  func relevant(_ question: RequestQuestion) -> RequestQuestion {
    guard let kinds else { return question }
    var copy = question
    copy.constraints = question.constraints.filter { constraint in
      let kind = KeyKinship(constraint.key)
      return kind == .request || kinds.contains(kind)
    }
    copy.absent = question.absent.filter { kinds.contains(KeyKinship($0)) }
    return copy
  }

  /// The kinds of keys that the layer compares; nil where a variable may stand for any.
  private var kinds: Set<KeyKinship>? {
    var found: Set<KeyKinship> = []
    for statement in policies.flatMap(\.widest.statements) {
      let patterns = statement.resource.map(\.patterns) ?? []
      guard !patterns.contains(where: \.hasVariables) else { return nil }
      for clause in statement.conditions {
        guard !clause.values.contains(where: \.hasVariables) else { return nil }
        found.insert(KeyKinship(clause.key))
      }
    }
    return found
  }
}

extension ConditionValue {
  fileprivate var hasVariables: Bool {
    if case .pattern(let pattern) = meaning { pattern.hasVariables } else { false }
  }
}

/// Keys whose values follow from each other count as one kind.
private enum KeyKinship: Hashable {
  /// The action, the resource and the principal of the request itself.
  case request
  case principal
  case resource
  case source
  case other(ConditionKey)

  init(_ key: ConditionKey) {
    let name = key.name.lowercased()
    if ["action", "resource", "principal"].contains(name) {
      self = .request
    } else if name.hasPrefix("aws:principal") || name.hasPrefix("aws:user") || name.hasPrefix("aws:calledvia")
      || name == "aws:viaawsservice"
    {
      self = .principal
    } else if name.hasPrefix("aws:resource") || name == "s3:resourceaccount" {
      self = .resource
    } else if name.hasPrefix("aws:source") || name.hasPrefix("aws:vpc") {
      self = .source
    } else {
      self = .other(key)
    }
  }
}
