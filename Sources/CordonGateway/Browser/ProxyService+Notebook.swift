import CordonWire
import NIOCore
import NIOHTTP1

// A WebSocket of the notebook's page. Chromium opens it through the proxy as `CONNECT notebook:80` and speaks in plain
// text inside, so its first request is read like every other one.
extension ProxyService {
  func tunnel(to notebook: NotebookAccess, _ context: inout Context) async throws {
    try await judging(context) { try await notebook.admit("Connect", requestID: context.requestID) }
    let established = ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n")
    try await context.channel.write([established], within: limits.idleDeadline)
    let (head, opening, rest) = try await readOpening(context)
    if NotebookDownload.isAsked(path: head.path, query: head.query) {
      try await judging(context) {
        try await notebook.admitDownload("address", requestID: context.requestID)
      }
    }
    let near = context.channel
    let far = try await notebook.connect(reading: ByteBuffer.self, on: near.channel.eventLoop)
    do {
      try await far.write([opening], within: limits.idleDeadline)
      let accepted = try await readAnswer(from: far)
      try await near.write([accepted.head], within: limits.idleDeadline)
      if accepted.rest.readableBytes > 0 {
        try await near.write([accepted.rest], within: limits.idleDeadline)
      }
      try await join(near, replaying: rest, far)
    } catch {
      await far.close()
      throw error
    }
  }

  /// Asks policy; what it refuses is recorded by then, as the decision that it is, and only has to be answered.
  private func judging(_ context: Context, _ question: () async throws -> Void) async throws {
    do {
      try await question()
    } catch let refusal as Refusal {
      await answer(refusal, context)
      throw Answered()
    }
  }

  /// The request inside the tunnel: what it asks for, its bytes, and those that came behind it.
  private func readOpening(
    _ context: Context
  ) async throws -> (head: WebSocketHead, bytes: ByteBuffer, rest: ByteBuffer) {
    var bytes = context.opening.bytes
    let end = ContinuousClock.now + limits.headerDeadline
    while true {
      switch WebSocketHead.parse(bytes.readableBytesUInt8Span) {
      case .refused(let refusal): throw refusal
      case .head(let head, let count):
        guard let opening = bytes.readSlice(length: count) else { throw Refusal.notWebSocket }
        return (head, opening, bytes)
      case .needMore: break
      }
      let left = end - .now
      guard left > .zero else { throw PullError.deadlineExceeded }
      guard var part = try await context.channel.next(within: left) else { throw Refusal.notWebSocket }
      bytes.writeBuffer(&part)
    }
  }

  /// The notebook's answer, which must switch protocols: behind any other one the tunnel would carry requests again.
  private func readAnswer(
    from far: PulledChannel<ByteBuffer>
  ) async throws -> (head: ByteBuffer, rest: ByteBuffer) {
    var bytes = ByteBuffer()
    let mark = ByteBuffer(string: "\r\n\r\n").readableBytesView
    while bytes.readableBytes <= ConnectHead.maximumBytes {
      if let end = bytes.readableBytesView.firstRange(of: mark) {
        let length = end.upperBound - bytes.readerIndex
        guard bytes.readableBytesView.starts(with: "HTTP/1.1 101 ".utf8),
          let head = bytes.readSlice(length: length)
        else { break }
        return (head, bytes)
      }
      guard var part = try? await far.next(within: limits.answerDeadline) else { break }
      bytes.writeBuffer(&part)
    }
    throw Refusal.webSocketNotAccepted
  }

  private func join(
    _ near: PulledChannel<ByteBuffer>, replaying rest: ByteBuffer, _ far: PulledChannel<ByteBuffer>
  ) async throws {
    let idle = TimeAmount(limits.tunnelIdleDeadline)
    let (nearEnd, farEnd) = try await near.channel.eventLoop.submit {
      () -> (NIOLoopBound<RelayEnd>, NIOLoopBound<RelayEnd>) in
      let ends = RelayEnd.pair(volume: TunnelVolume())
      return (
        NIOLoopBound(ends.near, eventLoop: near.channel.eventLoop),
        NIOLoopBound(ends.far, eventLoop: near.channel.eventLoop)
      )
    }.get()
    // The far end first: what is replayed from the near one has to find it.
    try await far.handingOver(replaying: ByteBuffer()) { far in
      try far.pipeline.syncOperations.addHandler(farEnd.value)
    }
    try await near.handingOver(replaying: rest) { near in
      try near.pipeline.syncOperations.addHandler(IdleStateHandler(allTimeout: idle))
      try near.pipeline.syncOperations.addHandler(nearEnd.value)
    }
    try await near.channel.setOption(.autoRead, value: true).get()
    try await far.channel.setOption(.autoRead, value: true).get()
    try? await near.channel.closeFuture.get()
    try? await far.channel.closeFuture.get()
  }
}
