import CordonPolicy
import CordonProof
import Testing

@Suite struct `Owners of resources` {
  private func answer(
    _ statements: String, owner: String?, resources: [String] = [], absent: Set<ConditionKey> = []
  ) throws -> Answer {
    Engine().answer(
      Inquiry(
        layers: [.init(.identity, policies: [try policy(statements)])], resources: resources, absent: absent,
        resourceAccount: owner))
  }

  private static let own = #""Condition":{"StringEquals":{"aws:ResourceAccount":"111122223333"}}"#

  @Test(arguments: [
    // The owner that the asker states is the only one.
    (Expected.some, "s3:GetObject", "*", "111122223333" as String?),
    (.none, "s3:GetObject", "*", "444455556666"),
    (.some, "s3:GetObject", "*", nil),
    // An ARN that holds an account says whose the resource is.
    (.none, "sqs:SendMessage", "arn:aws:sqs:*:444455556666:*", nil),
    (.some, "sqs:SendMessage", "arn:aws:sqs:*:*:jobs", nil),
    (.none, "sqs:SendMessage", "arn:aws:sqs:*:444455556666:*", "111122223333"),
    (.some, "sqs:SendMessage", "arn:aws:sqs:*:111122223333:*", "111122223333"),
  ])
  func `a condition on the owner agrees with the resource`(
    expected: Expected, action: String, resource: String, owner: String?
  ) throws {
    let text = #"{"Effect":"Allow","Action":"\#(action)","Resource":"\#(resource)",\#(Self.own)}"#
    let answer = try answer(text, owner: owner)
    #expect(answer.kind == expected, "\(answer)")
    if case .some(let witness) = answer {
      #expect(witness.request.values(of: ConditionKey("aws:ResourceAccount")) == ["111122223333"])
    }
  }

  @Test func `a resource that was asked for is the one in the witness`() throws {
    let text = #"{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]}"#
    guard case .some(let witness) = try answer(text, owner: nil, resources: ["arn:aws:s3:::b/*"]) else {
      Issue.record("it should be open")
      return
    }
    #expect(witness.request.resource.hasPrefix("arn:aws:s3:::b/"))
    #expect(try answer(text, owner: nil, resources: ["arn:aws:s3:::c/*"]).kind == .none)
  }

  @Test func `a key that the request cannot have opens what its absence opens, and nothing else`() throws {
    let needs =
      #"{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:SourceVpce":"*"}}}"#
    let spares =
      #"{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringNotLike":{"aws:SourceVpce":"*"}}}"#
    let without: Set<ConditionKey> = [ConditionKey("AWS:sourcevpce")]
    #expect(try answer(needs, owner: nil, absent: without).kind == .none)
    #expect(try answer(spares, owner: nil, absent: without).kind == .some)
    #expect(try answer(needs, owner: nil).kind == .some)
  }
}
