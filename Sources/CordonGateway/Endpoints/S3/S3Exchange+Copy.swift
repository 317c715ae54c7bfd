import CordonModel
import CordonStore
import CordonWire

/// CopyObject and UploadPartCopy. Reading the source and writing the target were both judged and recorded before.
extension S3Exchange {
  /// The largest object that one call copies (S3 API Reference, CopyObject).
  private static let largestCopy: Int64 = 5 << 30

  private struct Source {
    var bucket: BucketName
    var key: ObjectKey
    /// What was found, so that what is copied is what was judged.
    var info: ObjectInfo
  }

  func copyObject() async throws -> GatewayResponse {
    try S3Promises.check(request.header)
    let source = try await source()
    guard source.info.size <= Self.largestCopy else { throw Self.sourceTooLarge }
    var directive = try directive()
    try refuseIdle(source, directive)
    if directive.tags == nil, !source.info.metadata.tags.isEmpty { try await admitTags(of: source) }
    directive.condition = try await condition()
    let copy = try await store.copy(
      from: source.bucket, source.key, version: source.info.versionID, to: bucket(), key(), directive)
    var xml = S3XMLWriter()
    xml.open("CopyObjectResult", namespace: S3XMLWriter.s3Namespace)
    xml.element("LastModified", AWSDate.extended(copy.lastModified))
    xml.element("ETag", "\"\(copy.etag)\"")
    Self.checksums(of: copy.metadata, in: &xml)
    let fields = [(name: "x-amz-server-side-encryption", value: "AES256")] + Self.version(of: copy)
    return answer.document(xml, fields + sourceVersion(source.info))
  }

  func uploadPartCopy() async throws -> GatewayResponse {
    let source = try await source()
    let upload = try upload()
    let number = try partNumber()
    var range: ByteRange?
    if let field = request.header("x-amz-copy-source-range") {
      range = S3Range.copied(field)
      guard case .from(_, let last?)? = range, last < source.info.size else {
        throw S3Fault.invalidArgument(
          "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
            + "zero-based offsets of the first and last bytes to copy", name: "x-amz-copy-source-range",
          value: field)
      }
    }
    guard range != nil || source.info.size <= Self.largestCopy else { throw Self.sourceTooLarge }
    let part = try await store.copyPart(
      from: source.bucket, source.key, version: source.info.versionID, range: range, to: upload,
      number: number)
    var xml = S3XMLWriter()
    xml.open("CopyPartResult", namespace: S3XMLWriter.s3Namespace)
    xml.element("LastModified", AWSDate.extended(part.lastModified))
    xml.element("ETag", "\"\(part.etag)\"")
    return answer.document(xml, sourceVersion(source.info))
  }

  private static let sourceTooLarge = S3Fault.invalidRequest(
    "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120")

  // MARK: The source

  private func source() async throws -> Source {
    guard let copy = request.copySource, let name = try? BucketName(copy.bucket),
      let key = try? ObjectKey(copy.key)
    else { throw S3Fault.invalidArgument("Invalid copy source object key", name: "x-amz-copy-source") }
    let info = try await found(name, owner: visit.sourceOwner) { () async throws(StoreError) in
      try await store.head(name, key, version: copy.version)
    }
    let conditions = S3Conditions(prefix: "x-amz-copy-source-if-", header: request.header)
    guard conditions.judge(eTag: info.etag, modified: info.lastModified) == .holds else {
      throw S3Fault.preconditionFailed
    }
    return Source(bucket: name, key: key, info: info)
  }

  private func sourceVersion(_ info: ObjectInfo) -> [(name: String, value: String)] {
    info.versionID == "null" ? [] : [(name: "x-amz-copy-source-version-id", value: info.versionID)]
  }

  // MARK: What is copied beside the bytes

  /// Metadata and tags as the call's directives say.
  private func directive() throws -> CopyDirective {
    var directive = CopyDirective()
    if try replaces("x-amz-metadata-directive") {
      directive.metadata = try ObjectMetadata(fields: request.fields)
    }
    if try replaces("x-amz-tagging-directive") {
      directive.tags = try S3Tagging.tags(header: request.header("x-amz-tagging"))
    }
    return directive
  }

  /// A copy of an object onto itself must change something (S3 API Reference, CopyObject).
  private func refuseIdle(_ source: Source, _ directive: CopyDirective) throws {
    let isItself = source.bucket == request.bucket && source.key.text.utf8.elementsEqual(request.key.utf8)
    let changes = directive.metadata != nil || directive.tags != nil || request.copySource?.version != nil
    guard !isItself || changes else {
      throw S3Fault.invalidRequest(
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's "
          + "metadata, storage class, website redirect location or encryption attributes.")
    }
  }

  private func replaces(_ name: String) throws -> Bool {
    switch request.header(name) {
    case nil, "COPY": return false
    case "REPLACE": return true
    case let other?: throw S3Fault.invalidArgument("Unknown directive.", name: name, value: other)
    }
  }

  /// S3 User Guide, "Copying objects": copying tags reads them there and writes them here.
  private func admitTags(of source: Source) async throws {
    let permissions: [S3Call.Permission] = [
      .source("s3:GetObjectTagging", version: "s3:GetObjectVersionTagging"), .object("s3:PutObjectTagging"),
    ]
    for permission in permissions {
      guard let question = visit.question(permission) else { throw S3Fault.invalidBucketName }
      try await responder.admit(question, visit)
    }
  }
}
