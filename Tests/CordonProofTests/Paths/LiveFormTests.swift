import CordonModel
import CordonPolicy
import Testing

@testable import CordonProof

/// What a reader of an account hands over: names that AWS gave in the place of references, and calls without an answer.
@Suite struct `A deployment as it runs` {
  static let engine = RememberedEngine()

  private static func map(_ deployment: CloudDeployment, _ routes: [any Route] = CloudProof.routes)
    -> EgressMap
  {
    CloudProof { engine.answer($0) }.prove(deployment, routes: routes, assumptions: stated)
  }

  private static let stated = [
    "organization": "o-acme123456", "account": "111122223333", "region": "eu-west-1",
  ]

  @Test func `is proved as its templates are, by the names that AWS gave`() throws {
    let declared = try TemplateFile.closed().deployment()
    let running = Self.running(declared)
    let before = Self.map(declared).routes.map { "\($0.route) \($0.verdict)" }
    #expect(Self.map(running).routes.map { "\($0.route) \($0.verdict)" } == before)
  }

  @Test func `a call without an answer leaves what it feeds unknown, and names itself`() throws {
    var deployment = try TemplateFile.closed().deployment()
    deployment.unknowns = [
      .init(CloudUnknown(.unread, "ec2:DescribeVpcs was denied"), at: nil, hides: ["AWS::EC2::VPC"])
    ]
    let map = Self.map(deployment)
    #expect(map["dns-firewall"]?.verdict == .unknown)
    #expect(map["internet-route"]?.verdict == .unknown)
    #expect(map["portal-copy"]?.verdict == .closed)
    guard case .unknown(let parts)? = map["internet-route"]?.finding else {
      Issue.record("the route is not unknown")
      return
    }
    #expect(parts.map(\.text) == ["ec2:DescribeVpcs was denied"])
  }

  @Test func `a gap of any type leaves nothing closed`() throws {
    var deployment = try TemplateFile.closed().deployment()
    deployment.unknowns = [.init(CloudUnknown(.unread, "something"), at: nil)]
    #expect(Self.map(deployment).routes.allSatisfy { $0.verdict == .unknown })
  }

  @Test func `services that no list names feed the routes of what is not modelled`() throws {
    var deployment = try TemplateFile.closed().deployment()
    deployment.unknowns = [
      .init(CloudUnknown(.unread, "others"), at: nil, hides: [RouteReach.otherServices])
    ]
    for route in Self.map(deployment).routes {
      #expect((route.verdict == .unknown) == route.route.hasSuffix("-unmodelled"), "\(route.route)")
    }
  }

  @Test(arguments: CloudProof.routes.map(\.name))
  func `a route is not closed for want of what is said not to feed it`(name: String) throws {
    let routes = CloudProof.routes.filter { $0.name == name }
    for template in try [TemplateFile.closed()] + TemplateFile.all() {
      let whole = try template.deployment()
      var part = whole
      part.resources.removeAll { !RouteReach.feeds(name, [$0.type]) && ModelledTypes.isKnown($0.type) }
      guard part.resources.count < whole.resources.count, !name.hasSuffix("-unmodelled") else { continue }
      // What stays may refer to what is gone, so that less is known; what must not be is more that is closed.
      guard Self.map(whole, routes)[name]?.verdict != .closed else { continue }
      #expect(Self.map(part, routes)[name]?.verdict != .closed, "\(template.name): \(name)")
    }
  }

  // MARK: Several places

  @Test func `of several places a route is as bad as in the worst, and says where`() {
    let control = ClosingControl(resource: "a", location: nil, layer: "wall")
    let witness = RouteWitness(
      request: .object([]), command: "curl", story: "Data leaves.", fix: "close it", resource: "b",
      location: nil)
    func map(_ finding: RouteReport.Finding) -> EgressMap {
      EgressMap(
        subject: "one",
        paths: [PathReport(path: .tunnel, routes: [RouteReport(route: "r", title: "t", finding: finding)])])
    }
    let both = EgressMap.worst(
      of: [("here", map(.closed([control]))), ("there", map(.open(witness)))], subject: "both")
    guard case .open(let found)? = both["r"]?.finding else {
      Issue.record("the open one is lost")
      return
    }
    #expect(found.story == "In there: Data leaves.")
    #expect(found.fix == "close it, in there")
    let unknown = EgressMap.worst(
      of: [("here", map(.closed([control]))), ("there", map(.unknown([UnknownPart("x")])))], subject: "both")
    #expect(unknown["r"]?.verdict == .unknown)
    #expect(EgressMap.worst(of: [("here", map(.closed([control])))], subject: "one")["r"]?.verdict == .closed)
  }

  @Test func `of several places a safeguard is held where all of them hold it, and says where it is lost`() {
    func map(lost: Bool) -> EgressMap {
      let part = SafeguardPart(resource: "Trail", property: "IsLogging", location: nil, text: "is off")
      var map = EgressMap(subject: "one", paths: [])
      map.safeguards = [
        SafeguardReport(
          safeguard: "calls-recorded", kind: .recorded, promise: "p", held: lost ? [] : [part],
          lost: lost ? [part] : [])
      ]
      return map
    }
    let both = EgressMap.worst(of: [("here", map(lost: false)), ("there", map(lost: true))], subject: "both")
    #expect(both.safeguards.map(\.verdict) == [.lost])
    #expect(both.safeguards[0].lost.map(\.text) == ["in there: is off"] && both.safeguards[0].held.count == 1)
    let fine = EgressMap.worst(
      of: [("here", map(lost: false)), ("there", map(lost: false))], subject: "both")
    #expect(fine.safeguards.map(\.verdict) == [.held])
  }

  /// The deployment with a name of AWS's on every resource, and these names wherever it referred to one.
  private static func running(_ declared: CloudDeployment) -> CloudDeployment {
    let estate = CloudEstate(declared, stated: stated)
    var running = declared
    for index in running.resources.indices {
      let resource = declared.resources[index]
      running.resources[index].properties = named(resource.properties, estate)
      running.resources[index].assigned = AssignedName(
        estate.ref(resource), arn: estate.standIn.knowsARN(of: resource) ? estate.arn(resource) : nil)
    }
    return running
  }

  private static func named(_ value: CloudValue, _ estate: CloudEstate) -> CloudValue {
    switch value.content {
    case .reference, .joined:
      return estate.text(value).value.map { CloudValue(.string($0), at: value.location) } ?? value
    case .list(let values): return CloudValue(.list(values.map { named($0, estate) }), at: value.location)
    case .object(let members):
      return CloudValue(
        .object(members.map { .init(name: $0.name, value: named($0.value, estate), location: $0.location) }),
        at: value.location)
    default: return value
    }
  }
}
