import Glibc

/// How many datagrams the kernel dropped because a socket's buffer was full.
struct KernelDrops {
  private let socket: CInt
  private var seen: UInt32 = 0

  /// `SO_MEMINFO` of Linux's `socket.h`; the ninth number that it fills in is `SK_MEMINFO_DROPS`.
  private static let option: CInt = 55
  private static let dropsIndex = 8

  /// - Parameter socket: Asked only while it is open.
  init(of socket: CInt) { self.socket = socket }

  /// Those since the last time; none where the kernel does not say.
  mutating func new() -> Int {
    var numbers = [UInt32](repeating: 0, count: Self.dropsIndex + 1)
    var length = socklen_t(numbers.count * MemoryLayout<UInt32>.size)
    let socket = socket
    // SAFETY: the buffer has `length` bytes and lives for the call, which writes no more than that.
    let result = unsafe numbers.withUnsafeMutableBytes { bytes in
      unsafe getsockopt(socket, SOL_SOCKET, Self.option, bytes.baseAddress, &length)
    }
    guard result == 0, Int(length) == numbers.count * MemoryLayout<UInt32>.size else { return 0 }
    let now = numbers[Self.dropsIndex]
    defer { seen = now }
    return Int(now &- seen)
  }
}
