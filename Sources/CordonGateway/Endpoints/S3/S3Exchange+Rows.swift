import CordonModel
import CordonStore
import CordonWire

/// The rows of listings of objects and of versions.
extension S3Exchange {
  func objects(
    _ list: ListRequest, _ listing: S3Listing, withOwner: Bool, ending: @escaping S3Rows<ListRequest>.Ending
  ) throws -> S3Rows<ListRequest> {
    let (store, bucket) = (store, try bucket())
    let owner = withOwner ? ownerID : nil
    return S3Rows(
      from: list, limit: list.limit,
      fetch: { position, limit in
        var request = position
        request.limit = limit
        let page = try await store.list(bucket, request)
        var rows = page.objects.map { info in
          S3Batch<ListRequest>.Row(key: info.key.text, behind: list.behind(info.key.text)) { xml in
            xml.element("Contents") { item in
              item.element("Key", listing.text(info.key.text))
              Self.describe(info, owner: owner, to: &item)
            }
          }
        }
        rows.mergePrefixes(page.commonPrefixes, listing) { list.behind($0) }
        // Only the store can write the token that goes on behind a page.
        if !rows.isEmpty { rows[rows.count - 1].behind.continuation = page.continuation }
        return S3Batch(rows: rows, goesOn: page.isTruncated)
      }, ending: ending)
  }

  func versions(
    _ list: VersionListRequest, _ listing: S3Listing, ending: @escaping S3Rows<VersionListRequest>.Ending
  ) throws -> S3Rows<VersionListRequest> {
    let (store, bucket) = (store, try bucket())
    let owner = ownerID
    return S3Rows(
      from: list, limit: list.limit,
      fetch: { position, limit in
        var request = position
        request.limit = limit
        let page = try await store.listVersions(bucket, request)
        var rows = page.versions.map { info in
          S3Batch<VersionListRequest>.Row(
            key: info.key.text, behind: list.behind(info.key.text, version: info.versionID)
          ) { xml in
            xml.element(info.isDeleteMarker ? "DeleteMarker" : "Version") { item in
              item.element("Key", listing.text(info.key.text))
              item.element("VersionId", info.versionID)
              item.element("IsLatest", info.isLatest)
              Self.describe(info, owner: owner, to: &item)
            }
          }
        }
        rows.mergePrefixes(page.commonPrefixes, listing) { list.behind($0, version: nil) }
        return S3Batch(rows: rows, goesOn: page.isTruncated)
      }, ending: ending)
  }

  private static func describe(_ info: ObjectInfo, owner: String?, to xml: inout S3XMLWriter) {
    xml.element("LastModified", AWSDate.extended(info.lastModified))
    if !info.isDeleteMarker {
      xml.element("ETag", "\"\(info.etag)\"")
      for algorithm in info.metadata.checksums.keys.sorted() { xml.element("ChecksumAlgorithm", algorithm) }
      if !info.metadata.checksums.isEmpty {
        xml.element("ChecksumType", info.metadata.checksumType ?? "FULL_OBJECT")
      }
      xml.element("Size", info.size)
    }
    if let owner { xml.element("Owner") { $0.element("ID", owner) } }
    if !info.isDeleteMarker { xml.element("StorageClass", "STANDARD") }
  }
}

extension Array {
  /// Puts common prefixes between the rows, where their bytes say.
  fileprivate mutating func mergePrefixes<Position>(
    _ prefixes: [String], _ listing: S3Listing, behind: (String) -> Position
  ) where Element == S3Batch<Position>.Row {
    guard !prefixes.isEmpty else { return }
    self += prefixes.map { prefix in
      S3Batch<Position>.Row(key: prefix, behind: behind(prefix), isPrefix: true) { xml in
        xml.element("CommonPrefixes") { $0.element("Prefix", listing.text(prefix)) }
      }
    }
    // Swift's sort is stable: the versions of one key keep their order.
    sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }
}

extension ListRequest {
  /// The listing behind a key or a common prefix of it.
  fileprivate func behind(_ marker: String) -> ListRequest {
    var request = self
    request.continuation = nil
    request.after = marker
    return request
  }
}

extension VersionListRequest {
  /// The listing behind a version, or behind a common prefix.
  fileprivate func behind(_ marker: String, version: String?) -> VersionListRequest {
    var request = self
    request.keyMarker = marker
    request.versionMarker = version
    return request
  }
}
