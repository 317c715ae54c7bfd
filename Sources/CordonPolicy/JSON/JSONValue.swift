/// A JSON value that remembers where it was read and in which order its members came.
///
/// Numbers keep their text, so nothing is rounded between reading and writing. Equality ignores positions and
/// respects member order: two values are equal when they are written alike.
public struct JSONValue: Sendable, Equatable {
  /// What the value is.
  public enum Content: Sendable, Equatable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number, as it was written.
    case number(String)
    /// A string, unescaped.
    case string(String)
    /// A list.
    case array([JSONValue])
    /// An object, members in the order they came.
    case object([Member])
  }

  /// One name and value of an object.
  public struct Member: Sendable, Equatable {
    /// The member's name.
    public var name: String
    /// The member's value.
    public var value: JSONValue
    /// Where the name stands; nil for a member made in code.
    public var namePosition: TextPosition?

    /// A member made in code, or by the reader with the position of its name.
    public init(name: String, value: JSONValue, namePosition: TextPosition? = nil) {
      self.name = name
      self.value = value
      self.namePosition = namePosition
    }

    /// Whether names and values are alike; positions do not count.
    public static func == (left: Self, right: Self) -> Bool {
      left.name == right.name && left.value == right.value
    }
  }

  /// What the value is.
  public var content: Content
  /// Where the value starts; nil for a value made in code.
  public var position: TextPosition?

  /// A value made in code, or by the reader with its position.
  public init(_ content: Content, at position: TextPosition? = nil) {
    self.content = content
    self.position = position
  }

  /// Whether the contents are alike; positions do not count.
  public static func == (left: Self, right: Self) -> Bool { left.content == right.content }

  /// An object of `members`, in their order.
  public static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    JSONValue(.object(members.map { Member(name: $0.0, value: $0.1) }))
  }

  /// A list.
  public static func array(_ elements: [JSONValue]) -> JSONValue { JSONValue(.array(elements)) }

  /// A string.
  public static func string(_ text: String) -> JSONValue { JSONValue(.string(text)) }

  /// A whole number.
  public static func number(_ number: Int) -> JSONValue { JSONValue(.number(String(number))) }

  /// `null`.
  public static var null: JSONValue { JSONValue(.null) }
}

extension JSONValue {
  /// The value of the member called `name`, if this is an object that has it.
  public subscript(name: String) -> JSONValue? { members?.first { $0.name == name }?.value }

  /// The members, if this is an object.
  public var members: [Member]? {
    if case .object(let members) = content { members } else { nil }
  }

  /// The elements, if this is a list.
  public var elements: [JSONValue]? {
    if case .array(let elements) = content { elements } else { nil }
  }

  /// The text, if this is a string.
  public var text: String? {
    if case .string(let text) = content { text } else { nil }
  }

  /// The truth value, if this is `true` or `false`.
  public var bool: Bool? {
    if case .bool(let bool) = content { bool } else { nil }
  }

  /// The number, if this is one that `Int` holds exactly.
  public var int: Int? {
    if case .number(let text) = content { Int(text) } else { nil }
  }

  /// Whether this is `null`.
  public var isNull: Bool { content == .null }

  /// What kind of value this is, as an error message names it.
  public var kindName: String {
    switch content {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
  /// A string.
  public init(stringLiteral text: String) { self.init(.string(text)) }

  /// A list.
  public init(arrayLiteral elements: JSONValue...) { self.init(.array(elements)) }

  /// An object, members in the order written.
  public init(dictionaryLiteral members: (String, JSONValue)...) { self = .object(members) }

  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self.init(.bool(value)) }

  /// A whole number.
  public init(integerLiteral value: Int) { self.init(.number(String(value))) }
}
