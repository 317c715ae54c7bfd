extension JSONValue {
  /// How a value is written. Every style is deterministic: the same value gives the same bytes.
  public struct Style: Sendable, Equatable {
    /// Members in the byte order of their names instead of the order they came in.
    public var sortedNames: Bool
    /// One member or element a line, indented by two spaces, instead of one line without spaces.
    public var indented: Bool

    /// A style of these choices.
    public init(sortedNames: Bool = false, indented: Bool = false) {
      self.sortedNames = sortedNames
      self.indented = indented
    }

    /// One line, members in the order they came.
    public static let compact = Style()
    /// One line, members sorted by the bytes of their names: equal objects give equal bytes.
    public static let canonical = Style(sortedNames: true)
    /// For people: indented, members in the order they came.
    public static let readable = Style(indented: true)
  }

  /// The value as JSON text; strings escape only what RFC 8259 section 7 requires, and U+2028 and U+2029.
  public func written(_ style: Style = .compact) -> String {
    var writer = JSONWriter(style: style)
    writer.write(self, depth: 0)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

struct JSONWriter {
  let style: JSONValue.Style
  var bytes: [UInt8] = []

  mutating func write(_ value: JSONValue, depth: Int) {
    switch value.content {
    case .null: append("null")
    case .bool(let bool): append(bool ? "true" : "false")
    case .number(let text): append(text)
    case .string(let text): writeString(text)
    case .array(let elements):
      writeList(elements, open: "[", close: "]", depth: depth) { writer, element in
        writer.write(element, depth: depth + 1)
      }
    case .object(let members):
      let ordered =
        style.sortedNames
        ? members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } : members
      writeList(ordered, open: "{", close: "}", depth: depth) { writer, member in
        writer.writeString(member.name)
        writer.append(writer.style.indented ? ": " : ":")
        writer.write(member.value, depth: depth + 1)
      }
    }
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func writeList<Item>(
    _ items: [Item], open: String, close: String, depth: Int, item: (inout JSONWriter, Item) -> Void
  ) {
    append(open)
    for (index, element) in items.enumerated() {
      if index > 0 { append(",") }
      newLine(depth: depth + 1)
      item(&self, element)
    }
    if !items.isEmpty { newLine(depth: depth) }
    append(close)
  }

  private mutating func newLine(depth: Int) {
    guard style.indented else { return }
    append("\n")
    for _ in 0..<depth { append("  ") }
  }

  private mutating func writeString(_ text: String) {
    append("\"")
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": append("\\\"")
      case "\\": append("\\\\")
      case "\n": append("\\n")
      case "\r": append("\\r")
      case "\t": append("\\t")
      // U+2028 and U+2029 end a line in JavaScript, and a reader of JSON lines may split there.
      case "\u{0}"..<"\u{20}", "\u{7F}", "\u{2028}", "\u{2029}":
        let hex = String(scalar.value, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
      default: bytes.append(contentsOf: Character(scalar).utf8)
      }
    }
    append("\"")
  }
}
