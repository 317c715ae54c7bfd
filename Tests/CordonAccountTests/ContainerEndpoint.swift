import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The endpoint of a container's credentials, on loopback; it answers everybody alike, and remembers what it was given.
final class ContainerEndpoint: Sendable {
  struct Answer: Sendable {
    var status = HTTPResponseStatus.ok
    var headers: [(String, String)] = []
    var body: String
  }

  let port: Int
  private let asked: Asked
  private let channel: any Channel

  private final class Asked: Sendable {
    let requests = Mutex<[HTTPRequestHead]>([])
  }

  var requests: [HTTPRequestHead] { asked.requests.withLock { $0 } }

  init(_ answer: Answer) async throws {
    let asked = Asked()
    channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(
            Answering(answer: answer) { head in asked.requests.withLock { $0.append(head) } })
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    self.asked = asked
    port = channel.localAddress?.port ?? 0
  }

  func stop() async throws { try await channel.close() }

  private final class Answering: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: Answer
    private let heard: @Sendable (HTTPRequestHead) -> Void

    init(answer: Answer, heard: @escaping @Sendable (HTTPRequestHead) -> Void) {
      self.answer = answer
      self.heard = heard
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): heard(head)
      case .body: break
      case .end:
        var headers = HTTPHeaders(answer.headers)
        headers.add(name: "content-length", value: "\(answer.body.utf8.count)")
        let head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      }
    }
  }
}
