import CordonWire

/// What one session may use, beyond what its spec says.
public struct SessionLimits: Sendable {
  /// Tabs at once.
  public var tabs = 12
  /// How long a session waits for a client to come back.
  public var abandonedAfter = Duration.seconds(300)
  /// A flood of popups: this many in ten seconds, then none.
  public var popups = 4
  /// A flood of dialogs of one tab: this many in thirty seconds, then they are answered for the person.
  public var dialogs = 8
  /// Characters a second that a person types for a while; what comes faster is a paste.
  public var typing = 30
  /// Pointer messages a second.
  public var pointers = 250

  /// The usual limits.
  public init() {}
}

/// A number of things in a time: a bucket that fills again.
struct Meter: Sendable {
  private let capacity: Double
  private let perSecond: Double
  private var level: Double
  private var seen: Duration

  /// So many at once, and so many a second after that.
  init(capacity: Int, perSecond: Double, at now: Duration) {
    self.capacity = Double(capacity)
    self.perSecond = perSecond
    level = Double(capacity)
    seen = now
  }

  /// Whether `count` more may happen; where not, nothing is taken.
  mutating func allows(_ count: Int = 1, at now: Duration) -> Bool {
    let passed = max((now - seen) / .seconds(1), 0)
    level = min(capacity, level + passed * perSecond)
    seen = max(now, seen)
    guard Double(count) <= level else { return false }
    level -= Double(count)
    return true
  }
}

/// When a session ends by itself.
struct SessionTimers: Sendable {
  private let idle: Duration
  private let longest: Duration
  private let abandoned: Duration
  private let start: Duration
  private var touched: Duration
  private var detached: Duration?

  init(idle: Int, longest: Int, abandonedAfter: Duration, at now: Duration) {
    self.idle = .seconds(idle)
    self.longest = .seconds(longest)
    abandoned = abandonedAfter
    start = now
    touched = now
    detached = now
  }

  /// A person did something.
  mutating func touch(at now: Duration) { touched = max(touched, now) }
  /// A client is there.
  mutating func connect() { detached = nil }
  /// None is.
  mutating func disconnect(at now: Duration) { detached = now }

  /// Why the session is over, if it is.
  func due(at now: Duration) -> ServerMessage.End? {
    if now - start >= longest { return .longest }
    if now - touched >= idle { return .idle }
    if let detached, now - detached >= abandoned { return .abandoned }
    return nil
  }

  /// Seconds that are left.
  func left(at now: Duration) -> (idle: UInt32, longest: UInt32) {
    (Self.seconds(idle - (now - touched)), Self.seconds(longest - (now - start)))
  }

  private static func seconds(_ duration: Duration) -> UInt32 {
    UInt32(clamping: duration.components.seconds)
  }
}
