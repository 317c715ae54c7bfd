extension PolicyReader {
  /// Reads `Principal` or `NotPrincipal`, if there is one.
  mutating func principal(
    _ members: [String: JSONValue], at position: TextPosition?
  ) throws(PolicyError) -> PrincipalClause? {
    let (plain, negated) = (members["Principal"], members["NotPrincipal"])
    if plain != nil, negated != nil { throw .exclusive("Principal", "NotPrincipal", at: position) }
    guard let element = plain ?? negated else { return nil }
    let name = plain == nil ? "NotPrincipal" : "Principal"
    return PrincipalClause(isNegated: plain == nil, entries: try entries(element, name))
  }

  private mutating func entries(_ element: JSONValue, _ name: String) throws(PolicyError) -> [PrincipalEntry]
  {
    if let text = element.text {
      if text == "*" { return [.everyone] }
      // Shorthand that AWS does not have, but that can mean only one thing.
      if (try? PrincipalARN(text)) != nil { return [try entry(text, .aws, at: element.position)] }
      throw .invalidValue(
        name, value: text, expected: "'*' or an object such as {\"AWS\": …}", at: element.position)
    }
    guard let members = element.members, !members.isEmpty else {
      throw .wrongKind(name, expected: "'*' or an object", found: element.kindName, at: element.position)
    }
    var entries: [PrincipalEntry] = []
    for member in members {
      guard let category = PrincipalCategory(rawValue: member.name) else {
        throw .unknownElement(
          member.name, at: member.namePosition,
          didYouMean: Spelling.nearest(to: member.name, among: PrincipalCategory.allCases.map(\.rawValue)))
      }
      for item in try list(member.value, member.name) {
        let text = try text(item, member.name)
        try count(text, member.name, at: item.position)
        entries.append(try entry(text, category, at: item.position))
      }
    }
    return entries
  }

  private func entry(
    _ text: String, _ category: PrincipalCategory, at position: TextPosition?
  ) throws(PolicyError) -> PrincipalEntry {
    if text == "*", category == .aws { return .everyone }
    if text.isEmpty {
      throw .invalidValue(category.rawValue, value: text, expected: "a principal", at: position)
    }
    if text.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }) {
      guard let pattern = try? PatternReader.pattern(text, in: .text, variables: false) else {
        return .nobody(text)
      }
      return .wildcard(pattern, category)
    }
    switch category {
    case .service: return .service(text)
    case .federated: return .federated(text)
    case .canonicalUser: return .canonicalUser(text)
    case .aws:
      guard let arn = try? PrincipalARN(text) else {
        if text.hasPrefix("arn:") {
          throw .invalidValue("AWS", value: text, expected: "an IAM or STS ARN, or an account", at: position)
        }
        // A deleted user or role leaves its unique ID (AIDA…, AROA…) behind, which matches nobody.
        return .nobody(text)
      }
      return arn.kind == .root ? .account(arn.account) : .arn(arn)
    }
  }
}
