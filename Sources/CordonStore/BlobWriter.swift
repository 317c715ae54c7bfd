import CordonLinux
import Crypto
import FoundationEssentials
import Glibc

/// Writes one encrypted file, segment by segment.
struct BlobWriter {
  /// What was written.
  struct Finished: Sendable {
    var part: StoredPart
    var md5: [UInt8]
  }

  let blob: BlobID
  private let root: String
  private let dataKey: Int64
  private let format: BlobFormat
  private var file: DurableFile?
  private var pending: [UInt8] = []
  private var segment: Int64 = 0
  private var size: Int64 = 0
  private var md5 = Insecure.MD5()

  /// - Parameter root: The folder that the files' folders lie in.
  init(root: String, key: ProjectKey) {
    blob = .random()
    self.root = root
    dataKey = key.id
    format = BlobFormat(blob: blob, projectKey: key)
  }

  private var path: String { "\(root)/\(blob.path)" }

  /// Takes bytes; full segments go to the file as soon as it is known that another one follows.
  mutating func append(_ bytes: ArraySlice<UInt8>) throws {
    guard Int64(bytes.count) <= BlobFormat.largestSize - size else { throw StoreError.tooLarge }
    size += Int64(bytes.count)
    md5.update(data: bytes)
    var rest = bytes
    while pending.count + rest.count > BlobFormat.segmentSize {
      if pending.isEmpty {
        try write(rest.prefix(BlobFormat.segmentSize), isLast: false)
        rest = rest.dropFirst(BlobFormat.segmentSize)
      } else {
        let room = BlobFormat.segmentSize - pending.count
        pending.append(contentsOf: rest.prefix(room))
        rest = rest.dropFirst(room)
        try write(pending[...], isLast: false)
        pending.removeAll(keepingCapacity: true)
      }
    }
    pending.append(contentsOf: rest)
  }

  /// Writes the last segment and returns once the file, and its name, are on the disk.
  mutating func finish() throws -> Finished {
    try write(pending[...], isLast: true)
    try file?.synchronize()
    try DurablePath.synchronizeFolder("\(root)/\(blob.folder)")
    file = nil
    return Finished(
      part: StoredPart(blob: blob, size: size, dataKey: dataKey), md5: Array(md5.finalize()))
  }

  /// Removes what was written.
  mutating func discard() {
    guard segment > 0 || file != nil else { return }
    file = nil
    try? DurablePath.remove(path)
  }

  private mutating func write(_ bytes: ArraySlice<UInt8>, isLast: Bool) throws {
    let file = try open()
    let sealed = try format.seal(bytes, number: segment, isLast: isLast)
    try file.write(sealed, from: BlobFormat.nonceSize, at: BlobFormat.offset(of: segment))
    segment += 1
  }

  /// The name is random and no row refers to it yet, so that a half file is never seen: the commit that names the
  /// file is what makes the object.
  private mutating func open() throws -> DurableFile {
    if let file { return file }
    let new = try DurableFile.open(path, O_WRONLY | O_CREAT | O_EXCL)
    file = new
    try new.write(Data(format.header), at: 0)
    return new
  }
}
