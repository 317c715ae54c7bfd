import CLinux
import Glibc
import Synchronization

/// An open descriptor with one owner: it is closed when the owner ends.
public struct FileDescriptor: ~Copyable, Sendable {
  /// The number. Borrow it for a call; never close it.
  public let rawValue: CInt

  /// Takes over a descriptor that nobody else closes.
  public init(adopting rawValue: CInt) { self.rawValue = rawValue }

  deinit { close(rawValue) }

  /// Opens a file, read-only unless `flags` say otherwise. Descriptors never survive an exec unless a launch plan says so.
  public init(opening path: String, flags: CInt = 0, mode: UInt32 = 0o600) throws(SystemError) {
    rawValue = try check(unsafe open(path, flags | O_CLOEXEC, mode), "open \(path)")
  }

  /// Hands the number to somebody who closes it.
  public consuming func release() -> CInt {
    let number = rawValue
    discard self
    return number
  }

  /// A second descriptor for the same open file.
  public borrowing func duplicate() throws(SystemError) -> FileDescriptor {
    FileDescriptor(adopting: try check(fcntl(rawValue, F_DUPFD_CLOEXEC, 3), "duplicate a descriptor"))
  }

  /// Reads at most `limit` bytes; an empty answer is the end of the file.
  public borrowing func read(atMost limit: Int) throws(SystemError) -> [UInt8] {
    try BorrowedDescriptor(rawValue).readOnce(atMost: limit)
  }

  /// Reads to the end of the file, but never more than `limit` bytes.
  public borrowing func readToEnd(limit: Int) throws(SystemError) -> [UInt8] {
    var all: [UInt8] = []
    while all.count < limit {
      let part = try read(atMost: min(65_536, limit - all.count))
      if part.isEmpty { break }
      all += part
    }
    return all
  }

  /// Writes what the file takes and returns how much that was.
  public borrowing func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
    try BorrowedDescriptor(rawValue).writeOnce(bytes)
  }

  /// Writes every byte.
  public borrowing func writeAll(_ bytes: [UInt8]) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty { rest = rest.dropFirst(try write(rest)) }
  }

  /// Gives the file behind the descriptor to a user and the group of the same number.
  public borrowing func changeOwner(to user: UInt32) throws(SystemError) {
    try check(fchown(rawValue, user, user), "fchown")
  }

  /// Chooses whether reads and writes wait.
  public borrowing func setNonBlocking(_ on: Bool) throws(SystemError) {
    try check(cordon_set_nonblocking(rawValue, on ? 1 : 0), "fcntl O_NONBLOCK")
  }
}

/// A descriptor that several owners share, for collections and closures; the last owner closes it.
public final class SharedDescriptor: Sendable {
  private let number: Mutex<CInt?>

  /// Shares a descriptor.
  public init(_ descriptor: consuming FileDescriptor) { number = Mutex(descriptor.release()) }

  deinit { close() }

  /// Calls `body` with the number; nobody closes it meanwhile.
  ///
  /// - Throws: EBADF once it was taken or closed, and what `body` throws.
  @discardableResult
  public func withRawValue<R>(_ body: (CInt) throws(SystemError) -> R) throws(SystemError) -> R {
    try number.withLock { (held: inout CInt?) throws(SystemError) -> R in
      guard let held else { throw SystemError(code: EBADF, call: "use a descriptor") }
      return try body(held)
    }
  }

  /// A descriptor of the caller's own for the same open file, safe from a `close` elsewhere.
  public func duplicate() throws(SystemError) -> FileDescriptor {
    let copy = try withRawValue { raw throws(SystemError) in
      try check(fcntl(raw, F_DUPFD_CLOEXEC, 3), "duplicate a descriptor")
    }
    return FileDescriptor(adopting: copy)
  }

  /// The number for a short borrow; the caller keeps this object alive meanwhile.
  public var rawValue: CInt? { number.withLock { $0 } }

  /// Hands the number to somebody who closes it, once.
  public func take() -> CInt? {
    number.withLock { held in
      defer { held = nil }
      return held
    }
  }

  /// Closes it now.
  public func close() {
    if let held = take() { Glibc.close(held) }
  }
}

/// Both ends of a pipe. Take one and drop the other, or the reader never sees the end.
public struct Pipe: ~Copyable, Sendable {
  /// Where bytes come out.
  public var readEnd: FileDescriptor
  /// Where bytes go in.
  public var writeEnd: FileDescriptor

  /// Closes the writing end, which a child holds by now, and keeps the other.
  public consuming func closingWriteEnd() -> FileDescriptor { readEnd }

  /// Closes the reading end, which a child holds by now, and keeps the other.
  public consuming func closingReadEnd() -> FileDescriptor { writeEnd }

  /// Opens a pipe that no exec inherits.
  public init() throws(SystemError) {
    var ends: (CInt, CInt) = (-1, -1)
    // SAFETY: both pointers are valid for the call.
    try check(unsafe cordon_pipe(&ends.0, &ends.1), "pipe2")
    readEnd = FileDescriptor(adopting: ends.0)
    writeEnd = FileDescriptor(adopting: ends.1)
  }
}
