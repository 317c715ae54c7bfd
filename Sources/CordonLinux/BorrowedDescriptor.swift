import Glibc

/// A descriptor that somebody else owns and keeps open meanwhile.
public struct BorrowedDescriptor: Sendable {
  /// The number.
  public let rawValue: CInt

  /// Borrows a descriptor.
  public init(_ rawValue: CInt) { self.rawValue = rawValue }

  /// Reads once. Nil when a non-blocking descriptor has nothing now; empty at the end.
  ///
  /// A terminal whose last process is gone says EIO: that is its end.
  public func read(atMost limit: Int) throws(SystemError) -> [UInt8]? {
    do { return try readOnce(atMost: limit) } catch {
      if error.code == EAGAIN { return nil }
      if error.code == EIO { return [] }
      throw error
    }
  }

  /// Whatever a non-blocking descriptor has now; empty when there is nothing, or at its end.
  public func readAvailable() throws(SystemError) -> [UInt8] {
    var all: [UInt8] = []
    while all.count < 1 << 20 {
      guard let part = try read(atMost: 4096), !part.isEmpty else { break }
      all += part
    }
    return all
  }

  /// Writes what the descriptor takes now; 0 when it takes nothing.
  public func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
    do { return try writeOnce(bytes) } catch {
      if error.code == EAGAIN { return 0 }
      throw error
    }
  }

  /// Lets the pipe behind the descriptor hold this many bytes before its writer waits; false where the kernel grants no more.
  @discardableResult
  public func widenPipe(to bytes: CInt) -> Bool {
    // fcntl(2): F_SETPIPE_SZ, which Glibc's headers name for GNU's own programs only.
    let setPipeSize: CInt = 1_031
    return fcntl(rawValue, setPipeSize, bytes) >= 0
  }

  func readOnce(atMost limit: Int) throws(SystemError) -> [UInt8] {
    var count = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, used in
      // SAFETY: read(2) writes at most `limit` bytes into a buffer of that capacity.
      repeat {
        count = unsafe Glibc.read(rawValue, buffer.baseAddress, limit)
      } while count < 0 && errno == EINTR
      used = max(0, count)
    }
    if count < 0 { throw .last("read") }
    return bytes
  }

  func writeOnce(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
    var count = 0
    unsafe bytes.withUnsafeBytes { buffer in
      // SAFETY: the pointer and its count come from the same slice.
      repeat {
        count = unsafe Glibc.write(rawValue, buffer.baseAddress, buffer.count)
      } while count < 0 && errno == EINTR
    }
    if count < 0 { throw .last("write") }
    return count
  }
}

/// What kind of file a descriptor stands for.
public struct FileKind: Sendable, Equatable {
  private let format: UInt32

  /// Asks the kernel; a descriptor that is not open has no kind.
  public init(of descriptor: CInt) {
    var status = stat()
    // SAFETY: the pointer is valid for the call.
    format = unsafe fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
  }

  /// A pipe or a socket: nothing that a path of the host leads to by itself.
  public var isAnonymous: Bool { format == S_IFIFO || format == S_IFSOCK }
}
