import CordonModel
import Synchronization

@testable import CordonGateway

/// Keeps decisions for a test to look at, and can be made to fail as a full disk would.
final class InMemoryDecisionLog: DecisionLog {
  struct Unwritable: Error {}

  private struct State {
    var records: [DecisionRecord] = []
    var isFailing = false
    var bytes: Int?
    var waiting: [(event: String, continuation: CheckedContinuation<DecisionRecord, Never>)] = []
  }

  private let state = Mutex(State())

  var records: [DecisionRecord] { state.withLock { $0.records } }

  func fail(_ fails: Bool = true) { state.withLock { $0.isFailing = fails } }

  func append(_ record: DecisionRecord) async throws {
    let waiting = try state.withLock { state in
      guard !state.isFailing else { throw Unwritable() }
      state.records.append(record)
      defer { state.waiting.removeAll { $0.event == record.eventName } }
      return state.waiting.filter { $0.event == record.eventName }.map(\.continuation)
    }
    for continuation in waiting { continuation.resume(returning: record) }
  }

  /// What the log says that each record takes.
  func count(_ bytes: Int?) { state.withLock { $0.bytes = bytes } }

  func appendCounted(_ record: DecisionRecord) async throws -> Int? {
    try await append(record)
    return state.withLock { $0.bytes }
  }

  /// The first record of an event, as soon as there is one.
  func first(_ event: String) async -> DecisionRecord? {
    await withCheckedContinuation { continuation in
      let record = state.withLock { state in
        let record = state.records.first { $0.eventName == event }
        if record == nil { state.waiting.append((event, continuation)) }
        return record
      }
      if let record { continuation.resume(returning: record) }
    }
  }

  /// Outcomes and error codes of one kind of event, e.g. `denied server-name-mismatch`.
  func verdicts(_ event: String) -> [String] {
    records.filter { $0.eventName == event }.map { record in
      [record.outcome.rawValue, record.errorCode].compactMap { $0 }.joined(separator: " ")
    }
  }
}
