public import CordonModel
public import FoundationEssentials

/// Names a multipart upload: bucket, key and id must all be those it was begun with.
public struct UploadID: Sendable, Hashable {
  /// The bucket.
  public var bucket: BucketName
  /// The key that the object will have.
  public var key: ObjectKey
  /// The id that S3 calls `UploadId`.
  public var id: String

  /// Names an upload.
  public init(bucket: BucketName, key: ObjectKey, id: String) {
    self.bucket = bucket
    self.key = key
    self.id = id
  }
}

/// A part that was uploaded.
public struct PartInfo: Sendable, Equatable {
  /// From 1 to 10,000.
  public var number: Int
  /// The part's MD5, without quotes.
  public var etag: String
  /// Bytes.
  public var size: Int64
  /// When it was uploaded.
  public var lastModified: Date
  /// The checksums given with it, by algorithm, in base64.
  public var checksums: [String: String]
}

/// A part as a completion names it.
public struct CompletedPart: Sendable, Equatable {
  /// From 1 to 10,000.
  public var number: Int
  /// The part's ETag, without quotes.
  public var etag: String

  /// Names a part.
  public init(number: Int, etag: String) {
    self.number = number
    self.etag = etag
  }
}

/// An upload that is neither completed nor aborted.
public struct UploadInfo: Sendable, Equatable {
  /// The upload.
  public var upload: UploadID
  /// When it was begun.
  public var started: Date
  /// What the object will say of itself.
  public var metadata: ObjectMetadata
}

/// A part on its way into the store; see `ObjectWriter`.
public final class PartWriter: Sendable {
  private let store: ObjectStore
  private let upload: UploadID
  private let number: Int
  private let dataKey: ProjectKey
  private let sink: BlobSink

  init(store: ObjectStore, upload: UploadID, number: Int, dataKey: ProjectKey, sink: BlobSink) {
    self.store = store
    self.upload = upload
    self.number = number
    self.dataKey = dataKey
    self.sink = sink
  }

  /// Takes the next bytes; returns when there is room for more.
  public func write(_ bytes: [UInt8]) async throws(StoreError) { try await sink.write(bytes[...]) }

  /// Takes the next bytes; returns when there is room for more.
  public func write(_ bytes: ArraySlice<UInt8>) async throws(StoreError) { try await sink.write(bytes) }

  /// Makes the part one of the upload, in place of one of the same number; returns once it is durable.
  public func finish(checksums: [String: String] = [:]) async throws(StoreError) -> PartInfo {
    let finished = try await sink.complete()
    var facts = VersionFacts(modified: store.time)
    facts.etag = Hexadecimal.text(finished.md5)
    facts.size = finished.part.size
    facts.metadata.checksums = checksums
    let (upload, number, dataKey) = (upload, number, dataKey)
    return try await store.commit(of: finished.part, within: sink.reservation) { [facts] catalog in
      let row = try catalog.upload(upload)
      try catalog.add(finished.part)
      let superfluous = try catalog.put(
        finished.part, number: Int64(number), facts: facts, in: row, sealedWith: dataKey)
      return (PartInfo(number: number, facts: facts), superfluous)
    }
  }

  /// Removes what was written.
  public func abort() async { await sink.discard() }
}

extension PartInfo {
  init(number: Int, facts: VersionFacts) {
    self.init(
      number: number, etag: facts.etag, size: facts.size, lastModified: StoreTime.date(facts.modified),
      checksums: facts.metadata.checksums)
  }
}

extension ObjectStore {
  /// Begins an upload in parts.
  public func beginUpload(
    _ bucket: BucketName, _ key: ObjectKey, _ metadata: ObjectMetadata
  ) async throws(StoreError) -> UploadID {
    let upload = UploadID(bucket: bucket, key: key, id: Hexadecimal.text(Random.bytes(24)))
    var facts = VersionFacts(modified: time)
    facts.metadata = metadata
    return try await commit { [facts] catalog in
      let row = try catalog.writableBucket(bucket)
      try catalog.add(upload, facts: facts, in: row)
      return (upload, [])
    }
  }

  /// Starts to write a part. Parts may come in any order, at the same time, and again.
  ///
  /// - Parameter size: How many bytes will come, where that is known; see `beginPut`.
  public func beginPart(
    _ upload: UploadID, number: Int, size: Int64? = nil
  ) async throws(StoreError) -> PartWriter {
    guard (1...10_000).contains(number) else { throw .invalidArgument("a part's number is from 1 to 10000") }
    let dataKey = try await read { catalog in
      _ = try catalog.upload(upload)
      return try catalog.currentKey(of: catalog.bucket(upload.bucket).info.project.text)
    }
    return PartWriter(
      store: self, upload: upload, number: number, dataKey: dataKey, sink: try sink(dataKey, size: size))
  }

  /// An upload, with what the object will say of itself.
  public func upload(_ upload: UploadID) async throws(StoreError) -> UploadInfo {
    try await read { catalog in
      let row = try catalog.upload(upload)
      return UploadInfo(
        upload: upload, started: StoreTime.date(row.facts.modified), metadata: row.facts.metadata)
    }
  }

  /// The parts of an upload with numbers above `after`, in order, at most `limit`.
  public func parts(
    of upload: UploadID, after: Int = 0, limit: Int = 1_000
  ) async throws(StoreError) -> (parts: [PartInfo], isTruncated: Bool) {
    let limit = max(0, limit)
    let parts = try await read { catalog in
      try catalog.parts(
        of: catalog.upload(upload), after: Int64(after), limit: limit.addingReportingOverflow(1).partialValue
      )
      .map { PartInfo(number: Int(clamping: $0.number), facts: $0.facts) }
    }
    return (Array(parts.prefix(limit)), parts.count > limit)
  }

  /// Makes the object out of the parts named, without rewriting a byte; parts not named are removed.
  ///
  /// - Parameters:
  ///   - parts: In ascending order, each with the ETag that it was uploaded with.
  ///   - checksums: The object's own checksums, as the caller verified or composed them.
  ///   - condition: Judged in the same transaction that makes the object visible.
  public func completeUpload(
    _ upload: UploadID, _ parts: [CompletedPart], checksums: [String: String] = [:],
    checksumType: String? = nil,
    if condition: WriteCondition = .none
  ) async throws(StoreError) -> ObjectInfo {
    let (time, limits) = (time, limits)
    return try await commit { catalog in
      let bucket = try catalog.writableBucket(upload.bucket)
      let row = try catalog.upload(upload)
      let chosen = try catalog.choose(parts, of: row, limits: limits)
      try catalog.check(condition, for: upload.key, in: bucket)
      var facts = VersionFacts(modified: time)
      facts.etag = try CompletedPart.etag(of: chosen.map(\.facts.etag))
      facts.size = chosen.reduce(0) { $0 + $1.part.size }
      facts.partCount = Int64(chosen.count)
      facts.metadata = row.facts.metadata
      if !checksums.isEmpty {
        facts.metadata.checksums = checksums
        facts.metadata.checksumType = checksumType
      }
      let (version, replaced) = try catalog.add(
        facts, parts: chosen.map(\.part), key: upload.key, in: bucket, sealedWith: catalog.key(row.dataKey))
      return (version.info, replaced + (try catalog.remove(row)))
    }
  }

  /// Removes an upload and its parts.
  public func abortUpload(_ upload: UploadID) async throws(StoreError) {
    try await commit { catalog in
      _ = try catalog.writableBucket(upload.bucket)
      return ((), try catalog.remove(catalog.upload(upload)))
    }
  }
}
