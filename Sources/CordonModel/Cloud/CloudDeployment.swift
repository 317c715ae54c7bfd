/// A resource's name within a deployment: its stack and its logical name there.
public struct ResourceID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The stack, or the Terraform module's address; empty where there is one only.
  public var stack: String
  /// The logical name, e.g. `Vpc` or `aws_vpc.main`.
  public var name: String

  /// A resource called `name` in `stack`.
  public init(stack: String = "", name: String) {
    self.stack = stack
    self.name = name
  }

  /// `stack/name`, or the name alone.
  public var description: String { stack.isEmpty ? name : "\(stack)/\(name)" }

  /// By stack, then name.
  public static func < (left: Self, right: Self) -> Bool {
    (left.stack, left.name) < (right.stack, right.name)
  }
}

/// One resource that the files declare. Types and property names are CloudFormation's whatever the source, so that one model
/// reads all of them.
public struct CloudResource: Sendable, Equatable {
  /// Its name.
  public var id: ResourceID
  /// Its type, e.g. `AWS::EC2::VPCEndpoint`. A Terraform type without a CloudFormation twin keeps its own name.
  public var type: String
  /// Its properties: an object.
  public var properties: CloudValue
  /// Where it is declared.
  public var location: Location
  /// The condition, not answered by the files, under which it exists; nil where it exists.
  public var condition: String?

  /// A resource.
  public init(
    id: ResourceID, type: String, properties: CloudValue, location: Location, condition: String? = nil
  ) {
    self.id = id
    self.type = type
    self.properties = properties
    self.location = location
    self.condition = condition
  }
}

/// Everything that one or several stacks, plans or snapshots declare together, exports resolved across them.
public struct CloudDeployment: Sendable, Equatable {
  /// The resources, in the order of the files.
  public var resources: [CloudResource]
  /// What the files leave open as a whole: a transform, a stack that is not given.
  public var unknowns: [Gap]
  /// The account that the files name, if they do.
  public var account: String?
  /// The region that the files name, if they do.
  public var region: String?
  /// Parameters in force, with the value used.
  public var parameters: [String: String]

  /// Something that the files leave open, and where.
  public struct Gap: Sendable, Equatable {
    /// What is not known.
    public var unknown: CloudUnknown
    /// Where the files rely on it.
    public var location: Location?

    /// A gap at a place.
    public init(_ unknown: CloudUnknown, at location: Location?) {
      self.unknown = unknown
      self.location = location
    }
  }

  /// A deployment of `resources`.
  public init(
    resources: [CloudResource] = [], unknowns: [Gap] = [], account: String? = nil, region: String? = nil,
    parameters: [String: String] = [:]
  ) {
    self.resources = resources
    self.unknowns = unknowns
    self.account = account
    self.region = region
    self.parameters = parameters
  }
}
