// Values made in code read as the properties that they are.
extension CloudValue: ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
  /// Text.
  public init(stringLiteral text: String) { self.init(.string(text)) }

  /// Text with values in it: plain text where every part is plain, else parts in their order.
  public init(stringInterpolation: Interpolation) { self = stringInterpolation.value }

  /// A list.
  public init(arrayLiteral elements: CloudValue...) { self.init(.list(elements)) }

  /// An object, members in the order written.
  public init(dictionaryLiteral members: (String, CloudValue)...) {
    self.init(.object(members.map { Member(name: $0.0, value: $0.1) }))
  }

  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self.init(.bool(value)) }

  /// A whole number.
  public init(integerLiteral value: Int) { self.init(.number(String(value))) }

  /// Gathers the parts of a text: what is written, and values whose text AWS assigns.
  public struct Interpolation: StringInterpolationProtocol {
    private var parts: [CloudValue] = []

    /// An empty text.
    public init(literalCapacity: Int, interpolationCount: Int) {}

    /// What is written between the values.
    public mutating func appendLiteral(_ literal: String) { add(literal) }

    /// Something whose text is known.
    public mutating func appendInterpolation(_ value: some CustomStringConvertible) { add(value.description) }

    /// A value; text is taken in as text.
    public mutating func appendInterpolation(_ value: CloudValue) {
      switch value.content {
      case .string(let text): add(text)
      case .joined(let inner): for part in inner { appendInterpolation(part) }
      default: parts.append(value)
      }
    }

    private mutating func add(_ text: String) {
      guard !text.isEmpty else { return }
      if let last = parts.last, case .string(let before) = last.content {
        parts[parts.count - 1] = CloudValue(.string(before + text))
      } else {
        parts.append(CloudValue(.string(text)))
      }
    }

    fileprivate var value: CloudValue {
      guard let first = parts.first else { return CloudValue(.string("")) }
      if parts.count == 1, case .string = first.content { return first }
      return CloudValue(.joined(parts))
    }
  }
}

extension CloudValue {
  /// Known text.
  public static func text(_ value: some CustomStringConvertible) -> CloudValue {
    CloudValue(.string(value.description))
  }

  /// A list of known texts.
  public static func texts(_ values: some Sequence<String>) -> CloudValue {
    CloudValue(.list(values.map { CloudValue(.string($0)) }))
  }

  /// A list.
  public static func list(_ values: some Sequence<CloudValue>) -> CloudValue {
    CloudValue(.list(Array(values)))
  }

  /// A whole number.
  public static func number(_ value: Int) -> CloudValue { CloudValue(.number(String(value))) }
}
