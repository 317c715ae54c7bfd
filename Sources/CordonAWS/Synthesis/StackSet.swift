import CordonModel

/// All stacks of an environment, in the order they are deployed, with what each gives to the others.
public struct StackSet: Sendable, Equatable {
  /// The stacks; a stack reads only from those before it.
  public let stacks: [CloudStack]
  /// What a stack gives to others, by its name.
  let exports: [String: [CloudReference]]
  /// What the stacks rest on and cannot hold themselves.
  public internal(set) var steps: [ManualStep] = []
  /// The account that they are written for.
  public internal(set) var account: String?
  /// Where templates of products lie; nil where there are none.
  public internal(set) var productBucket: String?

  /// Orders stacks, and works out what they export to each other.
  ///
  /// Quotas: AWS CloudFormation User Guide, "Understand CloudFormation quotas".
  public init(_ stacks: [CloudStack]) throws(SynthesisError) {
    var exports: [String: Set<CloudReference>] = [:]
    var needs: [String: Set<String>] = [:]
    for stack in stacks {
      guard stack.resources.count <= 500 else {
        throw .tooLarge(stack: stack.name, what: "resources", count: stack.resources.count, most: 500)
      }
      var names: Set<String> = []
      for resource in stack.resources {
        guard names.insert(resource.id.name).inserted else {
          throw .sameName(stack: stack.name, name: resource.id.name)
        }
        for reference in resource.properties.references where reference.resource.stack != stack.name {
          exports[reference.resource.stack, default: []].insert(reference)
          needs[stack.name, default: []].insert(reference.resource.stack)
        }
      }
    }
    for (stack, references) in exports where references.count > 200 {
      throw .tooLarge(stack: stack, what: "outputs", count: references.count, most: 200)
    }
    self.exports = exports.mapValues { references in
      references.sorted { ($0.resource, $0.attribute ?? "") < ($1.resource, $1.attribute ?? "") }
    }
    self.stacks = try Self.ordered(stacks, needs: needs)
  }

  /// Each stack after those that it reads; otherwise as they came.
  private static func ordered(
    _ stacks: [CloudStack], needs: [String: Set<String>]
  ) throws(SynthesisError) -> [CloudStack] {
    var waiting = stacks
    var placed: [CloudStack] = []
    var names: Set<String> = []
    while !waiting.isEmpty {
      guard let next = waiting.firstIndex(where: { needs[$0.name, default: []].isSubset(of: names) }) else {
        throw .cycle(waiting.map(\.name))
      }
      let stack = waiting.remove(at: next)
      names.insert(stack.name)
      placed.append(stack)
    }
    return placed
  }
}

extension CloudReference {
  /// The logical name of the output that gives it away, e.g. `MlVpcCidrBlock`.
  var outputName: String { resource.name + (attribute ?? "Ref").filter { $0.isLetter || $0.isNumber } }

  /// The name of the export, one in an account and region.
  var exportName: String { "\(resource.stack):\(outputName)" }
}

extension CloudValue {
  /// Every reference in the value.
  var references: [CloudReference] {
    switch content {
    case .reference(let reference): [reference]
    case .list(let values), .joined(let values), .oneOf(let values, _): values.flatMap(\.references)
    case .object(let members): members.flatMap(\.value.references)
    case .null, .bool, .number, .string, .unknown: []
    }
  }
}
