public import CordonLinux
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

  /// Who has sockets here.
  private enum MemberName: Hashable {
    case workspace(Slug)
    case session(String)
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
  private let members = Mutex<[MemberName: Member]>([:])

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
    guard let (connections, allowance) = makeRoom(for: .workspace(workspace)) else {
      for socket in sockets { Glibc.close(socket.descriptor) }
      throw GatewayError.workspaceIsServed(workspace)
    }
    let doors = WorkspaceDoors(
      gateway: self, workspace: workspace, project: project, sockets: sockets, allowance: allowance,
      questions: QuestionBudget(configuration.limits))
    for (index, socket) in sockets.enumerated() {
      do {
        let channel = try await open(socket, doors, connections)
        members.withLock { $0[.workspace(workspace)]?.channels.append(channel) }
      } catch {
        for rest in sockets[(index + 1)...] { Glibc.close(rest.descriptor) }
        await remove(workspace: workspace)
        throw GatewayError.notAdopted(socket.endpoint, workspace, underlying: error)
      }
    }
  }

  private func makeRoom(for name: MemberName) -> (WorkspaceConnections, AnswerAllowance)? {
    let connections = WorkspaceConnections(limit: configuration.limits.connectionsPerWorkspace)
    let allowance = AnswerAllowance(configuration.limits)
    return members.withLock { members in
      guard members[name] == nil else { return nil }
      members[name] = Member(connections: connections, allowance: allowance)
      return (connections, allowance)
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
  public func remove(workspace: Slug) async { await remove(.workspace(workspace)) }

  private func remove(_ name: MemberName) async {
    guard let member = members.withLock({ $0.removeValue(forKey: name) }) else { return }
    for channel in member.channels { try? await channel.close().get() }
    member.connections.closeAll()
    await member.connections.whenEmpty()
  }

  /// Serves the listener of a session's browser, the only way out of its sandbox.
  ///
  /// - Parameters:
  ///   - ingress: Where the workspace's notebook listens.
  ///   - descriptor: The bound socket; the gateway closes it, whatever happens.
  public func open(for seat: BrowserSeat, ingress: IngressFolder, descriptor: CInt) async throws
    -> BrowserDoor
  {
    guard let (connections, allowance) = makeRoom(for: .session(seat.session)) else {
      Glibc.close(descriptor)
      throw GatewayError.sessionIsServed(seat.session)
    }
    let door = BrowserDoor(seat: seat, ingress: ingress, log: gatekeeper.log)
    do {
      let channel = try await server.listen(
        on: descriptor, connections: connections, service: door.service(in: self, allowance),
        limits: configuration.limits)
      members.withLock { $0[.session(seat.session)]?.channels.append(channel) }
      return door
    } catch {
      await remove(.session(seat.session))
      throw error
    }
  }

  /// Closes a session's listener and every connection on it, and writes what its folded records owe.
  public func close(_ door: BrowserDoor) async {
    await remove(.session(door.seat.session))
    await door.close()
  }

  /// The sessions whose browsers have a door.
  public var openSessions: [String] {
    members.withLock { members in
      members.keys.compactMap { name in if case .session(let session) = name { session } else { nil } }
        .sorted()
    }
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
  public var openConnections: [Slug: Int] { byWorkspace(\.connections.count) }

  private func byWorkspace<Value>(_ value: (Member) -> Value) -> [Slug: Value] {
    members.withLock { members in
      members.reduce(into: [:]) { all, entry in
        if case .workspace(let name) = entry.key { all[name] = value(entry.value) }
      }
    }
  }

  /// What each workspace has of answers that are not written yet.
  var allowances: [Slug: AnswerAllowance] { byWorkspace(\.allowance) }
}

/// Why a workspace's sockets are not served.
public enum GatewayError: Error, CustomStringConvertible {
  /// The workspace has its sockets here already.
  case workspaceIsServed(Slug)
  /// The session's browser has its door already.
  case sessionIsServed(String)
  /// A socket could not be taken over.
  case notAdopted(EndpointKind, Slug, underlying: any Error)

  /// One sentence for the operator.
  public var description: String {
    switch self {
    case .workspaceIsServed(let workspace): "workspace '\(workspace)' is served already"
    case .sessionIsServed(let session): "session '\(session)' is served already"
    case .notAdopted(let endpoint, let workspace, let underlying):
      "the \(endpoint.rawValue) socket of workspace '\(workspace)' cannot be served: \(underlying)"
    }
  }
}
