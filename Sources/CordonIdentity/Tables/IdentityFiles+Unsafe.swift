import Crypto
import FoundationEssentials
import Glibc

/// The few files of the identity state, for their owner's eyes only.
enum IdentityFile {
  /// Makes a folder that only its owner may enter; one that is there already is left as it is.
  static func makeFolder(_ path: String) throws(IdentityError) {
    // SAFETY: the path is a terminated copy for the length of the call.
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("mkdir", path) }
  }

  /// Makes an empty file of mode 600 unless one is there; SQLite gives its other files the same mode.
  static func touch(_ path: String) throws(IdentityError) {
    // SAFETY: the path is a terminated copy for the length of the call.
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure("open", path) }
    close(descriptor)
  }

  /// Writes a new file whole, or leaves the one that is there: of two processes one is first, and both read its bytes.
  static func create(_ path: String, _ bytes: [UInt8]) throws(IdentityError) {
    let draft = path + "." + Base64URL.text(Random.bytes(9))
    // SAFETY: the path is a terminated copy for the length of the call.
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure("open", draft) }
    defer {
      close(descriptor)
      // SAFETY: the path is a terminated copy for the length of the call.
      unsafe unlink(draft)
    }
    // SAFETY: the pointer stays inside the array and is not kept.
    let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count, fsync(descriptor) == 0 else { throw failure("write", draft) }
    // SAFETY: both paths are terminated copies for the length of the call.
    guard unsafe link(draft, path) == 0 || errno == EEXIST else { throw failure("link", path) }
  }

  /// A file's bytes; nil where there is none.
  ///
  /// - Parameter secret: Refuses a file that others than its owner could read.
  static func read(_ path: String, atMost most: Int, secret: Bool) throws(IdentityError) -> [UInt8]? {
    // SAFETY: the path is a terminated copy for the length of the call.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | (secret ? O_NOFOLLOW : 0))
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw failure("open", path)
    }
    defer { close(descriptor) }
    var status = stat()
    // SAFETY: `status` outlives the call, which fills it or fails.
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure("stat", path) }
    guard status.st_mode & S_IFMT == S_IFREG, (0...off_t(most)).contains(status.st_size) else {
      throw .keyUnusable(path: path, why: "it is no file of at most \(most) bytes")
    }
    guard !secret || status.st_mode & 0o077 == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw .keyUnusable(
        path: path, why: "its mode is \(mode); others could read it, so it must be 600")
    }
    var bytes = [UInt8](repeating: 0, count: most)
    // SAFETY: at most as many bytes are read as the array has.
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
    }
    guard count >= 0 else { throw failure("read", path) }
    return Array(bytes.prefix(count))
  }

  private static func failure(_ call: String, _ path: String) -> IdentityError {
    let code = errno
    // SAFETY: glibc's `strerror` gives a terminated string for every number; it is copied before any other call.
    let text = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    return .unreadable("\(call) \(path): \(text)")
  }
}

extension SymmetricKey {
  /// The key's bytes, to be compared or written.
  var copiedBytes: [UInt8] {
    // SAFETY: the bytes are copied before the closure returns.
    unsafe withUnsafeBytes { unsafe Array($0) }
  }
}
