import Synchronization

/// How many bytes of answers one workspace may have in the gateway's memory: made, and not yet taken by the kernel.
///
/// A client that asks and does not read keeps what was made for it in memory. So what makes a large answer reserves its
/// bytes first, makes it piece by piece, and gives them back when they are written. A workspace that reads nothing
/// waits for itself; no other one notices.
///
/// INVARIANT: whoever waits holds nothing, so that those who hold can always finish.
public final class AnswerAllowance: Sendable {
  /// There was no room for as long as somebody may wait.
  struct Exhausted: Error, Equatable {}

  private struct Waiter {
    var continuation: CheckedContinuation<Bool, Never>
    var timer: Task<Void, Never>?
  }

  private struct State {
    var queue: AnswerQueue
    var waiters: [UInt64: Waiter] = [:]

    mutating func wake(_ numbers: [UInt64]) -> [Waiter] {
      numbers.compactMap { waiters.removeValue(forKey: $0) }
    }
  }

  private let state: Mutex<State>
  private let patience: Duration

  /// The allowance of one workspace.
  public init(_ limits: ServerLimits = ServerLimits()) {
    state = Mutex(State(queue: AnswerQueue(limit: limits.unwrittenBytes)))
    patience = limits.answerPatience
  }

  /// Reserves bytes, and waits for them where the workspace has too many unread.
  func reserve(_ bytes: Int) async throws(Exhausted) -> AnswerLease {
    let isGranted = await withCheckedContinuation { continuation in
      let turn = state.withLock { state in
        let turn = state.queue.reserve(bytes)
        if case .waits(let number) = turn { state.waiters[number] = Waiter(continuation: continuation) }
        return turn
      }
      switch turn {
      case .granted: continuation.resume(returning: true)
      case .waits(let number): limitWait(of: number)
      }
    }
    guard isGranted else { throw Exhausted() }
    return lease(bytes)
  }

  /// Reserves bytes of an answer that is made already; nil where there is no room.
  func reserveNow(_ bytes: Int) -> AnswerLease? {
    state.withLock { $0.queue.reserveNow(bytes) } ? lease(bytes) : nil
  }

  /// What is reserved now, the most that ever was, and how many wait.
  var usage: (held: Int, peak: Int, waiting: Int) {
    state.withLock { ($0.queue.held, $0.queue.peak, $0.queue.waitingCount) }
  }

  private func lease(_ bytes: Int) -> AnswerLease {
    AnswerLease(bytes: state.withLock { $0.queue.clamped(bytes) }, of: self)
  }

  fileprivate func release(_ bytes: Int) {
    guard bytes > 0 else { return }
    let next = state.withLock { state in state.wake(state.queue.release(bytes)) }
    Self.resume(next)
  }

  private func limitWait(of number: UInt64) {
    let timer = Task { [patience] in
      try? await Task.sleep(for: patience)
      self.giveUp(number)
    }
    let waits = state.withLock { state in
      state.waiters[number]?.timer = timer
      return state.waiters[number] != nil
    }
    if !waits { timer.cancel() }
  }

  private func giveUp(_ number: UInt64) {
    let (late, next): (Waiter?, [Waiter]) = state.withLock { state in
      let outcome = state.queue.giveUp(number)
      guard outcome.waited else { return (nil, []) }
      return (state.waiters.removeValue(forKey: number), state.wake(outcome.next))
    }
    late?.continuation.resume(returning: false)
    Self.resume(next)
  }

  private static func resume(_ waiters: [Waiter]) {
    for waiter in waiters {
      waiter.timer?.cancel()
      waiter.continuation.resume(returning: true)
    }
  }
}

/// Bytes of an answer that are reserved until they are written, or forgotten.
final class AnswerLease: Sendable {
  private let bytes: Mutex<Int>
  private let allowance: AnswerAllowance

  fileprivate init(bytes: Int, of allowance: AnswerAllowance) {
    self.bytes = Mutex(bytes)
    self.allowance = allowance
  }

  /// Gives back what turned out not to be needed.
  func shrink(to count: Int) {
    let spare = bytes.withLock { bytes in
      let spare = max(0, bytes - max(0, count))
      bytes -= spare
      return spare
    }
    allowance.release(spare)
  }

  /// Gives everything back.
  func end() { shrink(to: 0) }

  deinit { end() }
}
