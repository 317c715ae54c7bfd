import FoundationEssentials
import GRDB

/// The tables of people's accounts, one-time links and sessions. Tokens and codes are in it as hashes only.
final class IdentityDatabase: Sendable {
  static let format: Int64 = 1

  static let schema = """
    CREATE TABLE identity (one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL) STRICT;
    INSERT INTO identity VALUES (1, \(format));
    CREATE TABLE accounts (
      person TEXT PRIMARY KEY, password TEXT, totp BLOB, step INTEGER NOT NULL, generation INTEGER NOT NULL,
      disabled INTEGER NOT NULL, created INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE recovery_codes (
      person TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE, hash BLOB NOT NULL, PRIMARY KEY (person, hash)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE links (
      hash BLOB PRIMARY KEY, person TEXT NOT NULL UNIQUE, totp BLOB NOT NULL, created INTEGER NOT NULL,
      ends INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sessions (
      hash BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL, roles TEXT NOT NULL,
      standing BLOB NOT NULL, generation INTEGER NOT NULL, created INTEGER NOT NULL, used INTEGER NOT NULL,
      address TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sessions_person ON sessions (person, created);
    CREATE TABLE acts (seq INTEGER PRIMARY KEY, event TEXT NOT NULL, person TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
    """

  private let pool: DatabasePool

  /// Opens the database, or makes it. Every commit waits for the disk (`synchronous = FULL`): a code that was used up
  /// stays used up whatever happens to the machine.
  init(_ path: String) throws(IdentityError) {
    try IdentityFile.touch(path)
    do {
      var configuration = Configuration()
      configuration.label = "cordon.identity"
      configuration.busyMode = .timeout(5)
      configuration.maximumReaderCount = 4
      pool = try DatabasePool(path: path, configuration: configuration)
      try pool.writeWithoutTransaction { database in
        // GRDB lowers this to NORMAL when it switches to the write-ahead log; NORMAL may lose the last commits.
        try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON")
        guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
          throw IdentityError.unreadable("durable commits are not available")
        }
        try database.inTransaction(.immediate) {
          try Self.makeTables(database)
          return .commit
        }
      }
    } catch {
      throw IdentityError(of: error)
    }
  }

  private static func makeTables(_ database: Database) throws {
    guard try database.tableExists("identity") else { return try database.execute(sql: schema) }
    guard try Int64.fetchOne(database, sql: "SELECT format FROM identity") == format else {
      throw IdentityError.damaged("the database is of another format")
    }
  }

  /// Reads one consistent state.
  func read<Result: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Result
  ) async throws(IdentityError) -> Result {
    do { return try await pool.read(body) } catch { throw IdentityError(of: error) }
  }

  /// Changes everything that `body` says or nothing, and returns once it is durable.
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Result
  ) async throws(IdentityError) -> Result {
    do { return try await pool.write(body) } catch { throw IdentityError(of: error) }
  }
}

extension IdentityError {
  init(of error: any Error) {
    self = error as? IdentityError ?? .unreadable("\(error)")
  }
}

/// Columns by position that never trap, whatever somebody wrote into the file.
extension Row {
  func integer(_ column: Int) -> Int64? { column < count ? Int64.fromDatabaseValue(self[column]) : nil }
  func data(_ column: Int) -> Data? { column < count ? Data.fromDatabaseValue(self[column]) : nil }
  func text(_ column: Int) -> String? { column < count ? String.fromDatabaseValue(self[column]) : nil }
}
