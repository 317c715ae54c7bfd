import CordonLinux
import FoundationEssentials
import Glibc
import Testing

@testable import CordonSandbox

/// Two workspaces of two users on one machine, side by side.
@Suite struct `Two workspaces` {
  /// Opens a pair; the second waits for what the first does.
  private func withPair(
    _ change: (inout SandboxConfiguration) -> Void = { _ in },
    _ body: (OpenWorkspace, OpenWorkspace) throws -> Void
  ) async throws {
    try await Workshop.withWorkspace(change) { first in
      try await Workshop.withWorkspace(change) { second in try body(first, second) }
    }
  }

  /// Holds a lock while `body` runs.
  private func holding(_ path: String, in workspace: OpenWorkspace, _ body: () throws -> Void) throws {
    let holder = try workspace.spawn(
      SandboxCommand(["/usr/bin/flock", "-x", path, "/bin/sh", "-c", "echo held; read line; exit 0"]))
    let raw = try #require(holder.streams.output?.rawValue)
    try #expect(BorrowedDescriptor(raw).read(atMost: 16) == Array("held\n".utf8))
    try body()
    try #expect(holder.collect().status == .exited(0))
  }

  static let sharedFiles = ["/usr/bin/env", "/etc/passwd", "/dev/null", "/usr", "/etc", "/proc/self/exe"]

  @Test(arguments: sharedFiles)
  func `do not meet in a lock`(path: String) async throws {
    try await withPair { first, second in
      try holding(path, in: first) {
        try #expect(second.run("/usr/bin/flock", "-n", "-x", path, "/bin/true").status == .exited(0))
      }
    }
  }

  @Test(arguments: [
    (SandboxControl.sharedFileOverlay, "/usr/bin/env"), (.privateDevices, "/dev/null"),
  ])
  func `meet in a lock when that control is off`(control: SandboxControl, path: String) async throws {
    try await withPair({ $0.weakened = [control] }) { first, second in
      try holding(path, in: first) {
        try #expect(second.run("/usr/bin/flock", "-n", "-x", path, "/bin/true").status == .exited(1))
      }
    }
  }

  @Test func `do not see each other's disk use, in no folder`() async throws {
    try await Workshop.withImage { first in
      try await Workshop.withImage { second in
        let look =
          "for f in / /usr /etc /dev /dev/null ~ /tmp /run /dev/shm; do stat -f -c '%n %a %d' $f; done"
        let before = try second.shell(look).output
        try #expect(
          first.shell(
            "dd if=/dev/urandom of=big bs=1M count=20 conv=fsync 2>/dev/null; dd if=/dev/zero of=/tmp/big bs=1M count=8 2>/dev/null"
          ).status == .exited(0))
        try #expect(second.shell(look).output == before)
      }
    }
  }

  @Test func `do not see each other's processes, sockets, memory or homes`() async throws {
    try await withPair { first, second in
      let holder = try first.spawn(
        SandboxCommand([
          "/usr/bin/python3", "-c",
          """
          import socket, sys
          a = socket.socket(socket.AF_UNIX); a.bind("\\0meeting"); a.listen()
          t = socket.create_server(("127.0.0.1", 4000))
          open("/dev/shm/meeting", "w"); open("/tmp/meeting", "w"); open("/run/meeting", "w")
          print("ready", flush=True); sys.stdin.read()
          """,
        ]))
      let raw = try #require(holder.streams.output?.rawValue)
      try #expect(BorrowedDescriptor(raw).read(atMost: 16) == Array("ready\n".utf8))
      let seen = try second.python(
        """
        import os, socket
        def reach(s, a):
          try: s.connect(a); print("reached", a)
          except OSError as e: pass
        reach(socket.socket(socket.AF_UNIX), "\\0meeting"); reach(socket.socket(), ("127.0.0.1", 4000))
        for p in ("/dev/shm/meeting", "/tmp/meeting", "/run/meeting"): print(p) if os.path.exists(p) else None
        print([p for p in os.listdir("/proc") if p.isdigit()])
        """)
      #expect(seen.output == "['1', '2']\n", "\(seen.errors)")
      try #expect(holder.collect().status == .exited(0))
    }
  }

  @Test(arguments: [(true, false), (false, true)])
  func `keep the space that is set aside for a home, whatever is deleted in it`(keeps: Bool, returns: Bool)
    async throws
  {
    let shop = try Workshop()
    let image = shop.folder + "/home.ext4"
    try QuotaImage.create(at: image, bytes: 64 << 20, owner: 70_077, isSparse: false)
    try QuotaImage.reserve(at: image)
    try await shop.withWorkspace({
      shop.image(&$0)
      $0.returnsDiskSpace = returns
    }) { workspace in
      let shell = try workspace.shell(
        "dd if=/dev/urandom of=big bs=1M count=30 conv=fsync && rm big && sync .")
      #expect(shell.status == .exited(0), "\(shell.errors)")
    }
    let space = try #require(DiskSpace.ofFile(image))
    #expect((space.allocated >= space.size) == keeps)
  }

  @Test func `of one name cannot use one image at the same time`() async throws {
    let shop = try Workshop()
    try await shop.withWorkspace(shop.image) { _ in
      let error = #expect(throws: SandboxError.self) {
        try OpenWorkspace.open(shop.configuration(shop.image), on: Workshop.machine)
      }
      guard case .system(let cause) = error else { return }
      #expect(cause.code == EBUSY)
    }
  }
}

extension Workshop {
  /// A home on an image of its own.
  @Sendable func image(_ configuration: inout SandboxConfiguration) {
    configuration.home = .quotaImage(folder + "/home.ext4", bytes: 64 << 20)
    configuration.without = []
  }

  static func withImage<R>(_ body: (OpenWorkspace) async throws -> R) async throws -> R {
    let shop = try Workshop()
    return try await shop.withWorkspace(shop.image, body)
  }
}
