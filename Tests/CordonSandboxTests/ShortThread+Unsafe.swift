import Glibc
import Synchronization

/// A thread beside the test: work that blocks must not take one of the few threads that run tests.
final class ShortThread<R: Sendable>: Sendable {
  private let work: @Sendable () throws -> R
  private let result = Mutex<Result<R, any Error>?>(nil)
  private let thread = Mutex<pthread_t>(0)

  /// Starts the work.
  init(_ work: @escaping @Sendable () throws -> R) {
    self.work = work
    let body = Body { self.run() }
    var started = pthread_t()
    // SAFETY: the body is retained for the thread, which releases it.
    unsafe pthread_create(
      &started, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().work()
        return nil
      }, Unmanaged.passRetained(body).toOpaque())
    thread.withLock { $0 = started }
  }

  private func run() {
    let answer = Result { try work() }
    result.withLock { $0 = answer }
  }

  /// Waits until the thread has ended; called once.
  func join() throws -> R {
    pthread_join(thread.withLock { $0 }, nil)
    guard let answer = result.withLock({ $0 }) else { throw CancellationError() }
    return try answer.get()
  }
}

private final class Body {
  let work: () -> Void
  init(_ work: @escaping () -> Void) { self.work = work }
}
