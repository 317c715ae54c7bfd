import CordonLinux
import Testing

@testable import CordonSandbox

/// Terminals come out of one pool of the kernel's.
@Suite struct `Terminals of a workspace` {
  /// Opens as many as it gets, up to 80, says how many, and keeps them until its input ends.
  private static let greedy = """
    import os, sys
    held = []
    try:
      while len(held) < 80: held.append(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))
    except OSError as error: print(error.strerror, end=" ")
    print(len(held), flush=True); sys.stdin.read()
    """

  private func taking(
    _ change: (inout SandboxConfiguration) -> Void, expecting: String, _ body: (OpenWorkspace) throws -> Void
  ) async throws {
    try await Workshop.withWorkspace(change) { workspace in
      let holder = try workspace.spawn(SandboxCommand(["/usr/bin/python3", "-c", Self.greedy]))
      let raw = try #require(holder.streams.output?.rawValue)
      let said = try String(decoding: BorrowedDescriptor(raw).read(atMost: 99) ?? [], as: UTF8.self)
      #expect(said == expecting)
      try body(workspace)
      try #expect(holder.collect().status == .exited(0))
    }
  }

  @Test func `are a share of the kernel's, and the neighbours keep theirs`() async throws {
    try await Workshop.withWorkspace { neighbour in
      try await taking({ _ in }, expecting: "No space left on device 64\n") { workspace in
        // The share is the workspace's: another command of it has none of its own.
        let more = try workspace.python("import os; os.openpty()")
        #expect(more.status == .exited(1) && more.errors.contains("No space left"), "\(more)")
        try #expect(neighbour.python("import os; os.openpty(); print('one')").output == "one\n")
      }
    }
  }

  @Test func `have no bound but the kernel's when that control is off`() async throws {
    try await taking({ $0.weakened = [.terminalLimit] }, expecting: "80\n") { _ in }
  }

  @Test func `work as terminals do`() async throws {
    try await Workshop.withWorkspace { workspace in
      let said = try workspace.python(
        """
        import os, pty, termios
        child, terminal = pty.fork()
        if child == 0: os.execv("/bin/sh", ["sh", "-c", "tty; stty size; test -O $(tty) && echo own > /dev/tty"])
        text = b""
        while True:
          try: part = os.read(terminal, 999)
          except OSError: break
          if not part: break
          text += part
        print(os.waitpid(child, 0)[1], text.decode().split())
        """)
      #expect(said.output == "0 ['/dev/pts/0', '0', '0', 'own']\n", "\(said)")
    }
  }

  @Test func `of one workspace are not another's`() async throws {
    try await Workshop.withWorkspace { neighbour in
      try await taking({ _ in }, expecting: "No space left on device 64\n") { workspace in
        try #expect(workspace.shell("ls /dev/pts | wc -l").output == "65\n")
        try #expect(neighbour.shell("ls /dev/pts").output == "ptmx\n")
      }
    }
  }
}
