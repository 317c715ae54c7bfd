import CLinux
import Glibc

/// A file that shows up as a block device until its last user lets go of it.
public struct LoopDevice: ~Copyable, Sendable {
  /// Keeps the device while nothing has mounted it yet.
  public let descriptor: FileDescriptor
  /// `/dev/loop3`.
  public let path: String

  /// Attaches an image to a free device, with autoclear: when the mount and this descriptor are gone, whoever
  /// ended and however, the device is free again.
  public init(attaching image: String) throws(SystemError) {
    let file = try FileDescriptor(opening: image, flags: O_RDWR | O_NOFOLLOW)
    try Self.awaitUnused(image)
    var number: CInt = -1
    var device: CInt = -1
    // SAFETY: both pointers are valid for the call.
    try check(
      unsafe cordon_loop_attach(file.rawValue, &device, &number), "attach \(image) to a loop device")
    descriptor = FileDescriptor(adopting: device)
    path = "/dev/loop\(number)"
  }

  /// Two mounts of one ext4 image destroy it. The kernel clears the device of an environment that was just
  /// killed a moment later, so a used image gets that moment.
  private static func awaitUnused(_ image: String) throws(SystemError) {
    for _ in 0..<300 {
      if !isAttached(image) { return }
      usleep(10_000)
    }
    throw SystemError(code: EBUSY, call: "attach \(image) to a loop device")
  }

  /// Is the image behind some loop device?
  public static func isAttached(_ image: String) -> Bool {
    // SAFETY: realpath returns null or a terminated text of its own, freed once.
    let resolved = unsafe realpath(image, nil)
    defer { unsafe free(resolved) }
    let path = unsafe resolved.map { unsafe String(cString: $0) } ?? image
    return ControlFile.folderNames(in: "/sys/block", links: true).contains { name in
      guard name.hasPrefix("loop"), let file = try? ControlFile.read("/sys/block/\(name)/loop/backing_file")
      else { return false }
      return file.split(separator: "\n").first.map(String.init) == path
    }
  }
}

/// An ext4 file system in a file: its size is a disk quota that no other workspace can see or fill.
public enum QuotaImage {
  /// Why there is no image.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// A system call failed.
    case system(SystemError)
    /// mkfs could not be started.
    case launch(LaunchError)
    /// mkfs said no.
    case makeFileSystem(String)

    /// The cause in words.
    public var description: String {
      switch self {
      case .system(let error): error.description
      case .launch(let error): error.description
      case .makeFileSystem(let output): "mkfs.ext4: \(output)"
      }
    }
  }

  /// Where Debian keeps mkfs.
  public static let makeFileSystem = "/usr/sbin/mkfs.ext4"

  /// Makes an image whose root folder belongs to `owner`. An image that exists is left alone.
  ///
  /// It is built under another name and renamed, so a crash half-way leaves no half image behind that a later
  /// start would take for a whole one.
  ///
  /// - Parameter isSparse: Whether the kernel writes the tables once it is mounted. It then punches holes for them, so an
  ///   image whose space is set aside is written whole.
  public static func create(at path: String, bytes: UInt64, owner: UInt32, isSparse: Bool = true)
    throws(Failure)
  {
    // SAFETY: here and below Swift passes a terminated copy of the path.
    if unsafe access(path, F_OK) == 0 { return }
    let draft = path + ".new"
    unsafe unlink(draft)
    do { try makeSparseFile(draft, bytes) } catch { throw .system(error) }
    let isLazy = isSparse ? 1 : 0
    let result: CommandResult
    do {
      result = try HostTool.run(
        makeFileSystem,
        [
          "-q", "-F", "-m", "0", "-E",
          "root_owner=\(owner):\(owner),lazy_itable_init=\(isLazy),lazy_journal_init=\(isLazy),nodiscard",
          draft,
        ])
    } catch { throw .launch(error) }
    guard result.status == .exited(0) else { throw .makeFileSystem(result.text) }
    guard unsafe rename(draft, path) == 0 else { throw .system(.last("rename \(draft)")) }
  }

  private static func makeSparseFile(_ path: String, _ bytes: UInt64) throws(SystemError) {
    let file = try FileDescriptor(opening: path, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
    guard let size = off_t(exactly: bytes) else { throw SystemError(code: EFBIG, call: "size \(path)") }
    try check(ftruncate(file.rawValue, size), "size \(path)")
  }
}
