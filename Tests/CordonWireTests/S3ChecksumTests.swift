import CordonWire
import Testing

@Suite struct `S3 checksums` {
  /// The check values of the CRC catalogue, and of RFC 3174 and FIPS 180.
  @Test(arguments: [
    (S3Checksum.crc32, "cbf43926"), (.crc32c, "e3069283"), (.crc64nvme, "ae8b14860a799888"),
    (.sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
    (.sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
  ])
  func `the check value of 123456789 is right`(algorithm: S3Checksum, expected: String) {
    #expect(Hex.text(algorithm.value(of: Array("123456789".utf8)).bytes) == expected)
  }

  @Test(arguments: S3Checksum.allCases)
  func `bytes may come in any pieces`(algorithm: S3Checksum) {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for size in [1, 7, 8, 9, 63, 64, 999] {
      var hasher = S3Checksum.Hasher(algorithm)
      for start in stride(from: 0, to: bytes.count, by: size) {
        hasher.update(bytes[start..<min(start + size, bytes.count)].span)
      }
      #expect(hasher.finalize() == algorithm.value(of: bytes), "pieces of \(size)")
    }
  }

  @Test(arguments: [S3Checksum.crc32, .crc32c, .crc64nvme])
  func `eight bytes at once are the same as one after the other`(algorithm: S3Checksum) {
    var random = SeededGenerator(seed: 3)
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(algorithm.value(of: bytes).bytes == Self.bitwise(algorithm, bytes), "\(count) bytes")
    }
  }

  /// The definition, bit by bit.
  private static func bitwise(_ algorithm: S3Checksum, _ bytes: [UInt8]) -> [UInt8] {
    let polynomials: [S3Checksum: UInt64] = [
      .crc32: 0xEDB8_8320, .crc32c: 0x82F6_3B78, .crc64nvme: 0x9A6C_9329_AC4B_C9B5,
    ]
    let mask = UInt64.max >> UInt64(64 - algorithm.byteCount * 8)
    var state = mask
    for byte in bytes {
      state ^= UInt64(byte)
      for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ (polynomials[algorithm] ?? 0) : state >> 1 }
    }
    let number = state ^ mask
    return (0..<algorithm.byteCount).reversed().map { UInt8(truncatingIfNeeded: number >> UInt64($0 * 8)) }
  }

  @Test(arguments: [S3Checksum.crc32, .crc32c, .crc64nvme])
  func `parts are joined without reading them again`(algorithm: S3Checksum) {
    var random = SeededGenerator(seed: 4)
    for sizes in [[], [0], [5], [1, 2, 3], [0, 10, 0], [5000, 1, 77]] {
      let parts = sizes.map { count in (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
      let joined = algorithm.joined(parts.map { (algorithm.value(of: $0), UInt64($0.count)) })
      #expect(joined == algorithm.value(of: Array(parts.joined())), "\(sizes)")
    }
  }

  @Test func `parts of other kinds cannot be joined`() {
    let value = S3Checksum.sha256.value(of: [1])
    #expect(S3Checksum.sha256.joined([(value, 1)]) == nil)
    #expect(S3Checksum.crc32.joined([(value, 1)]) == nil)
    #expect(S3Checksum.crc32.composite(of: [value]) == nil)
    #expect(S3Checksum.crc32.composite(of: []) == nil)
  }

  @Test func `a composite is the checksum of the checksums and their number`() throws {
    let parts = [S3Checksum.crc32.value(of: [1, 2]), S3Checksum.crc32.value(of: [3])]
    let expected = S3Checksum.crc32.value(of: parts.flatMap(\.bytes)).base64
    #expect(S3Checksum.crc32.composite(of: parts) == "\(expected)-2")
  }

  @Test func `names and base64 are read strictly`() {
    #expect(S3Checksum(headerName: "x-amz-checksum-crc64nvme") == .crc64nvme)
    #expect(S3Checksum(headerName: "X-Amz-Checksum-CRC32") == nil)
    #expect(S3Checksum.Value(.crc32, base64: "y/Q5Jg==")?.bytes == [0xCB, 0xF4, 0x39, 0x26])
    for text in ["", "y/Q5Jg", "y/Q5Jg==\n", "y/Q5J", "y/Q5Jh==", "y/Q5JgA=", "!!!!"] {
      #expect(S3Checksum.Value(.crc32, base64: text) == nil, "\(text)")
    }
  }
}

@Suite struct `What a client says about a body` {
  private let body = Array("hello".utf8)

  private func check(_ headers: [HeaderField], trailers: [HeaderField] = []) throws(AWSError)
    -> S3BodyChecks.Digests
  {
    var checks = try S3BodyChecks(headers: headers)
    checks.update(body.span)
    return try checks.finish(trailers: trailers)
  }

  @Test func `nothing said: MD5 for the ETag and S3's default checksum are computed`() throws {
    let digests = try check([])
    #expect(digests.md5.map { Hex.text($0) } == "5d41402abc4b2a76b9719d911017c592")
    #expect(digests.checksum == S3Checksum.crc64nvme.value(of: body))
  }

  @Test func `what is said truly is accepted`() throws {
    let md5 = HeaderField("Content-MD5", "XUFAKrxLKna5cZ2REBfFkg==")
    let checksum = S3Checksum.sha1.value(of: body)
    let header = HeaderField("X-Amz-Checksum-Sha1", checksum.base64)
    #expect(try check([md5, header]).checksum == checksum)
    let trailer = [HeaderField("x-amz-checksum-sha1", checksum.base64)]
    let declared = [
      HeaderField("x-amz-trailer", "x-amz-checksum-sha1"),
      HeaderField("x-amz-sdk-checksum-algorithm", "sha1"),
    ]
    #expect(try check(declared, trailers: trailer).checksum == checksum)
  }

  @Test(arguments: [
    ("BadDigest", [HeaderField("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==")]),
    ("InvalidDigest", [HeaderField("content-md5", "AAAA")]),
    ("InvalidDigest", [HeaderField("content-md5", "")]),
    ("InvalidDigest", Array(repeating: HeaderField("content-md5", "XUFAKrxLKna5cZ2REBfFkg=="), count: 2)),
    ("BadDigest", [HeaderField("x-amz-checksum-crc32", "AAAAAA==")]),
    ("InvalidRequest", [HeaderField("x-amz-checksum-crc32", "AAAA")]),
    (
      "InvalidRequest",
      [HeaderField("x-amz-checksum-crc32", "NhCmhg=="), HeaderField("x-amz-checksum-crc32c", "mnG7TA==")]
    ),
    (
      "InvalidRequest",
      [HeaderField("x-amz-checksum-crc32", "NhCmhg=="), HeaderField("x-amz-trailer", "x-amz-checksum-crc32")]
    ),
    ("InvalidRequest", [HeaderField("x-amz-trailer", "x-amz-checksum-crc32")]),
    ("InvalidRequest", [HeaderField("x-amz-trailer", "x-amz-checksum-crc32,x-amz-checksum-sha1")]),
    ("InvalidRequest", [HeaderField("x-amz-trailer", "x-amz-meta-late")]),
    ("InvalidRequest", [HeaderField("x-amz-sdk-checksum-algorithm", "CRC32")]),
    ("InvalidRequest", [HeaderField("x-amz-sdk-checksum-algorithm", "MD4")]),
    (
      "InvalidRequest",
      [HeaderField("x-amz-checksum-crc32", "NhCmhg=="), HeaderField("x-amz-sdk-checksum-algorithm", "SHA1")]
    ),
  ])
  func `what is said wrongly is refused`(code: String, headers: [HeaderField]) {
    let error = #expect(throws: AWSError.self) { try check(headers) }
    #expect(error?.code == code)
  }

  @Test func `a trailer that is wrong or malformed is refused`() {
    let declared = [HeaderField("x-amz-trailer", "x-amz-checksum-crc32")]
    for (code, text) in [("BadDigest", "AAAAAA=="), ("InvalidRequest", "AAAA")] {
      let error = #expect(throws: AWSError.self) {
        try check(declared, trailers: [HeaderField("x-amz-checksum-crc32", text)])
      }
      #expect(error?.code == code)
    }
  }

  @Test(arguments: [
    ("MissingContentLength", [HeaderField("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")]),
    (
      "InvalidRequest",
      [
        HeaderField("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
        HeaderField("x-amz-decoded-content-length", "1"),
      ]
    ),
    ("InvalidArgument", [HeaderField("content-length", "-1")]),
    ("InvalidArgument", [HeaderField("content-length", "1"), HeaderField("content-length", "2")]),
    ("InvalidArgument", [HeaderField("content-length", "99999999999999999999")]),
    ("InvalidArgument", [HeaderField("x-amz-content-sha256", "none")]),
    ("MalformedTrailerError", [HeaderField("x-amz-trailer", "x-amz-checksum-crc32")]),
  ])
  func `headers that contradict each other are refused before the body comes`(
    code: String, headers: [HeaderField]
  ) {
    let error = #expect(throws: AWSError.self) { try S3BodyReader(anonymous: headers) }
    #expect(error?.code == code)
  }

  @Test(arguments: [
    (nil, []), (nil, ["aws-chunked"]), ("gzip", ["gzip"]), ("gzip", ["aws-chunked, gzip"]),
    ("gzip", ["gzip ,AWS-Chunked"]),
    ("br,gzip", ["br", "aws-chunked", "gzip"]),
  ])
  func `the encoding of the way is not kept with the object`(expected: String?, values: [String]) {
    #expect(S3BodyReader.contentEncoding(values.map { HeaderField("Content-Encoding", $0) }) == expected)
  }
}
