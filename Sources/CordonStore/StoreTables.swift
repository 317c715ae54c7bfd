import FoundationEssentials
import GRDB

/// The store's tables.
///
/// In clear are only bucket names, keys, version ids, and the sizes of encrypted files. What a client says of an
/// object, its ETag and its tags are sealed with the project's key in `sealed`, bound to bucket, key and version.
enum StoreTables {
  static let format: Int64 = 3

  /// The indexes that listings walk: each row of them is one that the listing shows, in the order it shows them.
  ///
  /// Delete markers are not in the first, so that a bucket of nothing but deleted keys is listed at once; the second
  /// has the newest version of a key first, so that no page sorts all versions of its keys.
  static let listings = """
    CREATE INDEX versions_shown ON versions (bucket, key) WHERE latest = 1 AND marker = 0;
    CREATE INDEX versions_order ON versions (bucket, key, seq DESC);
    """

  static let schema = """
    CREATE TABLE store (
      one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL, last INTEGER NOT NULL
    ) STRICT;
    INSERT INTO store VALUES (1, \(format), 0);
    CREATE TABLE project_keys (
      id INTEGER PRIMARY KEY, project TEXT NOT NULL, root TEXT NOT NULL, wrapped BLOB NOT NULL,
      current INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX project_keys_current ON project_keys (project) WHERE current = 1;
    CREATE TABLE buckets (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, project TEXT NOT NULL, versioning TEXT NOT NULL,
      read_only INTEGER NOT NULL, created INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE blobs (
      id BLOB PRIMARY KEY, data_key INTEGER NOT NULL REFERENCES project_keys, size INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE versions (
      seq INTEGER PRIMARY KEY, bucket INTEGER NOT NULL REFERENCES buckets, key BLOB NOT NULL, version TEXT NOT NULL,
      latest INTEGER NOT NULL, marker INTEGER NOT NULL, data_key INTEGER NOT NULL REFERENCES project_keys,
      sealed BLOB NOT NULL, UNIQUE (bucket, key, version)
    ) STRICT;
    CREATE UNIQUE INDEX versions_latest ON versions (bucket, key) WHERE latest = 1;
    \(listings)
    CREATE TABLE parts (
      version INTEGER NOT NULL REFERENCES versions, number INTEGER NOT NULL, blob BLOB NOT NULL REFERENCES blobs,
      PRIMARY KEY (version, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX parts_blob ON parts (blob);
    CREATE TABLE uploads (
      seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, bucket INTEGER NOT NULL REFERENCES buckets,
      key BLOB NOT NULL, data_key INTEGER NOT NULL REFERENCES project_keys, sealed BLOB NOT NULL
    ) STRICT;
    CREATE INDEX uploads_order ON uploads (bucket, key, seq);
    CREATE TABLE upload_parts (
      upload INTEGER NOT NULL REFERENCES uploads, number INTEGER NOT NULL, blob BLOB NOT NULL REFERENCES blobs,
      data_key INTEGER NOT NULL REFERENCES project_keys, sealed BLOB NOT NULL, PRIMARY KEY (upload, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX upload_parts_blob ON upload_parts (blob);
    CREATE TABLE seeds (
      bucket INTEGER NOT NULL REFERENCES buckets ON DELETE CASCADE, key BLOB NOT NULL, stamp TEXT NOT NULL,
      PRIMARY KEY (bucket, key)
    ) STRICT, WITHOUT ROWID;
    """

  /// Makes the tables in a new database and brings those of an older format up to date; refuses any other format.
  static func open(_ database: Database) throws {
    guard try database.tableExists("store") else { return try database.execute(sql: schema + usage) }
    switch try Int64.fetchOne(database, sql: "SELECT format FROM store") {
    case format: return
    case 1, 2: try migrate(database)
    default: throw StoreError.damaged("the store's database (it is of another format)")
    }
  }

  /// Format 1 did not count what projects hold. Format 2 counted rows without the index of what is shown, which it
  /// did not have: everything is counted anew.
  private static func migrate(_ database: Database) throws {
    let counting = try String.fetchAll(
      database, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name GLOB 'usage_*'")
    for trigger in counting {
      try database.execute(sql: "DROP TRIGGER \"\(trigger.replacing("\"", with: "\"\""))\"")
    }
    try database.execute(
      sql: "DROP TABLE IF EXISTS usage; DROP INDEX IF EXISTS versions_order; \(listings) \(usage)")
    try database.execute(sql: "UPDATE store SET format = \(format)")
  }
}

/// Columns by position that never trap, whatever somebody wrote into the file.
extension Row {
  func integer(_ column: Int) -> Int64? { column < count ? Int64.fromDatabaseValue(self[column]) : nil }
  func data(_ column: Int) -> Data? { column < count ? Data.fromDatabaseValue(self[column]) : nil }
  func text(_ column: Int) -> String? { column < count ? String.fromDatabaseValue(self[column]) : nil }
}
