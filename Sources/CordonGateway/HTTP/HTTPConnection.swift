import CordonModel
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1

/// One HTTP/1.1 connection: reads a request, lets it be answered, writes the answer, and only then reads on.
struct HTTPConnection: Sendable {
  /// What requests on this connection meet.
  struct Door: Sendable {
    var source: SourcePosition
    var isSecure: Bool
    var rules: RequestRules
    var responder: any Responder
    var refusals: RefusalLog
    var lease: ConnectionLease
    var allowance: AnswerAllowance
    var requestIDField: String
  }

  let channel: PulledChannel<HTTPServerRequestPart>
  let door: Door
  private var limits: ServerLimits { door.rules.limits }

  init(_ channel: PulledChannel<HTTPServerRequestPart>, door: Door) {
    self.channel = channel
    self.door = door
  }

  /// Serves requests until either side is done; the connection is closed when this returns.
  func serve() async {
    var wait = limits.headerDeadline
    while door.lease.rest(), await serveNext(within: wait) { wait = limits.idleDeadline }
    await channel.close()
  }

  /// Serves one request, and says whether another may follow.
  private func serveNext(within wait: Duration) async -> Bool {
    let requestID = RequestID.random()
    do {
      guard case .head(let head) = try await channel.next(within: wait) else { return false }
      door.lease.work()
      let checked = try door.rules.check(head)
      return try await answer(head, checked, requestID: requestID)
    } catch let refusal as Refusal {
      await refuse(refusal, requestID: requestID)
    } catch let error as HTTPParserError {
      await refuse(error == .headerOverflow ? .headTooLarge : .malformed, requestID: requestID)
    } catch PullError.deadlineExceeded where wait == limits.headerDeadline {
      await refuse(.headTooSlow, requestID: requestID)
    } catch let cut as AnswerCutShort {
      door.refusals.logger.debug(
        "answer cut short", error: cut.underlying, metadata: ["request": "\(requestID)"])
    } catch {
      // The client is gone, or was idle for too long: there is nobody to tell.
    }
    return false
  }

  private func answer(
    _ head: HTTPRequestHead, _ checked: RequestRules.Checked, requestID: String
  ) async throws -> Bool {
    let request = GatewayRequest(
      method: head.method.rawValue, path: checked.path, query: checked.query,
      headers: head.headers.map { (name: $0.name, value: $0.value) }, source: door.source,
      isSecure: door.isSecure,
      requestID: requestID, allowance: door.allowance)
    let source = RequestBodySource(of: checked, on: channel, limits: limits)
    var response: GatewayResponse
    do {
      response = try await door.responder.respond(to: request, body: RequestBody { try await source.next() })
    } catch let refusal as Refusal {
      try await keep(refusal, requestID: requestID)
      response = .refusing(refusal, requestID: requestID)
    } catch {
      if let failure = source.failure { throw failure.asRefusal }
      door.refusals.failed(error, answering: requestID, from: door.source)
      response = .text(500, "The gateway failed to answer. request id: \(requestID)\n", closes: true)
    }
    response = bounded(response, requestID: requestID)
    let question = ResponsePlan.Question(
      method: head.method, version: head.version, requestID: requestID, requestIDField: door.requestIDField,
      keepsAlive: checked.keepsAlive && source.canBeDrained)
    let plan = ResponsePlan(response, to: question, date: Date())
    do {
      try await write(plan)
      plan.lease?.end()
    } catch {
      throw AnswerCutShort(underlying: error)
    }
    if plan.closes {
      await channel.close(lingering: limits.lingering)
      return false
    }
    return await source.drain()
  }

  /// An answer that is at hand already has no room to wait for: where its workspace leaves too much unread, it is
  /// forgotten instead.
  private func bounded(_ response: consuming GatewayResponse, requestID: String) -> GatewayResponse {
    guard case .bytes(let bytes) = response.body, response.lease == nil,
      bytes.readableBytes > Self.smallAnswer
    else { return response }
    if let lease = door.allowance.reserveNow(bytes.readableBytes) {
      response.lease = lease
      return response
    }
    return .text(
      503,
      "This workspace leaves too many answers unread. Read them, then try again. request id: \(requestID)\n",
      headers: [("retry-after", "1")], closes: true)
  }

  /// Answers up to this size are bounded by the number of connections.
  private static let smallAnswer = 65_536
  /// Bytes whose writing counts as progress.
  private static let stride = 32_768

  private func write(_ plan: ResponsePlan) async throws {
    let head = ServerAnswerPart.head(plan.head)
    switch plan.payload {
    case .none:
      try await write([head, .end(nil)])
    case .bytes(let bytes):
      try await write([head] + Self.parts(bytes) + [.end(nil)])
    case .stream(let length, let stream):
      try await write([head])
      var written = 0
      try await stream { bytes in
        written += bytes.readableBytes
        guard written <= length ?? .max else { throw StreamFault.tooLong }
        guard bytes.readableBytes > 0 else { return }
        try await write(Self.parts(bytes))
      }
      guard written == length ?? written else { throw StreamFault.tooShort }
      try await write([.end(nil)])
    }
  }

  private func write(_ parts: [ServerAnswerPart]) async throws {
    try await channel.write(parts, within: limits.writeDeadline)
  }

  private static func parts(_ bytes: ByteBuffer) -> [ServerAnswerPart] {
    var rest = bytes
    var parts: [ServerAnswerPart] = []
    while let part = rest.readSlice(length: min(stride, rest.readableBytes)), part.readableBytes > 0 {
      parts.append(.body(part))
    }
    return parts
  }

  /// The answer has begun and cannot be completed: nothing may follow it, no refusal either, but the end.
  private struct AnswerCutShort: Error { var underlying: any Error }

  /// A streamed answer whose length is not the announced one: the client must not take it for whole.
  private enum StreamFault: Error { case tooLong, tooShort }

  private func keep(_ refusal: Refusal, requestID: String) async throws {
    try await door.refusals.keep(refusal, from: door.source, event: "Request", requestID: requestID)
  }

  private func refuse(_ refusal: Refusal, requestID: String) async {
    do {
      try await keep(refusal, requestID: requestID)
      let question = ResponsePlan.Question(
        method: .GET, version: .http1_1, requestID: requestID, requestIDField: door.requestIDField,
        keepsAlive: false)
      let plan = ResponsePlan(.refusing(refusal, requestID: requestID), to: question, date: Date())
      try await write(plan)
      await channel.close(lingering: limits.lingering)
    } catch {
      // Not recorded or not writable: refused all the same, by closing.
    }
  }
}

extension Error {
  /// What ends a request whose body failed. Fields after a body are a second way to say what the request is, which is
  /// refused like every other one; what the parser refuses, and a client that is gone, stay what they are.
  fileprivate var asRefusal: any Error {
    if case .trailers? = self as? RequestBodySource.Failure { return Refusal.lengthAmbiguous }
    return self
  }
}
