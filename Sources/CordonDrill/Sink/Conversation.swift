/// What the sink answers on a TCP connection, so that every client goes on to say what it wanted to say.
///
/// It speaks just enough HTTP, CONNECT, SOCKS, FTP, SMTP and DNS to be led on, whatever the port; TLS is handed to
/// another process. Everything that comes is recorded elsewhere, understood or not.
struct Conversation: Sendable {
  /// What to do after some bytes came.
  enum Action: Equatable, Sendable {
    case reply([UInt8])
    /// The bytes from here on are TLS; the held ones come first.
    case startTLS([UInt8])
    case close
  }

  private enum Phase: Equatable {
    case start, http(HTTPBody, HTTPHead), socksGreeted, lines, dns, listening
  }

  private var phase = Phase.start
  private var held: [UInt8] = []
  private let pages: any Pages
  private let names: DNSAnswers
  private var port: UInt16
  private static let heldLimit = 1 << 20

  /// - Parameters:
  ///   - port: The port that was called; it decides who speaks first.
  ///   - pages: What HTTP requests get.
  ///   - names: What DNS questions over TCP get.
  init(port: UInt16, pages: any Pages, names: DNSAnswers) {
    self.port = port
    self.pages = pages
    self.names = names
    if port == 53 { phase = .dns }
    if [21, 25].contains(port) { phase = .lines }
  }

  /// What the server says before the client does.
  var banner: [UInt8] {
    switch port {
    case 21, 25: Array("220 drill\r\n".utf8)
    case 22: Array("SSH-2.0-drill\r\n".utf8)
    default: []
    }
  }

  mutating func receive(_ bytes: [UInt8]) -> [Action] {
    held += bytes.prefix(max(0, Self.heldLimit - held.count))
    var actions: [Action] = []
    while !held.isEmpty, let next = step() { actions += next }
    return actions
  }

  /// Nil when more bytes are needed.
  private mutating func step() -> [Action]? {
    switch phase {
    case .start: start()
    case .http(let body, let head): continueHTTP(body, head)
    case .socksGreeted: socksRequest()
    case .lines: line()
    case .dns: question()
    case .listening: drop()
    }
  }

  private mutating func drop() -> [Action]? {
    held = []
    return nil
  }

  private mutating func start() -> [Action]? {
    held.removeFirst(held.prefix { $0 == 13 || $0 == 10 }.count)
    guard !held.isEmpty else { return nil }
    if held[0] == 0x16 {
      defer { held = [] }
      phase = .listening
      return [.startTLS(held)]
    }
    if held[0] == 5 || held[0] == 4 { return socksGreeting() }
    guard HTTPHead.looksLikeRequest(held) else {
      phase = .listening
      return []
    }
    guard let head = HTTPHead(held) else { return held.count >= Self.heldLimit ? drop() : nil }
    held.removeFirst(head.length)
    return begin(head)
  }

  // MARK: HTTP

  private mutating func begin(_ head: HTTPHead) -> [Action] {
    if head.method == "CONNECT" {
      // Inside the tunnel stands the server of the port that was asked for, and it may speak first.
      port = UInt16(head.target.split(separator: ":").last ?? "") ?? port
      if [21, 25].contains(port) { phase = .lines }
      return [.reply(Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8) + banner)]
    }
    if let upgrade = head["upgrade"] {
      phase = .listening
      return [
        .reply(
          Array(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: \(upgrade.prefix(32))\r\n\r\n"
              .utf8))
      ]
    }
    let body = HTTPBody(head)
    if body.isComplete { return answer(head) }
    phase = .http(body, head)
    guard head["expect"] != nil else { return [] }
    return [.reply(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))]
  }

  private mutating func continueHTTP(_ body: HTTPBody, _ head: HTTPHead) -> [Action]? {
    var body = body
    let taken = body.take(held[...])
    held.removeFirst(taken)
    phase = .http(body, head)
    guard body.isComplete else { return nil }
    return answer(head)
  }

  private mutating func answer(_ head: HTTPHead) -> [Action] {
    phase = .start
    let page = pages.page(for: head)
    var text = "HTTP/1.1 \(page.status) Drill\r\nContent-Type: \(page.type)\r\nETag: \"drill\"\r\n"
    text += "Content-Length: \(page.body.count)\r\n\r\n"
    return [.reply(Array(text.utf8) + (head.method == "HEAD" ? [] : page.body))]
  }

  // MARK: SOCKS

  private mutating func socksGreeting() -> [Action]? {
    if held[0] == 5 {
      // RFC 1928 §3: version, count, methods; answer "no authentication".
      guard held.count >= 2, held.count >= 2 + Int(held[1]) else { return nil }
      held.removeFirst(2 + Int(held[1]))
      phase = .socksGreeted
      return [.reply([5, 0])]
    }
    // SOCKS 4: eight bytes, a user, and in 4a a name, each ended by a zero.
    guard held.count > 8, held.last == 0 else { return nil }
    held = []
    return [.reply([0, 0x5A, 0, 0, 0, 0, 0, 0])]
  }

  private mutating func socksRequest() -> [Action]? {
    guard held.count >= 5 else { return nil }
    let length =
      switch held[3] {
      case 3: 7 + Int(held[4])
      case 4: 22
      default: 10
      }
    guard held.count >= length else { return nil }
    held.removeFirst(length)
    phase = .start
    return [.reply([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])]
  }

  // MARK: FTP and SMTP

  private mutating func line() -> [Action]? {
    guard let end = held.firstIndex(of: 10) else { return nil }
    let word = String(decoding: held.prefix(4), as: UTF8.self).uppercased()
    held.removeFirst(end + 1)
    let reply =
      switch word {
      case "USER": "331 go on"
      case "PASS": "230 welcome"
      case "DATA": "354 go on"
      case "PWD\r", "PWD": "257 \"/\""
      case "EPSV": "229 go on (|||\(DrillAddress.sinkPort)|)"
      case "STOR": "150 go on\r\n226 thanks"
      case "EHLO", "HELO", "MAIL", "RCPT": "250 go on"
      case "QUIT": "221 bye"
      default: port == 25 ? "250 go on" : "200 go on"
      }
    return [.reply(Array("\(reply)\r\n".utf8))]
  }

  // MARK: DNS over TCP

  private mutating func question() -> [Action]? {
    guard held.count >= 2 else { return nil }
    let length = Int(held[0]) << 8 | Int(held[1])
    guard held.count >= 2 + length else { return nil }
    let message = Array(held[2..<(2 + length)])
    held.removeFirst(2 + length)
    guard let reply = names.reply(to: message) else { return [] }
    return [.reply([UInt8(reply.count >> 8), UInt8(reply.count & 0xFF)] + reply)]
  }
}

/// What a request gets.
struct Page: Sendable, Equatable {
  var status = 200
  var type = "text/plain"
  var body: [UInt8] = Array("drill\n".utf8)
}

/// What an HTTP server of the drill has to say.
protocol Pages: Sendable {
  func page(for head: HTTPHead) -> Page
}

/// The sink's pages: credentials and objects where a client looks for some, a line of text everywhere else.
struct SinkPages: Pages {
  /// What an object holds that the suite planted elsewhere; the control must find it here.
  var plantedObject: Canary?

  func page(for head: HTTPHead) -> Page {
    if let plantedObject,
      head.target.contains("drill-planted-object") || head.target.contains("drill/fetched")
    {
      return Page(body: plantedObject.bytes)
    }
    guard head.target.hasSuffix("/credentials") else { return Page() }
    let credentials = """
      {"AccessKeyId":"ASIADRILLDRILLDRILL1","SecretAccessKey":"drill","Token":"drill",\
      "Expiration":"2099-01-01T00:00:00Z"}
      """
    return Page(type: "application/json", body: Array(credentials.utf8))
  }
}
