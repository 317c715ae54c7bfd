import Synchronization

/// How many questions a workspace may ask: so many a second, and a number of them at once.
///
/// It is the generic cell rate algorithm: one moment says when all that was granted will have been paid for.
struct QuestionRate: Sendable {
  /// What became of a question.
  enum Grant: Equatable, Sendable {
    case granted
    /// The next one would be granted after this time.
    case refused(for: Duration)
  }

  private let step: Duration
  private let burst: Duration
  private var paid: Duration = .zero

  init(perSecond: Int, burst: Int) {
    step = .seconds(1) / max(1, perSecond)
    self.burst = step * max(1, burst)
  }

  /// Asks for one question.
  ///
  /// - Parameter now: The time since a beginning of the caller's choice.
  mutating func take(at now: Duration) -> Grant {
    let start = max(paid, now)
    let late = start + step - now - burst
    guard late <= .zero else { return .refused(for: late) }
    paid = start + step
    return .granted
  }
}

/// The questions of one workspace, over UDP and TCP alike.
final class QuestionBudget: Sendable {
  private let rate: Mutex<QuestionRate>
  private let start = ContinuousClock.now

  init(_ limits: ServerLimits = ServerLimits()) {
    rate = Mutex(QuestionRate(perSecond: limits.questionsPerSecond, burst: limits.questionsAtOnce))
  }

  /// Asks for one question.
  func take() -> QuestionRate.Grant {
    let now = ContinuousClock.now - start
    return rate.withLock { $0.take(at: now) }
  }

  /// Returns when a question is granted: who speaks TCP can be kept waiting.
  func wait() async throws {
    while case .refused(let rest) = take() { try await Task.sleep(for: rest) }
  }
}

/// What happens with the datagrams of one socket, a turn of the event loop at a time.
///
/// A turn ends after so many datagrams, whether there are more or not, and the loop sees to the other sockets. Where
/// the workspace has asked too much, the socket is then left alone until it may ask again: what comes meanwhile costs
/// the gateway nothing, and the kernel drops what it has no room for.
struct DatagramTurns: Sendable {
  /// What to do when a turn has ended.
  enum Next: Equatable, Sendable {
    case read
    case pause(Duration)
  }

  /// Datagrams in one turn; the channel reads no more at once.
  static let longest = 16
  /// A pause is worth its timer.
  static let shortestPause: Duration = .milliseconds(20)

  private var pause: Duration?

  init() {}

  /// Whether to answer a question; what is not answered is dropped, and its client asks again.
  mutating func arrived(_ grant: QuestionRate.Grant) -> Bool {
    switch grant {
    case .granted: return true
    case .refused(let rest):
      pause = max(rest, Self.shortestPause)
      return false
    }
  }

  /// Ends a turn.
  mutating func ended() -> Next {
    defer { pause = nil }
    return pause.map { .pause($0) } ?? .read
  }
}
