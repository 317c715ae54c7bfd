import Glibc
import Synchronization

/// Lines that outlive the process that wrote them, one write call each.
final class Acknowledgements: Sendable {
  private let descriptor: Int32
  private let count = Atomic<Int>(0)

  init(path: String) throws {
    // SAFETY: the path is a terminated copy for the length of the call.
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw OpenFailure(code: errno) }
  }

  deinit { close(descriptor) }

  /// Writes a line. Returns the how manieth it is that is written, each number once.
  func note(_ line: String) -> Int {
    let bytes = Array("\(line)\n".utf8)
    // SAFETY: the pointer and the count are the array's own, for the length of the call.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    return count.add(1, ordering: .sequentiallyConsistent).newValue
  }
}

struct OpenFailure: Error { var code: Int32 }
