import Foundation
import Synchronization

/// Asynchronous work for the control socket's threads, which are not tasks.
enum Blocking {
  /// Runs `work` in a task and waits for it on this thread.
  static func wait<Result: Sendable>(
    _ work: @escaping @Sendable () async throws -> Result
  ) throws -> Result {
    let done = DispatchSemaphore(value: 0)
    let box = Box<Result>()
    Task {
      let outcome: Swift.Result<Result, any Error>
      do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
      box.outcome.withLock { $0 = outcome }
      done.signal()
    }
    done.wait()
    guard let outcome = box.outcome.withLock({ $0 }) else {
      preconditionFailure("the semaphore is signalled once the outcome is there")
    }
    return try outcome.get()
  }

  private final class Box<Value: Sendable>: Sendable {
    let outcome = Mutex<Result<Value, any Error>?>(nil)
  }
}
