import CordonLinux
import FoundationEssentials
import Glibc
import Testing

@testable import CordonSandbox

@Suite struct `A command` {
  @Test(arguments: [
    (0, "true"), (7, "exit 7"), (127, "no-such-program"), (143, "kill -TERM $$"), (1, "false"),
  ])
  func `passes its exit code on`(code: Int32, script: String) async throws {
    try await Workshop.withWorkspace { workspace in
      try #expect(workspace.shell(script).status == .exited(code))
    }
  }

  @Test func `that does not exist is told apart from a command that failed`() async throws {
    try await Workshop.withWorkspace { workspace in
      _ = #expect(throws: NoCommand.self) { try workspace.run("/no/such/program") }
    }
  }

  @Test func `reads its input and keeps output and errors apart`() async throws {
    try await Workshop.withWorkspace { workspace in
      let outcome = try workspace.spawn(SandboxCommand(["/bin/sh", "-c", "cat; echo bad >&2"])).collect(
        input: "one\ntwo\n")
      #expect(outcome == Outcome(status: .exited(0), output: "one\ntwo\n", errors: "bad\n"))
    }
  }

  @Test func `has streams that are no files of the host`() async throws {
    try await Workshop.withWorkspace { workspace in
      let links = try workspace.shell("readlink /proc/self/fd/*").output.split(separator: "\n")
      #expect(links.prefix(3).allSatisfy { $0.hasPrefix("pipe:[") }, "\(links)")
      // What remains is the folder that the shell's own pattern had open.
      #expect(links.count <= 4)
      let file = try FileDescriptor(opening: "/etc/hostname")
      #expect(throws: SandboxError.hostFile(descriptor: file.rawValue)) {
        try workspace.spawn(
          SandboxCommand(["/bin/true"]), streams: .descriptors(input: file.rawValue, output: nil, errors: nil)
        )
      }
    }
  }

  /// Scripts write to /dev/stdout and /dev/stderr, which opens the stream again under the command's own rights.
  @Test func `may open its own streams again by name`() async throws {
    try await Workshop.withWorkspace { workspace in
      let outcome = try workspace.spawn(
        SandboxCommand(["/bin/bash", "-c", "cat /dev/stdin > /dev/stdout; echo bad > /dev/stderr"])
      )
      .collect(input: "through\n")
      #expect(outcome == Outcome(status: .exited(0), output: "through\n", errors: "bad\n"))
      let process = try workspace.spawn(
        SandboxCommand(["/bin/bash", "-c", "echo one > /dev/stdout; echo two > /dev/tty; tty; ls /dev/pts"]),
        streams: .terminal(WindowSize(rows: 24, columns: 80)))
      let terminal = TerminalReader(try #require(process.streams.terminal?.rawValue))
      try terminal.expect("one\r\ntwo\r\n/dev/console\r\nptmx\r\n")
      try #expect(process.waitBlocking() == .exited(0))
    }
  }

  @Test func `possesses no key of the launcher`() async throws {
    try await Workshop.withWorkspace { workspace in
      try #expect(
        workspace.run("/bin/cat", "/proc/keys") == Outcome(status: .exited(0), output: "", errors: ""))
    }
  }

  @Test func `without streams gets the workspace's own null device`() async throws {
    try await Workshop.withWorkspace { workspace in
      let pipe = try Pipe()
      let process = try workspace.spawn(
        SandboxCommand(["/bin/sh", "-c", "stat -L -c %d /dev/null /proc/self/fd/0 /proc/self/fd/2"]),
        streams: .descriptors(input: nil, output: pipe.writeEnd.rawValue, errors: nil))
      let reader = pipe.closingWriteEnd()
      let devices = String(decoding: try reader.readToEnd(limit: 4096), as: UTF8.self).split(separator: "\n")
      #expect(devices.count == 3 && Set(devices).count == 1)
      try #expect(process.waitBlocking() == .exited(0))
    }
  }

  /// The launcher's own descriptors, whatever they are, end before bubblewrap starts.
  @Test func `inherits no descriptor of the launcher`() async throws {
    let folder = try FileDescriptor(opening: "/", flags: O_RDONLY)
    let leaked = dup2(folder.rawValue, 9)
    defer { close(leaked) }
    let script = "ls /proc/self/fd/9/ 2>/dev/null | grep -c . ; ls /proc/self/fd | tr '\\n' ' '"
    try await Workshop.withWorkspace { workspace in
      try #expect(workspace.shell(script).output == "0\n0 1 2 3 ")
    }
    try await Workshop.withWorkspace({ $0.weakened = [.descriptorClosing] }) { workspace in
      try #expect(workspace.shell(script).line != "0")
    }
  }

  @Test func `cannot read the launcher's environment anywhere`() async throws {
    let marker = try #require(ProcessInfo.processInfo.environment["PATH"])
    let script = "cat /proc/*/environ | tr '\\0' '\\n' | grep -cxF 'PATH=\(marker)'"
    try await Workshop.withWorkspace { workspace in try #expect(workspace.shell(script).line == "0") }
    try await Workshop.withWorkspace({ $0.weakened = [.environmentClearing] }) { workspace in
      try #expect(workspace.shell(script).line != "0")
    }
  }

  @Test func `sees the host's files and processes only when a drill says so`() async throws {
    let script = "ls /proc | grep -c '^[0-9]*$'; ls /var/lib /boot 2>/dev/null | grep -c ."
    try await Workshop.withWorkspace { workspace in
      try #expect(workspace.shell(script).output.hasSuffix("\n0\n"))
    }
    try await Workshop.withWorkspace({ $0.weakened = [.rootFileSystem] }) { workspace in
      try #expect(!workspace.shell(script).output.hasSuffix("\n0\n"))
    }
    try await Workshop.withWorkspace({ $0.weakened = [.processNamespace] }) { workspace in
      let seen = try workspace.shell("test -d /proc/\(getpid()) && echo seen")
      #expect(seen.output == "seen\n", "\(seen.errors)")
    }
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGQUIT])
  func `gets signals and may handle them`(signal: Int32) async throws {
    try await Workshop.withWorkspace { workspace in
      let process = try workspace.spawn(
        SandboxCommand([
          "/bin/bash", "-c",
          "trap 'echo got; exit 9' \(signal); echo ready; while :; do read -t 1 x <> <(:); done",
        ]))
      let raw = try #require(process.streams.output?.rawValue)
      try #expect(BorrowedDescriptor(raw).read(atMost: 16) == Array("ready\n".utf8))
      try process.signal(signal)
      let outcome = try process.collect()
      #expect(outcome.output == "got\n" && outcome.status == .exited(9), "\(outcome)")
    }
  }

  @Test func `that is killed takes everything along that it started`() async throws {
    try await Workshop.withWorkspace { workspace in
      let process = try workspace.spawn(
        SandboxCommand(["/bin/bash", "-c", "setsid nohup sleep 1000 & setsid sleep 1000 & echo ready; wait"]))
      let raw = try #require(process.streams.output?.rawValue)
      try #expect(BorrowedDescriptor(raw).read(atMost: 16) == Array("ready\n".utf8))
      try #require(workspace.controlGroup).expectMembers(atLeast: 4)
      try process.killTree()
      #expect(await process.monitor.wait() == .signalled(SIGKILL))
      // The output ends only when the last process that holds it is gone.
      try #expect(BorrowedDescriptor(raw).read(atMost: 16) == [])
      try #require(workspace.controlGroup).awaitEmpty()
    }
  }

  @Test func `with a terminal controls it, sees its size and gets its keys`() async throws {
    try await Workshop.withWorkspace { workspace in
      let process = try workspace.spawn(
        SandboxCommand(["/usr/bin/python3", "-c", TerminalScript.text]),
        streams: .terminal(WindowSize(rows: 40, columns: 100)))
      let terminal = TerminalReader(try #require(process.streams.terminal?.rawValue))
      try terminal.expect("size 40 100 control True")
      try process.resize(WindowSize(rows: 50, columns: 120))
      try terminal.expect("resized 50 120")
      try terminal.type("\u{3}")
      try terminal.expect("interrupted")
      try terminal.type("word\n")
      try terminal.expect("read word")
      try process.signal(SIGTERM)
      try terminal.expect("terminated")
      let ending = try await process.wait() == .exited(5)
      #expect(ending)
    }
  }

  @Test func `with a terminal can be an interactive shell with job control`() async throws {
    try await Workshop.withWorkspace { workspace in
      let process = try workspace.spawn(
        SandboxCommand(["/bin/bash", "--norc", "--noprofile", "-i"], environment: ["PS1": "> "]),
        streams: .terminal(WindowSize(rows: 24, columns: 80)))
      let terminal = TerminalReader(try #require(process.streams.terminal?.rawValue))
      try terminal.type("sleep 1000 & jobs; echo $((40 + 2))\n")
      try terminal.expect("42")
      #expect(!terminal.seen.contains("no job control"))
      #expect(terminal.seen.contains("Running"))
      // The marker is in the output only, not in the echo of what was typed.
      try terminal.type("sh -c 'echo sta\"\"rted; exec sleep 500'\n")
      try terminal.expect("started")
      try terminal.type("\u{3}")
      try terminal.type("exit 3\n")
      let ending = try await process.wait() == .exited(3)
      #expect(ending)
    }
  }

  @Test func `runs in the folder it is given`() async throws {
    try await Workshop.withWorkspace { workspace in
      try #expect(workspace.run("/bin/pwd").output == "/home/workspace\n")
      let process = try workspace.spawn(SandboxCommand(["pwd"], folder: "/tmp"))
      try #expect(process.collect().output == "/tmp\n")
    }
  }
}

/// Reports what the terminal does, a line for each event.
enum TerminalScript {
  static let text = """
    import os, signal
    def say(*a): os.write(1, (" ".join(map(str, a)) + "\\n").encode())
    def size(): return reversed(os.get_terminal_size())
    signal.signal(signal.SIGWINCH, lambda *a: say("resized", *size()))
    signal.signal(signal.SIGINT, lambda *a: say("interrupted"))
    signal.signal(signal.SIGTERM, lambda *a: (say("terminated"), os._exit(5)))
    say("size", *size(), "control", os.tcgetpgrp(0) == os.getpgrp())
    say("read", os.read(0, 100).decode().strip())
    while True: signal.pause()
    """
}

/// Reads what a terminal shows until it shows a text.
final class TerminalReader {
  private let raw: CInt
  private(set) var seen = ""

  init(_ raw: CInt) { self.raw = raw }

  func type(_ text: String) throws { _ = try BorrowedDescriptor(raw).write(Array(text.utf8)[...]) }

  func expect(_ text: String) throws {
    while !seen.contains(text) {
      let ready = try Poll.wait(for: [(raw, Int32(POLLIN))], milliseconds: 30_000)
      let part = ready[0] == 0 ? [] : try BorrowedDescriptor(raw).read(atMost: 4096) ?? []
      try #require(!part.isEmpty, "'\(text)' did not come after: \(seen)")
      seen += String(decoding: part, as: UTF8.self)
    }
  }
}

extension ControlGroup {
  /// Waits until the kernel has put away what was killed.
  func awaitEmpty() throws {
    for _ in 0..<3000 where !members.isEmpty { usleep(1000) }
    #expect(members.isEmpty)
  }

  func expectMembers(atLeast count: Int) throws {
    for _ in 0..<3000 where members.count < count { usleep(1000) }
    #expect(members.count >= count)
  }
}
