import CordonModel

extension CloudValue {
  /// The value of the member called `name`, if this is an object that has it.
  subscript(name: String) -> CloudValue? { members?.first { $0.name == name }?.value }

  /// The members, if this is an object.
  var members: [Member]? {
    if case .object(let members) = content { members } else { nil }
  }

  /// The elements, if this is a list.
  var elements: [CloudValue]? {
    if case .list(let elements) = content { elements } else { nil }
  }

  /// The text of a string, number or truth value, as CloudFormation compares them; nil for everything else.
  var plainText: String? {
    switch content {
    case .string(let text), .number(let text): text
    case .bool(let bool): bool ? "true" : "false"
    default: nil
    }
  }

  /// What kind of value this is, as an error message names it.
  var kindName: String {
    switch content {
    case .null: "nothing"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "text"
    case .list: "a list"
    case .object: "an object"
    case .reference: "a reference"
    case .joined: "joined text"
    case .oneOf: "a choice"
    case .unknown: "an unknown value"
    }
  }
}
