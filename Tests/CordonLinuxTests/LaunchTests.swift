import CordonLinux
import Glibc
import Testing

@Suite struct `A launch plan` {
  /// Launches with pipes for input and output and returns what the child wrote.
  private func output(of steps: [LaunchStep], also: [DescriptorName: CInt] = [:]) throws -> (
    String, ProcessEnding
  ) {
    let pipe = try Pipe()
    let null = try FileDescriptor(opening: "/dev/null")
    let names = ["null", "output", "output"] + also.keys.sorted { $0.rawValue < $1.rawValue }
    let given = also.merging(["null": null.rawValue, "output": pipe.writeEnd.rawValue]) { $1 }
    let launched = try LaunchPlan(descriptors: names, steps: steps).launch(given)
    let reader = pipe.closingWriteEnd()
    let text = String(decoding: try reader.readToEnd(limit: 1 << 16), as: UTF8.self)
    try launched.confirm()
    return (text, launched.process.waitBlocking())
  }

  private func shell(_ script: String) -> LaunchStep {
    .execute("/bin/sh", arguments: ["sh", "-c", script], environment: ["A=1"])
  }

  @Test(arguments: [
    ("exit 0", ProcessEnding.exited(0)), ("exit 7", .exited(7)), ("kill -9 $$", .signalled(9)),
  ])
  func `ends as its command ends`(script: String, ending: ProcessEnding) throws {
    #expect(try output(of: [shell(script)]).1 == ending)
  }

  @Test(.timeLimit(.minutes(1))) func `leaves no zombie of a process that nobody waits for`() async throws {
    let input = try Pipe()
    let output = try Pipe()
    let identifier: Int32
    do {
      let launched = try LaunchPlan(descriptors: ["input", "output", "output"], steps: [shell("read line")])
        .launch(["input": input.readEnd.rawValue, "output": output.writeEnd.rawValue])
      try launched.confirm()
      identifier = launched.process.identifier
    }
    // Its number is its own while it runs, and gone soon after: the kernel says so, not a clock.
    #expect(kill(identifier, 0) == 0)
    _ = input.closingReadEnd()
    let reader = output.closingWriteEnd()
    _ = try reader.readToEnd(limit: 1)
    while kill(identifier, 0) == 0 { await Task.yield() }
    #expect(errno == ESRCH)
  }

  @Test func `gives the command its environment and descriptors and no others`() throws {
    let outside = try FileDescriptor(opening: "/", flags: O_RDONLY)
    let extra = try FileDescriptor(opening: "/etc/hostname")
    let script = "env | grep -v PWD; readlink /proc/$$/fd/3; exec ls /proc/self/fd"
    let steps: [LaunchStep] = [.inherit(3), shell(script)]
    let seen = try output(of: steps, also: ["x": extra.rawValue]).0
    // 4 is the folder that `ls` reads.
    #expect(seen == "A=1\n/etc/hostname\n0\n1\n2\n3\n4\n")
    _ = outside.rawValue
  }

  @Test func `places descriptors whatever their numbers were`() throws {
    let first = try Pipe()
    let second = try Pipe()
    // The numbers given are those that the child wants, crosswise.
    let plan = LaunchPlan(
      descriptors: ["a", "b", "a", "b"],
      steps: [.inherit(3), shell("echo one >&0; echo two >&1; echo three >&3")])
    let launched = try plan.launch(["a": first.writeEnd.rawValue, "b": second.writeEnd.rawValue])
    try launched.confirm()
    _ = launched.process.waitBlocking()
    let reader = first.closingWriteEnd()
    let other = second.closingWriteEnd()
    #expect(try reader.readToEnd(limit: 100) == Array("one\n".utf8))
    #expect(try other.readToEnd(limit: 100) == Array("two\nthree\n".utf8))
  }

  @Test func `says which step failed, and how`() throws {
    let error = #expect(throws: LaunchError.self) {
      try output(of: [
        .changeFolder("/"), .mount(source: "x", target: "/no/where", type: "tmpfs", flags: [], options: ""),
      ])
    }
    guard case .step(let index, let words, let cause) = error else { return }
    #expect(index == 1 && words == "mount tmpfs at /no/where" && cause.code == ENOENT)
    #expect(
      error?.description == "launch: step 1, mount tmpfs at /no/where: No such file or directory (errno 2)")
  }

  @Test func `that cannot be run anywhere is refused before the fork`() throws {
    let plan = LaunchPlan(descriptors: ["missing"], steps: [])
    #expect(throws: LaunchError.missingDescriptor("missing")) { _ = try plan.launch([:]) }
    let malformed: [LaunchStep] = [
      .execute("/bin/sh", arguments: ["sh", "a\0b"], environment: []), .changeFolder("/\0"),
      .listen(SocketAddress(host: "evil.test", port: 53), .stream, backlog: 1, at: 20),
    ]
    for step in malformed {
      let error = #expect(throws: LaunchError.self) {
        _ = try LaunchPlan(descriptors: [], steps: [step]).launch([:])
      }
      guard case .malformed = error else {
        Issue.record("\(step)")
        continue
      }
    }
  }

  @Test func `resets signals that the launcher ignores or blocks`() throws {
    let text = try output(of: [shell("grep -E 'Sig(Ign|Blk|Cgt)' /proc/$$/status | tr -d '\\t'")]).0
    #expect(text.contains("SigBlk:0000000000000000\nSigIgn:0000000000000000\n"))
  }

  @Test func `keeps bytes in memory that nobody can change`() throws {
    let script = "cat /proc/self/fd/20; echo x 2>/dev/null >> /proc/self/fd/20 || echo sealed"
    let text = try output(of: [.memory("words", Array("kept ".utf8), at: 20), .inherit(20), shell(script)]).0
    #expect(text == "kept sealed\n")
  }

  @Test func `makes files, folders and links in order`() throws {
    let folder = "/tmp/cordon-steps-\(getpid())"
    let steps: [LaunchStep] = [
      .makeFolder(folder, mode: 0o711), .makeFolder(folder, mode: 0o711), .changeFolder(folder),
      .writeNewFile("file", mode: 0o640, Array("text\n".utf8)), .symbolicLink(to: "file", at: "link"),
      .changeOwner("file", user: 12, group: 34),
      shell("cat link; stat -c '%a %u %g' file .; rm -r \(folder)"),
    ]
    #expect(try output(of: steps).0.hasPrefix("text\n640 12 34\n711 0 0\n"))
    #expect(throws: LaunchError.self) { try output(of: [.writeNewFile("/etc/hostname", mode: 0o644, [])]) }
  }

  @Test func `drops root for good`() throws {
    let steps: [LaunchStep] = [
      .clearGroups, .dropBoundingSet, .become(user: 4321, group: 4322), .dropCapabilities, .noNewPrivileges,
      shell("id -u; id -g; id -G; grep -E 'Cap|NoNew' /proc/$$/status | tr -d '\\t' | sort -u"),
    ]
    let sets = ["CapAmb", "CapBnd", "CapEff", "CapInh", "CapPrm"].map { "\($0):0000000000000000\n" }.joined()
    #expect(try output(of: steps).0 == "4321\n4322\n4322\n\(sets)NoNewPrivs:1\n")
  }

  @Test func `can lead a process namespace that ends with it`() throws {
    let pipe = try Pipe()
    let plan = LaunchPlan(
      descriptors: ["x", "x", "x"], leadsProcesses: true,
      steps: [shell("setsid sleep 4321 & echo $$; exec sleep 4321")])
    let launched = try plan.launch(["x": pipe.writeEnd.rawValue])
    let reader = pipe.closingWriteEnd()
    try launched.confirm()
    #expect(try reader.read(atMost: 10) == Array("1\n".utf8))
    try launched.process.signal(SIGKILL)
    // Both sleepers held the pipe.
    #expect(try reader.readToEnd(limit: 10) == [])
    #expect(launched.process.waitBlocking() == .signalled(SIGKILL))
  }

  @Test func `lets several wait for the same end`() async throws {
    let launched = try LaunchPlan(descriptors: [], steps: [.exit(3)]).launch([:])
    let process = launched.process
    async let first = process.wait()
    async let second = process.wait()
    #expect(await (first, second) == (.exited(3), .exited(3)))
    #expect(process.waitBlocking() == .exited(3))
  }

  @Test func `describes each step in words`() {
    let steps: [LaunchStep] = [
      .join(.network, descriptor: 5), .unshare([.mount, .user]), .unmount("x"), .changeMode("x", mode: 0o600),
      .characterDevice("null", mode: 0o666, major: 1, minor: 3), .awaitByte(from: 3), .forkInit, .newKeyring,
    ]
    #expect(
      steps.map(\.description) == [
        "join network namespace (descriptor 5)", "unshare mount+user", "unmount x", "set mode 600 of x",
        "make device null", "await the acknowledgement", "fork process 1 of a new namespace",
        "start a keyring",
      ])
  }
}
