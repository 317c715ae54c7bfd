import NIOCore
import NIOHTTP1

/// What a server writes: as NIO's own part, with bytes only, so that it can cross from a task to an event
/// loop.
typealias ServerAnswerPart = HTTPPart<HTTPResponseHead, ByteBuffer>

/// What the gateway writes to an outside host.
typealias OutsideRequestPart = HTTPPart<HTTPRequestHead, ByteBuffer>

/// Hands parts that hold bytes to an encoder that also knows files.
final class PartWriter<Head: Sendable>: ChannelOutboundHandler, RemovableChannelHandler
where Head: Equatable {
  typealias OutboundIn = HTTPPart<Head, ByteBuffer>
  typealias OutboundOut = HTTPPart<Head, IOData>

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let part: OutboundOut =
      switch Self.unwrapOutboundIn(data) {
      case .head(let head): .head(head)
      case .body(let bytes): .body(.byteBuffer(bytes))
      case .end(let trailers): .end(trailers)
      }
    context.write(Self.wrapOutboundOut(part), promise: promise)
  }
}

/// The handlers between bytes and HTTP/1.1 parts.
enum HTTPPipeline {
  /// A server's side. Framing fields are set by `ResponsePlan`, so the encoder adds none.
  static func addServer(to channel: any Channel, limits: ServerLimits) throws {
    var encoding = HTTPResponseEncoder.Configuration()
    encoding.automaticallySetFramingHeaders = false
    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoding(limits))
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(HTTPResponseEncoder(configuration: encoding))
    try pipeline.addHandler(ByteToMessageHandler(decoder))
    try pipeline.addHandler(NIOHTTPResponseHeadersValidator())
    try pipeline.addHandler(PartWriter<HTTPResponseHead>())
  }

  /// A client's side.
  static func addClient(to channel: any Channel, limits: ServerLimits) throws {
    var encoding = HTTPRequestEncoder.Configuration()
    encoding.automaticallySetFramingHeaders = false
    let decoder = HTTPResponseDecoder(
      leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop,
      limitConfiguration: decoding(limits))
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(HTTPRequestEncoder(configuration: encoding))
    try pipeline.addHandler(ByteToMessageHandler(decoder))
    try pipeline.addHandler(NIOHTTPRequestHeadersValidator())
    try pipeline.addHandler(PartWriter<HTTPRequestHead>())
  }

  private static func decoding(_ limits: ServerLimits) -> NIOHTTPDecoderLimitConfiguration {
    var configuration = NIOHTTPDecoderLimitConfiguration()
    configuration.maxHeaderFieldSize = limits.headerBytes
    configuration.maxHeaderListSize = limits.headerBytes
    configuration.maxHeaderFieldCount = limits.headerFields
    return configuration
  }
}
