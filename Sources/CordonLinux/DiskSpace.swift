import CLinux
import Glibc

/// What a disk has, and what a file has of it.
public struct DiskSpace: Sendable, Equatable {
  /// Bytes that may still be written by whoever asks.
  public var free: UInt64
  /// Bytes of the whole file system.
  public var total: UInt64

  /// A disk of known size.
  public init(free: UInt64, total: UInt64) {
    self.free = free
    self.total = total
  }

  /// The disk that `path` lies on.
  public init(at path: String) throws(SystemError) {
    var status = statvfs()
    // SAFETY: `status` outlives the call, which fills it or fails; Swift passes a terminated copy of the path.
    try check(unsafe statvfs(path, &status), "look at the disk of \(path)")
    free = Self.product(status.f_bavail, status.f_frsize)
    total = Self.product(status.f_blocks, status.f_frsize)
  }

  private static func product(_ blocks: UInt, _ size: UInt) -> UInt64 {
    let (bytes, overflow) = UInt64(blocks).multipliedReportingOverflow(by: UInt64(size))
    return overflow ? .max : bytes
  }

  /// How long a file is, and how much of the disk it has; nil where there is none.
  public static func ofFile(_ path: String) -> (size: UInt64, allocated: UInt64)? {
    var status = stat()
    // SAFETY: as above.
    guard unsafe lstat(path, &status) == 0 else { return nil }
    return (UInt64(clamping: status.st_size), UInt64(clamping: status.st_blocks) * 512)
  }
}

extension QuotaImage {
  /// Gives an image all the blocks that its length promises, so that no write in it can meet a full disk. What is in
  /// it stays; on a file system with extents this takes a moment, whatever the length.
  ///
  /// - Throws: `EOPNOTSUPP` where the file system cannot, `ENOSPC` where the disk has not so much.
  public static func reserve(at path: String) throws(SystemError) {
    let file = try FileDescriptor(opening: path, flags: O_RDWR | O_NOFOLLOW)
    var status = stat()
    // SAFETY: `status` outlives the call, which fills it or fails.
    try check(unsafe fstat(file.rawValue, &status), "look at \(path)")
    guard status.st_size > 0 else { return }
    while cordon_set_aside(file.rawValue, Int64(status.st_size)) != 0 {
      guard errno == EINTR else { throw .last("set aside the disk space of \(path)") }
    }
  }
}
