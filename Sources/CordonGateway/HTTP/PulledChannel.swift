import NIOCore

/// A connection as one task sees it: `next` and `write`, each with a time limit.
struct PulledChannel<Part: Sendable>: Sendable {
  let channel: any Channel
  private let handler: NIOLoopBound<PullHandler<Part>>

  /// Puts the reading end onto a channel's pipeline. Call it on the channel's event loop.
  init(attachingTo channel: any Channel, readsToFirst: Bool = false) throws {
    let handler = PullHandler<Part>(readsToFirst: readsToFirst)
    try channel.pipeline.syncOperations.addHandler(handler)
    self.channel = channel
    self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
  }

  /// The next part, or nil at the end.
  func next(within limit: Duration) async throws -> Part? {
    try await channel.eventLoop.flatSubmit {
      handler.value.next(within: TimeAmount(limit), on: channel.eventLoop)
    }.get()
  }

  /// Writes parts and returns when the kernel has taken them; a peer for which it takes none of them for `limit` is
  /// cut off. A slow reader goes on for as long as it reads.
  func write<Out: Sendable>(_ parts: [Out], within limit: Duration) async throws {
    let channel = channel
    try await channel.eventLoop.flatSubmit { () -> EventLoopFuture<Void> in
      guard let last = parts.last else { return channel.eventLoop.makeSucceededVoidFuture() }
      let progress = WriteProgress(on: channel, limit: TimeAmount(limit))
      for part in parts.dropLast() { progress.note(channel.write(part)) }
      let written = channel.writeAndFlush(last)
      progress.begin(until: written)
      return written
    }.get()
  }

  /// Closes at once; what the peer has still under way is lost.
  func close() async {
    try? await channel.close().get()
  }

  /// Says that nothing more comes, reads off what the peer is still sending, then closes.
  ///
  /// RFC 9112 §9.6: closing with unread bytes makes the kernel reset the connection, and the reset can
  /// overtake the answer that explains why.
  func close(lingering limit: Duration) async {
    let channel = channel
    let handler = handler
    channel.eventLoop.execute {
      handler.value.discardTheRest()
      channel.close(mode: .output, promise: nil)
      let cutOff = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) { channel.close(promise: nil) }
      channel.closeFuture.whenComplete { _ in cutOff.cancel() }
      channel.setOption(.autoRead, value: true).whenFailure { _ in channel.close(promise: nil) }
    }
    try? await channel.closeFuture.get()
  }
}

extension PulledChannel where Part == ByteBuffer {
  /// Hands the connection over to other handlers, which see `bytes` first and then whatever comes.
  ///
  /// - Parameter configure: Adds the handlers that turn bytes into the new parts; runs on the event loop.
  func replaced<New: Sendable>(
    by type: New.Type, replaying bytes: ByteBuffer,
    configure: @escaping @Sendable (any Channel) throws -> Void
  ) async throws -> PulledChannel<New> {
    try await handingOver(replaying: bytes) { channel in
      try configure(channel)
      return try PulledChannel<New>(attachingTo: channel)
    }
  }

  /// Leaves the pipeline to what `install` puts there, and replays `bytes` into it.
  func handingOver<Result: Sendable>(
    replaying bytes: ByteBuffer, install: @escaping @Sendable (any Channel) throws -> Result
  ) async throws -> Result {
    let channel = channel
    let handler = handler
    return try await channel.eventLoop.flatSubmit {
      let rest = handler.value.takeOver()
      return channel.pipeline.syncOperations.removeHandler(handler.value).flatMapThrowing {
        let result = try install(channel)
        for part in [bytes] + rest.parts where part.readableBytes > 0 {
          channel.pipeline.fireChannelRead(part)
        }
        channel.pipeline.fireChannelReadComplete()
        if rest.ended { channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        return result
      }
    }.get()
  }
}
