import CordonModel
import CordonStore
import CordonWire

/// What listings have in common: which keys, and how keys are written.
struct S3Listing {
  var prefix: String
  var delimiter: String?
  var encodingType: String?

  init(_ request: S3Request) throws(S3Fault) {
    prefix = request.query["prefix"] ?? ""
    delimiter = request.query["delimiter"].flatMap { $0.isEmpty ? nil : $0 }
    encodingType = request.query["encoding-type"]
    if let encodingType, encodingType != "url" {
      throw .invalidArgument(
        "Invalid Encoding Method specified in Request", name: "encoding-type", value: encodingType)
    }
    guard prefix.utf8.count <= S3Address.longestKey, (delimiter ?? "").utf8.count <= S3Address.longestKey
    else {
      throw .keyTooLong
    }
  }

  /// A key as the answer writes it.
  func text(_ key: String) -> String { encodingType == nil ? key : S3XMLWriter.urlEncoded(key) }
}

extension S3Exchange {
  func listObjects() async throws -> GatewayResponse {
    switch request.query["list-type"] {
    case nil: return try await listObjectsV1()
    case "2": return try await listObjectsV2()
    case let other?:
      throw S3Fault.invalidArgument("Invalid List Type specified in Request", name: "list-type", value: other)
    }
  }

  private func listObjectsV1() async throws -> GatewayResponse {
    let listing = try S3Listing(request)
    var list = ListRequest(listing, limit: try number("max-keys", 0...1_000, default: 1_000))
    list.after = request.query["marker"]
    let page = try await store.list(bucket(), list)
    var xml = try open("ListBucketResult", listing, limit: list.limit, isTruncated: page.isTruncated)
    xml.element("Marker", listing.text(list.after ?? ""))
    if let next = page.nextMarker, listing.delimiter != nil { xml.element("NextMarker", listing.text(next)) }
    write(page.objects, listing, withOwner: true, to: &xml)
    write(commonPrefixes: page.commonPrefixes, listing, to: &xml)
    return answer.document(xml)
  }

  private func listObjectsV2() async throws -> GatewayResponse {
    let listing = try S3Listing(request)
    var list = ListRequest(listing, limit: try number("max-keys", 0...1_000, default: 1_000))
    list.after = request.query["start-after"]
    list.continuation = request.query["continuation-token"]
    if list.continuation == "" {
      throw S3Fault.invalidArgument("The continuation token provided is incorrect")
    }
    let page = try await store.list(bucket(), list)
    var xml = try open("ListBucketResult", listing, limit: list.limit, isTruncated: page.isTruncated)
    xml.element("KeyCount", page.objects.count + page.commonPrefixes.count)
    xml.element("ContinuationToken", ifPresent: list.continuation)
    xml.element("NextContinuationToken", ifPresent: page.continuation)
    xml.element("StartAfter", ifPresent: list.after.map(listing.text))
    write(page.objects, listing, withOwner: request.query["fetch-owner"] == "true", to: &xml)
    write(commonPrefixes: page.commonPrefixes, listing, to: &xml)
    return answer.document(xml)
  }

  func listObjectVersions() async throws -> GatewayResponse {
    let listing = try S3Listing(request)
    var list = VersionListRequest()
    list.prefix = listing.prefix
    list.delimiter = listing.delimiter
    list.keyMarker = request.query["key-marker"]
    list.versionMarker = request.query["version-id-marker"].flatMap { $0.isEmpty ? nil : $0 }
    list.limit = try number("max-keys", 0...1_000, default: 1_000)
    let page = try await store.listVersions(bucket(), list)
    var xml = try open("ListVersionsResult", listing, limit: list.limit, isTruncated: page.isTruncated)
    xml.element("KeyMarker", listing.text(list.keyMarker ?? ""))
    xml.element("VersionIdMarker", list.versionMarker ?? "")
    xml.element("NextKeyMarker", ifPresent: page.nextKeyMarker.map(listing.text))
    xml.element("NextVersionIdMarker", ifPresent: page.nextVersionMarker)
    for info in page.versions {
      xml.element(info.isDeleteMarker ? "DeleteMarker" : "Version") { item in
        item.element("Key", listing.text(info.key.text))
        item.element("VersionId", info.versionID)
        item.element("IsLatest", info.isLatest)
        describe(info, withOwner: true, to: &item)
      }
    }
    write(commonPrefixes: page.commonPrefixes, listing, to: &xml)
    return answer.document(xml)
  }

  // MARK: Parts of the documents

  private func open(
    _ root: String, _ listing: S3Listing, limit: Int, isTruncated: Bool
  ) throws -> S3XMLWriter {
    var xml = S3XMLWriter()
    xml.open(root, namespace: S3XMLWriter.s3Namespace)
    xml.element("Name", try bucket().text)
    xml.element("Prefix", listing.text(listing.prefix))
    xml.element("Delimiter", ifPresent: listing.delimiter.map(listing.text))
    xml.element("MaxKeys", limit)
    xml.element("EncodingType", ifPresent: listing.encodingType)
    xml.element("IsTruncated", isTruncated)
    return xml
  }

  private func write(
    _ objects: [ObjectInfo], _ listing: S3Listing, withOwner: Bool, to xml: inout S3XMLWriter
  ) {
    for info in objects {
      xml.element("Contents") { item in
        item.element("Key", listing.text(info.key.text))
        describe(info, withOwner: withOwner, to: &item)
      }
    }
  }

  private func describe(_ info: ObjectInfo, withOwner: Bool, to xml: inout S3XMLWriter) {
    xml.element("LastModified", AWSDate.extended(info.lastModified))
    if !info.isDeleteMarker {
      xml.element("ETag", "\"\(info.etag)\"")
      for algorithm in info.metadata.checksums.keys.sorted() { xml.element("ChecksumAlgorithm", algorithm) }
      if !info.metadata.checksums.isEmpty {
        xml.element("ChecksumType", info.metadata.checksumType ?? "FULL_OBJECT")
      }
      xml.element("Size", info.size)
    }
    if withOwner { owner(in: &xml) }
    if !info.isDeleteMarker { xml.element("StorageClass", "STANDARD") }
  }

  private func write(commonPrefixes: [String], _ listing: S3Listing, to xml: inout S3XMLWriter) {
    for prefix in commonPrefixes {
      xml.element("CommonPrefixes") { $0.element("Prefix", listing.text(prefix)) }
    }
  }
}

extension ListRequest {
  fileprivate init(_ listing: S3Listing, limit: Int) {
    self.init()
    prefix = listing.prefix
    delimiter = listing.delimiter
    self.limit = limit
  }
}
