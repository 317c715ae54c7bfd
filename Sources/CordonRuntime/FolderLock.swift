import CordonLinux
import Glibc

/// Says that a gateway lives in a state folder. The kernel lets go of it when the process ends, however it ends.
final class FolderLock: Sendable {
  /// Another gateway has the folder.
  struct Held: Error, CustomStringConvertible {
    var folder: StateFolder

    var description: String {
      let process = FolderLock.holder(of: folder).map { " (process \($0))" } ?? ""
      return
        "another gateway\(process) holds \(folder.path); take it down with: cordon down --state \(folder.path)"
        + ", or choose another --state"
    }
  }

  private let descriptor: FileDescriptor

  /// Takes the folder and writes this process's number into it.
  init(_ folder: StateFolder) throws {
    let opened = try FileDescriptor(opening: folder.lock, flags: O_RDWR | O_CREAT)
    guard flock(opened.rawValue, LOCK_EX | LOCK_NB) == 0 else { throw Held(folder: folder) }
    guard ftruncate(opened.rawValue, 0) == 0 else {
      throw SystemError(code: errno, call: "truncate \(folder.lock)")
    }
    try opened.writeAll(Array("\(getpid())\n".utf8))
    descriptor = opened
  }

  /// Whether a gateway lives in the folder now.
  static func isHeld(_ folder: StateFolder) throws -> Bool {
    let file: FileDescriptor
    do { file = try FileDescriptor(opening: folder.lock, flags: O_RDWR) } catch {
      if error.code == ENOENT { return false }
      throw error
    }
    // Shared, so that two who only ask do not take each other for a gateway.
    return flock(file.rawValue, LOCK_SH | LOCK_NB) != 0
  }

  /// The process that holds the folder, where one does.
  static func holder(of folder: StateFolder) -> Int32? {
    guard (try? isHeld(folder)) == true,
      let bytes = try? FileDescriptor(opening: folder.lock).readToEnd(limit: 32)
    else { return nil }
    return Int32(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
  }
}

/// One at a time: a second one waits for the first, and can say so.
final class Turn: Sendable {
  private let descriptor: FileDescriptor

  /// For `up` and `down` in a state folder.
  ///
  /// - Parameter waiting: Called once where another has the turn.
  convenience init(_ folder: StateFolder, waiting: () -> Void = {}) throws {
    try self.init(at: folder.turn, flags: O_RDWR | O_CREAT, waiting: waiting)
  }

  /// For whoever changes what lies in a folder.
  convenience init(in folder: String, waiting: () -> Void = {}) throws {
    try self.init(at: folder, flags: O_RDONLY | O_DIRECTORY, waiting: waiting)
  }

  private init(at path: String, flags: Int32, waiting: () -> Void) throws {
    descriptor = try FileDescriptor(opening: path, flags: flags)
    if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 { return }
    if errno == EWOULDBLOCK { waiting() }
    while flock(descriptor.rawValue, LOCK_EX) != 0 {
      guard errno == EINTR else { throw SystemError(code: errno, call: "lock \(path)") }
    }
  }
}
