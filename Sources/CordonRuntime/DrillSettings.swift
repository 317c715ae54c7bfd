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

  /// Somebody who comes through the twin's portal, and what they find in the notebook's place.
  public struct Visit: Codable, Sendable, Equatable {
    /// Who; `up` prints their first link, and nobody else's.
    public var person: String
    /// The TCP port of 127.0.0.1 on which the portal listens.
    public var port: UInt16
    /// A folder to take for JupyterLab's: whoever works in a workspace can put anything there.
    public var notebook: String
  }

  /// The package index that stands for the real one.
  public var upstreamIndex: String?
  /// Hosts beside the spec's own.
  public var allowedHosts: [Host]?
  /// A PEM file with the authority of those hosts' certificates.
  public var trustedCA: String?
  /// Buckets of a foreign account.
  public var foreignBuckets: [ForeignBucket]?

  /// Who comes through the portal; the twin has none where nobody does.
  public var visit: Visit?

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
    try setPortal(of: &changed)
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

  /// People's doors are the environment's own: its address can be listened on once, and its accounts are not the twin's.
  private func setPortal(of environment: inout Environment) throws {
    environment.portal = nil
    for project in environment.projects.indices {
      for workspace in environment.projects[project].workspaces.indices {
        environment.projects[project].workspaces[workspace].notebook = nil
      }
    }
    guard let visit, let loopback = IPAddress("127.0.0.1"),
      let first = environment.projects.firstIndex(where: { !$0.workspaces.isEmpty })
    else { return }
    let visitor = Person(
      name: try Slug(visit.person), roles: [.dataScientist], projects: [environment.projects[first].name])
    environment.people.append(visitor)
    environment.projects[first].workspaces[0].notebook = NotebookRules()
    // One that is somebody's own is nobody else's to open.
    if environment.projects[first].workspaces[0].person != nil {
      environment.projects[first].workspaces[0].person = visitor.name
    }
    environment.portal = PortalRules(
      listener: PortalRules.Listener(address: loopback, port: visit.port),
      origin: "https://127.0.0.1:\(visit.port)")
    guard environment.weakenedForDrill.contains(.portalCrossings) else { return }
    environment.browser.clipboardOut = true
    environment.browser.download = true
    environment.browser.print = true
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
