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
  ) async throws(StoreError) -> StoreFindings<OldVersion> {
    let last = StoreTime.milliseconds(time)
    return try await read { catalog in
      let row = try catalog.bucket(bucket)
      var findings = StoreFindings<OldVersion>()
      try catalog.addReplaced(in: row, before: last, limit: limit, to: &findings)
      try catalog.addLoneMarkers(in: row, before: last, limit: limit, to: &findings)
      return findings
    }
  }

  /// Removes those of the versions that are still old, in a read-only bucket too.
  ///
  /// - Returns: Those that could not be removed, with the reason; the others are gone all the same.
  public func expire(_ versions: [OldVersion]) async -> [OldVersion: StoreError] {
    // At once where that works, which is almost always: each commit waits for the disk.
    do {
      try await remove(versions)
      return [:]
    } catch {
      guard versions.count > 1 else { return versions.first.map { [$0: error] } ?? [:] }
    }
    var failed: [OldVersion: StoreError] = [:]
    for version in versions {
      do { try await remove([version]) } catch { failed[version] = error }
    }
    return failed
  }

  private func remove(_ versions: [OldVersion]) async throws(StoreError) {
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
  fileprivate func addReplaced(
    in bucket: BucketRow, before last: Int64, limit: Int, to findings: inout StoreFindings<OldVersion>
  ) throws {
    try addOld(
      """
      SELECT v.key, v.version, n.seq, n.key, n.version, n.latest, n.marker, n.data_key, n.sealed FROM versions v
      JOIN versions n ON n.seq =
        (SELECT MIN(seq) FROM versions WHERE bucket = v.bucket AND key = v.key AND seq > v.seq)
      WHERE v.bucket = ? AND v.latest = 0 ORDER BY n.seq, v.seq
      """, in: bucket, before: last, limit: limit, to: &findings)
  }

  fileprivate func addLoneMarkers(
    in bucket: BucketRow, before last: Int64, limit: Int, to findings: inout StoreFindings<OldVersion>
  ) throws {
    try addOld(
      """
      SELECT v.key, v.version, v.seq, v.key, v.version, v.latest, v.marker, v.data_key, v.sealed FROM versions v
      WHERE v.bucket = ?1 AND v.latest = 1 AND v.marker = 1 AND NOT EXISTS
        (SELECT 1 FROM versions WHERE bucket = ?1 AND key = v.key AND seq <> v.seq) ORDER BY v.seq
      """, in: bucket, before: last, limit: limit, to: &findings)
  }

  /// Reads key and version, and behind them the version whose making decides.
  private func addOld(
    _ sql: String, in bucket: BucketRow, before last: Int64, limit: Int,
    to findings: inout StoreFindings<OldVersion>
  ) throws {
    let rows = try Row.fetchCursor(database, sql: sql, arguments: [bucket.id])
    while findings.found.count < limit, let row = try rows.next() {
      let read = try findings.readable {
        guard let key = row.data(0).flatMap(ObjectKey.init(stored:)), let version = row.text(1) else {
          throw StoreError.damaged("a version's row")
        }
        let decides = try self.version(row, from: 2, in: bucket).facts.modified
        return (old: OldVersion(bucket: bucket.info.name, key: key, versionID: version), decides: decides)
      }
      guard let read else { continue }
      guard read.decides < last else { return }
      findings.found.append(read.old)
    }
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
