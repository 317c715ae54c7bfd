import Glibc
import Synchronization

/// Lines that outlive the process that wrote them, one write call each.
final class Acknowledgements: Sendable {
  struct OpenFailure: Error { var code: Int32 }

  private let descriptor: Int32
  private let count = Mutex(0)

  init(path: String) throws {
    // SAFETY: the path is a terminated copy for the length of the call.
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw OpenFailure(code: errno) }
  }

  deinit { close(descriptor) }

  /// Writes a line, and says how many there are from this process.
  func note(_ line: String) -> Int {
    let bytes = Array("\(line)\n".utf8)
    // SAFETY: the pointer and the count are the array's own, for the length of the call.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    return count.withLock { count in
      count += 1
      return count
    }
  }
}

/// Lets this process write no file beyond `bytes`; its writes then fail with EFBIG.
func limitFileSize(to bytes: Int) {
  signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
  // SAFETY: the limits outlive the call.
  unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
}
