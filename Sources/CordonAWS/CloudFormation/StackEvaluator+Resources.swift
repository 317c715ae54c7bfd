import CordonModel
import CordonPolicy

// What the stacks declare in the end.
extension StackEvaluator {
  /// The keys that a resource can have beside its properties.
  static let resourceKeys = [
    "Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Description", "Metadata", "Properties",
    "Type",
    "UpdatePolicy", "UpdateReplacePolicy", "Version",
  ]

  /// The resources of a stack and of the stacks within it, in the order of the files.
  mutating func resources(of stack: Int) -> [CloudResource] {
    let template = stacks[stack].template
    for macro in template.transforms where !Self.harmlessMacros.contains(macro.name) {
      _ = gap(.init(.function, "Transform \(macro.name)"), at: macro.location)
    }
    var results: [CloudResource] = []
    results.reserveCapacity(template.resources.count)
    for entry in template.resources {
      guard !problems.isFull else { return [] }
      if entry.name.hasPrefix("Fn::") {
        unrolled(entry)
        continue
      }
      results += resource(entry, in: stack)
    }
    checkOutputs(of: stack)
    checkConditions(of: stack)
    reportCircles(of: stack)
    return results
  }

  /// Adds functions that the reader carries out itself; no template changes shape by it.
  private static let harmlessMacros: Set<String> = ["AWS::LanguageExtensions"]

  private mutating func unrolled(_ entry: Template.Entry) {
    if entry.name == "Fn::Transform" || entry.name.hasPrefix("Fn::ForEach::") {
      let name = entry.value["Name"]?.plainText.map { "Fn::Transform \($0)" } ?? entry.name
      _ = gap(.init(.function, name), at: entry.location)
    } else {
      problems.add(.unknownFunction(entry.name, at: entry.location, didYouMean: nil))
    }
  }

  private mutating func resource(_ entry: Template.Entry, in stack: Int) -> [CloudResource] {
    guard let members = entry.value.members else {
      problems.add(
        .expected("an object that declares a resource", found: entry.value.kindName, at: entry.location))
      return []
    }
    checkKeys(members, of: entry)
    guard let type = entry.value["Type"]?.plainText, !type.isEmpty else {
      problems.add(.missingKey("Type", in: "resource '\(entry.name)'", at: entry.location))
      return []
    }
    var condition: String?
    if let name = entry.value["Condition"]?.plainText {
      switch answer(name, at: entry.location, in: stack) {
      case .no: return []
      case .open: condition = stacks[stack].qualified(name)
      case .yes: break
      }
    }
    current = entry.name
    defer { current = nil }
    checkDependencies(entry, in: stack)
    let properties = properties(entry, in: stack)
    if type == Self.nestedStackType {
      return nested(entry, properties, condition, in: stack)
    }
    return [
      CloudResource(
        id: stacks[stack].id(entry.name), type: type, properties: properties, location: entry.location,
        condition: condition)
    ]
  }

  private mutating func properties(_ entry: Template.Entry, in stack: Int) -> CloudValue {
    guard let written = entry.value["Properties"], written.content != .null else {
      return CloudValue(.object([]), at: entry.location)
    }
    guard let members = written.members else {
      problems.add(
        .expected(
          "an object under 'Properties'", found: written.kindName, at: written.location ?? entry.location))
      return CloudValue(.object([]), at: entry.location)
    }
    // A letter that only looks like one of a-z would make a control vanish: the property would not be there.
    for member in members where !member.name.hasPrefix("Fn::") {
      if let scalar = member.name.unicodeScalars.first(where: { !$0.isASCII }) {
        problems.add(.letter(member.name, scalar: scalar.value, at: member.location ?? entry.location))
      }
    }
    return value(written, in: stack)
  }

  /// A stack whose template is given unfolds to its resources; any other stays, and is named as not known.
  private mutating func nested(
    _ entry: Template.Entry, _ properties: CloudValue, _ condition: String?, in stack: Int
  ) -> [CloudResource] {
    guard let child = child(entry.name, in: stack) else {
      let url = properties["TemplateURL"]?.sketch ?? "no TemplateURL"
      _ = gap(
        .init(.outside, "nested stack \(stacks[stack].qualified(entry.name)): \(url)"), at: entry.location)
      return [
        CloudResource(
          id: stacks[stack].id(entry.name), type: Self.nestedStackType, properties: properties,
          location: entry.location, condition: condition)
      ]
    }
    current = nil
    var inner = resources(of: child)
    if let condition {
      for index in inner.indices {
        inner[index].condition = inner[index].condition.map { "\(condition) and \($0)" } ?? condition
      }
    }
    return inner
  }

  private mutating func checkKeys(_ members: [CloudValue.Member], of entry: Template.Entry) {
    for member in members where !Self.resourceKeys.contains(member.name) {
      let place = member.location ?? entry.location
      if member.name == "Fn::Transform" {
        let name = member.value["Name"]?.plainText ?? "?"
        _ = gap(.init(.function, "Fn::Transform \(name)"), at: place)
        continue
      }
      let near = Spelling.nearest(to: member.name, among: Self.resourceKeys)
      problems.add(.unknownKey(member.name, in: "resource '\(entry.name)'", at: place, didYouMean: near))
    }
  }

  private mutating func checkDependencies(_ entry: Template.Entry, in stack: Int) {
    guard let written = entry.value["DependsOn"], written.content != .null else { return }
    for item in written.elements ?? [written] {
      let place = item.location ?? entry.location
      guard let name = item.plainText else {
        problems.add(.expected("names of resources under 'DependsOn'", found: item.kindName, at: place))
        continue
      }
      guard let position = stacks[stack].index[name] else {
        let near = Spelling.nearest(to: name, among: stacks[stack].template.resources.map(\.name))
        problems.add(.unknownReference(name, at: place, didYouMean: near))
        continue
      }
      // CloudFormation leaves out a dependency on what a condition takes away.
      let condition = stacks[stack].template.resources[position].value["Condition"]?.plainText
      if let condition, answer(condition, at: place, in: stack) == .no { continue }
      stacks[stack].needs[entry.name, default: []].append(.init(name: name, location: place))
    }
  }

  /// Answers every condition, so that a mistake in one is found although nothing asks for it.
  private mutating func checkConditions(of stack: Int) {
    for (name, raw) in stacks[stack].template.conditions.sorted(by: { $0.key < $1.key })
    where !name.hasPrefix("Fn::") {
      _ = answer(name, at: place(raw, in: stack), in: stack)
    }
  }

  /// Resources that need each other cannot be made.
  private mutating func reportCircles(of stack: Int) {
    var finished: Set<String> = []
    for entry in stacks[stack].template.resources where !finished.contains(entry.name) {
      walk(from: entry.name, stacks[stack].needs, &finished)
    }
  }

  /// Follows needs without recursion: a chain may be as long as the template.
  private mutating func walk(
    from start: String, _ needs: [String: [Stack.Need]], _ finished: inout Set<String>
  ) {
    var path = [start]
    var next = [0]
    var onPath: Set<String> = [start]
    while let name = path.last, let step = next.last {
      guard let edges = needs[name], step < edges.count else {
        finished.insert(name)
        onPath.remove(name)
        path.removeLast()
        next.removeLast()
        continue
      }
      next[next.count - 1] += 1
      let edge = edges[step]
      if onPath.contains(edge.name) {
        let circle = Array(path[(path.firstIndex(of: edge.name) ?? 0)...])
        problems.add(.circular(circle, at: edge.location))
      } else if !finished.contains(edge.name) {
        path.append(edge.name)
        next.append(0)
        onPath.insert(edge.name)
      }
    }
  }
}
