import CordonLinux
import Glibc
import Testing

@testable import CordonSandbox

/// A system call tried from inside, by number, and what the filter makes of it.
struct DeniedCall: Sendable, CustomTestStringConvertible {
  let name: String
  let script: String
  let errno: String

  init(_ name: String, _ script: String, _ errno: String) {
    self.name = name
    self.script = script
    self.errno = errno
  }

  var testDescription: String { name }
}

@Suite struct `The system call filter` {
  /// `call(n, ...)` prints "ok" or the errno's name; `raw` prints it for a failed Python call.
  static let prelude = """
    import ctypes, errno, os, socket, fcntl
    libc = ctypes.CDLL(None, use_errno=True)
    def call(*a):
      r = libc.syscall(*a)
      print("ok" if r >= 0 else errno.errorcode[ctypes.get_errno()])
    def raw(f):
      try: f(); print("ok")
      except OSError as e: print(errno.errorcode[e.errno])

    """

  static let calls: [DeniedCall] = [
    DeniedCall("AF_VSOCK", "raw(lambda: socket.socket(40, 1))", "EAFNOSUPPORT"),
    DeniedCall("AF_PACKET", "raw(lambda: socket.socket(17, 3))", "EAFNOSUPPORT"),
    DeniedCall("raw IPv4", "raw(lambda: socket.socket(2, 3, 1))", "EAFNOSUPPORT"),
    DeniedCall("ICMP datagram", "raw(lambda: socket.socket(2, 2, 1))", "EAFNOSUPPORT"),
    DeniedCall("SCTP", "raw(lambda: socket.socket(2, 1, 132))", "EAFNOSUPPORT"),
    DeniedCall("MPTCP", "raw(lambda: socket.socket(2, 1, 262))", "EAFNOSUPPORT"),
    DeniedCall("AF_ALG", "raw(lambda: socket.socket(38, 5))", "EAFNOSUPPORT"),
    DeniedCall("netlink audit", "raw(lambda: socket.socket(16, 3, 9))", "EAFNOSUPPORT"),
    DeniedCall("netlink uevent", "raw(lambda: socket.socket(16, 3, 15))", "EAFNOSUPPORT"),
    DeniedCall("netlink high bits", "call(41, 16, 3, ctypes.c_long((1 << 32) | 9))", "EAFNOSUPPORT"),
    DeniedCall("io_setup", "call(206, 1, ctypes.create_string_buffer(8))", "EPERM"),
    DeniedCall("io_uring_setup", "call(425, 8, ctypes.create_string_buffer(256))", "EPERM"),
    DeniedCall("io_uring_enter", "call(426, 0, 0, 0, 0, 0)", "EPERM"),
    DeniedCall("io_uring_register", "call(427, 0, 0, 0, 0)", "EPERM"),
    DeniedCall("keyctl", "call(250, 0, -3, 1)", "EPERM"),
    DeniedCall("add_key", "call(248, b'user', b'x', b'y', 1, -3)", "EPERM"),
    DeniedCall("ptrace", "call(101, 0, 0, 0, 0)", "EPERM"),
    DeniedCall("process_vm_readv", "call(310, os.getpid(), 0, 0, 0, 0, 0)", "EPERM"),
    DeniedCall("unshare user", "call(272, 0x10000000)", "EPERM"),
    DeniedCall("clone user", "call(56, 0x10000000 | 17, 0, 0, 0, 0)", "EPERM"),
    DeniedCall("clone3", "call(435, 0, 0)", "ENOSYS"),
    DeniedCall("setns", "call(308, os.open('/proc/self/ns/net', 0), 0)", "EPERM"),
    DeniedCall("mount", "call(165, b'x', b'/tmp', b'tmpfs', 0, 0)", "EPERM"),
    DeniedCall("chroot", "call(161, b'/tmp')", "EPERM"),
    DeniedCall("mknod", "call(133, b'/tmp/x', 0o20666, 0x103)", "EPERM"),
    DeniedCall("open_by_handle_at", "call(304, 0, 0, 0)", "EPERM"),
    DeniedCall("bpf", "call(321, 0, 0, 0)", "EPERM"),
    DeniedCall("perf_event_open", "call(298, 0, 0, 0, 0, 0)", "EPERM"),
    DeniedCall("cachestat", "call(451, 0, 0, 0, 0)", "EPERM"),
    DeniedCall("userfaultfd", "call(323, 0)", "EPERM"),
    DeniedCall("syslog", "call(103, 3, 0, 0)", "EPERM"),
    DeniedCall("TIOCSTI", "call(16, 0, 0x5412, b'x')", "EPERM"),
    DeniedCall("TIOCSTI high bits", "call(16, 0, ctypes.c_long((1 << 32) | 0x5412), b'x')", "EPERM"),
    DeniedCall("TIOCLINUX", "call(16, 0, 0x541C, b'x')", "EPERM"),
    DeniedCall("a call newer than the filter", "call(600)", "ENOSYS"),
  ]

  @Test func `refuses each call that namespaces do not confine`() async throws {
    try await Workshop.withWorkspace { workspace in
      let script = Self.prelude + Self.calls.map(\.script).joined(separator: "\n")
      let seen = try workspace.python(script).output.split(separator: "\n").map(String.init)
      for (call, errno) in zip(Self.calls, seen) { #expect(errno == call.errno, "\(call.name)") }
      #expect(seen.count == Self.calls.count)
    }
  }

  @Test func `is what refuses them: without it they get further`() async throws {
    let further = [
      "AF_VSOCK", "MPTCP", "netlink audit", "netlink uevent", "io_uring_setup", "keyctl", "add_key",
    ]
    try await Workshop.withWorkspace({ $0.weakened = [.seccomp] }) { workspace in
      for call in Self.calls where further.contains(call.name) {
        let seen = try workspace.python(Self.prelude + call.script).line
        #expect(seen == "ok", "\(call.name)")
      }
    }
  }

  @Test func `kills who calls the kernel as another architecture`() async throws {
    try await Workshop.withWorkspace { workspace in
      let x32 = "import ctypes; ctypes.CDLL(None).syscall(0x40000000 + 39)"
      try #expect(workspace.python(x32).status == .exited(128 + SIGSYS))
    }
  }

  @Test func `lets ordinary work through`() async throws {
    try await Workshop.withWorkspace { workspace in
      let outcome = try workspace.python(
        """
        import multiprocessing, socket, subprocess, threading, asyncio
        from concurrent.futures import ThreadPoolExecutor
        def square(n): return n * n
        if __name__ == "__main__":
          with multiprocessing.get_context("fork").Pool(2) as pool: print(sum(pool.map(square, range(10))))
          with multiprocessing.Manager() as manager: print(manager.list([1, 2]))
          with ThreadPoolExecutor(2) as threads: print(sum(threads.map(square, range(10))))
          print(subprocess.run(["echo", "child"], capture_output=True).stdout)
          a, b = socket.socketpair(); a.send(b"x"); print(b.recv(1))
          asyncio.run(asyncio.sleep(0)); print(socket.socket(16, 3, 0).family)
        """)
      #expect(outcome.status == .exited(0), "\(outcome.errors)")
      #expect(outcome.output == "285\n[1, 2]\n285\nb'child\\n'\nb'x'\n16\n")
    }
  }

  @Test func `is one program of known shape`() throws {
    let filter = try WorkspaceFilter.filter()
    let bytes = try WorkspaceFilter.program()
    #expect(bytes.count == 8 * filter.count)
    // Load the architecture; kill unless it is x86_64 (audit number 0xC000003E).
    #expect(
      bytes.prefix(24) == [
        0x20, 0, 0, 0, 4, 0, 0, 0, 0x15, 0, 1, 0, 0x3E, 0, 0, 0xC0, 6, 0, 0, 0, 0, 0, 0, 0x80,
      ])
  }
}
