import FoundationEssentials
import GRDB

/// The ledger's tables, and every statement that touches them in more than one place.
enum LedgerTables {
  /// `STRICT` keeps a stored type what it is; the triggers keep an honest program from rewriting history. Neither
  /// stops who can write the file: the hashes and signatures tell of that.
  static let schema = """
    CREATE TABLE ledger (
      one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL, id BLOB NOT NULL, public_key BLOB NOT NULL,
      created INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE head (
      one INTEGER PRIMARY KEY CHECK (one = 1), n INTEGER NOT NULL, hash BLOB NOT NULL, time INTEGER NOT NULL,
      signature BLOB NOT NULL
    ) STRICT;
    CREATE TABLE records (
      n INTEGER PRIMARY KEY, time INTEGER NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL, body TEXT NOT NULL,
      event TEXT NOT NULL, outcome TEXT NOT NULL, path TEXT, route TEXT, workspace TEXT
    ) STRICT;
    CREATE TABLE checkpoints (
      n INTEGER PRIMARY KEY, hash BLOB NOT NULL, time INTEGER NOT NULL, signature BLOB NOT NULL
    ) STRICT;
    CREATE INDEX records_time ON records (time);
    CREATE INDEX records_denied ON records (path, route, time) WHERE outcome = 'denied';
    CREATE TRIGGER records_unchanged BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'append-only'); END;
    CREATE TRIGGER records_undeleted BEFORE DELETE ON records BEGIN SELECT RAISE(ABORT, 'append-only'); END;
    CREATE TRIGGER checkpoints_unchanged BEFORE UPDATE ON checkpoints BEGIN SELECT RAISE(ABORT, 'append-only'); END;
    CREATE TRIGGER checkpoints_undeleted BEFORE DELETE ON checkpoints BEGIN SELECT RAISE(ABORT, 'append-only'); END;
    """

  static func exist(_ database: Database) throws -> Bool { try database.tableExists("ledger") }

  static func create(_ database: Database, identity: LedgerIdentity, seal: LedgerSeal) throws {
    try database.execute(sql: schema)
    try database.execute(
      sql: "INSERT INTO ledger VALUES (1, ?, ?, ?, ?)",
      arguments: [LedgerIdentity.format, Data(identity.id), identity.publicKey.bytes, seal.time.milliseconds])
    try database.execute(
      sql: "INSERT INTO head VALUES (1, ?, ?, ?, ?)", arguments: arguments(of: seal))
  }

  /// Who the ledger says it is; nil where it does not say so legibly.
  static func identity(_ database: Database) throws -> LedgerIdentity? {
    guard try exist(database),
      let row = try Row.fetchOne(database, sql: "SELECT format, id, public_key FROM ledger"),
      row.integer(0) == LedgerIdentity.format,
      let id = row.data(1), id.count == LedgerIdentity.idByteCount,
      let key = row.data(2).flatMap(VerifyingKey.init(bytes:))
    else { return nil }
    return LedgerIdentity(id: Array(id), publicKey: key)
  }

  static func head(_ database: Database, ledger: [UInt8]) throws -> LedgerSeal? {
    let statement = try database.cachedStatement(sql: "SELECT n, hash, time, signature FROM head")
    return try Row.fetchOne(statement).flatMap { LedgerSeal(row: $0, ledger: ledger) }
  }

  static func setHead(_ database: Database, to seal: LedgerSeal) throws {
    try database.cachedStatement(sql: "UPDATE head SET n = ?, hash = ?, time = ?, signature = ?")
      .execute(arguments: arguments(of: seal))
  }

  static func addCheckpoint(_ database: Database, _ seal: LedgerSeal) throws {
    try database.cachedStatement(sql: "INSERT OR IGNORE INTO checkpoints VALUES (?, ?, ?, ?)")
      .execute(arguments: arguments(of: seal))
  }

  static func lastCheckpoint(_ database: Database, ledger: [UInt8]) throws -> LedgerSeal? {
    try Row.fetchOne(
      database, sql: "SELECT n, hash, time, signature FROM checkpoints ORDER BY n DESC LIMIT 1"
    ).flatMap { LedgerSeal(row: $0, ledger: ledger) }
  }

  static func add(
    _ database: Database, _ record: RecordText, sequence: Int64, after previous: LedgerHash, hash: LedgerHash
  ) throws {
    try database.cachedStatement(sql: "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .execute(arguments: [
        sequence, record.time.milliseconds, Data(previous.bytes), Data(hash.bytes),
        String(decoding: record.body, as: UTF8.self), record.event, record.outcome, record.path, record.route,
        record.workspace,
      ])
  }

  private static func arguments(of seal: LedgerSeal) -> StatementArguments {
    [seal.count, Data(seal.hash.bytes), seal.time.milliseconds, Data(seal.signature)]
  }
}

extension LedgerSeal {
  /// Reads the columns `n, hash, time, signature`; nil where one is not what it should be.
  init?(row: Row, ledger: [UInt8]) {
    guard let count = row.integer(0), count >= 0,
      let hash = row.data(1).flatMap({ LedgerHash(bytes: $0) }),
      let time = row.integer(2).flatMap(EventTime.init(milliseconds:)),
      let signature = row.data(3)
    else { return nil }
    self.init(ledger: ledger, count: count, hash: hash, time: time, signature: Array(signature))
  }
}

/// Columns by position that never trap, whatever somebody wrote into the file.
extension Row {
  func integer(_ column: Int) -> Int64? { column < count ? Int64.fromDatabaseValue(self[column]) : nil }
  func data(_ column: Int) -> Data? { column < count ? Data.fromDatabaseValue(self[column]) : nil }
  func text(_ column: Int) -> String? { column < count ? String.fromDatabaseValue(self[column]) : nil }
}
