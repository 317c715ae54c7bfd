import CordonModel
import CordonWire
import NIOCore
import NIOHTTP1
import NIOSSL

/// The egress proxy of one workspace: CONNECT, absolute-form HTTP, and TLS from clients that know no proxy.
struct ProxyService: StreamService {
  var policy: ProxyPolicy
  var refusals: RefusalLog
  var authority: CertificateAuthority
  var dialer: OutsideDialer
  var limits: ServerLimits
  var allowance: AnswerAllowance
  /// Where clients connect without CONNECT, the port that they mean.
  var portWithoutConnect: UInt16?
  /// Whether the TLS server name must be the host; off in drills only.
  var checksServerName: Bool
  /// Whether the host inside TLS must be the host; off in drills only.
  var checksHost: Bool
  /// The notebook behind a browser's door; nil at a workspace's own.
  var notebook: NotebookAccess?

  var source: SourcePosition { policy.source }

  /// What one connection carries along.
  struct Context {
    var connection: AcceptedConnection
    var opening: ProxyOpening
    var requestID = RequestID.random()
    var admission: ProxyAdmission?
    var channel: PulledChannel<ByteBuffer> { connection.channel }
  }

  /// The client was refused and knows it.
  struct Answered: Error {}

  func serve(_ connection: AcceptedConnection) async {
    let opening =
      portWithoutConnect.map { ProxyOpening(withoutConnectTo: $0) }
      ?? ProxyOpening(checksServerName: checksServerName)
    var context = Context(connection: connection, opening: opening)
    do {
      try await open(&context)
    } catch let refusal as Refusal {
      await refuse(refusal, &context)
    } catch PullError.deadlineExceeded {
      await refuse(.headTooSlow, &context)
    } catch {
      // The client is gone, or the ledger cannot write: closed either way.
    }
  }

  func turnedAway() async { await refusals.keepTurnedAway(from: source) }

  private func open(_ context: inout Context) async throws {
    var end = ContinuousClock.now + limits.headerDeadline
    var step = ProxyOpening.Step.readMore
    while true {
      switch step {
      case .readMore:
        let left = end - .now
        guard left > .zero else { throw PullError.deadlineExceeded }
        guard let bytes = try await context.channel.next(within: left) else { return }
        step = context.opening.receive(bytes)
      case .judge(let target):
        context.connection.lease.work()
        if let notebook, NotebookAccess.isMeant(by: target) {
          return try await tunnel(to: notebook, &context)
        }
        step = try await judge(target, &context)
        end = .now + limits.headerDeadline
      case .serveHTTP: return try await serveHTTP(context)
      case .refuse(let refusal): throw refusal
      case .open(let target, let hello): return try await tunnel(to: target, hello, context)
      }
    }
  }

  private func judge(_ target: HostPort, _ context: inout Context) async throws -> ProxyOpening.Step {
    do {
      context.admission = try await policy.admit(target, isTLS: true, requestID: context.requestID)
    } catch let refusal as Refusal {
      // Recorded already, as the decision that it is.
      await answer(refusal, context)
      throw Answered()
    }
    if context.opening.speaksHTTP {
      let established = ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n")
      try await context.channel.write([established], within: limits.idleDeadline)
    }
    return context.opening.admitted()
  }

  private func refuse(_ refusal: Refusal, _ context: inout Context) async {
    do {
      try await refusals.keep(
        refusal, from: source, event: "Connect", requestID: context.requestID,
        details: context.admission == nil ? [:] : ["stage": "after admission"])
      await answer(refusal, context)
    } catch {
      // Not recorded: refused all the same, by closing.
    }
  }

  /// Says why, as far as the client still understands an answer.
  func answer(_ refusal: Refusal, _ context: Context) async {
    let bytes: ByteBuffer
    if context.opening.speaksHTTP {
      bytes = Self.text(of: refusal, requestID: context.requestID)
    } else if refusal == .notTLS || refusal == .headTooSlow {
      return
    } else {
      bytes = TLSHello.unrecognizedName
    }
    try? await context.channel.write([bytes], within: limits.idleDeadline)
    await context.channel.close(lingering: limits.lingering)
  }

  private static func text(of refusal: Refusal, requestID: String) -> ByteBuffer {
    let response = GatewayResponse.refusing(refusal, requestID: requestID)
    guard case .bytes(let body) = response.body else { return ByteBuffer() }
    let status = HTTPResponseStatus(statusCode: refusal.status)
    var head = "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n"
    for (name, value) in response.headers { head += "\(name): \(value)\r\n" }
    head += "content-length: \(body.readableBytes)\r\nconnection: close\r\n\r\n"
    var bytes = ByteBuffer(string: head)
    bytes.writeImmutableBuffer(body)
    return bytes
  }

  private func serveHTTP(_ context: Context) async throws {
    let limits = limits
    let channel = try await context.channel.replaced(
      by: HTTPServerRequestPart.self, replaying: context.opening.bytes
    ) { channel in try HTTPPipeline.addServer(to: channel, limits: limits) }
    let outside = PlainProxyResponder(
      dialer: dialer, eventLoop: channel.channel.eventLoop, limits: limits, policy: policy)
    let responder: any Responder =
      notebook.map { NotebookResponder(access: $0, eventLoop: channel.channel.eventLoop, elsewhere: outside) }
      ?? outside
    await HTTPConnection(channel, door: door(.absolute, responder, isSecure: false, context)).serve()
  }

  func door(
    _ form: RequestRules.Form, _ responder: any Responder, isSecure: Bool, _ context: Context
  ) -> HTTPConnection.Door {
    HTTPConnection.Door(
      source: source, isSecure: isSecure, rules: RequestRules(form: form, limits: limits),
      responder: responder,
      refusals: refusals, lease: context.connection.lease, allowance: allowance,
      requestIDField: "x-cordon-request-id")
  }
}
