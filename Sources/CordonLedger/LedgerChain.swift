import CordonLinux
import GRDB
import Glibc
import Synchronization

/// The end of the chain, and the only connection that lengthens it.
final class LedgerChain: Sendable {
  private struct End {
    var head: LedgerSeal
    var lastCheckpoint: Int64
    /// Which slot of the head file comes next.
    var turn = 0
  }

  private let lock: DurableFile
  let queue: DatabaseQueue
  private let headFile: HeadFile
  private let key: SigningKey
  private let ledger: [UInt8]
  private let checkpointEvery: Int64
  /// Held for as long as a commit takes; only the database's own queue waits for it.
  private let end: Mutex<End>
  private let committed: Mutex<LedgerPosition>
  let keyID: String
  let reserve: LedgerReserve

  init(_ opened: LedgerOpening.Opened, checkpointEvery: Int64, reserve: LedgerReserve) {
    self.reserve = reserve
    lock = opened.lock
    queue = opened.queue
    headFile = opened.headFile
    key = opened.key
    ledger = opened.identity.id
    keyID = opened.key.verifying.id
    self.checkpointEvery = max(1, checkpointEvery)
    end = Mutex(End(head: opened.head, lastCheckpoint: opened.lastCheckpoint))
    committed = Mutex(LedgerPosition(sequence: opened.head.count, hash: opened.head.hash))
  }

  /// The last committed record.
  var position: LedgerPosition { committed.withLock { $0 } }

  /// Runs work on the database's own serial queue, off the threads that tasks run on.
  func schedule(_ work: @escaping @Sendable (Database) -> Void) {
    queue.asyncWriteWithoutTransaction(work)
  }

  /// Writes records in one transaction, then the head file; on failure none of them is to be acted upon.
  func commit(_ records: [RecordText], in database: Database) -> Result<[LedgerPosition], LedgerError> {
    end.withLock { end in
      Self.mapped {
        let isOperator = records.allSatisfy(\.isOperator)
        let (positions, next) = try onFullDisk(forOperator: isOperator) { () throws in
          var next = end
          var positions: [LedgerPosition] = []
          try database.inTransaction(.immediate) {
            positions = try add(records, to: &next, in: database)
            return .commit
          }
          return (positions, next)
        }
        // From here on the records are durable, even if the head file cannot follow.
        end = next
        if let last = positions.last { committed.withLock { $0 = last } }
        let (head, turn) = (end.head, end.turn)
        try onFullDisk(forOperator: isOperator) { try headFile.write(head, keyID: keyID, turn: turn) }
        end.turn &+= 1
        reserve.refill()
        return positions
      }
    }
  }

  /// Tries again for as long as the disk is full and the reserve has something to give back.
  private func onFullDisk<Value>(forOperator isOperator: Bool, _ body: () throws -> Value) throws -> Value {
    while true {
      do { return try body() } catch {
        guard Self.isFull(error), reserve.release(forOperator: isOperator) else { throw error }
      }
    }
  }

  private static func isFull(_ error: any Error) -> Bool {
    if let error = error as? DatabaseError { return error.resultCode == .SQLITE_FULL }
    return (error as? FileError).map { [ENOSPC, EDQUOT].contains($0.code) } ?? false
  }

  private func add(
    _ records: [RecordText], to end: inout End, in database: Database
  ) throws -> [LedgerPosition] {
    guard let time = records.last?.time else { return [] }
    guard try LedgerTables.head(database, ledger: ledger) == end.head else {
      throw LedgerError.commitFailed(why: "the ledger's head was changed by another program")
    }
    var positions: [LedgerPosition] = []
    positions.reserveCapacity(records.count)
    var last = LedgerPosition(sequence: end.head.count, hash: end.head.hash)
    for record in records {
      let sequence = last.sequence + 1
      let hash = HashChain.next(sequence, after: last.hash, body: record.body)
      try LedgerTables.add(database, record, sequence: sequence, after: last.hash, hash: hash)
      last = LedgerPosition(sequence: sequence, hash: hash)
      positions.append(last)
    }
    end.head = try LedgerSeal(ledger: ledger, count: last.sequence, hash: last.hash, time: time, key: key)
    try LedgerTables.setHead(database, to: end.head)
    if last.sequence - end.lastCheckpoint >= checkpointEvery {
      try LedgerTables.addCheckpoint(database, end.head)
      end.lastCheckpoint = last.sequence
    }
    return positions
  }

  /// Signs what is there, empties the write-ahead log into the database file, and closes it.
  func close(at time: EventTime) async -> Result<Void, LedgerError> {
    let sealed: Result<Void, LedgerError> = await withCheckedContinuation { done in
      schedule { [self] database in
        done.resume(returning: end.withLock { end in Self.mapped { try seal(&end, at: time, in: database) } })
      }
    }
    // Also a ledger that could not be sealed lets go of its folder: its head says how far it got.
    let closed = Self.mapped { try queue.close() }
    lock.unlock()
    return sealed.flatMap { closed }
  }

  private func seal(_ end: inout End, at time: EventTime, in database: Database) throws {
    if end.head.count > end.lastCheckpoint {
      end.head = try LedgerSeal(
        ledger: ledger, count: end.head.count, hash: end.head.hash, time: time, key: key)
      try database.inTransaction(.immediate) {
        try LedgerTables.setHead(database, to: end.head)
        try LedgerTables.addCheckpoint(database, end.head)
        return .commit
      }
      end.lastCheckpoint = end.head.count
    }
    try headFile.start(end.head, keyID: keyID)
    // A reader in another process may hold this up; the write-ahead log then stays, and nothing is lost.
    _ = try? database.checkpoint(.truncate)
  }

  private static func mapped<Value>(_ body: () throws -> Value) -> Result<Value, LedgerError> {
    Result(catching: body).mapError { error in
      error as? LedgerError ?? .commitFailed(why: reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DatabaseError else { return "\(error)" }
    return error.message ?? "\(error.resultCode)"
  }
}
