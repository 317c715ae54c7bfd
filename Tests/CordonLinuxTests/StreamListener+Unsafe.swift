import Glibc

@testable import CordonLinux

/// A Unix stream socket that listens at a path for as long as it is held.
struct StreamListener: ~Copyable {
  let descriptor: FileDescriptor

  init(at path: String) throws {
    let socket = FileDescriptor(
      adopting: try check(Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0), "socket"))
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    // SAFETY: the bytes are copied within the member's own size, and the address outlives the call.
    unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: path.utf8.prefix(107)) }
    let bound = unsafe withUnsafePointer(to: &name) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(socket.rawValue, address, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try check(bound, "bind \(path)")
    try check(listen(socket.rawValue, 8), "listen")
    descriptor = socket
  }
}
