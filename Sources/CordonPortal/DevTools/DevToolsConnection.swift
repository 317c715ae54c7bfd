public import CordonPolicy
import CordonWire
public import NIOCore
public import NIOPosix
import Synchronization

/// Why a command to Chromium got no result.
public enum DevToolsError: Error, Equatable, Sendable {
  /// The browser is gone.
  case ended
  /// Chromium refused the command.
  case refused(method: String, String)
}

/// The debugging pipe of one browser: commands go in, replies and events come out.
///
/// Only a `DevToolsCommand` can be sent. Input is sent without waiting for its reply: a click that opens a dialog is
/// answered only when the dialog is.
public final class DevToolsConnection: Sendable {
  private typealias Answer = @Sendable (Result<JSONValue, any Error>) -> Void

  private struct Pending {
    var next = 1
    var waiting: [Int: (method: String, answer: Answer)] = [:]
    var isEnded = false
  }

  /// What the browser tells, in order, with the session of the page; ends with the browser.
  public let events: AsyncStream<(event: DevToolsEvent, session: String?)>
  private let feed: AsyncStream<(event: DevToolsEvent, session: String?)>.Continuation
  private let pending = Mutex(Pending())
  private let channel: any Channel

  /// Speaks over two descriptors, which it takes over: `input` is read by the browser, `output` written by it.
  public static func open(
    input: CInt, output: CInt, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) async throws -> DevToolsConnection {
    let (events, feed) = AsyncStream.makeStream(
      of: (event: DevToolsEvent, session: String?).self, bufferingPolicy: .bufferingNewest(4_096))
    let receiver = DevToolsReceiver()
    let channel = try await NIOPipeBootstrap(group: group)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(receiver) }
      }
      .takingOwnershipOfDescriptors(input: output, output: input).get()
    let connection = DevToolsConnection(channel: channel, events: events, feed: feed)
    receiver.deliver { [weak connection] in connection?.take($0) }
    channel.closeFuture.whenComplete { [weak connection] _ in connection?.end() }
    return connection
  }

  private init(
    channel: any Channel, events: AsyncStream<(event: DevToolsEvent, session: String?)>,
    feed: AsyncStream<(event: DevToolsEvent, session: String?)>.Continuation
  ) {
    self.channel = channel
    self.events = events
    self.feed = feed
  }

  /// Sends a command and waits for its result.
  @discardableResult
  public func call(_ command: DevToolsCommand, session: String? = nil) async throws -> JSONValue {
    try await withCheckedThrowingContinuation { continuation in
      send(command, session: session) { continuation.resume(with: $0) }
    }
  }

  /// Sends a command now, in its place among the others, and tells where Chromium refused it.
  func send(
    _ command: DevToolsCommand, session: String?, whenRefused act: @escaping @Sendable (String) -> Void
  ) {
    send(command, session: session) { result in
      if case .failure(DevToolsError.refused(_, let text)) = result { act(text) }
    }
  }

  private func send(_ command: DevToolsCommand, session: String?, answer: @escaping Answer) {
    let id = pending.withLock { pending -> Int? in
      if pending.isEnded { return nil }
      defer { pending.next += 1 }
      pending.waiting[pending.next] = (command.method, answer)
      return pending.next
    }
    guard let id else { return answer(.failure(DevToolsError.ended)) }
    write(command, id: id, session: session)
  }

  /// Sends a command whose result nobody waits for.
  public func send(_ command: DevToolsCommand, session: String? = nil) {
    let id = pending.withLock { pending in
      defer { pending.next += 1 }
      return pending.next
    }
    write(command, id: id, session: session)
  }

  /// Lets go of the pipe; the browser ends by itself.
  public func close() { channel.close(promise: nil) }

  private func write(_ command: DevToolsCommand, id: Int, session: String?) {
    let bytes = DevToolsFramer.framed(command.encoded(id: id, session: session))
    channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
  }

  private func take(_ message: DevToolsMessage) {
    switch message {
    // What nobody listens to must not push out what somebody does.
    case .event(.other, _): break
    case .event(let event, let session): feed.yield((event, session))
    case .reply(let id, let result):
      pending.withLock { $0.waiting.removeValue(forKey: id) }?.answer(.success(result))
    case .failure(let id, let text):
      guard let (method, answer) = pending.withLock({ $0.waiting.removeValue(forKey: id) }) else { return }
      answer(.failure(DevToolsError.refused(method: method, text)))
    }
  }

  private func end() {
    let left = pending.withLock { pending in
      pending.isEnded = true
      defer { pending.waiting = [:] }
      return pending.waiting.values.map(\.answer)
    }
    for answer in left { answer(.failure(DevToolsError.ended)) }
    feed.finish()
  }
}

/// Cuts the pipe's bytes into messages. A message that is too long ends the connection, and so the browser.
private final class DevToolsReceiver: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  private struct State {
    var framer = DevToolsFramer()
    var early: [DevToolsMessage] = []
    var deliver: (@Sendable (DevToolsMessage) -> Void)?
  }

  private let state = Mutex(State())

  /// What comes from now on, and what came before, goes to `deliver`.
  func deliver(_ deliver: @escaping @Sendable (DevToolsMessage) -> Void) {
    let early = state.withLock { state in
      state.deliver = deliver
      defer { state.early = [] }
      return state.early
    }
    for message in early { deliver(message) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    let taken = state.withLock {
      state -> (messages: [DevToolsMessage], deliver: (@Sendable (DevToolsMessage) -> Void)?)? in
      guard let whole = try? state.framer.messages(in: Array(buffer.readableBytesView)) else { return nil }
      let messages = whole.compactMap { DevToolsMessage($0) }
      if state.deliver == nil { state.early += messages }
      return (messages, state.deliver)
    }
    guard let taken else { return context.close(promise: nil) }
    if let deliver = taken.deliver { for message in taken.messages { deliver(message) } }
  }
}
