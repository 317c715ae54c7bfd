import Glibc

/// Moving a file within a file system.
public enum FileRename {
  /// Puts the file at `source` where `target` is, at once: whoever opens `target` sees the one or the other.
  public static func replace(_ target: String, with source: String) throws(SystemError) {
    // SAFETY: both strings live for the length of the call.
    try check(unsafe rename(source, target), "rename")
  }
}
