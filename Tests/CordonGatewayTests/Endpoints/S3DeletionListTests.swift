import CordonModel
import CordonPolicy
import CordonStore
import CordonWire
import Crypto
import FoundationEssentials
import NIOCore
import Testing

@testable import CordonGateway

/// DeleteObjects with many keys: what is read, answered and recorded of them.
@Suite struct `S3 lists of deletions` {
  private func list(_ keys: [String]) -> [UInt8] {
    Array(
      "<Delete>\(keys.map { "<Object><Key>\($0)</Key></Object>" }.joined())</Delete>".utf8)
  }

  /// What was decided on a key, as somebody with the ledger and the key can say it.
  private func outcome(of key: String, in records: [DecisionRecord], bucket: String) -> DecisionRecord
    .Outcome?
  {
    let wanted = Data(SHA256.hash(data: Data(key.utf8) + [0])).prefix(12).base64EncodedString()
    return records.first { record in
      if record.resources.contains("arn:aws:s3:::\(bucket)/\(key)") { return true }
      let digests = record.details.filter { $0.key.hasPrefix("keyDigests.") }.map { Array($0.value) }
      return digests.contains { text in
        stride(from: 0, to: text.count, by: 16).contains {
          String(text[$0..<min($0 + 16, text.count)]) == wanted
        }
      }
    }?.outcome
  }

  @Test func `nobody's list is judged once and not read`() async throws {
    try await S3Fixture.run { fixture in
      for bucket in ["churn-store", "fraud-store", "nobody-has-this"] {
        fixture.log.clear()
        let call = TestCall(
          "POST", "/\(bucket)?delete", headers: [HeaderField("content-length", "2000000")])
        let request = try call.request(
          signedBy: nil, at: fixture.base.clock.now, from: fixture.base.source(.s3))
        var pulled = 0
        let body = RequestBody {
          pulled += 1
          return ByteBuffer(repeating: 0x20, count: 1_000)
        }
        let answer = try await TestAnswer(try await fixture.responder.respond(to: request, body: body))
        #expect(answer.status == 403 && answer.element("Code") == "AccessDenied", "\(answer.text)")
        #expect(pulled == 0)
        #expect(fixture.log.all.map(\.outcome) == [.denied])
        #expect(fixture.log.last?.route == "s3-anonymous")
      }
    }
  }

  @Test func `a thousand refused keys make a small answer and one record that tells each of them`()
    async throws
  {
    try await S3Fixture.run { fixture in
      let keys = (0..<1_000).map { "k\($0)" }
      let body = list(keys)
      let answer = try await fixture.send(TestCall("POST", "/churn-data?delete", body: body))
      #expect(answer.status == 200)
      #expect(answer.text.components(separatedBy: "<Code>AccessDenied</Code>").count == 1_001)
      #expect(answer.body.count < 6 * body.count)
      let record = try #require(fixture.log.last)
      #expect(fixture.log.all.count == 1 && record.outcome == .denied && record.details["keys"] == "1000")
      #expect(record.resources.count == 11)
      let hashes = keys.reduce(Data()) { $0 + Data(SHA256.hash(data: Data($1.utf8) + [0])) }
      #expect(record.details["keysSHA256"] == Hex.text(SHA256.hash(data: hashes)))
      // The ledger cuts members at 1,024 bytes and keeps 64 of them.
      #expect(record.details.count <= 64 && record.details.values.allSatisfy { $0.utf8.count <= 1_024 })
      for key in keys { #expect(outcome(of: key, in: fixture.log.all, bucket: "churn-data") == .denied) }
      #expect(outcome(of: "k1000", in: fixture.log.all, bucket: "churn-data") == nil)
    }
  }

  @Test func `what was allowed and what was denied is told for each key`() async throws {
    let own = """
      {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:DeleteObject",
      "Resource":"arn:aws:s3:::churn-plain/kept/*"}]}
      """
    try await S3Fixture.run(change: { environment in
      environment.ownPolicies.roles[try Slug("churn")] = [try PolicyDocument(json: own)]
    }) { fixture in
      let gone = (0..<70).map { "gone/\($0)" }
      let kept = (0..<70).map { "kept/\($0)" }
      for key in gone + kept { try await fixture.put("churn-plain", key, "x") }
      fixture.log.clear()
      let mixed = zip(gone, kept).flatMap { [$0, $1] }
      let answer = try await fixture.send(TestCall("POST", "/churn-plain?delete", body: list(mixed)))
      #expect(answer.status == 200)
      #expect(fixture.log.all.count == 2)
      for key in gone {
        #expect(outcome(of: key, in: fixture.log.all, bucket: "churn-plain") == .allowed)
        #expect(try await fixture.content("churn-plain", key) == nil)
      }
      for key in kept {
        #expect(outcome(of: key, in: fixture.log.all, bucket: "churn-plain") == .denied)
        #expect(try await fixture.content("churn-plain", key) == "x")
      }
    }
  }

  @Test func `the answer to a long list leaves in pieces, and its bytes are given back`() async throws {
    try await S3Fixture.run { fixture in
      let keys = (0..<200).map { "\(1_000 + $0)" + String(repeating: "&amp;", count: 1_000) }
      let call = TestCall("POST", "/churn-plain?delete", body: list(keys))
      var request = try call.request(
        signedBy: fixture.base.session().credentials, at: fixture.base.clock.now,
        from: fixture.base.source(.s3))
      let allowance = AnswerAllowance()
      request.allowance = allowance
      let response = try await fixture.responder.respond(to: request, body: call.pulled(by: 60_000))
      guard case .stream(_, let stream) = response.body else {
        Issue.record("the answer is not streamed")
        return
      }
      #expect(allowance.usage.held >= call.body.count)
      var pieces: [Int] = []
      var text = ""
      try await stream { bytes in
        pieces.append(bytes.readableBytes)
        text += String(buffer: bytes)
      }
      #expect(pieces.count > 3 && pieces.allSatisfy { $0 <= S3Pieces.longest })
      #expect(text.components(separatedBy: "<Deleted>").count == 201 && text.hasSuffix("</DeleteResult>"))
      #expect(allowance.usage.held == 0)
    }
  }
}
