import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// The portal's listener: TLS, HTTP/1.1, and streams. It reads hostile bytes and holds nothing that they could reach.
final class WebServer: Sendable {
  private let limits: PortalLimits
  private let places: ConnectionPlaces
  private let tls: NIOSSLContext
  private let group: any EventLoopGroup
  private let logger: Logger

  init(
    certificate: PortalCertificate, limits: PortalLimits, group: any EventLoopGroup, logger: Logger
  ) throws {
    self.limits = limits
    self.group = group
    self.logger = logger
    places = ConnectionPlaces(limits: limits)
    tls = try NIOSSLContext(configuration: certificate.configuration)
  }

  /// How many connections are open.
  var connectionCount: Int { places.count }

  /// Binds and accepts.
  ///
  /// - Parameter site: Called with the port that was bound: a site's names depend on it.
  func start(
    host: String, port: Int, site: @escaping @Sendable (Int) -> (origins: Set<String>, pages: any WebSite)
  ) async throws -> any Channel {
    let (limits, places, tls) = (limits, places, tls)
    let channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            AcceptBackoffHandler(shouldForwardIOErrorCaught: false))
        }
      }
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.socketOption(.so_sndbuf), value: SocketOptionValue(limits.sendBufferBytes))
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard places.admit(channel), let port = channel.localAddress?.port else {
            throw ChannelError.inappropriateOperationForState
          }
          let (origins, pages) = site(port)
          let connection = WebConnection(
            rules: WebRules(origins: origins, limits: limits), site: pages,
            client: channel.remoteAddress?.ipAddress ?? "",
            websocket: { try Self.becomeStream($0, $1, limits: limits) })
          try Self.addHTTP(to: channel, tls: tls, connection: connection, limits: limits)
        }
      }
      .bind(host: host, port: port).get()
    return channel
  }

  /// Ends every connection.
  func closeConnections() async { await places.closeAll() }

  private static func addHTTP(
    to channel: any Channel, tls: NIOSSLContext, connection: WebConnection, limits: PortalLimits
  ) throws {
    var decoding = NIOHTTPDecoderLimitConfiguration()
    decoding.maxHeaderFieldSize = limits.headBytes
    decoding.maxHeaderListSize = limits.headBytes
    decoding.maxHeaderFieldCount = limits.headerFields
    var encoding = HTTPResponseEncoder.Configuration()
    encoding.automaticallySetFramingHeaders = false
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(NIOSSLServerHandler(context: tls))
    try pipeline.addHandler(HTTPResponseEncoder(configuration: encoding), name: "encoder")
    try pipeline.addHandler(
      ByteToMessageHandler(
        HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoding)),
      name: "decoder")
    try pipeline.addHandler(NIOHTTPResponseHeadersValidator(), name: "validator")
    try pipeline.addHandler(connection, name: "connection")
  }

  /// Takes HTTP's handlers out and puts the stream's in; bytes that came early follow the frames' rules.
  private static func becomeStream(
    _ channel: any Channel, _ ends: any StreamEnds, limits: PortalLimits
  ) throws {
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(WebSocketFrameEncoder())
    try pipeline.addHandler(
      ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: limits.messageBytes)))
    try pipeline.addHandler(WebSocketHandler(ends: ends, limits: limits))
    for name in ["connection", "validator", "encoder", "decoder"] {
      let context = try pipeline.context(name: name)
      pipeline.removeHandler(context: context, promise: nil)
    }
  }
}
