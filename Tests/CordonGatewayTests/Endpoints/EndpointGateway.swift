import CordonModel
import Foundation
import NIOPosix

@testable import CordonGateway

/// The real gateway with the endpoints' responders, on free loopback ports, and the real clients in front of it.
struct EndpointGateway: Sendable {
  let fixture: EndpointFixture
  /// The client of workspace `churn-1`.
  let client: PythonClient

  /// Runs the gateway for the length of `body`.
  static func run<Result: Sendable>(
    _ fixture: EndpointFixture, responders: [EndpointKind: any Responder],
    _ body: @Sendable (EndpointGateway) async throws -> Result
  ) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cordon-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let authority = try CertificateAuthority(folder: folder + "/ca", name: "test")
    let gateway = try Gateway(
      gatekeeper: fixture.gatekeeper, authority: authority, responders: responders,
      group: MultiThreadedEventLoopGroup.singleton)
    let running = Task { await gateway.run() }
    let outcome: Swift.Result<Result, any Error>
    do {
      let ports = try await open(gateway)
      let bundle = folder + "/authority.pem"
      try Data(authority.certificatePEM.utf8).write(to: URL(filePath: bundle))
      let configuration = folder + "/aws-config"
      try Data(Self.configuration.utf8).write(to: URL(filePath: configuration))
      var variables = variables(ports, bundle)
      variables["AWS_CONFIG_FILE"] = configuration
      let client = try PythonClient(folder: folder + "/client", ports: doors(ports), variables: variables)
      outcome = .success(try await body(EndpointGateway(fixture: fixture, client: client)))
    } catch {
      outcome = .failure(error)
    }
    await gateway.drain(within: .milliseconds(100))
    await running.value
    return try outcome.get()
  }

  /// Older clients presign with SigV2 where they are not told otherwise, which S3 refuses for buckets of today.
  private static let configuration = "[default]\ns3 =\n    signature_version = s3v4\n"

  private static func open(_ gateway: Gateway) async throws -> [String: Int] {
    var sockets: [GatewaySocket] = []
    var ports: [String: Int] = [:]
    let doors: [(String, EndpointKind, GatewaySocket.Speech)] = [
      ("s3:443", .s3, .tls), ("s3:80", .s3, .plain), ("sts:443", .sts, .tls),
      ("credentials", .credentials, .plain),
    ]
    for (name, endpoint, speech) in doors {
      let (descriptor, port) = try LoopbackSocket.tcp()
      sockets.append(GatewaySocket(endpoint: endpoint, speech: speech, descriptor: descriptor))
      ports[name] = port
    }
    try await gateway.add(workspace: try Slug("churn-1"), project: try Slug("churn"), sockets: sockets)
    return ports
  }

  private static func doors(_ ports: [String: Int]) -> [String: Int] {
    var doors: [String: Int] = [:]
    for service in ["s3", "sts"] {
      for name in ["\(service).\(EndpointFixture.region).amazonaws.com", "\(service).amazonaws.com"] {
        for port in [443, 80] { doors["\(name):\(port)"] = ports["\(service):\(port)"] }
      }
    }
    return doors
  }

  private static func variables(_ ports: [String: Int], _ bundle: String) -> [String: String] {
    [
      "AWS_REGION": EndpointFixture.region, "AWS_DEFAULT_REGION": EndpointFixture.region,
      "AWS_CA_BUNDLE": bundle,
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(ports["credentials"] ?? 0)/credentials",
    ]
  }
}
