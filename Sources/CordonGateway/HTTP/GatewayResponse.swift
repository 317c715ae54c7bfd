public import NIOCore

/// The answer to a request.
public struct GatewayResponse {
  /// Writes the bytes of a streamed answer; an error ends the connection, so a client never takes half for
  /// whole.
  public typealias Stream = (_ write: (ByteBuffer) async throws -> Void) async throws -> Void

  /// What follows the head.
  public enum Body {
    /// Nothing; the headers may still state the length that a GET would have (for HEAD).
    case none
    /// Bytes at hand.
    case bytes(ByteBuffer)
    /// Bytes as they come; `length` is announced where known, otherwise the answer is chunked.
    case stream(length: Int?, Stream)
  }

  /// The status code.
  public var status: Int
  /// The header fields; length and connection fields are the server's.
  public var headers: [(name: String, value: String)]
  /// What follows the head.
  public var body: Body
  /// Whether the connection ends after this answer.
  public var closes: Bool
  /// The bytes at hand, where they were reserved before they were made; given back when they are written.
  var lease: AnswerLease?

  /// An answer.
  public init(
    status: Int, headers: [(name: String, value: String)] = [], body: Body = .none, closes: Bool = false
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.closes = closes
  }

  /// An answer of text.
  public static func text(
    _ status: Int, _ text: String, type: String = "text/plain; charset=utf-8",
    headers: [(name: String, value: String)] = [], closes: Bool = false
  ) -> GatewayResponse {
    GatewayResponse(
      status: status, headers: [("content-type", type)] + headers, body: .bytes(ByteBuffer(string: text)),
      closes: closes)
  }
}

/// Answers the requests of one endpoint.
public protocol Responder: Sendable {
  /// Answers a request. A thrown error becomes a 500 with the request's id and nothing of the error's text.
  func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse
}
