import Synchronization

/// Something that a test waits for instead of sleeping.
struct Signal: Sendable {
  struct NeverRaised: Error {}

  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func raise() { continuation.yield() }

  /// Returns when the signal was raised once more. One task waits at a time.
  func first() async throws {
    for await _ in stream { return }
    throw NeverRaised()
  }
}

/// Holds everybody who comes until it is opened, once and for all.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func pass() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }
}
