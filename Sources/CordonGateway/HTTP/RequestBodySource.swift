import NIOCore
import NIOHTTP1

/// The body of the request that a connection is answering, one part at a time.
final class RequestBodySource {
  /// Why a body ended before its time.
  enum Failure: Error, Equatable, Sendable {
    /// The connection ended, or something other than the body followed the head.
    case cutShort
    /// Fields after a chunked body: nobody here reads them, and proxies disagree on them.
    case trailers
  }

  private let channel: PulledChannel<HTTPServerRequestPart>
  private let limits: ServerLimits
  private var owesContinue: Bool
  private(set) var isFinished = false
  private(set) var failure: (any Error)?
  private var remaining: Int?

  init(
    of checked: RequestRules.Checked, on channel: PulledChannel<HTTPServerRequestPart>, limits: ServerLimits
  ) {
    self.channel = channel
    self.limits = limits
    owesContinue = checked.expectsContinue && checked.bodyLength != .none
    remaining =
      switch checked.bodyLength {
      case .none: 0
      case .known(let length): length
      case .chunked: nil
      }
  }

  /// The next bytes, or nil at the end.
  func next() async throws -> ByteBuffer? {
    if let failure { throw failure }
    if isFinished { return nil }
    do {
      return try await pull()
    } catch {
      failure = error
      throw error
    }
  }

  private func pull() async throws -> ByteBuffer? {
    if owesContinue {
      owesContinue = false
      let head = HTTPResponseHead(version: .http1_1, status: .continue)
      try await channel.write([ServerAnswerPart.head(head)], within: limits.idleDeadline)
    }
    switch try await channel.next(within: limits.idleDeadline) {
    case .body(let bytes):
      if let known = remaining { remaining = max(0, known - bytes.readableBytes) }
      return bytes
    case .end(let trailers):
      guard trailers?.isEmpty ?? true else { throw Failure.trailers }
      isFinished = true
      return nil
    case .head, nil:
      throw Failure.cutShort
    }
  }

  /// Whether the rest is so short that reading it off is better than ending the connection.
  var canBeDrained: Bool {
    if failure != nil || owesContinue { return false }
    if isFinished { return true }
    guard let remaining else { return false }
    return remaining <= limits.drainedBytes
  }

  /// Reads off what nobody asked for; false where the connection cannot go on.
  func drain() async -> Bool {
    guard canBeDrained else { return false }
    do {
      while try await next() != nil {}
      return true
    } catch {
      return false
    }
  }
}
