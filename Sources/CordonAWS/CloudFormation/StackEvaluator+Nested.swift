import CordonModel

// Stacks within stacks: AWS::CloudFormation::Stack whose template is among the files.
extension StackEvaluator {
  static let nestedStackType = "AWS::CloudFormation::Stack"

  /// The stack that a resource of this type unfolds to; nil where its template is not given.
  mutating func child(_ name: String, in stack: Int) -> Int? {
    if let known = stacks[stack].children[name] { return known }
    guard let position = stacks[stack].index[name] else { return nil }
    let declared = stacks[stack].template.resources[position].value
    guard declared["Type"]?.plainText == Self.nestedStackType, let properties = declared["Properties"],
      let url = properties["TemplateURL"],
      let template = NestedTemplate.fileName(url).flatMap({ templates[$0] })
    else { return nil }
    let place = stacks[stack].template.resources[position].location
    guard !isWithinItself(template, stack), stacks.count < Self.mostStacks else {
      problems.add(.circular([template.file.name], at: place))
      return nil
    }
    // Entered before its parameters are worked out, so that one that needs the stack itself ends here.
    stacks[stack].children[name] = .some(nil)
    let scope = stacks[stack].scope.isEmpty ? name : "\(stacks[stack].scope).\(name)"
    let own = stacks[stack].name.isEmpty ? name : "\(stacks[stack].name).\(name)"
    var nested = Stack(name: own, scope: scope, template: template, depth: stacks[stack].depth + 1)
    nested.parent = stack
    let passed = passed(properties["Parameters"], for: name, in: stack)
    stacks.append(nested)
    exports = nil
    let index = stacks.count - 1
    settleParameters(of: index, passed: passed)
    stacks[stack].children[name] = .some(index)
    return index
  }

  private mutating func passed(_ written: CloudValue?, for name: String, in stack: Int) -> [String:
    CloudValue]
  {
    guard let members = written?.members else { return [:] }
    let reader = current
    current = name
    defer { current = reader }
    var passed: [String: CloudValue] = [:]
    for member in members {
      var result = value(member.value, in: stack)
      if result.location == nil { result.location = member.location }
      if result.content != .null { passed[member.name] = result }
    }
    return passed
  }

  private func isWithinItself(_ template: Template, _ stack: Int) -> Bool {
    var above: Int? = stack
    while let index = above {
      if stacks[index].template.file.name == template.file.name { return true }
      above = stacks[index].parent
    }
    return false
  }
}

/// Which of the given files a nested stack means.
enum NestedTemplate {
  /// The last component of a template's address, as far as it is written out: of text, of `Fn::Sub`'s text, of the last part
  /// of `Fn::Join`.
  static func fileName(_ url: CloudValue) -> String? {
    guard let text = lastText(url, depth: 0) else { return nil }
    let path = text.split(separator: "?", omittingEmptySubsequences: false).first ?? ""
    let last = SourceFile.lastComponent(of: String(path))
    return last.isEmpty || last.contains("$") ? nil : last
  }

  private static func lastText(_ value: CloudValue, depth: Int) -> String? {
    if let text = value.plainText { return text }
    guard depth < 8 else { return nil }
    if let elements = value.elements { return elements.last.flatMap { lastText($0, depth: depth + 1) } }
    guard let member = value.members?.first, value.members?.count == 1 else { return nil }
    switch member.name {
    case "Fn::Sub": return member.value.plainText ?? member.value.elements?.first?.plainText
    case "Fn::Join": return lastText(member.value, depth: depth + 1)
    default: return nil
    }
  }
}

extension StackEvaluator {
  /// Enters every nested stack before anything is read, so that each one's exports are known.
  mutating func unfoldNested() {
    var index = 0
    while index < stacks.count {
      for entry in stacks[index].template.resources {
        guard entry.value["Type"]?.plainText == Self.nestedStackType else { continue }
        if let condition = entry.value["Condition"]?.plainText,
          answer(condition, at: entry.location, in: index) == .no
        {
          continue
        }
        _ = child(entry.name, in: index)
      }
      index += 1
    }
  }
}
