import CordonModel

/// Carries the tables out over a whole plan: resources first, then the parts that belong to them.
struct PlanTranslation {
  let plan: Plan
  private(set) var resources: [CloudResource] = []
  private(set) var gaps: [CloudDeployment.Gap] = []
  /// Where a resource's translation stands.
  private var positions: [ResourceID: Int] = [:]

  init(plan: Plan) { self.plan = plan }

  /// Translates everything.
  mutating func translate() {
    var parts: [(PlanBlock, String, [PlanRule])] = []
    for resource in plan.resources where !resource.isData {
      let block = PlanBlock(resource, of: plan)
      guard let mapping = PlanMapping.table[resource.type] else {
        add(resource, type: resource.type, properties: own(block), suffix: "")
        continue
      }
      switch mapping.outcome {
      case .resource(let type):
        add(resource, type: type, properties: PlanRule.object(mapping.rules, of: block), suffix: "")
      case .several(let make):
        for product in make(block) {
          add(resource, type: product.type, properties: product.properties, suffix: product.suffix)
        }
      case .part(let attribute): parts.append((block, attribute, mapping.rules))
      }
    }
    for (block, attribute, rules) in parts { join(block, attribute, rules) }
  }

  private mutating func add(_ resource: Plan.Resource, type: String, properties: CloudValue, suffix: String) {
    let id = ResourceID(stack: resource.module, name: resource.local + suffix)
    positions[id] = resources.count
    resources.append(
      CloudResource(id: id, type: type, properties: properties, location: resource.location))
  }

  /// The attributes of a type that no table maps, what is not known yet included.
  private func own(_ block: PlanBlock) -> CloudValue {
    var members: [CloudValue.Member] = []
    for member in block.values.members ?? [] where member.value.content != .null {
      let value = block.link(member.name) ?? member.value
      members.append(.init(name: member.name, value: value, location: member.location))
    }
    for member in block.unknown?.members ?? []
    where block.isConfigured(member.name) && block.values[member.name] == nil {
      guard let value = block.links(member.name) else { continue }
      members.append(.init(name: member.name, value: value, location: block.resource.location))
    }
    return CloudValue(.object(members), at: block.resource.location)
  }

  /// Puts a part where it belongs. One that belongs to nothing in the plan stays a resource under its own name, so that it is
  /// not lost.
  private mutating func join(_ block: PlanBlock, _ attribute: String, _ rules: [PlanRule]) {
    guard let owner = block.link(attribute), case .reference(let reference) = owner.content,
      let position = positions[reference.resource]
    else {
      let resource = block.resource
      add(resource, type: resource.type, properties: own(block), suffix: "")
      let name = "\(resource.type) \(resource.address) belongs to a resource outside the plan"
      gaps.append(CloudDeployment.Gap(.init(.outside, name), at: resource.location))
      return
    }
    for member in PlanRule.object(rules, of: block).members ?? [] { merge(member, into: position) }
  }

  /// Lists grow, objects grow by their members, anything else is replaced: the separate resource is the later word.
  private mutating func merge(_ member: CloudValue.Member, into position: Int) {
    guard var members = resources[position].properties.members else { return }
    if let index = members.firstIndex(where: { $0.name == member.name }) {
      members[index].value = Self.merged(members[index].value, member.value)
    } else {
      members.append(member)
    }
    resources[position].properties.content = .object(members)
  }

  private static func merged(_ old: CloudValue, _ new: CloudValue) -> CloudValue {
    switch (old.content, new.content) {
    case (.list(let left), .list(let right)): CloudValue(.list(left + right), at: old.location)
    case (.object(let left), .object(let right)):
      CloudValue(
        .object(left.filter { old in !right.contains { $0.name == old.name } } + right), at: old.location)
    default: new
    }
  }
}
