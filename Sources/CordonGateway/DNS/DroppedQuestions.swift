import CordonModel
import Synchronization

/// Counts the questions that a workspace lost, and records their number once an interval.
///
/// None of them was answered or forwarded.
final class DroppedQuestions: Sendable {
  private struct State {
    var count = 0
    var recording: Task<Void, Never>?
  }

  private let state = Mutex(State())
  private let interval: Duration
  private let record: @Sendable (Int) async throws -> Void

  /// - Parameter record: Keeps the number of an interval; where it throws, the number is carried on.
  init(every interval: Duration, _ record: @escaping @Sendable (Int) async throws -> Void) {
    self.interval = interval
    self.record = record
  }

  /// Counts some; the first ones of an interval begin it.
  func note(_ count: Int = 1) {
    guard count > 0 else { return }
    state.withLock { state in
      state.count += count
      guard state.recording == nil else { return }
      state.recording = Task { [interval] in
        try? await Task.sleep(for: interval)
        await self.flush()
      }
    }
  }

  /// Records what is owed, now.
  func flush() async {
    let count = state.withLock { state in
      defer { (state.count, state.recording) = (0, nil) }
      return state.count
    }
    guard count > 0 else { return }
    do {
      try await record(count)
    } catch {
      // Nothing was let through: the number waits for a ledger that can write.
      state.withLock { $0.count += count }
    }
  }
}

extension DNSResponder {
  /// Records that questions were dropped.
  func keepDropped(_ count: Int) async throws {
    var record = gatekeeper.record(
      "ResolveName", service: "dns.cordon", from: source, path: .tunnel, route: "dns-label",
      requestID: RequestID.random(), details: ["dropped": String(count)])
    record.control = "DNS question budget"
    record.reason = "the workspace asks more than it may; these questions were neither answered nor forwarded"
    record.errorCode = "DROPPED"
    try await gatekeeper.keep(record)
  }
}
