/// Bounds on what the JSON reader accepts.
public struct JSONLimits: Sendable, Equatable {
  /// The longest text, in bytes.
  public var bytes: Int
  /// How deep lists and objects may nest.
  public var depth: Int

  /// Limits of `bytes` and `depth`.
  public init(bytes: Int = 4 << 20, depth: Int = 64) {
    self.bytes = bytes
    self.depth = depth
  }
}

extension JSONValue {
  /// Reads exactly one JSON value (RFC 8259) from `text`.
  public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }

  /// Reads exactly one JSON value (RFC 8259) from `bytes`, which may be hostile.
  ///
  /// Refused beyond what the RFC refuses: duplicate names, a byte-order mark, half surrogate pairs, text that
  /// is not UTF-8, and anything beyond `limits`. Memory is bounded by a constant times the text.
  public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
    guard bytes.count <= limits.bytes else {
      throw JSONError(.tooLong(limit: limits.bytes), at: TextPosition(line: 1, column: 1))
    }
    var reader = JSONReader(bytes: bytes, depthLimit: limits.depth)
    self = try reader.document()
  }
}

/// A recursive-descent reader with a moving offset; its recursion is bounded by `depthLimit`.
struct JSONReader {
  let bytes: [UInt8]
  let depthLimit: Int
  var offset = 0
  private var depth = 0
  private var line = 1
  private var lineStart = 0
  /// Bytes since `lineStart` that continue a scalar, so that columns count scalars.
  private var continuations = 0

  init(bytes: [UInt8], depthLimit: Int) {
    self.bytes = bytes
    self.depthLimit = depthLimit
  }

  var position: TextPosition {
    TextPosition(line: line, column: offset - lineStart - continuations + 1)
  }

  var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  func failure(_ problem: JSONError.Problem) -> JSONError {
    JSONError(offset >= bytes.count ? .unexpectedEnd : problem, at: position)
  }

  mutating func document() throws(JSONError) -> JSONValue {
    skipWhitespace()
    let value = try value()
    skipWhitespace()
    guard offset == bytes.count else { throw JSONError(.trailingText, at: position) }
    return value
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    let start = position
    guard let byte = current else { throw failure(.unexpectedEnd) }
    switch byte {
    case UInt8(ascii: "{"): return JSONValue(.object(try object()), at: start)
    case UInt8(ascii: "["): return JSONValue(.array(try array()), at: start)
    case UInt8(ascii: "\""): return JSONValue(.string(try string()), at: start)
    case UInt8(ascii: "t"):
      try keyword("true")
      return JSONValue(.bool(true), at: start)
    case UInt8(ascii: "f"):
      try keyword("false")
      return JSONValue(.bool(false), at: start)
    case UInt8(ascii: "n"):
      try keyword("null")
      return JSONValue(.null, at: start)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return JSONValue(.number(try number()), at: start)
    default: throw failure(.expected("a value"))
    }
  }

  private mutating func object() throws(JSONError) -> [JSONValue.Member] {
    try enter()
    defer { depth -= 1 }
    var members: [JSONValue.Member] = []
    var names: Set<String> = []
    skipWhitespace()
    if take(UInt8(ascii: "}")) { return [] }
    repeat {
      skipWhitespace()
      let namePosition = position
      guard current == UInt8(ascii: "\"") else { throw failure(.expected("a member name in double quotes")) }
      let name = try string()
      guard names.insert(name).inserted else { throw JSONError(.duplicateName(name), at: namePosition) }
      skipWhitespace()
      guard take(UInt8(ascii: ":")) else { throw failure(.expected("':'")) }
      skipWhitespace()
      members.append(.init(name: name, value: try value(), namePosition: namePosition))
      skipWhitespace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw failure(.expected("',' or '}'")) }
    return members
  }

  private mutating func array() throws(JSONError) -> [JSONValue] {
    try enter()
    defer { depth -= 1 }
    var elements: [JSONValue] = []
    skipWhitespace()
    if take(UInt8(ascii: "]")) { return [] }
    repeat {
      skipWhitespace()
      elements.append(try value())
      skipWhitespace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw failure(.expected("',' or ']'")) }
    return elements
  }

  private mutating func enter() throws(JSONError) {
    guard depth < depthLimit else { throw JSONError(.tooDeep(limit: depthLimit), at: position) }
    depth += 1
    offset += 1
  }

  private mutating func keyword(_ word: StaticString) throws(JSONError) {
    for scalar in word.description.utf8 {
      guard take(scalar) else { throw failure(.expected(word.description)) }
    }
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    offset += 1
    return true
  }

  private mutating func skipWhitespace() {
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\n"):
        offset += 1
        line += 1
        lineStart = offset
        continuations = 0
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): offset += 1
      default: return
      }
    }
  }

  private mutating func number() throws(JSONError) -> String {
    let start = offset
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func digits() throws(JSONError) {
    let start = offset
    while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { offset += 1 }
    guard offset > start else { throw failure(.invalidNumber) }
  }

  /// Counts a scalar's continuation bytes, so that `position` stays right after text that is not ASCII.
  mutating func advance(scalarBytes: Int) {
    offset += scalarBytes
    continuations += scalarBytes - 1
  }
}
