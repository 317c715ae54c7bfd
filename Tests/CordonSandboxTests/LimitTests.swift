import CordonLinux
import Glibc
import Testing

@testable import CordonSandbox

@Suite struct `Limits of a workspace` {
  static let limits = ResourceLimits(memoryBytes: 128 << 20, processes: 32, processorPercent: 50)
  static let greedy = "x = bytearray(400 << 20); print(len(x))"
  static let forking = """
    import os, sys
    n = 0
    try:
      while n < 100:
        if os.fork() == 0: sys.stdin.read(); os._exit(0)
        n += 1
    except OSError as e: print(e.errno)
    print("stopped" if n < 100 else "forked")
    """

  @Test func `kill who takes more memory, and nobody else`() async throws {
    try await Workshop.withWorkspace({ $0.limits = Self.limits }) { workspace in
      try #expect(workspace.python(Self.greedy).status == .exited(128 + SIGKILL))
      try #expect(workspace.python("print(1)").output == "1\n")
    }
  }

  @Test func `count files in memory as memory`() async throws {
    try await Workshop.withWorkspace({ workspace in
      workspace.limits = Self.limits
      workspace.memory.temporary = 400 << 20
    }) { workspace in
      try #expect(workspace.shell("head -c 300M /dev/zero > /tmp/big").status != .exited(0))
    }
  }

  @Test func `end a fork bomb`() async throws {
    try await Workshop.withWorkspace({ $0.limits = Self.limits }) { workspace in
      let outcome = try workspace.spawn(SandboxCommand(["/usr/bin/python3", "-c", Self.forking])).collect()
      #expect(outcome.output.hasSuffix("\(EAGAIN)\nstopped\n"))
    }
  }

  @Test func `are off when a drill says so`() async throws {
    try await Workshop.withWorkspace({
      $0.limits = Self.limits
      $0.weakened = [.resourceLimits]
    }) { workspace in
      try #expect(workspace.python(Self.greedy).output == "\(400 << 20)\n")
      try #expect(workspace.python(Self.forking).output.hasSuffix("forked\n"))
    }
  }

  @Test func `hold for folders in memory`() async throws {
    try await Workshop.withWorkspace({ $0.memory = .init(temporary: 4 << 20, shared: 4 << 20, run: 1 << 20) })
    { workspace in
      for folder in ["/tmp", "/dev/shm", "/run"] {
        let outcome = try workspace.shell("head -c 8M /dev/zero > \(folder)/big")
        #expect(outcome.errors.contains("No space left on device"), "\(folder)")
      }
    }
  }

  @Test func `hold for the home on an image, and files stay for the next start`() async throws {
    let shop = try Workshop()
    try await shop.withWorkspace(shop.image) { workspace in
      try #expect(
        workspace.shell("echo kept > file; head -c 100M /dev/zero > big").errors.contains(
          "No space left on device"))
      let mounts = try workspace.run("/bin/cat", "/proc/self/mountinfo").output
      #expect(!mounts.contains(shop.folder))
    }
    try await shop.withWorkspace(shop.image) { workspace in
      try #expect(workspace.shell("rm big; cat file; stat -c %U file").output == "kept\nworkspace\n")
    }
  }

  @Test func `show in the group's use`() async throws {
    try await Workshop.withWorkspace({ $0.limits = Self.limits }) { workspace in
      let process = try workspace.spawn(
        SandboxCommand(["/usr/bin/python3", "-c", "x = bytearray(50 << 20); print(1, flush=True); input()"]))
      let raw = try #require(process.streams.output?.rawValue)
      try #expect(BorrowedDescriptor(raw).read(atMost: 4) == Array("1\n".utf8))
      let usage = try #require(workspace.controlGroup).usage
      #expect(usage.memoryBytes ?? 0 > 50 << 20)
      #expect((3...8).contains(usage.processes ?? 0))
      _ = try process.collect(input: "\n")
    }
  }
}
