/// Walks the `<a ...>text</a>` elements of an HTML page of unknown origin, in one pass.
///
/// Not an HTML parser: an index page has anchors, and whatever is not an anchor is passed over. Attribute
/// values and texts over their bounds end the anchor that holds them.
struct AnchorScanner {
  /// An anchor of the page.
  struct Anchor: Equatable {
    var attributes: [String: String]
    var text: String
  }

  private static let longestValue = 4_096
  private static let mostAttributes = 16

  private let bytes: [UInt8]
  private var offset = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The next anchor, or nil at the page's end.
  mutating func next() -> Anchor? {
    while let open = find(UInt8(ascii: "<"), within: bytes.count) {
      offset = open + 1
      guard let name = byte(offset), name | 0x20 == UInt8(ascii: "a"), let after = byte(offset + 1),
        Self.isSpace(after)
      else { continue }
      offset += 1
      guard let attributes = readAttributes() else { continue }
      return Anchor(attributes: attributes, text: readText())
    }
    return nil
  }

  private func byte(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

  private func find(_ wanted: UInt8, within limit: Int) -> Int? {
    guard offset < bytes.count else { return nil }
    return bytes[offset..<(offset + min(limit, bytes.count - offset))].firstIndex(of: wanted)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

  private mutating func skipSpace() {
    while let byte = byte(offset), Self.isSpace(byte) { offset += 1 }
  }

  /// The attributes up to `>`, which is consumed; nil where the tag does not end or holds too much.
  private mutating func readAttributes() -> [String: String]? {
    var attributes: [String: String] = [:]
    while true {
      skipSpace()
      guard let next = byte(offset) else { return nil }
      if next == UInt8(ascii: ">") {
        offset += 1
        return attributes
      }
      if next == UInt8(ascii: "/") {
        offset += 1
        continue
      }
      guard attributes.count < Self.mostAttributes, let (name, value) = readAttribute() else { return nil }
      // HTML: the first of two attributes of one name counts.
      if attributes[name] == nil { attributes[name] = value }
    }
  }

  private mutating func readAttribute() -> (name: String, value: String)? {
    let name = word {
      $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "/") || Self.isSpace($0)
    }
    guard !name.isEmpty else { return nil }
    skipSpace()
    guard byte(offset) == UInt8(ascii: "=") else { return (name.lowercased(), "") }
    offset += 1
    return readValue().map { (name.lowercased(), $0) }
  }

  private mutating func readValue() -> String? {
    skipSpace()
    guard let quote = byte(offset) else { return nil }
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      return HTMLText.unescaped(word { $0 == UInt8(ascii: ">") || Self.isSpace($0) })
    }
    offset += 1
    guard let end = find(quote, within: Self.longestValue) else { return nil }
    let value = String(decoding: bytes[offset..<end], as: UTF8.self)
    offset = end + 1
    return HTMLText.unescaped(value)
  }

  private mutating func word(until ends: (UInt8) -> Bool) -> String {
    let start = offset
    while let byte = byte(offset), !ends(byte), offset - start < Self.longestValue { offset += 1 }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func readText() -> String {
    let end =
      find(UInt8(ascii: "<"), within: Self.longestValue) ?? min(bytes.count, offset + Self.longestValue)
    let text = String(decoding: bytes[offset..<end], as: UTF8.self)
    offset = end
    return HTMLText.unescaped(text).trimmed
  }
}

/// Character references of HTML, as index pages use them.
enum HTMLText {
  private static let named = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
  private static let longestReference = 10

  /// The text with its references replaced; one that is not known stays as it is.
  static func unescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    var plain = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "&") {
      plain += rest[..<start]
      let after = rest[rest.index(after: start)...]
      if let end = after.prefix(longestReference).firstIndex(of: ";"), let meant = meaning(of: after[..<end])
      {
        plain += meant
        rest = after[after.index(after: end)...]
      } else {
        plain += "&"
        rest = after
      }
    }
    return plain + rest
  }

  private static func meaning(of reference: Substring) -> String? {
    guard reference.first == "#" else { return named[String(reference)] }
    let digits = reference.dropFirst()
    let isHex = digits.first == "x" || digits.first == "X"
    let number = isHex ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return number.flatMap(Unicode.Scalar.init).map { String($0) }
  }
}

extension String {
  /// The text without white space at its ends.
  var trimmed: String {
    var part = self[...]
    while part.first?.isWhitespace == true { part.removeFirst() }
    while part.last?.isWhitespace == true { part.removeLast() }
    return String(part)
  }
}
