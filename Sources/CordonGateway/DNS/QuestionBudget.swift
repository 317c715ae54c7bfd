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

  /// How long it takes until so many are granted at once, or as many as ever are; nil where they are granted now.
  func rest(before count: Int, at now: Duration) -> Duration? {
    let late = max(paid, now) + min(step * count, burst) - now - burst
    return late > .zero ? late : nil
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

  /// How long it takes until so many questions are granted at once.
  func rest(before count: Int) -> Duration? {
    let now = ContinuousClock.now - start
    return rate.withLock { $0.rest(before: count, at: now) }
  }

  /// Returns when a question is granted: who speaks TCP can be kept waiting.
  func wait() async throws {
    while case .refused(let rest) = take() { try await Task.sleep(for: rest) }
  }
}

/// What happens with the datagrams of one socket, a turn of the event loop at a time.
///
/// A turn ends after so many datagrams, whether there are more or not, and the loop sees to the other sockets. Where
/// the workspace may not ask as much as a further turn reads, the socket is left alone until it may: what comes
/// meanwhile waits in the kernel and costs the gateway nothing. An honest burst is answered a little later; of a flood
/// the kernel drops what it has no room for, and counts it.
struct DatagramTurns: Sendable {
  /// What to do when a turn has ended.
  enum Next: Equatable, Sendable {
    case read
    case pause(Duration)
  }

  /// Datagrams in one turn; the channel reads no more at once.
  static let longest = 16
  /// A pause is worth its timer.
  static let shortestPause: Duration = .milliseconds(5)

  /// What comes after a turn, with so long to wait until a whole one is granted.
  static func next(after rest: Duration?) -> Next { rest.map { .pause(max($0, shortestPause)) } ?? .read }
}
