import Glibc

/// Wall and processor time of a piece of work.
struct Stopwatch {
  private let started = ContinuousClock.now
  private let ticks = clock()

  /// Seconds on the wall since it was started.
  var seconds: Double { Self.seconds(ContinuousClock.now - started) }

  /// Seconds that this process's threads have spent on processors since then.
  var processorSeconds: Double { Double(clock() - ticks) / 1_000_000 }

  /// A duration in seconds.
  static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }
}

/// What a loop came to.
struct Rate: Encodable {
  /// How often the work was done.
  var count: Int
  /// How long that took.
  var seconds: Double
  /// What of it was spent on processors.
  var processorSeconds: Double

  /// Repeats `work` until `duration` is over.
  ///
  /// - Parameter work: Does the thing some times and says how many; the clock is read between two calls, so one call
  ///   should take longer than that.
  static func of(_ duration: Duration, _ work: () throws -> Int) rethrows -> Rate {
    let limit = Stopwatch.seconds(duration)
    let watch = Stopwatch()
    var count = 0
    while watch.seconds < limit { count += try work() }
    return Rate(count: count, seconds: watch.seconds, processorSeconds: watch.processorSeconds)
  }
}
