import CordonModel

/// A document whose text is known only after apply, because the `aws_iam_policy_document` behind it names resources that do not
/// exist yet. Its statements are in the plan all the same, so it is put together from them; what is not known of one stays so.
enum PolicyStatements {
  private static let type = "aws_iam_policy_document"

  /// The document of an attribute that is nothing but such a data source's `json`; nil for every other attribute.
  static func document(of block: PlanBlock, _ attribute: String) -> CloudValue? {
    guard let source = source(of: block, attribute) else { return nil }
    let document = PlanBlock(source, of: block.plan)
    // Documents that are merged in are text of their own; what they come to is not put together here.
    for name in ["source_policy_documents", "override_policy_documents", "source_json", "override_json"]
    where document.value(name) != nil { return nil }
    if case .unknown? = document.value("statement")?.content { return nil }
    let statements = document.blocks("statement").map { statement(of: $0) }
    guard !statements.isEmpty else { return nil }
    let version = document.value("version") ?? CloudValue(.string("2012-10-17"), at: source.location)
    return CloudValue(
      .object([
        .init(name: "Version", value: version),
        .init(name: "Statement", value: CloudValue(.list(statements), at: source.location)),
      ]), at: source.location)
  }

  /// The one data source that an expression refers to. Whether more text stands around it, the plan does not say; a document
  /// with text around it would be none.
  private static func source(of block: PlanBlock, _ attribute: String) -> Plan.Resource? {
    let references = block.expressions?[attribute]?["references"]?.elements?.compactMap(\.plainText) ?? []
    guard let first = references.first, first.hasPrefix("data.\(type)."), first.hasSuffix(".json") else {
      return nil
    }
    let local = String(first.dropLast(".json".count))
    let others = references.filter { $0 != first && $0 != local && $0 != Plan.withoutIndex(local) }
    guard others.isEmpty else { return nil }
    let module = block.resource.module
    guard let position = block.plan.byAddress[module.isEmpty ? local : "\(module).\(local)"] else {
      return nil
    }
    return block.plan.resources[position]
  }

  private static func statement(of block: PlanBlock) -> CloudValue {
    var members: [CloudValue.Member] = []
    func add(_ name: String, _ value: CloudValue?) {
      guard let value, value.content != .null, value.elements?.isEmpty != true else { return }
      members.append(.init(name: name, value: value, location: value.location))
    }
    add("Sid", block.value("sid"))
    add("Effect", block.value("effect") ?? CloudValue(.string("Allow"), at: block.values.location))
    add("Action", block.value("actions"))
    add("NotAction", block.value("not_actions"))
    add("Resource", block.value("resources"))
    add("NotResource", block.value("not_resources"))
    add("Principal", principals("principals", of: block))
    add("NotPrincipal", principals("not_principals", of: block))
    add("Condition", conditions(of: block))
    return CloudValue(.object(members), at: block.values.location ?? block.resource.location)
  }

  private static func principals(_ name: String, of block: PlanBlock) -> CloudValue? {
    if case .unknown? = block.value(name)?.content { return block.value(name) }
    let blocks = block.blocks(name)
    guard !blocks.isEmpty else { return nil }
    var members: [CloudValue.Member] = []
    for one in blocks {
      // A name with text around it looks the same in the plan, so what is not known stays unknown.
      let values = one.value("identifiers") ?? one.open("identifiers")
      guard let type = one.text("type") else { return block.open(name) }
      // The provider writes `type = "*"` as the bare star.
      if type == "*" { return CloudValue(.string("*"), at: values.location) }
      if let index = members.firstIndex(where: { $0.name == type }) {
        let all = (members[index].value.elements ?? [members[index].value]) + (values.elements ?? [values])
        members[index].value = CloudValue(.list(all), at: values.location)
      } else {
        members.append(.init(name: type, value: values, location: values.location))
      }
    }
    return CloudValue(.object(members), at: block.place(name))
  }

  /// `{operator: {key: values}}`; conditions of one operator stand in one object.
  private static func conditions(of block: PlanBlock) -> CloudValue? {
    if case .unknown? = block.value("condition")?.content { return block.value("condition") }
    var operators: [(name: String, keys: [CloudValue.Member])] = []
    for one in block.blocks("condition") {
      guard let test = one.text("test"), let key = one.text("variable") else {
        return block.open("condition")
      }
      let values = one.value("values") ?? one.open("values")
      let member = CloudValue.Member(name: key, value: values, location: values.location)
      if let index = operators.firstIndex(where: { $0.name == test }) {
        operators[index].keys.append(member)
      } else {
        operators.append((test, [member]))
      }
    }
    guard !operators.isEmpty else { return nil }
    let members = operators.map {
      CloudValue.Member(name: $0.name, value: CloudValue(.object($0.keys), at: block.place("condition")))
    }
    return CloudValue(.object(members), at: block.place("condition"))
  }
}
