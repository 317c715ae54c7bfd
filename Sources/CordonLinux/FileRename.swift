import CLinux
import Glibc

/// Moving a file or a folder within a file system.
public enum FileRename {
  /// Puts the file at `source` where `target` is, at once: whoever opens `target` sees the one or the other.
  public static func replace(_ target: String, with source: String) throws(SystemError) {
    // SAFETY: both strings live for the length of the call.
    try check(unsafe rename(source, target), "rename")
  }

  /// Puts what is at each path where the other is, at once. Folders need not be empty.
  ///
  /// A file system that cannot do that throws `EINVAL`, and both stay where they are.
  public static func exchange(_ one: String, _ other: String) throws(SystemError) {
    // SAFETY: both strings live for the length of the call.
    try check(unsafe cordon_exchange(one, other), "renameat2")
  }
}
