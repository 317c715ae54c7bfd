public import CordonModel
public import FoundationEssentials
import GRDB

extension ObjectStore {
  /// Sets what a project's buckets may hold together. What they hold already stays, whatever the limit.
  public func setLimit(_ limit: StoreCapacity, of project: Slug) { meter.limit(project.text, to: limit) }

  /// What a project holds and may hold.
  public func account(of project: Slug) -> StoreAccount { meter.account(of: project.text) }

  /// Uploads that were begun before `time` and neither completed nor aborted, the oldest first.
  public func uploads(
    begunBefore time: Date, limit: Int = 1_000
  ) async throws(StoreError) -> StoreFindings<UploadInfo> {
    let last = StoreTime.milliseconds(time)
    return try await read { catalog in
      var findings = StoreFindings<UploadInfo>()
      for row in try catalog.buckets() {
        // Numbers only grow, so that the first upload that is young enough ends a bucket.
        let uploads = try catalog.uploads(in: row, limit: limit) { $0.facts.modified < last }
        findings.found += uploads.found.map {
          UploadInfo(
            upload: $0.upload, started: StoreTime.date($0.facts.modified), metadata: $0.facts.metadata)
        }
        findings.damaged += uploads.damaged
      }
      findings.found = Array(findings.found.sorted { $0.started < $1.started }.prefix(limit))
      return findings
    }
  }

  /// Removes an upload and its parts, in a read-only bucket too. One that is gone already is no failure.
  public func expireUpload(_ upload: UploadID) async throws(StoreError) {
    do {
      try await commit { catalog in ((), try catalog.remove(catalog.upload(upload))) }
    } catch {
      switch error {
      case .noSuchUpload, .noSuchBucket: return
      default: throw error
      }
    }
  }
}

extension Catalog {
  /// The first uploads of a bucket, in the order they were begun, for as long as `isWanted` says so.
  func uploads(
    in bucket: BucketRow, limit: Int, while isWanted: (UploadRow) -> Bool
  ) throws -> StoreFindings<UploadRow> {
    var findings = StoreFindings<UploadRow>()
    let rows = try Row.fetchCursor(
      database, sql: "SELECT \(Self.uploadColumns) FROM uploads WHERE bucket = ? ORDER BY seq",
      arguments: [bucket.id])
    while findings.found.count < limit, let row = try rows.next() {
      guard let upload = try findings.readable({ try upload(row, in: bucket) }) else { continue }
      guard isWanted(upload) else { break }
      findings.found.append(upload)
    }
    return findings
  }
}
