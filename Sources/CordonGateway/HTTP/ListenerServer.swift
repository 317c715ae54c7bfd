import NIOCore
import NIOPosix
import Synchronization

/// Accepts connections on sockets that were bound elsewhere, and runs one task for each.
///
/// One server carries the listeners of all workspaces: a listener without connections costs one registered
/// descriptor. Sockets can be added and taken away while it runs.
final class ListenerServer: Sendable {
  /// Something to run until it ends: a connection, or the questions of a datagram socket.
  typealias Work = @Sendable () async -> Void

  private let group: any EventLoopGroup
  private let work: AsyncStream<Work>
  private let feed: AsyncStream<Work>.Continuation

  init(group: any EventLoopGroup) {
    self.group = group
    (work, feed) = AsyncStream.makeStream()
  }

  /// Runs everything that is accepted, until `finish()` was called and the last connection has ended.
  ///
  /// Cancelling the task does not cut connections: close their workspaces' connections for that.
  func run() async {
    await withDiscardingTaskGroup { group in
      for await next in work {
        group.addTask { await next() }
      }
    }
  }

  /// Accepts nothing more; `run()` returns when what it runs has ended.
  func finish() { feed.finish() }

  /// Runs `work` beside the connections.
  func start(_ work: @escaping Work) { feed.yield(work) }

  /// Takes over a bound TCP socket and serves what connects to it.
  ///
  /// - Parameter socket: Bound, listening or not; closed together with the channel that is returned.
  func listen(
    on socket: CInt, connections: WorkspaceConnections, service: any StreamService,
    limits: ServerLimits = ServerLimits()
  ) async throws -> any Channel {
    let feed = feed
    return try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelInitializer { channel in
        // Out of descriptors: try again later instead of spinning on the socket.
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            AcceptBackoffHandler(shouldForwardIOErrorCaught: false))
        }
      }
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.socketOption(.so_sndbuf), value: SocketOptionValue(limits.sendBufferBytes))
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let lease = connections.admit(channel) else {
            feed.yield { await service.turnedAway() }
            throw ChannelError.inappropriateOperationForState
          }
          channel.closeFuture.whenComplete { _ in lease.release() }
          let accepted = AcceptedConnection(channel: try PulledChannel(attachingTo: channel), lease: lease)
          feed.yield {
            await service.serve(accepted)
            await accepted.channel.close()
          }
        }
      }
      .withBoundSocket(socket).get()
  }
}
