public import CordonModel

/// An object on its way into the store. Nothing is visible before `finish` returns, and nothing is left of one
/// that is aborted or dropped.
public final class ObjectWriter: Sendable {
  private let store: ObjectStore
  private let bucket: BucketName
  private let key: ObjectKey
  private let isSeeding: Bool
  private let dataKey: ProjectKey
  private let sink: BlobSink

  init(
    store: ObjectStore, bucket: BucketName, key: ObjectKey, isSeeding: Bool, dataKey: ProjectKey,
    sink: BlobSink
  ) {
    self.store = store
    self.bucket = bucket
    self.key = key
    self.isSeeding = isSeeding
    self.dataKey = dataKey
    self.sink = sink
  }

  /// Takes the next bytes; returns when there is room for more.
  public func write(_ bytes: [UInt8]) async throws(StoreError) { try await sink.write(bytes[...]) }

  /// Takes the next bytes; returns when there is room for more.
  public func write(_ bytes: ArraySlice<UInt8>) async throws(StoreError) { try await sink.write(bytes) }

  /// Makes the object visible; returns once it is durable.
  ///
  /// - Parameters:
  ///   - metadata: What the client says of the object.
  ///   - condition: Judged in the same transaction that makes the object visible.
  public func finish(
    _ metadata: ObjectMetadata, if condition: WriteCondition = .none
  ) async throws(StoreError) -> ObjectInfo {
    let finished = try await sink.complete()
    var facts = VersionFacts(modified: store.time)
    facts.etag = Hexadecimal.text(finished.md5)
    facts.size = finished.part.size
    facts.metadata = metadata
    let (bucket, key, isSeeding, dataKey) = (bucket, key, isSeeding, dataKey)
    return try await store.commit(of: finished.part, within: sink.reservation) { [facts] catalog in
      let row = try catalog.writableBucket(bucket, isSeeding: isSeeding)
      guard row.info.project.text == dataKey.project else { throw StoreError.noSuchBucket(bucket.text) }
      try catalog.check(condition, for: key, in: row)
      try catalog.add(finished.part)
      let (version, superfluous) = try catalog.add(
        facts, parts: [finished.part], key: key, in: row, sealedWith: dataKey)
      return (version.info, superfluous)
    }
  }

  /// Removes what was written.
  public func abort() async { await sink.discard() }
}

extension ObjectStore {
  /// Starts to write an object.
  ///
  /// - Parameter size: How many bytes will come. Room for them is kept until the writer is gone, so that writers at the
  ///   same time cannot overshoot the project's limit together; where nobody knows, room is taken as they come.
  public func beginPut(
    _ bucket: BucketName, _ key: ObjectKey, size: Int64? = nil
  ) async throws(StoreError) -> ObjectWriter {
    try await beginPut(bucket, key, size: size, isSeeding: false)
  }

  func beginPut(
    _ bucket: BucketName, _ key: ObjectKey, size: Int64? = nil, isSeeding: Bool
  ) async throws(StoreError) -> ObjectWriter {
    let dataKey = try await read { catalog in
      try catalog.currentKey(of: catalog.writableBucket(bucket, isSeeding: isSeeding).info.project.text)
    }
    return ObjectWriter(
      store: self, bucket: bucket, key: key, isSeeding: isSeeding, dataKey: dataKey,
      sink: try sink(dataKey, size: size))
  }

  /// A sink with room for `size` bytes, or the refusal.
  func sink(_ key: ProjectKey, size: Int64?) throws(StoreError) -> BlobSink {
    let size = size ?? 0
    guard (0...limits.largestObject).contains(size) else { throw .tooLarge }
    let reservation = try meter.reserve(BlobSink.cost(of: size), for: key.project)
    return BlobSink(
      root: paths.data, key: key, files: files, limit: limits.largestObject, meter: meter,
      reservation: reservation)
  }

  /// A commit that names a new file; where it fails, the file goes.
  func commit<Result: Sendable>(
    of part: StoredPart, within reservation: StoreMeter.Reservation,
    _ change: @escaping @Sendable (Catalog) throws -> (Result, [BlobID])
  ) async throws(StoreError) -> Result {
    do {
      return try await commit(within: reservation, change)
    } catch {
      // After a failure of the disk it is not certain that the commit will not come back with the next opening; the
      // file then stays, and that opening decides.
      if case .unreadable = error { throw error }
      graveyard.bury(
        Graveyard.Grave(project: reservation.project, blobs: [part.blob], reservations: [reservation]))
      throw error
    }
  }
}
