import FoundationEssentials
import Glibc
import Testing

@testable import CordonLinux

@Suite struct `A Unix socket` {
  @Test func `carries bytes with descriptors, a message at a time`() throws {
    let pair = try UnixSocket.pair()
    let pipe = try Pipe()
    try pair.left.send([1, 2, 3], descriptors: [pipe.writeEnd.rawValue])
    try pair.left.send([4])
    let first = try pair.right.receive(descriptors: 4)
    #expect(first.bytes == [1, 2, 3] && first.descriptors.count == 1 && !first.isTruncated)
    let raw = try #require(first.descriptors[0].rawValue)
    _ = try BorrowedDescriptor(raw).write([9])
    #expect(try pipe.readEnd.read(atMost: 4) == [9])
    let second = try pair.right.receive(descriptors: 4)
    #expect(second.bytes == [4] && second.descriptors.isEmpty)
  }

  @Test(arguments: [(0, 1), (1, 2), (2, 253), (3, 3)])
  func `closes descriptors that were not asked for`(room: Int, sent: Int) async throws {
    await #expect(processExitsWith: .success) { [room, sent] in
      let pair = try UnixSocket.pair()
      let file = try FileDescriptor(opening: "/etc/hostname")
      try pair.left.send([1], descriptors: [CInt](repeating: file.rawValue, count: sent))
      let message = try pair.right.receive(descriptors: room)
      #expect(message.isTruncated == (sent > room))
      #expect(message.descriptors.count == min(room, sent))
      #expect(try openCount(of: "/etc/hostname") == 1 + min(room, sent))
      #expect(file.rawValue >= 0)
    }
  }

  @Test func `reports a message that is longer than asked for`() throws {
    let pair = try UnixSocket.pair()
    try pair.left.send([UInt8](repeating: 1, count: 100))
    let message = try pair.right.receive(atMost: 10)
    #expect(message.bytes.count == 10 && message.isTruncated)
  }

  @Test func `gives up after its timeout, and sees the other end close`() throws {
    let pair = try UnixSocket.pair()
    try pair.right.setTimeout(milliseconds: 10)
    let error = #expect(throws: SystemError.self) { try pair.right.receive() }
    #expect(error?.code == EAGAIN)
    shutdown(pair.left.descriptor.rawValue, Int32(SHUT_RDWR))
    #expect(try pair.right.receive().bytes == [])
  }

  @Test func `listens where only its owner may connect, and knows who did`() throws {
    let path = "/tmp/cordon-listener-\(getpid())"
    let listener = try UnixListener(at: path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let facts = try FileManager.default.attributesOfItem(atPath: path)
    #expect("\(facts[.posixPermissions] ?? "")" == "\(0o600)")
    let client = try UnixSocket(connectingTo: path)
    let server = try listener.accept()
    #expect(try server.peer() == PeerCredentials(process: getpid(), user: getuid(), group: getgid()))
    try client.send([5])
    #expect(try server.receive().bytes == [5])
    let taken = #expect(throws: SystemError.self) { _ = try UnixListener(at: path) }
    #expect(taken?.code == EADDRINUSE)
    #expect(throws: SystemError.self) { _ = try UnixSocket(connectingTo: String(repeating: "x", count: 200)) }
  }
}

/// How many descriptors of this process stand for a file.
func openCount(of path: String) throws -> Int {
  let files = FileManager.default
  return try files.contentsOfDirectory(atPath: "/proc/self/fd").count { number in
    (try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")) == path
  }
}

/// Sockets of this machine's loopback interface, made by a launched child and handed over.
enum Loopback {
  static func socket(_ transport: Transport) throws -> SharedDescriptor {
    let pair = try UnixSocket.pair()
    let plan = LaunchPlan(
      descriptors: ["control"],
      steps: [
        .listen(SocketAddress(host: "127.0.0.1", port: 0), transport, backlog: 8, at: 20),
        .sendDescriptors([20], message: [1], over: 0), .awaitByte(from: 0), .exit(0),
      ])
    let launched = try plan.launch(["control": pair.right.descriptor.rawValue])
    let message = try pair.left.receive(descriptors: 1)
    try pair.left.send([1])
    try launched.confirm()
    #expect(launched.process.waitBlocking() == .exited(0))
    return try #require(message.descriptors.first)
  }
}

@Suite struct `A received descriptor` {
  @Test(arguments: [Transport.stream, .datagram])
  func `is asked what it is`(transport: Transport) throws {
    let socket = try Loopback.socket(transport)
    let facts = try SocketFacts(of: try #require(socket.rawValue))
    #expect(facts.transport == transport && facts.isListening == (transport == .stream))
    #expect(facts.address.host == "127.0.0.1" && facts.address.port > 0)
  }

  @Test func `that is no IP socket is refused`() throws {
    let file = try FileDescriptor(opening: "/dev/null")
    let pair = try UnixSocket.pair()
    #expect(throws: SystemError(code: ENOTSOCK, call: "inspect a received descriptor")) {
      try SocketFacts(of: file.rawValue)
    }
    #expect(throws: SystemError(code: EPROTOTYPE, call: "inspect a received descriptor")) {
      try SocketFacts(of: pair.left.descriptor.rawValue)
    }
    #expect(throws: SystemError.self) { try SocketFacts(of: -1) }
  }

  @Test func `is handed on once`() throws {
    let shared = SharedDescriptor(try FileDescriptor(opening: "/dev/null"))
    let number = try #require(shared.take())
    #expect(shared.take() == nil && shared.rawValue == nil)
    #expect(throws: SystemError(code: EBADF, call: "use a descriptor")) { try shared.withRawValue { _ in } }
    #expect(close(number) == 0)
  }

  @Test(arguments: [
    ("127.0.0.1", 53 as UInt16), ("0.0.0.0", 0), ("::1", 443), ("fd00::2", 65535), ("255.255.255.255", 1),
  ])
  func `address survives the kernel's form`(host: String, port: UInt16) throws {
    let address = SocketAddress(host: host, port: port)
    #expect(SocketAddress(encoded: try #require(address.encoded)) == address)
  }

  @Test(arguments: ["", "localhost", "127.1", "1.2.3.4.5", "fe80::1%lo", "[::1]", "127.0.0.1\0", "evil.test"])
  func `address is numeric or none`(host: String) {
    #expect(SocketAddress(host: host, port: 1).encoded == nil || host.utf8.contains(0))
    #expect(SocketAddress(encoded: Array(host.utf8)) == nil)
  }
}

@Suite struct `A datagram batch` {
  /// Sends datagrams from sockets of a child's own and returns what came back.
  private func ask(_ server: SharedDescriptor, count: Int, script: String) throws -> (
    ChildProcess, SharedDescriptor
  ) {
    let port = try SocketFacts(of: try #require(server.rawValue)).address.port
    let pipe = try Pipe()
    let plan = LaunchPlan(
      descriptors: ["output", "output", "output"],
      steps: [
        .execute(
          "/usr/bin/python3", arguments: ["python3", "-c", script, "\(port)", "\(count)"], environment: [])
      ])
    let launched = try plan.launch(["output": pipe.writeEnd.rawValue])
    try launched.confirm()
    return (launched.process, SharedDescriptor(pipe.closingWriteEnd()))
  }

  @Test func `answers each datagram to whoever sent it`() throws {
    let server = try Loopback.socket(.datagram)
    let (client, output) = try ask(
      server, count: 100,
      script: """
        import socket, sys
        port, count = int(sys.argv[1]), int(sys.argv[2])
        sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
        for i, s in enumerate(sockets): s.settimeout(20); s.sendto(b"ask %d" % i, ("127.0.0.1", port))
        print(sum(s.recv(100) == b"answer ask %d" % i for i, s in enumerate(sockets)))
        """)
    let batch = DatagramBatch(datagramSize: 512)
    let raw = try #require(server.rawValue)
    var served = 0
    while served < 100 {
      served += try batch.serve(raw, milliseconds: 20_000) { bytes in
        Array("answer ".utf8) + bytes.copied
      }
    }
    #expect(try BorrowedDescriptor(try #require(output.rawValue)).read(atMost: 100) == Array("100\n".utf8))
    #expect(client.waitBlocking() == .exited(0))
  }

  @Test func `drops what is too long, and what is not answered`() throws {
    let server = try Loopback.socket(.datagram)
    let (client, output) = try ask(
      server, count: 0,
      script: """
        import socket, sys
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(20)
        for data in (b"x" * 600, b"silent", b"", b"last"): s.sendto(data, ("127.0.0.1", int(sys.argv[1])))
        print(s.recv(100))
        """)
    let batch = DatagramBatch(datagramSize: 512)
    let raw = try #require(server.rawValue)
    var lengths: [Int] = []
    var served = 0
    while served < 4 {
      served += try batch.serve(raw, milliseconds: 20_000) { bytes in
        lengths.append(bytes.byteCount)
        return bytes.byteCount == 4 ? [65] : nil
      }
    }
    #expect(lengths == [6, 4])
    #expect(try BorrowedDescriptor(try #require(output.rawValue)).read(atMost: 100) == Array("b'A'\n".utf8))
    #expect(client.waitBlocking() == .exited(0))
  }

  @Test func `waits no longer than it is told`() throws {
    let server = try Loopback.socket(.datagram)
    #expect(try DatagramBatch().serve(try #require(server.rawValue), milliseconds: 1) { _ in nil } == 0)
  }
}
