import CordonPolicy

/// Patterns without wildcards but for a star at the end: their cells can be read off without an automaton.
struct PlainPatterns {
  private var exact: [String] = []
  private var prefixes: [String] = []

  /// Nil where a pattern is of another form.
  init?(_ patterns: [[ShapeToken]]) {
    for tokens in patterns {
      var text = String.UnicodeScalarView()
      var isPrefix = false
      for (place, token) in tokens.enumerated() {
        switch token {
        case .pattern(.scalar(let scalar)): text.append(scalar)
        case .pattern(.run(crossesColon: true)) where place == tokens.count - 1: isPrefix = true
        default: return nil
        }
      }
      if isPrefix { prefixes.append(String(text)) } else { exact.append(String(text)) }
    }
  }

  var isExact: Bool { prefixes.isEmpty }

  var count: Int { exact.count + prefixes.count }

  /// Every exact text, and for every prefix, and for no prefix at all, a text that goes on as no pattern does.
  func candidates(kind: KeyKind.Value) -> [String] {
    switch kind {
    case .account:
      return exact.filter(Self.isAccount) + [freshAccount]
    case .arn: return exact.filter(Self.isARN) + ["arn:aws:sns:us-east-1:999999999999:" + fresh(after: "")]
    default: return [fresh(after: "")] + exact + prefixes.map { $0 + fresh(after: $0) }
    }
  }

  /// A character that no pattern has behind `prefix`.
  private func fresh(after prefix: String) -> String {
    let length = prefix.unicodeScalars.count
    var taken = Set<Unicode.Scalar>()
    for text in exact + prefixes where text.unicodeScalars.starts(with: prefix.unicodeScalars) {
      if let next = text.unicodeScalars.dropFirst(length).first { taken.insert(next) }
    }
    for code in Self.letters where !taken.contains(code) { return String(code) }
    return ""
  }

  private static let letters: [Unicode.Scalar] =
    Array("abcdefghijklmnopqrstuvwxyz0123456789-_.ABCDEFGHIJKLMNOPQRSTUVWXYZ".unicodeScalars)
    + (0xA1...0x2FFF).compactMap(Unicode.Scalar.init)

  private static let digits: [Unicode.Scalar] = Array("9876543210".unicodeScalars)

  private var freshAccount: String {
    let taken = Set(exact)
    for digit in Self.digits {
      let account = String(repeating: String(digit), count: 12)
      if !taken.contains(account) { return account }
    }
    var number = 900_000_000_001
    while taken.contains(String(number)) { number += 1 }
    return String(number)
  }

  private static func isAccount(_ text: String) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
  }

  private static func isARN(_ text: String) -> Bool {
    text.hasPrefix("arn:") && text.utf8.count(where: { $0 == UInt8(ascii: ":") }) >= 5
  }
}
