public import CordonModel

/// What runs otherwise than a spec's stacks say, in the words of the controls.
public struct LiveDrift: Sendable {
  /// From what the stacks say to what runs.
  public let difference: StackDifference
  /// Resources of the stacks that cannot be told among what runs, by type: their count.
  public let notCompared: [String: Int]

  /// Compares `planned`, as templates were read, with what runs in one account and region.
  public init(of estate: LiveEstate, from planned: CloudDeployment) {
    let matching = LiveMatching(estate, planned)
    var expected: [CloudResource] = []
    var running: [CloudResource] = []
    var left: [String: Int] = [:]
    var used: Set<Int> = []
    for resource in planned.resources {
      guard matching.isComparable(resource.type) else {
        left[resource.type, default: 0] += 1
        continue
      }
      guard let index = matching.positions[resource.id] else {
        expected.append(resource)
        continue
      }
      used.insert(index)
      let live = estate.resources[index]
      var (before, after) = (resource, resource)
      before.properties = matching.resolved(resource.properties, readOf: live)
      after.properties = LiveMatching.pruned(LiveMatching.canonical(live.properties), to: before.properties)
      expected.append(before)
      running.append(after)
    }
    for (index, live) in estate.resources.enumerated()
    where !used.contains(index) && matching.isComparable(live.type) && !LiveMatching.isAWSOwn(live) {
      let resource = CloudResource(
        id: ResourceID(name: live.ref), type: live.type, properties: live.properties,
        location: Location(file: estate.name, line: 0, column: 0))
      // What neither closes nor opens anything may stand beside the stacks.
      if case .door = ControlWords.part(of: resource) { running.append(resource) }
    }
    difference = StackDifference(
      from: CloudDeployment(resources: expected), to: CloudDeployment(resources: running))
    notCompared = left
  }
}

/// Which of what runs is which resource of the stacks.
struct LiveMatching {
  /// Where in the estate each resource of the stacks is.
  private(set) var positions: [ResourceID: Int] = [:]
  private let estate: LiveEstate

  /// Types of which a part is known by the stack's record or by a name of its own.
  private static let comparable: Set<String> = {
    var types: Set<String> = []
    func add(_ step: LiveStep) {
      for shape in step.shapes where shape.each == nil && !shape.isUnread && !shape.id.contains(" ") {
        types.insert(shape.type)
      }
      for child in step.children { add(child) }
    }
    for step in LiveTable.steps { add(step) }
    // Their names are those of what they belong to, or AWS's own.
    return types.subtracting([
      LiveEstate.stackResource, "AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy",
      "AWS::SecretsManager::ResourcePolicy", "AWS::EC2::VPCBlockPublicAccessOptions",
      "AWS::ECR::RegistryPolicy", "AWS::ECR::ReplicationConfiguration", "AWS::Organizations::Organization",
      "AWS::S3::AccountPublicAccessBlock", "AWS::EC2::TransitGatewayAttachment",
      "AWS::EC2::ClientVpnTargetNetworkAssociation", "AWS::SNS::Subscription",
    ])
  }()

  func isComparable(_ type: String) -> Bool { Self.comparable.contains(type) }

  /// Roles and policies that AWS makes and keeps.
  static func isAWSOwn(_ resource: LiveResource) -> Bool {
    resource.arn?.contains(":iam::aws:") == true || resource.arn?.contains(":role/aws-service-role/") == true
      || resource.arn?.contains(":role/aws-reserved/") == true
  }

  init(_ estate: LiveEstate, _ planned: CloudDeployment) {
    self.estate = estate
    var byName: [String: Int] = [:]
    for (index, resource) in estate.resources.enumerated() {
      for name in [resource.ref, resource.arn].compactMap(\.self) {
        byName["\(resource.type) \(name)"] = index
      }
    }
    var made: [ResourceID: String] = [:]
    for record in estate.resources where record.type == LiveEstate.stackResource {
      guard let stack = record.properties["Stack"]?.plainText, let name = record.properties["Name"]?.plainText
      else { continue }
      made[ResourceID(stack: stack, name: name)] = record.ref
    }
    for resource in planned.resources {
      let names = [made[resource.id]].compactMap(\.self) + ownNames(of: resource)
      let found = names.lazy.compactMap { byName["\(resource.type) \($0)"] }.first
      if let found { positions[resource.id] = found }
    }
  }

  /// Names that the template itself gives.
  private func ownNames(of resource: CloudResource) -> [String] {
    let kind = resource.type.split(separator: ":").last.map(String.init) ?? ""
    return [kind + "Name", kind == "ManagedPolicy" ? "ManagedPolicyName" : "Name", "DomainName", "TrailName"]
      .compactMap { resource.properties[$0].flatMap(text) }
      .flatMap { name -> [String] in
        guard resource.type == "AWS::IAM::ManagedPolicy" else { return [name] }
        return ["arn:aws:iam::\(estate.account):policy/\(name)"]
      }
  }

  /// The text of a value with what is known of the place put in; nil where a part is not known.
  private func text(_ value: CloudValue) -> String? {
    switch value.content {
    case .string(let text), .number(let text): return text
    case .bool(let flag): return flag ? "true" : "false"
    case .unknown(let unknown):
      return ["AWS::AccountId": estate.account, "AWS::Region": estate.region, "AWS::Partition": "aws"][
        unknown.name]
    case .joined(let parts):
      let texts = parts.compactMap(text)
      return texts.count == parts.count ? texts.joined() : nil
    case .reference(let reference):
      guard let index = positions[reference.resource] else { return nil }
      let live = estate.resources[index]
      guard let attribute = reference.attribute else { return live.ref }
      return attribute.hasSuffix("Arn") ? live.arn : attribute.hasSuffix("Id") ? live.ref : nil
    case .null, .list, .object, .oneOf: return nil
    }
  }

  /// The properties with names in the place of references. What cannot be known, and what is not read live, is left out.
  func resolved(_ properties: CloudValue, readOf live: LiveResource) -> CloudValue {
    let read = Set((live.properties.members ?? []).map(\.name))
    let kept = (properties.members ?? []).compactMap { member -> CloudValue.Member? in
      guard read.contains(member.name), member.name != "Tags", let value = resolved(member.value) else {
        return nil
      }
      return .init(name: member.name, value: value, location: member.location)
    }
    return CloudValue(.object(kept))
  }

  private func resolved(_ value: CloudValue) -> CloudValue? {
    switch value.content {
    case .list(let elements):
      let known = elements.compactMap(resolved)
      return known.count == elements.count ? Self.canonical(.list(known)) : nil
    case .object(let members):
      var kept: [CloudValue.Member] = []
      for member in members {
        guard let value = resolved(member.value) else { return nil }
        kept.append(.init(name: member.name, value: value))
      }
      return Self.canonical(CloudValue(.object(kept)))
    case .null: return nil
    default: return text(value).map { .text($0) }
    }
  }

  // MARK: One way to write a value

  /// Texts in the place of numbers and truth values, lists of texts sorted, members sorted; a policy within a text is read.
  static func canonical(_ value: CloudValue) -> CloudValue {
    switch value.content {
    case .bool(let flag): return .text(flag ? "true" : "false")
    case .number(let text): return .text(text)
    case .list(let elements):
      let all = elements.map(canonical)
      let texts = all.compactMap { if case .string(let text) = $0.content { text } else { nil } }
      if all.count == 1, texts.count == 1 { return all[0] }
      return texts.count == all.count ? .texts(texts.sorted()) : .list(all)
    case .object(let members):
      return CloudValue(
        .object(
          members.map { CloudValue.Member(name: $0.name, value: canonical($0.value)) }.sorted {
            $0.name < $1.name
          }))
    default: return CloudValue(value.content)
    }
  }

  /// Without members that `model` does not have: AWS writes its defaults out.
  static func pruned(_ value: CloudValue, to model: CloudValue) -> CloudValue {
    switch (value.content, model.content) {
    case (.object(let members), .object(let wanted)):
      let names = Dictionary(wanted.map { ($0.name, $0.value) }) { first, _ in first }
      return CloudValue(
        .object(
          members.compactMap { member in
            names[member.name].map { .init(name: member.name, value: pruned(member.value, to: $0)) }
          }))
    case (.list(let elements), .list(let wanted)) where elements.count == wanted.count:
      return .list(zip(elements, wanted).map { pruned($0, to: $1) })
    default: return value
    }
  }
}
