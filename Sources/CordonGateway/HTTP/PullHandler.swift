import NIOCore

/// Why a channel gives no further part.
enum PullError: Error, Equatable, Sendable {
  /// Nothing came in the time that was given.
  case deadlineExceeded
  /// Two readers asked at once; a channel has one.
  case alreadyWaiting
  /// The handler left the pipeline.
  case detached
}

/// Reads from the socket when somebody asks for a part, and not before.
///
/// With `autoRead` off this is the whole backpressure of a connection: a body that nobody pulls stays in the
/// kernel's buffer, and a flood of pipelined requests is parsed only as fast as it is answered.
final class PullHandler<Part: Sendable>: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = Part

  private var parts = CircularBuffer<Part>()
  private var waiting: EventLoopPromise<Part?>?
  private var deadline: Scheduled<Void>?
  private var context: ChannelHandlerContext?
  /// Set once no further part will come; parts that came before it are still given.
  private var end: Result<Void, any Error>?
  private var discards = false
  /// Whether to read up to the first part without being asked.
  private var readsToFirst: Bool

  /// - Parameter readsToFirst: A client's side reads before its first answer is asked for: its TLS handshake
  ///   must go on while the request waits to be written, and a host may answer before it has read a whole
  /// request.
  init(readsToFirst: Bool = false) { self.readsToFirst = readsToFirst }

  private var wantsMore: Bool { waiting != nil || readsToFirst && end == nil }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    finish(.failure(PullError.detached))
    self.context = nil
  }

  /// The next part, nil at the end; a time limit ends the wait but not the connection.
  func next(within limit: TimeAmount, on eventLoop: any EventLoop) -> EventLoopFuture<Part?> {
    if let part = parts.popFirst() { return eventLoop.makeSucceededFuture(part) }
    if let end { return eventLoop.makeCompletedFuture(end.map { nil }) }
    guard waiting == nil else { return eventLoop.makeFailedFuture(PullError.alreadyWaiting) }
    let promise = eventLoop.makePromise(of: Part?.self)
    waiting = promise
    deadline = eventLoop.assumeIsolated().scheduleTask(in: limit) {
      self.settle(.failure(PullError.deadlineExceeded))
    }
    context?.read()
    return promise.futureResult
  }

  /// Throws away whatever comes from now on, and closes the channel when the peer has said all it had to say.
  func discardTheRest() {
    discards = true
    parts.removeAll()
  }

  /// What was read and not yet taken, and whether the input has ended; the handler keeps nothing.
  func takeOver() -> (parts: [Part], ended: Bool) {
    defer { parts.removeAll() }
    return (Array(parts), end != nil)
  }

  func channelActive(context: ChannelHandlerContext) {
    // A read that was asked for before the channel was active is forgotten by the channel, not by us.
    if wantsMore { context.read() }
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !discards else { return }
    let part = Self.unwrapInboundIn(data)
    readsToFirst = false
    if waiting != nil { settle(.success(part)) } else { parts.append(part) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // A read that made no whole part (half a head, a TLS record of the handshake) does not answer the waiting
    // reader.
    if wantsMore { context.read() }
    context.fireChannelReadComplete()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .some(.inputClosed) = event as? ChannelEvent {
      finish(.success(()))
      if discards { context.close(promise: nil) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    finish(.failure(error))
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish(.success(()))
    context.fireChannelInactive()
  }

  private func finish(_ result: Result<Void, any Error>) {
    if end == nil { end = result }
    settle(result.map { nil })
  }

  private func settle(_ result: Result<Part?, any Error>) {
    deadline?.cancel()
    deadline = nil
    let promise = waiting
    waiting = nil
    promise?.completeWith(result)
  }
}
