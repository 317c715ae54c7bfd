import CLinux
import Glibc

/// Who is at the other end of a Unix socket, as the kernel recorded it at connect time.
public struct PeerCredentials: Equatable, Sendable {
  /// Process id.
  public var process: Int32
  /// User id.
  public var user: UInt32
  /// Group id.
  public var group: UInt32
}

/// Bytes and descriptors that came in one message.
public struct UnixMessage: Sendable {
  /// The bytes; none when the peer has closed.
  public var bytes: [UInt8]
  /// The descriptors, in the order in which they were sent. Dropping them closes them.
  public var descriptors: [SharedDescriptor]
  /// More came than was asked for; the rest is gone and its descriptors are closed.
  public var isTruncated: Bool
}

/// A connected Unix socket that keeps message boundaries and carries descriptors.
public struct UnixSocket: ~Copyable, Sendable {
  /// The socket.
  public let descriptor: FileDescriptor

  /// Takes over a connected socket.
  public init(adopting descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

  /// Connects to a listener.
  public init(connectingTo path: String) throws(SystemError) {
    let number = unsafe cordon_unix_connect(path, CInt(SOCK_SEQPACKET.rawValue))
    descriptor = FileDescriptor(adopting: try check(number, "connect \(path)"))
  }

  /// Two connected sockets.
  public static func pair() throws(SystemError) -> UnixSocketPair {
    var ends: (CInt, CInt) = (-1, -1)
    // SAFETY: both pointers are valid for the call.
    try check(unsafe cordon_socketpair(CInt(SOCK_SEQPACKET.rawValue), &ends.0, &ends.1), "socketpair")
    return UnixSocketPair(
      left: UnixSocket(adopting: FileDescriptor(adopting: ends.0)),
      right: UnixSocket(adopting: FileDescriptor(adopting: ends.1)))
  }

  /// The peer's process, user and group (`SO_PEERCRED`).
  public borrowing func peer() throws(SystemError) -> PeerCredentials {
    var process: pid_t = 0
    var user: uid_t = 0
    var group: gid_t = 0
    // SAFETY: the three pointers are valid for the call.
    try check(unsafe cordon_peer(descriptor.rawValue, &process, &user, &group), "getsockopt SO_PEERCRED")
    return PeerCredentials(process: process, user: user, group: group)
  }

  /// Sends one message. The receiver gets its own copies of the descriptors.
  public borrowing func send(_ bytes: [UInt8], descriptors: [CInt] = []) throws(SystemError) {
    // SAFETY: pointers and counts come from the same arrays.
    let sent = unsafe cordon_send_fds(
      descriptor.rawValue, bytes, bytes.count, descriptors, descriptors.count)
    if sent < 0 { throw .last("sendmsg") }
    if sent != bytes.count { throw SystemError(code: EMSGSIZE, call: "sendmsg") }
  }

  /// Receives one message of at most `limit` bytes and `descriptors` descriptors.
  ///
  /// Every message is some stranger's until its sender is known: whatever does not fit is closed and
  /// reported as truncated, and no descriptor outlives the message.
  public borrowing func receive(atMost limit: Int = 65_536, descriptors room: Int = 0)
    throws(SystemError) -> UnixMessage
  {
    var numbers = [Int32](repeating: -1, count: room)
    var count = 0
    var truncated: CInt = 0
    var got = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, used in
      // SAFETY: the C function writes at most `limit` bytes and `room` numbers.
      got = unsafe cordon_receive_fds(
        descriptor.rawValue, buffer.baseAddress, limit, &numbers, room, &count, &truncated)
      used = max(0, got)
    }
    if got < 0 { throw .last("recvmsg") }
    let received = numbers.prefix(count).map { SharedDescriptor(FileDescriptor(adopting: $0)) }
    return UnixMessage(bytes: bytes, descriptors: received, isTruncated: truncated != 0)
  }

  /// Sends and receives fail with EAGAIN after this time.
  public borrowing func setTimeout(milliseconds: Int64) throws(SystemError) {
    try check(cordon_set_timeout(descriptor.rawValue, milliseconds), "setsockopt SO_RCVTIMEO")
  }
}

/// Two connected sockets.
public struct UnixSocketPair: ~Copyable, Sendable {
  /// One end.
  public var left: UnixSocket
  /// The other end.
  public var right: UnixSocket
}

/// A listening Unix socket whose file only its owner may connect to.
public struct UnixListener: ~Copyable, Sendable {
  /// The listening socket.
  public let descriptor: FileDescriptor
  /// Where its file is. The creator removes it.
  public let path: String

  /// Binds and listens at `path`, which must not exist; its mode is 0600 from the first moment.
  public init(at path: String) throws(SystemError) {
    let number = unsafe cordon_unix_bind(path, CInt(SOCK_SEQPACKET.rawValue))
    let bound = FileDescriptor(adopting: try check(number, "bind \(path)"))
    try check(listen(bound.rawValue, 64), "listen \(path)")
    descriptor = bound
    self.path = path
  }

  /// Waits for the next connection.
  public borrowing func accept() throws(SystemError) -> UnixSocket {
    UnixSocket(
      adopting: FileDescriptor(adopting: try check(cordon_accept(descriptor.rawValue), "accept \(path)")))
  }
}

/// What a descriptor that came from elsewhere really is.
public struct SocketFacts: Equatable, Sendable {
  /// The address that it is bound to.
  public var address: SocketAddress
  /// Stream or datagram.
  public var transport: Transport
  /// Does it accept connections?
  public var isListening: Bool

  /// Asks the kernel (`fstat`, `SO_DOMAIN`, `SO_TYPE`, `SO_ACCEPTCONN`, `getsockname`).
  ///
  /// - Throws: ENOTSOCK for anything but a socket, EPROTOTYPE for one that is no IP stream or datagram socket.
  public init(of descriptor: CInt) throws(SystemError) {
    var facts = cordon_socket_facts()
    // SAFETY: the pointer is valid for the call.
    try check(unsafe cordon_socket_facts(descriptor, &facts), "inspect a received descriptor")
    let bytes = unsafe withUnsafeBytes(of: &facts.name) { unsafe Array($0.prefix(facts.name_count)) }
    guard facts.domain == AF_INET || facts.domain == AF_INET6,
      let address = SocketAddress(encoded: bytes),
      let transport = [1: Transport.stream, 2: .datagram][facts.type]
    else { throw SystemError(code: EPROTOTYPE, call: "inspect a received descriptor") }
    self.address = address
    self.transport = transport
    isListening = facts.listening != 0
  }
}
