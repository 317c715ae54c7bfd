import Glibc

/// Lines that outlive the process that wrote them, one write call each.
final class Acknowledgements: Sendable {
  private let descriptor: Int32

  init(path: String) throws {
    // SAFETY: the path is a terminated copy for the length of the call.
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw OpenFailure(code: errno) }
  }

  deinit { close(descriptor) }

  func note(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    // SAFETY: the pointer and the count are the array's own, for the length of the call.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
  }
}

struct OpenFailure: Error { var code: Int32 }
