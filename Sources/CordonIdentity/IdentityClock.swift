import Glibc

/// The time, in seconds since 1970; handed in, so that what depends on it can be tried.
public struct IdentityClock: Sendable {
  /// Reads the time.
  public var now: @Sendable () -> Int64

  /// A clock that reads the time so.
  public init(now: @escaping @Sendable () -> Int64) { self.now = now }

  /// The machine's clock.
  public static let machine = IdentityClock { Int64(time(nil)) }
}

/// A span of time that a clock which goes back does not make longer.
struct Lifetime {
  /// How far a clock may be put back, as time services do.
  static let slack: Int64 = 60

  var began: Int64
  var ends: Int64

  /// Whether `now` lies in it. A clock that stands before the beginning tells nothing of the end.
  func contains(_ now: Int64) -> Bool {
    let (earliest, overflow) = began.subtractingReportingOverflow(Self.slack)
    return now < ends && (overflow || now >= earliest)
  }
}
