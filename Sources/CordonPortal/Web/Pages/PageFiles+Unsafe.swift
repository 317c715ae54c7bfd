import CPages

/// The portal's own files, which are part of the executable.
enum PageFiles {
  /// A file's bytes; empty where there is none of that name.
  static func bytes(of name: String) -> [UInt8] {
    // SAFETY: both callees read the name, which Swift ends with a NUL, and keep nothing of it.
    let (start, count) = unsafe (cordon_page_start(name), cordon_page_length(name))
    guard let start = unsafe start else { return [] }
    // SAFETY: the C arrays are constant, live as long as the process, and are `count` bytes long.
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
  }
}
