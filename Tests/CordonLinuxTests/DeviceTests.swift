import CordonLinux
import FoundationEssentials
import Glibc
import Testing

@Suite struct `A quota image` {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = "/tmp/cordon-image-\(getpid())-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test func `is sparse, private, and made once`() throws {
    try withFolder { folder in
      let path = folder + "/home.ext4"
      try Data("half".utf8).write(to: URL(filePath: path + ".new"))
      try QuotaImage.create(at: path, bytes: 256 << 20, owner: 77)
      let facts = try FileManager.default.attributesOfItem(atPath: path)
      #expect("\(facts[.size] ?? "")" == "\(256 << 20)" && "\(facts[.posixPermissions] ?? "")" == "\(0o600)")
      #expect(!FileManager.default.fileExists(atPath: path + ".new"))
      let before = facts[.modificationDate] as? Date
      try QuotaImage.create(at: path, bytes: 1 << 40, owner: 78)
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date == before)
      #expect(throws: QuotaImage.Failure.self) {
        try QuotaImage.create(at: folder + "/no/image", bytes: 1 << 20, owner: 1)
      }
      #expect(throws: QuotaImage.Failure.self) {
        try QuotaImage.create(at: folder + "/small", bytes: 10, owner: 1)
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/small"))
    }
  }

  @Test func `gets all its blocks at once, and keeps what is in it`() throws {
    try withFolder { folder in
      let path = folder + "/home.ext4"
      try QuotaImage.create(at: path, bytes: 256 << 20, owner: 77)
      let sparse = try #require(DiskSpace.ofFile(path))
      #expect(sparse.size == 256 << 20 && sparse.allocated < 64 << 20)
      let head = try Data(contentsOf: URL(filePath: path)).prefix(1 << 20)
      let free = try DiskSpace(at: folder).free
      for _ in 0..<2 { try QuotaImage.reserve(at: path) }
      let full = try #require(DiskSpace.ofFile(path))
      #expect(full.size == 256 << 20 && full.allocated >= 256 << 20)
      #expect(try DiskSpace(at: folder).free < free)
      #expect(try Data(contentsOf: URL(filePath: path)).prefix(1 << 20) == head)
      let missing = #expect(throws: SystemError.self) { try QuotaImage.reserve(at: folder + "/none") }
      #expect(missing?.code == ENOENT && DiskSpace.ofFile(folder + "/none") == nil)
    }
  }

  @Test func `is a device until nobody uses it, for one user at a time`() async throws {
    try withFolder { folder in
      let path = folder + "/home.ext4"
      try QuotaImage.create(at: path, bytes: 64 << 20, owner: 77)
      #expect(!LoopDevice.isAttached(path))
      let device = try LoopDevice(attaching: path)
      #expect(LoopDevice.isAttached(path) && device.path.hasPrefix("/dev/loop"))
      let again = #expect(throws: SystemError.self) { _ = try LoopDevice(attaching: path) }
      #expect(again?.code == EBUSY)
      _ = consume device
      // It is free again as soon as the kernel has noticed; attaching waits for that.
      let second = try LoopDevice(attaching: path)
      #expect(second.descriptor.rawValue >= 0)
    }
  }
}

@Suite struct `A terminal` {
  @Test func `has the size that it is given`() throws {
    let terminal = try PseudoTerminal(size: WindowSize(rows: 12, columns: 34))
    #expect(Terminal.isTerminal(terminal.peer.rawValue))
    #expect(Terminal.size(of: terminal.peer.rawValue) == WindowSize(rows: 12, columns: 34))
    try Terminal.setSize(of: terminal.controller.rawValue, to: WindowSize(rows: 56, columns: 78))
    #expect(Terminal.size(of: terminal.peer.rawValue) == WindowSize(rows: 56, columns: 78))
    let pipe = try Pipe()
    #expect(Terminal.size(of: pipe.readEnd.rawValue) == nil && !Terminal.isTerminal(pipe.readEnd.rawValue))
  }

  @Test func `can be raw for a while`() throws {
    let terminal = try PseudoTerminal(size: WindowSize(rows: 1, columns: 1))
    let settings = try Terminal.makeRaw(terminal.peer.rawValue)
    try terminal.controller.writeAll([3])
    #expect(try terminal.peer.read(atMost: 8) == [3])
    try Terminal.restore(settings, of: terminal.peer.rawValue)
    try terminal.peer.writeAll(Array("a\n".utf8))
    // The kernel may hand over what one write became in pieces.
    let wanted = Array("a\r\n".utf8)
    var seen: [UInt8] = []
    while seen.count < wanted.count {
      let piece = try terminal.controller.read(atMost: 8)
      if piece.isEmpty { break }
      seen += piece
    }
    #expect(seen == wanted)
  }

  @Test func `ends for its reader when its last process is gone`() throws {
    let terminal = try PseudoTerminal(size: WindowSize(rows: 1, columns: 1))
    let controller = try terminal.controller.duplicate()
    _ = consume terminal
    #expect(try BorrowedDescriptor(controller.rawValue).read(atMost: 8) == [])
  }
}

@Suite struct `Signals` {
  @Test func `are read in order, whatever thread they hit`() async throws {
    await #expect(processExitsWith: .success) {
      let reader = try SignalReader([SIGTERM, SIGUSR1, SIGWINCH])
      #expect(try reader.next() == [])
      var seen: [Int32] = []
      for signal in [SIGUSR1, SIGPIPE, SIGTERM, SIGUSR1] {
        kill(getpid(), signal)
        if signal == SIGPIPE { continue }
        _ = try Poll.wait(for: [(reader.descriptor.rawValue, Int32(POLLIN))], milliseconds: 20_000)
        seen += try reader.next()
      }
      #expect(seen == [SIGUSR1, SIGTERM, SIGUSR1])
    }
  }
}

@Suite struct `A tool of the host` {
  @Test func `runs with nothing inherited`() throws {
    let result = try HostTool.run("/usr/bin/env", [])
    #expect(result.status == .exited(0) && result.text == "PATH=/usr/sbin:/usr/bin\n")
    #expect(try HostTool.run("/bin/sh", ["-c", "echo bad >&2; exit 3"]).text == "bad\n")
    #expect(throws: LaunchError.self) { try HostTool.run("/no/such/tool", []) }
  }
}
