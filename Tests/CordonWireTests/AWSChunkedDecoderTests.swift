import CordonWire
import FoundationEssentials
import Testing

/// AWS's documented chunked upload: 65 KiB of the letter a, in chunks of 64 KiB and 1 KiB.
private let exampleContent = Array(repeating: UInt8(0x61), count: 66560)

func chunked(_ chunks: [(header: String, data: ArraySlice<UInt8>)], end: String) -> [UInt8] {
  chunks.flatMap { Array("\($0.header)\r\n".utf8) + $0.data + Array("\r\n".utf8) } + Array(end.utf8)
}

/// The decoder's output when the body comes in pieces of `size` bytes.
func decode(
  _ decoder: AWSChunkedDecoder, _ body: [UInt8], piecesOf size: Int = 7919
) throws -> (content: [UInt8], trailers: [HeaderField]) {
  var decoder = decoder
  var content: [UInt8] = []
  for start in stride(from: 0, to: body.count, by: size) {
    let piece = Array(body[start..<min(start + size, body.count)])
    var offset = 0
    while let range = try decoder.next(in: piece.span, from: &offset) { content += piece[range] }
    #expect(offset == piece.count)
  }
  return (content, try decoder.finish())
}

@Suite struct `Chunked uploads, AWS's documented examples` {
  private static let plain = (
    seed: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    first: "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    second: "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    last: "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"
  )
  private static let trailing = (
    seed: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
    first: "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
    second: "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
    last: "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992"
  )

  private func verified(_ mode: String, _ seed: String, _ extra: [HeaderField]) throws -> SigV4.Verified {
    let headers =
      [
        HeaderField("Host", "s3.amazonaws.com"), HeaderField("x-amz-date", "20130524T000000Z"),
        HeaderField("x-amz-storage-class", "REDUCED_REDUNDANCY"), HeaderField("x-amz-content-sha256", mode),
        HeaderField("Content-Encoding", "aws-chunked"), HeaderField("x-amz-decoded-content-length", "66560"),
      ] + extra
    let names = headers.map { $0.name.lowercased() }.sorted().joined(separator: ";")
    let value =
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
      + "SignedHeaders=\(names),Signature=\(seed)"
    let request = try SigV4.Request(
      method: "PUT", target: "/examplebucket/chunkObject.txt",
      headers: headers + [HeaderField("Authorization", value)])
    return try verdict(request).get()
  }

  private func body(_ signatures: (seed: String, first: String, second: String, last: String), _ rest: String)
    -> [UInt8]
  {
    chunked(
      [
        ("10000;chunk-signature=\(signatures.first)", exampleContent[..<65536]),
        ("400;chunk-signature=\(signatures.second)", exampleContent[65536...]),
      ], end: "0;chunk-signature=\(signatures.last)\r\n\(rest)")
  }

  @Test(arguments: [1, 7, 1024, 65536, 1 << 20])
  func `signed chunks`(size: Int) throws {
    let verified = try verified(
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", Self.plain.seed, [HeaderField("Content-Length", "66824")])
    let body = body(Self.plain, "\r\n")
    #expect(body.count == 66824)
    let decoder = try AWSChunkedDecoder(verified, expecting: .init(decodedLength: 66560))
    #expect(try decode(decoder, body, piecesOf: size).content == exampleContent)
  }

  @Test func `signed chunks and a signed trailer`() throws {
    let verified = try verified(
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", Self.trailing.seed,
      [HeaderField("x-amz-trailer", "x-amz-checksum-crc32c")])
    let decoder = try AWSChunkedDecoder(
      verified, expecting: .init(decodedLength: 66560, trailers: ["x-amz-checksum-crc32c"]))
    let signature = "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"
    for rest in [
      "x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:\(signature)\r\n\r\n",
      "x-amz-checksum-crc32c:sOO8/Q==\n\r\nx-amz-trailer-signature:\(signature)\r\n\r\n",
    ] {
      let decoded = try decode(decoder, body(Self.trailing, rest))
      #expect(decoded.content == exampleContent)
      #expect(decoded.trailers == [HeaderField("x-amz-checksum-crc32c", "sOO8/Q==")])
    }
    for rest in [
      "x-amz-checksum-crc32c:sOO8/g==\r\nx-amz-trailer-signature:\(signature)\r\n\r\n",
      "x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:\(Self.trailing.last)\r\n\r\n",
    ] {
      #expect(throws: AWSChunkedDecoder.Failure.signatureMismatch) {
        try decode(decoder, body(Self.trailing, rest))
      }
    }
    #expect(throws: AWSChunkedDecoder.Failure.incompleteBody) {
      try decode(decoder, body(Self.trailing, "x-amz-checksum-crc32c:sOO8/Q==\r\n\r\n"))
    }
  }

  @Test func `no chunk may change, move or be missing`() throws {
    let verified = try verified(
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", Self.plain.seed, [HeaderField("Content-Length", "66824")])
    let decoder = try AWSChunkedDecoder(verified, expecting: .init(decodedLength: 66560))
    var changed = body(Self.plain, "\r\n")
    changed[200] ^= 1
    #expect(throws: AWSChunkedDecoder.Failure.signatureMismatch) { try decode(decoder, changed) }
    let swapped = (Self.plain.seed, first: Self.plain.second, second: Self.plain.first, last: Self.plain.last)
    #expect(throws: AWSChunkedDecoder.Failure.signatureMismatch) {
      try decode(decoder, body((swapped.0, swapped.first, swapped.second, swapped.last), "\r\n"))
    }
    let cut = chunked(
      [("10000;chunk-signature=\(Self.plain.first)", exampleContent[..<65536])],
      end: "0;chunk-signature=\(Self.plain.last)\r\n\r\n")
    #expect(throws: AWSChunkedDecoder.Failure.incompleteBody) { try decode(decoder, cut) }
  }
}

@Suite struct `Upload bodies` {
  private let content = Array("hello, world".utf8)

  private func signed(_ payload: SigV4.Payload) throws -> (verified: SigV4.Verified, chain: SigV4.ChunkSigner)
  {
    let request = try SigV4.Request(
      method: "PUT", target: "/key", headers: [HeaderField("Host", "examplebucket.s3.amazonaws.com")])
    let signer = SigV4.Signer(exampleKey, service: "s3", region: "us-east-1")
    let signed = try signer.sign(request, payload: payload, at: exampleTime)
    return (try verdict(signed.request).get(), signed.chunkSigner)
  }

  @Test func `a plain body is bound by its hash and its length`() throws {
    let hash = try #require(S3Checksum.sha256.value(of: content).bytes as [UInt8]?)
    let verified = try signed(.sha256(hash)).verified
    let decoder = try AWSChunkedDecoder(verified, expecting: .init(decodedLength: 12))
    #expect(try decode(decoder, content, piecesOf: 5).content == content)
    #expect(throws: AWSChunkedDecoder.Failure.hashMismatch) {
      try decode(decoder, Array("hello, World".utf8))
    }
    #expect(throws: AWSChunkedDecoder.Failure.incompleteBody) {
      try decode(decoder, Array(content.dropLast()))
    }
    #expect(throws: AWSChunkedDecoder.Failure.lengthMismatch) { try decode(decoder, content + [0]) }
  }

  @Test func `an unsigned body is taken as it comes`() throws {
    let decoder = try AWSChunkedDecoder(signed(.unsigned).verified, expecting: .init())
    #expect(try decode(decoder, content, piecesOf: 1).content == content)
    #expect(try decode(decoder, []).content.isEmpty)
  }

  @Test func `own signed chunks of several sizes are verified`() throws {
    var (verified, chain) = try signed(.signedChunks)
    let pieces = [Array(repeating: UInt8(1), count: 8192), Array(repeating: UInt8(2), count: 9000), [3]]
    let chunks = pieces.map {
      ("\(String($0.count, radix: 16));chunk-signature=\(chain.sign(chunk: $0))", $0[...])
    }
    let body = chunked(chunks, end: "0;chunk-signature=\(chain.sign(chunk: []))\r\n\r\n")
    let decoder = try AWSChunkedDecoder(verified, expecting: .init(decodedLength: 17193))
    #expect(try decode(decoder, body).content == Array(pieces.joined()))
    verified = try signed(.signedChunks).verified
    #expect(throws: AWSChunkedDecoder.Failure.missingDecodedLength) {
      try AWSChunkedDecoder(verified, expecting: .init())
    }
  }

  @Test func `a small signed chunk must be the last one`() throws {
    var (verified, chain) = try signed(.signedChunks)
    let pieces: [[UInt8]] = [[1], [2]]
    let chunks = pieces.map { ("1;chunk-signature=\(chain.sign(chunk: $0))", $0[...]) }
    let body = chunked(chunks, end: "0;chunk-signature=\(chain.sign(chunk: []))\r\n\r\n")
    let decoder = try AWSChunkedDecoder(verified, expecting: .init(decodedLength: 2))
    verified = try signed(.signedChunks).verified
    #expect(throws: AWSChunkedDecoder.Failure.chunkTooSmall) { try decode(decoder, body) }
  }

  @Test func `modes with chunk signatures need a signed request`() {
    for payload in [SigV4.Payload.signedChunks, .signedChunksTrailer] {
      #expect(throws: AWSChunkedDecoder.Failure.unsignedRequest) {
        try AWSChunkedDecoder(
          unsigned: payload, expecting: .init(decodedLength: 1, trailers: ["x-amz-checksum-crc32"]))
      }
    }
  }

  @Test func `each hostile chunked body is refused with its failure, however it is cut`() throws {
    for vector in try WireVectors.files("chunked") {
      let body = try vector.escapedBytes()
      let trailers = (vector.fields["trailers"] ?? "").split(separator: ",").map(String.init)
      let expectation = AWSChunkedDecoder.Expectation(
        decodedLength: UInt64(vector.fields["length"] ?? "0"), trailers: trailers)
      let payload = try #require(SigV4.Payload(vector.fields["mode"] ?? "STREAMING-UNSIGNED-PAYLOAD-TRAILER"))
      for size in [1, 3, 4096] {
        let decoder = try AWSChunkedDecoder(signed(payload).verified, expecting: expectation)
        do {
          let decoded = try decode(decoder, body, piecesOf: size)
          #expect(vector.expect == "accept", "\(vector.name)")
          #expect(
            String(decoding: decoded.content, as: UTF8.self) == vector.fields["content"] ?? "",
            "\(vector.name)")
          #expect(decoded.trailers.map(\.name) == trailers, "\(vector.name)")
        } catch {
          #expect("\(error)" == vector.expect, "\(vector.name) in pieces of \(size)")
        }
      }
    }
  }

  @Test func `after a failure every further byte fails alike`() throws {
    var decoder = try AWSChunkedDecoder(unsigned: .unsignedTrailer, expecting: .init(decodedLength: 1))
    for bytes in [Array("zz\r\n".utf8), Array("1\r\na\r\n0\r\n\r\n".utf8)] {
      #expect(throws: AWSChunkedDecoder.Failure.malformedChunk) {
        var offset = 0
        return try decoder.next(in: bytes.span, from: &offset)
      }
    }
    #expect(throws: AWSChunkedDecoder.Failure.malformedChunk) { try decoder.finish() }
  }
}

@Suite struct `Upload bodies, boto3 as oracle` {
  typealias Oracle = `SigV4, botocore as oracle`

  private func read(_ vector: Oracle.Vector, _ body: [UInt8]) throws -> (
    content: [UInt8], digests: S3BodyChecks.Digests
  ) {
    let request = try SigV4.Request(method: vector.method, target: vector.target, headers: vector.fields)
    var reader = try S3BodyReader(vector.verdict(request).get(), headers: vector.fields)
    var content: [UInt8] = []
    for start in stride(from: 0, to: body.count, by: 1000) {
      let piece = Array(body[start..<min(start + 1000, body.count)])
      var offset = 0
      while let range = try reader.next(in: piece.span, from: &offset) { content += piece[range] }
    }
    return (content, try reader.finish())
  }

  @Test func `what boto3 uploads is read, and no byte of it may change`() throws {
    let vectors = try WireVectors.json("sigv4/bodies.json", as: Oracle.Document.self).vectors
    #expect(vectors.count == 18)
    var random = SeededGenerator(seed: 2)
    for vector in vectors {
      let body = Array(try #require(Data(base64Encoded: vector.body ?? "")))
      let (content, digests) = try read(vector, body)
      #expect(digests.md5.map { Hex.text($0) } == vector.contentMD5, "\(vector.name)")
      if let expected = vector.content {
        #expect(Data(content) == Data(base64Encoded: expected), "\(vector.name)")
      }
      for _ in 0..<8 where !body.isEmpty {
        var changed = body
        let position = Int.random(in: 0..<body.count, using: &random)
        changed[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        if Self.isHarmless(body[position], changed[position]) { continue }
        #expect(throws: AWSError.self, "\(vector.name): byte \(position)") { try read(vector, changed) }
      }
    }
  }

  /// Names of trailers and hexadecimal digits may be written in either case; a trailer's line may end in
  /// white space and a line feed.
  private static func isHarmless(_ old: UInt8, _ new: UInt8) -> Bool {
    old ^ new == 0x20 || (old == 0x0D && new == 0x09)
  }
}
