import CordonModel
import CordonPolicy

// The values of a stack's parameters: given by the user, passed in by the stack above, or the template's default.
extension StackEvaluator {
  /// The keys that a parameter's declaration can have.
  static let parameterKeys = [
    "AllowedPattern", "AllowedValues", "ConstraintDescription", "Default", "Description", "MaxLength",
    "MaxValue",
    "MinLength", "MinValue", "NoEcho", "Type",
  ]

  /// Settles the parameters of a stack; `passed` are those of the stack above.
  mutating func settleParameters(of stack: Int, passed: [String: CloudValue]) {
    for entry in stacks[stack].template.parameters {
      let declared = entry.value
      guard let members = declared.members else {
        problems.add(
          .expected("an object that declares a parameter", found: declared.kindName, at: entry.location))
        continue
      }
      for member in members where !Self.parameterKeys.contains(member.name) {
        let near = Spelling.nearest(to: member.name, among: Self.parameterKeys)
        let place = member.location ?? entry.location
        problems.add(.unknownKey(member.name, in: "parameter '\(entry.name)'", at: place, didYouMean: near))
      }
      guard let type = declared["Type"]?.plainText else {
        problems.add(.missingKey("Type", in: "parameter '\(entry.name)'", at: entry.location))
        continue
      }
      if let hidden = declared["NoEcho"]?.plainText, hidden.lowercased() == "true" {
        stacks[stack].secret.insert(entry.name)
      }
      let parameter = ParameterDeclaration(entry, type: type)
      stacks[stack].parameters[entry.name] = settled(parameter, of: stack, passed: passed[entry.name])
    }
    reportUnknown(passed, in: stack)
    unrollLoops(of: stack)
  }

  /// Writes out the loops of a stack's own copy of its template, now that their collections may be known.
  private mutating func unrollLoops(of stack: Int) {
    var unroller = LoopUnroller(parameters: stacks[stack].parameters)
    func entries(_ entries: [Template.Entry], _ unroller: inout LoopUnroller) -> [Template.Entry] {
      let members = entries.map { CloudValue.Member(name: $0.name, value: $0.value, location: $0.location) }
      return zip(unroller.unrolled(members), 0...).map { member, index in
        let place = member.location ?? entries[min(index, entries.count - 1)].location
        return Template.Entry(name: member.name, value: member.value, location: place)
      }
    }
    let template = stacks[stack].template
    stacks[stack].template.resources = entries(template.resources, &unroller)
    stacks[stack].template.outputs = entries(template.outputs, &unroller)
    let conditions = template.conditions.sorted { $0.key < $1.key }
      .map { CloudValue.Member(name: $0.key, value: $0.value, location: $0.value.location) }
    for member in unroller.unrolled(conditions) {
      stacks[stack].template.conditions[member.name] = member.value
    }
    for problem in unroller.problems { problems.add(problem) }
    stacks[stack].reindex()
    reportDoubledNames(of: stack)
  }

  /// A loop can make a name that exists already.
  private mutating func reportDoubledNames(of stack: Int) {
    let resources = stacks[stack].template.resources
    guard stacks[stack].index.count < resources.count else { return }
    var names: Set<String> = []
    for entry in resources where !names.insert(entry.name).inserted {
      problems.add(.duplicateKey(entry.name, at: entry.location))
    }
  }

  private mutating func reportUnknown(_ passed: [String: CloudValue], in stack: Int) {
    let names = stacks[stack].template.parameters.map(\.name)
    for (name, value) in passed.sorted(by: { $0.key < $1.key }) where !names.contains(name) {
      let near = Spelling.nearest(to: name, among: names)
      let owner = "the parameters of '\(stacks[stack].template.file.name)'"
      problems.add(.unknownKey(name, in: owner, at: place(value, in: stack), didYouMean: near))
    }
  }

  private mutating func settled(
    _ parameter: ParameterDeclaration, of stack: Int, passed: CloudValue?
  ) -> CloudValue {
    let scope = stacks[stack].scope
    let isRoot = stacks[stack].depth == 0
    let given = settings.last {
      $0.name == parameter.name && ($0.stack == scope || isRoot && $0.stack == nil)
    }
    if let given {
      return checked(parameter.value(ofText: given.value), parameter, at: parameter.location)
    }
    if let passed { return checked(parameter.value(of: passed), parameter, at: place(passed, in: stack)) }
    if let written = parameter.fallback {
      return checked(parameter.value(of: written), parameter, at: written.location ?? parameter.location)
    }
    return parameter.open(called: stacks[stack].qualified(parameter.name))
  }

  /// The value, if the template accepts it.
  private mutating func checked(
    _ value: CloudValue, _ parameter: ParameterDeclaration, at place: Location
  ) -> CloudValue {
    guard let allowed = parameter.allowed else { return value }
    let values = value.elements ?? [value]
    let isWrong = values.contains { value in value.plainText.map { !allowed.contains($0) } ?? false }
    if isWrong {
      let list = allowed.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
      problems.add(
        .parameterValue(
          name: parameter.name, takes: allowed.count > 8 ? "one of \(list), ..." : "one of \(list)", at: place
        ))
    }
    return value
  }
}

/// What a template says of a parameter.
struct ParameterDeclaration {
  let name: String
  let type: String
  let location: Location
  let fallback: CloudValue?
  let allowed: [String]?

  init(_ entry: Template.Entry, type: String) {
    name = entry.name
    location = entry.location
    self.type = type
    fallback = entry.value["Default"]
    allowed = entry.value["AllowedValues"]?.elements?.compactMap(\.plainText)
  }

  private var isList: Bool { type == "CommaDelimitedList" || type.hasPrefix("List<") }

  /// Whether the text that is given names an SSM parameter, whose value only AWS knows.
  private var isStored: Bool { type.hasPrefix("AWS::SSM::Parameter::Value<") }

  func value(ofText text: String) -> CloudValue {
    if isStored { return CloudValue(.unknown(.init(.dynamicReference, "ssm:\(text)"))) }
    guard isList else { return CloudValue(type == "Number" ? Self.number(text) : .string(text)) }
    let parts = text.isEmpty ? [] : text.separated(by: ",").map(\.trimmed)
    return CloudValue(.list(parts.map { CloudValue(.string($0)) }))
  }

  /// A default, or what the stack above passes in.
  func value(of written: CloudValue) -> CloudValue {
    if let text = written.plainText { return value(ofText: text) }
    if case .oneOf(let choices, let condition) = written.content {
      return CloudValue(.oneOf(choices.map(value(of:)), condition: condition))
    }
    return written
  }

  /// The parameter without a value: one of those that are allowed, or not known.
  func open(called name: String) -> CloudValue {
    if let allowed, !allowed.isEmpty, !isList, !isStored {
      let choices = allowed.map { CloudValue(type == "Number" ? Self.number($0) : .string($0)) }
      if choices.count == 1 { return choices[0] }
      return CloudValue(.oneOf(choices, condition: "parameter \(name)"))
    }
    return CloudValue(.unknown(.init(.parameter, name)))
  }

  private static func number(_ text: String) -> CloudValue.Content {
    if case .number = PlainScalar.content(text) { return .number(text) }
    return .string(text)
  }
}
