import CordonModel
import CordonPolicy
import CordonWire
import Logging
import NIOCore
import NIOPosix
import Synchronization

@testable import CordonGateway

/// An outside host on a loopback port that notes every connection and every request that reaches it.
final class OutsideWorld: Sendable {
  let authority: CertificateAuthority
  let port: Int
  private let server: ListenerServer
  private let running: Task<Void, Never>
  private let channel: any Channel
  private let connections: WorkspaceConnections
  private let seen: SeenByHost

  /// How many connections were opened to the host.
  var connectionCount: Int { seen.state.withLock { $0.connections } }
  /// Everything that was sent to it: server names, then requests.
  var requests: [String] { seen.state.withLock { $0.requests } }

  init(folder: String) async throws {
    authority = try CertificateAuthority(folder: folder, name: "outside")
    seen = SeenByHost()
    let server = ListenerServer(group: MultiThreadedEventLoopGroup.singleton)
    self.server = server
    running = Task { await server.run() }
    let (descriptor, port) = try LoopbackSocket.tcp()
    self.port = port
    connections = WorkspaceConnections(limit: 1000)
    channel = try await server.listen(
      on: descriptor, connections: connections, service: HostService(authority: authority, seen: seen))
  }

  func stop() async {
    try? await channel.close().get()
    connections.closeAll()
    server.finish()
    await running.value
  }
}

private final class SeenByHost: Sendable {
  struct State {
    var connections = 0
    var requests: [String] = []
  }
  let state = Mutex(State())
}

/// Speaks TLS as any name, and plain HTTP to who does not.
private struct HostService: StreamService {
  let authority: CertificateAuthority
  let seen: SeenByHost

  func serve(_ connection: AcceptedConnection) async {
    seen.state.withLock { $0.connections += 1 }
    guard let first = try? await connection.channel.next(within: patience) else { return }
    guard let opening = try? await HostOpening.read(first, from: connection.channel) else {
      seen.state.withLock { $0.requests.append("raw \(String(buffer: first))") }
      return
    }
    if let name = opening.name { seen.state.withLock { $0.requests.append("sni \(name)") } }
    guard let environment = try? testEnvironment(), let policies = try? CompiledPolicies(environment) else {
      return
    }
    let gatekeeper = Gatekeeper(environment: environment, policies: policies, log: InMemoryDecisionLog())
    let service = EndpointService(
      source: SourcePosition(
        environment: environment.name, project: environment.name, workspace: environment.name,
        endpoint: .packages),
      responder: HostResponder(seen: seen),
      refusals: RefusalLog(
        gatekeeper: gatekeeper, repeats: RepeatedDecisions(log: InMemoryDecisionLog()),
        logger: Logger(label: "outside")),
      limits: .patient, allowance: AnswerAllowance(), authority: opening.name == nil ? nil : authority,
      serves: { _ in true },
      checksHost: false)
    await service.serve(connection, replaying: opening.bytes)
  }

  func turnedAway() async {}
}

private struct HostOpening {
  var name: DomainName?
  var bytes: ByteBuffer

  static func read(_ first: ByteBuffer, from channel: PulledChannel<ByteBuffer>) async throws -> HostOpening {
    guard first.getInteger(at: first.readerIndex, as: UInt8.self) == 22 else {
      return HostOpening(name: nil, bytes: first)
    }
    let hello = try await TLSHello.read(from: channel, after: first, within: patience)
    return HostOpening(name: hello.hello.sni, bytes: hello.bytes)
  }
}

private struct HostResponder: Responder {
  let seen: SeenByHost

  func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    let bytes = try await body.collect(upTo: 1 << 24)
    let text = "\(request.method) \(request.path) host=\(request.header("host") ?? "")"
    seen.state.withLock { $0.requests.append(text) }
    var headers = [(name: "x-outside", value: "yes"), (name: "connection", value: "x-secret-hop")]
    if request.header("x-hop") != nil { headers.append((name: "x-hop-arrived", value: "yes")) }
    return .text(200, "outside got \(bytes?.readableBytes ?? -1) bytes\n", headers: headers)
  }
}
