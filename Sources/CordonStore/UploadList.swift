public import CordonModel
import FoundationEssentials
import GRDB

/// One page of a listing of uploads.
public struct UploadListPage: Sendable, Equatable {
  /// Uploads, by key, the oldest of each key first.
  public var uploads: [UploadInfo] = []
  /// Whether more follows.
  public var isTruncated = false
  /// The last upload, to be the next `after`; nil where nothing follows.
  public var next: UploadID?
}

extension ObjectStore {
  /// Lists the uploads of a bucket that are neither completed nor aborted.
  ///
  /// - Parameters:
  ///   - prefix: Only keys that start so.
  ///   - keyMarker: Only what comes behind this key, or behind the upload `idMarker` of it.
  ///   - idMarker: The upload that the page before ended with.
  ///   - limit: At most so many.
  public func listUploads(
    _ bucket: BucketName, prefix: String = "", keyMarker: String? = nil, idMarker: String? = nil,
    limit: Int = 1_000
  ) async throws(StoreError) -> UploadListPage {
    let marker = keyMarker.flatMap { $0.isEmpty ? nil : Listing.Position.key(Array($0.utf8)) }
    let listing = Listing(prefix: prefix, delimiter: nil, after: marker, limit: limit)
    return try await read { try $0.listUploads(listing, behind: idMarker, in: $0.bucket(bucket)) }
  }
}

extension Catalog {
  func listUploads(_ listing: Listing, behind id: String?, in bucket: BucketRow) throws -> UploadListPage {
    var page = UploadListPage()
    guard listing.limit > 0 else { return page }
    if let id, case .key(let key)? = listing.after, key.starts(with: listing.prefix) {
      let sequence = try row("SELECT seq FROM uploads WHERE id = ? AND bucket = ?", [id, bucket.id])?.integer(
        0)
      let rest = try uploads(of: key, behind: sequence ?? .max, atMost: listing.limit, in: bucket)
      try add(rest, limit: listing.limit, in: bucket, to: &page)
    }
    if page.isTruncated { return page }
    let limit = (listing.limit - page.uploads.count).addingReportingOverflow(1).partialValue
    let others = try rows(
      """
      SELECT \(Self.uploadColumns) FROM uploads WHERE bucket = ? AND key >= ? AND key < ?
      ORDER BY key, seq LIMIT ?
      """, [bucket.id, blob(listing.lowerBound), Data(listing.upperBound), limit])
    try add(others, limit: listing.limit, in: bucket, to: &page)
    return page
  }

  /// The rows of one key that come behind an upload: one more than asked for, which tells whether there are more. One
  /// key can have as many uploads as its project may have entries.
  func uploads(of key: [UInt8], behind sequence: Int64, atMost limit: Int, in bucket: BucketRow) throws
    -> [Row]
  {
    try rows(
      """
      SELECT \(Self.uploadColumns) FROM uploads WHERE bucket = ? AND key = ? AND seq > ? ORDER BY seq LIMIT ?
      """, [bucket.id, blob(key), sequence, limit.addingReportingOverflow(1).partialValue])
  }

  private func add(_ rows: [Row], limit: Int, in bucket: BucketRow, to page: inout UploadListPage) throws {
    for row in rows {
      guard page.uploads.count < limit else {
        page.isTruncated = true
        page.next = page.uploads.last?.upload
        return
      }
      let found = try upload(row, in: bucket)
      page.uploads.append(
        UploadInfo(
          upload: found.upload, started: StoreTime.date(found.facts.modified), metadata: found.facts.metadata)
      )
    }
  }
}
