/// A piece of a page. Whatever is put into one is escaped, unless it is a piece itself.
///
/// Only a literal of this source can bring markup: `"<p>\(name)</p>"` is safe for every name, inside an attribute too. There
/// is no way to say "raw". A value where a tag expects an attribute gets quotes of its own, and a link leads nowhere but to a
/// path of this portal.
struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
  let text: String

  init(stringLiteral value: String) { text = value }
  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }
  private init(joined: String) { text = joined }

  /// Pieces after each other.
  static func joined(_ pieces: [HTML]) -> HTML { HTML(joined: pieces.map(\.text).joined()) }

  static func + (left: HTML, right: HTML) -> HTML { HTML(joined: left.text + right.text) }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""
    private var place = MarkupPlace()

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity + 64) }

    mutating func appendLiteral(_ literal: String) {
      for byte in literal.utf8 { place.pass(byte) }
      text += literal
    }

    mutating func appendInterpolation(_ piece: HTML) { text += piece.text }
    mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { text += piece.text } }
    mutating func appendInterpolation(_ piece: HTML?) { text += piece?.text ?? "" }
    mutating func appendInterpolation(_ number: Int) { appendInterpolation("\(number)" as String) }

    mutating func appendInterpolation(_ value: String) {
      let value = place.isLink && !Self.staysHere(value) ? "#" : value
      let escaped = HTML.escaped(value)
      text += place.wantsQuotes ? "\"\(escaped)\"" : escaped
    }

    /// The one link that leads away: to the organisation's own sign-in, as its discovery names it.
    mutating func appendInterpolation(_ provider: ProviderAddress) {
      let escaped = HTML.escaped(provider.text)
      text += place.wantsQuotes ? "\"\(escaped)\"" : escaped
    }

    /// A path, and not `//host` or `/\host`, which browsers read as another host.
    private static func staysHere(_ link: String) -> Bool {
      let bytes = link.utf8.prefix(2)
      guard bytes.first == UInt8(ascii: "/") else { return bytes.first == UInt8(ascii: "#") }
      return bytes.count == 1 || (bytes.last != UInt8(ascii: "/") && bytes.last != UInt8(ascii: "\\"))
    }
  }

  /// Text as it is written inside an element or an attribute in quotes; characters that no page may hold become U+FFFD.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\t", "\n": escaped.unicodeScalars.append(scalar)
      // Control characters, and those that turn the order of the text that follows around.
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
        escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

/// An address of the organisation's, from its discovery and never from a request.
struct ProviderAddress: Sendable, Equatable {
  let text: String

  /// Takes an `https` address; nil for everything else.
  init?(_ text: String) {
    guard text.hasPrefix("https://"), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    self.text = text
  }
}

/// Where in the markup the end of a literal stands: enough of HTML's tokenizer to know that.
private struct MarkupPlace {
  private enum Place { case text, tag, value(UInt8) }

  private var place = Place.text
  private var word: [UInt8] = []
  private var attribute: [UInt8] = []

  private static let links: Set<String> = ["href", "src", "action", "formaction"]

  /// A value here would be an attribute's without quotes.
  var wantsQuotes: Bool { if case .tag = place { true } else { false } }

  var isLink: Bool {
    if case .text = place { return false }
    return Self.links.contains(String(decoding: attribute, as: UTF8.self))
  }

  mutating func pass(_ byte: UInt8) {
    switch (place, byte) {
    case (.text, UInt8(ascii: "<")): place = .tag
    case (.tag, UInt8(ascii: ">")): (place, word, attribute) = (.text, [], [])
    case (.tag, UInt8(ascii: "=")): (attribute, word) = (word, [])
    case (.tag, UInt8(ascii: "\"")), (.tag, UInt8(ascii: "'")): place = .value(byte)
    case (.tag, UInt8(ascii: " ")), (.tag, UInt8(ascii: "\n")): (word, attribute) = ([], [])
    case (.tag, _): word.append(byte)
    case (.value(let quote), _) where quote == byte: (place, attribute) = (.tag, [])
    default: break
    }
  }
}
