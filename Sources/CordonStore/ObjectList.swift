public import CordonModel
import FoundationEssentials
import GRDB

/// What a listing asks for; S3's ListObjects and ListObjectsV2 both fit.
public struct ListRequest: Sendable {
  /// Only keys that start so.
  public var prefix = ""
  /// Keys that hold it behind the prefix are told by their common prefix only.
  public var delimiter: String?
  /// V1's `marker` or V2's `start-after`: only what comes behind.
  public var after: String?
  /// The `continuation` of the page before; `after` is then not looked at.
  public var continuation: String?
  /// At most so many keys and common prefixes together.
  public var limit = 1_000

  /// Everything, in pages of 1,000.
  public init() {}

  func listing() throws(StoreError) -> Listing {
    var listing = Listing(prefix: prefix, delimiter: delimiter, after: nil, limit: limit)
    if let continuation {
      guard let position = Listing.Position(token: continuation) else {
        throw .invalidArgument("the continuation token is not one of this store")
      }
      listing.after = position
    } else if let after, !after.isEmpty {
      listing.after = listing.position(ofMarker: after)
    }
    return listing
  }
}

/// One page of a listing.
public struct ListPage: Sendable, Equatable {
  /// Objects, by key.
  public var objects: [ObjectInfo] = []
  /// Common prefixes, by their bytes.
  public var commonPrefixes: [String] = []
  /// Whether more follows.
  public var isTruncated = false
  /// The last key or common prefix, to be V1's next `marker`; nil where nothing follows.
  public var nextMarker: String?
  /// V2's token for the next page; nil where nothing follows.
  public var continuation: String?

  var count: Int { objects.count + commonPrefixes.count }
}

extension ObjectStore {
  /// Lists the objects of a bucket, ordered by the bytes of their keys.
  public func list(
    _ bucket: BucketName, _ request: ListRequest = ListRequest()
  ) async throws(StoreError) -> ListPage {
    let listing = try request.listing()
    return try await read { try $0.list(listing, in: $0.bucket(bucket)) }
  }
}

extension Catalog {
  /// The objects of a bucket between two keys. What is deleted costs nothing, however much of it there is.
  static let shownRows = """
    SELECT \(versionColumns) FROM versions INDEXED BY versions_shown
    WHERE bucket = ? AND latest = 1 AND marker = 0 AND key >= ? AND key < ? ORDER BY key
    """

  func list(_ listing: Listing, in bucket: BucketRow) throws -> ListPage {
    var page = ListPage()
    guard listing.limit > 0 else { return page }
    var lower = listing.lowerBound
    var last: Listing.Position?
    scan: while true {
      let rows = try Row.fetchCursor(
        database.cachedStatement(
          sql: Self.shownRows),
        arguments: [bucket.id, blob(lower), Data(listing.upperBound)])
      while let row = try rows.next() {
        guard page.count < listing.limit else {
          page.end(at: last)
          return page
        }
        let key = Array(row.data(1) ?? Data())
        guard let common = listing.commonPrefix(of: key) else {
          page.objects.append(try version(row, in: bucket).info)
          last = .key(key)
          continue
        }
        page.commonPrefixes.append(String(decoding: common, as: UTF8.self))
        last = .prefix(common)
        // One step over everything that the common prefix stands for.
        lower = Listing.behind(common)
        continue scan
      }
      return page
    }
  }

  /// SQLite takes an empty blob for NULL, which nothing is greater than.
  func blob(_ bytes: [UInt8]) -> Data { Data(bytes.isEmpty ? [0] : bytes) }
}

extension ListPage {
  fileprivate mutating func end(at position: Listing.Position?) {
    isTruncated = true
    continuation = position?.token
    switch position {
    case .key(let bytes), .prefix(let bytes): nextMarker = String(decoding: bytes, as: UTF8.self)
    case nil: break
    }
  }
}
