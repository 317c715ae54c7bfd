import CordonLinux
import Glibc

/// The newest seal, kept outside the database: it tells that records are gone from the end of it.
///
/// Two slots of one disk sector each are written in turn, in place. A sector is written whole or not at all, so a
/// power cut leaves at least the other slot, and no commit waits for a second `fsync`: a head that lags behind the
/// database after a power cut loses nothing, because the database holds its own signed head.
struct HeadFile: Sendable {
  static let slotByteCount = 512

  private let file: DurableFile

  /// The file's seals, oldest first.
  struct Content: Equatable {
    var seals: [LedgerSeal]
    /// A slot that holds something else than a seal.
    var hasDamagedSlot: Bool

    var newest: LedgerSeal? { seals.last }
  }

  /// Opens the file for writing, making it where it is missing.
  static func open(_ path: String) throws(FileError) -> HeadFile {
    HeadFile(file: try DurableFile.open(path, O_RDWR | O_CREAT))
  }

  /// Writes both slots and waits for the disk.
  func start(_ seal: LedgerSeal, keyID: String) throws(FileError) {
    for turn in 0..<2 { try write(seal, keyID: keyID, turn: turn) }
    try file.synchronize()
  }

  func write(_ seal: LedgerSeal, keyID: String, turn: Int) throws(FileError) {
    var slot = seal.text(keyID: keyID)
    slot.append(
      contentsOf: repeatElement(UInt8(ascii: " "), count: max(0, Self.slotByteCount - 1 - slot.count)))
    slot.append(UInt8(ascii: "\n"))
    try file.write(slot, at: (turn & 1) * Self.slotByteCount)
  }

  func synchronize() throws(FileError) { try file.synchronize() }

  /// Reads the file at `path`; nil where there is none.
  ///
  /// The gateway may be writing a slot at this moment, so one that looks damaged gets a second look.
  static func read(_ path: String) throws(FileError) -> Content? {
    guard try DurablePath.exists(path) else { return nil }
    var content = try readOnce(path)
    for _ in 0..<8 where content.hasDamagedSlot { content = try readOnce(path) }
    return content
  }

  private static func readOnce(_ path: String) throws(FileError) -> Content {
    let bytes = try DurableFile.read(path, atMost: 2 * slotByteCount)
    var content = Content(seals: [], hasDamagedSlot: bytes.count < 2 * slotByteCount)
    for start in stride(from: 0, to: bytes.count, by: slotByteCount) {
      let slot = bytes[start..<min(start + slotByteCount, bytes.count)]
      if let seal = LedgerSeal(text: slot) {
        content.seals.append(seal)
      } else {
        content.hasDamagedSlot = true
      }
    }
    content.seals.sort { $0.count < $1.count }
    return content
  }
}
