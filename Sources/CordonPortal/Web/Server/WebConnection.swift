import CordonModel
import NIOCore
import NIOHTTP1

/// One connection's HTTP/1.1: one request, one answer, then the next. Nothing is read that is not asked for.
final class WebConnection: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// Where the connection stands.
  private enum State {
    case waiting
    case body(WebRules.Checked, [UInt8])
    /// The head was taken, and its end is still to come.
    case ending(WebRules.Checked)
    case answering
    /// An answer that ends the connection is written; what still comes is thrown away.
    case leaving
    case gone
  }

  private let rules: WebRules
  private let site: any WebSite
  private let client: String
  private let websocket: @Sendable (any Channel, any StreamEnds) throws -> Void
  private var limits: PortalLimits { rules.limits }
  private var state = State.waiting
  private var context: ChannelHandlerContext?
  private var deadline: Scheduled<Void>?
  private var work: Task<Void, Never>?
  private var served = 0

  init(
    rules: WebRules, site: any WebSite, client: String,
    websocket: @escaping @Sendable (any Channel, any StreamEnds) throws -> Void
  ) {
    self.rules = rules
    self.site = site
    self.client = client
    self.websocket = websocket
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    arm(limits.headDeadline)
    if context.channel.isActive { context.read() }
  }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  func channelActive(context: ChannelHandlerContext) {
    context.read()
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // A TLS record or half a head answers no read of ours: ask again until there is something to do.
    switch state {
    case .waiting, .body, .ending, .leaving: context.read()
    case .answering, .gone: break
    }
    context.fireChannelReadComplete()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .some(.inputClosed) = event as? ChannelEvent { context.close(promise: nil) }
    if event is GoingAway { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch (state, error) {
    case (.waiting, let error as HTTPParserError), (.body, let error as HTTPParserError):
      refuse(error == .headerOverflow ? .headTooLarge : .malformed)
    default: context.close(promise: nil)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch (state, unwrapInboundIn(data)) {
    case (.waiting, .head(let head)): begin(head)
    case (.ending(let checked), .end(nil)): answer(checked.request, keepsAlive: checked.keepsAlive)
    case (.body(let checked, var bytes), .body(let more)):
      bytes += more.readableBytesView
      guard bytes.count <= checked.bodyLength else { return refuse(.malformed) }
      state = .body(checked, bytes)
    case (.body(var checked, let bytes), .end(nil)):
      do {
        checked.request.form = try WebRules.form(bytes)
        answer(checked.request, keepsAlive: checked.keepsAlive)
      } catch { refuse(error) }
    case (.leaving, _), (.gone, _): break
    // A second request before the first was answered: no browser does that, and two readers could count differently.
    default: context.close(promise: nil)
    }
  }

  private func begin(_ head: HTTPRequestHead) {
    served += 1
    do {
      let checked = try rules.check(head, client: client)
      if checked.bodyLength > 0 {
        arm(limits.bodyDeadline)
        state = .body(checked, [])
      } else {
        state = .ending(checked)
      }
    } catch {
      refuse(error)
    }
  }

  // MARK: Answers

  private func answer(_ request: WebRequest, keepsAlive: Bool) {
    guard let context else { return }
    state = .answering
    arm(limits.answerDeadline)
    let site = site
    let loop = context.eventLoop
    let bound = NIOLoopBound(self, eventLoop: loop)
    work = Task {
      let answer = await site.answer(request)
      loop.execute { bound.value.finish(answer, request, keepsAlive: keepsAlive) }
    }
  }

  private func finish(_ answer: WebAnswer, _ request: WebRequest, keepsAlive: Bool) {
    work = nil
    guard case .answering = state else {
      if let opening = answer.opening { Task { await opening.ends.close() } }
      return
    }
    if let opening = answer.opening { return upgrade(opening) }
    // The parser stops behind an offer to upgrade: what follows would be nobody's.
    let goesOn =
      keepsAlive && !answer.closes && request.socket == nil && served < limits.requestsPerConnection
    write(answer, origin: request.origin, isHead: request.isHead, goesOn: goesOn)
  }

  /// Refuses what was read so far; the connection ends, because the rest of it was not read.
  private func refuse(_ fault: WebFault) {
    write(site.answer(fault), origin: nil, isHead: false, goesOn: false)
  }

  private func write(_ answer: WebAnswer, origin: String?, isHead: Bool, goesOn: Bool) {
    guard let context else { return }
    var fields = AnswerFields.fields(for: answer, origin: origin)
    fields.add(name: "Content-Length", value: String(answer.body.count))
    if !goesOn { fields.add(name: "Connection", value: "close") }
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: fields)
    context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
    if !isHead, !answer.body.isEmpty {
      context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
    }
    state = .answering
    // A long file over a slow line takes its time, and a line that takes nothing is still cut off.
    arm(limits.writeDeadline + .milliseconds(answer.body.count / 64))
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.writeAndFlush(Self.wrapOutboundOut(.end(nil))).whenComplete { _ in bound.value.written(goesOn) }
  }

  private func written(_ goesOn: Bool) {
    guard let context, case .answering = state else { return }
    state = goesOn ? .waiting : .leaving
    arm(goesOn ? limits.headDeadline : limits.lingering)
    context.read()
  }

  // MARK: Streams

  /// Says 101, and gives the connection to the stream.
  private func upgrade(_ opening: SocketOpening) {
    guard let context else { return }
    var fields = HTTPHeaders()
    fields.add(name: "Upgrade", value: "websocket")
    fields.add(name: "Connection", value: "Upgrade")
    fields.add(name: "Sec-WebSocket-Accept", value: opening.accept)
    fields.add(name: "Sec-WebSocket-Protocol", value: WebRules.subprotocol)
    let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: fields)
    context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
    let channel = context.channel
    do {
      try websocket(channel, opening.ends)
    } catch {
      Task { await opening.ends.close() }
      channel.close(promise: nil)
    }
  }

  // MARK: Time

  private func arm(_ limit: Duration) {
    deadline?.cancel()
    guard let context else { return }
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) { self.late() }
  }

  private func late() {
    guard let context else { return }
    switch state {
    case .body: refuse(.tooSlow)
    case .waiting, .ending, .answering, .leaving, .gone: context.close(promise: nil)
    }
  }

  private func end() {
    deadline?.cancel()
    work?.cancel()
    state = .gone
    context = nil
  }
}
