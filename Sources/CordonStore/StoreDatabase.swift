import FoundationEssentials
import GRDB
import Synchronization

/// The store's metadata: one writer whose commits are shared, and readers beside it that each see one state.
final class StoreDatabase: Sendable {
  /// Tells whoever waits for a change how the commit went.
  private typealias Telling = @Sendable ((any Error)?) -> Void

  private struct Change: Sendable {
    /// Applies the change and gives back who is to be told once the commit is known to have succeeded or failed.
    var apply: @Sendable (Database) -> Telling
    /// Tells that the change was not even tried.
    var refuse: @Sendable (any Error) -> Void
  }

  private struct State {
    var waiting: [Change] = []
    var isWriting = false
  }

  private static let largestBatch = 256

  let pool: DatabasePool
  private let state = Mutex(State())

  /// Opens the database, or makes it. Every commit waits for the disk (`synchronous = FULL`).
  init(_ path: String) throws {
    var configuration = Configuration()
    configuration.label = "cordon.store"
    configuration.busyMode = .timeout(1)
    configuration.maximumReaderCount = 4
    pool = try DatabasePool(path: path, configuration: configuration)
    try pool.writeWithoutTransaction { database in
      // GRDB lowers this to NORMAL when it switches to the write-ahead log; NORMAL may lose the last commits.
      try database.execute(sql: "PRAGMA synchronous = FULL")
      let level = try Int.fetchOne(database, sql: "PRAGMA synchronous")
      guard level == 2 else { throw StoreError.unreadable("durable commits are not available") }
      let answer = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
      guard answer == "ok" else { throw StoreError.damaged("the store's database (\(answer))") }
    }
  }

  /// Reads one consistent state.
  func read<Result: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Result
  ) async throws(StoreError) -> Result {
    let result: Swift.Result<Result, StoreError> = await withCheckedContinuation { done in
      pool.asyncRead { database in
        done.resume(
          returning: Swift.Result { try body(try database.get()) }.mapError(StoreError.init(of:)))
      }
    }
    return try result.get()
  }

  /// Applies `change` whole or not at all, and returns once it is durable.
  ///
  /// Changes that arrive while a commit is under way share the next one, each in a savepoint of its own, so that
  /// one that fails undoes itself only.
  ///
  /// - Parameter committed: Called in the order of the commits, before the next change is looked at.
  func commit<Result: Sendable>(
    _ change: @escaping @Sendable (Database) throws -> Result,
    committed: @escaping @Sendable (Result) -> Void = { _ in }
  ) async throws(StoreError) -> Result {
    let result: Swift.Result<Result, StoreError> = await withCheckedContinuation { done in
      let apply: @Sendable (Database) -> Telling = { database in
        let own = Swift.Result { try Self.inSavepoint(database, change) }.mapError(StoreError.init(of:))
        return { failure in
          if failure == nil, case .success(let result) = own { committed(result) }
          done.resume(returning: failure.map { .failure(StoreError(of: $0)) } ?? own)
        }
      }
      enqueue(Change(apply: apply, refuse: { done.resume(returning: .failure(StoreError(of: $0))) }))
    }
    return try result.get()
  }

  private static func inSavepoint<Result>(
    _ database: Database, _ change: (Database) throws -> Result
  ) throws -> Result {
    var result: Result?
    try database.inSavepoint {
      result = try change(database)
      return .commit
    }
    guard let result else { throw StoreError.unreadable("a change of the database came to nothing") }
    return result
  }

  // MARK: Group commit

  private func enqueue(_ change: Change) {
    let mustStart = state.withLock { state in
      state.waiting.append(change)
      defer { state.isWriting = true }
      return !state.isWriting
    }
    if mustStart { pool.asyncWriteWithoutTransaction { [self] in writeAll($0) } }
  }

  private func writeAll(_ database: Database) {
    while let batch = nextBatch() {
      var told: [Telling] = []
      var failure: (any Error)?
      do {
        try database.inTransaction(.immediate) {
          for change in batch {
            told.append(change.apply(database))
            // A full disk makes SQLite undo the whole transaction, not only the savepoint.
            guard database.isInsideTransaction else { throw StoreError.noSpace }
          }
          return .commit
        }
      } catch {
        failure = error
        for change in batch.dropFirst(told.count) { change.refuse(error) }
      }
      for tell in told { tell(failure) }
    }
  }

  private func nextBatch() -> [Change]? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.isWriting = false
        return nil
      }
      let batch = Array(state.waiting.prefix(Self.largestBatch))
      state.waiting.removeFirst(batch.count)
      return batch
    }
  }
}
