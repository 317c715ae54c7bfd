import CordonModel
import CordonStore
import CordonWire
import NIOCore

extension S3Exchange {
  func putObject() async throws -> GatewayResponse {
    try S3Promises.check(request.header)
    var metadata = try ObjectMetadata(fields: request.fields)
    metadata.tags = try S3Tagging.tags(header: request.header("x-amz-tagging"))
    let condition = try await condition()
    var body = try uploadBody()
    let writer = try await store.beginPut(bucket(), key(), size: body.announcedSize)
    do {
      while let piece = try await body.next() { try await writer.write(Array(buffer: piece)) }
      let checksum = try body.finish().checksum
      metadata.checksums = [checksum.algorithm.rawValue: checksum.base64]
      metadata.checksumType = "FULL_OBJECT"
      let info = try await writer.finish(metadata, if: condition)
      return answer.empty(200, Self.written(info))
    } catch {
      await writer.abort()
      throw error
    }
  }

  /// The content of an object or a part; S3 takes none whose length is not known.
  func uploadBody() throws -> S3Body {
    let body = try S3Body(body, of: request, from: visit.caller, longest: Self.largestUpload)
    guard body.announcedLength != nil else { throw S3Fault.missingContentLength }
    return body
  }

  /// The fields that tell a writer what was written.
  static func written(_ info: ObjectInfo) -> [(name: String, value: String)] {
    [("etag", "\"\(info.etag)\""), ("x-amz-server-side-encryption", "AES256")] + version(of: info)
      + info.metadata.checksumFields
  }

  /// What must hold at the target (S3 User Guide, "Conditional writes"). The store judges it again in the transaction
  /// that writes; judging it here first saves a client the sending of a body that cannot be stored.
  func condition() async throws -> WriteCondition {
    switch (request.header("if-none-match"), request.header("if-match")) {
    case (nil, nil): return .none
    case (let field?, nil):
      guard S3Conditions.bare(field) == "*" else { throw S3Fault.notImplemented }
      try await requireAbsence()
      return .absent
    case (nil, let field?):
      let eTag = String(S3Conditions.bare(field))
      guard try await head().etag == eTag else { throw S3Fault.preconditionFailed }
      return .matches(etag: eTag)
    case (_?, _?): throw S3Fault.invalidRequest("If-Match and If-None-Match exclude each other.")
    }
  }

  private func requireAbsence() async throws {
    do {
      _ = try await store.head(bucket(), key())
    } catch let error as StoreError where error.isAbsence {
      return
    }
    throw S3Fault.preconditionFailed
  }

  // MARK: Deleting

  func deleteObject() async throws -> GatewayResponse {
    // A condition that is not judged would delete too much.
    guard
      !["if-match", "x-amz-if-match-last-modified-time", "x-amz-if-match-size"].contains(where: {
        request.header($0) != nil
      })
    else { throw S3Fault.notImplemented }
    let deletion = try await store.delete(bucket(), key(), version: request.version)
    var fields: [(name: String, value: String)] = []
    if deletion.isDeleteMarker { fields.append(("x-amz-delete-marker", "true")) }
    if let version = deletion.versionID, version != "null" { fields.append(("x-amz-version-id", version)) }
    return answer.empty(204, fields)
  }
}
