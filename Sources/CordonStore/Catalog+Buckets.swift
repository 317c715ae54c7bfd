import CordonModel
import FoundationEssentials
import GRDB

/// A bucket's row.
struct BucketRow: Sendable {
  var id: Int64
  var info: BucketInfo

  init?(_ row: Row) {
    guard let id = row.integer(0), let name = row.text(1).flatMap({ try? BucketName($0) }),
      let project = row.text(2).flatMap({ try? Slug($0) }),
      let versioning = row.text(3).flatMap(BucketInfo.Versioning.init(rawValue:)),
      let readOnly = row.integer(4), let created = row.integer(5)
    else { return nil }
    self.id = id
    info = BucketInfo(
      name: name, project: project, versioning: versioning, readOnly: readOnly != 0,
      created: StoreTime.date(created))
  }
}

/// Times in whole milliseconds since 1970, as the database keeps them.
enum StoreTime {
  static func milliseconds(_ date: Date) -> Int64 {
    Int64(exactly: (date.timeIntervalSince1970 * 1_000).rounded()) ?? 0
  }

  static func date(_ milliseconds: Int64) -> Date {
    Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
  }
}

extension Catalog {
  private static let columns = "id, name, project, versioning, read_only, created"

  func bucket(_ name: BucketName) throws -> BucketRow {
    guard let row = try row("SELECT \(Self.columns) FROM buckets WHERE name = ?", [name.text]) else {
      throw StoreError.noSuchBucket(name.text)
    }
    guard let bucket = BucketRow(row) else { throw StoreError.damaged("bucket '\(name)'") }
    return bucket
  }

  /// The bucket, if it may be written. `isSeeding` is the one way into a read-only bucket.
  func writableBucket(_ name: BucketName, isSeeding: Bool = false) throws -> BucketRow {
    let bucket = try bucket(name)
    guard !bucket.info.readOnly || isSeeding else { throw StoreError.bucketReadOnly(name.text) }
    return bucket
  }

  func buckets() throws -> [BucketRow] {
    try rows("SELECT \(Self.columns) FROM buckets ORDER BY name").map { row in
      guard let bucket = BucketRow(row) else { throw StoreError.damaged("a bucket's row") }
      return bucket
    }
  }

  /// Makes the bucket, or brings it to what is declared now.
  func declare(
    _ name: BucketName, project: Slug, versioned: Bool, readOnly: Bool, at time: Int64
  ) throws -> BucketRow {
    if try row("SELECT 1 FROM buckets WHERE name = ?", [name.text]) == nil {
      if try row("SELECT 1 FROM project_keys WHERE project = ?", [project.text]) == nil {
        try addKey(for: project.text)
      }
      let versioning: BucketInfo.Versioning = versioned ? .enabled : .off
      try run(
        "INSERT INTO buckets VALUES (?, ?, ?, ?, ?, ?)",
        [try nextNumber(), name.text, project.text, versioning.rawValue, readOnly, time])
      return try bucket(name)
    }
    let known = try bucket(name)
    guard known.info.project == project else {
      throw StoreError.bucketOfAnotherProject(bucket: name.text, project: known.info.project.text)
    }
    let versioning = known.info.versioning.declared(versioned: versioned)
    try run(
      "UPDATE buckets SET versioning = ?, read_only = ? WHERE id = ?",
      [versioning.rawValue, readOnly, known.id])
    return try bucket(name)
  }

  func remove(_ bucket: BucketRow) throws {
    let isUsed = try row(
      """
      SELECT EXISTS (SELECT 1 FROM versions WHERE bucket = ?1) OR EXISTS (SELECT 1 FROM uploads WHERE bucket = ?1)
      """, [bucket.id])?.integer(0)
    guard isUsed == 0 else { throw StoreError.bucketNotEmpty(bucket.info.name.text) }
    try run("DELETE FROM buckets WHERE id = ?", [bucket.id])
  }
}

extension BucketInfo.Versioning {
  /// A bucket that once kept versions can only be suspended, as in S3.
  fileprivate func declared(versioned: Bool) -> BucketInfo.Versioning {
    if versioned { return .enabled }
    return self == .off ? .off : .suspended
  }
}
