/// Reads the small XML documents that S3 clients send.
///
/// Strict on purpose: no document type, no entities beyond the five, no processing instructions, no comments,
/// no CDATA. No S3 client sends any of them, and each is a known way to make two readers see two documents.
/// Attributes (`xmlns`) are checked for form and then dropped.
struct S3XMLReader {
  static let maximumDepth = 8
  /// 10,000 parts with a number, an ETag and checksums each.
  static let maximumElements = 90_000

  private let bytes: [UInt8]
  private let deepest: Int
  private let mostElements: Int
  private var offset = 0
  private var elementCount = 0

  /// Reads a whole document.
  static func read(
    _ bytes: [UInt8], maximumLength: Int, deepest: Int = maximumDepth, mostElements: Int = maximumElements
  ) throws(S3XMLError) -> S3XMLElement {
    guard bytes.count <= maximumLength else { throw .tooLong }
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .badCharacter }
    var reader = S3XMLReader(bytes: bytes, deepest: deepest, mostElements: mostElements)
    return try reader.document()
  }

  private init(bytes: [UInt8], deepest: Int, mostElements: Int) {
    self.bytes = bytes
    self.deepest = deepest
    self.mostElements = mostElements
  }

  private mutating func document() throws(S3XMLError) -> S3XMLElement {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    try skipDeclaration()
    skipSpace()
    let root = try element(depth: 1)
    skipSpace()
    guard offset == bytes.count else { throw next("<!") || next("<?") ? .notAllowed : .syntax }
    return root
  }

  /// `<?xml version="1.0" encoding="UTF-8"?>`; another encoding would be read wrongly, so it is refused.
  private mutating func skipDeclaration() throws(S3XMLError) {
    guard next("<?xml") else { return }
    offset += 5
    while !next("?>") {
      let hadSpace = skipSpace()
      if next("?>") { break }
      guard hadSpace else { throw .syntax }
      let (name, value) = try attribute()
      let folded = value.map(ASCII.lowercased)
      switch name {
      case "version": guard value == Array("1.0".utf8) else { throw .notAllowed }
      case "encoding": guard folded == Array("utf-8".utf8) else { throw .notAllowed }
      case "standalone": break
      default: throw .syntax
      }
    }
    offset += 2
  }

  private mutating func element(depth: Int) throws(S3XMLError) -> S3XMLElement {
    elementCount += 1
    guard depth <= deepest, elementCount <= mostElements else { throw .tooManyElements }
    guard !next("<!"), !next("<?") else { throw .notAllowed }
    guard take("<") else { throw .syntax }
    let name = try name()
    let isEmpty = try attributes()
    if isEmpty { return S3XMLElement(name: Self.local(name), text: "", children: []) }
    return try content(of: name, depth: depth)
  }

  /// Reads up to the end of the start tag; true when it was an empty-element tag.
  private mutating func attributes() throws(S3XMLError) -> Bool {
    var seen: [String] = []
    while true {
      let hadSpace = skipSpace()
      if take("/>") { return true }
      if take(">") { return false }
      guard hadSpace, seen.count < 8 else { throw .syntax }
      let name = try attribute().name
      guard !seen.contains(name) else { throw .syntax }
      seen.append(name)
    }
  }

  private mutating func attribute() throws(S3XMLError) -> (name: String, value: [UInt8]) {
    let name = try name()
    skipSpace()
    guard take("=") else { throw .syntax }
    skipSpace()
    let quote: UInt8 = next("'") ? 0x27 : 0x22
    guard offset < bytes.count, bytes[offset] == quote else { throw .syntax }
    offset += 1
    var value: [UInt8] = []
    while offset < bytes.count, bytes[offset] != quote {
      guard bytes[offset] != 0x3C else { throw .syntax }
      try character(into: &value)
    }
    guard offset < bytes.count else { throw .syntax }
    offset += 1
    return (name, value)
  }

  private mutating func content(of name: String, depth: Int) throws(S3XMLError) -> S3XMLElement {
    var text: [UInt8] = []
    var children: [S3XMLElement] = []
    while offset < bytes.count {
      guard bytes[offset] == 0x3C else {
        try character(into: &text)
        continue
      }
      guard next("</") else {
        children.append(try element(depth: depth + 1))
        continue
      }
      try endTag(of: name)
      if children.isEmpty {
        return S3XMLElement(name: Self.local(name), text: String(decoding: text, as: UTF8.self), children: [])
      }
      guard text.allSatisfy(Self.isSpace) else { throw .mixedContent }
      return S3XMLElement(name: Self.local(name), text: "", children: children)
    }
    throw .syntax
  }

  private mutating func endTag(of name: String) throws(S3XMLError) {
    offset += 2
    guard try self.name() == name else { throw .syntax }
    skipSpace()
    guard take(">") else { throw .syntax }
  }
}

extension S3XMLReader {
  /// One byte of text, a line break, or a reference.
  private mutating func character(into text: inout [UInt8]) throws(S3XMLError) {
    let byte = bytes[offset]
    switch byte {
    case ASCII.ampersand:
      try reference(into: &text)
      return
    case ASCII.carriageReturn:
      // XML 1.0 §2.11: a carriage return, alone or before a line feed, is a line feed.
      if offset + 1 < bytes.count, bytes[offset + 1] == ASCII.lineFeed { offset += 1 }
      text.append(ASCII.lineFeed)
    case ASCII.tab, ASCII.lineFeed, 0x20...: text.append(byte)
    default: throw .badCharacter
    }
    offset += 1
  }

  private static let entities: [(name: String, byte: UInt8)] = [
    ("&amp;", 0x26), ("&lt;", 0x3C), ("&gt;", 0x3E), ("&quot;", 0x22), ("&apos;", 0x27),
  ]

  private mutating func reference(into text: inout [UInt8]) throws(S3XMLError) {
    for entity in Self.entities where take(entity.name) {
      text.append(entity.byte)
      return
    }
    guard take("&#") else { throw .unknownEntity }
    let isHex = take("x")
    var value: UInt32 = 0
    var digits = 0
    while offset < bytes.count, let digit = ASCII.hexValue(bytes[offset]), isHex || digit < 10, digits < 8 {
      // At most 8 digits: neither 16^8 nor 10^8 leaves 32 bits.
      value = value &* (isHex ? 16 : 10) &+ UInt32(digit)
      digits += 1
      offset += 1
    }
    // Object keys may hold control characters, which clients can only send as references (XML 1.1 allows
    // them).
    guard digits > 0, take(";"), value != 0, let scalar = Unicode.Scalar(value) else { throw .badCharacter }
    text += Array(String(Character(scalar)).utf8)
  }

  private mutating func name() throws(S3XMLError) -> String {
    let start = offset
    while offset < bytes.count, Self.isNameByte(bytes[offset]) { offset += 1 }
    guard 1...128 ~= offset - start, !ASCII.isDigit(bytes[start]) else { throw .syntax }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    ASCII.isLowerLetter(byte) || ASCII.isUpperLetter(byte) || ASCII.isDigit(byte) || byte == ASCII.hyphen
      || byte == ASCII.underscore || byte == ASCII.colon || byte == ASCII.dot
  }

  /// The name without its namespace prefix.
  private static func local(_ name: String) -> String {
    guard let colon = name.utf8.lastIndex(of: ASCII.colon) else { return name }
    return String(name[name.utf8.index(after: colon)...])
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == ASCII.space || byte == ASCII.tab || byte == ASCII.lineFeed || byte == ASCII.carriageReturn
  }

  @discardableResult
  private mutating func skipSpace() -> Bool {
    let start = offset
    while offset < bytes.count, Self.isSpace(bytes[offset]) { offset += 1 }
    return offset > start
  }

  private func next(_ text: String) -> Bool {
    let expected = text.utf8
    guard bytes.count - offset >= expected.count else { return false }
    return bytes[offset..<(offset + expected.count)].elementsEqual(expected)
  }

  private mutating func take(_ text: String) -> Bool {
    guard next(text) else { return false }
    offset += text.utf8.count
    return true
  }
}
