import Glibc

/// Sockets on a free loopback port, as a workspace's launcher would hand them over.
enum LoopbackSocket {
  struct Failure: Error { var call: String, code: Int32 }

  /// A bound TCP socket that does not listen yet, and its port.
  static func tcp(_ address: [UInt8] = [127, 0, 0, 1]) throws -> (descriptor: CInt, port: Int) {
    try bound(CInt(SOCK_STREAM.rawValue), address)
  }

  /// A bound UDP socket, and its port.
  static func udp() throws -> (descriptor: CInt, port: Int) {
    try bound(CInt(SOCK_DGRAM.rawValue), [127, 0, 0, 1])
  }

  private static func bound(_ type: CInt, _ host: [UInt8]) throws -> (descriptor: CInt, port: Int) {
    let descriptor = socket(AF_INET, type, 0)
    guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = host.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }.bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    // SAFETY: sockaddr_in begins like sockaddr, and `length` is its size for both calls.
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe bind(descriptor, generic, length) == 0 ? getsockname(descriptor, generic, &length) : -1
      }
    }
    guard result == 0 else {
      defer { close(descriptor) }
      throw Failure(call: "bind", code: errno)
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }
}
