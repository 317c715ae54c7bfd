import CordonPolicy
import Testing

@testable import CordonProof

/// What AWS lists of an action's own condition keys decides which witness is shown, and never that there is none.
@Suite struct `Keys that an action does not come with` {
  private func answer(_ statements: String) throws -> Answer {
    Engine().answer(Inquiry(layers: [.init(.identity, policies: [try policy(statements)])]))
  }

  private static func allow(_ action: String, _ condition: String) -> String {
    #"{"Effect":"Allow","Action":"\#(action)","Resource":"*","Condition":{\#(condition)}}"#
  }

  @Test func `every service of AWS's list is found by its name`() {
    #expect(ActionList.services.count > 400)
    for name in ActionList.services { #expect(ActionList.section(of: name) != nil, "\(name)") }
    for name in ["", "a", "servicecatalo", "servicecatalogs", "zzz", "\n"] {
      #expect(ActionList.section(of: name) == nil, "\(name)")
    }
  }

  @Test(arguments: [
    (Expected.some, allow("s3:ListBucket", #""StringEquals":{"s3:prefix":"a"}"#)),
    // An upload has no prefix: no request to show, and none ruled out, for AWS may come to send it.
    (.unknown, allow("s3:PutObject", #""StringEquals":{"s3:prefix":"a"}"#)),
    (.unknown, allow("s3:PutObject", #""Null":{"s3:prefix":"false"}"#)),
    (.some, allow("s3:PutObject", #""Null":{"s3:prefix":"true"}"#)),
    (.some, allow("s3:PutObject", #""StringNotEquals":{"s3:prefix":"a"}"#)),
    (
      .unknown,
      allow("s3:PutObject", "")
        + #",{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"s3:prefix":"a"}}}"#
    ),
    (.some, allow("s3:GetObject", #""StringEquals":{"s3:ExistingObjectTag/team":"a"}"#)),
    (.some, allow("s3:PutObject", #""StringEquals":{"s3:x-amz-acl":"private"}"#)),
    // Global keys, keys of session credentials, keys and actions that the list does not have.
    (.some, allow("s3:PutObject", #""StringEquals":{"aws:SourceVpce":"vpce-1"}"#)),
    (
      .some,
      allow("ec2:DescribeInstances", #""ArnLike":{"ec2:SourceInstanceARN":"arn:aws:ec2:*:*:instance/*"}"#)
    ),
    (.some, allow("s3:PutObject", #""StringEquals":{"s3:not-yet-listed":"a"}"#)),
    (.some, allow("s3:NotYetListed", #""StringEquals":{"s3:prefix":"a"}"#)),
    (.some, allow("s3:PutObject", #""StringEquals":{"t:prefix":"a"}"#)),
  ])
  func `make no witness, and no proof`(expected: Expected, statements: String) throws {
    let answer = try answer(statements)
    #expect(answer.kind == expected, "\(answer)")
  }

  @Test(arguments: [
    ("s3:prefix", "a"), ("s3:versionid", "a"), ("s3:x-amz-acl", "private"), ("s3:delimiter", "/"),
  ])
  func `are asked of an action that has them`(key: String, value: String) throws {
    guard case .some(let witness) = try answer(Self.allow("s3:*", #""StringEquals":{"\#(key)":"\#(value)"}"#))
    else {
      Issue.record("there is such a request")
      return
    }
    let service = try #require(ActionCatalog.service("s3"))
    let listed = try #require(
      service.actions.first { $0.name == witness.request.action }, "\(witness)")
    #expect(listed.keys.contains { service.keys[$0].name == key }, "\(witness)")
  }
}
