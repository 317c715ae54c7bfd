public import CordonModel
public import CordonPolicy

/// The egress map: every path, each with its routes, each with its verdict. The JSON form's shape is stable and versioned.
public struct EgressMap: Sendable, Equatable {
  /// The version of the JSON shape.
  public static let version = 1
  /// What was proved, in a few words, e.g. `cordon.yaml on this machine` or `network.yaml + roles.yaml`.
  public var subject: String
  /// The eight paths, in their order.
  public var paths: [PathReport]
  /// Assumptions that were used.
  public var assumptions: [Assumption]
  /// Layers that are lost although the route is still closed by another.
  public var depthLost: [DepthLoss]
  /// What is promised beside closed ways out: for templates of AWS, which alone say every property.
  public var safeguards: [SafeguardReport]
  /// Where the spec says what a file holds that was written from it, by the file's name: nobody changes such a file by hand.
  public var origins: [String: Location] = [:]

  /// A map.
  public init(
    subject: String, paths: [PathReport], assumptions: [Assumption] = [], depthLost: [DepthLoss] = [],
    safeguards: [SafeguardReport] = []
  ) {
    self.safeguards = safeguards
    self.subject = subject
    self.paths = paths
    self.assumptions = assumptions
    self.depthLost = depthLost
  }

  /// Open if a path is open, else unknown if one is unknown, else closed.
  public var verdict: Verdict { Verdict.worst(of: paths.map(\.verdict)) }
}

/// One path with its routes.
public struct PathReport: Sendable, Equatable {
  /// The path.
  public var path: EgressPath
  /// Its routes.
  public var routes: [RouteReport]

  /// A path's routes. A path without a route that was looked at is unknown.
  public init(path: EgressPath, routes: [RouteReport]) {
    self.path = path
    self.routes = routes
  }

  /// Closed only if all of its routes are.
  public var verdict: Verdict { routes.isEmpty ? .unknown : Verdict.worst(of: routes.map(\.verdict)) }
}

/// One route with its verdict and what the verdict rests on.
public struct RouteReport: Sendable, Equatable {
  /// The route's name, e.g. `s3-foreign-bucket`.
  public var route: String
  /// What walking it means, in one line.
  public var title: String
  /// What was found.
  public var finding: Finding
  /// How it was found, step by step, for `--explain`.
  public var steps: [String]
  /// Where it would be walked.
  public var target: ProofTarget

  /// A route's report.
  public init(
    route: String, title: String, finding: Finding, steps: [String] = [], target: ProofTarget = .local
  ) {
    self.target = target
    self.route = route
    self.title = title
    self.finding = finding
    self.steps = steps
  }

  /// The verdict.
  public var verdict: Verdict {
    switch finding {
    case .closed: .closed
    case .open: .open
    case .unknown: .unknown
    }
  }

  /// What was found of a route.
  public enum Finding: Sendable, Equatable {
    /// Closed by these controls; never empty.
    case closed([ClosingControl])
    /// Open: a request that walks it, and the one change that closes it.
    case open(RouteWitness)
    /// Not decided: what is not modelled, or not in the files given; never empty.
    case unknown([UnknownPart])
  }
}

/// A control that closes a route, and where it stands.
public struct ClosingControl: Sendable, Hashable {
  /// The resource, or the line of the spec.
  public var resource: String
  /// Its place in the files.
  public var location: Location?
  /// The layer, e.g. `endpoint policy`, `DNS firewall`, `no route`.
  public var layer: String

  /// A control.
  public init(resource: String, location: Location?, layer: String) {
    self.resource = resource
    self.location = location
    self.layer = layer
  }
}

/// A request that walks a route.
public struct RouteWitness: Sendable, Equatable {
  /// Who does what, through which door, with whose credentials: an object for machines.
  public var request: JSONValue
  /// The AWS CLI or shell line that a person can run.
  public var command: String
  /// Who runs it, from where, with whose credentials; one sentence.
  public var story: String
  /// The one change that closes the route.
  public var fix: String
  /// The resource to change.
  public var resource: String
  /// Its place in the files.
  public var location: Location?
  /// Who runs it, with whose credentials, through which door; nil where the story alone says so.
  public var walker: Walker?

  /// A witness.
  public init(
    request: JSONValue, command: String, story: String, fix: String, resource: String, location: Location?,
    walker: Walker? = nil
  ) {
    self.walker = walker
    self.request = request
    self.command = command
    self.story = story
    self.fix = fix
    self.resource = resource
    self.location = location
  }
}

/// Something that a verdict would need to know.
public struct UnknownPart: Sendable, Hashable {
  /// What is not known and what would settle it, e.g. `parameter OrgId has no value: give --parameter OrgId=...`.
  public var text: String
  /// The resource concerned.
  public var resource: String?
  /// Its place in the files.
  public var location: Location?

  /// A part that is not known.
  public init(_ text: String, resource: String? = nil, location: Location? = nil) {
    self.text = text
    self.resource = resource
    self.location = location
  }
}

/// Something taken for true that the files do not show.
public struct Assumption: Sendable, Hashable {
  /// Its name, as `--assume NAME=VALUE` takes it.
  public var name: String
  /// The value used.
  public var value: String
  /// Why the proof needs it.
  public var reason: String

  /// An assumption.
  public init(name: String, value: String, reason: String) {
    self.name = name
    self.value = value
    self.reason = reason
  }
}

/// A layer that does not hold although the route is closed: not open, but one step nearer.
public struct DepthLoss: Sendable, Hashable {
  /// The route.
  public var route: String
  /// What does not hold, and what it would add.
  public var text: String
  /// The resource concerned.
  public var resource: String
  /// Its place in the files.
  public var location: Location?
  /// Where the route would be walked.
  public var target: ProofTarget

  /// A lost layer.
  public init(
    route: String, text: String, resource: String, location: Location?, target: ProofTarget = .local
  ) {
    self.target = target
    self.route = route
    self.text = text
    self.resource = resource
    self.location = location
  }
}

extension Verdict {
  /// Open before unknown before closed.
  public static func worst(of verdicts: some Sequence<Verdict>) -> Verdict {
    var worst = Verdict.closed
    for verdict in verdicts {
      switch verdict {
      case .open: return .open
      case .unknown: worst = .unknown
      case .closed: break
      }
    }
    return worst
  }
}
