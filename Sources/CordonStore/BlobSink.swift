import Synchronization

/// Takes an object's bytes as they come and puts them into one encrypted file, a few segments at a time.
///
/// A sink that is dropped without being completed removes its file.
final class BlobSink: Sendable {
  private struct State {
    var gathered: [UInt8] = []
    var received: Int64 = 0
    var isEnded = false
  }

  /// Bytes that are gathered before they go to a file thread.
  private static let gatherSize = 256 << 10

  private let files: FileQueues
  private let limit: Int64
  private let meter: StoreMeter
  /// Room for the file, and for the row that will name it.
  let reservation: StoreMeter.Reservation
  private let state = Mutex(State())
  private let writer: Mutex<BlobWriter>

  init(
    root: String, key: ProjectKey, files: FileQueues, limit: Int64, meter: StoreMeter,
    reservation: StoreMeter.Reservation
  ) {
    self.files = files
    self.limit = limit
    self.meter = meter
    self.reservation = reservation
    writer = Mutex(BlobWriter(root: root, key: key))
  }

  deinit {
    let isEnded = state.withLock { $0.isEnded }
    if !isEnded { writer.withLock { $0.discard() } }
  }

  func write(_ bytes: ArraySlice<UInt8>) async throws(StoreError) {
    let batch = try state.withLock { state throws(StoreError) -> [UInt8]? in
      guard !state.isEnded else { throw .writerEnded }
      guard Int64(bytes.count) <= limit - state.received else { throw .tooLarge }
      state.received += Int64(bytes.count)
      // Of a length that was announced all is reserved; of one that was not, as it comes.
      try reservation.cover(Self.cost(of: state.received))
      state.gathered.append(contentsOf: bytes)
      guard state.gathered.count >= Self.gatherSize else { return nil }
      defer { state.gathered = [] }
      return state.gathered
    }
    guard let batch else { return }
    try await onDisk { try $0.append(batch[...]) }
  }

  /// Returns once every byte, and the file's name, are on the disk.
  func complete() async throws(StoreError) -> BlobWriter.Finished {
    let rest = try state.withLock { state throws(StoreError) in
      guard !state.isEnded else { throw .writerEnded }
      state.isEnded = true
      return state.gathered
    }
    return try await onDisk { writer in
      try writer.append(rest[...])
      return try writer.finish()
    }
  }

  /// What an object or a part of so many bytes takes.
  static func cost(of size: Int64) -> StoreCapacity {
    StoreCapacity(bytes: StoreTables.fileCharge(size), entries: 2)
      + StoreCapacity(bytes: StoreTables.rowReserve, entries: 0)
  }

  /// Removes what was written.
  func discard() async {
    state.withLock { $0.isEnded = true }
    let sink = self
    try? await files.run { sink.writer.withLock { $0.discard() } }
    reservation.release()
  }

  /// A failure ends the sink and removes its file, so that a full disk has its room back at once.
  private func onDisk<Result: Sendable>(
    _ work: @escaping @Sendable (inout BlobWriter) throws -> Result
  ) async throws(StoreError) -> Result {
    let sink = self
    return try await files.run {
      try sink.writer.withLock { writer in
        do {
          try sink.meter.checkDisk(for: Int64(Self.gatherSize))
          return try work(&writer)
        } catch {
          writer.discard()
          sink.state.withLock { $0.isEnded = true }
          throw error
        }
      }
    }
  }
}
