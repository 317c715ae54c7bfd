import CordonModel
import CordonPolicy

/// How one Terraform type is said in CloudFormation's words.
struct PlanMapping {
  /// What becomes of a resource.
  enum Outcome {
    /// A resource of its own.
    case resource(String)
    /// Properties of the resource that an attribute names; lists grow.
    case part(of: String)
    /// Whatever the closure makes.
    case several(@Sendable (PlanBlock) -> [PlanProduct])
  }

  var outcome: Outcome
  var rules: [PlanRule]

  static func to(_ type: String, _ rules: PlanRule...) -> PlanMapping {
    PlanMapping(outcome: .resource(type), rules: rules)
  }

  static func part(of attribute: String, _ rules: PlanRule...) -> PlanMapping {
    PlanMapping(outcome: .part(of: attribute), rules: rules)
  }

  static func several(_ make: @escaping @Sendable (PlanBlock) -> [PlanProduct]) -> PlanMapping {
    PlanMapping(outcome: .several(make), rules: [])
  }

  /// Every type that is mapped.
  static let table: [String: PlanMapping] = {
    var all: [String: PlanMapping] = [:]
    for part in [
      network, gateways, doors, firewall, names, storage, identity, learning, artifacts, portal, governance,
      messages,
    ] {
      all.merge(part) { first, _ in first }
    }
    return all
  }()

  /// What the table looks for, by CloudFormation's types. What parts of their own add to a resource is not of it: without such
  /// a part nobody knows whether it stands in another plan.
  static let readProperties: [String: Set<String>] = {
    var read: [String: Set<String>] = [:]
    for mapping in table.values {
      guard case .resource(let type) = mapping.outcome else { continue }
      let properties = Set(mapping.rules.map(\.property))
      // Several types of Terraform's may become one, and each has its own.
      read[type] = read[type]?.intersection(properties) ?? properties
    }
    return read
  }()
}

/// What a mapping makes of one resource.
struct PlanProduct {
  var type: String
  var properties: CloudValue
  /// Behind the resource's own address, where it makes several; empty for the first.
  var suffix = ""

  init(_ type: String, _ block: PlanBlock, _ rules: PlanRule..., suffix: String = "") {
    self.type = type
    properties = PlanRule.object(rules, of: block)
    self.suffix = suffix
  }
}

/// One property: its name, and how its value is made of a block.
struct PlanRule {
  let property: String
  let make: @Sendable (PlanBlock) -> CloudValue?

  /// The value as it is.
  static func copy(_ attribute: String, _ property: String) -> PlanRule {
    PlanRule(property: property) { $0.value(attribute) }
  }

  /// The name of another resource, and nothing else.
  static func link(_ attribute: String, _ property: String) -> PlanRule {
    PlanRule(property: property) { $0.link(attribute) }
  }

  /// The names of other resources.
  static func links(_ attribute: String, _ property: String) -> PlanRule {
    PlanRule(property: property) { $0.links(attribute) }
  }

  /// The names of policies: AWS's own stand beside those of the plan.
  static func policies(_ attribute: String, _ property: String) -> PlanRule {
    PlanRule(property: property) { $0.links(attribute) }
  }

  /// One name, where CloudFormation wants a list.
  static func list(_ attribute: String, _ property: String) -> PlanRule {
    PlanRule(property: property) { block in
      block.link(attribute).map { CloudValue(.list([$0]), at: $0.location) }
    }
  }

  /// A document that Terraform writes as text.
  static func json(_ attribute: String, _ property: String) -> PlanRule {
    PlanRule(property: property) { PolicyText.document(of: $0, attribute) }
  }

  /// A value that is always the same.
  static func constant(_ property: String, _ text: String) -> PlanRule {
    PlanRule(property: property) { CloudValue(.string(text), at: $0.resource.location) }
  }

  /// A truth value that CloudFormation writes as a word.
  static func word(_ attribute: String, _ property: String, on: String, off: String) -> PlanRule {
    PlanRule(property: property) { block in
      guard let value = block.value(attribute), case .bool(let bool) = value.content else {
        return block.value(attribute)
      }
      return CloudValue(.string(bool ? on : off), at: value.location)
    }
  }

  /// A block that stands once.
  static func block(_ attribute: String, _ property: String, _ rules: PlanRule...) -> PlanRule {
    PlanRule(property: property) { block in
      block.blocks(attribute).first.map { object(rules, of: $0) } ?? openBlock(attribute, of: block)
    }
  }

  /// A block whose properties belong to the one around it.
  static func inside(_ attribute: String, _ rule: PlanRule) -> PlanRule {
    PlanRule(property: rule.property) { block in block.blocks(attribute).first.flatMap(rule.make) }
  }

  /// Blocks that make a list.
  static func blocks(_ attribute: String, _ property: String, _ rules: PlanRule...) -> PlanRule {
    PlanRule(property: property) { block in
      let made = block.blocks(attribute).map { object(rules, of: $0) }
      guard made.isEmpty else { return CloudValue(.list(made), at: block.place(attribute)) }
      return openBlock(attribute, of: block)
    }
  }

  /// The resource's own values under one name, as a list of one: for parts that are elements of a list.
  static func element(_ property: String, _ rules: PlanRule...) -> PlanRule {
    PlanRule(property: property) { CloudValue(.list([object(rules, of: $0)]), at: $0.resource.location) }
  }

  /// The resource's own values as an object under one name.
  static func group(_ property: String, _ rules: PlanRule...) -> PlanRule {
    PlanRule(property: property) { block in
      let made = object(rules, of: block)
      return made.members?.isEmpty == false ? made : nil
    }
  }

  /// Whatever the closure makes.
  static func value(_ property: String, _ make: @escaping @Sendable (PlanBlock) -> CloudValue?) -> PlanRule {
    PlanRule(property: property, make: make)
  }

  /// Blocks of which nothing is known yet, although the configuration has some.
  private static func openBlock(_ attribute: String, of block: PlanBlock) -> CloudValue? {
    guard let value = block.value(attribute), case .unknown = value.content else { return nil }
    return value
  }

  /// The object that rules make of a block.
  static func object(_ rules: [PlanRule], of block: PlanBlock) -> CloudValue {
    var members: [CloudValue.Member] = []
    for rule in rules {
      guard let value = rule.make(block), value.content != .null else { continue }
      members.append(.init(name: rule.property, value: value, location: value.location))
    }
    return CloudValue(.object(members), at: block.values.location ?? block.resource.location)
  }
}

/// Documents in IAM's language, which Terraform carries as text.
enum PolicyText {
  /// The longest text that is taken apart.
  private static let longest = 1 << 20

  /// The document of an attribute, from its text or from the data source that renders it.
  static func document(of block: PlanBlock, _ attribute: String) -> CloudValue? {
    guard let value = block.value(attribute) else { return nil }
    if case .unknown = value.content { return PolicyStatements.document(of: block, attribute) ?? value }
    guard let text = value.plainText, !text.isEmpty else { return text(value) }
    return parsed(text, at: value.location) ?? value
  }

  private static func text(_ value: CloudValue) -> CloudValue? {
    if case .string(let text) = value.content, text.isEmpty { return nil }
    return value
  }

  /// JSON text as a value; every part stands where the text stands.
  static func parsed(_ text: String, at place: Location?) -> CloudValue? {
    let limits = JSONLimits(bytes: longest, depth: SourceReader.deepest)
    guard let value = try? JSONValue(parsing: text, limits: limits),
      value.members != nil || value.elements != nil
    else { return nil }
    return converted(value, at: place)
  }

  private static func converted(_ value: JSONValue, at place: Location?) -> CloudValue {
    switch value.content {
    case .null: CloudValue(.null, at: place)
    case .bool(let bool): CloudValue(.bool(bool), at: place)
    case .number(let text): CloudValue(.number(text), at: place)
    case .string(let text): CloudValue(.string(text), at: place)
    case .array(let elements): CloudValue(.list(elements.map { converted($0, at: place) }), at: place)
    case .object(let members):
      CloudValue(
        .object(members.map { .init(name: $0.name, value: converted($0.value, at: place), location: place) }),
        at: place)
    }
  }
}
