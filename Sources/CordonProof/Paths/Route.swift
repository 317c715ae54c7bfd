public import CordonModel

/// One concrete way to walk an egress path, and how it is judged.
public protocol Route: Sendable {
  /// Its name, in kebab case.
  var name: String { get }
  /// The path it is a way of.
  var path: EgressPath { get }
  /// What walking it means, in one line.
  var title: String { get }
  /// What there is to know about it.
  var documentation: RouteDocumentation { get }
  /// Looks at every door of the route.
  func judge(_ scene: Scene) -> Judgement
}

/// What a route is, which controls close it, and which are believed to but do not.
public struct RouteDocumentation: Sendable, Equatable {
  /// What it is.
  public var about: String
  /// Controls that can close it.
  public var closedBy: [String]
  /// Controls that people believe close it, and why they do not: they count as depth.
  public var notClosedBy: [String]
  /// Why AWS has one control only that closes it; nil where there are several.
  public var alone: String?

  init(_ about: String, closedBy: [String], notClosedBy: [String] = [], alone: String? = nil) {
    self.alone = alone
    self.about = about
    self.closedBy = closedBy
    self.notClosedBy = notClosedBy
  }
}

/// What routes are judged in: the deployment, who holds credentials in it, and the engine to ask.
public struct Scene: Sendable {
  let estate: CloudEstate
  let prover: Prover
  let workloads: Workloads
  /// Roles whose credentials people or their code hold.
  let roles: [HeldRole]
  /// Roles that workloads of the files run with, and that the files do not declare.
  let unseenRoles: [(resource: CloudResource, text: String)]
  /// Service and resource control policies.
  let serviceControls: [LayerReading]
  let resourceControls: [LayerReading]
  /// Endpoints of the networks, with their policies.
  let endpoints: [CloudEndpoint]
  /// Policies of our resources, which may grant what no role's own policy does.
  let resourceGrants: [ResourceGrant]
  /// Which of them grant a role something, and by which ways, by its resource.
  private let reaching = Remembered<ResourceID, [Granted]>(most: 4_096)
  /// The controls of layers that close a door alone.
  let held = Remembered<HeldLayer, [HeldControl]>(most: 16_384)

  init(_ estate: CloudEstate, _ prover: Prover) {
    self.estate = estate
    self.prover = prover
    workloads = Workloads(estate)
    roles = estate.heldRoles
    unseenRoles = estate.unseenRoles
    serviceControls = estate.serviceControls
    resourceControls = estate.resourceControls
    endpoints = estate.endpoints
    resourceGrants = estate.resourceGrants
  }

  /// The policies of our resources that grant `role` something, and the ways in which they do.
  func grants(to role: HeldRole) -> [Granted] {
    if let known = reaching[role.resource.id] { return known }
    let found = resourceGrants.compactMap { grant -> Granted? in
      let ways = grant.ways(for: role)
      guard !ways.isEmpty else { return nil }
      return Granted(grant: grant, ways: ways, denials: [grant.denying] + role.denials(self))
    }
    reaching.keep(found, for: role.resource.id)
    return found
  }
}

/// What a resource's policy grants to a role.
struct Granted: Sendable {
  let grant: ResourceGrant
  /// The ways in which it does.
  let ways: [[LayerReading]]
  /// What such a request meets beside it.
  let denials: [LayerReading]
}

/// How a control would be taken away, to see what stands behind it.
enum Removal: Sendable, Hashable {
  /// The whole resource.
  case resource(ResourceID)
  /// One property of it.
  case property(ResourceID, [String])
  /// Nothing that the files could lose.
  case none
}

/// A control that closes a door, and how it could be lost.
struct HeldControl: Sendable, Hashable {
  var closing: ClosingControl
  var removal: Removal

  init(_ resource: CloudResource, layer: String, property: [String] = [], whole: Bool = false) {
    let place = resource.properties[path: property]?.location ?? resource.location
    closing = ClosingControl(resource: "\(resource.id)", location: place, layer: layer)
    removal = whole || property.isEmpty ? .resource(resource.id) : .property(resource.id, property)
  }

  /// Something that is not there, and need not be.
  init(absence layer: String) {
    closing = ClosingControl(resource: "the files", location: nil, layer: layer)
    removal = .none
  }

  init(_ closing: ClosingControl, _ removal: Removal) {
    self.closing = closing
    self.removal = removal
  }
}

/// One door of a route: one endpoint, one bucket, one action.
public struct Door: Sendable {
  enum Finding: Sendable {
    case closed([HeldControl])
    case open(RouteWitness)
    case unknown([UnknownPart])
  }

  var name: String
  var finding: Finding

  static func closed(_ name: String, _ controls: HeldControl...) -> Door {
    Door(name: name, finding: .closed(controls))
  }

  static func open(_ name: String, _ witness: RouteWitness) -> Door {
    Door(name: name, finding: .open(witness))
  }

  static func unknown(_ name: String, _ text: String, _ resource: CloudResource? = nil) -> Door {
    Door(
      name: name,
      finding: .unknown([
        UnknownPart(text, resource: resource.map { "\($0.id)" }, location: resource?.location)
      ]))
  }

  static func unknown(_ name: String, _ parts: [UnknownPart], _ resource: CloudResource) -> Door {
    let placed = parts.map { part in
      UnknownPart(
        part.text, resource: part.resource ?? "\(resource.id)", location: part.location ?? resource.location)
    }
    return Door(name: name, finding: .unknown(placed))
  }
}

/// All doors of a route, and layers that are lost behind those that hold.
public struct Judgement: Sendable {
  var doors: [Door]
  var lost: [(text: String, resource: CloudResource)] = []

  init(_ doors: [Door] = []) { self.doors = doors }

  mutating func add(_ door: Door) { doors.append(door) }

  /// Networks that workloads of the files stand in, and that are not in the files.
  mutating func addNetworksElsewhere(_ scene: Scene) {
    guard !scene.workloads.elsewhere.isEmpty else { return }
    add(Door(name: "networks elsewhere", finding: .unknown(scene.workloads.elsewhere)))
  }

  mutating func lose(_ text: String, _ resource: CloudResource) { lost.append((text, resource)) }
}
