// Strings of RFC 8259 section 7, with UTF-8 validated by the ranges of RFC 3629 section 4.

extension JSONReader {
  /// Reads a string whose opening quote is current.
  mutating func string() throws(JSONError) -> String {
    offset += 1
    var text: [UInt8] = []
    while true {
      guard let byte = current else { throw failure(.unexpectedEnd) }
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        try escape(into: &text)
      case 0..<0x20:
        throw JSONError(.controlCharacterInString, at: position)
      case 0x20..<0x80:
        text.append(byte)
        offset += 1
      default:
        let length = scalarLength(of: byte)
        guard length > 0 else { throw JSONError(.invalidUTF8, at: position) }
        text.append(contentsOf: bytes[offset..<offset + length])
        advance(scalarBytes: length)
      }
    }
  }

  /// The length of the well-formed scalar at `offset` that starts with `lead`, or 0.
  private func scalarLength(of lead: UInt8) -> Int {
    let length: Int
    let second: ClosedRange<UInt8>
    switch lead {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard offset + length <= bytes.count, second.contains(bytes[offset + 1]) else { return 0 }
    for index in 2..<max(length, 2) where bytes[offset + index] & 0xC0 != 0x80 { return 0 }
    return length
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    let start = position
    offset += 1
    guard let byte = current else { throw failure(.unexpectedEnd) }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      guard let scalar = unicodeEscape() else { throw JSONError(.invalidEscape, at: start) }
      text.append(contentsOf: Character(scalar).utf8)
    default: throw JSONError(.invalidEscape, at: start)
    }
  }

  /// The scalar of a `\u` escape, joining a surrogate pair; nil for half a pair.
  private mutating func unicodeEscape() -> Unicode.Scalar? {
    guard let first = hexQuad() else { return nil }
    guard (0xD800..<0xE000).contains(first) else { return Unicode.Scalar(first) }
    guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let second = hexQuad(),
      (0xDC00..<0xE000).contains(second)
    else { return nil }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
  }

  private mutating func hexQuad() -> UInt32? {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        return nil
      }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }
}
