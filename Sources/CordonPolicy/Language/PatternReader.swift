/// Takes a policy string apart.
///
/// Variables exist in version 2012-10-17 only; before, `${aws:username}` is those characters (IAM User Guide,
/// reference_policies_variables).
struct PatternReader {
  private var parts: [Pattern.Part] = []
  private var literal: [UInt8] = []

  /// Why a string is not a pattern.
  enum Problem: Error {
    /// `${` without `}`, or nothing between them.
    case brokenVariable
  }

  static func pattern(
    _ text: String, in domain: Pattern.Domain, variables: Bool
  ) throws(Problem) -> Pattern {
    var reader = PatternReader()
    try reader.read(
      Array(text.utf8), wildcards: domain.hasWildcards, variables: variables && domain != .action)
    reader.flush()
    return Pattern(text: text, parts: reader.parts, domain: domain)
  }

  private mutating func read(_ bytes: [UInt8], wildcards: Bool, variables: Bool) throws(Problem) {
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if variables, byte == UInt8(ascii: "$"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "{") {
        at = try variable(bytes, from: at + 2)
        continue
      }
      if wildcards, byte == UInt8(ascii: "*") {
        flush()
        if parts.last != .anyRun { parts.append(.anyRun) }
      } else if wildcards, byte == UInt8(ascii: "?") {
        flush()
        parts.append(.anyCharacter)
      } else {
        literal.append(byte)
      }
      at += 1
    }
  }

  private mutating func flush() {
    guard !literal.isEmpty else { return }
    parts.append(.literal(String(decoding: literal, as: UTF8.self)))
    literal = []
  }

  /// Reads from behind `${` and returns the offset behind `}`.
  private mutating func variable(_ bytes: [UInt8], from start: Int) throws(Problem) -> Int {
    // `${*}`, `${?}` and `${$}` stand for the character itself.
    if start + 1 < bytes.count, bytes[start + 1] == UInt8(ascii: "}"), "*?$".utf8.contains(bytes[start]) {
      literal.append(bytes[start])
      return start + 2
    }
    var at = start
    while at < bytes.count, bytes[at] != UInt8(ascii: "}"), bytes[at] != UInt8(ascii: ",") { at += 1 }
    guard at < bytes.count else { throw .brokenVariable }
    let name = trimmed(bytes[start..<at])
    guard !name.isEmpty else { throw .brokenVariable }
    var defaultValue: String?
    if bytes[at] == UInt8(ascii: ",") { (defaultValue, at) = try quoted(bytes, from: at + 1) }
    guard at < bytes.count, bytes[at] == UInt8(ascii: "}") else { throw .brokenVariable }
    flush()
    parts.append(.variable(.init(key: ConditionKey(name), defaultValue: defaultValue)))
    return at + 1
  }

  /// Reads `'default'` and returns it with the offset of what follows it.
  private func quoted(_ bytes: [UInt8], from start: Int) throws(Problem) -> (String, Int) {
    var at = start
    while at < bytes.count, bytes[at] == UInt8(ascii: " ") { at += 1 }
    guard at < bytes.count, bytes[at] == UInt8(ascii: "'") else { throw .brokenVariable }
    let from = at + 1
    at = from
    while at < bytes.count, bytes[at] != UInt8(ascii: "'") { at += 1 }
    guard at < bytes.count else { throw .brokenVariable }
    let value = String(decoding: bytes[from..<at], as: UTF8.self)
    at += 1
    while at < bytes.count, bytes[at] == UInt8(ascii: " ") { at += 1 }
    return (value, at)
  }

  private func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    let space = UInt8(ascii: " ")
    let body = bytes.drop { $0 == space }
    guard let last = body.lastIndex(where: { $0 != space }) else { return "" }
    return String(decoding: body[...last], as: UTF8.self)
  }
}
