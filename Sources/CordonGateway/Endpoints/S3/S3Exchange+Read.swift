import CordonModel
import CordonStore
import CordonWire
import NIOCore

extension S3Exchange {
  private typealias Fields = [(name: String, value: String)]

  /// GetObject and HeadObject: they differ in the body alone.
  func getObject() async throws -> GatewayResponse {
    let overrides = try overrides()
    let range = try await range()
    let reader: ObjectReader
    do {
      reader = try await open(range?.bytes)
    } catch let StoreError.rangeNotSatisfiable(size) {
      if let early = try await judgeConditions() { return early }
      throw S3Fault.invalidRange(request.header("range") ?? "", size: Int(clamping: size))
    }
    if let early = try judge(reader.info) { return early }
    var fields = fields(of: reader.info, overrides: overrides)
    let length = Int(clamping: reader.range.upperBound - reader.range.lowerBound)
    var status = 200
    if let range {
      status = 206
      let last = reader.range.upperBound - 1
      if length > 0 {
        fields.append(("content-range", "bytes \(reader.range.lowerBound)-\(last)/\(reader.info.size)"))
      }
      if let count = range.partCount { fields.append(("x-amz-mp-parts-count", String(count))) }
    } else if request.header("x-amz-checksum-mode")?.uppercased() == "ENABLED" {
      fields += reader.info.metadata.checksumFields
    }
    guard request.raw.method == "GET" else {
      return answer.content(status, fields + [("content-length", String(length))], .none)
    }
    return try await content(reader, length, status, fields)
  }

  /// A reader gives no more than this at once.
  private static let readBytes = 256 << 10

  /// What is damaged is found before the head of the answer is sent, and a small object leaves in one write.
  private func content(
    _ reader: ObjectReader, _ length: Int, _ status: Int, _ fields: Fields
  ) async throws -> GatewayResponse {
    var lease: AnswerLease? = try await reserve(min(length, Self.readBytes))
    var piece: ByteBuffer? = ByteBuffer(bytes: try await reader.next() ?? [])
    if let whole = piece, whole.readableBytes >= length {
      var response = answer.content(status, fields, .bytes(whole))
      response.lease = lease
      return response
    }
    return answer.content(
      status, fields,
      .stream(length: length) { write in
        while let next = piece {
          piece = nil
          try await write(next)
          lease?.end()
          lease = nil
          let held = try await reserve(Self.readBytes)
          guard let bytes = try await reader.next() else { return }
          (piece, lease) = (ByteBuffer(bytes: bytes), held)
        }
      })
  }

  private func reserve(_ bytes: Int) async throws -> AnswerLease {
    try await request.raw.allowance.reserveForS3(bytes)
  }

  private func open(_ range: ByteRange?) async throws -> ObjectReader {
    let (bucket, key, version) = (try bucket(), try key(), request.version)
    return try await found(bucket, owner: visit.owner) { () async throws(StoreError) in
      try await store.get(bucket, key, version: version, range: range)
    }
  }

  func head() async throws -> ObjectInfo {
    let (bucket, key, version) = (try bucket(), try key(), request.version)
    return try await found(bucket, owner: visit.owner) { () async throws(StoreError) in
      try await store.head(bucket, key, version: version)
    }
  }

  // MARK: Ranges

  private struct Wanted {
    var bytes: ByteRange
    /// How many parts the object has, where the range is one of them.
    var partCount: Int?
  }

  private func range() async throws -> Wanted? {
    if let number = request.query["partNumber"] { return try await part(number) }
    guard let range = S3Range.bytes(request.header("range")) else { return nil }
    // RFC 9110 §13.1.5: the range counts only while the object is still the one that the client knows.
    if let ifRange = request.header("if-range") {
      let info = try await head()
      guard S3Conditions.lists(ifRange, info.etag) || ifRange == HTTPDate.text(info.lastModified) else {
        return nil
      }
    }
    return Wanted(bytes: range)
  }

  /// One of the parts that an object was uploaded in.
  private func part(_ text: String) async throws -> Wanted {
    guard request.header("range") == nil else {
      throw S3Fault.invalidRequest("Cannot specify both Range header and partNumber query parameter")
    }
    guard text.utf8.count <= 5, let number = Int(text), (1...10_000).contains(number) else {
      throw S3Fault.invalidArgument(
        "Part number must be an integer between 1 and 10000, inclusive", name: "partNumber")
    }
    let (bucket, key, version) = (try bucket(), try key(), request.version)
    let sizes = try await found(bucket, owner: visit.owner) { () async throws(StoreError) in
      try await store.partSizes(bucket, key, version: version)
    }
    guard number <= sizes.count else {
      throw S3Fault("InvalidPartNumber", 416, "The requested partnumber is not satisfiable")
    }
    let start = sizes[..<(number - 1)].reduce(0, +)
    return Wanted(
      bytes: .from(start, through: start + sizes[number - 1] - 1),
      partCount: sizes.count > 1 ? sizes.count : nil)
  }

  // MARK: Conditions

  private func judgeConditions() async throws -> GatewayResponse? { try judge(try await head()) }

  /// The answer where a condition of the request does not hold.
  private func judge(_ info: ObjectInfo) throws -> GatewayResponse? {
    switch S3Conditions(header: request.header).judge(eTag: info.etag, modified: info.lastModified) {
    case .holds: return nil
    case .failed: throw S3Fault.preconditionFailed
    case .notModified:
      return answer.empty(
        304, [("etag", "\"\(info.etag)\""), ("last-modified", HTTPDate.text(info.lastModified))])
    }
  }

  // MARK: Fields

  private func fields(of info: ObjectInfo, overrides: Fields) -> Fields {
    var fields: Fields = [
      ("etag", "\"\(info.etag)\""), ("last-modified", HTTPDate.text(info.lastModified)),
      ("accept-ranges", "bytes"),
      ("x-amz-server-side-encryption", "AES256"),
    ]
    fields += Self.version(of: info)
    if !info.metadata.tags.isEmpty {
      fields.append(("x-amz-tagging-count", String(info.metadata.tags.count)))
    }
    let replaced = Set(overrides.map(\.name))
    return fields + info.metadata.fields.filter { !replaced.contains($0.name) } + overrides
  }

  /// The version, where the bucket keeps versions.
  static func version(of info: ObjectInfo) -> [(name: String, value: String)] {
    info.versionID == "null" ? [] : [("x-amz-version-id", info.versionID)]
  }

  /// `response-content-type` and its siblings: what a signed link makes of an object's fields.
  private func overrides() throws -> Fields {
    var fields: Fields = []
    for name in ["type", "language", "disposition", "encoding"].map({ "content-\($0)" }) + [
      "expires", "cache-control",
    ] {
      guard let value = request.query["response-\(name)"] else { continue }
      guard visit.caller.claims != nil else {
        throw S3Fault.invalidRequest(
          "Request specific response headers cannot be used for anonymous GET requests.")
      }
      guard value.unicodeScalars.allSatisfy({ (0x20...0x7E).contains($0.value) }) else {
        throw S3Fault.invalidArgument(
          "Header value cannot be represented using ISO-8859-1.", name: "response-\(name)")
      }
      fields.append((name, value))
    }
    return fields
  }
}
