/// A property's value as a reader resolved it, with its place in the user's file.
///
/// What a reader could not resolve stays visible as `reference`, `joined`, `oneOf` or `unknown`: nothing that is not known
/// becomes a string by accident. Equality ignores places.
public struct CloudValue: Sendable, Equatable {
  /// What the value is.
  public indirect enum Content: Sendable, Equatable {
    /// `null`, or a property that was taken away (`AWS::NoValue`).
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number as it was written.
    case number(String)
    /// Text, wholly known.
    case string(String)
    /// A list.
    case list([CloudValue])
    /// An object; members in the order they came.
    case object([Member])
    /// What AWS will put in the place of a resource's own name or attribute.
    case reference(CloudReference)
    /// Text made of parts of which at least one is not plain text.
    case joined([CloudValue])
    /// One of several values, by a condition whose answer the files do not give.
    case oneOf([CloudValue], condition: String)
    /// Not known from the files given.
    case unknown(CloudUnknown)
  }

  /// One name and value of an object.
  public struct Member: Sendable, Equatable {
    /// The property's name.
    public var name: String
    /// Its value.
    public var value: CloudValue
    /// Where the name stands.
    public var location: Location?

    /// A property.
    public init(name: String, value: CloudValue, location: Location? = nil) {
      self.name = name
      self.value = value
      self.location = location
    }

    /// Whether names and values are alike.
    public static func == (left: Self, right: Self) -> Bool {
      left.name == right.name && left.value == right.value
    }
  }

  /// What the value is.
  public var content: Content
  /// Where it starts; nil for a value that a default supplied.
  public var location: Location?

  /// A value at a place.
  public init(_ content: Content, at location: Location? = nil) {
    self.content = content
    self.location = location
  }

  /// Whether the contents are alike.
  public static func == (left: Self, right: Self) -> Bool { left.content == right.content }
}

/// The name or an attribute of a resource of the same deployment.
public struct CloudReference: Sendable, Hashable {
  /// The resource meant.
  public var resource: ResourceID
  /// The attribute, e.g. `Arn`; nil for what `Ref` gives.
  public var attribute: String?

  /// A resource's name, or one of its attributes.
  public init(_ resource: ResourceID, attribute: String? = nil) {
    self.resource = resource
    self.attribute = attribute
  }
}

/// Something that the files do not say. A verdict that rests on it is `unknown` and names it.
public struct CloudUnknown: Sendable, Hashable {
  /// Why it is not known.
  public enum Cause: String, Sendable, CaseIterable {
    /// A parameter without a value.
    case parameter
    /// An export of a stack that was not given.
    case importedValue = "import"
    /// A dynamic reference that only AWS resolves (`{{resolve:...}}`).
    case dynamicReference = "dynamic-reference"
    /// A function, macro or transform that the reader does not carry out.
    case function
    /// Terraform: known only after apply.
    case afterApply = "known-after-apply"
    /// Terraform: what a set that is known only after apply holds beside what it refers to.
    case besideReferences = "beside-references"
    /// A resource type that is not modelled.
    case resourceType = "resource-type"
    /// A file, list or policy whose content is kept elsewhere.
    case outside
    /// A call to AWS that was denied, failed or does not exist there.
    case unread
  }

  /// Why it is not known.
  public var cause: Cause
  /// What it is called, e.g. a parameter's name.
  public var name: String

  /// An unknown called `name`.
  public init(_ cause: Cause, _ name: String) {
    self.cause = cause
    self.name = name
  }
}
