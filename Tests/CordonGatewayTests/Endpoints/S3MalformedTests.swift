import CordonModel
import CordonStore
import CordonWire
import Foundation
import Testing

@testable import CordonGateway

/// What no honest client sends: each is answered with a refusal, recorded, and crashes nothing.
@Suite struct `S3 malformed requests` {
  @Test(arguments: [
    ("InvalidURI", 400, "GET", "/churn-store/a%00"),
    ("KeyTooLongError", 400, "GET", "/churn-store/" + String(repeating: "k", count: 1_025)),
    ("InvalidBucketName", 400, "GET", "/UPPER/k"), ("InvalidBucketName", 400, "GET", "/a/k"),
    ("InvalidBucketName", 400, "GET", "/with.dots/k"), ("InvalidBucketName", 400, "GET", "/arn:aws:s3:::x/k"),
    ("InvalidBucketName", 400, "GET", "//k"), ("InvalidBucketName", 400, "GET", "/%2e%2e/k"),
    ("MethodNotAllowed", 405, "PATCH", "/churn-store/k"), ("MethodNotAllowed", 405, "POST", "/churn-store/k"),
    ("MethodNotAllowed", 405, "PUT", "/"), ("MethodNotAllowed", 405, "OPTIONS", "/churn-store"),
    ("InvalidArgument", 400, "GET", "/churn-store?max-keys=many"),
    ("InvalidArgument", 400, "GET", "/churn-store?max-keys=-1"),
    ("InvalidArgument", 400, "GET", "/churn-store?max-keys=99999999999999999999"),
    ("InvalidArgument", 400, "GET", "/churn-store?list-type=3"),
    ("InvalidArgument", 400, "GET", "/churn-store?encoding-type=base64"),
    ("InvalidArgument", 400, "GET", "/churn-store?list-type=2&continuation-token=nonsense"),
    ("InvalidArgument", 400, "GET", "/churn-store?list-type=2&continuation-token="),
    ("InvalidArgument", 400, "GET", "/churn-store?versions&version-id-marker=x"),
    ("InvalidArgument", 400, "GET", "/churn-store/k?partNumber=0"),
    ("InvalidArgument", 400, "PUT", "/churn-store/k?partNumber=10001&uploadId=x"),
    ("InvalidArgument", 400, "PUT", "/churn-store/k?partNumber=+1&uploadId=x"),
    ("NoSuchUpload", 404, "PUT", "/churn-store/k?partNumber=1&uploadId=x"),
    ("NoSuchUpload", 404, "GET", "/churn-store/k?uploadId=x"),
    ("MalformedXML", 400, "POST", "/churn-store?delete"),
    ("MalformedXML", 400, "POST", "/churn-store/k?uploadId=x"),
    ("MalformedXML", 400, "PUT", "/churn-store/k?tagging"),
    ("NoSuchVersion", 404, "GET", "/churn-store/k?versionId=nonsense"),
  ])
  func `a request that means nothing is refused`(code: String, status: Int, method: String, target: String)
    async throws
  {
    try await S3Fixture.run { fixture in
      let hasBody = method == "PUT" || method == "POST"
      let answer = try await fixture.send(
        TestCall(method, target, body: hasBody ? Array("<not-xml".utf8) : []))
      #expect(answer.element("Code") == code, "\(answer.text)")
      #expect(answer.status == status)
      let record = try #require(fixture.log.all.first)
      if code == "InvalidBucketName" { #expect(record.route == "s3-foreign-bucket") }
    }
  }

  @Test(arguments: [
    "/churn-store/%zz", "/churn-store/%ff", "/churn-store/%", "/churn-store/k#f", "churn-store",
  ])
  func `a target that cannot be decoded is refused before its signature is looked at`(path: String)
    async throws
  {
    try await S3Fixture.run { fixture in
      let answer = try await fixture.send(TestCall("GET", "/churn-store")) { $0.path = path }
      #expect(answer.element("Code") == "InvalidURI")
      #expect(fixture.log.last?.control == "request rules")
    }
  }

  @Test(arguments: [
    ("AuthorizationHeaderMalformed", "AWS4-HMAC-SHA256 nonsense"), ("InvalidRequest", "AWS AKIA:signature"),
    ("InvalidRequest", "Basic dTpw"), ("InvalidRequest", "Bearer token"), ("InvalidRequest", ""),
    (
      "AuthorizationHeaderMalformed", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=x"
    ),
    (
      "SignatureDoesNotMatch",
      "AWS4-HMAC-SHA256 Credential=KEY/DAY/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=\(String(repeating: "0", count: 64))"
    ),
    (
      "AuthorizationHeaderMalformed",
      "AWS4-HMAC-SHA256 Credential=KEY/DAY/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=\(String(repeating: "0", count: 64))"
    ),
    (
      "InvalidAccessKeyId",
      "AWS4-HMAC-SHA256 Credential=AKIAFOREIGN/DAY/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=\(String(repeating: "0", count: 64))"
    ),
  ])
  func `an authorization that proves nothing is refused`(code: String, authorization: String) async throws {
    try await S3Fixture.run { fixture in
      let key = try fixture.base.session().accessKeyID
      let answer = try await fixture.send(TestCall("GET", "/churn-store/k")) { request in
        let value = authorization.replacing("KEY", with: key).replacing(
          "DAY", with: AWSDate.day(fixture.base.clock.now))
        request.headers = request.headers.map { $0.name == "Authorization" ? ($0.name, value) : $0 }
      }
      #expect(answer.element("Code") == code, "\(answer.text)")
      #expect(fixture.log.last?.outcome == .denied)
      #expect(fixture.log.last?.control == "credential check")
    }
  }

  @Test func `a changed request, a missing or a wrong token, and an old session are refused`() async throws {
    try await S3Fixture.run { fixture in
      let call = TestCall("GET", "/churn-store/k")
      func code(_ alter: (inout GatewayRequest) -> Void) async throws -> String? {
        try await fixture.send(call, alter: alter).element("Code")
      }
      #expect(try await code { $0.path = "/churn-store/other" } == "SignatureDoesNotMatch")
      #expect(try await code { $0.query = "versionId=1" } == "SignatureDoesNotMatch")
      #expect(try await code { $0.method = "DELETE" } == "SignatureDoesNotMatch")
      #expect(try await code { $0.headers.append(("x-amz-acl", "public-read")) } == "AccessDenied")
      #expect(
        try await code { $0.headers.append(("x-amz-security-token", "second")) }
          == "AuthorizationHeaderMalformed")
      let session = try fixture.base.session()
      let tokenless = SigV4.Credentials(accessKeyID: session.accessKeyID, secret: session.secretAccessKey)
      #expect(try await fixture.send(call, by: .keys(tokenless)).element("Code") == "InvalidToken")
      let other = SigV4.Credentials(
        accessKeyID: session.accessKeyID, secret: session.secretAccessKey, sessionToken: "another")
      #expect(try await fixture.send(call, by: .keys(other)).element("Code") == "InvalidToken")
      #expect(try await fixture.send(call, skew: 1_000).element("Code") == "RequestTimeTooSkewed")
      #expect(try await fixture.send(call, skew: -1_000).element("Code") == "RequestTimeTooSkewed")
      #expect(try await fixture.send(call, region: "us-east-1").element("Region") == "eu-west-1")
      let elsewhere = try await fixture.send(call, by: .workspace(2))
      #expect(elsewhere.element("Code") == "AccessDenied" && fixture.log.last?.route == "s3-other-workspace")
      #expect(try await fixture.send(call, by: .project("fraud")).status == 403)
      let old = session.credentials
      fixture.base.clock.move(3_601)
      #expect(try await fixture.send(call, by: .keys(old)).element("Code") == "ExpiredToken")
      #expect(fixture.log.all.allSatisfy { $0.outcome == .denied })
    }
  }

  @Test(arguments: [
    "<Delete><Object><Key>k</Key></Object></Delete", "<!DOCTYPE x [<!ENTITY e 'e'>]><Delete/>",
    "<Delete xmlns='http://s3.amazonaws.com/doc/2006-03-01/'></Delete>",
    "<Delete><Object><Key></Key></Object></Delete>",
    "<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>", "<Delete><Other/></Delete>",
    "<Delete>" + String(repeating: "<Object><Key>k</Key></Object>", count: 1_001) + "</Delete>",
    String(repeating: "<a>", count: 100), "\u{0}", "",
  ])
  func `a list of deletions that is no such list deletes nothing`(body: String) async throws {
    try await S3Fixture.run { fixture in
      try await fixture.put("churn-plain", "k", "x")
      let answer = try await fixture.send(TestCall("POST", "/churn-plain?delete", body: Array(body.utf8)))
      #expect(answer.element("Code") == "MalformedXML", "\(answer.text)")
      #expect(try await fixture.content("churn-plain", "k") == "x")
    }
  }

  /// Mutated requests, signed after the mutation so that they reach what stands behind the signature.
  @Test func `thousands of mutated requests crash nothing and break nothing`() async throws {
    let seeds = [
      "GET /", "GET /churn-store", "GET /churn-store?list-type=2&prefix=a&delimiter=/&max-keys=5",
      "GET /churn-plain?versions",
      "GET /churn-store?uploads", "GET /churn-plain/k", "HEAD /churn-plain/k", "PUT /churn-plain/n",
      "DELETE /churn-plain/n",
      "POST /churn-plain?delete", "POST /churn-plain/m?uploads", "PUT /churn-plain/m?partNumber=1&uploadId=x",
      "POST /churn-plain/m?uploadId=x", "GET /churn-plain/k?tagging", "PUT /churn-plain/k?tagging",
      "GET /churn-plain/k?attributes",
      "PUT /churn-store?policy", "GET /churn-store?location", "PUT /fraud-store/k", "PUT /attackers-bucket/k",
    ]
    let fields = [
      "range", "if-match", "if-none-match", "if-modified-since", "x-amz-copy-source",
      "x-amz-copy-source-range",
      "x-amz-tagging", "content-md5", "x-amz-checksum-crc32", "x-amz-meta-a", "x-amz-object-attributes",
      "content-type",
      "x-amz-metadata-directive", "x-amz-decoded-content-length", "x-amz-trailer", "x-amz-acl",
      "x-amz-checksum-algorithm",
      "x-amz-mp-object-size", "x-amz-expected-bucket-owner",
    ]
    let values = [
      "", "bytes=0-0", "bytes=-1", "*", "\"e\"", "Fri, 24 May 2013 00:00:00 GMT", "churn-plain/k",
      "/churn-plain/k?versionId=",
      "a=b", "1B2M2Y8AsgTpgAmY7PhCfg==", "AAAAAA==", "ETag,ObjectSize", "REPLACE", "18446744073709551616",
      "-1", "0",
      "x-amz-checksum-crc32", "CRC32", "ü", String(repeating: "v", count: 3_000), "999999999999",
      "fraud-store/x",
    ]
    let bodies = [
      "", "hello", "<Delete><Object><Key>k2</Key></Object></Delete>", "<Tagging><TagSet/></Tagging>",
      "5;chunk-signature=0\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n",
      "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>e</ETag></Part></CompleteMultipartUpload>",
    ]
    let modes: [SigV4.Payload?] = [nil, .unsigned, .unsignedTrailer, .signedChunks, .signedChunksTrailer]
    try await S3Fixture.run { fixture in
      var random = SeededGenerator(seed: 20_260_101)
      try await fixture.put("churn-plain", "k", "content")
      for _ in 0..<4_000 {
        let seed = seeds.randomElement(using: &random)?.split(separator: " ") ?? []
        var target = Array(seed[1].utf8)
        for _ in 0..<Int.random(in: 0...2, using: &random) {
          let at = Int.random(in: 1...max(1, target.count), using: &random)
          let bytes: [UInt8] = [
            UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: "&"), UInt8(ascii: "="), UInt8(ascii: "/"),
            0x30,
          ]
          target.insert(bytes.randomElement(using: &random) ?? 0x30, at: min(at, target.count))
        }
        var headers: [HeaderField] = []
        for _ in 0..<Int.random(in: 0...3, using: &random) {
          headers.append(
            HeaderField(
              fields.randomElement(using: &random) ?? "", values.randomElement(using: &random) ?? ""))
        }
        let call = TestCall(
          String(seed[0]), String(decoding: target, as: UTF8.self), headers: headers,
          body: Array((bodies.randomElement(using: &random) ?? "").utf8))
        let answer: TestAnswer
        do {
          answer = try await fixture.send(
            call, payload: modes.randomElement(using: &random) ?? nil, pieces: 7)
        } catch is SigV4.Refusal {
          continue
        }
        #expect(
          (200...499).contains(answer.status) || answer.status == 501,
          "\(call) \(answer.status) \(answer.text)")
      }
      #expect(try await fixture.content("attackers-bucket", "k") == nil)
      #expect(try await fixture.content("fraud-store", "k") == nil)
    }
  }
}
