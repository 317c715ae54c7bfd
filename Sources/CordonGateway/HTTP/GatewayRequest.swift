public import CordonModel
public import NIOCore

/// An HTTP request that a listener of a workspace accepted.
///
/// Who calls is `source`, which the listener says; no header can change it.
public struct GatewayRequest: Sendable {
  /// The method as sent, e.g. `GET`.
  public var method: String
  /// The path as sent, still percent-encoded, from the first `/` to the `?`.
  public var path: String
  /// The query as sent, without the `?`; nil where there is none.
  public var query: String?
  /// The header fields in the order sent.
  public var headers: [(name: String, value: String)]
  /// The listener that accepted the request.
  public var source: SourcePosition
  /// Whether the request came over TLS.
  public var isSecure: Bool
  /// The id that the answer, the log and the ledger name.
  public var requestID: String
  /// What the workspace may have of answers that are not written yet.
  public var allowance: AnswerAllowance

  /// Describes a request.
  public init(
    method: String, path: String, query: String? = nil, headers: [(name: String, value: String)],
    source: SourcePosition, isSecure: Bool, requestID: String,
    allowance: AnswerAllowance = AnswerAllowance()
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.source = source
    self.isSecure = isSecure
    self.requestID = requestID
    self.allowance = allowance
  }

  /// The value of the first field of that name, whatever its case.
  public func header(_ name: String) -> String? {
    let wanted = name.lowercased()
    return headers.first { $0.name.lowercased() == wanted }?.value
  }

  /// The authority the client asked for, lower-case and without the port; the server refuses requests with no
  /// or several `Host` fields before they get here.
  public var host: String {
    let authority = header("host")?.lowercased() ?? ""
    return String(authority.prefix { $0 != ":" })
  }
}

/// The bytes of a request, pulled by whoever answers it: nothing is read ahead of the consumer.
///
/// The first pull answers `Expect: 100-continue`, so a client that is refused before it never sends its body.
public final class RequestBody {
  private let pull: () async throws -> ByteBuffer?

  /// A body over a source of buffers; the source gives nil at the end.
  public init(_ pull: @escaping () async throws -> ByteBuffer?) { self.pull = pull }

  /// The next bytes, or nil at the end.
  public func next() async throws -> ByteBuffer? { try await pull() }

  /// All bytes, or nil where there are more than `limit`.
  public func collect(upTo limit: Int) async throws -> ByteBuffer? {
    var whole = ByteBuffer()
    while var part = try await next() {
      guard whole.readableBytes + part.readableBytes <= limit else { return nil }
      whole.writeBuffer(&part)
    }
    return whole
  }
}
