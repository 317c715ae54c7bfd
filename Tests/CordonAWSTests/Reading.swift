import CordonAWS
import CordonModel
import Testing

/// Reads templates as a user gives them.
func deployment(_ files: [String: String], parameters: [String] = []) throws -> CloudDeployment {
  let settings = try parameters.map { try ParameterSetting(parsing: $0) }
  let sources = files.sorted { $0.key < $1.key }.map { SourceFile(name: $0.key, text: $0.value) }
  return try TemplateReader(parameters: settings).read(sources)
}

func deployment(_ text: String, parameters: [String] = []) throws -> CloudDeployment {
  try deployment(["t.yaml": text], parameters: parameters)
}

/// The errors of a template, one a line, without the file's name.
func mistakes(_ text: String, file: String = "t.yaml", parameters: [String] = []) -> [String] {
  do {
    _ = try deployment([file: text], parameters: parameters)
    return []
  } catch let error as TemplateErrors {
    return error.errors.map { $0.description.replacingPrefix("\(file):", with: "") }
  } catch {
    return ["\(error)"]
  }
}

extension String {
  fileprivate func replacingPrefix(_ prefix: String, with other: String) -> String {
    hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
  }
}

/// A value as one line: text bare, references `<Name.Attribute>`, unknowns `?cause:name`, choices `{a|b if condition}`.
func shown(_ value: CloudValue?) -> String {
  guard let value else { return "absent" }
  switch value.content {
  case .null: return "null"
  case .bool(let bool): return "\(bool)"
  case .number(let text): return "#\(text)"
  case .string(let text): return text
  case .list(let elements): return "[" + elements.map(shown).joined(separator: ", ") + "]"
  case .object(let members):
    return "(" + members.map { "\($0.name): \(shown($0.value))" }.joined(separator: ", ") + ")"
  case .reference(let reference):
    return "<\(reference.resource)\(reference.attribute.map { ".\($0)" } ?? "")>"
  case .joined(let parts): return parts.map(shown).joined(separator: "+")
  case .oneOf(let choices, let condition):
    return "{" + choices.map(shown).joined(separator: "|") + " if \(condition)}"
  case .unknown(let unknown): return "?\(unknown.cause.rawValue):\(unknown.name)"
  }
}

extension CloudDeployment {
  /// A property of a resource, in one line.
  func property(_ name: String, of resource: String, stack: String = "") -> String {
    let found = resources.first { $0.id == ResourceID(stack: stack, name: resource) }
    guard case .object(let members)? = found?.properties.content else { return "no resource" }
    return shown(members.first { $0.name == name }?.value)
  }
}
