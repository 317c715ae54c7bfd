public import CordonModel
import Synchronization

/// Keeps one record for a decision that a client provokes over and over, and one more for how often.
///
/// A retrying client can ask the same thing hundreds of times a second. The first time is recorded before its
/// answer leaves, like every decision; the repeats within the window share that record, and when the window
/// ends one further record tells their number. Whatever differs in source, resource, outcome or reason is
/// recorded by itself.
public final class RepeatedDecisions: Sendable {
  private struct Key: Hashable {
    var source: DecisionRecord.Source
    var event: [String]
    var resources: [String]
    var details: [String: String]

    init(_ record: DecisionRecord) {
      source = record.source
      event = [
        record.eventSource, record.eventName, record.route ?? "", record.outcome.rawValue, record.control,
        record.reason, record.errorCode ?? "",
      ]
      resources = record.resources
      details = record.details
    }
  }

  private struct Entry {
    var record: DecisionRecord
    var kept: Task<Void, any Error>
    var repeats = 0
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var order: [(key: Key, ends: ContinuousClock.Instant)] = []
    var isSweeping = false
  }

  private let log: any DecisionLog
  private let window: Duration
  private let capacity: Int
  private let state = Mutex(State())

  /// Keeps decisions in `log`.
  ///
  /// - Parameter capacity: Different decisions that are remembered at once; more are recorded one by one.
  public init(log: any DecisionLog, window: Duration = .seconds(1), capacity: Int = 8192) {
    self.log = log
    self.window = window
    self.capacity = capacity
  }

  /// Returns once a durable record stands for the decision; throws where none could be written.
  public func keep(_ record: DecisionRecord) async throws {
    let key = Key(record)
    let pending: (kept: Task<Void, any Error>, isOwn: Bool)? = state.withLock { state in
      if let entry = state.entries[key] {
        state.entries[key]?.repeats += 1
        return (entry.kept, false)
      }
      guard state.entries.count < capacity else { return nil }
      let log = log
      let kept = Task { try await log.append(record) }
      state.entries[key] = Entry(record: record, kept: kept)
      state.order.append((key, .now + window))
      startSweeping(&state)
      return (kept, true)
    }
    guard let pending else { return try await log.append(record) }
    do {
      try await pending.kept.value
    } catch {
      // A record that was not written stands for nothing: the next of its kind must try for itself, and so must
      // those who waited for it, or a budget that refused it would count one of them all.
      state.withLock { state in
        if state.entries[key]?.kept == pending.kept { state.entries.removeValue(forKey: key) }
      }
      if pending.isOwn { throw error }
      try await log.append(record)
    }
  }

  /// Ends every window now and writes what is owed.
  public func flush() async throws {
    for owed in take(endingBefore: nil) { try await log.append(owed) }
  }

  private func startSweeping(_ state: inout State) {
    guard !state.isSweeping else { return }
    state.isSweeping = true
    Task { await sweep() }
  }

  /// Runs while anything is remembered, and not a moment longer.
  private func sweep() async {
    while true {
      try? await Task.sleep(for: window)
      // A ledger that cannot write refuses the next decision by itself; the count alone is not worth a
      // refusal.
      for owed in take(endingBefore: .now) { try? await log.append(owed) }
      let isDone = state.withLock { state in
        if state.order.isEmpty { state.isSweeping = false }
        return state.order.isEmpty
      }
      if isDone { return }
    }
  }

  private func take(endingBefore limit: ContinuousClock.Instant?) -> [DecisionRecord] {
    state.withLock { state in
      let count = limit.map { limit in state.order.prefix { $0.ends <= limit }.count } ?? state.order.count
      let ended = state.order.prefix(count).compactMap { state.entries.removeValue(forKey: $0.key) }
      state.order.removeFirst(count)
      return ended.compactMap(Self.summary)
    }
  }

  private static func summary(_ entry: Entry) -> DecisionRecord? {
    guard entry.repeats > 0 else { return nil }
    var record = entry.record
    record.details["repeats"] = String(entry.repeats)
    return record
  }
}
