import CordonModel

/// A parameter's value as the user gives it: `NAME=VALUE`, or `STACK:NAME=VALUE` where two stacks have the same name.
///
/// Pseudo parameters can be given too: `AWS::AccountId=111122223333`, `AWS::Region=eu-west-1`.
public struct ParameterSetting: Sendable, Equatable {
  /// The stack meant; nil for every stack that has such a parameter.
  public var stack: String?
  /// The parameter's name.
  public var name: String
  /// Its value; a list is written with commas.
  public var value: String

  /// A value for a parameter.
  public init(stack: String? = nil, name: String, value: String) {
    self.stack = stack
    self.name = name
    self.value = value
  }

  /// Reads `NAME=VALUE` or `STACK:NAME=VALUE`.
  public init(parsing text: String) throws(TemplateError) {
    guard let sign = text.firstIndex(of: "=") else { throw .parameterText(text) }
    var name = text[..<sign]
    stack = nil
    if !name.hasPrefix("AWS::"), let colon = name.firstIndex(of: ":") {
      stack = String(name[..<colon])
      name = name[name.index(after: colon)...]
    }
    guard !name.isEmpty, stack?.isEmpty != true else { throw .parameterText(text) }
    self.name = String(name)
    value = String(text[text.index(after: sign)...])
  }
}
