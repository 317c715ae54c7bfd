import Dispatch
import Synchronization

extension Array where Element: Sendable {
  /// What `work` makes of each element, in their order, whoever is done first: up to `workers` of them at a time, and no more
  /// than the machine has processors.
  public func inParallel<Result: Sendable>(
    workers: Int = .max, _ work: @Sendable (Element) -> Result
  ) -> [Result] {
    let next = Mutex(0)
    let results = Mutex<[Result?]>([Result?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: Swift.max(1, Swift.min(workers, count))) { _ in
      while true {
        let place = next.withLock { place in
          defer { place += 1 }
          return place
        }
        guard place < count else { return }
        let result = work(self[place])
        results.withLock { $0[place] = result }
      }
    }
    return results.withLock { $0.compactMap(\.self) }
  }
}
