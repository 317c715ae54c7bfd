public import CordonModel

/// One CloudFormation stack as values: what a template file will hold.
public struct CloudStack: Sendable, Equatable {
  /// The stack's name, and its file's without the ending.
  public var name: String
  /// What it holds, in one sentence.
  public var summary: String
  /// Its resources, in the order they are written.
  public var resources: [CloudResourceDraft] = []
  /// What whoever launches it chooses, in the order they are written.
  public var parameters: [StackParameter] = []
  /// Whether it is a product's template, which Service Catalog launches: nobody deploys it.
  public var isProduct = false

  /// An empty stack.
  public init(name: String, summary: String) {
    self.name = name
    self.summary = summary
  }

  /// Adds a parameter, and gives its value.
  mutating func choose(_ name: String, _ declaration: CloudValue) -> CloudValue {
    parameters.append(StackParameter(name: name, declaration: declaration))
    return CloudHandle(id: ResourceID(stack: self.name, name: name)).ref
  }

  /// Adds a resource, and gives what others refer to it by.
  @discardableResult
  mutating func add(
    _ name: String, _ type: String, _ properties: CloudValue = [:], comment: String? = nil,
    after: [String] = [], isRetained: Bool = false
  ) -> CloudHandle {
    let id = ResourceID(stack: self.name, name: name)
    resources.append(
      CloudResourceDraft(
        id: id, type: type, properties: properties, comment: comment, after: after, isRetained: isRetained))
    return CloudHandle(id: id)
  }
}

/// Something that whoever launches a product chooses.
public struct StackParameter: Sendable, Equatable {
  /// Its logical name.
  public var name: String
  /// Its type, default and the values that it may have: an object.
  public var declaration: CloudValue
}

/// A resource that is going to be written.
public struct CloudResourceDraft: Sendable, Equatable {
  /// Its stack and logical name.
  public var id: ResourceID
  /// Its type, e.g. `AWS::EC2::VPC`.
  public var type: String
  /// Its properties: an object.
  public var properties: CloudValue
  /// Why it is there; lines of a comment above it.
  public var comment: String?
  /// Resources of the same stack that must be there first although no property names them.
  public var after: [String]
  /// Whether it stays when the stack is deleted.
  public var isRetained: Bool
}

/// What other resources refer to a resource by.
struct CloudHandle: Sendable, Hashable {
  let id: ResourceID

  /// What `Ref` gives.
  var ref: CloudValue { CloudValue(.reference(CloudReference(id))) }
  /// Its `Arn`.
  var arn: CloudValue { self["Arn"] }

  subscript(attribute: String) -> CloudValue {
    CloudValue(.reference(CloudReference(id, attribute: attribute)))
  }
}

/// Why no templates can be made, in words.
public enum SynthesisError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The environment says nothing of AWS.
  case noRules
  /// A line of the spec has no equal on AWS: why, and where `Specification.places` finds it.
  case cannotExpress(String, at: String? = nil)
  /// AWS takes no policy of this size.
  case policyTooLarge(resource: String, count: Int, most: Int)
  /// CloudFormation takes no template of this size.
  case tooLarge(stack: String, what: String, count: Int, most: Int)
  /// Two resources of a stack would have one name.
  case sameName(stack: String, name: String)
  /// Stacks that would have to be deployed before each other.
  case cycle([String])

  /// What `Specification.places` calls the line that is to be changed; nil where no single line is.
  public var place: String? {
    switch self {
    case .noRules: nil
    case .cannotExpress(_, let place): place
    case .policyTooLarge: "policies"
    case .tooLarge, .sameName, .cycle: "projects"
    }
  }

  /// What is wrong and what to change.
  public var description: String {
    switch self {
    case .noRules:
      "the environment has no 'aws:'; write aws: { root: r-ab12, offices: [198.51.100.0/24], "
        + "network: 10.64.0.0/16, s3PrefixList: pl-6da54004 }"
    case .cannotExpress(let why, _): why
    case .policyTooLarge(let resource, let count, let most):
      "the policy of \(resource) has \(count) characters and AWS takes \(most); shorten the documents in 'policies', "
        + "or divide the project"
    case .tooLarge(let stack, let what, let count, let most):
      "stack \(stack) has \(count) \(what); CloudFormation takes \(most)"
    case .sameName(let stack, let name):
      "stack \(stack) would hold two resources called \(name); rename one of the projects or buckets"
    case .cycle(let stacks): "stacks would wait for each other: \(stacks.joined(separator: ", "))"
    }
  }
}
