import GRDB

/// How the ledger's database is opened.
enum LedgerConnection {
  /// The only writing connection: write-ahead log, and every commit waits for the disk (`synchronous = FULL`).
  static func writer(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.label = "cordon.ledger.writer"
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(1)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.writeWithoutTransaction { database in
      // GRDB lowers this to NORMAL when it switches to the write-ahead log; NORMAL may lose the last commits.
      try database.execute(sql: "PRAGMA synchronous = FULL")
      let level = try Int.fetchOne(database, sql: "PRAGMA synchronous")
      let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode")
      guard level == 2, journal == "wal" else {
        throw DatabaseError(message: "durable commits are not available (\(journal ?? "-"), \(level ?? -1))")
      }
    }
    return queue
  }

  /// A connection that sees one consistent state and blocks nobody.
  static func reader(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.label = "cordon.ledger.reader"
    configuration.readonly = true
    configuration.busyMode = .timeout(2)
    return try DatabaseQueue(path: path, configuration: configuration)
  }
}
