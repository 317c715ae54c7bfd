import NIOCore

/// Closes a channel for which nothing was written for too long. It lives on the channel's event loop.
final class WriteProgress {
  private let channel: any Channel
  private let limit: TimeAmount
  private var lastMoved: NIODeadline
  private var cutOff: Scheduled<Void>?
  private var isDone = false

  init(on channel: any Channel, limit: TimeAmount) {
    self.channel = channel
    self.limit = limit
    lastMoved = channel.eventLoop.now
  }

  /// Counts the end of a write as progress.
  func note(_ written: EventLoopFuture<Void>) {
    written.assumeIsolated().whenSuccess { self.lastMoved = self.channel.eventLoop.now }
  }

  /// Watches until the last write has ended, well or not.
  func begin(until written: EventLoopFuture<Void>) {
    written.assumeIsolated().whenComplete { _ in
      self.isDone = true
      self.cutOff?.cancel()
    }
    if !isDone { watch() }
  }

  private func watch() {
    cutOff = channel.eventLoop.assumeIsolated().scheduleTask(deadline: lastMoved + limit) {
      if self.lastMoved + self.limit <= self.channel.eventLoop.now {
        self.channel.close(promise: nil)
      } else {
        self.watch()
      }
    }
  }
}
