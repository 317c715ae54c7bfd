import CordonModel
import CordonPolicy
import Foundation
import NIOPosix

@testable import CordonGateway

/// The real gateway with a mirror behind its packages door, on a free loopback port.
struct LoopbackMirror: Sendable {
  let port: Int
  let shelf: PackageShelf
  let log: InMemoryDecisionLog
  /// A folder that is gone with the mirror; the cache is in it.
  let folder: String

  var url: String { "http://127.0.0.1:\(port)" }

  /// 2023-11-14T22:13:20Z.
  static let now = 1_700_000_000

  static let week = PyPIRules(allow: ["app", "other"], withDependencies: true, minimumAge: 7 * 86_400)

  /// Runs a mirror in front of an index for the length of `body`.
  static func run<Result: Sendable>(
    _ index: String, rules: PyPIRules = LoopbackMirror.week, lock: PackageLock? = nil,
    weakened: Set<Control> = [],
    owned: [PolicyDocument] = [], folder kept: String? = nil, diskFloor: Int? = nil,
    now: Int = LoopbackMirror.now,
    _ body: @Sendable (LoopbackMirror) async throws -> Result
  ) async throws -> Result {
    let temporary = try TemporaryFolder()
    let folder = kept ?? temporary.path
    var environment = try testEnvironment()
    environment.pypi = rules
    environment.weakenedForDrill = weakened
    environment.ownPolicies.endpoints[.packages] = owned
    let log = InMemoryDecisionLog()
    let gatekeeper = Gatekeeper(
      environment: environment, policies: try CompiledPolicies(environment, lock: lock), log: log)
    let upstream = HTTPUpstreamIndex(index: index, client: UpstreamClient(variables: [:]))
    let shelf = try PackageShelf(
      rules: rules, lock: lock, upstream: upstream, folder: folder + "/cache",
      everyNameForDrill: weakened.contains(.mirrorAllowlist), diskFloor: diskFloor, now: { now })
    let mirror = PackageMirror(shelf: shelf, upstream: upstream, gatekeeper: gatekeeper)
    let gateway = try Gateway(
      gatekeeper: gatekeeper, authority: try CertificateAuthority(folder: folder + "/ca", name: "test"),
      responders: [.packages: mirror], group: MultiThreadedEventLoopGroup.singleton)
    let running = Task { await gateway.run() }
    let outcome: Swift.Result<Result, any Error>
    do {
      let (descriptor, port) = try LoopbackSocket.tcp()
      let socket = GatewaySocket(endpoint: .packages, speech: .plain, descriptor: descriptor)
      try await gateway.add(workspace: try Slug("alice-ws"), project: try Slug("churn"), sockets: [socket])
      outcome = .success(
        try await body(LoopbackMirror(port: port, shelf: shelf, log: log, folder: folder)))
    } catch {
      outcome = .failure(error)
    }
    await gateway.drain(within: .milliseconds(100))
    await running.value
    withExtendedLifetime(temporary) {}
    return try outcome.get()
  }

  /// The answer to a request line with some header fields, head and body as they came.
  func ask(_ line: String, _ fields: [String] = [], body: String = "") async throws -> Answer {
    let head = ["\(line) HTTP/1.1", "host: 127.0.0.1:\(port)", "connection: close"] + fields
    let text = try await exchange(port, head.joined(separator: "\r\n") + "\r\n\r\n" + body)
    return Answer(text)
  }

  /// What came back.
  struct Answer {
    var status: Int
    var fields: [String: String]
    var body: String

    init(_ text: String) {
      let halves = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
      let lines = (halves.first ?? "").split(separator: "\r\n")
      status = lines.first.flatMap { Int($0.dropFirst(9).prefix(3)) } ?? 0
      fields = [:]
      for line in lines.dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        fields[String(parts[0])] = parts.count == 2 ? String(parts[1]).trimmed : ""
      }
      body = halves.count == 2 ? String(halves[1]) : ""
    }

    var reason: String? { fields["x-cordon-reason"] }
  }
}
