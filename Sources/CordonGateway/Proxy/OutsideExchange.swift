import NIOCore
import NIOHTTP1

/// One request to an outside host and its answer, on a connection of its own.
///
/// The connection is never used again, so what one exchange leaves behind cannot become part of another. It
/// is closed when nobody refers to the exchange any more.
final class OutsideExchange: Sendable {
  private let channel: PulledChannel<HTTPClientResponsePart>
  private let limits: ServerLimits
  private let volume: TunnelVolume

  init(on channel: PulledChannel<HTTPClientResponsePart>, limits: ServerLimits, volume: TunnelVolume) {
    self.channel = channel
    self.limits = limits
    self.volume = volume
  }

  deinit { channel.channel.close(promise: nil) }

  /// Sends a request and answers with what comes back; the answer's body is read as it is written on.
  func exchange(_ head: HTTPRequestHead, body: RequestBody) async throws -> GatewayResponse {
    do {
      try await send(head, body: body)
    } catch is SendFault {
      // An answer may have come before the body was through, e.g. 413; it is read below, or there is none.
    }
    guard let answer = try? await channel.next(within: limits.answerDeadline),
      case .head(let answerHead) = answer,
      (200...599).contains(Int(answerHead.status.code))
    else { throw Refusal.badAnswer }
    return response(answerHead, to: head.method)
  }

  /// The host stopped reading, as opposed to the client that stopped sending.
  private struct SendFault: Error {}

  private func send(_ head: HTTPRequestHead, body: RequestBody) async throws {
    try await write(.head(head))
    var sent = 0
    while let bytes = try await body.next() {
      sent += bytes.readableBytes
      volume.addUp(bytes.readableBytes)
      guard sent <= limits.uploadBytesPerRequest ?? .max else { throw Refusal.uploadTooLarge }
      try await write(.body(bytes))
    }
    try await write(.end(nil))
  }

  private func write(_ part: OutsideRequestPart) async throws(SendFault) {
    do {
      try await channel.write([part], within: limits.idleDeadline)
    } catch {
      throw SendFault()
    }
  }

  private func response(_ head: HTTPResponseHead, to method: HTTPMethod) -> GatewayResponse {
    let headers = HopByHop.cleaned(head.headers).map { (name: $0.name, value: $0.value) }
    let status = Int(head.status.code)
    let length = head.headers.first(name: "content-length").flatMap { Int($0) }
    if method == .HEAD || status == 204 || status == 304 {
      let stated = length.map { [(name: "content-length", value: String($0))] } ?? []
      return GatewayResponse(status: status, headers: headers + stated)
    }
    return GatewayResponse(
      status: status, headers: headers,
      body: .stream(length: length) { write in
        while case .body(let bytes) = try await self.nextPart() {
          self.volume.addDown(bytes.readableBytes)
          try await write(bytes)
        }
      })
  }

  /// The next part of the answer; an answer that ends without its end is an error.
  private func nextPart() async throws -> HTTPClientResponsePart {
    guard let part = try await channel.next(within: limits.idleDeadline) else { throw Refusal.badAnswer }
    return part
  }
}

/// Fields that belong to one connection and never travel on (RFC 9110 §7.6.1).
enum HopByHop {
  private static let fields: Set<String> = [
    "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization",
    "proxy-authentication-info", "te", "trailer", "transfer-encoding", "content-length", "upgrade",
    "http2-settings", "expect", "alt-svc",
  ]

  /// The fields that travel on, in their order; framing is added again by whoever sends them.
  static func cleaned(_ headers: HTTPHeaders) -> HTTPHeaders {
    let named = headers[canonicalForm: "connection"].map { $0.lowercased() }
    let removed = fields.union(named).subtracting(["host"])
    var cleaned = HTTPHeaders()
    for (name, value) in headers where !removed.contains(name.lowercased()) {
      cleaned.add(name: name, value: value)
    }
    return cleaned
  }
}
