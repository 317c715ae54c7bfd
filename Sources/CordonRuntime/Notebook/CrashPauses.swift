/// How a notebook that crashes is started again: after a pause that doubles, and after some crashes in a row only when
/// somebody comes to it.
struct CrashPauses: Sendable, Equatable {
  /// Restarts without anybody who asks. Whoever is connected comes back by himself; whoever is gone needs none.
  static let mostRestarts = 5

  private let first: Duration
  private let longest: Duration
  private let healthy: Duration
  private var inARow = 0
  private var notBefore: ContinuousClock.Instant?

  /// Nothing has crashed.
  ///
  /// - Parameters:
  ///   - first: The pause after the first crash; each further one is twice as long.
  ///   - longest: The longest pause.
  ///   - healthy: One that ran for so long starts with the first pause again.
  init(first: Duration, longest: Duration, healthy: Duration) {
    self.first = first
    self.longest = longest
    self.healthy = healthy
  }

  /// It crashed.
  ///
  /// - Returns: The pause after which it is started again by itself; nil where it is not.
  mutating func crashed(after time: Duration, at now: ContinuousClock.Instant) -> Duration? {
    inARow = time >= healthy ? 1 : inARow + 1
    let pause = min(longest, first * (1 << min(inARow - 1, 16)))
    notBefore = now + pause
    return inARow <= Self.mostRestarts ? pause : nil
  }

  /// It ended by itself or on request.
  mutating func ended() { inARow = 0 }

  /// How long it is not started yet, whoever asks; nil where it is.
  func rest(at now: ContinuousClock.Instant) -> Duration? {
    guard let notBefore, notBefore > now else { return nil }
    return notBefore - now
  }
}
