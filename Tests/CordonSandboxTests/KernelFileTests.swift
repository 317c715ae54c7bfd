import CordonLinux
import FoundationEssentials
import Testing

@testable import CordonSandbox

/// What the kernel tells everybody about everything.
@Suite struct `The kernel's own files` {
  /// Everything below /proc that is no process's and no namespace's own, as one line a file.
  private static let walk = """
    import hashlib, os
    own = {"self", "thread-self", "net", "mounts", "sysvipc", "kmsg"}
    for name in sorted(os.listdir("/proc")):
      if name.isdigit() or name in own: continue
      top = "/proc/" + name
      files = [top] if not os.path.isdir(top) else sorted(os.path.join(f, n) for f, _, ns in os.walk(top) for n in ns)
      for path in files:
        try: text = open(path, "rb").read()
        except OSError: continue
        print(path, hashlib.sha256(text).hexdigest())
    """

  /// Files whose content in one workspace moves while another one works.
  private func moving(_ change: @escaping @Sendable (inout SandboxConfiguration) -> Void) async throws
    -> [String]
  {
    try await Workshop.withWorkspace(change) { watcher in
      try await Workshop.withWorkspace(change) { worker in
        let before = try watcher.python(Self.walk)
        let busy = try worker.spawn(
          SandboxCommand([
            "/usr/bin/python3", "-c",
            """
            import mmap, os, sys, threading
            held = [os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY) for _ in range(9)]
            memory = mmap.mmap(-1, 20 << 20); memory[:] = b"x" * len(memory)
            for n in range(500): open(f"/tmp/{n}", "w").write("x" * 5000)
            for _ in range(9): threading.Thread(target=lambda: threading.Event().wait(), daemon=True).start()
            print("busy", flush=True); sys.stdin.read(); os._exit(0)
            """,
          ]))
        let raw = try #require(busy.streams.output?.rawValue)
        try #expect(BorrowedDescriptor(raw).read(atMost: 16) == Array("busy\n".utf8))
        let after = try watcher.python(Self.walk)
        try #expect(busy.collect().status == .exited(0))
        #expect(before.status == .exited(0) && before.output.split(separator: "\n").count > 20, "\(before)")
        let old = Set(before.output.split(separator: "\n"))
        return after.output.split(separator: "\n").filter { !old.contains($0) }
          .map { String($0.prefix { $0 != " " }) }
      }
    }
  }

  @Test func `do not move while another workspace works`() async throws {
    #expect(try await moving { _ in } == [])
  }

  @Test func `do when that control is off`() async throws {
    let moved = try await moving { $0.weakened = [.kernelFiles] }
    #expect(
      Set(moved).isSuperset(of: ["/proc/loadavg", "/proc/meminfo", "/proc/sys/kernel/pty/nr"]), "\(moved)")
  }

  @Test func `say what the workspace may use`() async throws {
    try await Workshop.withWorkspace({ $0.limits.memoryBytes = 300 << 20 }) { workspace in
      let said = try workspace.shell(
        "grep -E '^Mem(Total|Available)' /proc/meminfo | tr -s ' '; cat /proc/sys/kernel/hostname; cat /proc/loadavg"
      )
      #expect(
        said.output == "MemTotal: 307200 kB\nMemAvailable: 307200 kB\none\n0.00 0.00 0.00 1/1 1\n", "\(said)")
    }
  }

  @Test(arguments: [
    "free", "uptime", "ps aux", "top -b -n 1", "vmstat", "nproc", "df -h", "sort /etc/passwd",
    "python3 -c 'import os, platform, multiprocessing as m; os.sysconf(\"SC_PHYS_PAGES\"); m.cpu_count(); platform.uname(); os.getloadavg()'",
  ])
  func `satisfy those who ask`(command: String) async throws {
    try await Workshop.withWorkspace { workspace in
      let said = try workspace.shell("command -v ${0%% *} > /dev/null || exit 0; \(command)")
      #expect(said.status == .exited(0) && said.errors.isEmpty, "\(said)")
    }
  }

  @Test func `cannot be uncovered or written`() async throws {
    try await Workshop.withWorkspace { workspace in
      let said = try workspace.shell(
        "umount /proc/stat; echo x > /proc/stat; echo x > /proc/sys/kernel/pid_max; chmod 777 /proc/stat; touch /proc/pressure/x; cat /proc/1/root/proc/interrupts | wc -c"
      )
      #expect(said.output == "0\n", "\(said)")
      #expect(said.errors.split(separator: "\n").count == 5, "\(said)")
    }
  }
}

/// Read from a made-up /proc.
@Suite struct `A copy of the kernel's files` {
  private func examine(_ files: [String: String]) throws -> KernelFiles {
    let root = FileManager.default.temporaryDirectory.path + "/cordon-proc-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    for (name, text) in files {
      let path = root + "/" + name
      let folder = path.split(separator: "/").dropLast().joined(separator: "/")
      try FileManager.default.createDirectory(atPath: "/" + folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(filePath: path))
    }
    return KernelFiles.examine(root)
  }

  @Test func `hides what it does not know`() throws {
    let kernel = try examine([
      "version": "Linux", "brand-new": "17", "pressure/cpu": "some", "1/stat": "x",
      "stat": "cpu  9 9\ncpu0 9 9\nbtime 77\n",
      "meminfo": "MemTotal:   1000 kB\nMemFree: 5 kB\n", "sys/kernel/ostype": "Linux\n",
      "sys/fs/inode-nr": "5 5\n",
    ])
    #expect(
      kernel.hidden == [.init(name: "brand-new", isFolder: false), .init(name: "pressure", isFolder: true)])
    #expect(kernel.settings == ["kernel/ostype": "Linux\n"])
    let idle = try #require(kernel.constant["stat"])
    #expect(idle.hasPrefix("cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0") && idle.contains("btime 77\n"))
    #expect(kernel.masks.contains(.init(source: "/kernel/file", target: "/proc/brand-new")))
    #expect(kernel.masks.contains(.init(source: "/kernel/folder", target: "/proc/pressure")))
  }

  @Test(arguments: [(1000, nil), (500, 500), (1000, 2000)] as [(UInt64, UInt64?)])
  func `shows the smaller of machine and limit`(total: UInt64, limit: UInt64?) throws {
    let kernel = try examine(["meminfo": "MemTotal:   1000 kB\n"])
    let said = kernel.meminfo(limit: limit.map { $0 * 1024 })
    #expect(said.hasPrefix("MemTotal:        \(total) kB\nMemFree:         \(total) kB\n"))
    #expect(said.split(separator: "\n").count == 32)
  }
}
