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
  /// What AWS calls it; nil where it is only declared, so that nobody knows yet.
  public var assigned: AssignedName?

  /// A resource.
  public init(
    id: ResourceID, type: String, properties: CloudValue, location: Location, condition: String? = nil,
    assigned: AssignedName? = nil
  ) {
    self.id = id
    self.type = type
    self.properties = properties
    self.location = location
    self.condition = condition
    self.assigned = assigned
  }
}

/// What AWS calls a resource that exists.
public struct AssignedName: Sendable, Hashable {
  /// What `Ref` gives, e.g. `vpc-0a1b`.
  public var ref: String
  /// Its ARN, where AWS said it.
  public var arn: String?

  /// A resource's own name, and its ARN.
  public init(_ ref: String, arn: String? = nil) {
    self.ref = ref
    self.arn = arn
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
  /// Whether every property that is set is in it: a template says all of them, while of a plan and of an account no more is read
  /// than the ways out need.
  public var isWhole = true
  /// Of a deployment that is not whole: properties that were looked for, by type, so that one that is not there is left out; `*`
  /// where it is everything that AWS says.
  public var readProperties: [String: Set<String>] = [:]

  /// Whether it is what an account holds in a region, as far as it was read, rather than what somebody wrote of it.
  public var isAccount = false

  /// Whether a resource of a type that is not in it is not in the account and region either: their list was read to its end.
  public func hasAll(_ type: String) -> Bool {
    isAccount && readProperties[type] != nil
      && !unknowns.contains { $0.hides?.contains(type) ?? true }
  }

  /// Whether a property that is not there is left out, rather than not read.
  public func isRead(_ property: String, of type: String) -> Bool {
    isWhole || readProperties[type].map { $0.contains("*") || $0.contains(property) } ?? false
  }

  /// Something that the files leave open, and where.
  public struct Gap: Sendable, Equatable {
    /// What is not known.
    public var unknown: CloudUnknown
    /// Where the files rely on it.
    public var location: Location?
    /// The types of which resources may exist unseen; nil where it may be any.
    public var hides: [String]?

    /// A gap at a place.
    public init(_ unknown: CloudUnknown, at location: Location?, hides: [String]? = nil) {
      self.unknown = unknown
      self.location = location
      self.hides = hides
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
