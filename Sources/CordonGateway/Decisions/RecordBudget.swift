public import CordonModel
import Synchronization

/// Bounds how many records a workspace causes, so that none fills the ledger's disk or keeps the others' decisions
/// waiting.
///
/// A workspace has a token bucket. Above it, its requests are refused without a record of their own: one record says at
/// once that it began, and one at the end of each interval how many more there were, so that each refused request is
/// counted in exactly one record. What has no workspace, the operator's acts, has no budget.
public final class RecordBudget: DecisionLog {
  /// How many records a workspace may cause.
  public struct Rate: Sendable {
    /// Records a second, for as long as one likes.
    public var sustained: Double
    /// Records at once, after a pause.
    public var burst: Double

    /// A rate with a burst.
    public init(sustained: Double, burst: Double) {
      self.sustained = sustained
      self.burst = burst
    }

    /// What honest work does not come near: a record has about a kibibyte.
    public static let usual = Rate(sustained: 500, burst: 100_000)
    /// While the disk is nearly full.
    public static let scarce = Rate(sustained: 5, burst: 100)
  }

  private struct Key: Hashable {
    var project: Slug
    var workspace: Slug
  }

  private struct Bucket {
    var tokens: Double
    var filled: ContinuousClock.Instant
    /// The record that says that the refusals began; nil while there are none.
    var began: Task<Void, any Error>?
    /// Refused since, and not in any record yet.
    var uncounted = 0
    var source: SourcePosition
  }

  private struct State {
    var buckets: [Key: Bucket] = [:]
    var isCounting = false
  }

  /// A record of more bytes costs more than one token.
  private static let bytesPerToken = 1_024

  private let log: any DecisionLog
  private let usual: Rate
  private let scarce: Rate
  private let interval: Duration
  private let isScarce: @Sendable () -> Bool
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  /// Keeps decisions in `log`.
  ///
  /// - Parameters:
  ///   - interval: How often the refused requests are counted.
  ///   - isScarce: Whether the disk is nearly full.
  public init(
    log: any DecisionLog, usual: Rate = .usual, scarce: Rate = .scarce, interval: Duration = .seconds(10),
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    isScarce: @escaping @Sendable () -> Bool = { false }
  ) {
    self.log = log
    self.usual = usual
    self.scarce = scarce
    self.interval = interval
    self.now = now
    self.isScarce = isScarce
  }

  /// Keeps the record, or refuses the request that it is about.
  public func append(_ record: DecisionRecord) async throws {
    guard let source = record.source.door else { return try await log.append(record) }
    // That a request was refused for the budget is in the count already.
    guard record.errorCode != Refusal.tooManyRecords.id else { return }
    let key = Key(project: source.project, workspace: source.workspace)
    let least = Self.cost(ofBytes: Self.leastBytes(of: record))
    let refusing: Task<Void, any Error>? = state.withLock { state in
      let rate = isScarce() ? scarce : usual
      var bucket = refilled(
        state.buckets[key] ?? Bucket(tokens: rate.burst, filled: now(), source: source), at: rate)
      defer { state.buckets[key] = bucket }
      guard bucket.tokens <= 0 else {
        // At once, so that requests at the same time do not pass together; the rest once the record is written.
        bucket.tokens -= least
        return nil
      }
      if let began = bucket.began {
        bucket.uncounted += 1
        return began
      }
      let (log, first) = (log, Self.summary(1, source, details: record.details["action"]))
      let began = Task { try await log.append(first) }
      bucket.began = began
      startCounting(&state)
      return began
    }
    guard let refusing else {
      let bytes = try await log.appendCounted(record) ?? 0
      let rest = max(0, Self.cost(ofBytes: bytes) - least)
      return state.withLock { $0.buckets[key]?.tokens -= rest }
    }
    try await refusing.value
    throw Refusal.tooManyRecords
  }

  /// Records how many requests were refused since the last count.
  public func flush() async throws {
    var failure: (any Error)?
    for (key, count, source) in owed() {
      do { try await log.append(Self.summary(count, source)) } catch {
        // Not counted yet: the next count has them too.
        state.withLock { $0.buckets[key]?.uncounted += count }
        failure = error
      }
    }
    if let failure { throw failure }
  }

  private func refilled(_ bucket: Bucket, at rate: Rate) -> Bucket {
    var bucket = bucket
    let time = now()
    let seconds = bucket.filled.duration(to: time) / .seconds(1)
    bucket.tokens = min(rate.burst, bucket.tokens + max(0, seconds) * rate.sustained)
    bucket.filled = time
    return bucket
  }

  private static func cost(ofBytes bytes: Int) -> Double { Double(1 + bytes / bytesPerToken) }

  /// What a record takes before anything of it is escaped: the ledger writes six bytes for some that a client can send.
  private static func leastBytes(of record: DecisionRecord) -> Int {
    record.resources.reduce(0) { $0 + $1.utf8.count } + record.reason.utf8.count
      + record.details.reduce(0) { $0 + $1.value.utf8.count }
  }

  private static func summary(
    _ count: Int, _ source: SourcePosition, details action: String? = nil
  ) -> DecisionRecord {
    var details = ["refused": String(count)]
    details["action"] = action
    return DecisionRecord(
      eventSource: "ledger.cordon", eventName: "ExceedRecordBudget", source: source, outcome: .denied,
      control: Refusal.tooManyRecords.control, reason: Refusal.tooManyRecords.explanation,
      errorCode: Refusal.tooManyRecords.id, requestID: RequestID.random(), details: details)
  }

  // MARK: Counting

  private func startCounting(_ state: inout State) {
    guard !state.isCounting else { return }
    state.isCounting = true
    Task { await count() }
  }

  /// Runs while anybody is refused, and not a moment longer.
  private func count() async {
    while true {
      try? await Task.sleep(for: interval)
      try? await flush()
      let isDone = state.withLock { state in
        state.isCounting = state.buckets.contains { $0.value.began != nil }
        return !state.isCounting
      }
      if isDone { return }
    }
  }

  /// What no record says yet. A workspace without refusals since the last count begins anew.
  private func owed() -> [(Key, Int, SourcePosition)] {
    state.withLock { state in
      var owed: [(Key, Int, SourcePosition)] = []
      for (key, bucket) in state.buckets where bucket.began != nil {
        if bucket.uncounted > 0 { owed.append((key, bucket.uncounted, bucket.source)) }
        if bucket.uncounted == 0 { state.buckets[key]?.began = nil }
        state.buckets[key]?.uncounted = 0
      }
      return owed
    }
  }
}

extension Refusal {
  /// A workspace that asks for more than can be recorded. The status is one that clients try again after a pause.
  static let tooManyRecords = Refusal(
    id: "record-budget", status: 503, control: "record budget",
    explanation: "the workspace makes more requests than can be recorded",
    advice: "make fewer requests, or larger ones, and try again in some seconds")
}
