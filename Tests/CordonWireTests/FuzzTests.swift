import CordonWire
import FoundationEssentials
import Testing

/// Every decoder meets valid inputs that were changed at random. Nothing may trap, hang, or grow beyond what
/// came in; seeds are fixed, so a failure repeats. What a run like this finds becomes a vector.
@Suite struct `Changed inputs` {
  private func fuzz(_ seed: UInt64, _ corpus: [[UInt8]], rounds: Int = 20_000, _ body: ([UInt8]) -> Void) {
    var random = SeededGenerator(seed: seed)
    for round in 0..<rounds where !corpus.isEmpty {
      body(random.mutated(corpus[round % corpus.count]))
    }
  }

  @Test func `DNS queries`() throws {
    var corpus = try WireVectors.files("dns").map { try $0.hexBytes() }
    corpus.append(dnsQuery(["a", "test"], edns: ednsWithSubnet))
    fuzz(11, corpus) { bytes in
      do throws(DNSRefusal) {
        let query = try DNSQuery(parsing: bytes)
        #expect(query.question.text.utf8.count <= 1024)
        let reply = DNSReply(.nameError).encoded(for: query, over: .udp)
        #expect(reply.count <= 512)
      } catch {
        #expect((error.encodedReply(over: .tcp)?.count ?? 0) <= 25)
      }
    }
  }

  @Test func `DNS streams`() {
    let query = dnsQuery(["a", "test"])
    fuzz(12, [[0, UInt8(query.count)] + query + [0, UInt8(query.count)] + query]) { bytes in
      var framer = DNSStreamFramer()
      var offset = 0
      while let frame = try? framer.next(in: bytes.span, from: &offset) {
        #expect(frame.count <= bytes.count)
      }
    }
  }

  @Test func `TLS hellos`() throws {
    let corpus = try WireVectors.files("tls").map { try $0.hexBytes() }
    fuzz(13, corpus) { bytes in
      guard case .hello(let hello) = ClientHello.parse(bytes) else { return }
      #expect(hello.byteCount <= bytes.count)
      #expect((hello.sni?.text.utf8.count ?? 0) <= 253)
    }
  }

  @Test func `chunked bodies, in pieces of changing size`() throws {
    let corpus = try WireVectors.files("chunked").map { try $0.escapedBytes() }
    var random = SeededGenerator(seed: 140)
    fuzz(14, corpus) { bytes in
      let expectation = AWSChunkedDecoder.Expectation(decodedLength: 5, trailers: ["x-amz-checksum-crc32"])
      guard var decoder = try? AWSChunkedDecoder(unsigned: .unsignedTrailer, expecting: expectation) else {
        return
      }
      var count = 0
      var start = 0
      while start < bytes.count {
        let piece = bytes[start..<min(start + Int.random(in: 1...40, using: &random), bytes.count)]
        var offset = 0
        while let range = try? decoder.next(in: piece.span, from: &offset) { count += range.count }
        start = piece.endIndex
      }
      #expect(count <= 5)
      _ = try? decoder.finish()
    }
  }

  @Test func `bodies in signed chunks: what is still accepted is the same content`() throws {
    let payload = SigV4.Payload.signedChunksTrailer
    let plain = try SigV4.Request(method: "PUT", target: "/key", headers: [HeaderField("Host", "b.test")])
    let signer = SigV4.Signer(exampleKey, service: "s3", region: "us-east-1")
    let signed = try signer.sign(plain, payload: payload, at: exampleTime)
    let verified = try verdict(signed.request).get()
    var chain = signed.chunkSigner
    let content = Array("twenty bytes of text".utf8)
    let trailer = "x-amz-checksum-crc32:\(S3Checksum.crc32.value(of: content).base64)"
    let header = "14;chunk-signature=\(chain.sign(chunk: content))"
    let last = "0;chunk-signature=\(chain.sign(chunk: []))\r\n\(trailer)\r\n"
    let end = "\(last)x-amz-trailer-signature:\(chain.sign(trailer: Array("\(trailer)\n".utf8)))\r\n\r\n"
    let body = chunked([(header, content[...])], end: end)
    let decoder = try AWSChunkedDecoder(
      verified, expecting: .init(decodedLength: 20, trailers: ["x-amz-checksum-crc32"]))
    #expect(try decode(decoder, body).content == content)
    var accepted = 0
    fuzz(19, [body], rounds: 5000) { bytes in
      guard let decoded = try? decode(decoder, bytes) else { return }
      accepted += 1
      #expect(decoded.content == content)
    }
    // Only the case of digits and names, and white space, may change.
    #expect(accepted < 250)
  }

  @Test func `XML bodies`() throws {
    let corpus = try WireVectors.files("xml").filter { $0.body.utf8.count < 2000 }.map {
      try $0.escapedBytes()
    }
    fuzz(15, corpus) { bytes in
      _ = try? DeleteObjectsRequest(parsing: bytes)
      _ = try? CompleteMultipartUploadRequest(parsing: bytes)
      _ = try? TaggingRequest(parsing: bytes)
    }
  }

  @Test func `signed requests`() throws {
    let vectors = try WireVectors.json("sigv4/botocore.json", as: `SigV4, botocore as oracle`.Document.self)
      .vectors
    var random = SeededGenerator(seed: 16)
    for round in 0..<10_000 {
      let vector = vectors[round % vectors.count]
      var target = vector.target
      var headers = vector.fields
      if round % 2 == 0 {
        target = String(decoding: random.mutated(Array(target.utf8)), as: UTF8.self)
      } else if let index = headers.indices.randomElement(using: &random) {
        headers[index].value = String(
          decoding: random.mutated(Array(headers[index].value.utf8)), as: UTF8.self)
      }
      guard let request = try? SigV4.Request(method: vector.method, target: target, headers: headers) else {
        continue
      }
      // What is still verified must mean the same call: only the spelling of the same bytes may differ.
      guard vector.verdict(request).refusal == nil else { continue }
      let original = try SigV4.Request(method: vector.method, target: vector.target, headers: vector.fields)
      // Services other than S3 sign the normalised path.
      if vector.service == "s3" { #expect(request.path.utf8.elementsEqual(original.path.utf8), "\(target)") }
      #expect(Set(request.query.items) == Set(original.query.items), "\(target)")
    }
  }

  @Test func `names`() {
    let corpus = ["allowed.test:443", "a-b.example.test:1", "0x7f.1:80", "xn--a.test:65535", "_a.b.test:8"]
    fuzz(17, corpus.map { Array($0.utf8) }) { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      guard let host = try? HostPort(text) else { return }
      #expect(host.description == text)
      #expect((try? DomainName(host.host.text)) == host.host)
    }
  }

  @Test func `dates and encodings`() {
    let corpus = ["Fri, 24 May 2013 00:00:00 GMT", "20130524T000000Z", "a%20b+%C3%A9", "y/Q5Jg=="].map {
      Array($0.utf8)
    }
    fuzz(18, corpus) { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      if let date = HTTPDate.date(text) { #expect(HTTPDate.text(date) == text) }
      if let date = AWSDate.date(basic: text) { #expect(AWSDate.basic(date) == text) }
      if let decoded = Base64.bytes(text) { #expect(Base64.text(decoded) == text) }
      _ = PercentCoding.decode(text, plusIsSpace: true)
    }
  }

  @Test func `the portal's messages: what is still read is written the same way again`() {
    fuzz(20, `The portal's messages`.fromClient.map(\.encoded)) { bytes in
      guard let message = try? ClientMessage(parsing: bytes) else { return }
      #expect(message.encoded == bytes)
    }
    fuzz(21, `The portal's messages`.fromServer.map(\.encoded)) { bytes in
      guard let message = try? ServerMessage(parsing: bytes) else { return }
      #expect(message.encoded == bytes)
    }
  }
}
