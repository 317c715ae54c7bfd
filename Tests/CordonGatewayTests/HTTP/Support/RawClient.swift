import CordonModel
import NIOCore
import NIOPosix
import NIOSSL

@testable import CordonGateway

/// How long a test waits for what must come; long, because many builds share a machine.
let patience: Duration = .seconds(60)

/// A client that sends exactly the bytes it is told to.
struct RawClient: Sendable {
  private(set) var channel: PulledChannel<ByteBuffer>

  /// - Parameter receiving: How many bytes the kernel keeps for a client that does not read; nil leaves it to the
  ///   kernel, which keeps megabytes.
  static func connect(
    _ port: Int, on address: [UInt8] = [127, 0, 0, 1], receiving: Int? = nil
  ) async throws -> RawClient {
    var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    if let receiving {
      bootstrap = bootstrap.channelOption(
        .socketOption(.so_rcvbuf), value: SocketOptionValue(receiving))
    }
    let channel =
      try await bootstrap
      .channelOption(.autoRead, value: false)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(host: LoopbackAddress.text(address), port: port) { channel in
        channel.eventLoop.makeCompletedFuture { try PulledChannel<ByteBuffer>(attachingTo: channel) }
      }
    return RawClient(channel: channel)
  }

  func send(_ text: String) async throws {
    try await channel.write([ByteBuffer(string: text)], within: patience)
  }

  /// Speaks TLS from here on, naming `serverName` and trusting `authority`.
  mutating func startTLS(serverName: String?, trusting authority: CertificateAuthority) async throws {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates(
      try NIOSSLCertificate.fromPEMBytes(Array(authority.certificatePEM.utf8)))
    let context = try NIOSSLContext(configuration: configuration)
    channel = try await channel.replaced(by: ByteBuffer.self, replaying: ByteBuffer()) { channel in
      let handler = try NIOSSLClientHandler(context: context, serverHostname: serverName)
      try channel.pipeline.syncOperations.addHandler(handler)
    }
  }

  /// Everything until the peer closes; an error in between ends it too.
  func readToEnd(within limit: Duration = patience) async -> String {
    var text = ""
    while let bytes = try? await channel.next(within: limit) { text += String(buffer: bytes) }
    return text
  }

  /// Everything until `mark` has come, or the end.
  func read(until mark: String) async throws -> String {
    var text = ""
    while !text.contains(mark), let bytes = try await channel.next(within: patience) {
      text += String(buffer: bytes)
    }
    return text
  }

  /// Whether the peer ends the connection without a further byte.
  func isClosed(within limit: Duration = patience) async -> Bool {
    do {
      return try await channel.next(within: limit) == nil
    } catch PullError.deadlineExceeded {
      return false
    } catch {
      return true
    }
  }

  func close() async { await channel.close() }
}

/// One exchange: connect, send, read to the end.
func exchange(_ port: Int, _ text: String) async throws -> String {
  let client = try await RawClient.connect(port)
  try await client.send(text)
  let answer = await client.readToEnd()
  await client.close()
  return answer
}
