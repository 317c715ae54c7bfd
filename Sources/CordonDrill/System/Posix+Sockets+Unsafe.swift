import Glibc
import Synchronization

extension Posix {
  private static let closeOnExec = Int32(SOCK_CLOEXEC.rawValue)
  private static let stream = Int32(SOCK_STREAM.rawValue) | closeOnExec
  private static let datagram = Int32(SOCK_DGRAM.rawValue) | closeOnExec

  /// A listening TCP or Unix socket.
  static func listen(_ address: SocketAddress, backlog: Int32 = 128) throws(DrillError) -> Int32 {
    let descriptor = try bound(address, type: stream)
    guard Glibc.listen(descriptor, backlog) == 0 else {
      closeDescriptor(descriptor)
      throw .system(call: "listen on \(address)", errno: errno)
    }
    return descriptor
  }

  /// A bound UDP socket.
  static func datagramSocket(_ address: SocketAddress) throws(DrillError) -> Int32 {
    try bound(address, type: datagram)
  }

  private static func bound(_ address: SocketAddress, type: Int32) throws(DrillError) -> Int32 {
    let descriptor = socket(family(address), type, 0)
    guard descriptor >= 0 else { throw .system(call: "socket", errno: errno) }
    var on: Int32 = 1
    // SAFETY: the option's value is one Int32.
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    if case .v6 = address {
      // SAFETY: as above.
      _ = unsafe setsockopt(
        descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, socklen_t(MemoryLayout<Int32>.size))
    }
    guard unsafe withAddress(address, { unsafe bind(descriptor, $0, $1) }) == 0 else {
      let number = errno
      closeDescriptor(descriptor)
      throw .system(call: "bind \(address)", errno: number)
    }
    setNonBlocking(descriptor)
    return descriptor
  }

  /// A connection under way, non-blocking.
  static func connect(_ address: SocketAddress) throws(DrillError) -> Int32 {
    let descriptor = socket(family(address), stream, 0)
    guard descriptor >= 0 else { throw .system(call: "socket", errno: errno) }
    setNonBlocking(descriptor)
    let result = unsafe withAddress(address) { unsafe Glibc.connect(descriptor, $0, $1) }
    guard result == 0 || errno == EINPROGRESS || errno == EAGAIN else {
      let number = errno
      closeDescriptor(descriptor)
      throw .system(call: "connect \(address)", errno: number)
    }
    return descriptor
  }

  /// The next waiting connection; nil when none waits.
  static func accept(_ listener: Int32) -> Int32? {
    // accept4 is not to be had here, so no child may be started before the descriptor is marked.
    spawning.withLock { _ in
      let descriptor = Glibc.accept(listener, nil, nil)
      guard descriptor >= 0 else { return nil }
      setCloseOnExec(descriptor)
      setNonBlocking(descriptor)
      return descriptor
    }
  }

  /// The address that a connected socket has on its own side.
  static func localAddress(_ descriptor: Int32) -> SocketAddress? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    // SAFETY: getsockname writes at most `length` bytes, the size of the storage.
    let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor, $0, &length)
      }
    }
    return result == 0 ? read(storage) : nil
  }

  /// One datagram with its sender; nil when none waits.
  static func receive(_ descriptor: Int32) -> (bytes: [UInt8], from: SocketAddress?)? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var count = -1
    // SAFETY: recvfrom initialises at most the capacity of the buffer and of the storage.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, initialized in
      count = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe recvfrom(descriptor, buffer.baseAddress, 65_536, 0, $0, &length)
        }
      }
      initialized = max(0, count)
    }
    return count < 0 ? nil : (bytes, read(storage))
  }

  static func send(_ descriptor: Int32, _ bytes: [UInt8], to address: SocketAddress) {
    // SAFETY: sendto reads `bytes.count` bytes and one address.
    unsafe withAddress(address) { pointer, length in
      _ = unsafe sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), pointer, length)
    }
  }

  // MARK: Packets

  /// A socket that sees every packet on the interface of that index; needs CAP_NET_RAW in this namespace.
  static func packetSocket(interface name: String) throws(DrillError) -> Int32 {
    let everything = UInt16(0x0003).bigEndian  // ETH_P_ALL, linux/if_ether.h
    let descriptor = socket(
      AF_PACKET, Int32(SOCK_DGRAM.rawValue) | closeOnExec, Int32(everything))
    guard descriptor >= 0 else { throw .system(call: "packet socket", errno: errno) }
    // SAFETY: if_nametoindex reads a C string for the call only.
    // struct sockaddr_ll of linux/if_packet.h in words: family and protocol, interface index, the rest unused.
    let link: [UInt32] = [
      UInt32(AF_PACKET) | UInt32(everything) << 16, unsafe if_nametoindex(name), 0, 0, 0,
    ]
    // SAFETY: bind reads the 20 bytes of one link address.
    let result = unsafe link.withUnsafeBytes { buffer in
      unsafe bind(
        descriptor, buffer.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(buffer.count))
    }
    guard result == 0 else {
      closeDescriptor(descriptor)
      throw .system(call: "bind packet socket", errno: errno)
    }
    var size: Int32 = 32 << 20
    // SAFETY: the option's value is one Int32. Without the privilege the default size stays.
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &size, socklen_t(MemoryLayout<Int32>.size))
    setNonBlocking(descriptor)
    return descriptor
  }

  /// One packet from its network header on; nil when none waits. `isOutgoing` packets come a second time as
  /// incoming on a loopback interface.
  static func receivePacket(
    _ descriptor: Int32
  ) -> (bytes: [UInt8], etherType: UInt16, isOutgoing: Bool)? {
    var link = [UInt32](repeating: 0, count: 5)
    var length = socklen_t(20)
    var count = -1
    // SAFETY: recvfrom initialises at most the capacity of the buffer and the 20 bytes of one link address.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 2_048) { buffer, initialized in
      count = unsafe link.withUnsafeMutableBytes { address in
        unsafe recvfrom(
          descriptor, buffer.baseAddress, 2_048, 0,
          address.assumingMemoryBound(to: sockaddr.self).baseAddress, &length)
      }
      initialized = max(0, count)
    }
    guard count >= 0 else { return nil }
    // Words 0 and 2 of struct sockaddr_ll: the protocol in network order, and the packet type in the third byte.
    let etherType = UInt16(bigEndian: UInt16(truncatingIfNeeded: link[0] >> 16))
    return (bytes, etherType, (link[2] >> 16) & 0xFF == 4)
  }

  // MARK: Addresses

  private static func family(_ address: SocketAddress) -> Int32 {
    switch address {
    case .v4: AF_INET
    case .v6: AF_INET6
    case .unix: AF_UNIX
    }
  }

  private static func withAddress<Result>(
    _ address: SocketAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    // SAFETY: each branch hands out a pointer to a whole address of the length it names, for the call only.
    switch address {
    case .v4(let bytes, let port):
      var inet = sockaddr_in()
      inet.sin_family = sa_family_t(AF_INET)
      inet.sin_port = port.bigEndian
      unsafe withUnsafeMutableBytes(of: &inet.sin_addr) { unsafe $0.copyBytes(from: bytes.prefix(4)) }
      return unsafe rebind(inet, body)
    case .v6(let bytes, let port):
      var inet = sockaddr_in6()
      inet.sin6_family = sa_family_t(AF_INET6)
      inet.sin6_port = port.bigEndian
      unsafe withUnsafeMutableBytes(of: &inet.sin6_addr) { unsafe $0.copyBytes(from: bytes.prefix(16)) }
      return unsafe rebind(inet, body)
    case .unix(let path):
      var local = sockaddr_un()
      local.sun_family = sa_family_t(AF_UNIX)
      unsafe withUnsafeMutableBytes(of: &local.sun_path) { field in
        unsafe field.copyBytes(from: path.utf8.prefix(field.count - 1))
      }
      return unsafe rebind(local, body)
    }
  }

  private static func rebind<Address, Result>(
    _ address: Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    // SAFETY: every socket address starts as a sockaddr, and the length says how long it really is.
    unsafe withUnsafePointer(to: address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }

  private static func read(_ storage: sockaddr_storage) -> SocketAddress? {
    // SAFETY: a sockaddr_storage is large enough and aligned for each address that its family announces.
    unsafe withUnsafeBytes(of: storage) { raw in
      switch Int32(storage.ss_family) {
      case AF_INET:
        let inet = unsafe raw.load(as: sockaddr_in.self)
        let bytes = unsafe withUnsafeBytes(of: inet.sin_addr) { unsafe [UInt8]($0) }
        return .v4(bytes, port: UInt16(bigEndian: inet.sin_port))
      case AF_INET6:
        let inet = unsafe raw.load(as: sockaddr_in6.self)
        let bytes = unsafe withUnsafeBytes(of: inet.sin6_addr) { unsafe [UInt8]($0) }
        return .v6(bytes, port: UInt16(bigEndian: inet.sin6_port))
      case AF_UNIX:
        return .unix("a Unix socket")
      default:
        return nil
      }
    }
  }
}
