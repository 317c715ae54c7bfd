public import CordonModel

extension TemplateError: CustomStringConvertible {
  /// The place in the user's file; nil for what was typed on the command line.
  public var location: Location? {
    switch self {
    case .syntax(_, let place), .duplicateKey(_, let place), .tooLarge(_, let place), .notRead(_, let place),
      .notADeployment(let place), .expected(_, _, let place), .unknownKey(_, _, let place, _),
      .missingKey(_, _, let place), .unknownFunction(_, let place, _), .arguments(_, _, let place),
      .unknownReference(_, let place, _), .absentReference(_, _, let place), .circular(_, let place),
      .letter(_, _, let place), .parameterValue(_, _, let place), .duplicateExport(_, let place, _):
      place
    case .unknownParameter, .parameterText, .more: nil
    }
  }

  /// `file:line:column: message`, one line.
  public var description: String {
    let text = Self.printable(message)
    return location.map { "\(Self.printable($0.description)): \(text)" } ?? text
  }

  /// What is wrong and what to write instead, without the place.
  public var message: String {
    switch self {
    case .syntax(let problem, _): problem
    case .duplicateKey(let key, _): "the key '\(key)' appears twice; keep one of them"
    case .tooLarge(let what, _): what
    case .notRead(let what, _): what
    case .notADeployment:
      "neither a CloudFormation template (an object with 'Resources') nor a plan of 'terraform show -json'"
    case .expected(let wanted, let found, _): "expected \(wanted), found \(found)"
    case .unknownKey(let key, let owner, _, let near):
      "unknown key '\(key)' in \(owner)\(Self.suggestion(near))"
    case .missingKey(let key, let owner, _): "'\(key)' is missing in \(owner)"
    case .unknownFunction(let name, _, let near): "unknown function '\(name)'\(Self.suggestion(near))"
    case .arguments(let function, let takes, _): "\(function) takes \(takes)"
    case .unknownReference(let name, _, let near):
      "nothing here is called '\(name)'\(Self.suggestion(near))"
    case .absentReference(let name, let condition, _):
      "'\(name)' does not exist here: its condition '\(condition)' is false"
    case .circular(let names, _): "circular: \((names + names.prefix(1)).joined(separator: " -> "))"
    case .letter(let name, let scalar, _):
      "the name '\(name)' holds U+\(Self.codePoint(scalar)); names are made of A-Z, a-z and 0-9"
    case .parameterValue(let name, let takes, _): "the parameter '\(name)' takes \(takes)"
    case .unknownParameter(let name, let near):
      "no template has a parameter '\(name)'\(Self.suggestion(near))"
    case .parameterText(let text): "'\(text)' is not a parameter; write NAME=VALUE or STACK:NAME=VALUE"
    case .duplicateExport(let name, _, let first):
      "the export '\(name)' exists already\(first.map { " at \($0)" } ?? "")"
    case .more(let count): "more than \(count) errors; the rest is not listed"
    }
  }

  private static func suggestion(_ near: String?) -> String { near.map { "; did you mean '\($0)'?" } ?? "" }

  private static func codePoint(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// Text of a stranger's file on its way to a terminal: nothing in it repaints or reorders what is read (CWE-150).
  private static func printable(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
        shown += "\\u{\(codePoint(scalar.value))}"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }
}

extension TemplateErrors: CustomStringConvertible {
  /// One error a line.
  public var description: String { errors.map(\.description).joined(separator: "\n") }
}
