/// The text of `Fn::Sub`, taken apart.
enum Substitution {
  /// A part of the text.
  enum Piece: Equatable {
    case text(String)
    /// `${name}`.
    case name(String)
    /// `${...}` around what cannot be a name.
    case malformed(String)
  }

  /// The pieces in their order. `${!x}` is the text `${x}`; a `${` that nothing closes is text.
  static func pieces(of text: String) -> [Piece] {
    let bytes = Array(text.utf8)
    var pieces: [Piece] = []
    var known: [UInt8] = []
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "$"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "{"),
        let end = closing(bytes, from: index + 2)
      else {
        known.append(bytes[index])
        index += 1
        continue
      }
      let inner = bytes[index + 2..<end]
      index = end + 1
      if inner.first == UInt8(ascii: "!") {
        known += Array("${".utf8) + inner.dropFirst() + [UInt8(ascii: "}")]
        continue
      }
      if !known.isEmpty { pieces.append(.text(String(decoding: known, as: UTF8.self))) }
      known = []
      let name = String(decoding: inner, as: UTF8.self).trimmed
      pieces.append(isName(name) ? .name(name) : .malformed(name))
    }
    if !known.isEmpty { pieces.append(.text(String(decoding: known, as: UTF8.self))) }
    return pieces
  }

  /// The first `}` before any other `{`.
  private static func closing(_ bytes: [UInt8], from start: Int) -> Int? {
    var index = start
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "}") { return index }
      if bytes[index] == UInt8(ascii: "{") { return nil }
      index += 1
    }
    return nil
  }

  private static func isName(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}

extension String {
  /// Without blanks at either end.
  var trimmed: String {
    var rest = self[...]
    while let first = rest.unicodeScalars.first, first.properties.isWhitespace {
      rest.unicodeScalars.removeFirst()
    }
    while let last = rest.unicodeScalars.last, last.properties.isWhitespace {
      rest.unicodeScalars.removeLast()
    }
    return String(rest)
  }
}

/// `{{resolve:service:name}}`: what AWS puts there is in no file.
enum DynamicReference {
  /// A part of a text.
  enum Part {
    case text(String)
    case reference(String)
  }

  /// The parts of a text that holds at least one; nil for every other text.
  static func parts(of text: String) -> [Part]? {
    var parts: [Part] = []
    var rest = text[...]
    while let start = rest.firstRange(of: "{{resolve:"),
      let end = rest[start.upperBound...].firstRange(of: "}}")
    {
      if start.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<start.lowerBound]))) }
      parts.append(.reference(String(rest[start.upperBound..<end.lowerBound])))
      rest = rest[end.upperBound...]
    }
    guard !parts.isEmpty else { return nil }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    return parts
  }
}
