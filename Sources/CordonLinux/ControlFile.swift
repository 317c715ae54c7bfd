import Glibc

/// Small files of cgroupfs: one read, one write.
enum ControlFile {
  static func read(_ path: String) throws(SystemError) -> String {
    String(decoding: try FileDescriptor(opening: path).readToEnd(limit: 1 << 20), as: UTF8.self)
  }

  static func write(_ path: String, _ text: String) throws(SystemError) {
    let file = try FileDescriptor(opening: path, flags: O_WRONLY)
    do { try file.writeAll(Array(text.utf8)) } catch {
      throw SystemError(code: error.code, call: "write '\(text)' to \(path)")
    }
  }

  /// Processes that were just killed leave their group a moment after they stop being listed.
  static func removeFolder(_ path: String) throws(SystemError) {
    for attempt in 0... {
      // SAFETY: Swift passes a terminated copy of the path.
      if unsafe rmdir(path) == 0 || errno == ENOENT { return }
      if errno != EBUSY || attempt == 2000 { throw .last("remove \(path)") }
      usleep(1000)
    }
  }

  static func makeFolder(_ path: String) throws(SystemError) {
    // SAFETY: Swift passes a terminated copy of the path.
    try check(unsafe mkdir(path, 0o755), "make \(path)")
  }

  static func isWritable(_ path: String) -> Bool {
    // SAFETY: Swift passes a terminated copy of the path.
    unsafe access(path, W_OK) == 0
  }

  /// Names of the folders in a folder (sysfs shows devices as links); none when it cannot be read.
  static func folderNames(in path: String, links: Bool = false) -> [String] {
    // SAFETY: the stream is checked, closed once, and each entry is copied before the next is read.
    guard let stream = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      let type = unsafe Int(entry.pointee.d_type)
      let isFolder = type == DT_DIR || links && type == DT_LNK
      if isFolder && name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
