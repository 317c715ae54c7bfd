import Glibc

/// The drill's system calls. It shares none with what it attacks.
enum Posix {
  enum Family { case v4, v6 }

  /// What a read or a write came to.
  enum Outcome: Equatable {
    case bytes([UInt8])
    case end
    case again
    case failed(Int32)
  }

  static func message(_ number: Int32) -> String {
    // SAFETY: strerror returns a C string that stays valid until this thread's next call; it is copied here.
    unsafe String(cString: strerror(number))
  }

  static func parseAddress(_ text: String, family: Family) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: family == .v4 ? 4 : 16)
    // SAFETY: inet_pton writes 4 or 16 bytes, the size of `bytes`.
    let result = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe inet_pton(family == .v4 ? AF_INET : AF_INET6, text, buffer.baseAddress)
    }
    return result == 1 ? bytes : nil
  }

  // MARK: Descriptors

  static func closeDescriptor(_ descriptor: Int32) {
    _ = close(descriptor)
  }

  static func setNonBlocking(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  static func setCloseOnExec(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  /// Opens for reading, or appends to a new file.
  static func open(_ path: String, appending: Bool = false) throws(DrillError) -> Int32 {
    let flags = appending ? O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC : O_RDONLY | O_CLOEXEC
    // SAFETY: the path is a C string for the call only.
    let descriptor = unsafe Glibc.open(path, flags, 0o600)
    guard descriptor >= 0 else { throw .system(call: "open \(path)", errno: errno) }
    return descriptor
  }

  static func pipe() throws(DrillError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    // SAFETY: pipe writes two descriptors into an array of two.
    guard unsafe Glibc.pipe(&ends) == 0 else { throw .system(call: "pipe", errno: errno) }
    ends.forEach(setCloseOnExec)
    return (ends[0], ends[1])
  }

  static func read(_ descriptor: Int32, atMost count: Int = 65_536) -> Outcome {
    var failure: Int32 = 0
    // SAFETY: read initialises at most `count` bytes and says how many.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let got = unsafe Glibc.read(descriptor, buffer.baseAddress, count)
      if got < 0 { failure = errno }
      initialized = max(0, got)
    }
    if failure != 0 { return failure == EAGAIN || failure == EINTR ? .again : .failed(failure) }
    return bytes.isEmpty ? .end : .bytes(bytes)
  }

  /// How many bytes were taken; nil when the other side is gone.
  static func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) -> Int? {
    // SAFETY: write reads at most `buffer.count` bytes of a live buffer.
    let put = unsafe bytes.withUnsafeBytes { buffer in
      unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
    }
    if put >= 0 { return put }
    return errno == EAGAIN || errno == EINTR ? 0 : nil
  }

  // MARK: Waiting

  /// What a descriptor is waited for, and what came.
  struct Interest {
    var descriptor: Int32
    var reading = true
    var writing = false
    var isReadable = false
    var isWritable = false
  }

  /// Waits until something happens or `milliseconds` passed; -1 waits for ever.
  static func wait(_ interests: inout [Interest], milliseconds: Int32) {
    var entries = interests.map { interest in
      let events = (interest.reading ? POLLIN : 0) | (interest.writing ? POLLOUT : 0)
      return pollfd(fd: interest.descriptor, events: Int16(events), revents: 0)
    }
    // SAFETY: poll reads and writes exactly `entries.count` entries.
    let ready = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
    guard ready > 0 else { return }
    for (index, entry) in entries.enumerated() {
      let events = Int32(entry.revents)
      let broken = events & Int32(POLLHUP | POLLERR | POLLNVAL) != 0
      interests[index].isReadable = interests[index].reading && (events & Int32(POLLIN) != 0 || broken)
      interests[index].isWritable = interests[index].writing && (events & Int32(POLLOUT) != 0 || broken)
    }
  }

  // MARK: Time, files, processes

  /// Seconds of a clock that never jumps.
  static func monotonicSeconds() -> Double {
    var time = timespec()
    // SAFETY: clock_gettime fills one timespec.
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Makes a folder of a fresh name, readable by everyone, writable by its owner.
  static func makeTemporaryFolder(prefix: String) throws(DrillError) -> String {
    var template = Array("\(prefix)XXXXXX".utf8CString)
    // SAFETY: mkdtemp rewrites the six X of a zero-terminated buffer of unchanged size.
    let path = unsafe template.withUnsafeMutableBufferPointer { buffer -> String? in
      guard let base = buffer.baseAddress, let made = unsafe mkdtemp(base) else { return nil }
      return unsafe String(cString: made)
    }
    guard let path else { throw .system(call: "mkdtemp \(prefix)", errno: errno) }
    // SAFETY: the path is a C string for the call only.
    _ = unsafe chmod(path, 0o755)
    return path
  }

  /// Who runs this.
  static var userID: UInt { UInt(geteuid()) }

  /// Opens a file and locks it for as long as the descriptor, which no child gets, is open.
  ///
  /// - Returns: nil where somebody else has it locked.
  static func lock(_ path: String, makes: Bool) throws(DrillError) -> Int32? {
    // SAFETY: the path is a C string for the call only.
    let descriptor = unsafe Glibc.open(
      path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (makes ? O_CREAT | O_EXCL : 0), 0o600)
    guard descriptor >= 0 else { throw .system(call: "open \(path)", errno: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      closeDescriptor(descriptor)
      if number == EWOULDBLOCK { return nil }
      throw .system(call: "flock \(path)", errno: number)
    }
    return descriptor
  }

  /// A peer that is gone shows as an error of the write, not as a signal.
  static func ignoreBrokenPipes() {
    _ = signal(SIGPIPE, SIG_IGN)
  }

  /// Marks what this process inherited, so that no child inherits it by accident.
  static func sealInheritedDescriptors() {
    for descriptor in Int32(3)..<1_024 { setCloseOnExec(descriptor) }
  }

  /// Replaces this process; returns only when that failed.
  static func replaceProcess(_ arguments: [String]) -> DrillError {
    // SAFETY: strdup gives execv a zero-terminated array of C strings that live until the process is replaced.
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    _ = unsafe execv(arguments[0], pointers)
    let failure = DrillError.system(call: "exec \(arguments[0])", errno: errno)
    unsafe pointers.forEach { unsafe free($0) }
    return failure
  }
}
