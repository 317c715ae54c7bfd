import CordonLinux
import CordonModel
import Foundation
import NIOCore
import NIOPosix
import Synchronization

@testable import CordonGateway

/// A server on a Unix socket that answers as it is told, and notes what reaches it.
final class FakeNotebook: Sendable {
  /// Where its socket is.
  let folder: String
  private let channel: any Channel
  private let seen: SeenHeads

  /// Every request's head, in the order of arrival.
  var requests: [String] { seen.all.withLock { $0 } }

  /// - Parameter answer: The bytes of the answer to a request's head; the connection is closed behind it unless they
  ///   switch protocols, after which everything is sent back as it came.
  init(_ answer: @escaping @Sendable (String) -> String) async throws {
    folder = temporaryFolder()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let seen = SeenHeads()
    self.seen = seen
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Answering(seen, answer))
        }
      }
      .bind(unixDomainSocketPath: folder + "/" + BrowserDoor.socketName).get()
  }

  /// The folder as the gateway holds it.
  func ingress(owner: UInt32 = geteuid()) throws -> IngressFolder { try Self.ingress(folder, owner: owner) }

  static func ingress(_ folder: String, owner: UInt32 = geteuid()) throws -> IngressFolder {
    IngressFolder(SharedDescriptor(try FileDescriptor(opening: folder, flags: O_DIRECTORY)), owner: owner)
  }

  func stop() async {
    try? await channel.close().get()
    removeFolder(folder)
  }
}

private final class SeenHeads: Sendable {
  let all = Mutex<[String]>([])
}

private final class Answering: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let seen: SeenHeads
  private let answer: @Sendable (String) -> String
  private var bytes = ByteBuffer()
  private var echoes = false

  init(_ seen: SeenHeads, _ answer: @escaping @Sendable (String) -> String) {
    self.seen = seen
    self.answer = answer
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = Self.unwrapInboundIn(data)
    if echoes { return context.writeAndFlush(Self.wrapOutboundOut(part), promise: nil) }
    bytes.writeImmutableBuffer(part)
    let text = String(buffer: bytes)
    guard let end = text.range(of: "\r\n\r\n") else { return }
    let head = String(text[..<end.lowerBound])
    seen.all.withLock { $0.append(head) }
    let reply = answer(head)
    echoes = reply.hasPrefix("HTTP/1.1 101")
    bytes.clear()
    context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: reply)), promise: nil)
    if !echoes { context.close(mode: .output, promise: nil) }
  }
}

/// A browser's door in front of a notebook.
struct DoorTest: Sendable {
  let test: TestGateway
  let notebook: FakeNotebook
  let door: BrowserDoor
  let port: Int

  static let session = "00112233445566778899aabbccddeeff"

  /// Opens a door for the length of `body`.
  static func run<R: Sendable>(
    person: String = "alice", project: String = "churn", browser: BrowserRules = BrowserRules(),
    ingress: (@Sendable (FakeNotebook) throws -> IngressFolder)? = nil,
    answer: @escaping @Sendable (String) -> String = { _ in
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    },
    _ body: @escaping @Sendable (DoorTest) async throws -> R
  ) async throws -> R {
    try await TestGateway.run(browser: browser) { test in
      let notebook = try await FakeNotebook(answer)
      let (descriptor, port) = try LoopbackSocket.tcp()
      let seat = BrowserSeat(
        person: try Slug(person), project: try Slug(project), workspace: try Slug("alice-ws"),
        session: session)
      let door = try await test.gateway.open(
        for: seat, ingress: try ingress?(notebook) ?? notebook.ingress(), descriptor: descriptor)
      let result: Result<R, any Error>
      do {
        result = .success(
          try await body(DoorTest(test: test, notebook: notebook, door: door, port: port)))
      } catch { result = .failure(error) }
      await test.gateway.close(door)
      await notebook.stop()
      return try result.get()
    }
  }

  /// The status of one request, and the whole answer.
  func ask(
    _ target: String, host: String? = nil, method: String = "GET", fields: String = ""
  ) async throws -> (status: String, text: String) {
    let authority = host ?? String(target.dropFirst("http://".count).prefix { $0 != "/" })
    let text = try await exchange(
      port, "\(method) \(target) HTTP/1.1\r\nHost: \(authority)\r\n\(fields)Connection: close\r\n\r\n")
    return (String(text.prefix(12).dropFirst(9)), text)
  }
}
