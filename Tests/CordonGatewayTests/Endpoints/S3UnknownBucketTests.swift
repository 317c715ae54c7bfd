import CordonModel
import CordonWire
import Testing

@testable import CordonGateway

/// A workspace cannot find out which buckets other projects have.
@Suite struct `S3 buckets of others` {
  private struct Seen: Equatable, CustomStringConvertible {
    var status: Int
    var headers: [String]
    var text: String
    var description: String { "\(status) \(headers) \(text)" }
  }

  private func call(_ call: S3Call, on bucket: String) -> TestCall {
    var target = "/\(bucket)" + (call.scope == .object ? "/key" : "")
    let query = call.markers.map {
      $0 == "partNumber" ? "partNumber=1" : $0 == "uploadId" ? "uploadId=1" : $0
    }
    if !query.isEmpty { target += "?" + query.joined(separator: "&") }
    var headers: [HeaderField] = []
    // A copy reads a bucket of others as well; here the source is the one in question.
    if call.copies { headers.append(HeaderField("x-amz-copy-source", "\(bucket)/key")) }
    let body =
      switch call.name {
      case "DeleteObjects": "<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>"
      case "PutObjectTagging": "<Tagging><TagSet></TagSet></Tagging>"
      default: call.method == "PUT" || call.method == "POST" ? "body" : ""
      }
    return TestCall(call.method, target, headers: headers, body: Array(body.utf8))
  }

  private func seen(_ answer: TestAnswer, _ bucket: String) -> Seen {
    let ids = [answer.header("x-amz-request-id") ?? "?", answer.header("x-amz-id-2") ?? "?"]
    func same(_ text: String) -> String {
      ids.reduce(text.replacing(bucket, with: "BUCKET")) { $0.replacing($1, with: "ID") }
    }
    return Seen(
      status: answer.status, headers: answer.headers.map { "\($0.name): \(same($0.value))" }.sorted(),
      text: same(answer.text))
  }

  @Test func `another project's bucket, a foreign one and none at all are one answer to every call`()
    async throws
  {
    try await S3Fixture.run { fixture in
      try await fixture.put("fraud-store", "key", "secret")
      for call in S3Call.all where call.scope != .service {
        var answers: [Seen] = []
        for bucket in ["fraud-store", "fraud-data", "attackers-bucket", "nobody-has-this"] {
          fixture.log.clear()
          let answer = try await fixture.send(self.call(call, on: bucket))
          #expect(answer.status == 403 || call.name == "DeleteObjects", "\(call.name): \(answer.text)")
          #expect(fixture.log.all.contains { $0.outcome == .denied })
          answers.append(seen(answer, bucket))
        }
        for answer in answers { #expect(answer == answers[0], "\(call.name)") }
      }
    }
  }

  @Test func `the source of a copy is told apart no better`() async throws {
    try await S3Fixture.run { fixture in
      try await fixture.put("fraud-store", "key", "secret")
      for target in ["/churn-store/copy", "/churn-store/copy?partNumber=1&uploadId=1"] {
        var answers: [Seen] = []
        for bucket in ["fraud-store", "attackers-bucket", "nobody-has-this"] {
          let answer = try await fixture.send(
            TestCall("PUT", target, headers: [HeaderField("x-amz-copy-source", "\(bucket)/key")]))
          #expect(answer.status == 403)
          answers.append(seen(answer, bucket))
        }
        for answer in answers { #expect(answer == answers[0]) }
      }
    }
  }

  @Test func `the ledger has what the answer withholds`() async throws {
    try await S3Fixture.run { fixture in
      var controls: [String?] = []
      for bucket in ["fraud-store", "nobody-has-this"] {
        _ = try await fixture.send(TestCall("GET", "/\(bucket)/key"))
        controls.append(fixture.log.last?.control)
      }
      #expect(controls == ["resource policy", "endpoint policy"])
    }
  }

  @Test func `a policy that allows the call may learn that there is no such bucket`() async throws {
    try await S3Fixture.run(weakened: [.endpointPolicy]) { fixture in
      let answer = try await fixture.send(TestCall("GET", "/nobody-has-this/key"))
      #expect(answer.status == 404 && answer.element("Code") == "NoSuchBucket")
    }
  }
}
