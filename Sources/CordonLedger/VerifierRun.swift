import FoundationEssentials
import GRDB

/// One pass over a ledger's records with everything that must be true at some of them.
struct VerifierRun {
  private struct Mark {
    var hash: LedgerHash
    var problem: LedgerProblem
  }

  private let identity: LedgerIdentity
  private var marks: [Int64: [Mark]] = [:]
  private(set) var result: LedgerVerification

  init(identity: LedgerIdentity, result: LedgerVerification) {
    self.identity = identity
    self.result = result
  }

  /// Asks that the chain has this hash at this position.
  mutating func mark(_ position: LedgerPosition, problem: LedgerProblem) {
    guard position.sequence > 0 else {
      if position.hash != identity.start { result.report(problem) }
      return
    }
    marks[position.sequence, default: []].append(Mark(hash: position.hash, problem: problem))
  }

  mutating func mark(_ seal: LedgerSeal, problem: LedgerProblem) {
    mark(LedgerPosition(sequence: seal.count, hash: seal.hash), problem: problem)
  }

  /// The record's columns, then its checkpoint's, then whether the selecting columns say what the text says.
  private static let sql = """
    SELECT r.n, r.prev, r.hash, r.body, c.n, c.hash, c.time, c.signature,
      CASE WHEN json_valid(r.body) THEN
        json_extract(r.body, '$.eventName') IS r.event
        AND json_extract(r.body, '$.eventTime') IS strftime('%Y-%m-%dT%H:%M:%fZ', r.time / 1000.0, 'unixepoch')
        AND json_extract(r.body, '$.additionalEventData.outcome') IS r.outcome
        AND json_extract(r.body, '$.additionalEventData.egressPath') IS r.path
        AND json_extract(r.body, '$.additionalEventData.route') IS r.route
        AND json_extract(r.body, '$.additionalEventData.workspace') IS r.workspace
      ELSE 0 END
    FROM records r LEFT JOIN checkpoints c ON c.n = r.n ORDER BY r.n
    """

  mutating func walk(_ database: Database) throws {
    var chain = ChainWalk(expected: 1, previous: identity.start)
    let rows = try Row.fetchCursor(database, sql: Self.sql)
    while let row = try rows.next() {
      for problem in chain.step(row) { result.report(problem) }
      let sequence = chain.expected &- 1
      result.count += 1
      result.end = LedgerPosition(sequence: sequence, hash: chain.previous)
      if row.integer(8) != 1 { result.report(.columnsDiffer(sequence: sequence)) }
      checkCheckpoint(row, at: sequence, hash: chain.previous)
      checkMarks(at: sequence, hash: chain.previous)
      if result.problemCount == 0 { result.lastGood = sequence }
    }
    for problem in marks.values.joined().map(\.problem) {
      if case .anchorMissing = problem { result.report(problem) }
    }
  }

  private mutating func checkCheckpoint(_ row: Row, at sequence: Int64, hash: LedgerHash) {
    guard row.integer(4) != nil else { return }
    result.checkpoints += 1
    let columns: Row = [
      "n": row.integer(4), "hash": row.data(5), "time": row.integer(6), "signature": row.data(7),
    ]
    guard let seal = LedgerSeal(row: columns, ledger: identity.id), seal.hash == hash,
      seal.isSigned(by: identity.publicKey)
    else { return result.report(.checkpointInvalid(sequence: sequence)) }
    vouch(seal)
  }

  private mutating func checkMarks(at sequence: Int64, hash: LedgerHash) {
    for mark in marks.removeValue(forKey: sequence) ?? [] where mark.hash != hash {
      result.report(mark.problem)
    }
  }

  private mutating func vouch(_ seal: LedgerSeal) {
    result.signedThrough = max(result.signedThrough, seal.count)
    result.signedAt = max(result.signedAt ?? .distantPast, seal.time.date)
  }

  // MARK: What is signed must be there

  mutating func checkHeads(_ database: Database, headFile: HeadFile.Content?) throws {
    let end = result.end ?? LedgerPosition(sequence: 0, hash: identity.start)
    if let head = try LedgerTables.head(database, ledger: identity.id) {
      check(head, end: end, isExact: true)
    } else {
      result.report(.headMissing)
    }
    if let checkpoint = try LedgerTables.lastCheckpoint(database, ledger: identity.id),
      checkpoint.count > end.sequence
    {
      result.report(.truncated(last: end.sequence, head: checkpoint.count))
    }
    guard let headFile else { return result.report(.headMissing) }
    if headFile.hasDamagedSlot { result.report(.headDamaged) }
    if let newest = headFile.newest { check(newest, end: end, isExact: false) }
  }

  /// - Parameter isExact: The head in the database is committed with its records; the head file may lag behind.
  private mutating func check(_ seal: LedgerSeal, end: LedgerPosition, isExact: Bool) {
    guard seal.ledger == identity.id, seal.isSigned(by: identity.publicKey) else {
      return result.report(.headInvalid(sequence: seal.count))
    }
    if seal.count > end.sequence {
      return result.report(.truncated(last: end.sequence, head: seal.count))
    }
    if isExact, LedgerPosition(sequence: seal.count, hash: seal.hash) != end {
      return result.report(.headInvalid(sequence: seal.count))
    }
    vouch(seal)
  }
}
