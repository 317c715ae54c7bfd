import CordonModel
import Crypto
import FoundationEssentials
import Testing

@testable import CordonLedger

@Suite struct `A record` {
  private func text(_ record: DecisionRecord) throws -> String {
    let text = RecordText(
      record, at: try EventTime(LedgerFixture.start), scope: try LedgerFixture.scope(), eventID: "event-1")
    return String(decoding: text.body, as: UTF8.self)
  }

  private func members(_ record: DecisionRecord) throws -> LedgerEntry.Members {
    try JSONDecoder().decode(LedgerEntry.Members.self, from: Data(try text(record).utf8))
  }

  @Test func `has the shape of a CloudTrail record, in one spelling`() throws {
    #expect(
      try text(.sample(4)) == """
        {"additionalEventData":{"control":"endpoint policy","details":{"bytes":"4"},\
        "egressPath":"cross-account-copy","endpoint":"s3","environment":"fraud-models","outcome":"allowed",\
        "person":"scientist-1","project":"churn","reason":"statement 1 'OrganizationOnly'",\
        "route":"s3-own-bucket","workspace":"churn-1"},"awsRegion":"eu-west-1","eventID":"event-1",\
        "eventName":"PutObject","eventSource":"s3.amazonaws.com","eventTime":"2026-01-01T00:00:00.000Z",\
        "eventVersion":"1.11","recipientAccountId":"111122223333","requestID":"REQ4",\
        "resources":[{"ARN":"arn:aws:s3:::churn-store/run-4"}],\
        "userIdentity":{"accessKeyId":"ASIAEXAMPLE","accountId":"111122223333",\
        "arn":"arn:aws:sts::111122223333:assumed-role/churn-workspace/scientist-1","type":"AssumedRole"},\
        "vpcEndpointId":"\(try #require(DecisionRecord.sample(4).source.door).vpce)"}
        """)
  }

  @Test func `is counted as the bytes that it takes, escapes and all`() async throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    var record = DecisionRecord.sample(1)
    let plain = try await ledger.appendCounted(record)
    record.reason += String(repeating: "\u{1}", count: 100)
    let escaped = try await ledger.appendCounted(record)
    #expect(escaped == plain + 600)
    let kept = try LedgerReader(folder: fixture.folder).entries(LedgerFilter()).map(\.json.utf8.count)
    #expect(kept == [plain, escaped])
    try await ledger.close()
  }

  @Test func `leaves out what is not known`() throws {
    let record = DecisionRecord(
      eventSource: "cordon", eventName: "Up", source: nil, outcome: .allowed, control: "operator",
      reason: "asked",
      requestID: "R")
    let members = try members(record)
    #expect(members.userIdentity.type == "Operator")
    #expect(members.vpcEndpointId == nil)
    #expect(members.resources == nil)
    #expect(members.additionalEventData.environment == "fraud-models")
    #expect(members.additionalEventData.workspace == nil)
    #expect(members.additionalEventData.details == nil)
  }

  @Test func `of an operator in a workspace names the workspace and no door`() throws {
    let place = try #require(DecisionRecord.sample(1).source.place)
    var record = DecisionRecord(
      eventSource: "control.cordon", eventName: "Exec", source: .operatorIn(place), outcome: .allowed,
      control: "control socket", reason: "asked", requestID: "R")
    let members = try members(record)
    #expect(members.userIdentity.type == "Operator")
    #expect(members.vpcEndpointId == nil)
    #expect(members.additionalEventData.project == "churn")
    #expect(members.additionalEventData.workspace == "churn-1")
    #expect(members.additionalEventData.endpoint == nil)
    record.source = .operatorOutside
    #expect(try self.members(record).additionalEventData.workspace == nil)
  }

  @Test(arguments: [
    ("AssumedRole", "arn:aws:sts::111122223333:assumed-role/a/b", "111122223333"),
    ("IAMUser", "arn:aws:iam::444455556666:user/eve", "444455556666"),
    ("Root", "arn:aws:iam::444455556666:root", "444455556666"),
    ("Role", "arn:aws:iam::444455556666:role/x", "444455556666"),
    ("AWSService", "logs.amazonaws.com", nil),
    ("Unknown", "arn:aws:", nil),
    ("Unknown", "", nil),
  ])
  func `says what kind of caller it was`(type: String, principal: String, account: String?) throws {
    var record = DecisionRecord.sample(1)
    record.principal = principal
    let identity = try members(record).userIdentity
    #expect(identity.type == type)
    #expect(identity.accountId == account)
  }

  @Test func `an anonymous caller is said to be one`() throws {
    var record = DecisionRecord.sample(1)
    record.principal = nil
    #expect(try members(record).userIdentity.type == "Anonymous")
  }

  @Test(arguments: [
    "k?X-Amz-Signature=6b86b273ff34fce19d6b", "k?x-amz-signature=6b86b273", "k%3FX-Amz-Signature%3D6b86b2",
    "X-Amz-Security-Token=IQoJb3JpZ2luX2VjE", "x-amz-security-token: IQoJb3JpZ2lu",
    "Authorization: AWS4-HMAC-SHA256 Credential=A/20260101/eu-west-1/s3/aws4_request",
    "proxy-authorization: Basic dXNlcjpwYXNz", "AWS4-HMAC-SHA256 Credential=AKIA",
    "aws_secret_access_key=abc",
    "{\"SecretAccessKey\":\"abc\"}", "-----BEGIN " + "PRIVATE KEY-----",
  ])
  func `never holds what looks like a signature or a token`(secret: String) throws {
    var record = DecisionRecord.sample(1)
    record.resources = ["arn:aws:s3:::churn-store/\(secret)"]
    record.reason = secret
    record.details = ["query": secret, secret: "x"]
    record.errorCode = secret
    record.person = secret
    record.route = secret
    record.principal = secret
    record.eventName = secret
    let text = try text(record)
    for part in ["6b86b2", "IQoJ", "dXNl", "Credential=A", "abc", "BEGIN"] { #expect(!text.contains(part)) }
    #expect(text.contains(SecretScrubber.withheld))
    #expect(try members(record).requestID == "REQ1")
  }

  @Test(arguments: [
    "missing X-Amz-Signature", "no Authorization header", "x-amz-content-sha256=UNSIGNED-PAYLOAD",
  ])
  func `holds ordinary words about signatures`(reason: String) throws {
    var record = DecisionRecord.sample(1)
    record.reason = reason
    #expect(try members(record).additionalEventData.reason == reason)
  }

  @Test func `is bounded, whatever the request was`() throws {
    var record = DecisionRecord.sample(1)
    record.reason = String(repeating: "é", count: 5_000)
    record.resources = (0..<5_000).map { "arn:aws:s3:::churn-store/\($0)" }
    record.details = Dictionary(uniqueKeysWithValues: (0..<500).map { ("k\($0)", "v") })
    let members = try members(record)
    #expect(members.additionalEventData.reason.utf8.count < 1_150)
    let hash = Hexadecimal.text(SHA256.hash(data: Array(record.reason.utf8)))
    #expect(members.additionalEventData.reason.hasSuffix("é[truncated: 10000 bytes, sha256 \(hash)]"))
    #expect(members.resources?.count == 1_001)
    #expect(members.resources?.last?.arn == "[and 4000 more]")
    #expect(members.additionalEventData.details?.count == RecordText.mostDetails)
  }

  @Test(arguments: [
    ("\"plain\"", "plain"), ("\"a\\\"b\\\\c\"", "a\"b\\c"), ("\"\\n\\r\\t\\b\\f\"", "\n\r\t\u{8}\u{c}"),
    ("\"\\u0000\\u001b\\u001f\"", "\0\u{1b}\u{1f}"), ("\"é/😀\"", "é/😀"), ("\"\"", ""),
    ("\"\\u007f\\u009b31m\\u202e\\u2028\"", "\u{7f}\u{9b}31m\u{202e}\u{2028}"),
  ])
  func `strings have one spelling`(expected: String, value: String) throws {
    let text = String(decoding: CanonicalJSON.string(value).bytes, as: UTF8.self)
    #expect(text == expected)
    #expect(try JSONDecoder().decode(String.self, from: Data(text.utf8)) == value)
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00.000Z", 0), ("2000-02-29T23:59:59.999Z", 951_868_799_999),
    ("2026-01-01T00:00:00.001Z", 1_767_225_600_001), ("2100-03-01T00:00:00.000Z", 4_107_542_400_000),
    ("9999-12-31T23:59:59.999Z", EventTime.latest),
  ])
  func `times are spelled as CloudTrail does`(text: String, milliseconds: Int64) throws {
    #expect(try #require(EventTime(milliseconds: milliseconds)).text == text)
  }

  @Test func `every day has the date that the calendar says`() throws {
    for day in stride(from: Int64(0), to: 2_932_896, by: 97) {
      let time = try #require(EventTime(milliseconds: day * 86_400_000))
      #expect(time.text == time.date.formatted(.iso8601).dropLast() + ".000Z")
    }
  }
}
