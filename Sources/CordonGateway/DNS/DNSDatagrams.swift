import CordonWire
import NIOCore
import NIOPosix
import Synchronization

/// DNS over UDP on a socket that was bound elsewhere.
///
/// Questions wait in a bounded queue: a workspace that asks faster than decisions can be recorded loses
/// questions of its own, and nobody else's.
final class DNSDatagrams: Sendable {
  typealias Envelope = AddressedEnvelope<ByteBuffer>

  let channel: any Channel
  private let questions: AsyncStream<Envelope>
  private let responder: DNSResponder
  private static let atOnce = 32

  /// Takes over a bound UDP socket.
  init(on socket: CInt, group: any EventLoopGroup, responder: DNSResponder, limits: ServerLimits) async throws
  {
    let (questions, feed) = AsyncStream.makeStream(
      of: Envelope.self, bufferingPolicy: .bufferingOldest(max(1, limits.waitingQuestions)))
    self.questions = questions
    self.responder = responder
    channel = try await DatagramBootstrap(group: group)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.datagramSize))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(DatagramFeed(feed: feed))
        }
      }
      .withBoundSocket(socket).get()
  }

  /// Longer than any question; what is longer still is cut by the kernel and then malformed.
  private static let datagramSize = 2048

  /// Answers questions until the channel is closed.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      var running = 0
      for await question in questions {
        if running == Self.atOnce {
          await group.next()
          running -= 1
        }
        running += 1
        group.addTask { await self.answer(question) }
      }
    }
  }

  private func answer(_ question: Envelope) async {
    let message = Array(question.data.readableBytesView)
    guard let reply = await responder.reply(to: message, over: .udp) else { return }
    let envelope = Envelope(remoteAddress: question.remoteAddress, data: ByteBuffer(bytes: reply))
    channel.writeAndFlush(envelope, promise: nil)
  }
}

/// Passes datagrams from the event loop to the queue, which drops what it has no room for.
private final class DatagramFeed: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>

  private let feed: AsyncStream<InboundIn>.Continuation

  init(feed: AsyncStream<InboundIn>.Continuation) { self.feed = feed }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    feed.yield(Self.unwrapInboundIn(data))
  }

  func channelInactive(context: ChannelHandlerContext) {
    feed.finish()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // An ICMP error for an earlier reply: the client that sent the question is gone, the socket is fine.
  }
}
