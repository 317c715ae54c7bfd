import Testing

@testable import CordonDrill

@Suite struct `A conversation of the sink` {
  func conversation(port: UInt16 = 80) -> Conversation {
    Conversation(port: port, pages: SinkPages(), names: DNSAnswers(sinkV4: [192, 0, 2, 2], sinkV6: []))
  }

  func replies(_ actions: [Conversation.Action]) -> [String] {
    actions.compactMap { action in
      guard case .reply(let bytes) = action else { return nil }
      return String(decoding: bytes.prefix { $0 != 13 }, as: UTF8.self)
    }
  }

  @Test func `a request may come byte by byte`() {
    var conversation = conversation()
    let bytes = Array("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nokGET / HTTP/1.1\r\n\r\n".utf8)
    let actions = bytes.flatMap { conversation.receive([$0]) }
    #expect(replies(actions) == ["HTTP/1.1 200 Drill", "HTTP/1.1 200 Drill"])
  }

  @Test func `TLS is handed over with what was read, also inside a tunnel`() {
    var conversation = conversation()
    #expect(conversation.receive([0x16, 3, 1]) == [.startTLS([0x16, 3, 1])])
    var tunnelled = self.conversation()
    let first = tunnelled.receive(Array("CONNECT a:1 HTTP/1.1\r\n\r\n".utf8) + [0x16, 3])
    #expect(first.last == .startTLS([0x16, 3]))
  }

  @Test func `mail and file servers speak first`() {
    #expect(conversation(port: 25).banner == Array("220 drill\r\n".utf8))
    #expect(conversation(port: 80).banner.isEmpty)
    var mail = conversation(port: 25)
    #expect(replies(mail.receive(Array("EHLO x\r\nDATA\r\n".utf8))) == ["250 go on", "354 go on"])
  }

  @Test(arguments: [
    [UInt8](repeating: 0x41, count: 3_000_000), [UInt8](repeating: 0, count: 100),
    Array("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\nx".utf8),
    Array("POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\nx".utf8),
    Array("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nx".utf8),
    Array("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nx\r\n-1\r\n".utf8),
    [5], [5, 255, 0], [4, 1, 0, 80], [0x16], [13, 10, 13, 10, 13],
  ])
  func `hostile bytes end nothing`(bytes: [UInt8]) {
    for port: UInt16 in [21, 25, 53, 80] {
      var conversation = conversation(port: port)
      _ = conversation.receive(bytes)
      _ = conversation.receive(bytes)
    }
  }

  @Test(arguments: [
    nil, "www.evil.test", "a.b",
  ])
  func `a question's name is read, or there is none`(name: String?) {
    let labels = (name ?? "").split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    let message = [UInt8](repeating: 0, count: 12) + labels + (name == nil ? [63, 1] : [0, 0, 1, 0, 1])
    #expect(DNSAnswers.questionName(message)?.name == name)
  }
}
