import CordonWire
import NIOCore
import NIOPosix
import Synchronization

/// DNS over UDP on a socket that was bound elsewhere.
///
/// A workspace may ask so much a second, and what was read waits in a bounded queue: whoever asks faster loses
/// questions of its own, and nobody else's. A turn of the event loop reads a few datagrams only.
final class DNSDatagrams: Sendable {
  typealias Envelope = AddressedEnvelope<ByteBuffer>

  let channel: any Channel
  private let questions: AsyncStream<Envelope>
  private let responder: DNSResponder
  private let dropped: DroppedQuestions
  private static let atOnce = 32

  /// Takes over a bound UDP socket.
  init(
    on socket: CInt, group: any EventLoopGroup, responder: DNSResponder, budget: QuestionBudget,
    limits: ServerLimits
  ) async throws {
    let (questions, feed) = AsyncStream.makeStream(
      of: Envelope.self, bufferingPolicy: .bufferingOldest(max(1, limits.waitingQuestions)))
    self.questions = questions
    self.responder = responder
    let dropped = DroppedQuestions(every: limits.droppedInterval) { try await responder.keepDropped($0) }
    self.dropped = dropped
    channel = try await DatagramBootstrap(group: group)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.datagramSize))
      .channelOption(.autoRead, value: false)
      .channelOption(.maxMessagesPerRead, value: UInt(DatagramTurns.longest))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            DatagramFeed(feed: feed, budget: budget, dropped: dropped, kernel: KernelDrops(of: socket)))
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
    await dropped.flush()
  }

  private func answer(_ question: Envelope) async {
    let message = Array(question.data.readableBytesView)
    guard let reply = await responder.reply(to: message, over: .udp) else { return }
    let envelope = Envelope(remoteAddress: question.remoteAddress, data: ByteBuffer(bytes: reply))
    channel.writeAndFlush(envelope, promise: nil)
  }
}

/// Passes datagrams from the event loop to the queue, and drops what the workspace may not ask or the queue has no room
/// for.
private final class DatagramFeed: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>

  private let feed: AsyncStream<InboundIn>.Continuation
  private let budget: QuestionBudget
  private let dropped: DroppedQuestions
  private var kernel: KernelDrops

  init(
    feed: AsyncStream<InboundIn>.Continuation, budget: QuestionBudget, dropped: DroppedQuestions,
    kernel: KernelDrops
  ) {
    self.kernel = kernel
    self.feed = feed
    self.budget = budget
    self.dropped = dropped
  }

  func channelActive(context: ChannelHandlerContext) {
    context.read()
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard budget.take() == .granted else { return dropped.note() }
    if case .dropped = feed.yield(Self.unwrapInboundIn(data)) { dropped.note() }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    switch DatagramTurns.next(after: budget.rest(before: DatagramTurns.longest)) {
    case .read: context.read()
    case .pause(let time):
      context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) {
        guard context.channel.isActive else { return }
        self.dropped.note(self.kernel.new())
        context.read()
      }
    }
    context.fireChannelReadComplete()
  }

  func channelInactive(context: ChannelHandlerContext) {
    feed.finish()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // An ICMP error for an earlier reply: the client that sent the question is gone, the socket is fine.
    context.read()
  }
}
