import CordonModel
import FoundationEssentials
import GRDB

/// A version's row with what its seal holds.
struct VersionRow: Sendable {
  var sequence: Int64
  var dataKey: Int64
  var info: ObjectInfo
  var facts: VersionFacts
}

extension Catalog {
  static let versionColumns = "seq, key, version, latest, marker, data_key, sealed"

  /// Reads the columns `versionColumns`; throws where the seal does not open for this bucket, key and version.
  ///
  /// - Parameter first: Where these columns begin.
  func version(_ row: Row, from first: Int = 0, in bucket: BucketRow) throws -> VersionRow {
    guard let sequence = row.integer(first), let key = row.data(first + 1).flatMap(ObjectKey.init(stored:)),
      let version = row.text(first + 2), let latest = row.integer(first + 3),
      let marker = row.integer(first + 4),
      let dataKey = row.integer(first + 5), let sealed = row.data(first + 6)
    else { throw StoreError.damaged("a version's row") }
    let context = SealContext.version(bucket: bucket.info.name.text, key: key, version: version)
    guard let facts = try self.key(dataKey).open(sealed, for: context) else {
      throw StoreError.damaged("what the database says of '\(key)'")
    }
    let info = ObjectInfo(
      bucket: bucket.info.name, key: key, versionID: version, isLatest: latest != 0,
      isDeleteMarker: marker != 0,
      etag: facts.etag, size: facts.size, lastModified: StoreTime.date(facts.modified),
      partCount: Int(clamping: facts.partCount), metadata: facts.metadata)
    return VersionRow(sequence: sequence, dataKey: dataKey, info: info, facts: facts)
  }

  func latest(_ key: ObjectKey, in bucket: BucketRow) throws -> VersionRow? {
    try row(
      "SELECT \(Self.versionColumns) FROM versions WHERE bucket = ? AND key = ? AND latest = 1",
      [bucket.id, Data(key.bytes)]
    ).map { try version($0, in: bucket) }
  }

  func version(_ key: ObjectKey, _ version: String, in bucket: BucketRow) throws -> VersionRow? {
    try row(
      "SELECT \(Self.versionColumns) FROM versions WHERE bucket = ? AND key = ? AND version = ?",
      [bucket.id, Data(key.bytes), version]
    ).map { try self.version($0, in: bucket) }
  }

  /// What a request gets: the version named, or the latest; never a delete marker.
  func object(_ key: ObjectKey, version: String?, in bucket: BucketRow) throws -> VersionRow {
    guard let version else {
      guard let row = try latest(key, in: bucket) else {
        throw StoreError.noSuchKey(key.text, deleteMarker: nil)
      }
      guard !row.info.isDeleteMarker else {
        throw StoreError.noSuchKey(key.text, deleteMarker: row.info.versionID)
      }
      return row
    }
    guard let row = try self.version(key, version, in: bucket) else {
      throw StoreError.noSuchVersion(key: key.text, version: version)
    }
    guard !row.info.isDeleteMarker else { throw StoreError.isDeleteMarker(key: key.text, version: version) }
    return row
  }

  /// The files of a version in order, bound to it by its seal.
  func parts(of version: VersionRow) throws -> [StoredPart] {
    let parts = try rows(
      "SELECT b.id, b.size, b.data_key FROM parts p JOIN blobs b ON b.id = p.blob WHERE p.version = ? ORDER BY p.number",
      [version.sequence]
    ).compactMap(StoredPart.init)
    guard VersionFacts.digest(of: parts) == version.facts.partsDigest else {
      throw StoreError.damaged("the list of files of '\(version.info.key)'")
    }
    return parts
  }

  // MARK: Writing

  func check(_ condition: WriteCondition, for key: ObjectKey, in bucket: BucketRow) throws {
    if condition == .none { return }
    let current = try latest(key, in: bucket).flatMap { $0.info.isDeleteMarker ? nil : $0 }
    switch condition {
    case .none: return
    case .absent: guard current == nil else { throw StoreError.preconditionFailed }
    case .matches(let etag):
      guard let current else { throw StoreError.noSuchKey(key.text, deleteMarker: nil) }
      guard current.info.etag == etag else { throw StoreError.preconditionFailed }
    }
  }

  /// Makes a version the latest of its key; gives back the files that nothing refers to any more.
  func add(
    _ facts: VersionFacts, parts: [StoredPart], isMarker: Bool = false, key: ObjectKey, in bucket: BucketRow,
    sealedWith dataKey: ProjectKey
  ) throws -> (VersionRow, [BlobID]) {
    var facts = facts
    facts.partsDigest = VersionFacts.digest(of: parts)
    let sequence = try nextNumber()
    let keepsVersions = bucket.info.versioning == .enabled
    let version = keepsVersions ? Self.versionID(sequence) : "null"
    let replaced = keepsVersions ? [] : try removeRow(key, version: "null", in: bucket)
    try run(
      "UPDATE versions SET latest = 0 WHERE bucket = ? AND key = ? AND latest = 1",
      [bucket.id, Data(key.bytes)])
    let context = SealContext.version(bucket: bucket.info.name.text, key: key, version: version)
    try run(
      "INSERT INTO versions VALUES (?, ?, ?, ?, 1, ?, ?, ?)",
      [
        sequence, bucket.id, Data(key.bytes), version, isMarker, dataKey.id,
        try dataKey.seal(facts, for: context),
      ])
    for (number, part) in parts.enumerated() {
      try run("INSERT INTO parts VALUES (?, ?, ?)", [sequence, number, Data(part.blob.bytes)])
    }
    guard let added = try self.version(key, version, in: bucket) else {
      throw StoreError.damaged("what the database says of '\(key)'")
    }
    return (added, try sweep(replaced))
  }

  /// Starts with its number in the order of writing, so that a listing can go on behind a version that was deleted
  /// meanwhile.
  static func versionID(_ sequence: Int64) -> String {
    Hexadecimal.text(BigEndian.bytes(UInt64(bitPattern: sequence)) + Random.bytes(8))
  }

  static func sequence(ofVersionID version: String) -> Int64? {
    guard version.utf8.count == 32 else { return nil }
    return Int64(version.prefix(16), radix: 16)
  }

  func reseal(_ version: VersionRow, as facts: VersionFacts, in bucket: BucketRow) throws {
    let context = SealContext.version(
      bucket: bucket.info.name.text, key: version.info.key, version: version.info.versionID)
    try run(
      "UPDATE versions SET sealed = ? WHERE seq = ?",
      [try key(version.dataKey).seal(facts, for: context), version.sequence])
  }

  /// Removes a version for good, and makes the newest of the rest the latest.
  func remove(_ key: ObjectKey, version: String, in bucket: BucketRow) throws -> [BlobID] {
    let blobs = try removeRow(key, version: version, in: bucket)
    try run(
      """
      UPDATE versions SET latest = 1 WHERE seq =
      (SELECT MAX(seq) FROM versions WHERE bucket = ?1 AND key = ?2)
      AND NOT EXISTS (SELECT 1 FROM versions WHERE bucket = ?1 AND key = ?2 AND latest = 1)
      """, [bucket.id, Data(key.bytes)])
    return try sweep(blobs)
  }

  /// Removes a version's row and gives back its files, which another version may still refer to.
  private func removeRow(_ key: ObjectKey, version: String, in bucket: BucketRow) throws -> [BlobID] {
    guard
      let sequence = try row(
        "SELECT seq FROM versions WHERE bucket = ? AND key = ? AND version = ?",
        [bucket.id, Data(key.bytes), version])?.integer(0)
    else { return [] }
    let blobs = try rows("SELECT blob FROM parts WHERE version = ?", [sequence]).compactMap {
      BlobID(stored: $0.data(0))
    }
    try run("DELETE FROM parts WHERE version = ?", [sequence])
    try run("DELETE FROM versions WHERE seq = ?", [sequence])
    return blobs
  }
}

extension StoredPart {
  /// Reads the columns `id, size, data_key` of a file's row.
  init?(_ row: Row) {
    guard let blob = BlobID(stored: row.data(0)), let size = row.integer(1),
      (0...BlobFormat.largestSize).contains(size),
      let dataKey = row.integer(2)
    else { return nil }
    self.init(blob: blob, size: size, dataKey: dataKey)
  }
}
