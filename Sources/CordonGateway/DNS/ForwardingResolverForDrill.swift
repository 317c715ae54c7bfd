import CordonWire
import FoundationEssentials
import NIOCore
import NIOPosix

/// Sends a workspace's question on to the machine's own resolver: the breach that a drill must be able to
/// see.
///
/// Nothing makes one of these but the control `dns-allowlist` being switched off for a drill; no environment
/// that holds data can have that.
struct ForwardingResolverForDrill: Sendable {
  let server: SocketAddress
  let group: any EventLoopGroup

  init(server: SocketAddress, group: any EventLoopGroup) {
    self.server = server
    self.group = group
  }

  /// Forwards to the first nameserver of a resolver configuration; nil where it names none.
  init?(configuration path: String = "/etc/resolv.conf", group: any EventLoopGroup) {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
    for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard words.count >= 2, words[0] == "nameserver" else { continue }
      guard let server = try? SocketAddress(ipAddress: String(words[1]), port: 53) else { return nil }
      self.init(server: server, group: group)
      return
    }
    return nil
  }

  /// The resolver's reply as it came, or nil when none came in three seconds.
  func reply(to message: [UInt8], over transport: DNSTransport) async -> [UInt8]? {
    guard let reply = try? await ask(message) else { return nil }
    return transport == .udp ? reply : [UInt8(reply.count >> 8 & 255), UInt8(reply.count & 255)] + reply
  }

  private func ask(_ message: [UInt8]) async throws -> [UInt8] {
    let loop = group.next()
    let answer = loop.makePromise(of: [UInt8].self)
    let timeout = loop.scheduleTask(in: .seconds(3)) { answer.fail(PullError.deadlineExceeded) }
    let channel: any Channel
    do {
      channel = try await DatagramBootstrap(group: loop)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(OneReply(answer: answer))
          }
        }
        .connect(to: server).get()
    } catch {
      answer.fail(error)
      throw error
    }
    channel.writeAndFlush(
      AddressedEnvelope(remoteAddress: server, data: ByteBuffer(bytes: message)), promise: nil)
    defer {
      timeout.cancel()
      channel.close(promise: nil)
    }
    return try await answer.futureResult.get()
  }
}

private final class OneReply: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>

  private let answer: EventLoopPromise<[UInt8]>

  init(answer: EventLoopPromise<[UInt8]>) { self.answer = answer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    answer.succeed(Array(Self.unwrapInboundIn(data).data.readableBytesView))
  }
}
