import CordonModel

/// Where an environment would run, and its routes be walked.
public enum ProofTarget: String, Sendable, CaseIterable {
  /// One machine, enforced by Cordon.
  case local
  /// An account, by the resources of templates or a plan.
  case aws

  /// The target in a sentence.
  public var phrase: String {
    switch self {
    case .local: "on this machine"
    case .aws: "on AWS"
    }
  }
}

extension EgressMap {
  /// The targets that routes of the map are of.
  public var targets: [ProofTarget] {
    let found = Set(paths.lazy.flatMap(\.routes).map(\.target))
    return ProofTarget.allCases.filter(found.contains)
  }

  /// One map of both: on each path the routes of this one, then the other's.
  public func joined(with other: EgressMap, subject: String) -> EgressMap {
    let paths = EgressPath.allCases.map { path in
      PathReport(path: path, routes: (self.paths + other.paths).filter { $0.path == path }.flatMap(\.routes))
    }
    var map = EgressMap(
      subject: subject, paths: paths, assumptions: assumptions + other.assumptions,
      depthLost: depthLost + other.depthLost, safeguards: safeguards + other.safeguards)
    map.origins = origins.merging(other.origins) { own, _ in own }
    return map
  }

  /// What the map says of one target alone.
  func part(of target: ProofTarget) -> [PathReport] {
    paths.map { path in PathReport(path: path.path, routes: path.routes(of: target)) }
  }

  /// The line of the spec that wrote the file that `location` is in; nil for a file of the user's own.
  func origin(of location: Location?) -> Location? { location.flatMap { origins[$0.file] } }
}

extension PathReport {
  /// The routes that would be walked there.
  func routes(of target: ProofTarget) -> [RouteReport] { routes.filter { $0.target == target } }
}
