import CordonModel

/// Writes a stack as a CloudFormation template for people: block style, comments, the order of the values, the same bytes for
/// the same values.
struct TemplateWriter {
  let stack: CloudStack
  /// What other stacks read of this one.
  let exports: [CloudReference]
  /// The account that the template is written for, as its metadata states it.
  let account: String?
  private var lines: [String] = []

  init(_ stack: CloudStack, exports: [CloudReference], account: String? = nil) {
    self.stack = stack
    self.exports = exports
    self.account = account
  }

  /// The template.
  mutating func template() -> String {
    lines = [
      "# \(stack.summary).", "# Written by cordon synth; change cordon.yaml instead, and write it again.",
    ]
    lines.append("AWSTemplateFormatVersion: \"2010-09-09\"")
    lines.append("Description: \(Self.scalar(stack.summary))")
    lines.append("")
    if let account {
      write(["Cordon": ["Account": .text(account)]], named: "Metadata", depth: 0)
      lines.append("")
    }
    if !stack.parameters.isEmpty {
      lines.append("Parameters:")
      for parameter in stack.parameters { write(parameter.declaration, named: parameter.name, depth: 1) }
      lines.append("")
    }
    lines.append("Resources:")
    for resource in stack.resources { write(resource) }
    guard !exports.isEmpty else { return lines.joined(separator: "\n") + "\n" }
    lines.append("")
    lines.append("# What other stacks read.")
    lines.append("Outputs:")
    for export in exports {
      lines.append("  \(export.outputName):")
      write(CloudValue(.reference(export)), named: "Value", depth: 2)
      lines.append("    Export:")
      lines.append("      Name: \(Self.scalar(export.exportName))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private mutating func write(_ resource: CloudResourceDraft) {
    lines.append("")
    for line in resource.comment?.split(separator: "\n") ?? [] { lines.append("  # \(line)") }
    lines.append("  \(resource.id.name):")
    lines.append("    Type: \(resource.type)")
    if !resource.after.isEmpty { write(.texts(resource.after), named: "DependsOn", depth: 2) }
    if resource.isRetained {
      lines.append("    DeletionPolicy: Retain")
      lines.append("    UpdateReplacePolicy: Retain")
    }
    if resource.properties != [:] { write(resource.properties, named: "Properties", depth: 2) }
  }

  // MARK: Values

  private mutating func write(_ value: CloudValue, named name: String, depth: Int) {
    place(value, after: Self.indent(depth) + Self.scalar(name) + ":", depth: depth)
  }

  /// Writes a value behind `head`, a member's name or a list's dash, on its line where it fits there.
  private mutating func place(_ value: CloudValue, after head: String, depth: Int) {
    switch value.content {
    case .list(let values) where !values.isEmpty:
      lines.append(head)
      for element in values { item(element, depth: depth + 1) }
    case .object(let members) where !members.isEmpty:
      lines.append(head)
      for member in members { write(member.value, named: member.name, depth: depth + 1) }
    case .joined(let parts): substitution(parts, after: head, depth: depth)
    case .string(let text) where Self.isBlock(text):
      lines.append(head + " |")
      for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
        lines.append(line.isEmpty ? "" : Self.indent(depth + 1) + line)
      }
    default: lines.append(head + " " + inline(value))
    }
  }

  private mutating func item(_ value: CloudValue, depth: Int) {
    let start = lines.count
    switch value.content {
    case .object(let members) where !members.isEmpty:
      for member in members { write(member.value, named: member.name, depth: depth + 1) }
      let first = lines[start].dropFirst(2 * depth + 2)
      lines[start] = Self.indent(depth) + "- " + first
    default: place(value, after: Self.indent(depth) + "-", depth: depth)
    }
  }

  /// A value on one line.
  private func inline(_ value: CloudValue) -> String {
    switch value.content {
    case .null: "!Ref AWS::NoValue"
    case .bool(let bool): bool ? "true" : "false"
    case .number(let text): text
    case .string(let text): Self.scalar(text)
    case .list: "[]"
    case .object: "{}"
    case .reference(let reference): self.reference(reference)
    case .joined, .oneOf, .unknown: "!Ref AWS::NoValue"
    }
  }

  private func reference(_ reference: CloudReference) -> String {
    guard reference.resource.stack == stack.name else {
      return "!ImportValue \(Self.scalar(reference.exportName))"
    }
    guard let attribute = reference.attribute else { return "!Ref \(reference.resource.name)" }
    return "!GetAtt \(reference.resource.name).\(attribute)"
  }

  /// Text with references in it: `Fn::Sub`, with a name for each value of another stack.
  private mutating func substitution(_ parts: [CloudValue], after head: String, depth: Int) {
    var text = ""
    var imported: [CloudReference] = []
    for part in parts {
      guard case .reference(let reference) = part.content else {
        text += (part.plainText ?? "").replacing("${", with: "${!")
        continue
      }
      if reference.resource.stack == stack.name {
        text += "${\(reference.resource.name)\(reference.attribute.map { ".\($0)" } ?? "")}"
      } else {
        if !imported.contains(reference) { imported.append(reference) }
        text += "${\(Self.variable(reference, among: imported))}"
      }
    }
    guard !imported.isEmpty else { return lines.append("\(head) !Sub \(Self.quoted(text))") }
    lines.append(head + " !Sub")
    lines.append(Self.indent(depth + 1) + "- " + Self.quoted(text))
    for (index, reference) in imported.enumerated() {
      let dash = index == 0 ? "- " : "  "
      lines.append(
        Self.indent(depth + 1) + dash + Self.variable(reference, among: imported) + ": "
          + self.reference(reference))
    }
  }

  /// What a value of another stack is called in the text: two projects' stacks give away outputs of one name.
  private static func variable(_ reference: CloudReference, among imported: [CloudReference]) -> String {
    let alike = imported.filter { $0.outputName == reference.outputName }
    let index = alike.firstIndex(of: reference) ?? 0
    return index == 0 ? reference.outputName : "\(reference.outputName)N\(index + 1)"
  }

  // MARK: Text

  private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }

  /// Whether a text is lines that a block can hold unchanged.
  private static func isBlock(_ text: String) -> Bool {
    guard text.hasSuffix("\n"), !text.hasSuffix("\n\n"), let first = text.first, first != " ", first != "\n"
    else { return false }
    return text.unicodeScalars.allSatisfy { $0 == "\n" || (0x20...0x7E).contains($0.value) }
  }

  /// A text as YAML reads it back: bare where no reader could take it for anything else.
  static func scalar(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

  private static let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]

  /// Letters first, then letters, digits and a few marks that have no meaning between them.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first), let last = text.utf8.last,
      last != UInt8(ascii: ":"), last != UInt8(ascii: " "), !words.contains(text.lowercased())
    else { return false }
    return !text.contains(": ") && !text.contains(" #")
      && text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || " _./:-@,".utf8.contains($0) }
      && !text.contains("  ")
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// A double-quoted scalar. YAML 1.2 §5.7: JSON's escapes are YAML's.
  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case " "..."~": out.unicodeScalars.append(scalar)
      default:
        let hex = String(scalar.value, radix: 16)
        out += "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
      }
    }
    return out + "\""
  }
}

/// A template's file.
public struct StackTemplate: Sendable, Equatable {
  /// The stack's name.
  public var stack: String
  /// How many resources it holds.
  public var resources: Int
  /// Its content.
  public var text: String
  /// Whether it is a product's: it is laid into the products' bucket, and not deployed.
  public var isProduct = false

  /// The file's name.
  public var name: String { stack + ".yaml" }
  /// Whether CloudFormation takes it only from a bucket (more than 51,200 bytes).
  public var needsBucket: Bool { text.utf8.count > 51_200 }
}

extension StackSet {
  /// The templates, in the order they are deployed.
  public func templates() throws(SynthesisError) -> [StackTemplate] {
    var files: [StackTemplate] = []
    for stack in stacks {
      var writer = TemplateWriter(stack, exports: exports[stack.name] ?? [], account: account)
      let text = writer.template()
      // The limit of a template that lies in a bucket.
      guard text.utf8.count <= 1_000_000 else {
        throw .tooLarge(stack: stack.name, what: "bytes", count: text.utf8.count, most: 1_000_000)
      }
      files.append(
        StackTemplate(
          stack: stack.name, resources: stack.resources.count, text: text, isProduct: stack.isProduct))
    }
    return files
  }
}
