import Glibc

/// A system call that failed, with the file it was about.
struct SystemCallError: Error, Equatable, CustomStringConvertible {
  var call: String
  var path: String
  var code: Int32

  /// Takes the calling thread's `errno`; to be made right after the call.
  init(_ call: String, _ path: String) {
    self.call = call
    self.path = path
    code = errno
  }

  var description: String {
    // SAFETY: glibc's `strerror` gives a terminated string for every number; it is copied before any other call.
    let text = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    return "\(call) \(path): \(text)"
  }
}

/// An open file, closed with its last owner.
final class LedgerFile: Sendable {
  private let descriptor: Int32
  private let path: String

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  static func open(_ path: String, _ flags: Int32) throws(SystemCallError) -> LedgerFile {
    // SAFETY: the path is a terminated copy for the length of the call.
    let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemCallError("open", path) }
    return LedgerFile(descriptor: descriptor, path: path)
  }

  /// Opens a lock file and takes its advisory lock; nil where another process has it.
  static func lockFile(_ path: String) throws(SystemCallError) -> LedgerFile? {
    let file = try open(path, O_RDWR | O_CREAT)
    if flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 { return file }
    guard errno == EWOULDBLOCK else { throw SystemCallError("flock", path) }
    return nil
  }

  /// Gives the advisory lock back; closing the file does so too.
  func unlock() { flock(descriptor, LOCK_UN) }

  func write(_ bytes: [UInt8], at offset: Int) throws(SystemCallError) {
    var done = 0
    while done < bytes.count {
      // SAFETY: the pointer is used inside the closure only, with the buffer's own count.
      let count = unsafe bytes[done...].withUnsafeBytes { part in
        unsafe pwrite(descriptor, part.baseAddress, part.count, off_t(offset + done))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw SystemCallError("write", path) }
      done += count
    }
  }

  func readAll(atMost limit: Int) throws(SystemCallError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: limit)
    var filled = 0
    while filled < limit {
      // SAFETY: at most as many bytes are read as the slice has room for.
      let count = unsafe buffer[filled...].withUnsafeMutableBytes { part in
        unsafe pread(descriptor, part.baseAddress, part.count, off_t(filled))
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw SystemCallError("read", path) }
      if count == 0 { break }
      filled += count
    }
    return Array(buffer[..<filled])
  }

  /// Cuts the file; its blocks behind the end are the disk's again.
  func truncate(to size: Int64) throws(SystemCallError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw SystemCallError("truncate", path) }
  }

  /// Gives the file `size` bytes of the disk, or changes nothing.
  func allocate(_ size: Int64) throws(SystemCallError) {
    let error = posix_fallocate(descriptor, 0, off_t(size))
    guard error == 0 else {
      errno = error
      throw SystemCallError("fallocate", path)
    }
  }

  /// Bytes of the disk that the file has.
  func allocatedBytes() throws(SystemCallError) -> Int64 {
    var status = stat()
    // SAFETY: `status` outlives the call, which fills it or fails.
    guard unsafe fstat(descriptor, &status) == 0 else { throw SystemCallError("stat", path) }
    return min(Int64(status.st_size), Int64(status.st_blocks) * 512)
  }

  /// Bytes that may still be written to the disk under `path`; 0 where nobody can tell.
  static func freeBytes(_ path: String) -> Int64 {
    var status = statvfs()
    // SAFETY: `status` outlives the call, which fills it or fails.
    guard unsafe statvfs(path, &status) == 0 else { return 0 }
    let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    return overflow ? .max : Int64(clamping: bytes)
  }

  func synchronize() throws(SystemCallError) {
    guard fsync(descriptor) == 0 else { throw SystemCallError("fsync", path) }
  }
}

extension LedgerFile {
  static func read(_ path: String, atMost limit: Int) throws(SystemCallError) -> [UInt8] {
    try open(path, O_RDONLY).readAll(atMost: limit)
  }

  /// The permission bits, or nil where nothing lies.
  static func permissions(of path: String) throws(SystemCallError) -> UInt32? {
    var status = stat()
    // SAFETY: `status` outlives the call, which fills it or fails.
    if unsafe lstat(path, &status) == 0 { return UInt32(status.st_mode) & 0o7777 }
    guard errno == ENOENT else { throw SystemCallError("stat", path) }
    return nil
  }

  static func exists(_ path: String) throws(SystemCallError) -> Bool { try permissions(of: path) != nil }

  /// Makes a file that is whole or absent after a crash, readable by its owner only.
  static func create(_ path: String, holding bytes: [UInt8]) throws(SystemCallError) {
    let fresh = path + ".new"
    let file = try open(fresh, O_WRONLY | O_CREAT | O_TRUNC)
    try file.write(bytes, at: 0)
    try file.synchronize()
    // SAFETY: both paths are terminated copies for the length of the call.
    guard unsafe rename(fresh, path) == 0 else { throw SystemCallError("rename", path) }
    try synchronizeFolder(of: path)
  }

  /// Makes a folder that only its owner may enter; one that is there already is left as it is.
  static func makeFolder(_ path: String) throws(SystemCallError) {
    // SAFETY: the path is a terminated copy for the length of the call.
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw SystemCallError("mkdir", path) }
  }

  static func synchronizeFolder(of path: String) throws(SystemCallError) {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    try open(parent.isEmpty ? "/" : parent, O_RDONLY | O_DIRECTORY).synchronize()
  }
}
