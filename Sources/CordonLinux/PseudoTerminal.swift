import CLinux
import Glibc

/// Rows and columns of a terminal.
public struct WindowSize: Equatable, Sendable, Codable {
  /// Rows.
  public var rows: UInt16
  /// Columns.
  public var columns: UInt16

  /// A size.
  public init(rows: UInt16, columns: UInt16) {
    self.rows = rows
    self.columns = columns
  }
}

/// A terminal made for one command: what the command writes to `peer` comes out of `controller`.
public struct PseudoTerminal: ~Copyable, Sendable {
  /// The side that the launcher keeps.
  public var controller: FileDescriptor
  /// The side that the command gets. Nobody's controlling terminal yet.
  public var peer: FileDescriptor

  /// Opens a pair of this size.
  public init(size: WindowSize) throws(SystemError) {
    var ends: (CInt, CInt) = (-1, -1)
    // SAFETY: both pointers are valid for the call.
    try check(unsafe cordon_open_pty(&ends.0, &ends.1), "open a terminal")
    let first = FileDescriptor(adopting: ends.0)
    let second = FileDescriptor(adopting: ends.1)
    try Terminal.setSize(of: ends.0, to: size)
    controller = first
    peer = second
  }
}

/// What can be asked of any terminal descriptor.
public enum Terminal {
  /// Settings to restore; only `restore` reads them.
  public struct Settings: Sendable {
    fileprivate var bytes: [UInt8]
  }

  /// Is the descriptor a terminal?
  public static func isTerminal(_ descriptor: CInt) -> Bool { isatty(descriptor) == 1 }

  /// Sets the size; processes in the foreground get SIGWINCH.
  public static func setSize(of descriptor: CInt, to size: WindowSize) throws(SystemError) {
    try check(cordon_set_window(descriptor, size.rows, size.columns), "ioctl TIOCSWINSZ")
  }

  /// The size, or nil when the descriptor is no terminal.
  public static func size(of descriptor: CInt) -> WindowSize? {
    var size = WindowSize(rows: 0, columns: 0)
    // SAFETY: both pointers are valid for the call.
    return unsafe cordon_get_window(descriptor, &size.rows, &size.columns) < 0 ? nil : size
  }

  /// The process group that the terminal's keys go to.
  public static func foregroundGroup(of descriptor: CInt) -> Int32? {
    let group = cordon_foreground_group(descriptor)
    return group > 0 ? group : nil
  }

  /// Every key goes through untouched until `restore` is called.
  public static func makeRaw(_ descriptor: CInt) throws(SystemError) -> Settings {
    var bytes = [UInt8](repeating: 0, count: 128)
    // SAFETY: the buffer has the 128 bytes that the C function may write.
    try check(unsafe cordon_raw_mode(descriptor, &bytes), "tcsetattr")
    return Settings(bytes: bytes)
  }

  /// Puts the settings back.
  public static func restore(_ settings: Settings, of descriptor: CInt) throws(SystemError) {
    // SAFETY: the buffer is the one that `makeRaw` filled.
    try check(unsafe cordon_restore_mode(descriptor, settings.bytes), "tcsetattr")
  }
}
