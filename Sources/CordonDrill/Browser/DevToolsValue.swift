import FoundationEssentials

/// JSON as the debugging pipe carries it.
enum DevToolsValue: Codable, Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByDictionaryLiteral
{
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([DevToolsValue])
  case object([String: DevToolsValue])

  init(stringLiteral value: String) { self = .text(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(integerLiteral value: Int) { self = .number(Double(value)) }
  init(dictionaryLiteral elements: (String, DevToolsValue)...) {
    self = .object(Dictionary(elements) { $1 })
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([DevToolsValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: DevToolsValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    // Chromium takes whole numbers only where it wants some.
    case .number(let value):
      if let whole = Int(exactly: value) { try container.encode(whole) } else { try container.encode(value) }
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// A member of an object.
  subscript(name: String) -> DevToolsValue? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  /// A text.
  var text: String? { if case .text(let value) = self { value } else { nil } }

  /// A whole number that fits.
  var whole: Int? { if case .number(let value) = self { Int(exactly: value) } else { nil } }

  /// One message of the pipe; nil where it is no JSON.
  init?(_ message: [UInt8]) {
    guard let value = try? JSONDecoder().decode(DevToolsValue.self, from: Data(message)) else { return nil }
    self = value
  }

  /// The value as one line.
  var bytes: [UInt8] {
    guard let data = try? JSONEncoder().encode(self) else { return Array("null".utf8) }
    return [UInt8](data)
  }
}
