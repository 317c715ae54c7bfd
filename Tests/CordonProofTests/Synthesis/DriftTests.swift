import CordonModel
import Testing

@testable import CordonAWS

/// The example's stacks as they would run: every resource with a name that AWS gave it, and every reference resolved.
private struct RunningStacks {
  let planned: CloudDeployment
  private let places: [ResourceID: Int]
  /// Which resource of the stacks each name is of.
  private(set) var ids: [String: ResourceID] = [:]
  private(set) var resources: [LiveResource] = []

  init(_ planned: CloudDeployment) {
    self.planned = planned
    places = Dictionary(uniqueKeysWithValues: planned.resources.enumerated().map { ($1.id, $0) })
    var rules: [String: [(list: String, entry: CloudValue)]] = [:]
    var policies: [String: [CloudValue]] = [:]
    for (index, resource) in planned.resources.enumerated() {
      ids[ref(index)] = resource.id
      let properties = value(resource.properties)
      if let list = resource.type.split(separator: ":").last, list.hasPrefix("SecurityGroup"),
        list.hasSuffix("gress")
      {
        rules[properties["GroupId"]?.plainText ?? "", default: []].append(
          (String(list), without("GroupId", properties)))
        continue
      }
      if resource.type == "AWS::IAM::Policy" {
        for role in properties["Roles"]?.elements ?? [] {
          policies[role.plainText ?? "", default: []].append(without("Roles", properties))
        }
        continue
      }
      resources.append(
        LiveResource(
          type: resource.type, ref: ref(index), arn: arn(index),
          properties: read(properties, of: resource.type)))
      resources.append(
        LiveResource(
          type: LiveEstate.stackResource, ref: ref(index),
          properties: ["Stack": .text(resource.id.stack), "Name": .text(resource.id.name)]))
    }
    // AWS shows policies as those of their role, and rules as those of their group.
    for index in resources.indices where resources[index].type == "AWS::IAM::Role" {
      let own = resources[index].properties["Policies"]?.elements ?? []
      resources[index].properties.set("Policies", .list(own + (policies[resources[index].ref] ?? [])))
    }
    for index in resources.indices where resources[index].type == "AWS::EC2::SecurityGroup" {
      for rule in rules[resources[index].ref] ?? [] {
        let entries = resources[index].properties[rule.list]?.elements ?? []
        resources[index].properties.set(rule.list, .list(entries + [rule.entry]))
      }
    }
  }

  /// What the reader looks for, and nothing of what it does not see.
  private func read(_ properties: CloudValue, of type: String) -> CloudValue {
    guard let names = LiveTable.readProperties[type] else { return [:] }
    return CloudValue(
      .object((properties.members ?? []).filter { names.contains("*") || names.contains($0.name) }))
  }

  func drift(_ resources: [LiveResource]) -> LiveDrift {
    LiveDrift(
      of: LiveEstate(
        account: planned.account ?? "", region: planned.region ?? "", resources: resources), from: planned)
  }

  private func ref(_ index: Int) -> String {
    let resource = planned.resources[index]
    return resource.type == "AWS::S3::Bucket"
      ? resource.properties["BucketName"]?.plainText ?? "" : "made-\(index)"
  }

  private func arn(_ index: Int) -> String {
    planned.resources[index].type == "AWS::S3::Bucket"
      ? "arn:aws:s3:::\(ref(index))" : "arn:aws:any:::\(ref(index))"
  }

  private func without(_ name: String, _ value: CloudValue) -> CloudValue {
    CloudValue(.object((value.members ?? []).filter { $0.name != name }))
  }

  private func value(_ value: CloudValue) -> CloudValue {
    switch value.content {
    case .list(let elements): .list(elements.map(self.value))
    case .object(let members):
      CloudValue(.object(members.map { .init(name: $0.name, value: self.value($0.value)) }))
    case .reference(let reference): .text(text(reference))
    case .joined(let parts): .text(parts.map { self.value($0).plainText ?? "?" }.joined())
    case .unknown(let unknown):
      .text(
        ["AWS::AccountId": planned.account, "AWS::Region": planned.region][unknown.name].flatMap(\.self)
          ?? "?")
    default: CloudValue(value.content)
    }
  }

  private func text(_ reference: CloudReference) -> String {
    guard let index = places[reference.resource] else { return "?" }
    guard let attribute = reference.attribute else { return ref(index) }
    if let said = planned.resources[index].properties[attribute]?.plainText { return said }
    return attribute.hasSuffix("Arn") ? arn(index) : ref(index)
  }
}

@Suite struct `Drift of the synthesised example` {
  @Test func `is none where it runs as it is written, and leaves a few kinds out`() throws {
    let running = RunningStacks(try `Every control of the synthesised example, weakened alone,`.deployment())
    let drift = running.drift(running.resources)
    #expect(drift.difference.changes.map { "\($0.resource) \($0.words)" } == [])
    #expect(drift.notCompared.keys.sorted() == Self.left)
    #expect(running.planned.resources.count - drift.notCompared.values.reduce(0, +) >= 125)
  }

  /// What the reader sees nothing of, and what is neither made once nor known by a name.
  static let left: [String] = []

  /// What follows from nothing that the reader sees: which zones a region has, and a name that is an attribute.
  static let unresolved = ["AWS::CodeArtifact::Repository.DomainName", "AWS::EC2::Subnet.AvailabilityZone"]

  @Test func `is seen in every property that is compared`() throws {
    let running = RunningStacks(try `Every control of the synthesised example, weakened alone,`.deployment())
    // One resource of each type: in each round another property of all of them is changed.
    var first: [String: Int] = [:]
    for (index, resource) in running.resources.enumerated()
    where resource.type != LiveEstate.stackResource && !Self.left.contains(resource.type) {
      first[resource.type] = first[resource.type] ?? index
    }
    var seen = 0
    var missed: [String] = []
    for round in 0..<40 {
      var resources = running.resources
      var changed: [(id: ResourceID, ref: String, name: String)] = []
      for (type, index) in first {
        // Rules come and go as resources of their own.
        let names = (resources[index].properties.members ?? []).map(\.name).filter {
          !["Tags", "SecurityGroupEgress", "SecurityGroupIngress", "Policies"].contains($0)
        }
        guard round < names.count, let id = running.ids[resources[index].ref] else { continue }
        resources[index].properties.set(names[round], "changed by hand")
        changed.append((id, resources[index].ref, "\(type).\(names[round])"))
      }
      let found = Set(running.drift(resources).difference.changes.map(\.resource))
      seen += changed.count
      missed += changed.filter { !found.contains($0.id) && !found.contains(ResourceID(name: $0.ref)) }.map(
        \.name)
    }
    #expect(missed.sorted() == Self.unresolved, "\(missed)")
    #expect(seen > 120)
  }

  @Test func `of everything that synthesis can add leaves out what the reader does not see`() throws {
    let full = `A synthesised environment with everything in it`.self
    let running = RunningStacks(try full.deployment(full.text()))
    let drift = running.drift(running.resources)
    #expect(drift.difference.changes.map { "\($0.resource) \($0.words)" } == [])
    #expect(drift.notCompared.keys.sorted() == Self.unseen)
  }

  static let unseen: [String] = []
}
