import Dispatch
import Synchronization

/// Where passwords are hashed: a few at a time, a few waiting, and everybody else is sent away at once.
///
/// A hash takes 128 MiB and a third of a second on purpose. Without this bound fifty strangers a second would have the
/// machine; with it they have their share of a short queue, and browsers that are known go first.
final class HashingDesk: Sendable {
  private struct State {
    var running = 0
    /// Queues that nothing runs on.
    var free: [Int]
    var known: [CheckedContinuation<Bool, Never>] = []
    var strangers: [CheckedContinuation<Bool, Never>] = []
  }

  private let state: Mutex<State>
  /// Serial queues have threads of their own; a concurrent one would take those that tasks run on, one a core.
  private let queues: [DispatchQueue]
  private let atOnce: Int
  private let waiting: Int
  private let reserved: Int

  /// - Parameters:
  ///   - atOnce: How many are hashed at the same time.
  ///   - waiting: How many more may wait.
  ///   - reserved: How many of those places only known browsers get.
  init(atOnce: Int = 2, waiting: Int = 16, reserved: Int = 6) {
    state = Mutex(State(free: Array(0..<atOnce)))
    queues = (0..<atOnce).map { DispatchQueue(label: "cordon.identity.hashing.\($0)") }
    self.atOnce = atOnce
    self.waiting = waiting
    self.reserved = reserved
  }

  /// Runs `work` on a thread of its own; nil, at once, where the queue is full.
  func run<Result: Sendable>(
    isKnown: Bool, _ work: @escaping @Sendable () -> Result
  ) async -> Result? {
    guard await enter(isKnown: isKnown) else { return nil }
    // As many queues as may run at once: whoever is let in finds a free one.
    guard let index = state.withLock({ $0.free.popLast() }) else { return nil }
    defer { leave(index) }
    return await withCheckedContinuation { done in
      queues[index].async { done.resume(returning: work()) }
    }
  }

  /// How many are hashed and how many wait.
  var load: (running: Int, waiting: Int) {
    state.withLock { ($0.running, $0.known.count + $0.strangers.count) }
  }

  private enum Place { case now, later, none }

  private func enter(isKnown: Bool) async -> Bool {
    await withCheckedContinuation { turn in
      let place = state.withLock { state -> Place in
        if state.running < atOnce {
          state.running += 1
          return .now
        }
        let isFull =
          isKnown
          ? state.known.count + state.strangers.count >= waiting
          : state.strangers.count >= waiting - reserved
        guard !isFull else { return .none }
        if isKnown { state.known.append(turn) } else { state.strangers.append(turn) }
        return .later
      }
      if place != .later { turn.resume(returning: place == .now) }
    }
  }

  private func leave(_ index: Int) {
    let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      state.free.append(index)
      if !state.known.isEmpty { return state.known.removeFirst() }
      if !state.strangers.isEmpty { return state.strangers.removeFirst() }
      state.running -= 1
      return nil
    }
    next?.resume(returning: true)
  }
}
