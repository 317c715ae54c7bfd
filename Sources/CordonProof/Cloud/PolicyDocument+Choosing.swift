import CordonPolicy

extension PolicyDocument {
  /// The document with some of its statements only, by their places; nil where its text cannot be read again.
  func keeping(_ places: [Int]) -> PolicyDocument? {
    guard let value = try? JSONValue(parsing: json), let members = value.members,
      let whole = value["Statement"]
    else { return nil }
    let texts = whole.elements ?? [whole]
    guard texts.count == statements.count, places.allSatisfy(texts.indices.contains) else { return nil }
    let kept = JSONValue.array(places.map { texts[$0] })
    return try? PolicyDocument(
      JSONValue.object(members.map { ($0.name, $0.name == "Statement" ? kept : $0.value) }))
  }
}

extension Statement.Selection {
  /// Whether it may select an action that `asked`, a pattern as policies write it, admits. False is certain; of two patterns
  /// with wildcards no more is compared than how they begin.
  func mayMeet(_ asked: String) -> Bool {
    let head = asked.utf8.prefix { !Self.marks.contains($0) }
    if head.count == asked.utf8.count {
      return isNegated
        ? !patterns.contains { $0.match(asked) == .yes } : patterns.contains { $0.match(asked) != .no }
    }
    return isNegated || patterns.contains { $0.begins(as: head) }
  }

  /// Whether it may select a resource that `asked`, a pattern as policies write it, admits. False is certain: nothing is compared
  /// but how both begin.
  func mayReach(_ asked: String) -> Bool {
    let head = asked.utf8.prefix { !Self.marks.contains($0) }
    return isNegated || patterns.contains { $0.begins(as: head) }
  }

  /// What patterns and variables are made of.
  private static let marks = Array("*?$".utf8)
}

extension Pattern {
  /// Whether its text up to its first wildcard goes on as `head` does, or the other way round, in whatever case.
  fileprivate func begins(as head: Substring.UTF8View) -> Bool {
    guard case .literal(let own)? = parts.first else { return true }
    return zip(own.utf8, head).allSatisfy { $0 == $1 || Self.isLetter($0) && $0 | 0x20 == $1 | 0x20 }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
