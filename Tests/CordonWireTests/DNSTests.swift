import CordonWire
import Testing

/// A query made by hand.
func dnsQuery(
  _ labels: [String], type: UInt16 = 1, id: UInt16 = 0x1234, flags: UInt16 = 0x0100, edns: [UInt8]? = nil
) -> [UInt8] {
  var bytes: [UInt8] = [UInt8(id >> 8), UInt8(id & 255), UInt8(flags >> 8), UInt8(flags & 255)]
  bytes += [0, 1, 0, 0, 0, 0, 0, edns == nil ? 0 : 1]
  for label in labels { bytes += [UInt8(label.utf8.count)] + Array(label.utf8) }
  return bytes + [0, UInt8(type >> 8), UInt8(type & 255), 0, 1] + (edns ?? [])
}

/// An OPT record that offers 4096 bytes and carries a client subnet.
let ednsWithSubnet: [UInt8] = [0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 11, 0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2]

@Suite struct `DNS queries` {
  @Test func `one honest question is read, its case folded for judging and kept for the reply`() throws {
    let query = try DNSQuery(parsing: dnsQuery(["Api", "EXAMPLE", "test"], type: 28))
    #expect(query.id == 0x1234)
    #expect(query.recursionDesired)
    #expect(query.question.name == (try DomainName("api.example.test")))
    #expect(query.question.type == .aaaa)
    #expect(
      query.question.wireName == [3] + Array("Api".utf8) + [7] + Array("EXAMPLE".utf8) + [4]
        + Array("test".utf8) + [0])
    #expect(query.udpPayloadSize == nil)
  }

  @Test func `EDNS options are skipped and only the payload size is kept`() throws {
    let query = try DNSQuery(parsing: dnsQuery(["a", "test"], edns: ednsWithSubnet))
    #expect(query.udpPayloadSize == 4096)
  }

  @Test(arguments: [
    (".", []),
    ("a\\.b.test", ["a.b", "test"]),
    ("a\\000b.test", ["a\0b", "test"]),
    ("\\195\\169.test", ["\u{e9}", "test"]),
    ("-a.test", ["-A", "test"]),
    ("127.0.0.1", ["127", "0", "0", "1"]),
  ])
  func `a name that is no host name is on no list, but can be logged`(text: String, labels: [String]) throws {
    let question = try DNSQuery(parsing: dnsQuery(labels)).question
    #expect(question.name == nil)
    #expect(question.text == text)
  }

  @Test func `the longest name is read and one byte more is refused`() throws {
    let label = String(repeating: "a", count: 63)
    let longest = [label, label, label, String(repeating: "a", count: 61)]
    #expect(try DNSQuery(parsing: dnsQuery(longest)).question.wireName.count == 255)
    let refusal = #expect(throws: DNSRefusal.self) {
      try DNSQuery(parsing: dnsQuery([label, label, label, String(repeating: "a", count: 62)]))
    }
    #expect(refusal?.fault == .nameTooLong)
  }

  @Test func `each hostile vector is refused with its fault and its reply code`() throws {
    for vector in try WireVectors.files("dns") {
      let bytes = try vector.hexBytes()
      do {
        let query = try DNSQuery(parsing: bytes)
        #expect(vector.expect == "accept", "\(vector.name) was read as \(query)")
      } catch {
        #expect("\(error.fault)" == vector.expect, "\(vector.name)")
        let reply = error.encodedReply(over: .udp)
        #expect(
          (reply == nil ? "none" : "\(error.replyCode.map { "\($0)" } ?? "")") == vector.fields["reply"],
          "\(vector.name)")
        if let reply {
          #expect(reply.prefix(2) == bytes.prefix(2), "\(vector.name)")
          #expect(reply[2] & 0x80 != 0 && reply.count <= 23, "\(vector.name)")
        }
      }
    }
  }

  @Test func `a slice that does not begin at 0 is read alike`() throws {
    let bytes = [1, 2, 3] + dnsQuery(["a", "test"]) + [9]
    #expect(
      try DNSQuery(parsing: bytes[3..<(bytes.count - 1)]) == DNSQuery(parsing: dnsQuery(["a", "test"])))
  }
}

@Suite struct `DNS replies` {
  private let plain = dnsQuery(["aLLowed", "test"])

  @Test func `an address comes back with the question as it was asked`() throws {
    let query = try DNSQuery(parsing: plain)
    let reply = DNSReply(.addresses([IPv4Address(127, 0, 0, 2)])).encoded(for: query, over: .udp)
    let answer: [UInt8] = [0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 127, 0, 0, 2]
    #expect(reply == [0x12, 0x34, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0] + plain[12...] + answer)
  }

  @Test(arguments: [(UInt8(0), DNSReply.Answer.noData), (3, .nameError)])
  func `nothing to answer carries an SOA, so that clients may remember it`(
    code: UInt8, answer: DNSReply.Answer
  ) throws {
    let reply = DNSReply(answer, timeToLive: 7).encoded(for: try DNSQuery(parsing: plain), over: .udp)
    #expect(Array(reply[..<12]) == [0x12, 0x34, 0x85, 0x80 | code, 0, 1, 0, 0, 0, 1, 0, 0])
    let authority = reply[plain.count...]
    #expect(Array(authority.prefix(9)) == [0, 0, 6, 0, 1, 0, 0, 0, 7])
    let length = Int(authority[authority.startIndex + 9]) << 8 | Int(authority[authority.startIndex + 10])
    #expect(authority.count == 11 + length)
    #expect(reply.suffix(4) == [0, 0, 0, 7])
  }

  @Test(arguments: [
    (UInt8(1), DNSReplyCode.formatError), (2, .serverFailure), (4, .notImplemented), (5, .refused),
  ])
  func `a failure is a bare code`(code: UInt8, reply: DNSReplyCode) throws {
    let bytes = DNSReply(.failure(reply)).encoded(for: try DNSQuery(parsing: plain), over: .udp)
    #expect(bytes == [0x12, 0x34, 0x85, 0x80 | code, 0, 1, 0, 0, 0, 0, 0, 0] + plain[12...])
  }

  @Test func `an OPT record is answered with one that carries no option`() throws {
    let query = try DNSQuery(parsing: dnsQuery(["allowed", "test"], edns: ednsWithSubnet))
    let reply = DNSReply(.nameError).encoded(for: query, over: .udp)
    #expect(reply[11] == 1)
    #expect(reply.suffix(11) == [0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0])
  }

  @Test(arguments: [(false, 29), (true, 30)])
  func `a datagram never grows beyond what the client offers`(truncated: Bool, count: Int) throws {
    // 12 + 18 + 16 * 30 is 510 bytes; without EDNS 512 are allowed.
    let query = try DNSQuery(parsing: dnsQuery(["allowed-name", "test"]))
    let addresses = (0..<count).map { IPv4Address(127, 0, 0, UInt8($0)) }
    let reply = DNSReply(.addresses(addresses)).encoded(for: query, over: .udp)
    #expect(reply.count <= 512)
    #expect((reply[2] & 0x02 != 0) == truncated)
    #expect(reply[7] == (truncated ? 0 : UInt8(count)))
    let stream = DNSReply(.addresses(addresses)).encoded(for: query, over: .tcp)
    #expect(stream[4] & 0x02 == 0)
    #expect(Int(stream[0]) << 8 | Int(stream[1]) == stream.count - 2)
  }

  @Test func `a client that offers 65535 bytes still gets at most 1232`() throws {
    let edns: [UInt8] = [0, 0, 41, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0]
    let query = try DNSQuery(parsing: dnsQuery(["a", "test"], edns: edns))
    let many = DNSReply(.addresses((0..<100).map { IPv4Address(rawValue: $0) }))
    let reply = many.encoded(for: query, over: .udp)
    #expect(reply.count <= 1232 && reply[2] & 0x02 != 0)
  }

  @Test func `memory is used again`() throws {
    var buffer = Array(repeating: UInt8(9), count: 300)
    let query = try DNSQuery(parsing: plain)
    DNSReply(.nameError).encode(for: query, over: .udp, into: &buffer)
    #expect(buffer == DNSReply(.nameError).encoded(for: query, over: .udp))
  }
}

@Suite struct `DNS over TCP` {
  private func frames(_ pieces: [[UInt8]]) throws -> [[UInt8]] {
    var framer = DNSStreamFramer()
    var frames: [[UInt8]] = []
    for piece in pieces {
      var offset = 0
      while let frame = try framer.next(in: piece.span, from: &offset) { frames.append(frame) }
      #expect(offset == piece.count)
    }
    return frames
  }

  @Test func `messages are found however the stream is cut`() throws {
    let query = dnsQuery(["a", "test"])
    let framed = [0, UInt8(query.count)] + query
    let stream = framed + framed + framed
    #expect(try frames([stream]) == [query, query, query])
    #expect(try frames(stream.map { [$0] }) == [query, query, query])
    #expect(try frames([Array(stream[..<3]), Array(stream[3...])]) == [query, query, query])
  }

  @Test(arguments: [UInt16(0), 11, 4097, 65535])
  func `a length that no query has ends the stream for good`(length: UInt16) throws {
    var framer = DNSStreamFramer()
    var offset = 0
    let bytes: [UInt8] = [UInt8(length >> 8), UInt8(length & 255), 0, 0]
    #expect(throws: DNSStreamFramer.Failure.badLength(length)) {
      try framer.next(in: bytes.span, from: &offset)
    }
    offset = 0
    #expect(throws: DNSStreamFramer.Failure.badLength(length)) {
      try framer.next(in: bytes.span, from: &offset)
    }
  }
}
