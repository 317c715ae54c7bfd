public import CordonModel

/// What runs otherwise than a spec's stacks say, in the words of the controls.
public struct LiveDrift: Sendable {
  /// From what the stacks say to what runs.
  public let difference: StackDifference
  /// Resources of the stacks that cannot be told among what runs, by type: their count.
  public let notCompared: [String: Int]

  /// Compares `planned`, as templates were read, with what runs in one account and region.
  public init(of estate: LiveEstate, from planned: CloudDeployment) {
    var estate = estate
    estate.resources = LiveParts.divided(estate.resources)
    let planned = LiveParts.divided(planned.resources)
    let matching = LiveMatching(estate, planned)
    var expected: [CloudResource] = []
    var running: [CloudResource] = []
    var left: [String: Int] = [:]
    var used: Set<Int> = []
    for resource in planned {
      guard let index = matching.position(of: resource) else {
        let ordered = matching.ordered(resource)
        for index in ordered ?? [] {
          used.insert(index)
          var one = resource
          one.id = ResourceID(name: estate.resources[index].ref)
          let sides = matching.sides(of: one, estate.resources[index])
          expected.append(sides.planned)
          running.append(sides.running)
        }
        if ordered != nil { continue }
        if matching.isMissing(resource) {
          expected.append(resource)
        } else {
          left[resource.type, default: 0] += 1
        }
        continue
      }
      used.insert(index)
      let sides = matching.sides(of: resource, estate.resources[index])
      expected.append(sides.planned)
      running.append(sides.running)
    }
    for (index, live) in estate.resources.enumerated() where !used.contains(index) && matching.isOther(live) {
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
  /// Types of which a list was not read.
  private let hidden: Set<String>
  /// Whether CloudFormation said which stack made what.
  private let isRecorded: Bool
  /// Resources of the stacks that have neither a record nor a name of their own.
  private var nameless: Set<ResourceID> = []
  /// What parts belong to that are compared.
  private var owners: Set<String> = []

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
      "AWS::SecretsManager::ResourcePolicy",
      "AWS::ECR::RegistryPolicy", "AWS::ECR::ReplicationConfiguration", "AWS::Organizations::Organization",
      "AWS::S3::AccountPublicAccessBlock", "AWS::EC2::TransitGatewayAttachment",
      "AWS::EC2::ClientVpnTargetNetworkAssociation", "AWS::SNS::Subscription",
    ])
  }()

  private func isComparable(_ type: String) -> Bool {
    LiveParts.isPart(type) || Self.comparable.contains(type)
  }

  /// Roles and policies that AWS makes and keeps.
  private static func isAWSOwn(_ resource: LiveResource) -> Bool {
    resource.arn?.contains(":iam::aws:") == true || resource.arn?.contains(":role/aws-service-role/") == true
      || resource.arn?.contains(":role/aws-reserved/") == true || LiveParts.isAWSOwn(resource)
  }

  init(_ estate: LiveEstate, _ planned: [CloudResource]) {
    self.estate = estate
    hidden = Set(estate.gaps.flatMap(\.hides))
    isRecorded = !estate.gaps.contains { $0.permission.hasPrefix("cloudformation:") }
    var byName: [String: Int] = [:]
    var byKey: [String: Int] = [:]
    for (index, resource) in estate.resources.enumerated() {
      let last = resource.arn?.split(whereSeparator: { $0 == "/" || $0 == ":" }).last.map(String.init)
      // A template's own name is the end of an ARN that AWS makes of it.
      if let last, byName["\(resource.type) \(last)"] == nil { byName["\(resource.type) \(last)"] = index }
      for name in [resource.ref, resource.arn].compactMap(\.self) {
        byName["\(resource.type) \(name)"] = index
      }
      if let key = LiveParts.key(of: resource.type, resource.properties, text: Self.single) {
        byKey[key] = index
      }
    }
    var recorded: [ResourceID: String] = [:]
    for record in estate.resources where record.type == LiveEstate.stackResource {
      guard let stack = record.properties["Stack"]?.plainText, let name = record.properties["Name"]?.plainText
      else { continue }
      recorded[ResourceID(stack: stack, name: name)] = record.ref
    }
    for resource in planned where !LiveParts.isPart(resource.type) {
      let names = [recorded[resource.id]].compactMap(\.self) + ownNames(of: resource)
      if names.isEmpty { nameless.insert(resource.id) }
      let found = names.lazy.compactMap { byName["\(resource.type) \($0)"] }.first
      if let found { positions[resource.id] = found }
    }
    // Parts are told by what they belong to, which has its place by now.
    for resource in planned {
      guard let key = LiveParts.key(of: resource.type, resource.properties, text: text) else { continue }
      positions[resource.id] = byKey[key]
    }
    let made = positions.values.map { estate.resources[$0] }
    let networks = Set(made.filter { $0.type == "AWS::EC2::VPC" }.map(\.ref))
    let tables = estate.resources.filter { table in
      table.type == "AWS::EC2::RouteTable"
        && table.properties["VpcId"]?.plainText.map(networks.contains) == true
    }
    owners = Set((made + tables).map(\.ref))
  }

  /// Where a resource is that can be compared; nil where it was not found.
  func position(of resource: CloudResource) -> Int? {
    isComparable(resource.type) ? positions[resource.id] : nil
  }

  /// Whether a resource of the stacks that was not found is not there. Where AWS did not list the type, or did not say which
  /// stack made what, nobody knows.
  func isMissing(_ resource: CloudResource) -> Bool {
    guard isComparable(resource.type), !hidden.contains(resource.type) else { return false }
    guard LiveParts.isPart(resource.type) else { return isRecorded || !nameless.contains(resource.id) }
    if LiveParts.key(of: resource.type, resource.properties, text: text) != nil { return true }
    // What it belongs to is not there, and so neither is it.
    guard case .reference(let owner)? = LiveParts.owner(of: resource)?.content else { return false }
    return isRecorded && positions[owner.resource] == nil
  }

  /// Whether something that runs, and is none of the stacks' resources, is looked at all the same: parts of what the stacks
  /// make, the routes of every table in their networks, and whatever has a name.
  func isOther(_ live: LiveResource) -> Bool {
    guard isComparable(live.type), !Self.isAWSOwn(live) else { return false }
    guard LiveParts.isPart(live.type) else { return true }
    return LiveParts.owner(of: live)?.plainText.map(owners.contains) == true
  }

  /// The spaces that people order, where a resource of the stacks is one of a product: nobody knows before how they will be
  /// called, and all of them are to be as it says. Nil for anything else, and where it is not known which those are.
  func ordered(_ resource: CloudResource) -> [Int]? {
    guard resource.type == "AWS::SageMaker::Space", !hidden.contains(resource.type),
      let domain = resource.properties["DomainId"].flatMap(text),
      resource.properties["SpaceName"].flatMap(text) == nil
    else { return nil }
    let taken = Set(positions.values)
    return estate.resources.indices.filter { index in
      let live = estate.resources[index]
      return live.type == resource.type && !taken.contains(index)
        && live.properties["DomainId"]?.plainText == domain
    }
  }

  /// A resource of the stacks and what runs in its place, as they are compared.
  func sides(of resource: CloudResource, _ live: LiveResource) -> (
    planned: CloudResource, running: CloudResource
  ) {
    var (before, after) = (resource, resource)
    if LiveParts.isDescribed(resource.type) {
      before.properties = known(resource.properties, readOf: live)
      after.properties = Self.pruned(Self.canonical(live.properties), to: before.properties)
    } else if LiveParts.isPart(resource.type) {
      (before.properties, after.properties) = LiveParts.compared(resource, live, resolved: resolved)
    } else {
      before.properties = resolved(resource.properties, readOf: live)
      after.properties = Self.pruned(Self.canonical(live.properties), to: before.properties)
    }
    return (before, after)
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
      if let said = live.properties[attribute].flatMap(Self.single) { return said }
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

  /// The same of descriptions: of an object that is known in part, that part.
  private func known(_ properties: CloudValue, readOf live: LiveResource) -> CloudValue {
    let read = Set((live.properties.members ?? []).map(\.name)).subtracting(["Tags"])
    let kept = (properties.members ?? []).filter { read.contains($0.name) }
    return known(CloudValue(.object(kept))) ?? [:]
  }

  private func known(_ value: CloudValue) -> CloudValue? {
    guard let members = value.members else { return resolved(value) }
    return Self.canonical(
      CloudValue(
        .object(
          members.compactMap { member in
            known(member.value).map { .init(name: member.name, value: $0, location: member.location) }
          })))
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

  /// The text of a value that is one, or a list of one.
  private static func single(_ value: CloudValue) -> String? {
    if let elements = value.elements { return elements.count == 1 ? elements[0].plainText : nil }
    return value.plainText
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
