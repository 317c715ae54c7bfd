import CordonLinux
import FoundationEssentials
import GRDB
import Glibc

/// Where a store's files lie in its folder.
struct StorePaths: Sendable {
  let folder: String

  var database: String { folder + "/store.db" }
  var keys: String { folder + "/root.keys" }
  var lock: String { folder + "/lock" }
  var data: String { folder + "/data" }
}

/// Opens a store's folder: locks it, makes what is missing, and removes what a crash left.
struct StoreOpening {
  let paths: StorePaths

  /// What the store works with.
  struct Opened {
    var lock: DurableFile
    var database: StoreDatabase
    var keyring: Keyring
    /// Files that no row refers to: uploads that a crash cut off.
    var orphans: Int
    /// What each project holds.
    var usage: [String: StoreCapacity]
  }

  func open(at time: Int64) throws(StoreError) -> Opened {
    do {
      let lock = try takeLock()
      let isFresh = try !DurablePath.exists(paths.database)
      try makeFolders()
      let keyring = Keyring(path: paths.keys, roots: try rootKeys(mayCreate: isFresh, at: time))
      let database = try openDatabase()
      try checkKeys(database, keyring: keyring)
      let orphans = try removeOrphans(database)
      let usage = try database.pool.read { try Catalog($0, keyring: keyring).usage() }
      return Opened(lock: lock, database: database, keyring: keyring, orphans: orphans, usage: usage)
    } catch let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode) {
      throw .locked(folder: paths.folder)
    } catch {
      throw StoreError(of: error)
    }
  }

  private func takeLock() throws -> DurableFile {
    try DurablePath.makeFolder(paths.folder)
    let lock = try DurableFile.open(paths.lock, O_RDWR | O_CREAT)
    guard try lock.lock() else { throw StoreError.locked(folder: paths.folder) }
    return lock
  }

  private func makeFolders() throws {
    try DurablePath.makeFolder(paths.data)
    for first in 0...255 { try DurablePath.makeFolder("\(paths.data)/\(Hexadecimal.text([UInt8(first)]))") }
    try DurablePath.synchronizeFolder(paths.data)
    try DurablePath.synchronizeFolder(paths.folder)
  }

  private func rootKeys(mayCreate: Bool, at time: Int64) throws -> RootKeys {
    if try DurablePath.exists(paths.keys) { return try RootKeys.read(paths.keys) }
    guard mayCreate else {
      throw StoreError.keysUnusable(path: paths.keys, why: "the file is missing, but the store has data")
    }
    let keys = RootKeys.random(at: time)
    try keys.write(paths.keys)
    return keys
  }

  private func openDatabase() throws -> StoreDatabase {
    // SQLite gives its own files the mode of the database: made here, nobody else may read any of them.
    _ = try DurableFile.open(paths.database, O_RDWR | O_CREAT)
    let database = try StoreDatabase(paths.database)
    try database.pool.writeWithoutTransaction { database in
      try database.inTransaction {
        try StoreTables.open(database)
        return .commit
      }
    }
    return database
  }

  /// Every project key must open now, not when the first object is asked for.
  private func checkKeys(_ database: StoreDatabase, keyring: Keyring) throws {
    try database.pool.read { database in
      let catalog = Catalog(database, keyring: keyring)
      for row in try catalog.rows("SELECT id FROM project_keys") { _ = try catalog.key(row.integer(0) ?? 0) }
    }
  }

  private func removeOrphans(_ database: StoreDatabase) throws -> Int {
    var orphans = 0
    let data = try DurableFile.open(paths.data, O_RDONLY | O_DIRECTORY)
    for first in UInt8.min ... .max {
      let folder = Hexadecimal.text([first])
      let known = try blobs(startingWith: first, database)
      for case let name? in try data.open(folder, O_RDONLY | O_DIRECTORY).names() {
        if let blob = BlobID(fileName: name), known.contains(blob) { continue }
        try DurablePath.remove("\(paths.data)/\(folder)/\(name)")
        orphans += 1
      }
    }
    return orphans
  }

  /// The files that rows refer to in one folder.
  private func blobs(startingWith first: UInt8, _ database: StoreDatabase) throws -> Set<BlobID> {
    try database.pool.read { database in
      let last = Data([first] + [UInt8](repeating: 0xFF, count: BlobID.byteCount))
      let rows = try Row.fetchAll(
        database, sql: "SELECT id FROM blobs WHERE id >= ? AND id <= ?", arguments: [Data([first]), last])
      return Set(rows.compactMap { BlobID(stored: $0.data(0)) })
    }
  }
}
