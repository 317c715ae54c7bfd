import CordonLinux
import FoundationEssentials
import Glibc

/// Reads ranges of one encrypted file; a byte that was changed anywhere in a segment fails the whole segment.
struct BlobReader: Sendable {
  /// Segments that one read takes at most.
  private static let segmentsAtOnce: Int64 = 4

  private let file: DurableFile
  private let format: BlobFormat
  private let part: StoredPart

  init(root: String, part: StoredPart, key: ProjectKey) throws {
    self.part = part
    let path = "\(root)/\(part.blob.path)"
    guard try DurablePath.exists(path) else {
      throw StoreError.damaged("file \(part.blob), which is missing,")
    }
    file = try DurableFile.open(path, O_RDONLY)
    let status = try file.status()
    guard status.isRegular, status.size == BlobFormat.fileSize(size: part.size),
      let format = BlobFormat(
        header: Array(try file.read(BlobFormat.headerSize, at: 0)), blob: part.blob, projectKey: key)
    else { throw StoreError.damaged("file \(part.blob)") }
    self.format = format
  }

  /// The next bytes of a range: not always all, but at least one.
  ///
  /// - Parameter range: Not empty, and inside the file.
  func read(_ range: Range<Int64>) throws -> [UInt8] {
    let size = Int64(BlobFormat.segmentSize)
    let first = range.lowerBound / size
    let last = min((range.upperBound - 1) / size, first + Self.segmentsAtOnce - 1)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(clamping: min(range.upperBound, (last + 1) * size) - range.lowerBound))
    for segment in first...last {
      let plain = try open(segment)
      let start = segment * size
      let from = Int(clamping: max(range.lowerBound - start, 0))
      let through = Int(clamping: min(range.upperBound - start, Int64(plain.count)))
      guard from < through else { throw StoreError.damaged("file \(part.blob)") }
      bytes.append(contentsOf: plain.dropFirst(from).prefix(through - from))
    }
    return bytes
  }

  /// Opens every segment, also that of an empty file.
  func check() throws {
    for segment in 0..<BlobFormat.segmentCount(size: part.size) { _ = try open(segment) }
  }

  private func open(_ segment: Int64) throws -> Data {
    let isLast = segment == BlobFormat.segmentCount(size: part.size) - 1
    let length = BlobFormat.length(of: segment, size: part.size)
    let nonce = format.nonce(segment, isLast: isLast)
    let sealed = try file.read(
      length + BlobFormat.tagSize, at: BlobFormat.offset(of: segment), behind: nonce)
    guard sealed.count == nonce.count + length + BlobFormat.tagSize, let plain = try? format.open(sealed)
    else {
      throw StoreError.damaged("segment \(segment) of file \(part.blob)")
    }
    return plain
  }
}
