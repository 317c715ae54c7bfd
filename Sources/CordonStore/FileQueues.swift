import Dispatch
import Synchronization

/// A few threads for work on files, so that a slow disk holds up no thread that tasks run on.
final class FileQueues: Sendable {
  private let queues: [DispatchQueue]
  private let loads: Mutex<[Int]>

  init(count: Int) {
    queues = (0..<max(1, count)).map { DispatchQueue(label: "cordon.store.files.\($0)") }
    loads = Mutex(Array(repeating: 0, count: max(1, count)))
  }

  /// Runs `work` on the queue with the least to do.
  func run<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
  ) async throws(StoreError) -> Result {
    let index = claim()
    let result: Swift.Result<Result, StoreError> = await withCheckedContinuation { done in
      queues[index].async { [self] in
        let result = Swift.Result(catching: work).mapError(StoreError.init(of:))
        loads.withLock { $0[index] -= 1 }
        done.resume(returning: result)
      }
    }
    return try result.get()
  }

  /// Runs `work` some time later; nobody waits for it.
  func later(_ work: @escaping @Sendable () -> Void) {
    let index = claim()
    queues[index].async { [self] in
      work()
      loads.withLock { $0[index] -= 1 }
    }
  }

  private func claim() -> Int {
    loads.withLock { loads in
      let index = loads.indices.min { loads[$0] < loads[$1] } ?? 0
      loads[index] += 1
      return index
    }
  }
}
