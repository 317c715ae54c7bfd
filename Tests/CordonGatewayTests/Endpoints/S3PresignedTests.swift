import CordonModel
import CordonStore
import CordonWire
import Foundation
import Testing

@testable import CordonGateway

@Suite struct `S3 presigned links` {
  /// Sends a link that a workspace's session signed; each argument is what differs from an honest client.
  private func send(
    _ fixture: S3Fixture, _ method: String, _ target: String, body: [UInt8] = [], workspace: Int = 1,
    expires: Int = 60, later: Double = 0, headers: [HeaderField] = [], alter: (String) -> String = { $0 }
  ) async throws -> TestAnswer {
    let host = HeaderField("host", "s3.eu-west-1.amazonaws.com")
    let session = try fixture.base.session(workspace: workspace)
    let signer = SigV4.Signer(session.credentials, service: "s3", region: EndpointFixture.region)
    let link = try signer.presign(
      SigV4.Request(method: method, target: target, headers: [host]), expires: expires,
      at: fixture.base.clock.now)
    fixture.base.clock.move(later)
    let parts = alter(link).split(separator: "?", maxSplits: 1).map(String.init)
    let length = method == "PUT" ? [HeaderField("content-length", String(body.count))] : []
    let request = GatewayRequest(
      method: method, path: parts[0], query: parts[1],
      headers: ([host] + headers + length).map { ($0.name, $0.value) }, source: try fixture.base.source(.s3),
      isSecure: true, requestID: RequestID.random())
    let call = TestCall(method, target, body: body)
    return try await TestAnswer(try await fixture.responder.respond(to: request, body: call.pulled()))
  }

  @Test(arguments: [
    (200, "", 0.0), (200, "", 59), (403, "AccessDenied", 61), (403, "AccessDenied", -1_000),
  ])
  func `a link works as long as it says`(status: Int, code: String, later: Double) async throws {
    try await S3Fixture.run { fixture in
      try await fixture.put("churn-store", "k", "content")
      let answer = try await send(fixture, "GET", "/churn-store/k", later: later)
      #expect(answer.status == status, "\(answer.text)")
      #expect(status == 200 ? answer.text == "content" : answer.element("Code") == code)
      #expect(fixture.log.last?.route == (status == 200 ? "s3-presigned" : "s3-invalid-credentials"))
    }
  }

  @Test(arguments: [
    ("SignatureDoesNotMatch", "/churn-store/k", "/churn-store/l"),
    ("SignatureDoesNotMatch", "Expires=60", "Expires=600"),
    ("SignatureDoesNotMatch", "X-Amz-Algorithm", "versionId=1&X-Amz-Algorithm"),
    ("AuthorizationQueryParametersError", "Expires=60", "Expires=9999999"),
    ("AuthorizationQueryParametersError", "&X-Amz-Expires=60", ""),
    ("InvalidRequest", "AWS4-HMAC-SHA256", "AWS4-ECDSA"),
    ("InvalidToken", "X-Amz-Security-Token", "X-Amz-Other-Token"),
  ])
  func `a changed link works no more`(code: String, old: String, new: String) async throws {
    try await S3Fixture.run { fixture in
      try await fixture.put("churn-store", "k", "content")
      let answer = try await send(fixture, "GET", "/churn-store/k") { $0.replacing(old, with: new) }
      // A token under another name changes what is signed before it is missed.
      let expected = code == "InvalidToken" ? "SignatureDoesNotMatch" : code
      #expect(answer.element("Code") == expected, "\(answer.text)")
      #expect(fixture.log.last?.outcome == .denied)
    }
  }

  @Test(arguments: [
    "x-amz-meta-%C3%A9=v", "x-amz-meta-a=b%0D%0Ax%3A%20y", "x-amz-meta-a=%00", "x-amz-meta-b%20c=v",
  ])
  func `a signed parameter that no header field can hold is refused, and nothing is stored`(parameter: String)
    async throws
  {
    try await S3Fixture.run { fixture in
      let answer = try await send(fixture, "PUT", "/churn-store/m?\(parameter)", body: [1])
      #expect(answer.status == 400, "\(answer.text)")
      #expect(answer.element("Code") == "InvalidArgument", "\(answer.text)")
      #expect(try await fixture.content("churn-store", "m") == nil)
    }
  }

  @Test func `a link of another workspace, or beside a second signature, is refused`() async throws {
    try await S3Fixture.run { fixture in
      try await fixture.put("churn-store", "k", "content")
      #expect(try await send(fixture, "GET", "/churn-store/k", workspace: 2).status == 403)
      #expect(fixture.log.last?.route == "s3-other-workspace")
      let two = try await send(
        fixture, "GET", "/churn-store/k", headers: [HeaderField("authorization", "AWS4-HMAC-SHA256 x")])
      #expect(two.element("Code") == "InvalidArgument")
    }
  }

  @Test func `fields that an SDK moved into the link count as if they were headers`() async throws {
    try await S3Fixture.run { fixture in
      let body = Array("hello".utf8)
      let put = try await send(
        fixture, "PUT", "/churn-store/k?x-amz-meta-who=me&x-amz-tagging=a%3Db", body: body)
      #expect(put.status == 200, "\(put.text)")
      let info = try await fixture.store.head(BucketName("churn-store"), ObjectKey("k"))
      #expect(info.metadata.user == ["who": "me"])
      #expect(info.metadata.tags == ["a": "b"])
      let published = try await send(fixture, "PUT", "/churn-store/l?x-amz-acl=public-read", body: body)
      #expect(
        published.element("Code") == "AccessDenied"
          && fixture.log.last?.details["action"] == "s3:PutObjectAcl")
      let wrong = try await send(
        fixture, "PUT", "/churn-store/l?x-amz-checksum-crc32=AAAAAA%3D%3D", body: body)
      #expect(wrong.element("Code") == "BadDigest")
      try await fixture.put("fraud-data", "x", "secret")
      let copy = try await send(fixture, "PUT", "/churn-store/l?x-amz-copy-source=fraud-data/x")
      #expect(copy.element("Code") == "AccessDenied" && fixture.log.last?.route == "s3-other-project")
      #expect(try await fixture.content("churn-store", "l") == nil)
    }
  }

  @Test func `a link may say what an object's fields shall be, an unsigned call may not`() async throws {
    try await S3Fixture.run { fixture in
      try await fixture.put("churn-store", "k", "content")
      let target = "/churn-store/k?response-content-type=text/x&response-cache-control=no-store"
      let answer = try await send(fixture, "GET", target)
      #expect(answer.header("content-type") == "text/x" && answer.header("cache-control") == "no-store")
      let split = try await send(fixture, "GET", "/churn-store/k?response-content-type=a%0D%0Ax-evil%3A1")
      #expect(split.element("Code") == "InvalidArgument")
      #expect(try await fixture.send(TestCall("GET", target), by: .nobody).element("Code") == "AccessDenied")
    }
  }
}

@Suite struct `Large documents` {
  @Test func `a workspace has a few at a time, and another workspace its own`() throws {
    let fixture = try EndpointFixture()
    let allowance = DocumentAllowance(limit: 2)
    let (own, other) = (try fixture.source(.s3), try fixture.source(.s3, workspace: 2))
    let first = try allowance.lease(own, length: 1 << 20)
    _ = try allowance.lease(own, length: .max)
    #expect(throws: S3Fault.slowDown) { _ = try allowance.lease(own, length: 1 << 20) }
    _ = try allowance.lease(own, length: 1_000)
    _ = try allowance.lease(other, length: 1 << 20)
    first.end()
    _ = try allowance.lease(own, length: 1 << 20)
  }
}
