import CordonModel
import CordonWire
import NIOCore
import NIOPosix

@testable import CordonGateway

/// The S3 endpoint behind real TLS listeners of two workspaces, for tests that send their own bytes.
struct S3Sockets: Sendable {
  let fixture: S3Fixture
  let gateway: Gateway
  private let authority: CertificateAuthority
  private let ports: [Int: Int]

  static let host = "s3.\(EndpointFixture.region).amazonaws.com"

  /// Runs the gateway with workspaces `churn-1` and `churn-2` for the length of `body`.
  static func run<Result: Sendable>(
    _ fixture: S3Fixture, limits: ServerLimits = .patient, _ body: (S3Sockets) async throws -> Result
  ) async throws -> Result {
    let folder = temporaryFolder()
    defer { removeFolder(folder) }
    let authority = try CertificateAuthority(folder: folder, name: "test")
    var configuration = Gateway.Configuration()
    configuration.limits = limits
    let gateway = try Gateway(
      gatekeeper: fixture.base.gatekeeper, authority: authority, responders: [.s3: fixture.responder],
      configuration: configuration, group: MultiThreadedEventLoopGroup.singleton)
    let running = Task { await gateway.run() }
    let result: Swift.Result<Result, any Error>
    do {
      var ports: [Int: Int] = [:]
      for workspace in 1...2 {
        let (descriptor, port) = try LoopbackSocket.tcp()
        ports[workspace] = port
        try await gateway.add(
          workspace: try Slug("churn-\(workspace)"), project: try Slug("churn"),
          sockets: [GatewaySocket(endpoint: .s3, speech: .tls, descriptor: descriptor)])
      }
      result = .success(
        try await body(S3Sockets(fixture: fixture, gateway: gateway, authority: authority, ports: ports)))
    } catch {
      result = .failure(error)
    }
    await gateway.drain(within: .milliseconds(100))
    await running.value
    return try result.get()
  }

  /// A connection of a workspace to the endpoint, inside TLS.
  func connect(workspace: Int = 1, receiving: Int? = nil) async throws -> RawClient {
    var client = try await RawClient.connect(ports[workspace] ?? 0, receiving: receiving)
    try await client.startTLS(serverName: Self.host, trusting: authority)
    return client
  }

  /// The bytes of a signed call.
  ///
  /// - Parameters:
  ///   - body: What follows the head; the call's own body where it is nil.
  func text(of call: TestCall, workspace: Int = 1, ending body: String? = nil) throws -> String {
    let payload: SigV4.Payload? = body == nil ? nil : .unsigned
    let request = try call.request(
      signedBy: fixture.base.session(workspace: workspace).credentials, at: fixture.base.clock.now,
      from: fixture.base.source(.s3, workspace: workspace), payload: payload)
    let fields = request.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
    return "\(call.method) \(call.target) HTTP/1.1\r\n\(fields)\r\n"
      + (body ?? String(decoding: call.body, as: UTF8.self))
  }
}
