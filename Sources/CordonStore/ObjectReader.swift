public import CordonModel
import Synchronization

/// An object's bytes, pulled by whoever sends them on; nothing is read ahead.
///
/// The object stays readable to the end, also while it is overwritten or deleted. Bytes come only after the
/// segment they are in proved to be what was written.
public final class ObjectReader: Sendable {
  private struct State {
    var position: Int64
    var part: (index: Int, start: Int64)
    var reader: BlobReader?
  }

  /// The version that is read.
  public let info: ObjectInfo
  /// The bytes that come.
  public let range: Range<Int64>
  private let parts: [(part: StoredPart, key: ProjectKey)]
  private let root: String
  private let files: FileQueues
  private let ticket: Graveyard.Ticket
  private let state: Mutex<State>

  init(
    info: ObjectInfo, range: Range<Int64>, parts: [(part: StoredPart, key: ProjectKey)], root: String,
    files: FileQueues, ticket: Graveyard.Ticket
  ) {
    self.info = info
    self.range = range
    self.parts = parts
    self.root = root
    self.files = files
    self.ticket = ticket
    state = Mutex(State(position: range.lowerBound, part: (0, 0)))
  }

  /// The next bytes, up to 256 KiB; nil at the end.
  public func next() async throws(StoreError) -> [UInt8]? {
    let object = self
    return try await files.run { try object.read() }
  }

  /// All bytes, for objects known to be small.
  public func collect() async throws(StoreError) -> [UInt8] {
    var all: [UInt8] = []
    while let bytes = try await next() { all += bytes }
    return all
  }

  private func read() throws -> [UInt8]? {
    try state.withLock { state in
      guard state.position < range.upperBound else {
        if range.isEmpty { try checkEmpty() }
        return nil
      }
      try seek(&state)
      guard let reader = state.reader else { throw StoreError.damaged("the list of files of '\(info.key)'") }
      let end = min(range.upperBound, state.part.start + parts[state.part.index].part.size)
      let bytes = try reader.read(state.position - state.part.start..<end - state.part.start)
      state.position += Int64(bytes.count)
      return bytes
    }
  }

  /// Opens the file that holds the position.
  private func seek(_ state: inout State) throws {
    while state.part.index < parts.count,
      state.position >= state.part.start + parts[state.part.index].part.size
    {
      state.part = (state.part.index + 1, state.part.start + parts[state.part.index].part.size)
      state.reader = nil
    }
    guard state.part.index < parts.count, state.reader == nil else { return }
    let (part, key) = parts[state.part.index]
    state.reader = try BlobReader(root: root, part: part, key: key)
  }

  /// That there is nothing is a statement too.
  private func checkEmpty() throws {
    for (part, key) in parts { try BlobReader(root: root, part: part, key: key).check() }
  }
}

extension ObjectStore {
  /// Opens an object, or a range of it, for reading.
  public func get(
    _ bucket: BucketName, _ key: ObjectKey, version: String? = nil, range: ByteRange? = nil
  ) async throws(StoreError) -> ObjectReader {
    let ticket = graveyard.ticket()
    let (row, parts, project) = try await read { catalog in
      let found = try catalog.bucket(bucket)
      let row = try catalog.object(key, version: version, in: found)
      let parts = try catalog.parts(of: row).map { (part: $0, key: try catalog.key($0.dataKey)) }
      guard parts.reduce(0, { $0 + $1.part.size }) == row.info.size else {
        throw StoreError.damaged("the list of files of '\(key)'")
      }
      return (row, parts, found.info.project.text)
    }
    ticket.narrow(to: project)
    let resolved = try range.map { range throws(StoreError) in try range.resolve(size: row.info.size) }
    return ObjectReader(
      info: row.info, range: resolved ?? 0..<row.info.size, parts: parts, root: paths.data, files: files,
      ticket: ticket)
  }

  /// What is known of an object without its bytes.
  public func head(
    _ bucket: BucketName, _ key: ObjectKey, version: String? = nil
  ) async throws(StoreError) -> ObjectInfo {
    try await read { try $0.object(key, version: version, in: $0.bucket(bucket)).info }
  }

  /// The sizes of the parts that an object was uploaded in, in order.
  public func partSizes(
    _ bucket: BucketName, _ key: ObjectKey, version: String? = nil
  ) async throws(StoreError) -> [Int64] {
    try await read { catalog in
      try catalog.parts(of: catalog.object(key, version: version, in: catalog.bucket(bucket))).map(\.size)
    }
  }
}

// MARK: Deleting and tags

/// What a deletion did.
public struct Deletion: Sendable, Equatable {
  /// The version that was removed, or the delete marker that was made; nil where there was nothing to name.
  public var versionID: String?
  /// Whether that version is a delete marker.
  public var isDeleteMarker: Bool
}

extension ObjectStore {
  /// Deletes as S3 does: without a version, a bucket that keeps versions gets a delete marker; with one, that
  /// version is removed for good. What is not there is deleted successfully.
  public func delete(
    _ bucket: BucketName, _ key: ObjectKey, version: String? = nil
  ) async throws(StoreError) -> Deletion {
    let time = time
    return try await commit { catalog in
      let row = try catalog.writableBucket(bucket)
      if let version { return try catalog.delete(key, version: version, in: row) }
      guard row.info.versioning != .off else {
        return (
          Deletion(versionID: nil, isDeleteMarker: false), try catalog.remove(key, version: "null", in: row)
        )
      }
      let (marker, superfluous) = try catalog.add(
        VersionFacts(modified: time), parts: [], isMarker: true, key: key, in: row,
        sealedWith: catalog.currentKey(of: row.info.project.text))
      return (Deletion(versionID: marker.info.versionID, isDeleteMarker: true), superfluous)
    }
  }

  /// Replaces the tags of a version.
  public func setTags(
    _ tags: [String: String], of key: ObjectKey, in bucket: BucketName, version: String? = nil
  ) async throws(StoreError) -> ObjectInfo {
    try await commit { catalog in
      let row = try catalog.writableBucket(bucket)
      let object = try catalog.object(key, version: version, in: row)
      var facts = object.facts
      facts.metadata.tags = tags
      try catalog.reseal(object, as: facts, in: row)
      return (try catalog.object(key, version: version, in: row).info, [])
    }
  }
}

extension Catalog {
  fileprivate func delete(
    _ key: ObjectKey, version: String, in bucket: BucketRow
  ) throws -> (Deletion, [BlobID]) {
    let found = try self.version(key, version, in: bucket)
    let deletion = Deletion(versionID: version, isDeleteMarker: found?.info.isDeleteMarker ?? false)
    return (deletion, try remove(key, version: version, in: bucket))
  }
}
