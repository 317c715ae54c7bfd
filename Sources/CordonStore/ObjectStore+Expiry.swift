public import CordonModel
public import FoundationEssentials
import GRDB

/// A version that is not what anybody gets by asking for its key: it was replaced or deleted, or is the delete marker of
/// a key of which nothing else is left.
public struct OldVersion: Sendable, Hashable {
  /// Its bucket.
  public var bucket: BucketName
  /// Its key.
  public var key: ObjectKey
  /// Its version id.
  public var versionID: String
}

extension ObjectStore {
  /// Versions of a bucket that were replaced or deleted before `time`, and delete markers from before `time` that stand
  /// alone, the longest gone first.
  ///
  /// What counts is when a version stopped being the newest, as for S3's NoncurrentVersionExpiration: one that lay
  /// there for years and was overwritten today can still be had back.
  public func versions(
    of bucket: BucketName, goneBefore time: Date, limit: Int = 1_000
  ) async throws(StoreError) -> [OldVersion] {
    let last = StoreTime.milliseconds(time)
    return try await read { catalog in
      let row = try catalog.bucket(bucket)
      let replaced = try catalog.replaced(in: row, before: last, limit: limit)
      return replaced + (try catalog.loneMarkers(in: row, before: last, limit: limit - replaced.count))
    }
  }

  /// Removes those of the versions that are still old, in a read-only bucket too.
  public func expire(_ versions: [OldVersion]) async throws(StoreError) {
    try await commit { catalog in
      var superfluous: [BlobID] = []
      for old in versions {
        let bucket = try catalog.bucket(old.bucket)
        // Meanwhile the versions above it may have been deleted, so that it is the newest again.
        guard try catalog.isOld(old, in: bucket) else { continue }
        superfluous += try catalog.remove(old.key, version: old.versionID, in: bucket)
      }
      return ((), superfluous)
    }
  }
}

extension Catalog {
  /// Numbers only grow, so that the first one that is young enough ends the search.
  fileprivate func replaced(in bucket: BucketRow, before last: Int64, limit: Int) throws -> [OldVersion] {
    try old(
      """
      SELECT v.key, v.version, n.seq, n.key, n.version, n.latest, n.marker, n.data_key, n.sealed FROM versions v
      JOIN versions n ON n.seq =
        (SELECT MIN(seq) FROM versions WHERE bucket = v.bucket AND key = v.key AND seq > v.seq)
      WHERE v.bucket = ? AND v.latest = 0 ORDER BY n.seq, v.seq LIMIT ?
      """, in: bucket, before: last, limit: limit)
  }

  fileprivate func loneMarkers(in bucket: BucketRow, before last: Int64, limit: Int) throws -> [OldVersion] {
    try old(
      """
      SELECT v.key, v.version, v.seq, v.key, v.version, v.latest, v.marker, v.data_key, v.sealed FROM versions v
      WHERE v.bucket = ?1 AND v.latest = 1 AND v.marker = 1 AND NOT EXISTS
        (SELECT 1 FROM versions WHERE bucket = ?1 AND key = v.key AND seq <> v.seq) ORDER BY v.seq LIMIT ?2
      """, in: bucket, before: last, limit: limit)
  }

  /// Reads key and version, and behind them the version whose making decides.
  private func old(
    _ sql: String, in bucket: BucketRow, before last: Int64, limit: Int
  ) throws -> [OldVersion] {
    guard limit > 0 else { return [] }
    var found: [OldVersion] = []
    let rows = try Row.fetchCursor(database, sql: sql, arguments: [bucket.id, limit])
    while let row = try rows.next() {
      guard let key = row.data(0).flatMap(ObjectKey.init(stored:)), let version = row.text(1) else {
        throw StoreError.damaged("a version's row")
      }
      guard try self.version(row, from: 2, in: bucket).facts.modified < last else { break }
      found.append(OldVersion(bucket: bucket.info.name, key: key, versionID: version))
    }
    return found
  }

  fileprivate func isOld(_ old: OldVersion, in bucket: BucketRow) throws -> Bool {
    try row(
      """
      SELECT v.latest = 0 OR (v.marker = 1 AND NOT EXISTS
        (SELECT 1 FROM versions WHERE bucket = ?1 AND key = ?2 AND seq <> v.seq))
      FROM versions v WHERE v.bucket = ?1 AND v.key = ?2 AND v.version = ?3
      """, [bucket.id, Data(old.key.bytes), old.versionID])?.integer(0) == 1
  }
}
