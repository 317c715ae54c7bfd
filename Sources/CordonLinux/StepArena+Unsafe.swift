import CLinux
import Glibc

/// Memory of a launch plan in the shape that the C interpreter reads. It lives until the fork is over.
@unsafe final class StepArena {
  private var blocks: [UnsafeMutableRawPointer] = unsafe []
  private(set) var steps: [cordon_step] = unsafe []

  init(_ plan: [LaunchStep]) {
    for step in plan { unsafe steps.append(unsafe encode(step)) }
  }

  deinit {
    // SAFETY: each block came from malloc below and is freed once; `steps` dies with it.
    unsafe blocks.forEach { unsafe free($0) }
  }

  /// Memory of the arena; a machine without memory for a few kilobytes cannot launch anything.
  private func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    guard let block = unsafe malloc(max(1, count)) else { preconditionFailure("out of memory") }
    unsafe blocks.append(block)
    return unsafe block
  }

  private func keep(_ text: String) -> UnsafeMutablePointer<CChar> {
    // SAFETY: one byte more than the text is allocated and set to zero. A NUL inside shortens the text, which
    // callers exclude (`LaunchPlan.problem`).
    let utf8 = Array(text.utf8)
    let block = unsafe allocate(utf8.count + 1)
    let bytes = unsafe block.bindMemory(to: UInt8.self, capacity: utf8.count + 1)
    for (index, byte) in utf8.enumerated() { unsafe bytes[index] = byte }
    unsafe bytes[utf8.count] = 0
    return unsafe block.assumingMemoryBound(to: CChar.self)
  }

  private func keep(_ bytes: [UInt8]) -> UnsafePointer<UInt8> {
    // SAFETY: as many bytes are allocated as are written.
    let copy = unsafe allocate(bytes.count).bindMemory(to: UInt8.self, capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { unsafe copy[index] = byte }
    return unsafe UnsafePointer(copy)
  }

  private func keep(_ numbers: [Int32]) -> UnsafePointer<Int32> {
    // SAFETY: as many numbers are allocated as are written.
    let copy = unsafe allocate(numbers.count * 4).bindMemory(to: Int32.self, capacity: numbers.count)
    for (index, number) in numbers.enumerated() { unsafe copy[index] = number }
    return unsafe UnsafePointer(copy)
  }

  private func keep(list: [String]) -> UnsafePointer<UnsafeMutablePointer<CChar>?> {
    // SAFETY: room for the texts and the terminating null pointer.
    let size = unsafe (list.count + 1) * MemoryLayout<UnsafeMutablePointer<CChar>?>.stride
    let copy = unsafe allocate(size)
      .bindMemory(to: UnsafeMutablePointer<CChar>?.self, capacity: list.count + 1)
    for (index, text) in list.enumerated() { unsafe copy[index] = keep(text) }
    unsafe copy[list.count] = nil
    return unsafe UnsafePointer(copy)
  }

  private func encode(_ step: LaunchStep) -> cordon_step {
    var raw = unsafe cordon_step()
    // SAFETY: every pointer stored comes from this arena, which outlives the fork.
    switch step {
    case .join(let kind, let descriptor):
      unsafe set(&raw, CORDON_SETNS, fd: descriptor, a: Int64(kind.rawValue))
    case .unshare(let kinds): unsafe set(&raw, CORDON_UNSHARE, a: Int64(kinds.rawValue))
    case .mount(let source, let target, let type, let flags, let options):
      unsafe set(&raw, CORDON_MOUNT, [source, target, type, options], a: flags.rawValue)
      // An empty type or option text is a null pointer to mount(2).
      if type.isEmpty { unsafe raw.s3 = nil }
      if options.isEmpty { unsafe raw.s4 = nil }
    case .pivotRoot(let path): unsafe set(&raw, CORDON_PIVOT, [path])
    case .unmount(let path): unsafe set(&raw, CORDON_UMOUNT, [path])
    case .makeFolder(let path, let mode): unsafe set(&raw, CORDON_MKDIR, [path], a: Int64(mode))
    case .changeOwner(let path, let user, let group):
      unsafe set(&raw, CORDON_CHOWN, [path], a: Int64(user), b: Int64(group))
    case .changeMode(let path, let mode): unsafe set(&raw, CORDON_CHMOD, [path], a: Int64(mode))
    case .symbolicLink(let target, let path): unsafe set(&raw, CORDON_SYMLINK, [target, path])
    case .characterDevice(let path, let mode, let major, let minor):
      unsafe set(
        &raw, CORDON_MKNOD, [path], a: Int64(mode) | Int64(S_IFCHR), b: Int64(major), c: Int64(minor))
    case .writeNewFile(let path, let mode, let bytes):
      unsafe set(&raw, CORDON_WRITE_NEW, [path], a: Int64(mode), bytes: bytes)
    case .writeExistingFile(let path, let bytes):
      unsafe set(&raw, CORDON_WRITE_EXISTING, [path], bytes: bytes)
    case .open(let path, let flags, let number):
      unsafe set(&raw, CORDON_OPEN, [path], fd: number, a: Int64(flags))
    case .memory(let name, let bytes, let number):
      unsafe set(&raw, CORDON_MEMFD, [name], fd: number, bytes: bytes)
    case .listen(let address, let transport, let backlog, let number):
      unsafe set(
        &raw, CORDON_LISTEN, fd: number, a: Int64(transport.socketType), b: Int64(backlog),
        bytes: address.encoded ?? [0, 0])
    default: unsafe encodeRest(step, into: &raw)
    }
    return unsafe raw
  }

  private func encodeRest(_ step: LaunchStep, into raw: inout cordon_step) {
    // SAFETY: as in `encode`.
    switch step {
    case .loopbackUp: unsafe set(&raw, CORDON_LOOPBACK_UP)
    case .sendDescriptors(let descriptors, let message, let socket):
      unsafe set(&raw, CORDON_SEND_FDS, fd: socket, bytes: message, fds: descriptors)
    case .awaitByte(let socket): unsafe set(&raw, CORDON_AWAIT_BYTE, fd: socket)
    case .joinControlGroup(let path): unsafe set(&raw, CORDON_JOIN_CGROUP, [path])
    case .newSession: unsafe set(&raw, CORDON_SETSID)
    case .newKeyring: unsafe set(&raw, CORDON_NEW_KEYRING)
    case .clearGroups: unsafe set(&raw, CORDON_CLEAR_GROUPS)
    case .become(let user, let group): unsafe set(&raw, CORDON_SET_IDS, a: Int64(user), b: Int64(group))
    case .dropBoundingSet: unsafe set(&raw, CORDON_DROP_BOUNDING)
    case .dropCapabilities: unsafe set(&raw, CORDON_DROP_CAPS)
    case .noNewPrivileges: unsafe set(&raw, CORDON_NO_NEW_PRIVS)
    case .dumpable(let on): unsafe set(&raw, CORDON_DUMPABLE, a: on ? 1 : 0)
    case .dieWithParent: unsafe set(&raw, CORDON_DIE_WITH_PARENT)
    case .forkInit: unsafe set(&raw, CORDON_FORK_INIT)
    case .limit(let resource, let value):
      unsafe set(&raw, CORDON_RLIMIT, a: Int64(resource), b: Int64(bitPattern: value))
    case .fileModeMask(let mask): unsafe set(&raw, CORDON_UMASK, a: Int64(mask))
    case .changeFolder(let path): unsafe set(&raw, CORDON_CHDIR, [path])
    case .closeDescriptors(let kept): unsafe set(&raw, CORDON_CLOSE_EXCEPT, fds: kept)
    case .inherit(let descriptor): unsafe set(&raw, CORDON_INHERIT, fd: descriptor)
    case .execute(let path, let arguments, let environment):
      unsafe set(&raw, CORDON_EXEC, [path])
      unsafe raw.argv = keep(list: arguments)
      unsafe raw.envp = keep(list: environment)
    case .exit(let status): unsafe set(&raw, CORDON_EXIT, a: Int64(status))
    default: preconditionFailure("every step is encoded above")
    }
  }

  private func set(
    _ raw: inout cordon_step, _ operation: cordon_operation, _ texts: [String] = [], fd: Int32 = -1,
    a: Int64 = 0, b: Int64 = 0, c: Int64 = 0, bytes: [UInt8] = [], fds: [Int32] = []
  ) {
    // SAFETY: as in `encode`; counts go with their pointers.
    unsafe raw.operation = Int32(operation.rawValue)
    unsafe raw.fd = fd
    unsafe raw.a = a
    unsafe raw.b = b
    unsafe raw.c = c
    if texts.count > 0 { unsafe raw.s1 = UnsafePointer(keep(texts[0])) }
    if texts.count > 1 { unsafe raw.s2 = UnsafePointer(keep(texts[1])) }
    if texts.count > 2 { unsafe raw.s3 = UnsafePointer(keep(texts[2])) }
    if texts.count > 3 { unsafe raw.s4 = UnsafePointer(keep(texts[3])) }
    unsafe raw.bytes = keep(bytes)
    unsafe raw.byte_count = bytes.count
    unsafe raw.fds = keep(fds)
    unsafe raw.fd_count = fds.count
  }
}

extension SocketAddress {
  /// `sockaddr` bytes, or nil when the host is not a numeric address.
  public var encoded: [UInt8]? {
    // SAFETY: the C function writes at most the 128 bytes that it is given.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 128) { buffer, used in
      used = unsafe cordon_sockaddr(host, port, buffer.baseAddress)
    }
    return bytes.isEmpty ? nil : bytes
  }

  /// Reads `sockaddr` bytes of an IPv4 or IPv6 socket.
  public init?(encoded: [UInt8]) {
    var port: UInt16 = 0
    // SAFETY: 64 bytes hold the longest address text; the C function terminates it.
    let host = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text -> String? in
      guard let start = text.baseAddress,
        unsafe cordon_sockaddr_text(encoded, encoded.count, start, &port) == 0
      else { return nil }
      return unsafe String(cString: start)
    }
    guard let host else { return nil }
    self.init(host: host, port: port)
  }
}
