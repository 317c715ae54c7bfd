import CordonModel
import CordonStore
import CordonWire

/// What listings have in common: which keys, and how keys are written.
struct S3Listing {
  var prefix: String
  var delimiter: String?
  var encodingType: String?

  private static let places = [
    "marker", "start-after", "key-marker", "version-id-marker", "upload-id-marker",
  ]

  init(_ request: S3Request) throws(S3Fault) {
    prefix = request.query["prefix"] ?? ""
    delimiter = request.query["delimiter"].flatMap { $0.isEmpty ? nil : $0 }
    encodingType = request.query["encoding-type"]
    if let encodingType, encodingType != "url" {
      throw .invalidArgument(
        "Invalid Encoding Method specified in Request", name: "encoding-type", value: encodingType)
    }
    // What comes back in the answer is bounded like the keys there.
    let texts = [prefix, delimiter ?? ""] + Self.places.map { request.query[$0] ?? "" }
    guard texts.allSatisfy({ $0.utf8.count <= S3Address.longestKey }) else { throw .keyTooLong }
  }

  /// A key as the answer writes it.
  func text(_ key: String) -> String { encodingType == nil ? key : S3XMLWriter.urlEncoded(key) }
}

/// The documents of the listings.
///
/// Their rows stand in S3's order, with what only the end of a page knows behind them: where a listing goes on is not
/// known before its last row was found, and nothing is kept for a reader who may never come.
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
    var xml = try open("ListBucketResult", listing, limit: list.limit)
    xml.element("Marker", listing.text(list.after ?? ""))
    return try await answer(
      xml,
      objects(list, listing, withOwner: true) { xml, _, next, last in
        xml.element("IsTruncated", next != nil)
        if next != nil, listing.delimiter != nil {
          xml.element("NextMarker", ifPresent: last.map(listing.text))
        }
      })
  }

  private func listObjectsV2() async throws -> GatewayResponse {
    let listing = try S3Listing(request)
    var list = ListRequest(listing, limit: try number("max-keys", 0...1_000, default: 1_000))
    list.after = request.query["start-after"]
    list.continuation = request.query["continuation-token"]
    if list.continuation == "" {
      throw S3Fault.invalidArgument("The continuation token provided is incorrect")
    }
    var xml = try open("ListBucketResult", listing, limit: list.limit)
    xml.element("ContinuationToken", ifPresent: list.continuation)
    xml.element("StartAfter", ifPresent: list.after.map(listing.text))
    let withOwner = request.query["fetch-owner"] == "true"
    return try await answer(
      xml,
      objects(list, listing, withOwner: withOwner) { xml, count, next, _ in
        xml.element("KeyCount", count)
        xml.element("IsTruncated", next != nil)
        xml.element("NextContinuationToken", ifPresent: next?.continuation)
      })
  }

  func listObjectVersions() async throws -> GatewayResponse {
    let listing = try S3Listing(request)
    var list = VersionListRequest()
    list.prefix = listing.prefix
    list.delimiter = listing.delimiter
    list.keyMarker = request.query["key-marker"]
    list.versionMarker = request.query["version-id-marker"].flatMap { $0.isEmpty ? nil : $0 }
    list.limit = try number("max-keys", 0...1_000, default: 1_000)
    var xml = try open("ListVersionsResult", listing, limit: list.limit)
    xml.element("KeyMarker", listing.text(list.keyMarker ?? ""))
    xml.element("VersionIdMarker", list.versionMarker ?? "")
    return try await answer(
      xml,
      versions(list, listing) { xml, _, next, _ in
        xml.element("IsTruncated", next != nil)
        xml.element("NextKeyMarker", ifPresent: next?.keyMarker.map(listing.text))
        xml.element("NextVersionIdMarker", ifPresent: next?.versionMarker)
      })
  }

  /// Answers with a document whose rows are fetched as it is read.
  func answer<Position>(_ opening: S3XMLWriter, _ rows: S3Rows<Position>) async throws -> GatewayResponse {
    var rows = rows
    return try await S3Pieces(allowance: request.raw.allowance, answer: answer)
      .respond(opening) { xml in try await rows.write(to: &xml) }
  }

  private func open(_ root: String, _ listing: S3Listing, limit: Int) throws -> S3XMLWriter {
    var xml = S3XMLWriter()
    xml.open(root, namespace: S3XMLWriter.s3Namespace)
    xml.element("Name", try bucket().text)
    xml.element("Prefix", listing.text(listing.prefix))
    xml.element("Delimiter", ifPresent: listing.delimiter.map(listing.text))
    xml.element("MaxKeys", limit)
    xml.element("EncodingType", ifPresent: listing.encodingType)
    return xml
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
