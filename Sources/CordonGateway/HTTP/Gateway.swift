public import CordonModel
import CordonWire
import Glibc
public import Logging
public import NIOCore
public import NIOPosix
import Synchronization

/// The one process that owns every listener: all traffic of every workspace ends in it.
///
/// It is handed the sockets of workspaces, which say who calls, and the responders of its endpoints. DNS and
/// the egress proxy are its own. `run()` carries everything; workspaces come and go while it runs.
public final class Gateway: Sendable {
  /// What a gateway is run with, beside the environment.
  public struct Configuration: Sendable {
    /// What one workspace may hold of the gateway.
    public var limits = ServerLimits()
    /// PEM of authorities that outside hosts may have beside the machine's own; a drill has one.
    public var trustedCA: String?
    /// Where the drill control `dns-allowlist`, switched off, finds its resolver.
    public var resolverConfiguration = "/etc/resolv.conf"

    /// Where failures are told; decisions go to the ledger.
    public var logger = Logger(label: "cordon.gateway")

    /// The ordinary configuration.
    public init() {}
  }

  private struct Member {
    var channels: [any Channel] = []
    var connections: WorkspaceConnections
    var allowance: AnswerAllowance
  }

  let gatekeeper: Gatekeeper
  let repeats: RepeatedDecisions
  let authority: CertificateAuthority
  let responders: [EndpointKind: any Responder]
  let configuration: Configuration
  let dialer: OutsideDialer
  let group: any EventLoopGroup
  private let server: ListenerServer
  private let members = Mutex<[Slug: Member]>([:])

  /// A gateway without workspaces.
  ///
  /// - Parameters:
  ///   - gatekeeper: Judges and records; its environment says which controls a drill has switched off.
  ///   - authority: Signs what the endpoints and the proxy show.
  ///   - responders: What answers behind each endpoint; DNS and proxy need none.
  public convenience init(
    gatekeeper: Gatekeeper, authority: CertificateAuthority, responders: [EndpointKind: any Responder],
    configuration: Configuration = Configuration(),
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) throws {
    try self.init(
      gatekeeper: gatekeeper, authority: authority, responders: responders, configuration: configuration,
      group: group, resolver: SystemResolver())
  }

  init(
    gatekeeper: Gatekeeper, authority: CertificateAuthority, responders: [EndpointKind: any Responder],
    configuration: Configuration, group: any EventLoopGroup, resolver: any HostResolver
  ) throws {
    self.gatekeeper = gatekeeper
    self.authority = authority
    self.responders = responders
    self.configuration = configuration
    self.group = group
    repeats = RepeatedDecisions(log: gatekeeper.log)
    dialer = try OutsideDialer(
      resolver: resolver, trustedCA: configuration.trustedCA, limits: configuration.limits)
    server = ListenerServer(group: group)
  }

  /// Serves until `drain` was called, or the task is cancelled, which ends every connection at once.
  public func run() async {
    await withTaskCancellationHandler {
      await server.run()
    } onCancel: {
      stop()
    }
    try? await repeats.flush()
  }

  /// Serves a workspace's sockets. All of them or none: where one cannot be taken over, the workspace has no
  /// door.
  public func add(workspace: Slug, project: Slug, sockets: [GatewaySocket]) async throws {
    let connections = WorkspaceConnections(limit: configuration.limits.connectionsPerWorkspace)
    let allowance = AnswerAllowance(configuration.limits)
    let isNew = members.withLock { members in
      guard members[workspace] == nil else { return false }
      members[workspace] = Member(connections: connections, allowance: allowance)
      return true
    }
    guard isNew else {
      for socket in sockets { Glibc.close(socket.descriptor) }
      throw GatewayError.workspaceIsServed(workspace)
    }
    let doors = WorkspaceDoors(
      gateway: self, workspace: workspace, project: project, sockets: sockets, allowance: allowance,
      questions: QuestionBudget(configuration.limits))
    for (index, socket) in sockets.enumerated() {
      do {
        let channel = try await open(socket, doors, connections)
        members.withLock { $0[workspace]?.channels.append(channel) }
      } catch {
        for rest in sockets[(index + 1)...] { Glibc.close(rest.descriptor) }
        await remove(workspace: workspace)
        throw GatewayError.notAdopted(socket.endpoint, workspace, underlying: error)
      }
    }
  }

  private func open(
    _ socket: GatewaySocket, _ doors: WorkspaceDoors, _ connections: WorkspaceConnections
  ) async throws -> any Channel {
    if socket.speech == .datagrams {
      let datagrams = try await DNSDatagrams(
        on: socket.descriptor, group: group, responder: doors.dns, budget: doors.questions,
        limits: configuration.limits)
      server.start { await datagrams.run() }
      return datagrams.channel
    }
    return try await server.listen(
      on: socket.descriptor, connections: connections, service: doors.service(behind: socket),
      limits: configuration.limits)
  }

  /// Closes a workspace's sockets and every connection on them.
  public func remove(workspace: Slug) async {
    guard let member = members.withLock({ $0.removeValue(forKey: workspace) }) else { return }
    for channel in member.channels { try? await channel.close().get() }
    member.connections.closeAll()
    await member.connections.whenEmpty()
  }

  /// Accepts nothing more, lets requests under way be answered for as long as `grace`, then ends what is
  /// left.
  public func drain(within grace: Duration) async {
    let leaving = members.withLock { Array($0.values) }
    for member in leaving {
      for channel in member.channels { try? await channel.close().get() }
      member.connections.drain()
    }
    let cutOff = Task {
      try await Task.sleep(for: grace)
      for member in leaving { member.connections.closeAll() }
    }
    for member in leaving { await member.connections.whenEmpty() }
    cutOff.cancel()
    server.finish()
  }

  private func stop() {
    for member in members.withLock({ Array($0.values) }) {
      for channel in member.channels { channel.close(promise: nil) }
      member.connections.closeAll()
    }
    server.finish()
  }

  /// How many connections each workspace has open.
  public var openConnections: [Slug: Int] {
    members.withLock { $0.mapValues(\.connections.count) }
  }

  /// What each workspace has of answers that are not written yet.
  var allowances: [Slug: AnswerAllowance] {
    members.withLock { $0.mapValues(\.allowance) }
  }
}

/// Why a workspace's sockets are not served.
public enum GatewayError: Error, CustomStringConvertible {
  /// The workspace has its sockets here already.
  case workspaceIsServed(Slug)
  /// A socket could not be taken over.
  case notAdopted(EndpointKind, Slug, underlying: any Error)

  /// One sentence for the operator.
  public var description: String {
    switch self {
    case .workspaceIsServed(let workspace): "workspace '\(workspace)' is served already"
    case .notAdopted(let endpoint, let workspace, let underlying):
      "the \(endpoint.rawValue) socket of workspace '\(workspace)' cannot be served: \(underlying)"
    }
  }
}
