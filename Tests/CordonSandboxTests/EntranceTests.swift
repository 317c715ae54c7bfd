import CordonLinux
import FoundationEssentials
import Glibc
import Testing

@testable import CordonSandbox

@Suite struct `An entrance` {
  @Test func `lets another process run commands in the workspace`() async throws {
    try await Workshop.withWorkspace({ $0.environment = ["TOKEN": "x"] }) { workspace in
      _ = try workspace.run("/bin/sh", "-c", "echo kept > ~/file; echo shared > /tmp/file")
      let pair = try UnixSocket.pair()
      try workspace.entrance.send(over: pair.left)
      let entrance = try Entrance(receivingFrom: pair.right)
      #expect(entrance.ticket == workspace.entrance.ticket)
      let process = try entrance.spawn(
        SandboxCommand(["/bin/sh", "-c", "cat ~/file /tmp/file; echo $TOKEN; ls /sys/class/net 2>&1 | wc -l"])
      )
      try #expect(process.collect().output == "kept\nshared\nx\n1\n")
    }
  }

  @Test func `refuses messages of another shape, and keeps none of their descriptors`() async throws {
    await #expect(processExitsWith: .success) {
      let shop = try Workshop()
      let workspace = try OpenWorkspace.open(shop.configuration(), on: Workshop.machine)
      let ticket = Array(try JSONEncoder().encode(workspace.entrance.ticket))
      let file = try FileDescriptor(opening: "/etc/hostname")
      let stray = [CInt](repeating: file.rawValue, count: 3)
      let messages: [([UInt8], [CInt])] = [
        (Array("{}".utf8), []), (Array("{}".utf8), stray), ([0xFF], [file.rawValue]), (ticket, []),
        (ticket, stray), (ticket, [CInt](repeating: file.rawValue, count: 200)),
        (Array(ticket.dropLast()), stray),
      ]
      for (bytes, descriptors) in messages {
        let pair = try UnixSocket.pair()
        try pair.left.send(bytes, descriptors: descriptors)
        #expect(throws: (any Error).self) { try Entrance(receivingFrom: pair.right) }
        #expect(try openCount(of: "/etc/hostname") == 1)
      }
      // Descriptors that are no namespaces pass the count; entering through them fails in the child.
      let pair = try UnixSocket.pair()
      try pair.left.send(ticket, descriptors: [file.rawValue, file.rawValue])
      let entrance = try Entrance(receivingFrom: pair.right)
      let error = #expect(throws: SandboxError.self) { try entrance.spawn(SandboxCommand(["true"])) }
      #expect(error?.description.contains("join network namespace") == true)
      // And none of it has hurt the workspace.
      try #expect(workspace.run("/bin/true").status == .exited(0))
      try workspace.close()
    }
  }
}

/// How many descriptors of this process stand for a file.
func openCount(of path: String) throws -> Int {
  let files = FileManager.default
  return try files.contentsOfDirectory(atPath: "/proc/self/fd").count { number in
    (try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")) == path
  }
}

/// `cordon exec` in small: this process's streams, signals and exit code are the command's.
@Suite struct `An exec relay` {
  /// Opens a workspace, runs a command through a relay and ends with its code.
  static func run(_ arguments: [String], lifeline: CInt? = nil) throws -> Never {
    let shop = try Workshop()
    let workspace = try OpenWorkspace.open(shop.configuration(), on: Workshop.machine)
    let ending = try ExecRelay.run(SandboxCommand(arguments), in: workspace.entrance, lifeline: lifeline)
    try workspace.close()
    try FileManager.default.removeItem(atPath: shop.folder)
    exit(ending.shellCode)
  }

  /// Puts a pipe with these bytes in the place of standard input.
  static func feed(_ text: String) throws {
    let pipe = try Pipe()
    try pipe.writeEnd.writeAll(Array(text.utf8))
    dup2(pipe.readEnd.rawValue, 0)
  }

  @Test func `passes input, output, errors and exit code`() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(6), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      try Self.feed("typed\n")
      try Self.run(["/bin/sh", "-c", "cat; echo bad >&2; exit 6"])
    }
    let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    let errors = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.hasSuffix("typed\n"))
    #expect(errors.hasSuffix("bad\n"))
  }

  @Test func `passes a megabyte both ways`() async throws {
    await #expect(processExitsWith: .exitCode(0)) {
      let inputs = try Pipe()
      let outputs = try Pipe()
      dup2(inputs.readEnd.rawValue, 0)
      dup2(outputs.writeEnd.rawValue, 1)
      let block = [UInt8](repeating: 7, count: 1 << 20)
      let writer = try inputs.writeEnd.duplicate().release()
      let reader = try outputs.readEnd.duplicate().release()
      let ends = [inputs.closingReadEnd().release(), outputs.closingWriteEnd().release()]
      for end in ends { close(end) }
      let feeding = ShortThread { try FileDescriptor(adopting: writer).writeAll(block) }
      let reading = ShortThread {
        let output = FileDescriptor(adopting: reader)
        var count = 0
        while count < block.count { count += try output.read(atMost: 65536).count }
      }
      let shop = try Workshop()
      let workspace = try OpenWorkspace.open(shop.configuration(), on: Workshop.machine)
      let ending = try ExecRelay.run(SandboxCommand(["/bin/cat"]), in: workspace.entrance)
      try feeding.join()
      try reading.join()
      try workspace.close()
      try FileManager.default.removeItem(atPath: shop.folder)
      exit(ending.shellCode)
    }
  }

  @Test func `passes signals`() async throws {
    await #expect(processExitsWith: .exitCode(9)) {
      let started = try Pipe()
      dup2(started.writeEnd.rawValue, 1)
      let reader = try started.readEnd.duplicate().release()
      _ = ShortThread {
        _ = try FileDescriptor(adopting: reader).read(atMost: 16)
        kill(getpid(), SIGTERM)
      }
      try Self.feed("")
      try Self.run([
        "/bin/bash", "-c", "trap 'exit 9' TERM; echo ready; while :; do read -t 1 x <> <(:); done",
      ])
    }
  }

  @Test func `gives a terminal for a terminal`() async throws {
    await #expect(processExitsWith: .exitCode(5)) {
      let terminal = try PseudoTerminal(size: WindowSize(rows: 33, columns: 99))
      dup2(terminal.peer.rawValue, 0)
      dup2(terminal.peer.rawValue, 1)
      let raw = terminal.controller.rawValue
      let user = ShortThread {
        let reader = TerminalReader(raw)
        try reader.expect("size 33 99 control True")
        try Terminal.setSize(of: raw, to: WindowSize(rows: 44, columns: 88))
        kill(getpid(), SIGWINCH)
        try reader.expect("resized 44 88")
        try reader.type("\u{3}")
        try reader.expect("interrupted")
        try reader.type("word\r")
        try reader.expect("read word")
        kill(getpid(), SIGTERM)
        try reader.expect("terminated")
      }
      let shop = try Workshop()
      let workspace = try OpenWorkspace.open(shop.configuration(), on: Workshop.machine)
      let ending = try ExecRelay.run(
        SandboxCommand(["/usr/bin/python3", "-c", TerminalScript.text]), in: workspace.entrance)
      try user.join()
      try workspace.close()
      try FileManager.default.removeItem(atPath: shop.folder)
      exit(ending.shellCode)
    }
  }

  @Test func `ends with the gateway`() async throws {
    await #expect(processExitsWith: .exitCode(0)) {
      let pair = try UnixSocket.pair()
      let lifeline = try pair.left.descriptor.duplicate()
      let other = try pair.right.descriptor.duplicate().release()
      try Self.feed("")
      let started = try Pipe()
      dup2(started.writeEnd.rawValue, 1)
      let reader = started.readEnd.rawValue
      _ = consume pair
      _ = ShortThread {
        _ = try BorrowedDescriptor(reader).read(atMost: 16)
        close(other)
      }
      let shop = try Workshop()
      let workspace = try OpenWorkspace.open(shop.configuration(), on: Workshop.machine)
      #expect(throws: SandboxError.handOver("the gateway has ended")) {
        try ExecRelay.run(
          SandboxCommand(["/bin/sh", "-c", "echo ready; exec sleep 4321"]), in: workspace.entrance,
          lifeline: lifeline.rawValue)
      }
      try #require(workspace.controlGroup).awaitEmpty()
      try workspace.close()
      // The test library still writes to standard output.
      _ = started.closingWriteEnd().release()
    }
  }
}
