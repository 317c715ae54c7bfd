/// Reads which extras an environment marker asks for (PEP 508).
///
/// Everything else that a marker compares is about a machine that the mirror does not know, and is taken as
/// true. A marker that cannot be read is true as well.
struct RequirementMarker {
  private enum Token: Equatable {
    case word(String)
    case text(String)
    case comparison(String)
    case open, close
  }

  private static let mostTokens = 512
  private static let deepest = 32

  private let tokens: [Token]
  /// The extra that is tried; empty for an install without extras.
  private let extra: String
  private var offset = 0
  private var depth = 0

  private init(tokens: [Token], extra: String) {
    self.tokens = tokens
    self.extra = extra
  }

  /// The extras that make the marker true; empty where it is true without any.
  static func extras(of marker: some StringProtocol) -> Set<String> {
    guard let tokens = tokens(marker) else { return [] }
    func isTrue(_ extra: String) -> Bool {
      var reader = RequirementMarker(tokens: tokens, extra: extra)
      guard let value = reader.alternatives(), reader.offset == tokens.count else { return true }
      return value
    }
    if isTrue("") { return [] }
    let named = tokens.compactMap { token in
      if case .text(let text) = token { PackageName(text)?.text } else { nil }
    }
    return Set(named.filter(isTrue))
  }

  // MARK: Tokens

  private static func tokens(_ marker: some StringProtocol) -> [Token]? {
    var tokens: [Token] = []
    var rest = Array(marker.utf8)[...]
    while let byte = rest.first {
      guard tokens.count < mostTokens else { return nil }
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): rest = rest.dropFirst()
      case UInt8(ascii: "("), UInt8(ascii: ")"):
        tokens.append(byte == UInt8(ascii: "(") ? .open : .close)
        rest = rest.dropFirst()
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        rest = rest.dropFirst()
        guard let end = rest.firstIndex(of: byte) else { return nil }
        tokens.append(.text(String(decoding: rest[..<end], as: UTF8.self)))
        rest = rest[(end + 1)...]
      default:
        let isSign = Self.isSign(byte)
        let word = rest.prefix { Self.isSign($0) == isSign && !Self.isBoundary($0) }
        let text = String(decoding: word, as: UTF8.self)
        tokens.append(isSign ? .comparison(text) : .word(text))
        rest = rest.dropFirst(word.count)
      }
    }
    return tokens
  }

  private static func isSign(_ byte: UInt8) -> Bool { "=<>!~".utf8.contains(byte) }

  private static func isBoundary(_ byte: UInt8) -> Bool { " \t()'\"".utf8.contains(byte) }

  // MARK: Grammar: nil is a marker that is none

  private mutating func take(_ token: Token) -> Bool {
    guard offset < tokens.count, tokens[offset] == token else { return false }
    offset += 1
    return true
  }

  private mutating func alternatives() -> Bool? {
    guard var value = conditions() else { return nil }
    while take(.word("or")) {
      guard let next = conditions() else { return nil }
      value = next || value
    }
    return value
  }

  private mutating func conditions() -> Bool? {
    guard var value = condition() else { return nil }
    while take(.word("and")) {
      guard let next = condition() else { return nil }
      value = next && value
    }
    return value
  }

  private mutating func condition() -> Bool? {
    guard take(.open) else { return comparison() }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest, let value = alternatives(), take(.close) else { return nil }
    return value
  }

  private mutating func comparison() -> Bool? {
    guard let left = operand(), let sign = comparisonSign(), let right = operand() else { return nil }
    switch (left, sign, right) {
    case (.word("extra"), "==", .text(let name)), (.text(let name), "==", .word("extra")):
      return PackageName(name)?.text == extra
    default: return true
    }
  }

  private mutating func operand() -> Token? {
    guard offset < tokens.count else { return nil }
    switch tokens[offset] {
    case .word, .text:
      offset += 1
      return tokens[offset - 1]
    case .comparison, .open, .close: return nil
    }
  }

  private mutating func comparisonSign() -> String? {
    if take(.word("in")) { return "in" }
    if take(.word("not")) { return take(.word("in")) ? "not in" : nil }
    guard offset < tokens.count, case .comparison(let sign) = tokens[offset] else { return nil }
    offset += 1
    return sign
  }
}
