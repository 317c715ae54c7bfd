import CordonModel
import CordonPolicy

/// What the stacks export, by name. A name with an unknown part is compared as it is written.
struct ExportIndex {
  /// One output with an export name.
  struct Export {
    var stack: Int
    var output: String
    var location: Location
  }

  var byName: [String: Export] = [:]
  var open: [(name: CloudValue, export: Export)] = []
}

// Outputs and exports: how a stack reads another.
extension StackEvaluator {
  /// The keys that an output can have.
  static let outputKeys = ["Condition", "Description", "Export", "Value"]

  /// `Fn::ImportValue`, across all the stacks given.
  mutating func importValue(_ argument: CloudValue, at site: Location, in stack: Int) -> CloudValue {
    let name = value(argument, in: stack)
    guard name.plainText != nil || name.isTextual || name.isJoined else {
      return refuse(.importValue, "the name of an export as text", at: site)
    }
    if let export = export(called: name) { return output(export.output, of: export.stack, at: site) }
    return CloudValue(.unknown(.init(.importedValue, name.plainText ?? name.sketch)), at: site)
  }

  private mutating func export(called name: CloudValue) -> ExportIndex.Export? {
    guard !isIndexing else { return nil }
    if exports == nil { indexExports() }
    if let text = name.plainText { return exports?.byName[text] }
    guard name.isOneValue else { return nil }
    return exports?.open.first { $0.name == name }?.export
  }

  private mutating func indexExports() {
    isIndexing = true
    defer { isIndexing = false }
    var index = ExportIndex()
    for stack in stacks.indices {
      for entry in stacks[stack].template.outputs {
        guard let written = entry.value["Export"]?["Name"], isPresent(entry, in: stack) else { continue }
        let name = value(written, in: stack)
        let export = ExportIndex.Export(stack: stack, output: entry.name, location: entry.location)
        guard let text = name.plainText else {
          index.open.append((name, export))
          continue
        }
        if let first = index.byName[text] {
          problems.add(.duplicateExport(text, at: entry.location, first: first.location))
        }
        index.byName[text] = export
      }
    }
    exports = index
  }

  private mutating func isPresent(_ entry: Template.Entry, in stack: Int) -> Bool {
    guard let condition = entry.value["Condition"]?.plainText else { return true }
    return answer(condition, at: entry.location, in: stack) != .no
  }

  /// What an output of a stack comes to.
  mutating func output(_ name: String, of stack: Int, at site: Location) -> CloudValue {
    let outputs = stacks[stack].template.outputs
    guard let entry = outputs.first(where: { $0.name == name }), let written = entry.value["Value"] else {
      problems.add(
        .unknownReference(
          "Outputs.\(name)", at: site, didYouMean: Spelling.nearest(to: name, among: outputs.map(\.name)))
      )
      return wrong(at: site)
    }
    guard isPresent(entry, in: stack) else {
      let condition = entry.value["Condition"]?.plainText ?? ""
      problems.add(.absentReference(name, condition: condition, at: site))
      return wrong(at: site)
    }
    // What an output needs is needed by the stack that declares it, not by whoever reads it.
    let reader = current
    current = nil
    defer { current = reader }
    return CloudValue(value(written, in: stack).content, at: site)
  }

  /// Works out every output, so that a mistake in one is found although nothing reads it.
  mutating func checkOutputs(of stack: Int) {
    for entry in stacks[stack].template.outputs where !entry.name.hasPrefix("Fn::") {
      guard let members = entry.value.members else {
        problems.add(
          .expected("an object that declares an output", found: entry.value.kindName, at: entry.location))
        continue
      }
      for member in members where !Self.outputKeys.contains(member.name) {
        let near = Spelling.nearest(to: member.name, among: Self.outputKeys)
        problems.add(
          .unknownKey(
            member.name, in: "output '\(entry.name)'", at: member.location ?? entry.location, didYouMean: near
          ))
      }
      guard let written = entry.value["Value"] else {
        problems.add(.missingKey("Value", in: "output '\(entry.name)'", at: entry.location))
        continue
      }
      if isPresent(entry, in: stack) { _ = value(written, in: stack) }
    }
  }
}

extension CloudValue {
  /// Text with its unknown parts named, for messages.
  var sketch: String {
    switch content {
    case .joined(let parts): parts.map(\.sketch).joined()
    case .unknown(let unknown): "${\(unknown.name)}"
    case .reference(let reference):
      "${\(reference.resource)\(reference.attribute.map { ".\($0)" } ?? "")}"
    case .oneOf(_, let condition): "${\(condition)}"
    default: plainText ?? kindName
    }
  }
}
