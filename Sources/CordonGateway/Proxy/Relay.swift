import NIOCore
import Synchronization

/// How many bytes went which way, as the ledger keeps it.
final class TunnelVolume: Sendable {
  private let up = Atomic<Int>(0)
  private let down = Atomic<Int>(0)

  func addUp(_ bytes: Int) { up.wrappingAdd(bytes, ordering: .relaxed) }
  func addDown(_ bytes: Int) { down.wrappingAdd(bytes, ordering: .relaxed) }

  var details: [String: String] {
    ["bytesUp": String(up.load(ordering: .relaxed)), "bytesDown": String(down.load(ordering: .relaxed))]
  }
}

/// One end of a spliced tunnel: what is read here is written there, as fast as the other end takes it.
///
/// Both ends live on one event loop. They refer to each other until either connection ends.
final class RelayEnd: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let count: @Sendable (Int) -> Void
  private var partner: RelayEnd?
  private var context: ChannelHandlerContext?
  private var owesRead = false
  private var inputClosed = false
  private var outputClosed = false

  private init(count: @escaping @Sendable (Int) -> Void) { self.count = count }

  /// The workspace's end and the outside host's.
  static func pair(volume: TunnelVolume) -> (near: RelayEnd, far: RelayEnd) {
    let near = RelayEnd { volume.addUp($0) }
    let far = RelayEnd { volume.addDown($0) }
    near.partner = far
    far.partner = near
    return (near, far)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    partner = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = Self.unwrapInboundIn(data)
    count(bytes.readableBytes)
    partner?.context?.write(Self.wrapOutboundOut(bytes), promise: nil)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    partner?.context?.flush()
  }

  func read(context: ChannelHandlerContext) {
    if let there = partner?.context, !there.channel.isWritable {
      owesRead = true
    } else {
      context.read()
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard context.channel.isWritable, let partner, partner.owesRead else { return }
    partner.owesRead = false
    partner.context?.read()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let event as ChannelEvent where event == .inputClosed:
      inputClosed = true
      partner?.closeOutput()
      closeIfDone()
    case is IdleStateHandler.IdleStateEvent:
      context.close(promise: nil)
    default:
      context.fireUserInboundEventTriggered(event)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    let there = partner?.context
    partner?.partner = nil
    partner = nil
    there?.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func closeOutput() {
    guard !outputClosed else { return }
    outputClosed = true
    context?.flush()
    context?.close(mode: .output, promise: nil)
    closeIfDone()
  }

  private func closeIfDone() {
    if inputClosed, outputClosed { context?.close(promise: nil) }
  }
}
