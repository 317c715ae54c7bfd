import CordonLinux
import CordonSandbox
import NIOCore
import NIOHTTP1
import NIOPosix

/// What answers on the listener of a browser's sandbox, as the gateway does: pages of a test on one host, and 403 for the rest.
final class TestSite: Sendable {
  static let host = "notebook.cordon.internal"
  private let channel: any Channel

  /// - Parameters:
  ///   - pages: The body of each page, by its path.
  ///   - delay: How long each answer takes.
  init(on sandbox: OpenWorkspace, pages: [String: String], delay: Duration = .zero) async throws {
    guard let socket = sandbox.listeners.first?.descriptor.take() else { throw CancellationError() }
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
          try channel.pipeline.syncOperations.addHandler(Answers(pages: pages, delay: delay))
        }
      }
      .withBoundSocket(socket).get()
  }

  func close() async { try? await channel.close() }

  private final class Answers: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let pages: [String: String]
    private let delay: Duration
    private var page: String?

    init(pages: [String: String], delay: Duration) { (self.pages, self.delay) = (pages, delay) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        let prefix = "http://\(TestSite.host)"
        page = head.uri.hasPrefix(prefix) ? pages[String(head.uri.dropFirst(prefix.count))] : nil
      case .body: return
      case .end:
        let body = ByteBuffer(string: page.map { "<!doctype html><meta charset=utf-8>\($0)" } ?? "no")
        let headers = HTTPHeaders([
          ("content-length", "\(body.readableBytes)"), ("content-type", "text/html"), ("connection", "close"),
        ])
        let head = HTTPResponseHead(
          version: .http1_1, status: page == nil ? .forbidden : .ok, headers: headers)
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) {
          context.write(self.wrapOutboundOut(.head(head)), promise: nil)
          context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
          context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        }
      }
    }
  }
}
