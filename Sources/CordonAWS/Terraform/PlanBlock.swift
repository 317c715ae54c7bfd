import CordonModel

/// The attributes of a resource, or of a block within one: what is known, what is not yet, and which expressions it comes from.
struct PlanBlock {
  let plan: Plan
  let resource: Plan.Resource
  /// Where in the resource, for messages.
  var path: String
  var values: CloudValue
  var unknown: CloudValue?
  var expressions: CloudValue?

  init(_ resource: Plan.Resource, of plan: Plan) {
    self.plan = plan
    self.resource = resource
    path = resource.address
    values = resource.values
    unknown = resource.unknown
    expressions = plan.expressions[Plan.withoutIndex(resource.module)]?[resource.declared]
  }

  private init(
    of block: PlanBlock, path: String, values: CloudValue, unknown: CloudValue?, expressions: CloudValue?
  ) {
    plan = block.plan
    resource = block.resource
    self.path = path
    self.values = values
    self.unknown = unknown
    self.expressions = expressions
  }

  /// The blocks of a name: Terraform writes one block as a list of one.
  func blocks(_ name: String) -> [PlanBlock] {
    let written = values[name]
    let elements = written?.elements ?? (written?.members == nil ? [] : [written].compactMap { $0 })
    let unknowns = unknown?[name]?.elements ?? []
    let configured = expressions?[name]
    let sources = configured?.elements ?? [configured].compactMap { $0 }
    return elements.indices.map { index in
      PlanBlock(
        of: self, path: "\(path).\(name)[\(index)]", values: elements[index],
        unknown: unknowns.indices.contains(index) ? unknowns[index] : nil,
        // A dynamic block is written once and unfolds to several.
        expressions: sources.indices.contains(index) ? sources[index] : sources.last)
    }
  }

  /// Whether the configuration says anything of an attribute.
  func isConfigured(_ name: String) -> Bool {
    guard let expressions else { return unknown?[name] != nil }
    return expressions[name] != nil
  }

  /// Whether a part of the attribute is known only after apply.
  private func isOpen(_ name: String) -> Bool { unknown?[name].map(Self.holdsTrue) ?? false }

  private static func holdsTrue(_ value: CloudValue) -> Bool {
    switch value.content {
    case .bool(let bool): bool
    case .list(let elements): elements.contains(where: holdsTrue)
    case .object(let members): members.contains { holdsTrue($0.value) }
    default: false
    }
  }

  /// Where an attribute stands, or the block.
  func place(_ name: String) -> Location { values[name]?.location ?? values.location ?? resource.location }

  /// The unknown that stands for an attribute.
  func open(_ name: String) -> CloudValue {
    CloudValue(.unknown(.init(.afterApply, "\(path).\(name)")), at: place(name))
  }

  /// An attribute as it is; nil where it is left out, so that AWS's default counts.
  func value(_ name: String) -> CloudValue? {
    if isOpen(name) { return isConfigured(name) ? partly(name) : nil }
    guard let written = values[name], written.content != .null else { return nil }
    return written
  }

  /// A list of which some elements are known; otherwise the unknown.
  private func partly(_ name: String) -> CloudValue {
    guard let elements = values[name]?.elements, let flags = unknown?[name]?.elements,
      flags.count >= elements.count,
      !elements.isEmpty
    else { return open(name) }
    let merged = zip(flags, 0...).map { flag, index in
      !Self.holdsTrue(flag) && elements.indices.contains(index) ? elements[index] : open(name)
    }
    return CloudValue(.list(merged), at: place(name))
  }

  /// The text of an attribute, if it is known.
  func text(_ name: String) -> String? { value(name)?.plainText }

  /// An attribute that holds nothing but another resource's name.
  func link(_ name: String) -> CloudValue? {
    let targets = targets(name)
    if isOpen(name) {
      guard isConfigured(name) else { return nil }
      return single(targets, name)
    }
    guard let written = value(name) else { return nil }
    return known(written, targets)
  }

  /// A list of such attributes.
  ///
  /// A plan tells what a list refers to and not what is written beside it. Where it flags the elements one by one, the known
  /// ones are kept. A set of which one element is not known is not known at all: an unknown stands for what may be written
  /// beside its references.
  func links(_ name: String) -> CloudValue? {
    let targets = targets(name)
    guard isOpen(name) else {
      guard let written = value(name) else { return nil }
      let elements = written.elements ?? [written]
      return CloudValue(.list(elements.map { known($0, targets) }), at: written.location)
    }
    guard isConfigured(name) else { return nil }
    var resolved = targets.compactMap { $0.value.map { CloudValue($0.content, at: place(name)) } }
    guard !resolved.isEmpty, resolved.count == targets.count else { return partly(name) }
    if let flags = unknown?[name]?.elements { return filled(name, flags, with: resolved, targets) }
    resolved.append(CloudValue(.unknown(.init(.besideReferences, "\(path).\(name)")), at: place(name)))
    return CloudValue(.list(resolved), at: place(name))
  }

  /// A list whose unknown elements are flagged one by one: as many references as flags stand in their places.
  private func filled(
    _ name: String, _ flags: [CloudValue], with references: [CloudValue], _ targets: [PlanReferences.Target]
  ) -> CloudValue {
    let elements = values[name]?.elements ?? []
    let isUnknown = flags.map(Self.holdsTrue)
    var rest = isUnknown.count(where: { $0 }) == references.count ? references[...] : []
    let merged = isUnknown.indices.map { index -> CloudValue in
      if isUnknown[index] { return rest.popFirst() ?? open(name) }
      return elements.indices.contains(index) ? known(elements[index], targets) : open(name)
    }
    return CloudValue(.list(merged + elements.dropFirst(flags.count)), at: place(name))
  }

  private func targets(_ name: String) -> [PlanReferences.Target] {
    guard let expression = expressions?[name] else { return [] }
    return PlanReferences(plan: plan).targets(of: expression, for: resource)
  }

  private func single(_ targets: [PlanReferences.Target], _ name: String) -> CloudValue {
    let values = targets.compactMap(\.value)
    guard values.count == targets.count, let first = values.first else { return open(name) }
    if values.count == 1 { return CloudValue(first.content, at: place(name)) }
    let mine = targets.filter { $0.index != nil && $0.index == resource.index }
    if mine.count == 1, let value = mine[0].value { return CloudValue(value.content, at: place(name)) }
    return CloudValue(.oneOf(values, condition: "which one \(path).\(name) names"), at: place(name))
  }

  /// A known name that is the one of a resource of this plan becomes a reference to it.
  private func known(_ written: CloudValue, _ targets: [PlanReferences.Target]) -> CloudValue {
    guard let text = written.plainText, let target = targets.first(where: { $0.names.contains(text) }),
      let value = target.value
    else { return written }
    return CloudValue(value.content, at: written.location)
  }
}
