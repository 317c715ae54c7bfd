import CordonLinux
import FoundationEssentials
import Glibc
import Testing

@testable import CordonSandbox

@Suite struct `A workspace` {
  @Test func `has only a loopback interface, and it is up`() async throws {
    try await Workshop.withWorkspace { workspace in
      let outcome = try workspace.python(
        """
        import socket
        print([name for _, name in socket.if_nameindex()])
        s = socket.create_server(("127.0.0.1", 0)); socket.create_connection(s.getsockname()); print("up")
        """)
      #expect(outcome == Outcome(status: .exited(0), output: "['lo']\nup\n", errors: ""))
    }
  }

  @Test func `does not reach the loopback interface of the host`() async throws {
    let host = try HostListener()
    let script = """
      import socket
      try: socket.create_connection(("127.0.0.1", \(host.port)), 2); print("reached")
      except OSError as e: print(e.errno)
      """
    try await Workshop.withWorkspace { workspace in
      try #expect(workspace.python(script).line == "\(ECONNREFUSED)")
    }
    // The control: the same attempt with the network namespace off must reach the host.
    try await Workshop.withWorkspace({ $0.weakened = [.networkNamespace] }) { workspace in
      try #expect(workspace.python(script).line == "reached")
    }
  }

  @Test(arguments: [
    ("192.0.2.2", "AF_INET"), ("198.51.100.7", "AF_INET"), ("169.254.169.254", "AF_INET"),
    ("fd00::2", "AF_INET6"),
  ])
  func `has no route to any other address`(address: String, family: String) async throws {
    try await Workshop.withWorkspace { workspace in
      for kind in ["SOCK_STREAM", "SOCK_DGRAM"] {
        let outcome = try workspace.python(
          """
          import socket, errno
          try: socket.socket(socket.\(family), socket.\(kind)).connect(("\(address)", 80)); print("reached")
          except OSError as e: print(errno.errorcode[e.errno])
          """)
        #expect(outcome.line == "ENETUNREACH", "\(kind)")
      }
    }
  }

  @Test func `runs without capabilities, as its own user, with no way back`() async throws {
    try await Workshop.withWorkspace { workspace in
      let status = try workspace.run("/bin/cat", "/proc/self/status").output
      let facts = Set(status.split(separator: "\n").map { $0.filter { !$0.isWhitespace } })
      for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        #expect(facts.contains("\(set):0000000000000000"))
      }
      #expect(facts.isSuperset(of: ["NoNewPrivs:1", "Seccomp:2", "Uid:1000100010001000", "Groups:"]))
    }
  }

  @Test func `belongs to its host user outside`() async throws {
    let shop = try Workshop()
    try await shop.withWorkspace { workspace in
      try #expect(workspace.shell("touch mine && stat -c %u mine").line == "1000")
      let facts = try FileManager.default.attributesOfItem(atPath: shop.folder + "/home/mine")
      #expect("\(facts[.ownerAccountID] ?? "nobody")" == "\(shop.user)")
    }
  }

  @Test func `sees nothing of the host's file system, and cannot write to what it sees`() async throws {
    try await Workshop.withWorkspace { workspace in
      try #expect(
        workspace.shell("ls /").output == "bin\ndev\netc\nhome\nlib\nlib64\nproc\nrun\nsbin\ntmp\nusr\nvar\n")
      let outcome = try workspace.shell(
        "for f in / /usr /usr/bin /etc /dev /var; do touch $f/x 2>/dev/null && echo wrote $f; done; "
          + "for f in /tmp /run /dev/shm ~; do touch $f/x || echo $f is not writable; done")
      #expect(outcome.output == "")
      let mounts = try workspace.run("/bin/cat", "/proc/self/mountinfo").output.split(separator: "\n")
      for mount in mounts where !mount.contains(" /dev/") {
        #expect(mount.contains("nosuid,nodev"), "\(mount)")
      }
      #expect(mounts.allSatisfy { $0.contains("nosuid") })
    }
  }

  @Test func `has files of /etc by value and the host's tools`() async throws {
    let file = EtcFile("/etc/ssl/certs/ca-certificates.crt", text: "bundle\n")
    try await Workshop.withWorkspace({ $0.files = [file, EtcFile("/etc/motd", linkTo: "hostname")] }) {
      workspace in
      try #expect(
        workspace.shell("cat /etc/ssl/certs/ca-certificates.crt /etc/motd; id -un").output
          == "bundle\none\nworkspace\n")
      try #expect(
        workspace.shell("getent hosts localhost; readlink -e /usr/bin/awk > /dev/null && echo awk").output
          .hasSuffix("awk\n"))
    }
  }

  @Test func `gives commands their variables and nothing else`() async throws {
    try await Workshop.withWorkspace({ $0.environment = ["AWS_REGION": "eu-west-1", "A": "1"] }) {
      workspace in
      let outcome = try workspace.run("/usr/bin/env", environment: ["A": "2", "SECRET": "s3cret"])
      let names = Set(outcome.output.split(separator: "\n").map { String($0.prefix { $0 != "=" }) })
      #expect(
        names == [
          "HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG", "TMPDIR", "AWS_REGION", "A", "SECRET", "PWD",
        ])
      #expect(outcome.output.contains("A=2\n"))
      let first = try workspace.spawn(
        SandboxCommand(["/bin/cat", "/proc/1/environ", "/proc/1/cmdline"], environment: ["SECRET": "s3cret"]))
      try #expect(
        first.collect().output == "bwrap\0--args\u{0}64\0--\0/bin/cat\0/proc/1/environ\0/proc/1/cmdline\0")
    }
  }

  @Test func `shows folders of the host where it is told to`() async throws {
    let shop = try Workshop()
    for name in ["data", "outbox"] {
      try FileManager.default.createDirectory(
        atPath: "\(shop.folder)/\(name)", withIntermediateDirectories: false)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o700, .ownerAccountID: shop.user, .groupOwnerAccountID: shop.user],
        ofItemAtPath: "\(shop.folder)/\(name)")
    }
    try Data("seven".utf8).write(to: URL(filePath: shop.folder + "/data/seven"))
    let folders = [
      SandboxConfiguration.Folder(source: shop.folder + "/data", target: "/srv/data"),
      SandboxConfiguration.Folder(
        source: shop.folder + "/outbox", target: "/home/workspace/outbox", isWritable: true),
    ]
    try await shop.withWorkspace({ $0.folders = folders }) { workspace in
      try #expect(
        workspace.shell(
          "cat /srv/data/seven; touch /srv/data/x 2>/dev/null || echo; echo out > outbox/result"
        ).output == "seven\n")
    }
    #expect(FileManager.default.contents(atPath: shop.folder + "/outbox/result") == Data("out\n".utf8))
  }

  @Test func `cannot take the ports of its listeners, on any address`() async throws {
    let listeners = [
      SandboxConfiguration.Listener(SocketAddress(host: "127.0.0.1", port: 53), .datagram, purpose: "dns"),
      .init(SocketAddress(host: "127.0.0.1", port: 53), .stream, purpose: "dns"),
      .init(SocketAddress(host: "127.0.0.1", port: 3128), .stream, purpose: "proxy"),
      .init(SocketAddress(host: "127.0.0.2", port: 443), .stream, purpose: "s3"),
    ]
    try await Workshop.withWorkspace({ $0.listeners = listeners }) { workspace in
      #expect(workspace.listeners.map(\.listener) == listeners)
      #expect(workspace.listeners.map(\.address) == listeners.map(\.address))
      let outcome = try workspace.python(
        """
        import socket, errno
        for port in (53, 443, 3128):
          for family, host in ((2, "127.0.0.1"), (2, "127.0.0.2"), (2, "0.0.0.0"), (10, "::")):
            s = socket.socket(family); s.setsockopt(1, 15, 1); s.setsockopt(1, 2, 1)
            try: s.bind((host, port)); s.listen(); print("took", host, port)
            except OSError as e: print(errno.errorcode[e.errno])
        """)
      let words = Set(outcome.output.split(separator: "\n").map(String.init))
      // 127.0.0.2:3128 is free, and nobody is led there: clients speak to 127.0.0.1:3128 only.
      #expect(words == ["EACCES", "EADDRINUSE", "took 127.0.0.2 3128"])
    }
  }

  @Test func `reaches its listeners from inside while the launcher holds them outside`() async throws {
    let listener = SandboxConfiguration.Listener(
      SocketAddress(host: "127.0.0.1", port: 3128), .stream, purpose: "proxy")
    try await Workshop.withWorkspace({ $0.listeners = [listener] }) { workspace in
      let command = try workspace.spawn(
        SandboxCommand([
          "/usr/bin/python3", "-c",
          "import socket; print(socket.create_connection(('127.0.0.1', 3128)).recv(9))",
        ]))
      let raw = try #require(workspace.listeners[0].descriptor.rawValue)
      _ = try Poll.wait(for: [(raw, Int32(POLLIN))], milliseconds: 30_000)
      let client = FileDescriptor(adopting: try HostListener.accept(raw))
      try client.writeAll(Array("hello".utf8))
      try #expect(command.collect().output == "b'hello'\n")
    }
  }

  /// A configuration that cannot work, and what is said about it.
  struct Mistake: Sendable {
    let error: SandboxError
    let make: @Sendable (inout SandboxConfiguration) -> Void
  }

  static let mistakes: [Mistake] = [
    Mistake(error: .invalid("name", "'a/b' is not letters, digits and '-', 1 to 48 of them")) {
      $0.name = "a/b"
    },
    Mistake(error: .invalid("identity", "a workspace never runs as root")) {
      $0.identity = .dedicatedUser(0)
    },
    Mistake(error: .invalid("files", "'/etc/../root' is not a plain path below /etc")) {
      $0.files = [EtcFile("/etc/../root", text: "")]
    },
    Mistake(error: .invalid("folders", "'/usr/bin' is not below /home/workspace, /srv, /mnt or /opt")) {
      $0.folders = [.init(source: "/tmp", target: "/usr/bin")]
    },
    Mistake(error: .invalid("environment", "'A=B' is not a variable's name")) {
      $0.environment = ["A=B": ""]
    },
  ]

  @Test(arguments: mistakes)
  func `that cannot work is refused before anything starts`(mistake: Mistake) throws {
    let shop = try Workshop()
    #expect(throws: mistake.error) {
      try OpenWorkspace.open(shop.configuration(mistake.make), on: Workshop.machine)
    }
  }

  @Test func `refuses a variable that would become an option of bubblewrap`() async throws {
    try await Workshop.withWorkspace { workspace in
      #expect(throws: SandboxError.invalid("command", "contains a NUL")) {
        try workspace.run("/bin/true", environment: ["A": "x\0--bind\0/\0/host"])
      }
      #expect(throws: SandboxError.invalid("command", "is empty")) { try workspace.spawn(SandboxCommand([])) }
    }
  }
}
