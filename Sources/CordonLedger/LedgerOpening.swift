import CordonLinux
import FoundationEssentials
import GRDB
import Glibc

/// Opens a ledger's folder, or says why it must not be written to.
struct LedgerOpening {
  /// What the writer starts from.
  struct Opened {
    var lock: DurableFile
    var queue: DatabaseQueue
    var headFile: HeadFile
    var key: SigningKey
    var identity: LedgerIdentity
    var head: LedgerSeal
    var lastCheckpoint: Int64
  }

  /// A larger database is not read as a whole at every start; its tail always is.
  static let largestFullCheck = 512 << 20
  /// How many records at the end are checked against the signed head.
  static let tailLength: Int64 = 1_024

  let paths: LedgerPaths

  init(folder: String) { paths = LedgerPaths(folder: folder) }

  func open(at time: EventTime) throws(LedgerError) -> Opened {
    let lock = try takeLock()
    let headContent = try readHead()
    let isFresh = try !systemCalls { () throws(FileError) in try DurablePath.exists(paths.database) }
    if isFresh, let head = headContent?.newest, head.count > 0 {
      throw damaged("ledger.db is missing, but the head file says \(head.count) records")
    }
    let key = try SigningKey.open(at: paths.key, mayCreate: isFresh)
    let queue = try connect()
    let (identity, head, checkpoint) = try inDatabase(queue) { database in
      if try !LedgerTables.exist(database) {
        if let head = headContent?.newest, head.count > 0 {
          throw damaged("ledger.db is empty, but the head file says \(head.count) records")
        }
        try create(database, key: key, at: time)
      }
      return try check(database, key: key, headFile: headContent)
    }
    let headFile = try openHeadFile(head, keyID: key.verifying.id)
    return Opened(
      lock: lock, queue: queue, headFile: headFile, key: key, identity: identity, head: head,
      lastCheckpoint: checkpoint)
  }

  // MARK: Steps

  private func takeLock() throws(LedgerError) -> DurableFile {
    let lock = try systemCalls { () throws(FileError) in
      try DurablePath.makeFolder(paths.folder)
      return try DurableFile.lockFile(paths.lock)
    }
    guard let lock else { throw .locked(folder: paths.folder) }
    return lock
  }

  private func readHead() throws(LedgerError) -> HeadFile.Content? {
    try systemCalls { () throws(FileError) in try HeadFile.read(paths.head) }
  }

  private func connect() throws(LedgerError) -> DatabaseQueue {
    // SQLite gives its own files the mode of the database: made here, nobody else may read any of them.
    _ = try systemCalls { () throws(FileError) in try DurableFile.open(paths.database, O_RDWR | O_CREAT)
    }
    do {
      return try LedgerConnection.writer(paths.database)
    } catch {
      throw translate(error)
    }
  }

  private func create(_ database: Database, key: SigningKey, at time: EventTime) throws {
    var random = SystemRandomNumberGenerator()
    let id = (0..<LedgerIdentity.idByteCount).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let identity = LedgerIdentity(id: id, publicKey: key.verifying)
    let seal = try LedgerSeal(ledger: id, count: 0, hash: identity.start, time: time, key: key)
    try database.inTransaction {
      try LedgerTables.create(database, identity: identity, seal: seal)
      return .commit
    }
  }

  /// Writes what the database knows; after a power cut the file may lag behind it.
  private func openHeadFile(_ head: LedgerSeal, keyID: String) throws(LedgerError) -> HeadFile {
    try systemCalls { () throws(FileError) in
      let file = try HeadFile.open(paths.head)
      try file.start(head, keyID: keyID)
      return file
    }
  }

  // MARK: Checks

  private func check(
    _ database: Database, key: SigningKey, headFile: HeadFile.Content?
  ) throws -> (LedgerIdentity, LedgerSeal, Int64) {
    try checkPages(database)
    guard let identity = try LedgerTables.identity(database) else {
      throw damaged("it does not say which ledger it is")
    }
    guard identity.publicKey.bytes == key.verifying.bytes else {
      throw LedgerError.keyUnusable(path: paths.key, why: "the ledger was signed with another key")
    }
    guard let head = try LedgerTables.head(database, ledger: identity.id),
      head.isSigned(by: identity.publicKey)
    else { throw damaged("its head is not signed by its key") }
    let checkpoint = try LedgerTables.lastCheckpoint(database, ledger: identity.id)
    if let checkpoint, !checkpoint.isSigned(by: identity.publicKey) {
      throw damaged("the checkpoint at record \(checkpoint.count) is not signed by its key")
    }
    try checkTail(database, identity: identity, head: head)
    try checkHeadFile(headFile, against: head, identity: identity, database)
    return (identity, head, checkpoint?.count ?? 0)
  }

  private func checkPages(_ database: Database) throws {
    let pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
    let size = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0
    guard pages * size <= Self.largestFullCheck else { return }
    let answer = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
    guard answer == "ok" else { throw damaged(answer) }
  }

  /// The last records must be there without a gap, each holding on to the one before, up to the signed head.
  private func checkTail(_ database: Database, identity: LedgerIdentity, head: LedgerSeal) throws {
    let first = max(1, head.count - Self.tailLength + 1)
    var walk = ChainWalk(
      expected: first, previous: first == 1 ? identity.start : try hash(of: first - 1, database))
    let rows = try Row.fetchCursor(
      database, sql: "SELECT n, prev, hash, body FROM records WHERE n >= ? ORDER BY n", arguments: [first])
    while let row = try rows.next() {
      if let problem = walk.step(row).first { throw damaged("\(problem)") }
    }
    guard walk.expected &- 1 == head.count, walk.previous == head.hash else {
      throw damaged("its head says \(head.count) records, but it ends at record \(walk.expected &- 1)")
    }
  }

  private func checkHeadFile(
    _ content: HeadFile.Content?, against head: LedgerSeal, identity: LedgerIdentity, _ database: Database
  ) throws {
    let seals = content?.seals ?? []
    // A crash while the ledger was first made may leave no head file or half of one: nothing is lost then.
    let isWhole = seals.count == 2 && content?.hasDamagedSlot == false
    guard isWhole || head.count == 0 else {
      throw damaged(content == nil ? "its head file is missing" : "the head file does not read as a head")
    }
    for seal in seals { try check(seal, against: head, identity: identity, database) }
  }

  private func check(
    _ seal: LedgerSeal, against head: LedgerSeal, identity: LedgerIdentity, _ database: Database
  ) throws {
    guard seal.isSigned(by: identity.publicKey), seal.ledger == identity.id else {
      throw damaged("the head file is not signed by its key")
    }
    guard seal.count <= head.count else {
      throw damaged("the head file says \(seal.count) records, but it ends at record \(head.count)")
    }
    let there = seal.count == 0 ? identity.start : try hash(of: seal.count, database)
    guard there == seal.hash else {
      throw damaged("record \(seal.count) is not the one that the head file knows")
    }
  }

  private func hash(of sequence: Int64, _ database: Database) throws -> LedgerHash {
    let row = try Row.fetchOne(database, sql: "SELECT hash FROM records WHERE n = ?", arguments: [sequence])
    guard let hash = row?.data(0).flatMap({ LedgerHash(bytes: $0) }) else {
      throw damaged("record \(sequence) is missing")
    }
    return hash
  }

  // MARK: Errors

  private func damaged(_ what: String) -> LedgerError { .damaged(folder: paths.folder, what: what) }

  private func systemCalls<Result>(
    _ body: () throws(FileError) -> Result
  ) throws(LedgerError) -> Result {
    do {
      return try body()
    } catch {
      throw .unreadable(folder: paths.folder, why: "\(error)")
    }
  }

  private func inDatabase<Result>(
    _ queue: DatabaseQueue, _ body: (Database) throws -> Result
  ) throws(LedgerError) -> Result {
    do {
      return try queue.writeWithoutTransaction(body)
    } catch {
      throw translate(error)
    }
  }

  private func translate(_ error: any Error) -> LedgerError {
    if let error = error as? LedgerError { return error }
    guard let error = error as? DatabaseError else {
      return .unreadable(folder: paths.folder, why: "\(error)")
    }
    return switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: .locked(folder: paths.folder)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: damaged(error.message ?? "it is not a database")
    default: .unreadable(folder: paths.folder, why: error.message ?? "\(error.resultCode)")
    }
  }
}
