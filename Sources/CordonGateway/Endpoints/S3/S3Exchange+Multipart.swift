import CordonModel
import CordonStore
import CordonWire
import NIOCore

extension S3Exchange {
  // MARK: What the query names

  func upload() throws -> UploadID {
    guard let id = request.query["uploadId"], !id.isEmpty, id.utf8.count <= 128 else {
      throw S3Fault.noSuchUpload
    }
    return UploadID(bucket: try bucket(), key: try key(), id: id)
  }

  func partNumber() throws -> Int {
    guard let text = request.query["partNumber"], text.utf8.count <= 5, let number = Int(text),
      (1...10_000).contains(number)
    else {
      throw S3Fault.invalidArgument(
        "Part number must be an integer between 1 and 10000, inclusive", name: "partNumber")
    }
    return number
  }

  // MARK: Begin, part, end

  func createMultipartUpload() async throws -> GatewayResponse {
    try S3Promises.check(request.header)
    var metadata = try ObjectMetadata(fields: request.fields)
    metadata.tags = try S3Tagging.tags(header: request.header("x-amz-tagging"))
    let plan = try S3ChecksumPlan(header: request.header)
    plan?.note(in: &metadata)
    let upload = try await store.beginUpload(bucket(), key(), metadata)
    var xml = S3XMLWriter()
    xml.open("InitiateMultipartUploadResult", namespace: S3XMLWriter.s3Namespace)
    xml.element("Bucket", upload.bucket.text)
    xml.element("Key", upload.key.text)
    xml.element("UploadId", upload.id)
    var fields = [(name: "x-amz-server-side-encryption", value: "AES256")]
    if let plan {
      fields += [
        ("x-amz-checksum-algorithm", plan.algorithm.rawValue), ("x-amz-checksum-type", plan.type.rawValue),
      ]
    }
    return answer.document(xml, fields)
  }

  func uploadPart() async throws -> GatewayResponse {
    let number = try partNumber()
    let upload = try upload()
    var body = try uploadBody()
    let writer = try await store.beginPart(upload, number: number, size: body.announcedSize)
    do {
      while let piece = try await body.next() { try await writer.write(Array(buffer: piece)) }
      let checksum = try body.finish().checksum
      let part = try await writer.finish(checksums: [checksum.algorithm.rawValue: checksum.base64])
      return answer.empty(
        200,
        [
          ("etag", "\"\(part.etag)\""), ("x-amz-server-side-encryption", "AES256"),
          (checksum.algorithm.headerName, checksum.base64),
        ])
    } catch {
      await writer.abort()
      throw error
    }
  }

  func completeMultipartUpload() async throws -> GatewayResponse {
    let upload = try upload()
    let complete: CompleteMultipartUploadRequest
    do {
      complete = try CompleteMultipartUploadRequest(
        parsing: try await document(upTo: CompleteMultipartUploadRequest.maximumLength))
    } catch is S3XMLError {
      throw S3Fault.malformedXML
    }
    let condition = try await condition()
    let begun = try await store.upload(upload)
    let parts = try await chosenParts(complete, of: upload)
    let plan =
      try S3ChecksumPlan(noted: begun.metadata) ?? S3ChecksumPlan(header: request.header) ?? .standard
    let checksums = try plan.checksums(of: parts, claimed: request.header)
    if let text = request.header("x-amz-mp-object-size") {
      guard Int64(text) == parts.reduce(0, { $0 + $1.size }) else {
        throw S3Fault.invalidRequest("The provided 'x-amz-mp-object-size' header does not match the parts.")
      }
    }
    let info = try await store.completeUpload(
      upload, parts.map { CompletedPart(number: $0.number, etag: $0.etag) }, checksums: checksums,
      checksumType: plan.type.rawValue, if: condition)
    return completed(info, upload)
  }

  private func completed(_ info: ObjectInfo, _ upload: UploadID) -> GatewayResponse {
    var xml = S3XMLWriter()
    xml.open("CompleteMultipartUploadResult", namespace: S3XMLWriter.s3Namespace)
    let path = PercentCoding.encode(upload.key.text, keepingSlash: true)
    xml.element("Location", "https://\(upload.bucket).s3.\(answer.region).amazonaws.com/\(path)")
    xml.element("Bucket", upload.bucket.text)
    xml.element("Key", upload.key.text)
    xml.element("ETag", "\"\(info.etag)\"")
    Self.checksums(of: info.metadata, in: &xml)
    return answer.document(
      xml, [(name: "x-amz-server-side-encryption", value: "AES256")] + Self.version(of: info))
  }

  /// The parts that the client names, as they were uploaded: in order, with the tags and checksums that it expects.
  private func chosenParts(
    _ complete: CompleteMultipartUploadRequest, of upload: UploadID
  ) async throws -> [PartInfo] {
    var stored: [Int: PartInfo] = [:]
    var after = 0
    while true {
      let page = try await store.parts(of: upload, after: after, limit: 10_000)
      for part in page.parts { stored[part.number] = part }
      guard page.isTruncated, let last = page.parts.last else { break }
      after = last.number
    }
    var previous = 0
    return try complete.parts.map { named in
      guard named.number > previous else { throw S3Fault.invalidPartOrder }
      previous = named.number
      guard let part = stored[named.number], S3Conditions.bare(named.eTag).utf8.elementsEqual(part.etag.utf8)
      else {
        throw S3Fault.invalidPart
      }
      if let claimed = named.checksum, let known = part.checksums[claimed.algorithm.rawValue] {
        guard known == claimed.base64 else { throw S3Fault.invalidPart }
      }
      return part
    }
  }

  func abortMultipartUpload() async throws -> GatewayResponse {
    try await store.abortUpload(upload())
    return answer.empty(204)
  }

  // MARK: Lists

  func listParts() async throws -> GatewayResponse {
    let upload = try upload()
    let limit = try number("max-parts", 0...1_000, default: 1_000)
    let marker = try number("part-number-marker", 0...10_000, default: 0)
    let begun = try await store.upload(upload)
    var xml = S3XMLWriter()
    xml.open("ListPartsResult", namespace: S3XMLWriter.s3Namespace)
    xml.element("Bucket", upload.bucket.text)
    xml.element("Key", upload.key.text)
    xml.element("UploadId", upload.id)
    xml.element("PartNumberMarker", marker)
    xml.element("MaxParts", limit)
    owner(in: &xml, as: "Initiator")
    owner(in: &xml)
    xml.element("StorageClass", "STANDARD")
    if let plan = try S3ChecksumPlan(noted: begun.metadata) {
      xml.element("ChecksumAlgorithm", plan.algorithm.rawValue)
      xml.element("ChecksumType", plan.type.rawValue)
    }
    return try await answer(xml, parts(of: upload, after: marker, limit: limit))
  }

  private func parts(of upload: UploadID, after marker: Int, limit: Int) -> S3Rows<Int> {
    S3Rows(
      from: marker, limit: limit,
      fetch: { [store] after, limit in
        let page = try await store.parts(of: upload, after: after, limit: limit)
        let rows = page.parts.map { part in
          S3Batch<Int>.Row(key: String(part.number), behind: part.number) { Self.write(part, to: &$0) }
        }
        return S3Batch(rows: rows, goesOn: page.isTruncated)
      },
      ending: { xml, _, next, _ in
        xml.element("IsTruncated", next != nil)
        if let next { xml.element("NextPartNumberMarker", next) }
      })
  }

  private static func write(_ part: PartInfo, to xml: inout S3XMLWriter) {
    xml.element("Part") { item in
      item.element("PartNumber", part.number)
      item.element("LastModified", AWSDate.extended(part.lastModified))
      item.element("ETag", "\"\(part.etag)\"")
      item.element("Size", part.size)
      for (algorithm, value) in part.checksums.sorted(by: { $0.key < $1.key }) {
        item.element("Checksum\(algorithm)", value)
      }
    }
  }

  func listMultipartUploads() async throws -> GatewayResponse {
    let listing = try S3Listing(request)
    let limit = try number("max-uploads", 0...1_000, default: 1_000)
    guard listing.delimiter == nil else { throw S3Fault.notImplemented }
    var xml = S3XMLWriter()
    xml.open("ListMultipartUploadsResult", namespace: S3XMLWriter.s3Namespace)
    xml.element("Bucket", try bucket().text)
    xml.element("KeyMarker", listing.text(request.query["key-marker"] ?? ""))
    xml.element("UploadIdMarker", request.query["upload-id-marker"] ?? "")
    xml.element("Prefix", listing.text(listing.prefix))
    xml.element("MaxUploads", limit)
    xml.element("EncodingType", ifPresent: listing.encodingType)
    return try await answer(xml, uploads(listing, limit: limit))
  }

  /// Where a listing of uploads goes on: behind a key, or behind one upload of it.
  private struct UploadMarker {
    var key: String?
    var id: String?
  }

  private func uploads(_ listing: S3Listing, limit: Int) throws -> S3Rows<UploadMarker> {
    let (store, bucket, owner) = (store, try bucket(), ownerID)
    return S3Rows(
      from: UploadMarker(key: request.query["key-marker"], id: request.query["upload-id-marker"]),
      limit: limit,
      fetch: { marker, limit in
        let page = try await store.listUploads(
          bucket, prefix: listing.prefix, keyMarker: marker.key, idMarker: marker.id, limit: limit)
        let rows = page.uploads.map { info in
          let (key, id) = (info.upload.key.text, info.upload.id)
          return S3Batch<UploadMarker>.Row(key: key, behind: UploadMarker(key: key, id: id)) { xml in
            xml.element("Upload") { item in
              item.element("Key", listing.text(key))
              item.element("UploadId", id)
              for name in ["Initiator", "Owner"] { item.element(name) { $0.element("ID", owner) } }
              item.element("StorageClass", "STANDARD")
              item.element("Initiated", AWSDate.extended(info.started))
            }
          }
        }
        return S3Batch(rows: rows, goesOn: page.isTruncated)
      },
      ending: { xml, _, next, _ in
        xml.element("IsTruncated", next != nil)
        xml.element("NextKeyMarker", ifPresent: next?.key.map(listing.text))
        xml.element("NextUploadIdMarker", ifPresent: next?.id)
      })
  }
}
