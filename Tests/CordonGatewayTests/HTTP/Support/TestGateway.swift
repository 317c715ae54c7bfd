import CordonModel
import CordonPolicy
import CordonWire
import Foundation
import NIOCore
import NIOPosix

@testable import CordonGateway

/// A gateway with one workspace on free loopback ports, and what a test needs to look behind it.
struct TestGateway: Sendable {
  let gateway: Gateway
  let log: InMemoryDecisionLog
  let authority: CertificateAuthority
  let ports: [Door: Int]
  let outside: OutsideWorld

  struct Door: Hashable, Sendable {
    var endpoint: EndpointKind
    var speech: GatewaySocket.Speech
  }

  func port(_ endpoint: EndpointKind, _ speech: GatewaySocket.Speech = .plain) -> Int {
    ports[Door(endpoint: endpoint, speech: speech)] ?? 0
  }

  static let workspace = try? Slug("alice-ws")

  /// Runs a gateway for the length of `body`.
  static func run<R: Sendable>(
    hosts: [AllowedHost] = [], weakened: Set<Control> = [], responder: any Responder = EchoResponder(),
    limits: ServerLimits = .patient, resolver: any HostResolver = NoResolver(),
    resolverConfiguration: String = "/nonexistent", inspection: AllowedHost.Inspection = .intercept,
    browser: BrowserRules = BrowserRules(),
    _ body: @escaping @Sendable (TestGateway) async throws -> R
  ) async throws -> R {
    let folder = temporaryFolder()
    defer { removeFolder(folder) }
    let outside = try await OutsideWorld(folder: folder + "/outside")
    var environment = try testEnvironment()
    environment.allowedHosts =
      hosts + [
        AllowedHost(
          pattern: .exact(try DomainName("allowed.test")), port: UInt16(outside.port), inspection: inspection,
          reason: "a test", pinnedAddress: "127.0.0.1")
      ]
    environment.weakenedForDrill = weakened
    environment.browser = browser
    environment.browser.hosts = [
      AllowedHost(
        pattern: .exact(try DomainName("listed.test")), port: UInt16(outside.port),
        pinnedAddress: "127.0.0.1")
    ]
    let log = InMemoryDecisionLog()
    let gatekeeper = Gatekeeper(
      environment: environment, policies: try CompiledPolicies(environment), log: log)
    let authority = try CertificateAuthority(folder: folder + "/ca", name: "test")
    var configuration = Gateway.Configuration()
    configuration.limits = limits
    configuration.trustedCA = outside.authority.certificatePEM
    configuration.resolverConfiguration = resolverConfiguration
    let gateway = try Gateway(
      gatekeeper: gatekeeper, authority: authority,
      responders: [.s3: responder, .sts: responder, .packages: responder, .credentials: responder],
      configuration: configuration, group: MultiThreadedEventLoopGroup.singleton, resolver: resolver)
    let (sockets, ports) = try allDoors()
    let running = Task { await gateway.run() }
    let result: Result<R, any Error>
    do {
      guard let workspace = Self.workspace else { throw LoopbackSocket.Failure(call: "name", code: 0) }
      try await gateway.add(workspace: workspace, project: try Slug("churn"), sockets: sockets)
      result = .success(
        try await body(
          TestGateway(gateway: gateway, log: log, authority: authority, ports: ports, outside: outside)))
    } catch {
      result = .failure(error)
    }
    await gateway.drain(within: .milliseconds(100))
    await running.value
    await outside.stop()
    return try result.get()
  }

  private static func allDoors() throws -> ([GatewaySocket], [Door: Int]) {
    var sockets: [GatewaySocket] = []
    var ports: [Door: Int] = [:]
    let doors: [(EndpointKind, GatewaySocket.Speech)] = [
      (.dns, .datagrams), (.dns, .plain), (.proxy, .plain), (.credentials, .plain), (.s3, .plain),
      (.s3, .tls),
      (.sts, .tls), (.packages, .tls), (.proxy, .tls),
    ]
    for (endpoint, speech) in doors {
      let (descriptor, port) = try speech == .datagrams ? LoopbackSocket.udp() : LoopbackSocket.tcp()
      sockets.append(GatewaySocket(endpoint: endpoint, speech: speech, descriptor: descriptor))
      ports[Door(endpoint: endpoint, speech: speech)] = port
    }
    return (sockets, ports)
  }
}

extension ServerLimits {
  /// Deadlines that only a test of deadlines should meet.
  static var patient: ServerLimits {
    var limits = ServerLimits()
    limits.headerDeadline = patience
    return limits
  }
}

/// A path that nothing else uses; whoever makes a folder there removes it.
func temporaryFolder() -> String {
  FileManager.default.temporaryDirectory.appending(path: "cordon-\(UUID().uuidString)").path
}

func removeFolder(_ path: String) {
  try? FileManager.default.removeItem(atPath: path)
}

/// An environment with one project and one workspace.
func testEnvironment() throws -> Environment {
  var environment = Environment(
    name: try Slug("test"),
    organization: Organization(
      id: try OrganizationID("o-acme123456"), account: try AccountID("111122223333")),
    region: try Region("eu-west-1"))
  let bucket = Bucket(name: try BucketName("churn-store"))
  environment.people = [
    Person(name: try Slug("alice"), roles: [.dataScientist], projects: [try Slug("churn")])
  ]
  environment.projects = [
    Project(
      name: try Slug("churn"), buckets: [bucket], store: bucket.name,
      workspaces: [
        Workspace(name: try Slug("alice-ws"), limits: Workspace.Size.small.limits, person: try Slug("alice"))
      ])
  ]
  return environment
}

/// Answers with what it was asked, so that a test sees what got through.
struct EchoResponder: Responder {
  func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    let received = try await body.collect(upTo: 1 << 24)
    let target = request.query.map { "\(request.path)?\($0)" } ?? request.path
    let text = "\(request.method) \(target) host=\(request.host) bytes=\(received?.readableBytes ?? -1)\n"
    return .text(200, text)
  }
}

/// Fails a test that resolves what it must not.
struct NoResolver: HostResolver {
  struct Asked: Error { var target: HostPort }
  func address(of target: HostPort) async throws -> SocketAddress { throw Asked(target: target) }
}
