public import CordonModel
import FoundationEssentials
import GRDB

/// What a listing of versions asks for.
public struct VersionListRequest: Sendable {
  /// Only keys that start so.
  public var prefix = ""
  /// Keys that hold it behind the prefix are told by their common prefix only.
  public var delimiter: String?
  /// Only what comes behind this key, or behind `versionMarker` of it.
  public var keyMarker: String?
  /// The version of `keyMarker` that the page before ended with.
  public var versionMarker: String?
  /// At most so many versions and common prefixes together.
  public var limit = 1_000

  /// Everything, in pages of 1,000.
  public init() {}
}

/// One page of a listing of versions.
public struct VersionListPage: Sendable, Equatable {
  /// Versions and delete markers, by key, the newest of each key first.
  public var versions: [ObjectInfo] = []
  /// Common prefixes, by their bytes.
  public var commonPrefixes: [String] = []
  /// Whether more follows.
  public var isTruncated = false
  /// The last key or common prefix; nil where nothing follows.
  public var nextKeyMarker: String?
  /// The last version; nil where nothing follows, or where the last entry is a common prefix.
  public var nextVersionMarker: String?

  var count: Int { versions.count + commonPrefixes.count }
}

extension ObjectStore {
  /// Lists all versions and delete markers of a bucket.
  public func listVersions(
    _ bucket: BucketName, _ request: VersionListRequest = VersionListRequest()
  ) async throws(StoreError) -> VersionListPage {
    if request.versionMarker != nil, (request.keyMarker ?? "").isEmpty {
      throw .invalidArgument("a version marker needs a key marker")
    }
    return try await read { catalog in
      try catalog.listVersions(request, in: catalog.bucket(bucket))
    }
  }
}

extension Catalog {
  /// Everything of a bucket between two keys, in an order that the index has.
  static let versionRows = """
    SELECT \(versionColumns) FROM versions INDEXED BY versions_order
    WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key, seq DESC
    """

  func listVersions(_ request: VersionListRequest, in bucket: BucketRow) throws -> VersionListPage {
    var listing = Listing(
      prefix: request.prefix, delimiter: request.delimiter, after: nil, limit: request.limit)
    if let marker = request.keyMarker, !marker.isEmpty { listing.after = listing.position(ofMarker: marker) }
    var page = VersionListPage()
    guard listing.limit > 0 else { return page }
    if let version = request.versionMarker, case .key(let key)? = listing.after,
      key.starts(with: listing.prefix)
    {
      try addRest(of: key, behind: version, in: bucket, limit: listing.limit, to: &page)
    }
    if !page.isTruncated { try addAll(listing, in: bucket, to: &page) }
    return page
  }

  /// The older versions of the key that the page before ended in.
  private func addRest(
    of key: [UInt8], behind version: String, in bucket: BucketRow, limit: Int, to page: inout VersionListPage
  ) throws {
    let key = blob(key)
    let known = try row(
      "SELECT seq FROM versions WHERE bucket = ? AND key = ? AND version = ?", [bucket.id, key, version])
    // The version may be deleted by now; its name still says where it stood.
    guard let sequence = known?.integer(0) ?? Self.sequence(ofVersionID: version) else { return }
    let rest = try rows(
      """
      SELECT \(Self.versionColumns) FROM versions WHERE bucket = ? AND key = ? AND seq < ?
      ORDER BY seq DESC LIMIT ?
      """, [bucket.id, key, sequence, limit.addingReportingOverflow(1).partialValue])
    for row in rest {
      guard page.count < limit else { return page.end() }
      page.versions.append(try self.version(row, in: bucket).info)
    }
  }

  private func addAll(_ listing: Listing, in bucket: BucketRow, to page: inout VersionListPage) throws {
    var lower = listing.lowerBound
    scan: while true {
      let rows = try Row.fetchCursor(
        database.cachedStatement(
          sql: Self.versionRows),
        arguments: [bucket.id, blob(lower), Data(listing.upperBound)])
      while let row = try rows.next() {
        guard page.count < listing.limit else { return page.end() }
        guard let common = listing.commonPrefix(of: Array(row.data(1) ?? Data())) else {
          page.versions.append(try version(row, in: bucket).info)
          continue
        }
        page.commonPrefixes.append(String(decoding: common, as: UTF8.self))
        lower = Listing.behind(common)
        continue scan
      }
      return
    }
  }
}

extension VersionListPage {
  /// The last entry is the greater of the last version and the last common prefix.
  fileprivate mutating func end() {
    isTruncated = true
    let version = versions.last
    if let common = commonPrefixes.last,
      version.map({ $0.key.bytes.lexicographicallyPrecedes(common.utf8) }) ?? true
    {
      nextKeyMarker = common
    } else {
      nextKeyMarker = version?.key.text
      nextVersionMarker = version?.versionID
    }
  }
}
