import CordonModel
import CordonPolicy
import CordonWire
import Crypto
import FoundationEssentials
import NIOCore
import Synchronization

@testable import CordonGateway

/// Decisions, kept in memory in the order they were made.
final class RecordedDecisions: DecisionLog {
  struct Unwritable: Error {}

  private let records = Mutex<[DecisionRecord]>([])
  private let fails = Mutex(false)

  func append(_ record: DecisionRecord) async throws {
    if fails.withLock({ $0 }) { throw Unwritable() }
    records.withLock { $0.append(record) }
  }

  var all: [DecisionRecord] { records.withLock { $0 } }
  var last: DecisionRecord? { all.last }

  func clear() { records.withLock { $0 = [] } }

  /// From now on nothing can be written, as with a full disk.
  func breakDown() { fails.withLock { $0 = true } }
}

/// A clock that stands until it is moved.
final class TestClock: Sendable {
  private let moment: Mutex<Date>

  init(_ start: Date = Date()) { moment = Mutex(start) }

  var now: Date { moment.withLock { $0 } }
  func move(_ seconds: Double) { moment.withLock { $0 = $0.addingTimeInterval(seconds) } }
}

/// An environment of two projects with the endpoints' parts around it.
struct EndpointFixture {
  static let region = "eu-west-1"
  static let account = "111122223333"

  let environment: CordonModel.Environment
  let gatekeeper: Gatekeeper
  let issuer: SessionIssuer
  let clock: TestClock
  let log = RecordedDecisions()

  /// - Parameters:
  ///   - start: when the clock stands; now, where real clients sign.
  ///   - change: what a test has different in its environment.
  init(start: Date = Date(), change: (inout CordonModel.Environment) throws -> Void = { _ in }) throws {
    clock = TestClock(start)
    let organization = Organization(
      id: try OrganizationID("o-acme123456"), account: try AccountID(Self.account))
    var environment = CordonModel.Environment(
      name: try Slug("lab"), organization: organization, region: try Region(Self.region))
    environment.people = [
      Person(name: try Slug("scientist-1"), roles: [.dataScientist], projects: [try Slug("churn")])
    ]
    environment.projects = [
      try Self.project("churn", readOnly: "churn-data", store: "churn-store", person: "scientist-1"),
      try Self.project("fraud", readOnly: "fraud-data", store: "fraud-store", person: nil),
    ]
    try change(&environment)
    self.environment = environment
    gatekeeper = Gatekeeper(
      environment: environment, policies: try CompiledPolicies(environment), log: log)
    let clock = clock
    issuer = SessionIssuer(now: { clock.now })
  }

  private static func project(
    _ name: String, readOnly: String, store: String, person: String?
  ) throws -> Project {
    let workspaces = [
      Workspace(
        name: try Slug("\(name)-1"), limits: Workspace.Size.small.limits,
        person: try person.map { try Slug($0) }),
      Workspace(name: try Slug("\(name)-2"), limits: Workspace.Size.small.limits),
    ]
    return Project(
      name: try Slug(name),
      buckets: [
        Bucket(name: try BucketName(readOnly), readOnly: true),
        Bucket(name: try BucketName(store)),
        Bucket(name: try BucketName("\(name)-plain"), versioned: false),
      ],
      store: try BucketName(store), workspaces: workspaces)
  }

  /// The listener of a workspace.
  func source(_ endpoint: EndpointKind, project: String = "churn", workspace: Int = 1) throws
    -> CordonModel.SourcePosition
  {
    CordonModel.SourcePosition(
      environment: environment.name, project: try Slug(project),
      workspace: try Slug("\(project)-\(workspace)"),
      endpoint: endpoint)
  }

  /// The credentials that a workspace's SDKs find.
  func session(project: String = "churn", workspace: Int = 1) throws -> IssuedSession {
    let source = try source(.credentials, project: project, workspace: workspace)
    let role = gatekeeper.workspacePrincipal(source).role
    return issuer.workspaceSession(
      SessionRequest(role: role, name: gatekeeper.sessionName(source), source: source)
    ).session
  }
}

extension IssuedSession {
  var credentials: SigV4.Credentials {
    SigV4.Credentials(accessKeyID: accessKeyID, secret: secretAccessKey, sessionToken: sessionToken)
  }
}

/// A call as a client makes it, before it is signed.
struct TestCall {
  var method = "GET"
  var host = "s3.eu-west-1.amazonaws.com"
  var target = "/"
  var headers: [HeaderField] = []
  var body: [UInt8] = []

  init(
    _ method: String, _ target: String, headers: [HeaderField] = [], body: [UInt8] = [], host: String? = nil
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
    if let host { self.host = host }
  }

  /// The request as the server hands it over, signed by `credentials` if there are any.
  func request(
    signedBy credentials: SigV4.Credentials?, service: String = "s3", region: String = EndpointFixture.region,
    at moment: Date, from source: CordonModel.SourcePosition, payload: SigV4.Payload? = nil,
    isSecure: Bool = true
  ) throws -> GatewayRequest {
    var plain = try SigV4.Request(
      method: method, target: target, headers: [HeaderField("host", host)] + headers)
    if !body.isEmpty { plain.headers.append(HeaderField("content-length", String(body.count))) }
    if let credentials {
      let mode = payload ?? .sha256(Array(SHA256.hash(data: body)))
      let signer = SigV4.Signer(credentials, service: service, region: region)
      plain = try signer.sign(plain, payload: mode, at: moment).request
    }
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    return GatewayRequest(
      method: method, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : nil,
      headers: plain.headers.map { ($0.name, $0.value) }, source: source, isSecure: isSecure,
      requestID: RequestID.random())
  }

  /// The body in pieces of `size` bytes.
  func pulled(by size: Int = 1_000) -> RequestBody {
    let bytes = body
    var offset = 0
    return RequestBody {
      guard offset < bytes.count else { return nil }
      let end = min(bytes.count, offset + size)
      defer { offset = end }
      return ByteBuffer(bytes: bytes[offset..<end])
    }
  }
}

/// An answer, read to its end.
struct TestAnswer {
  var status: Int
  var headers: [(name: String, value: String)]
  var body: [UInt8]

  init(_ response: GatewayResponse) async throws {
    status = response.status
    headers = response.headers
    var whole: [UInt8] = []
    switch response.body {
    case .none: break
    case .bytes(let bytes): whole = Array(buffer: bytes)
    case .stream(_, let stream): try await stream { whole += Array(buffer: $0) }
    }
    body = whole
  }

  var text: String { String(decoding: body, as: UTF8.self) }

  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The text of the first element of that name.
  func element(_ name: String) -> String? {
    guard let start = text.firstRange(of: "<\(name)>"), let end = text.firstRange(of: "</\(name)>") else {
      return nil
    }
    return start.upperBound <= end.lowerBound ? String(text[start.upperBound..<end.lowerBound]) : nil
  }
}
