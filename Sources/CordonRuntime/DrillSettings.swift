public import CordonModel
import CordonWire
import Foundation

/// What a drill changes of an environment: an outside world of its own. Never part of a spec.
public struct DrillSettings: Codable, Sendable, Equatable {
  /// A host that the drill runs outside and that its environment may reach.
  public struct Host: Codable, Sendable, Equatable {
    /// The host's name.
    public var host: String
    /// Its TCP port.
    public var port: UInt16
    /// The address to dial instead of resolving.
    public var address: String
  }

  /// A bucket that belongs to nobody in the environment, as a foreign account's would.
  public struct ForeignBucket: Codable, Sendable, Equatable {
    /// The bucket's name.
    public var name: String
  }

  /// The package index that stands for the real one.
  public var upstreamIndex: String?
  /// Hosts beside the spec's own.
  public var allowedHosts: [Host]?
  /// A PEM file with the authority of those hosts' certificates.
  public var trustedCA: String?
  /// Buckets of a foreign account.
  public var foreignBuckets: [ForeignBucket]?

  /// Reads the file that `cordon up --drill` names.
  public static func read(_ path: String) throws -> DrillSettings {
    try JSONDecoder().decode(DrillSettings.self, from: Data(contentsOf: URL(filePath: path)))
  }

  /// The environment with the drill's outside world in it and `weakened` switched off.
  public func applied(to environment: Environment, weakened: Set<Control>) throws -> Environment {
    var changed = environment
    changed.weakenedForDrill = weakened
    // A twin lives for minutes and holds nothing; setting as much aside again would keep full machines from drilling.
    changed.acceptedMissingMechanisms.insert(SandboxMechanism.diskReservation.rawValue)
    // People's doors are the environment's own: its address can be listened on once, and its accounts are not the twin's.
    changed.portal = nil
    for project in changed.projects.indices {
      for workspace in changed.projects[project].workspaces.indices {
        changed.projects[project].workspaces[workspace].notebook = nil
      }
    }
    if let upstreamIndex { changed.pypi?.upstream = upstreamIndex }
    for host in allowedHosts ?? [] {
      changed.allowedHosts.append(
        AllowedHost(
          pattern: .exact(try DomainName(host.host)), port: host.port, reason: "drill",
          pinnedAddress: host.address))
    }
    try addNeighbour(to: &changed)
    return changed
  }

  /// A second project, so that there is a neighbour to be attacked and to attack.
  private func addNeighbour(to environment: inout Environment) throws {
    guard environment.projects.filter({ !$0.workspaces.isEmpty }).count == 1 else { return }
    let store = try BucketName("cordon-drill-neighbour-store")
    environment.projects.append(
      Project(
        name: try Slug("drill-neighbour"), buckets: [Bucket(name: store)], store: store,
        workspaces: [Workspace(name: try Slug("drill-neighbour-1"), limits: Workspace.Size.small.limits)]))
  }
}
