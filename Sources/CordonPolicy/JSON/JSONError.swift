/// Why a text is not JSON that Cordon reads, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// Something else stands where `expected` belongs.
    case expected(String)
    /// The text ends inside a value.
    case unexpectedEnd
    /// A second value, or anything else, follows the value.
    case trailingText
    /// The bytes are not UTF-8 (RFC 3629).
    case invalidUTF8
    /// A control character stands unescaped in a string (RFC 8259 section 7).
    case controlCharacterInString
    /// An escape that JSON does not have, or half a surrogate pair.
    case invalidEscape
    /// A number that does not follow RFC 8259 section 6.
    case invalidNumber
    /// The object has two members of this name.
    case duplicateName(String)
    /// Lists and objects nest deeper than the limit.
    case tooDeep(limit: Int)
    /// The text is longer than the limit, in bytes.
    case tooLong(limit: Int)
  }

  /// What is wrong.
  public var problem: Problem
  /// Where.
  public var position: TextPosition

  /// An error of `problem` at `position`.
  public init(_ problem: Problem, at position: TextPosition) {
    self.problem = problem
    self.position = position
  }

  /// What is wrong, without the position.
  public var message: String {
    switch problem {
    case .expected(let what): "expected \(what)"
    case .unexpectedEnd: "the text ends inside a value"
    case .trailingText: "text after the end of the value"
    case .invalidUTF8: "not UTF-8"
    case .controlCharacterInString: "a control character in a string must be escaped"
    case .invalidEscape: "not an escape that JSON has"
    case .invalidNumber: "not a JSON number"
    case .duplicateName(let name): "the member '\(name)' appears twice"
    case .tooDeep(let limit): "nested deeper than \(limit) levels"
    case .tooLong(let limit): "longer than \(limit) bytes"
    }
  }

  /// `line:column: message`.
  public var description: String { "\(position): \(message)" }
}
