import CordonModel
import CordonWire
import Testing

@testable import CordonGateway

/// Fields after a chunked body: nobody here reads them and proxies disagree on them, so every call refuses them, says
/// so and records it.
@Suite(.serialized) struct `S3 bodies with trailers` {
  @Test(arguments: [
    ("POST", "/churn-store?delete", "<Delete><Object><Key>k</Key></Object></Delete>"),
    ("PUT", "/churn-store/k?tagging", "<Tagging><TagSet></TagSet></Tagging>"),
    ("POST", "/churn-store/k?uploadId=UPLOAD", "<CompleteMultipartUpload></CompleteMultipartUpload>"),
    ("PUT", "/churn-store/k", "hello"),
    ("PUT", "/churn-store/k?partNumber=1&uploadId=UPLOAD", "hello"),
  ])
  func `a chunked body with trailers is refused and recorded`(method: String, target: String, body: String)
    async throws
  {
    try await S3Fixture.run { fixture in
      try await fixture.put("churn-store", "k", "kept")
      let begun = try await fixture.send(TestCall("POST", "/churn-store/k?uploads"))
      let files = fixture.fileCount
      fixture.log.clear()
      let answer = try await S3Sockets.run(fixture) { sockets in
        let target = target.replacing("UPLOAD", with: begun.element("UploadId") ?? "")
        // Uploads whose length is not known are refused before their body is read; a length beside chunks is one that
        // only the chunks' content has.
        let call = TestCall(
          method, target,
          headers: [
            HeaderField("transfer-encoding", "chunked"), HeaderField("content-encoding", "aws-chunked"),
          ])
        let client = try await sockets.connect()
        let chunks =
          "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\nx-amz-meta-smuggled: yes\r\n\r\n"
        try await client.send(try sockets.text(of: call, ending: chunks))
        return await client.readToEnd()
      }
      let isUpload = body == "hello"
      #expect(answer.hasPrefix(isUpload ? "HTTP/1.1 411 " : "HTTP/1.1 400 "), "\(answer)")
      #expect(isUpload || answer.contains("length-ambiguous"), "\(answer)")
      let last = try #require(fixture.log.last)
      #expect(isUpload || last.outcome == .denied && last.errorCode == "length-ambiguous")
      #expect(try await fixture.content("churn-store", "k") == "kept")
      #expect(fixture.fileCount == files)
    }
  }

  @Test(arguments: ["/churn-store/k", "/churn-store/k?partNumber=1&uploadId=UPLOAD"])
  func `an upload in signed chunks inside HTTP chunks has no trailers of HTTP either`(target: String)
    async throws
  {
    try await S3Fixture.run { fixture in
      let begun = try await fixture.send(TestCall("POST", "/churn-store/k?uploads"))
      let target = target.replacing("UPLOAD", with: begun.element("UploadId") ?? "")
      fixture.log.clear()
      let answer = try await S3Sockets.run(fixture) { sockets in
        let (head, body) = try Self.chunkedUpload(target, sockets)
        let client = try await sockets.connect()
        try await client.send(
          head + "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\nx-late: yes\r\n\r\n")
        return await client.readToEnd()
      }
      #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("length-ambiguous"), "\(answer)")
      #expect(fixture.log.all.map(\.errorCode) == [nil, "length-ambiguous"])
      #expect(try await fixture.content("churn-store", "k") == nil)
      #expect(fixture.fileCount == 0)
    }
  }

  /// The head and the content of an upload whose decoded length is known and whose own length is not.
  private static func chunkedUpload(_ target: String, _ sockets: S3Sockets) throws -> (String, String) {
    let plain = try SigV4.Request(
      method: "PUT", target: target,
      headers: [
        HeaderField("host", S3Sockets.host), HeaderField("transfer-encoding", "chunked"),
        HeaderField("content-encoding", "aws-chunked"), HeaderField("x-amz-decoded-content-length", "5"),
      ])
    let session = try sockets.fixture.base.session()
    let signer = SigV4.Signer(session.credentials, service: "s3", region: EndpointFixture.region)
    let signed = try signer.sign(plain, payload: .signedChunks, at: sockets.fixture.base.clock.now)
    var chunks = signed.chunkSigner
    let hello = chunks.sign(chunk: Array("hello".utf8))
    let end = chunks.sign(chunk: [])
    let fields = signed.request.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
    return (
      "PUT \(target) HTTP/1.1\r\n\(fields)\r\n",
      "5;chunk-signature=\(hello)\r\nhello\r\n0;chunk-signature=\(end)\r\n\r\n"
    )
  }
}
