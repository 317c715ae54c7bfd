import CordonLinux
import FoundationEssentials
import Glibc
import Testing

@testable import CordonSandbox

/// The launcher without privileges, in a process of its own that gives root away first.
@Suite struct `An ordinary user` {
  static let excused: Set<Mechanism> = [
    .diskQuota, .separateUser, .privateDevices, .memoryLimit, .processLimit, .processorLimit,
  ]

  /// A home that belongs to a made-up user, and this process as that user.
  static func becomeOrdinary(_ user: UInt32) throws -> SandboxConfiguration {
    let folder = FileManager.default.temporaryDirectory.path + "/cordon-ordinary-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o700, .ownerAccountID: user, .groupOwnerAccountID: user], ofItemAtPath: folder)
    try #require(setgid(user) == 0 && setuid(user) == 0 && getuid() == user && setuid(0) != 0)
    return SandboxConfiguration(
      name: "plain", identity: .caller, home: .folder(folder), controlGroupPrefix: "cordon-test-plain-",
      without: excused)
  }

  @Test func `opens a workspace that is as closed to the network`() async throws {
    await #expect(processExitsWith: .success) {
      var configuration = try Self.becomeOrdinary(230_001)
      configuration.listeners = [.init(SocketAddress(host: "127.0.0.1", port: 53), .datagram, purpose: "dns")]
      let workspace = try OpenWorkspace.open(configuration, on: Machine.examine())
      let outcome = try workspace.python(
        """
        import os, socket
        print([n for _, n in socket.if_nameindex()], os.getuid())
        try: socket.create_connection(("192.0.2.2", 80))
        except OSError as e: print(e.errno)
        try: socket.socket(2, 2).bind(("127.0.0.1", 53))
        except OSError as e: print(e.errno)
        open("file", "w").write("mine")
        print([l for l in open("/proc/self/status") if l.startswith(("CapEff", "Seccomp:", "NoNewPrivs"))])
        """)
      #expect(outcome.errors == "")
      #expect(
        outcome.output
          == "['lo'] 1000\n101\n13\n['CapEff:\\t0000000000000000\\n', 'NoNewPrivs:\\t1\\n', 'Seccomp:\\t2\\n']\n"
      )
      try #expect(workspace.run("/bin/true").status == .exited(0))
      try #expect(workspace.shell("exit 4").status == .exited(4))
      try workspace.close()
      guard case .folder(let home) = configuration.home else { return }
      #expect(FileManager.default.contents(atPath: home + "/file") == Data("mine".utf8))
      try FileManager.default.removeItem(atPath: home)
    }
  }

  @Test func `has an overlay of /usr as well, and bubblewrap without capabilities`() async throws {
    await #expect(processExitsWith: .success) {
      let configuration = try Self.becomeOrdinary(230_002)
      let workspace = try OpenWorkspace.open(configuration, on: Machine.examine())
      let process = try workspace.spawn(
        SandboxCommand([
          "/bin/sh", "-c", "grep -c 'overlay.*lowerdir' /proc/self/mountinfo; read line; exit 0",
        ]))
      let raw = try #require(process.streams.output?.rawValue)
      #expect(try BorrowedDescriptor(raw).read(atMost: 8) == Array("1\n".utf8))
      let status = try #require(
        FileManager.default.contents(atPath: "/proc/\(process.monitor.identifier)/status"))
      let text = String(decoding: status, as: UTF8.self)
      for set in ["CapPrm", "CapEff", "CapBnd", "CapInh", "CapAmb"] {
        #expect(text.contains("\(set):\t0000000000000000"))
      }
      try #expect(process.collect().status == .exited(0))
      try workspace.close()
      guard case .folder(let home) = configuration.home else { return }
      try FileManager.default.removeItem(atPath: home)
    }
  }

  @Test func `has limits per command where there is no control group`() async throws {
    await #expect(processExitsWith: .success) {
      var configuration = try Self.becomeOrdinary(230_003)
      configuration.limits = ResourceLimits(memoryBytes: 200 << 20, processes: 20)
      let workspace = try OpenWorkspace.open(configuration, on: Machine.examine())
      try #expect(workspace.python(`Limits of a workspace`.greedy).errors.contains("MemoryError"))
      try #expect(workspace.python(`Limits of a workspace`.forking).output.hasSuffix("stopped\n"))
      try workspace.close()
      guard case .folder(let home) = configuration.home else { return }
      try FileManager.default.removeItem(atPath: home)
    }
  }

  @Test(arguments: Array(excused).sorted { $0.rawValue < $1.rawValue })
  func `is refused for each mechanism that the specification does not excuse`(mechanism: Mechanism) throws {
    let machine = Machine(
      missing: Self.excused.map { MissingMechanism($0, detail: "not root") }, controlGroups: nil, etc: [],
      isRoot: false)
    var configuration = SandboxConfiguration(name: "plain", identity: .caller, home: .folder("/nowhere"))
    configuration.limits = ResourceLimits(memoryBytes: 1, processes: 1, processorPercent: 1)
    configuration.without = Self.excused.subtracting([mechanism])
    let error = #expect(throws: SandboxError.self) { try OpenWorkspace.open(configuration, on: machine) }
    guard case .missing(let missing) = error else { return }
    #expect(missing.map(\.mechanism) == [mechanism])
    #expect(error?.description.contains("without: [\(mechanism.rawValue)]") == true)
  }

  @Test(arguments: [Mechanism.bubblewrap, .seccomp, .userNamespaces, .networkNamespaces, .closeRange])
  func `is refused without the mechanisms that nothing excuses`(mechanism: Mechanism) throws {
    let machine = Machine(
      missing: [MissingMechanism(mechanism, detail: "gone")], controlGroups: nil, etc: [], isRoot: true)
    let configuration = SandboxConfiguration(
      name: "one", identity: .dedicatedUser(5), home: .quotaImage("/nowhere", bytes: 1),
      without: Set(Mechanism.allCases))
    #expect(throws: SandboxError.missing([MissingMechanism(mechanism, detail: "gone")])) {
      try OpenWorkspace.open(configuration, on: machine)
    }
  }

  @Test func `cannot start a workspace of another user`() throws {
    let machine = Machine(missing: [], controlGroups: nil, etc: [], isRoot: false)
    let configuration = SandboxConfiguration(
      name: "one", identity: .dedicatedUser(5), home: .folder("/nowhere"), without: Set(Mechanism.allCases))
    #expect(machine.missing(for: configuration).map(\.mechanism) == [.separateUser])
  }
}

@Suite struct `The doctor` {
  @Test func `finds everything that the tests need on this machine, or says how to get it`() {
    let lacking = Doctor.examine().filter { !$0.isAvailable && !$0.isExcusable }
    #expect(lacking == [], "\(lacking.map { "\($0.name): \($0.remedy)" })")
    let weaker = Workshop.machine.missing
    #expect(weaker == [], "\(weaker.map(\.description))")
  }

  @Test func `names what each mechanism weakens and the line that installs it`() {
    for finding in Doctor.examine() {
      #expect(
        !finding.weakens.isEmpty && !finding.remedy.isEmpty && !finding.detail.isEmpty, "\(finding.name)")
    }
  }
}
