import NIOCore
import NIOWebSocket

/// A stream on its socket: frames go through the rules, messages to the session and back.
///
/// It reads only while the session keeps up, and writes only what the kernel takes; who does neither for a while is cut off.
final class WebSocketHandler: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  private let ends: any StreamEnds
  private let limits: PortalLimits
  private var rules: WebSocketRules
  private var context: ChannelHandlerContext?
  private var waiting = 0
  private var waitingBytes = 0
  private var isReading = true
  private var isClosing = false
  private var heardSincePing = true
  private var nextPing: Scheduled<Void>?
  private var tasks: [Task<Void, Never>] = []
  private let messages: AsyncStream<[UInt8]>
  private let feed: AsyncStream<[UInt8]>.Continuation

  init(ends: any StreamEnds, limits: PortalLimits) {
    self.ends = ends
    self.limits = limits
    rules = WebSocketRules(longestMessage: limits.messageBytes, mostPieces: limits.messagePieces)
    (messages, feed) = AsyncStream.makeStream()
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    start(context)
    context.read()
  }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  private func start(_ context: ChannelHandlerContext) {
    let wire = StreamWire(
      channel: context.channel, handler: NIOLoopBound(self, eventLoop: context.eventLoop), limits: limits)
    let (ends, messages) = (ends, messages)
    tasks = [
      Task {
        for await message in messages {
          guard await ends.receive(message) else { return await wire.close(.badMessage) }
          await wire.taken(message.count)
        }
      },
      Task {
        while !Task.isCancelled {
          switch await ends.next() {
          case .send(let bytes): guard await wire.send(bytes) else { return }
          case .end(let code): return await wire.close(code)
          }
        }
      },
    ]
    schedulePing(context)
  }

  /// Whether the session keeps up with what is said to it.
  private var hasRoom: Bool {
    waiting < limits.waitingMessages && waitingBytes < limits.messageBytes
  }

  private func schedulePing(_ context: ChannelHandlerContext) {
    nextPing = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.pingInterval)) {
      self.ping()
    }
  }

  /// Says that one message less waits for the session.
  fileprivate func taken(_ bytes: Int) {
    waiting -= 1
    waitingBytes -= bytes
    guard !isReading, hasRoom else { return }
    isReading = true
    context?.read()
  }

  private func ping() {
    guard let context, !isClosing else { return }
    guard heardSincePing else { return context.close(promise: nil) }
    heardSincePing = false
    if context.channel.isWritable { write(.ping, [], context) }
    schedulePing(context)
  }

  private func write(_ opcode: WebSocketOpcode, _ bytes: [UInt8], _ context: ChannelHandlerContext) {
    let frame = WebSocketFrame(fin: true, opcode: opcode, data: ByteBuffer(bytes: bytes))
    context.writeAndFlush(Self.wrapOutboundOut(frame), promise: nil)
  }

  /// A message of the session's. After the goodbye nothing may follow (RFC 6455 §5.5.1).
  fileprivate func send(_ bytes: [UInt8], on loop: any EventLoop) -> EventLoopFuture<Void> {
    guard let context, !isClosing else { return loop.makeFailedFuture(ChannelError.outputClosed) }
    let frame = WebSocketFrame(fin: true, opcode: .binary, data: ByteBuffer(bytes: bytes))
    return context.writeAndFlush(Self.wrapOutboundOut(frame))
  }

  /// Says goodbye, waits a moment for the echo, and ends.
  fileprivate func close(_ code: WebSocketRules.CloseCode) {
    guard let context, !isClosing else { return }
    isClosing = true
    write(.connectionClose, [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)], context)
    let channel = context.channel
    let cutOff = channel.eventLoop.scheduleTask(in: TimeAmount(limits.lingering)) {
      channel.close(promise: nil)
    }
    channel.closeFuture.whenComplete { _ in cutOff.cancel() }
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    heardSincePing = true
    if isClosing {
      if frame.opcode == .connectionClose { context.close(promise: nil) }
      return
    }
    switch rules.take(WebSocketRules.Frame(frame)) {
    case .deliver(let message):
      waiting += 1
      waitingBytes += message.count
      feed.yield(message)
    case .pong(let bytes): if context.channel.isWritable { write(.pong, bytes, context) }
    case .close(let code): close(code)
    case .nothing: break
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = isClosing || hasRoom
    if isReading { context.read() }
    context.fireChannelReadComplete()
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .some(.inputClosed) = event as? ChannelEvent { context.close(promise: nil) }
    if event is GoingAway { close(.goingAway) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error as? NIOWebSocketError {
    case .some(.invalidFrameLength): close(.tooLarge)
    case .some: close(.protocolError)
    case nil: context.close(promise: nil)
    }
  }

  private func end() {
    guard context != nil else { return }
    context = nil
    nextPing?.cancel()
    feed.finish()
    for task in tasks { task.cancel() }
    let ends = ends
    Task { await ends.close() }
  }
}

/// The socket as the stream's tasks see it.
private struct StreamWire: Sendable {
  let channel: any Channel
  let handler: NIOLoopBound<WebSocketHandler>
  let limits: PortalLimits

  /// Sends a message and returns when the kernel has taken it; false where the browser does not take it in time.
  func send(_ bytes: [UInt8]) async -> Bool {
    let (channel, handler) = (channel, handler)
    let cutOff = channel.eventLoop.scheduleTask(in: TimeAmount(limits.writeDeadline)) {
      channel.close(promise: nil)
    }
    defer { cutOff.cancel() }
    do {
      try await channel.eventLoop.flatSubmit {
        handler.value.send(bytes, on: channel.eventLoop)
      }.get()
      return true
    } catch {
      return false
    }
  }

  func taken(_ bytes: Int) async {
    try? await channel.eventLoop.submit { handler.value.taken(bytes) }.get()
  }

  func close(_ code: WebSocketRules.CloseCode) async {
    try? await channel.eventLoop.submit { handler.value.close(code) }.get()
  }
}

extension WebSocketRules.Frame {
  init(_ frame: WebSocketFrame) {
    self.init(
      opcode: UInt8(webSocketOpcode: frame.opcode), isFinal: frame.fin, isMasked: frame.maskKey != nil,
      hasReservedBits: frame.rsv1 || frame.rsv2 || frame.rsv3,
      payload: Array(frame.unmaskedData.readableBytesView))
  }
}
