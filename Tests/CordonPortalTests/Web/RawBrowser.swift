import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// A TLS connection that says whatever bytes a test wants, and hears whatever comes.
final class RawBrowser: Sendable {
  private let channel: any Channel
  private let chunks: AsyncStream<ByteBuffer>

  static func connect(_ world: PortalWorld, tls: Bool = true) async throws -> RawBrowser {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .none
    let context = try NIOSSLContext(configuration: configuration)
    let (chunks, feed) = AsyncStream.makeStream(of: ByteBuffer.self)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if tls {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: context, serverHostname: nil))
          }
          try channel.pipeline.syncOperations.addHandler(Collector(feed))
        }
      }
      .connect(host: "127.0.0.1", port: world.port).get()
    return RawBrowser(channel, chunks)
  }

  private init(_ channel: any Channel, _ chunks: AsyncStream<ByteBuffer>) {
    self.channel = channel
    self.chunks = chunks
  }

  /// Stops or goes on reading.
  func reads(_ isReading: Bool) async throws {
    try await channel.setOption(.autoRead, value: isReading).get()
    if isReading { channel.read() }
  }

  func say(_ text: String) async throws { try await say(Array(text.utf8)) }

  func say(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get() }

  /// All that comes until the other side closes.
  func rest() async -> String {
    var text = ""
    for await chunk in chunks { text += String(buffer: chunk) }
    return text
  }

  /// What comes until it holds `end`, or until the other side closes.
  func hear(until end: [UInt8]) async -> [UInt8] {
    var bytes: [UInt8] = []
    for await chunk in chunks {
      bytes += chunk.readableBytesView
      if bytes.indices.contains(where: { bytes[$0...].starts(with: end) }) { break }
    }
    return bytes
  }

  /// An answer's head.
  func head() async -> String {
    String(decoding: await hear(until: Array("\r\n\r\n".utf8)), as: UTF8.self)
  }

  func close() async { try? await channel.close().get() }
}

private final class Collector: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let feed: AsyncStream<ByteBuffer>.Continuation

  init(_ feed: AsyncStream<ByteBuffer>.Continuation) { self.feed = feed }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { feed.yield(unwrapInboundIn(data)) }
  func channelInactive(context: ChannelHandlerContext) { feed.finish() }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Builds a client's frame.
enum SocketFrame {
  static func bytes(
    opcode: UInt8, _ payload: [UInt8], isMasked: Bool = true, first: UInt8 = 0x80, claims: Int? = nil
  ) -> [UInt8] {
    let count = claims ?? payload.count
    let flag: UInt8 = isMasked ? 0x80 : 0
    var frame: [UInt8] = [first | opcode]
    switch count {
    case 0...125: frame.append(flag | UInt8(count))
    case 126...65_535: frame += [flag | 126, UInt8(count >> 8), UInt8(count & 0xFF)]
    default: frame += [flag | 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) }
    }
    guard isMasked else { return frame + payload }
    let mask: [UInt8] = [0x11, 0x22, 0x33, 0x44]
    return frame + mask + payload.enumerated().map { $0.element ^ mask[$0.offset % 4] }
  }
}
