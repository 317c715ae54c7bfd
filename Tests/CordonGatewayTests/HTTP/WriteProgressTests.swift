import NIOCore
import NIOEmbedded
import Testing

@testable import CordonGateway

/// A clock that the test moves, and a kernel that takes bytes when the test says so.
@Suite struct `Progress of writing` {
  @Test func `a reader who is slow goes on, and one who has stopped is cut off`() async throws {
    let channel = NIOAsyncTestingChannel()
    let loop = channel.testingEventLoop
    let (holder, pulled) = try await loop.executeInContext {
      let kernel = SlowKernel()
      try channel.pipeline.syncOperations.addHandler(kernel)
      return (
        NIOLoopBound(kernel, eventLoop: loop), try PulledChannel<ByteBuffer>(attachingTo: channel)
      )
    }
    try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
    let parts = (0..<4).map { _ in ByteBuffer(string: "part") }
    let writing = Task { try await pulled.write(parts, within: .seconds(10)) }
    while try await loop.executeInContext({ holder.value.waiting.count < 4 }) { await Task.yield() }
    // Three parts in twenty-seven seconds: slow, but never still for ten.
    for _ in 0..<3 {
      await loop.advanceTime(by: .seconds(9))
      #expect(channel.isActive)
      try await loop.executeInContext { holder.value.takeOne() }
    }
    await loop.advanceTime(by: .seconds(9))
    #expect(channel.isActive)
    await loop.advanceTime(by: .seconds(1))
    #expect(!channel.isActive)
    await #expect(throws: ChannelError.self) { try await writing.value }
  }

  @Test func `what is written in time is not cut off later`() async throws {
    let channel = NIOAsyncTestingChannel()
    let loop = channel.testingEventLoop
    let pulled = try await loop.executeInContext { try PulledChannel<ByteBuffer>(attachingTo: channel) }
    try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
    try await pulled.write([ByteBuffer(string: "a"), ByteBuffer(string: "b")], within: .seconds(10))
    await loop.advanceTime(by: .seconds(100))
    #expect(channel.isActive)
    await pulled.close()
  }
}

/// Holds what is written until it is told to take it.
private final class SlowKernel: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer

  private(set) var waiting: [EventLoopPromise<Void>] = []

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if let promise { waiting.append(promise) }
  }

  func takeOne() { waiting.removeFirst().succeed() }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    for promise in waiting { promise.fail(ChannelError.ioOnClosedChannel) }
    waiting = []
    context.close(mode: mode, promise: promise)
  }
}
