import CordonLinux
import CordonModel
import Foundation
import Testing

@testable import CordonGateway

private let notebookURL = "http://notebook.cordon.internal"
private let handshake = """
  GET /api/kernels/1/channels?session_id=2 HTTP/1.1\r
  Host: notebook.cordon.internal\r
  Connection: Upgrade\r
  Upgrade: websocket\r
  Origin: http://notebook.cordon.internal\r
  Sec-WebSocket-Version: 13\r
  Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
  \r

  """

@Suite(.serialized) struct `A browser's door` {
  // MARK: Where it leads

  @Test func `leads to the person's own notebook, and the record names person, project and session`()
    async throws
  {
    try await DoorTest.run { door in
      let answer = try await door.ask("\(notebookURL)/lab?reset")
      #expect(answer.status == "200" && answer.text.hasSuffix("hello"))
      #expect(door.notebook.requests.first?.hasPrefix("GET /lab?reset HTTP/1.1\r\n") == true)
      let record = try #require(door.test.log.records.last)
      #expect(record.outcome == .allowed && record.person == "alice")
      #expect(record.principal == "arn:aws:iam::111122223333:user/alice")
      #expect(record.source.door?.endpoint == .browser && record.source.door?.project.text == "churn")
      #expect(record.resources == ["arn:aws:cordon:eu-west-1:111122223333:notebook/churn/alice-ws"])
      #expect(record.details["session"] == DoorTest.session && record.details["method"] == "GET")
    }
  }

  @Test func `adds nothing to a request, and no credentials of the workspace`() async throws {
    try await DoorTest.run { door in
      _ = try await door.ask(
        "\(notebookURL)/api/me", fields: "Cookie: _xsrf=1\r\nProxy-Authorization: Basic eA==\r\n")
      let fields = door.notebook.requests.first?.split(separator: "\r\n").dropFirst().map { $0.lowercased() }
      #expect(fields?.sorted() == ["connection: close", "cookie: _xsrf=1", "host: notebook.cordon.internal"])
    }
  }

  @Test(arguments: [
    // The verdict, the person at the browser, the project of the door.
    ("200", "alice", "churn"), ("403", "mallory", "churn"), ("403", "alice", "fraud"),
  ])
  func `leads nobody to a notebook that is not theirs`(status: String, person: String, project: String)
    async throws
  {
    try await DoorTest.run(person: person, project: project) { door in
      #expect(try await door.ask("\(notebookURL)/lab").status == status)
      #expect(door.notebook.requests.isEmpty == (status == "403"))
      guard status == "403" else { return }
      #expect(door.test.log.records.last?.errorCode == "notebook-not-yours")
      let tunnel = try await exchange(door.port, "CONNECT notebook.cordon.internal:80 HTTP/1.1\r\n\r\n")
      #expect(tunnel.hasPrefix("HTTP/1.1 403 "))
    }
  }

  @Test(arguments: [
    "http://evil.test/", "http://allowed.test/", "http://127.0.0.1/", "http://169.254.169.254/",
    "http://notebook.cordon.internal:8888/", "http://packages.cordon.internal/simple/",
    "http://x.notebook.cordon.internal/", "http://NOTEBOOK.cordon.internal./",
    "ftp://notebook.cordon.internal/",
  ])
  func `refuses every other address in plain text`(target: String) async throws {
    try await DoorTest.run { door in
      let answer = try await door.ask(target)
      #expect(["400", "403", "421"].contains(answer.status), "\(answer.text)")
      #expect(door.notebook.requests.isEmpty && door.test.outside.connectionCount == 0)
      let record = try #require(door.test.log.records.last)
      #expect(record.outcome == .denied && record.person == "alice")
      #expect(record.details["session"] == DoorTest.session)
    }
  }

  @Test(arguments: [
    "evil.test:443", "evil.test:80", "allowed.test:443", "notebook.cordon.internal:8888",
    "notebook.cordon.internal:443", "127.0.0.1:3128", "[::1]:80", "s3.eu-west-1.amazonaws.com:443",
  ])
  func `refuses every other tunnel`(target: String) async throws {
    try await DoorTest.run { door in
      let answer = try await exchange(door.port, "CONNECT \(target) HTTP/1.1\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 403 "))
      #expect(door.test.outside.connectionCount == 0)
      #expect(door.test.log.records.last?.outcome == .denied)
      #expect(door.test.log.records.last?.source.door?.endpoint == .browser)
    }
  }

  @Test func `leads to a host that is listed for the browser, and not to one that workspaces may reach`()
    async throws
  {
    try await DoorTest.run { door in
      for (host, outcome) in [("listed.test", "200"), ("allowed.test", "403")] {
        var client = try await RawClient.connect(door.port)
        try await client.send("CONNECT \(host):\(door.test.outside.port) HTTP/1.1\r\n\r\n")
        let established = try await client.read(until: "\r\n\r\n")
        #expect(established.hasPrefix("HTTP/1.1 \(outcome) "))
        guard outcome == "200" else { continue }
        try await client.startTLS(serverName: host, trusting: door.test.authority)
        try await client.send("GET /up HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
        let inTLS = await client.readToEnd()
        #expect(inTLS.hasPrefix("HTTP/1.1 200 "))
        await client.close()
      }
      #expect(door.test.outside.requests == ["sni listed.test", "GET /up host=listed.test"])
      let named = door.test.log.records.filter { $0.source.door?.endpoint == .browser }
      #expect(
        !named.isEmpty && named.allSatisfy { $0.person == "alice" && $0.eventSource == "browser.cordon" })
    }
  }

  @Test func `keeps what Chromium asks for by itself in one tagged record a host`() async throws {
    try await DoorTest.run { door in
      for _ in 0..<20 {
        _ = try await exchange(door.port, "CONNECT update.googleapis.com:443 HTTP/1.1\r\n\r\n")
      }
      _ = try await exchange(door.port, "CONNECT evil.test:443 HTTP/1.1\r\n\r\n")
      let tagged = door.test.log.records.filter { $0.details["tag"] == "browser background" }
      #expect(tagged.count == 1 && tagged.first?.outcome == .denied)
      #expect(door.test.log.records.last?.details["tag"] == nil)
      await door.test.gateway.close(door.door)
      let owed = door.test.log.records.filter { $0.details["tag"] == "browser background" }
      #expect(owed.last?.details["repeats"] == "19")
    }
  }

  @Test func `refuses where nothing can be recorded`() async throws {
    try await DoorTest.run { door in
      door.test.log.fail()
      let answer = try await door.ask("\(notebookURL)/lab")
      #expect(answer.status != "200")
      #expect(door.notebook.requests.isEmpty)
    }
  }

  // MARK: Files

  @Test(arguments: [
    "/files/a.csv?download=1", "/files/a.csv?_xsrf=2&download", "/%66iles/a.csv?down%6Coad=1",
    "/lab/files/x/y.bin?DOWNLOAD=", "/nbconvert/html/a.ipynb?download=true", "/nbconvert/pdf/a.ipynb",
    "//nbconvert/script/a.ipynb", "/files/a?%zz",
  ])
  func `does not hand out a file that is asked for by its address`(path: String) async throws {
    try await DoorTest.run { door in
      let answer = try await door.ask(notebookURL + path)
      #expect(answer.status == "403" && answer.text.contains("reason: download-off"), "\(answer.text)")
      #expect(door.notebook.requests.isEmpty)
      let record = try #require(door.test.log.records.last)
      #expect(record.eventName == "Download" && record.path == .browserDownload && record.outcome == .denied)
    }
  }

  @Test(arguments: [
    ("403", "Content-Disposition: attachment; filename=a.csv"), ("403", "content-disposition:ATTACHMENT"),
    ("403", "Content-Disposition: x-unknown"),
    ("403", "Content-Disposition: inline\r\nContent-Disposition: attachment"),
    ("200", "Content-Disposition: inline; filename=a.png"), ("200", "Content-Type: text/plain"),
  ])
  func `does not hand out a file that an answer is marked as`(status: String, field: String) async throws {
    let answering: @Sendable (String) -> String = { _ in
      "HTTP/1.1 200 OK\r\n\(field)\r\nContent-Length: 6\r\n\r\nsecret"
    }
    try await DoorTest.run(answer: answering) { door in
      let answer = try await door.ask("\(notebookURL)/files/a.csv")
      #expect(answer.status == status && answer.text.contains("secret") == (status == "200"))
    }
  }

  @Test func `hands files out where the spec says so`() async throws {
    try await DoorTest.run(browser: BrowserRules(download: true)) { door in
      let answer = try await door.ask("\(notebookURL)/files/a.csv?download=1")
      #expect(answer.status == "200")
      let record = door.test.log.records.first { $0.eventName == "Download" }
      #expect(record?.outcome == .allowed)
    }
  }

  @Test(arguments: [
    "/lab", "/files/plot.png", "/api/contents/files?content=1", "/api/nbconvert", "/static/download.js",
  ])
  func `lets JupyterLab work`(path: String) async throws {
    try await DoorTest.run { door in
      let answer = try await door.ask(notebookURL + path)
      #expect(answer.status == "200")
    }
  }

  // MARK: Sockets

  @Test func `opens a WebSocket of the notebook's own page`() async throws {
    let answer: @Sendable (String) -> String = { _ in
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    }
    try await DoorTest.run(answer: answer) { door in
      let client = try await RawClient.connect(door.port)
      try await client.send("CONNECT notebook.cordon.internal:80 HTTP/1.1\r\n\r\n")
      let established = try await client.read(until: "\r\n\r\n")
      #expect(established.hasPrefix("HTTP/1.1 200 "))
      // Frames right behind the handshake are not lost.
      try await client.send(handshake + "first")
      let switched = try await client.read(until: "first")
      #expect(switched.hasPrefix("HTTP/1.1 101 "))
      try await client.send("ping")
      #expect(try await client.read(until: "ping") == "ping")
      await client.close()
      #expect(door.notebook.requests == [handshake.replacing("\r\n\r\n", with: "")])
    }
  }

  @Test(arguments: [
    ("not-websocket", "GET /api/contents HTTP/1.1\r\nHost: notebook.cordon.internal\r\n\r\n"),
    ("not-websocket", handshake.replacing("GET", with: "POST")),
    ("not-websocket", handshake.replacing("websocket", with: "h2c")),
    ("not-websocket", handshake.replacing("Version: 13", with: "Version: 12")),
    ("host-mismatch", handshake.replacing("Host: notebook", with: "Host: evil")),
    (
      "websocket-foreign-origin",
      handshake.replacing("Origin: http://notebook.cordon", with: "Origin: http://evil")
    ),
    (
      "websocket-foreign-origin", handshake.replacing("Origin: http://notebook.cordon.internal\r\n", with: "")
    ),
    ("length-ambiguous", handshake.replacing("Upgrade: ", with: "Content-Length: 4\r\nUpgrade: ")),
    ("download-off", handshake.replacing("/api/kernels/1/channels?session_id=2", with: "/files/a?download")),
    ("request-malformed", "\u{1}\u{2}\r\n\r\n"),
  ])
  func `lets nothing else through a tunnel to the notebook`(reason: String, opening: String) async throws {
    try await DoorTest.run { door in
      let client = try await RawClient.connect(door.port)
      try await client.send("CONNECT notebook.cordon.internal:80 HTTP/1.1\r\n\r\n" + opening)
      let answer = await client.readToEnd()
      #expect(answer.contains("reason: \(reason)"), "\(answer)")
      #expect(door.notebook.requests.isEmpty)
      #expect(door.test.log.records.last?.errorCode == reason)
    }
  }

  @Test func `ends a tunnel that the notebook did not switch, so that no request follows unread`()
    async throws
  {
    let answer: @Sendable (String) -> String = { _ in "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret" }
    try await DoorTest.run(answer: answer) { door in
      let client = try await RawClient.connect(door.port)
      try await client.send(
        "CONNECT notebook.cordon.internal:80 HTTP/1.1\r\n\r\n" + handshake
          + "GET /files/a?download HTTP/1.1\r\nHost: notebook.cordon.internal\r\n\r\n")
      let text = await client.readToEnd()
      #expect(text.contains("websocket-not-accepted") && !text.contains("secret"))
      #expect(door.notebook.requests.count == 1)
    }
  }

  // MARK: What stands in the notebook's place

  enum Place: CaseIterable, Sendable {
    case nothing, link, linkToFolder, file, folder, closedListener, otherUser
  }

  private static func prepare(_ place: Place, _ notebook: FakeNotebook) throws {
    let path = notebook.folder + "/" + BrowserDoor.socketName
    let files = FileManager.default
    let moved = notebook.folder + "/moved.sock"
    if place != .otherUser { try files.moveItem(atPath: path, toPath: moved) }
    switch place {
    case .nothing, .otherUser: break
    case .link: try files.createSymbolicLink(atPath: path, withDestinationPath: moved)
    case .linkToFolder: try files.createSymbolicLink(atPath: path, withDestinationPath: "/proc/self")
    case .file: try Data("x".utf8).write(to: URL(filePath: path))
    case .folder: try files.createDirectory(atPath: path, withIntermediateDirectories: false)
    case .closedListener:
      let name = files.temporaryDirectory.path + "/cordon-\(UUID().uuidString.prefix(8)).sock"
      _ = try UnixListener(at: name)
      try files.moveItem(atPath: name, toPath: path)
    }
  }

  @Test(arguments: [
    ("503 notebook-away", Place.nothing), ("403 ingress-swapped", .link),
    ("403 ingress-swapped", .linkToFolder),
    ("403 ingress-swapped", .file), ("403 ingress-swapped", .folder),
    ("503 notebook-away", .closedListener), ("403 ingress-swapped", .otherUser),
  ])
  func `connects to the workspace's own socket and to nothing else`(outcome: String, place: Place)
    async throws
  {
    let owner = geteuid() + (place == .otherUser ? 1 : 0)
    try await DoorTest.run(ingress: { try $0.ingress(owner: owner) }) { door in
      try Self.prepare(place, door.notebook)
      let answer = try await door.ask("\(notebookURL)/lab")
      let record = try #require(door.test.log.records.last)
      #expect("\(answer.status) \(record.errorCode ?? "")" == outcome)
      #expect(record.details["session"] == DoorTest.session && record.person == "alice")
      #expect(door.notebook.requests.isEmpty)
    }
  }

  @Test func `notices a socket that is swapped during a session`() async throws {
    try await DoorTest.run { door in
      #expect(try await door.ask("\(notebookURL)/lab").status == "200")
      try Self.prepare(.link, door.notebook)
      #expect(try await door.ask("\(notebookURL)/lab").status == "403")
      #expect(door.notebook.requests.count == 1)
    }
  }

  // MARK: Beginning and end

  @Test func `says once that a browser came by way of it`() async throws {
    try await DoorTest.run { door in
      let address = door.door.readinessAddress
      #expect(await door.door.isReached(within: .milliseconds(1)) == false)
      let other = try await door.ask("\(notebookURL)/.cordon/ready/0").text
      #expect(other.hasSuffix("hello"))
      let first = try await door.ask(address).text
      #expect(first.contains("in force"))
      #expect(await door.door.isReached(within: patience))
      let second = try await door.ask(address).text
      #expect(second.hasSuffix("hello"))
    }
  }

  @Test func `is gone with its session, with every connection on it`() async throws {
    try await DoorTest.run { door in
      let client = try await RawClient.connect(door.port)
      #expect(door.test.gateway.openSessions == [DoorTest.session])
      await door.test.gateway.close(door.door)
      #expect(door.test.gateway.openSessions.isEmpty)
      #expect(await client.isClosed())
      await #expect(throws: (any Error).self) { try await RawClient.connect(door.port) }
    }
  }

  @Test func `is one a session`() async throws {
    try await DoorTest.run { door in
      let (descriptor, _) = try LoopbackSocket.tcp()
      await #expect(throws: GatewayError.self) {
        try await door.test.gateway.open(
          for: door.door.seat, ingress: door.notebook.ingress(), descriptor: descriptor)
      }
    }
  }
}
