import CordonGateway
import CordonLinux
import CordonModel
import CordonPolicy
import CordonPortal
import CordonSandbox
import CordonWire
import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import CordonRuntime

/// A gateway, a notebook's socket, and a host of sessions over both.
struct SessionHouse: Sendable {
  static let prefix = "cordon-session-test-"

  let gateway: Gateway
  let host: SessionHost
  let log: KeptRecords
  let notebook: LittleNotebook
  let users: SessionUsers
  let unended: UnendedSessions
  let id = SessionID()
  /// The first host user that a session gets.
  let user: UInt32

  static func run(_ body: @escaping @Sendable (SessionHouse) async throws -> Void) async throws {
    let scratch = try Scratch()
    try scratch.state.create()
    let environment = try environment(scratch)
    let log = KeptRecords()
    let gatekeeper = Gatekeeper(
      environment: environment, policies: try CompiledPolicies(environment), log: log)
    let authority = try CertificateAuthority(folder: scratch.path + "/ca", name: "session test")
    let gateway = try Gateway(gatekeeper: gatekeeper, authority: authority, responders: [:])
    let running = Task { await gateway.run() }
    let notebook = try await LittleNotebook()
    let users = SessionUsers(beside: try HostUsers.assign(for: environment, in: scratch.state))
    let first = try users.take()
    users.giveBack(first)
    let unended = UnendedSessions(folder: scratch.state.sessions)
    let host = SessionHost(
      SessionHost.House(
        gateway: gateway, gatekeeper: gatekeeper, log: log, machine: Machine.examine(), users: users,
        controlGroupPrefix: prefix, authority: authority.certificatePEM, logger: Logger(label: "test"),
        unended: unended,
        notebook: { workspace in
          guard workspace.text == "lab-1" else { throw SessionRefusal.noNotebook }
          return try notebook.ingress()
        }))
    let house = SessionHouse(
      gateway: gateway, host: host, log: log, notebook: notebook, users: users, unended: unended, user: first)
    let result: Result<Void, any Error>
    do { result = .success(try await body(house)) } catch { result = .failure(error) }
    await host.close()
    await gateway.drain(within: .milliseconds(100))
    await running.value
    await notebook.stop()
    try result.get()
  }

  private static func environment(_ scratch: Scratch) throws -> CordonModel.Environment {
    var environment = try scratch.environment(["lab-1", "lab-2"])
    let lab = try Slug("lab")
    environment.people = [
      Person(name: try Slug("ann"), roles: [.dataScientist], projects: [lab]),
      Person(name: try Slug("bob"), roles: [.reviewer], projects: [lab]),
    ]
    environment.browser.hosts = [
      AllowedHost(pattern: .exact(try DomainName("docs.test")), port: 443),
      AllowedHost(pattern: .childrenOf(try DomainName("wild.test")), port: 8443, reason: "a test"),
    ]
    return environment
  }

  func plan(person: String = "ann", workspace: String = "lab-1") throws -> SessionPlan {
    SessionPlan(
      id: id, person: try Slug(person), project: try Slug("lab"), workspace: try Slug(workspace),
      rules: BrowserRules(), home: try #require(PageAddress("http://notebook.cordon.internal/lab")))
  }

  /// The processes that run as a session's user.
  func processes() throws -> [Int32] {
    let range = user..<(user + UInt32(HostUsers.most))
    return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter {
      let status = (try? String(contentsOfFile: "/proc/\($0)/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("Uid:") } ?? ""
      return line.split(separator: "\t").dropFirst().compactMap { UInt32($0) }.contains { range.contains($0) }
    }
  }

  /// No process, no control group, no door, no user in use, no end that is still to be told.
  func expectNothing() throws {
    #expect(unended.marks.isEmpty)
    #expect(try processes() == [])
    #expect(gateway.openSessions.isEmpty && host.sessions.isEmpty && users.count == 0)
    let groups = FileManager.default.enumerator(atPath: "/sys/fs/cgroup")?.compactMap { $0 as? String } ?? []
    #expect(groups.filter { $0.contains(Self.prefix) } == [])
  }
}

/// Keeps decisions for a test to look at, and can be made to fail as a full disk would.
final class KeptRecords: DecisionLog {
  struct Unwritable: Error {}

  let isFailing = Mutex(false)
  private let kept = Mutex<[DecisionRecord]>([])
  var records: [DecisionRecord] { kept.withLock { $0 } }

  func append(_ record: DecisionRecord) async throws {
    guard !isFailing.withLock({ $0 }) else { throw Unwritable() }
    kept.withLock { $0.append(record) }
  }
}

/// Says hello to everybody who comes to its socket.
final class LittleNotebook: Sendable {
  private let folder: String
  private let channel: any Channel
  private let seen: Seen

  /// The head of every request.
  var requests: [String] { seen.all.withLock { $0 } }

  init() async throws {
    folder = NSTemporaryDirectory() + "cordon-nb-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let seen = Seen()
    self.seen = seen
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Greeting(seen))
        }
      }
      .bind(unixDomainSocketPath: folder + "/" + BrowserDoor.socketName).get()
  }

  func ingress() throws -> IngressFolder {
    IngressFolder(SharedDescriptor(try FileDescriptor(opening: folder, flags: O_DIRECTORY)), owner: geteuid())
  }

  func stop() async {
    try? await channel.close().get()
    try? FileManager.default.removeItem(atPath: folder)
  }

  fileprivate final class Seen: Sendable {
    let all = Mutex<[String]>([])
  }
}

private final class Greeting: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let seen: LittleNotebook.Seen
  private var bytes = ByteBuffer()

  init(_ seen: LittleNotebook.Seen) { self.seen = seen }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    bytes.writeImmutableBuffer(Self.unwrapInboundIn(data))
    let text = String(buffer: bytes)
    guard text.contains("\r\n\r\n") else { return }
    seen.all.withLock { $0.append(text) }
    bytes.clear()
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello"
    context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
    context.close(mode: .output, promise: nil)
  }
}
