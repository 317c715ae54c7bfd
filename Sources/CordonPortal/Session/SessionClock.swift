public import struct FoundationEssentials.Date

/// The time as a session sees it: handed in, so that a test can let hours pass.
public protocol SessionClock: Sendable {
  /// Time since any fixed moment. It never goes back, whatever happens to the calendar.
  var now: Duration { get }
  /// The calendar's time, for people to read.
  var date: Date { get }
  /// Suspends for so long, or until the task is cancelled.
  func sleep(for duration: Duration) async throws
}

/// The machine's time.
public struct SystemSessionClock: SessionClock {
  private let start = ContinuousClock.now

  /// The machine's time.
  public init() {}

  /// Time since this clock was made.
  public var now: Duration { ContinuousClock.now - start }
  /// The calendar's time.
  public var date: Date { Date() }
  /// Suspends for so long.
  public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
