import CordonModel
import CordonStore
import CordonWire
import Crypto
import Foundation
import NIOCore
import Testing

@testable import CordonGateway

/// Builds the bodies of uploads as clients do, truthful or not.
private struct Upload {
  var target = "/churn-store/k"
  var mode: SigV4.Payload
  var content: [UInt8]
  /// What is sent instead of the true value, by the name of what it replaces.
  var lies: [String: String] = [:]
  var headers: [HeaderField] = []
  var chunk = 8_192

  private var checksum: String { lies["checksum"] ?? S3Checksum.crc32.value(of: content).base64 }

  /// Signs and sends it.
  func send(to fixture: S3Fixture) async throws -> TestAnswer {
    let session = try fixture.base.session()
    let moment = fixture.base.clock.now
    var plain = try SigV4.Request(
      method: "PUT", target: target, headers: [HeaderField("host", "s3.eu-west-1.amazonaws.com")] + headers)
    if mode.isStreaming {
      plain.headers.append(
        HeaderField("x-amz-decoded-content-length", lies["length"] ?? String(content.count)))
      plain.headers.append(HeaderField("content-encoding", "aws-chunked"))
      if mode != .signedChunks { plain.headers.append(HeaderField("x-amz-trailer", "x-amz-checksum-crc32")) }
    } else {
      plain.headers.append(HeaderField("content-length", lies["length"] ?? String(content.count)))
    }
    let signer = SigV4.Signer(session.credentials, service: "s3", region: EndpointFixture.region)
    let signed = try signer.sign(plain, payload: mode, at: moment)
    var chunkSigner = signed.chunkSigner
    let body = body(&chunkSigner)
    let request = GatewayRequest(
      method: "PUT", path: target, headers: signed.request.headers.map { ($0.name, $0.value) },
      source: try fixture.base.source(.s3), isSecure: true, requestID: RequestID.random())
    let call = TestCall("PUT", target, body: body)
    return try await TestAnswer(try await fixture.responder.respond(to: request, body: call.pulled(by: 777)))
  }

  private func body(_ signer: inout SigV4.ChunkSigner) -> [UInt8] {
    guard mode.isStreaming else { return content }
    var body: [UInt8] = []
    let isSigned = mode != .unsignedTrailer
    var rest = content[...]
    while true {
      let piece = Array(rest.prefix(chunk))
      rest = rest.dropFirst(chunk)
      let signature = isSigned ? ";chunk-signature=\(lies["signature"] ?? signer.sign(chunk: piece))" : ""
      body += "\(String(piece.count, radix: 16))\(signature)\r\n".utf8
      if piece.isEmpty { break }
      body +=
        (lies["bytes"].map { Array($0.utf8).prefix(piece.count) } ?? [])
        + piece.dropFirst((lies["bytes"] ?? "").utf8.count)
      body += "\r\n".utf8
    }
    if mode != .signedChunks, lies["trailer"] != "none" {
      let trailer = "x-amz-checksum-crc32:\(checksum)\n"
      body += "x-amz-checksum-crc32:\(checksum)\r\n".utf8
      if isSigned {
        body +=
          "x-amz-trailer-signature:\(lies["trailer"] ?? signer.sign(trailer: Array(trailer.utf8)))\r\n".utf8
      }
    }
    body += "\r\n".utf8
    return lies["end"] == "cut" ? Array(body.dropLast(body.count / 2)) : body
  }
}

private let zeros = String(repeating: "0", count: 64)

@Suite struct `S3 bodies` {
  private static func mode(_ name: String, _ content: [UInt8]) throws -> SigV4.Payload {
    name == "sha256" ? .sha256(Array(SHA256.hash(data: content))) : try #require(SigV4.Payload(name))
  }

  private static let modes = [
    "sha256", "UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
  ]

  @Test(arguments: modes, [0, 1, 8_192, 100_000])
  func `each mode stores what was sent`(mode: String, size: Int) async throws {
    try await S3Fixture.run { fixture in
      let content = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
      let answer = try await Upload(mode: try Self.mode(mode, content), content: content).send(to: fixture)
      #expect(answer.status == 200, "\(answer.text)")
      let reader = try await fixture.store.get(BucketName("churn-store"), ObjectKey("k"))
      #expect(try await reader.collect() == content)
      #expect(reader.info.metadata.contentEncoding == nil)
    }
  }

  @Test(arguments: [
    ("XAmzContentSHA256Mismatch", "sha256", ["content": "other"]),
    ("IncompleteBody", "UNSIGNED-PAYLOAD", ["length": "20001"]),
    ("IncompleteBody", "UNSIGNED-PAYLOAD", ["length": "19999"]),
    ("InvalidArgument", "UNSIGNED-PAYLOAD", ["length": "many"]),
    ("EntityTooLarge", "UNSIGNED-PAYLOAD", ["length": "5368709121"]),
    ("BadDigest", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ["checksum": "AAAAAA=="]),
    ("InvalidRequest", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ["checksum": "AAAA"]),
    ("MalformedTrailerError", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ["trailer": "none"]),
    ("BadDigest", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ["bytes": "tampered"]),
    ("IncompleteBody", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ["end": "cut"]),
    ("IncompleteBody", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ["length": "20001"]),
    ("IncompleteBody", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ["length": "10"]),
    ("SignatureDoesNotMatch", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", ["bytes": "tampered"]),
    ("SignatureDoesNotMatch", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", ["signature": zeros]),
    ("IncompleteBody", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", ["signature": "short"]),
    ("IncompleteBody", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", ["end": "cut"]),
    ("SignatureDoesNotMatch", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", ["bytes": "tampered"]),
    ("SignatureDoesNotMatch", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", ["trailer": zeros]),
    ("BadDigest", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", ["checksum": "AAAAAA=="]),
    ("MalformedTrailerError", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", ["trailer": "none"]),
  ])
  func `a body that is not what its request says is refused, and nothing of it is left`(
    code: String, mode: String, lies: [String: String]
  ) async throws {
    try await S3Fixture.run { fixture in
      let content = (0..<20_000).map { UInt8(truncatingIfNeeded: $0) }
      let signed = lies["content"] == nil ? content : Array("other".utf8)
      let upload = Upload(mode: try Self.mode(mode, signed), content: content, lies: lies)
      let answer = try await upload.send(to: fixture)
      #expect(answer.element("Code") == code, "\(answer.text)")
      #expect((400...499).contains(answer.status))
      #expect(try await fixture.content("churn-store", "k") == nil)
      #expect(fixture.fileCount == 0)
    }
  }

  @Test(arguments: [
    ("BadDigest", "content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="), ("InvalidDigest", "content-md5", "nonsense"),
    ("BadDigest", "x-amz-checksum-crc32", "AAAAAA=="),
    ("BadDigest", "x-amz-checksum-crc64nvme", "AAAAAAAAAAA="),
    ("BadDigest", "x-amz-checksum-sha1", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    ("InvalidRequest", "x-amz-checksum-crc32c", "AA"),
    ("InvalidRequest", "x-amz-sdk-checksum-algorithm", "CRC32"),
    ("InvalidRequest", "x-amz-trailer", "x-evil"),
    ("NotImplemented", "x-amz-server-side-encryption", "aws:kms"),
    ("NotImplemented", "x-amz-server-side-encryption-customer-algorithm", "AES256"),
    ("InvalidStorageClass", "x-amz-storage-class", "GLACIER"),
    ("AccessDenied", "x-amz-acl", "public-read"), ("AccessDenied", "x-amz-grant-read", "id=1"),
    ("AccessDenied", "x-amz-object-lock-mode", "GOVERNANCE"),
    ("NotImplemented", "x-amz-website-redirect-location", "/evil"),
    ("MetadataTooLarge", "x-amz-meta-long", String(repeating: "m", count: 2_045)),
    ("BadRequest", "x-amz-tagging", (0...10).map { "k\($0)=v" }.joined(separator: "&")),
    ("InvalidTag", "x-amz-tagging", "k=v&k=w"), ("NotImplemented", "if-none-match", "\"etag\""),
  ])
  func `header fields that are wrong or promise what nobody does are refused`(
    code: String, name: String, value: String
  ) async throws {
    try await S3Fixture.run { fixture in
      let content = Array("hello".utf8)
      let upload = Upload(
        mode: try Self.mode("sha256", content), content: content, headers: [HeaderField(name, value)])
      let answer = try await upload.send(to: fixture)
      #expect(answer.element("Code") == code, "\(answer.text)")
      #expect(try await fixture.content("churn-store", "k") == nil)
      #expect(fixture.fileCount == 0)
    }
  }

  @Test func `an upload without a length is refused`() async throws {
    try await S3Fixture.run { fixture in
      let answer = try await fixture.send(TestCall("PUT", "/churn-store/k"))
      #expect(answer.status == 411 && answer.element("Code") == "MissingContentLength")
    }
  }

  @Test(arguments: ["/churn-store/k", "/churn-store/k?partNumber=1&uploadId=UPLOAD"])
  func `a client that vanishes leaves nothing`(target: String) async throws {
    struct Gone: Error {}
    try await S3Fixture.run { fixture in
      let begun = try await fixture.send(TestCall("POST", "/churn-store/k?uploads"))
      let call = TestCall(
        "PUT", target.replacing("UPLOAD", with: begun.element("UploadId") ?? ""),
        headers: [HeaderField("content-length", "3000000")])
      let request = try call.request(
        signedBy: try fixture.base.session().credentials, at: fixture.base.clock.now,
        from: fixture.base.source(.s3),
        payload: .unsigned)
      var sent = 0
      let body = RequestBody {
        sent += 1
        guard sent < 20 else { throw Gone() }
        return ByteBuffer(repeating: 1, count: 100_000)
      }
      await #expect(throws: Gone.self) { _ = try await fixture.responder.respond(to: request, body: body) }
      #expect(try await fixture.content("churn-store", "k") == nil)
      #expect(fixture.fileCount == 0)
    }
  }

  @Test func `only as much is pulled as is stored, and nothing for a request that is refused`() async throws {
    try await S3Fixture.run { fixture in
      var pulled = 0
      for target in ["/attackers-bucket/k", "/fraud-store/k", "/churn-store?policy"] {
        let call = TestCall("PUT", target, headers: [HeaderField("content-length", "100000")])
        let request = try call.request(
          signedBy: try fixture.base.session().credentials, at: fixture.base.clock.now,
          from: fixture.base.source(.s3), payload: .unsigned)
        let body = RequestBody {
          pulled += 1
          return ByteBuffer(repeating: 1, count: 1_000)
        }
        let answer = try await TestAnswer(try await fixture.responder.respond(to: request, body: body))
        #expect(answer.status == 403)
      }
      #expect(pulled == 0)
    }
  }
}
