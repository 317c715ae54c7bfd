import CordonModel
import FoundationEssentials
import GRDB

/// The store's rows inside one transaction.
final class Catalog {
  let database: Database
  let keyring: Keyring
  private var keys: [Int64: ProjectKey] = [:]
  /// What the disk gives for files that were swept, by project.
  private(set) var swept: [String: StoreCapacity] = [:]

  init(_ database: Database, keyring: Keyring) {
    self.database = database
    self.keyring = keyring
  }

  func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
    try Row.fetchOne(database.cachedStatement(sql: sql), arguments: arguments)
  }

  func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
    try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
  }

  func run(_ sql: String, _ arguments: StatementArguments = []) throws {
    try database.cachedStatement(sql: sql).execute(arguments: arguments)
  }

  /// The next number; numbers only grow, so that later always sorts behind earlier.
  func nextNumber() throws -> Int64 {
    guard let number = try row("UPDATE store SET last = last + 1 RETURNING last")?.integer(0) else {
      throw StoreError.damaged("the store's database (its counter is gone)")
    }
    return number
  }

  // MARK: Project keys

  /// The key that new data of a project is encrypted with.
  func currentKey(of project: String) throws -> ProjectKey {
    guard
      let row = try row(
        "SELECT id, root, wrapped FROM project_keys WHERE project = ? AND current = 1", [project])
    else { throw StoreError.damaged("the data key of project '\(project)'") }
    return try key(id: row.integer(0), project: project, root: row.text(1), wrapped: row.data(2))
  }

  func key(_ id: Int64) throws -> ProjectKey {
    if let key = keys[id] { return key }
    let row = try row("SELECT project, root, wrapped FROM project_keys WHERE id = ?", [id])
    let key = try key(id: id, project: row?.text(0), root: row?.text(1), wrapped: row?.data(2))
    keys[id] = key
    return key
  }

  private func key(id: Int64?, project: String?, root: String?, wrapped: Data?) throws -> ProjectKey {
    guard let id, let project, let root, let wrapped else { throw StoreError.damaged("a project's data key") }
    return try keyring.unwrap(id: id, project: project, root: root, wrapped: wrapped)
  }

  /// Makes a new current key for a project; what is encrypted with the one before stays readable.
  func addKey(for project: String) throws {
    let key = ProjectKey.random(id: try nextNumber(), project: project)
    let root = keyring.root
    try run("UPDATE project_keys SET current = 0 WHERE project = ? AND current = 1", [project])
    try run(
      "INSERT INTO project_keys VALUES (?, ?, ?, ?, 1)",
      [key.id, project, root.id, try key.wrapped(by: root)])
  }

  /// Wraps every project key that an older root key wraps with the current one.
  func rewrapKeys() throws -> Int {
    let root = keyring.root
    let old = try rows("SELECT id FROM project_keys WHERE root <> ?", [root.id]).compactMap { $0.integer(0) }
    for id in old {
      try run(
        "UPDATE project_keys SET root = ?, wrapped = ? WHERE id = ?",
        [root.id, try key(id).wrapped(by: root), id])
    }
    return old.count
  }

  // MARK: Files

  func add(_ part: StoredPart) throws {
    try run("INSERT INTO blobs VALUES (?, ?, ?)", [Data(part.blob.bytes), part.dataKey, part.size])
  }

  /// Forgets those files that nothing refers to any more, and gives them back to be removed after the commit.
  func sweep(_ candidates: [BlobID]) throws -> [BlobID] {
    var gone: [BlobID] = []
    for blob in Set(candidates) {
      let id = Data(blob.bytes)
      let isUsed = try row(
        """
        SELECT EXISTS (SELECT 1 FROM parts WHERE blob = ?1) OR EXISTS (SELECT 1 FROM upload_parts WHERE blob = ?1)
        """, [id])?.integer(0)
      guard isUsed == 0 else { continue }
      try noteSwept(id)
      try run("DELETE FROM blobs WHERE id = ?", [id])
      gone.append(blob)
    }
    return gone
  }

  private func noteSwept(_ id: Data) throws {
    let file = try row(
      """
      SELECT k.project, \(StoreTables.fileCharge("b.size")) FROM blobs b JOIN project_keys k ON k.id = b.data_key
      WHERE b.id = ?
      """, [id])
    guard let project = file?.text(0), let bytes = file?.integer(1) else { return }
    swept[project] = (swept[project] ?? .none) + StoreCapacity(bytes: bytes, entries: 0)
  }

  // MARK: Usage

  /// What each project holds.
  func usage() throws -> [String: StoreCapacity] {
    var usage: [String: StoreCapacity] = [:]
    for row in try rows("SELECT project, bytes, entries FROM usage") {
      guard let project = row.text(0), let bytes = row.integer(1), let entries = row.integer(2) else {
        throw StoreError.damaged("what the database says of a project's use")
      }
      usage[project] = StoreCapacity(bytes: bytes, entries: entries)
    }
    return usage
  }
}
