public import CordonModel

/// What a copy takes from its source.
public struct CopyDirective: Sendable, Equatable {
  /// The copy's metadata; nil takes the source's (`x-amz-metadata-directive: COPY`). Tags in it are not looked at.
  public var metadata: ObjectMetadata?
  /// The copy's tags; nil takes the source's.
  public var tags: [String: String]?
  /// What must hold at the target.
  public var condition = WriteCondition.none

  /// Everything is the source's.
  public init() {}

  func metadata(of source: ObjectMetadata) -> ObjectMetadata {
    guard let metadata else { return with(tags: tags ?? source.tags, source) }
    // The bytes are the source's, and so are the checksums over them.
    var replaced = with(tags: tags ?? source.tags, metadata)
    replaced.checksums = source.checksums
    replaced.checksumType = source.checksumType
    return replaced
  }

  private func with(tags: [String: String], _ metadata: ObjectMetadata) -> ObjectMetadata {
    var metadata = metadata
    metadata.tags = tags
    return metadata
  }
}

extension ObjectStore {
  /// Copies an object. Inside a project the copy shares the encrypted files of its source, so that it costs no
  /// bytes; between projects everything is decrypted and encrypted anew with the target's key.
  public func copy(
    from source: BucketName, _ sourceKey: ObjectKey, version: String? = nil, to target: BucketName,
    _ targetKey: ObjectKey, _ directive: CopyDirective = CopyDirective()
  ) async throws(StoreError) -> ObjectInfo {
    let time = time
    let shared: ObjectInfo? = try await commit { catalog in
      let (from, to) = (try catalog.bucket(source), try catalog.writableBucket(target))
      guard from.info.project == to.info.project else { return (nil, []) }
      let original = try catalog.object(sourceKey, version: version, in: from)
      try catalog.check(directive.condition, for: targetKey, in: to)
      var facts = original.facts
      facts.modified = time
      facts.metadata = directive.metadata(of: original.info.metadata)
      let (copy, superfluous) = try catalog.add(
        facts, parts: catalog.parts(of: original), key: targetKey, in: to,
        sealedWith: catalog.currentKey(of: to.info.project.text))
      return (copy.info, superfluous)
    }
    if let shared { return shared }
    let reader = try await get(source, sourceKey, version: version)
    let writer = try await beginPut(
      target, targetKey, size: reader.range.upperBound - reader.range.lowerBound)
    try await pump(reader) { bytes throws(StoreError) in try await writer.write(bytes) }
    return try await writer.finish(directive.metadata(of: reader.info.metadata), if: directive.condition)
  }

  /// Copies a range of an object into a part of an upload.
  public func copyPart(
    from source: BucketName, _ sourceKey: ObjectKey, version: String? = nil, range: ByteRange? = nil,
    to upload: UploadID, number: Int
  ) async throws(StoreError) -> PartInfo {
    let reader = try await get(source, sourceKey, version: version, range: range)
    let writer = try await beginPart(
      upload, number: number, size: reader.range.upperBound - reader.range.lowerBound)
    try await pump(reader) { bytes throws(StoreError) in try await writer.write(bytes) }
    return try await writer.finish()
  }

  private func pump(
    _ reader: ObjectReader, to write: ([UInt8]) async throws(StoreError) -> Void
  ) async throws(StoreError) {
    while let bytes = try await reader.next() { try await write(bytes) }
  }
}
