public import FoundationEssentials
import Glibc

/// A system call that failed, with the file it was about.
public struct FileError: Error, Equatable, CustomStringConvertible {
  /// The call.
  public var call: String
  /// The file.
  public var path: String
  /// Its `errno`.
  public var code: Int32

  /// Takes the calling thread's `errno`; to be made right after the call.
  public init(_ call: String, _ path: String) {
    self.call = call
    self.path = path
    code = errno
  }

  /// No room on the disk, in the quota, or under the process's own limit on files.
  public var isNoSpace: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

  /// The call, the file, and what the system says of it.
  public var description: String {
    // SAFETY: glibc's `strerror` gives a terminated string for every number; it is copied before any other call.
    let text = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    return "\(call) \(path): \(text)"
  }
}

/// An open file that must not lose what it was told to keep, closed with its last owner.
public final class DurableFile: Sendable {
  private let descriptor: Int32
  private let path: String

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// Opens a file without following a symbolic link at its end.
  public static func open(_ path: String, _ flags: Int32) throws(FileError) -> DurableFile {
    // SAFETY: the path is a terminated copy for the length of the call.
    let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw FileError("open", path) }
    return DurableFile(descriptor: descriptor, path: path)
  }

  /// Opens what lies in a folder that is already open; a symbolic link is refused, not followed.
  public func open(_ name: String, _ flags: Int32) throws(FileError) -> DurableFile {
    // SAFETY: the name is a terminated copy for the length of the call.
    let found = unsafe openat(descriptor, name, flags | O_CLOEXEC | O_NOFOLLOW)
    guard found >= 0 else { throw FileError("open", "\(path)/\(name)") }
    return DurableFile(descriptor: found, path: "\(path)/\(name)")
  }

  /// What `fstat` says.
  public struct Status: Sendable, Equatable {
    /// Whether it is an ordinary file.
    public var isRegular: Bool
    /// Whether it is a folder.
    public var isFolder: Bool
    /// Its length.
    public var size: Int64
    /// Its permission bits.
    public var permissions: UInt32
    /// Changes whenever the file's content or place does.
    public var stamp: String
  }

  /// Asks what it is.
  public func status() throws(FileError) -> Status {
    var status = stat()
    // SAFETY: `status` outlives the call, which fills it or fails.
    guard unsafe fstat(descriptor, &status) == 0 else { throw FileError("stat", path) }
    let kind = status.st_mode & S_IFMT
    return Status(
      isRegular: kind == S_IFREG, isFolder: kind == S_IFDIR, size: Int64(status.st_size),
      permissions: UInt32(status.st_mode) & 0o7777,
      stamp: """
        \(status.st_ino)/\(status.st_size)/\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)\
        /\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)
        """)
  }

  /// Takes the file's advisory lock; false where another process has it.
  public func lock() throws(FileError) -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
    guard errno == EWOULDBLOCK else { throw FileError("flock", path) }
    return false
  }

  /// Gives the advisory lock back.
  public func unlock() { flock(descriptor, LOCK_UN) }

  /// Returns once what was written is on the disk.
  public func synchronize() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw FileError("fsync", path) }
  }

  // MARK: Bytes

  /// Writes a buffer's bytes from `start` on.
  public func write(_ data: Data, from start: Int = 0, at offset: Int64) throws(FileError) {
    var done = start
    while done < data.count {
      // SAFETY: the pointer stays inside the buffer and is not kept.
      let count = unsafe data.withUnsafeBytes { (all: UnsafeRawBufferPointer) -> Int in
        let part = unsafe UnsafeRawBufferPointer(rebasing: all[done...])
        return unsafe pwrite(descriptor, part.baseAddress, part.count, off_t(offset) + off_t(done - start))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw FileError("write", path) }
      done += count
    }
  }

  /// Reads `count` bytes behind `head`; fewer where the file ends.
  public func read(_ count: Int, at offset: Int64, behind head: [UInt8] = []) throws(FileError) -> Data {
    var data = Data(capacity: head.count + count)
    data.append(contentsOf: head)
    data.count = head.count + count
    var filled = head.count
    while filled < data.count {
      // SAFETY: at most as many bytes are read as the buffer has room for behind `filled`.
      let read = unsafe data.withUnsafeMutableBytes { (all: UnsafeMutableRawBufferPointer) -> Int in
        let part = unsafe UnsafeMutableRawBufferPointer(rebasing: all[filled...])
        return unsafe pread(
          descriptor, part.baseAddress, part.count, off_t(offset) + off_t(filled - head.count))
      }
      if read < 0 && errno == EINTR { continue }
      guard read >= 0 else { throw FileError("read", path) }
      if read == 0 { break }
      filled += read
    }
    return data.prefix(filled)
  }

  // MARK: Folders

  /// The names in a folder, without `.` and `..`, ordered by their bytes; nil stands for one that is not UTF-8.
  public func names() throws(FileError) -> [String?] {
    let copy = dup(descriptor)
    guard copy >= 0 else { throw FileError("dup", path) }
    // SAFETY: `fdopendir` takes the copy over where it succeeds; `closedir` closes it.
    guard let folder = unsafe fdopendir(copy) else {
      let error = FileError("opendir", path)
      close(copy)
      throw error
    }
    defer { unsafe closedir(folder) }
    unsafe rewinddir(folder)
    var names: [[UInt8]] = []
    errno = 0
    while let entry = unsafe readdir(folder) {
      names.append(unsafe Self.name(of: entry))
      errno = 0
    }
    guard errno == 0 else { throw FileError("readdir", path) }
    return names.filter { $0 != [0x2E] && $0 != [0x2E, 0x2E] }.sorted { $0.lexicographicallyPrecedes($1) }
      .map { String(validating: $0, as: UTF8.self) }
  }

  private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
    // SAFETY: readdir(3) ends `d_name` with a zero inside the entry; the bytes are copied out at once.
    unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
      unsafe field.withMemoryRebound(
        to: UInt8.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)
      ) {
        unsafe Array(UnsafeBufferPointer(start: $0, count: strnlen(UnsafeRawPointer($0), 256)))
      }
    }
  }
}

/// What happens to files by name.
public enum DurablePath {
  /// Whether anything lies there, a broken link too.
  public static func exists(_ path: String) throws(FileError) -> Bool {
    try DurableFile.permissions(of: path) != nil
  }

  /// Makes a folder that only its owner may enter; one that is there already is left as it is.
  public static func makeFolder(_ path: String) throws(FileError) {
    // SAFETY: the path is a terminated copy for the length of the call.
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileError("mkdir", path) }
  }

  /// Removes a file; one that is not there is no failure.
  public static func remove(_ path: String) throws(FileError) {
    // SAFETY: the path is a terminated copy for the length of the call.
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw FileError("unlink", path) }
  }

  /// Puts a file in another's place; whoever opens the name sees one or the other.
  public static func rename(_ path: String, to target: String) throws(FileError) {
    // SAFETY: both paths are terminated copies for the length of the call.
    guard unsafe Glibc.rename(path, target) == 0 else { throw FileError("rename", path) }
  }

  /// Bytes that may still be written to the disk under `path`; 0 where nobody can tell.
  public static func freeBytes(_ path: String) -> Int64 {
    var status = statvfs()
    // SAFETY: `status` outlives the call, which fills it or fails.
    guard unsafe statvfs(path, &status) == 0 else { return 0 }
    let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    return overflow ? .max : Int64(clamping: bytes)
  }

  /// Returns once the names in a folder are on the disk.
  public static func synchronizeFolder(_ path: String) throws(FileError) {
    try DurableFile.open(path, O_RDONLY | O_DIRECTORY).synchronize()
  }
}

// MARK: Small files, whole

extension DurableFile {
  /// Opens a lock file and takes its advisory lock; nil where another process has it.
  public static func lockFile(_ path: String) throws(FileError) -> DurableFile? {
    let file = try open(path, O_RDWR | O_CREAT)
    return try file.lock() ? file : nil
  }

  /// Writes bytes at a place in the file.
  public func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    var done = 0
    while done < bytes.count {
      // SAFETY: the pointer is used inside the closure only, with the buffer's own count.
      let count = unsafe bytes[done...].withUnsafeBytes { part in
        unsafe pwrite(descriptor, part.baseAddress, part.count, off_t(offset + done))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw FileError("write", path) }
      done += count
    }
  }

  /// Reads the file from its beginning.
  public func readAll(atMost limit: Int) throws(FileError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: limit)
    var filled = 0
    while filled < limit {
      // SAFETY: at most as many bytes are read as the slice has room for.
      let count = unsafe buffer[filled...].withUnsafeMutableBytes { part in
        unsafe pread(descriptor, part.baseAddress, part.count, off_t(filled))
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError("read", path) }
      if count == 0 { break }
      filled += count
    }
    return Array(buffer[..<filled])
  }

  /// Cuts the file; its blocks behind the end are the disk's again.
  public func truncate(to size: Int64) throws(FileError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw FileError("truncate", path) }
  }

  /// Gives the file `size` bytes of the disk, or changes nothing.
  public func allocate(_ size: Int64) throws(FileError) {
    let error = posix_fallocate(descriptor, 0, off_t(size))
    guard error == 0 else {
      errno = error
      throw FileError("fallocate", path)
    }
  }

  /// Bytes of the disk that the file has.
  public func allocatedBytes() throws(FileError) -> Int64 {
    var status = stat()
    // SAFETY: `status` outlives the call, which fills it or fails.
    guard unsafe fstat(descriptor, &status) == 0 else { throw FileError("stat", path) }
    return min(Int64(status.st_size), Int64(status.st_blocks) * 512)
  }

  /// Reads a whole file, or its first `limit` bytes.
  public static func read(_ path: String, atMost limit: Int) throws(FileError) -> [UInt8] {
    try open(path, O_RDONLY).readAll(atMost: limit)
  }

  /// The permission bits, or nil where nothing lies.
  public static func permissions(of path: String) throws(FileError) -> UInt32? {
    var status = stat()
    // SAFETY: `status` outlives the call, which fills it or fails.
    if unsafe lstat(path, &status) == 0 { return UInt32(status.st_mode) & 0o7777 }
    guard errno == ENOENT else { throw FileError("stat", path) }
    return nil
  }

  /// Makes a file that is whole or absent after a crash, readable by its owner only.
  public static func create(_ path: String, holding bytes: [UInt8]) throws(FileError) {
    let fresh = path + ".new"
    let file = try open(fresh, O_WRONLY | O_CREAT | O_TRUNC)
    try file.write(bytes, at: 0)
    try file.synchronize()
    try DurablePath.rename(fresh, to: path)
    try synchronizeFolder(of: path)
  }

  /// Returns once the name of a file is on the disk.
  public static func synchronizeFolder(of path: String) throws(FileError) {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    try DurablePath.synchronizeFolder(parent.isEmpty ? "/" : parent)
  }
}
