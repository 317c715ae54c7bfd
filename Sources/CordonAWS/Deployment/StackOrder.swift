import CordonModel

/// Templates of a folder in the order in which they can be deployed: each after those whose exports it takes.
public struct StackOrder: Sendable, Equatable {
  /// One stack to be.
  public struct Stack: Sendable, Equatable {
    /// Its name: the file's, without its ending.
    public var name: String
    /// The template as it was written.
    public var text: String
    /// How many resources it declares, by type.
    public var resources: [String: Int]
    /// Parameters that have no default.
    public var open: [String]
    var exports: Set<String>
    var imports: Set<String>
  }

  /// Why there is no order.
  public enum Problem: Error, Sendable, Equatable, CustomStringConvertible {
    /// These take from each other.
    case circle([String])
    /// Two stacks give the same name away.
    case sameExport(String)
    /// A file could not be read.
    case unreadable(TemplateError)

    /// In the user's words.
    public var description: String {
      switch self {
      case .circle(let names): "the stacks \(names.joined(separator: ", ")) take exports from each other"
      case .sameExport(let name): "two stacks export \(name)"
      case .unreadable(let error): "\(error)"
      }
    }
  }

  /// The most bytes of a template that goes with the call itself (CloudFormation User Guide, "Understand quotas").
  public static let mostInlineBytes = 51_200

  /// The stacks, the first one first.
  public let stacks: [Stack]

  /// Reads and orders templates.
  public init(_ files: [SourceFile]) throws(Problem) {
    var waiting: [Stack] = []
    var exports: Set<String> = []
    for file in files.sorted(by: { $0.name < $1.name }) {
      let stack = try Self.read(file)
      for name in stack.exports where !exports.insert(name).inserted { throw .sameExport(name) }
      waiting.append(stack)
    }
    var placed: [Stack] = []
    var given: Set<String> = []
    while !waiting.isEmpty {
      // What no stack of the folder exports is taken to be there already.
      let next = waiting.firstIndex { $0.imports.intersection(exports).isSubset(of: given) }
      guard let next else { throw .circle(waiting.map(\.name)) }
      let stack = waiting.remove(at: next)
      given.formUnion(stack.exports)
      placed.append(stack)
    }
    stacks = placed
  }

  private static func read(_ file: SourceFile) throws(Problem) -> Stack {
    let root: CloudValue
    do throws(TemplateError) { root = try SourceReader(file: file).read() } catch { throw .unreadable(error) }
    var stack = Stack(
      name: file.stem, text: String(decoding: file.bytes, as: UTF8.self), resources: [:], open: [],
      exports: [],
      imports: [])
    for output in root["Outputs"]?.members ?? [] {
      if let name = output.value["Export"]?["Name"] { stack.exports.insert(key(name)) }
    }
    for parameter in root["Parameters"]?.members ?? [] where parameter.value["Default"] == nil {
      stack.open.append(parameter.name)
    }
    for resource in root["Resources"]?.members ?? [] {
      stack.resources[resource.value["Type"]?.plainText ?? "a resource without a type", default: 0] += 1
    }
    imports(of: root, into: &stack.imports)
    return stack
  }

  private static func imports(of value: CloudValue, into found: inout Set<String>) {
    for member in value.members ?? [] {
      if member.name == "Fn::ImportValue" { found.insert(key(member.value)) }
      imports(of: member.value, into: &found)
    }
    for element in value.elements ?? [] { imports(of: element, into: &found) }
  }

  /// Names are compared as they are written, functions included.
  private static func key(_ name: CloudValue) -> String {
    if let text = name.plainText { return text }
    if let text = name["Fn::Sub"]?.plainText { return text }
    return StackDifference.text(name)
  }
}
