import CordonModel
import CordonWire
import Crypto
import Foundation
import Testing

@testable import CordonGateway

@Suite struct `STS endpoint` {
  private static let reader = "arn:aws:iam::111122223333:role/churn-reader"

  private func call(
    _ fixture: EndpointFixture, _ parameters: [(String, String)], as credentials: SigV4.Credentials?,
    project: String = "churn", workspace: Int = 1, region: String = EndpointFixture.region, skew: Double = 0,
    method: String = "POST"
  ) async throws -> TestAnswer {
    let form = URLQuery(parameters.map { URLQuery.Item($0.0, $0.1) }).encoded
    let isPost = method == "POST"
    let call = TestCall(
      method, isPost ? "/" : "/?\(form)",
      headers: isPost
        ? [HeaderField("content-type", "application/x-www-form-urlencoded; charset=utf-8")] : [],
      body: isPost ? Array(form.utf8) : [], host: "sts.eu-west-1.amazonaws.com")
    let source = try fixture.source(.sts, project: project, workspace: workspace)
    let request = try call.request(
      signedBy: credentials, service: "sts", region: region, at: fixture.clock.now.addingTimeInterval(skew),
      from: source)
    let responder = STSResponder(
      gatekeeper: fixture.gatekeeper, issuer: fixture.issuer, now: { [clock = fixture.clock] in clock.now })
    return try await TestAnswer(try await responder.respond(to: request, body: call.pulled()))
  }

  private func assume(
    _ fixture: EndpointFixture, _ more: [(String, String)] = [], role: String = reader,
    as credentials: SigV4.Credentials? = nil
  ) async throws -> TestAnswer {
    let own = try fixture.session().credentials
    return try await call(
      fixture,
      [("Action", "AssumeRole"), ("Version", "2011-06-15"), ("RoleArn", role), ("RoleSessionName", "step-1")]
        + more,
      as: credentials ?? own)
  }

  private func credentials(_ answer: TestAnswer) throws -> SigV4.Credentials {
    SigV4.Credentials(
      accessKeyID: try #require(answer.element("AccessKeyId")),
      secret: try #require(answer.element("SecretAccessKey")),
      sessionToken: answer.element("SessionToken"))
  }

  @Test(arguments: ["GET", "POST"])
  func `a session learns who it is`(method: String) async throws {
    let fixture = try EndpointFixture()
    let answer = try await call(
      fixture, [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")],
      as: try fixture.session().credentials,
      method: method)
    #expect(answer.status == 200)
    #expect(answer.element("Arn") == "arn:aws:sts::111122223333:assumed-role/churn-workspace/scientist-1")
    #expect(answer.element("Account") == "111122223333")
    #expect(fixture.log.last?.outcome == .allowed)
    #expect(answer.header("x-amzn-requestid") == fixture.log.last?.requestID)
  }

  @Test func `signatures of the global endpoint's region are accepted`() async throws {
    let fixture = try EndpointFixture()
    let answer = try await call(
      fixture, [("Action", "GetCallerIdentity")], as: try fixture.session().credentials, region: "us-east-1")
    #expect(answer.status == 200)
  }

  @Test func `a foreign key is not known`() async throws {
    let fixture = try EndpointFixture()
    let foreign = SigV4.Credentials(accessKeyID: "AKIAIOSFODNN7EXAMPLE", secret: "secret")
    let answer = try await call(fixture, [("Action", "GetCallerIdentity")], as: foreign)
    #expect(answer.status == 403)
    #expect(answer.element("Code") == "InvalidClientTokenId")
    #expect(fixture.log.last?.route == "sts-foreign-credentials")
    #expect(fixture.log.last?.accessKeyID == "AKIAIOSFODNN7EXAMPLE")
    #expect(fixture.log.last?.outcome == .denied)
  }

  @Test func `credentials of another workspace work only there`() async throws {
    let fixture = try EndpointFixture()
    let answer = try await call(
      fixture, [("Action", "GetCallerIdentity")], as: try fixture.session(workspace: 2).credentials)
    #expect(answer.status == 403)
    #expect(fixture.log.last?.route == "sts-other-workspace")
  }

  @Test func `an unsigned call, a skewed clock, a wrong token and an expired session are refused`()
    async throws
  {
    let fixture = try EndpointFixture()
    let session = try fixture.session()
    let action = [("Action", "GetCallerIdentity")]
    #expect(try await call(fixture, action, as: nil).element("Code") == "MissingAuthenticationToken")
    #expect(
      try await call(fixture, action, as: session.credentials, skew: -1_000).element("Code")
        == "SignatureDoesNotMatch")
    let withoutToken = SigV4.Credentials(accessKeyID: session.accessKeyID, secret: session.secretAccessKey)
    #expect(try await call(fixture, action, as: withoutToken).element("Code") == "InvalidClientTokenId")
    let wrongSecret = SigV4.Credentials(
      accessKeyID: session.accessKeyID, secret: "guess", sessionToken: session.sessionToken)
    #expect(try await call(fixture, action, as: wrongSecret).element("Code") == "SignatureDoesNotMatch")
    fixture.clock.move(3_601)
    #expect(try await call(fixture, action, as: session.credentials).element("Code") == "ExpiredToken")
    #expect(fixture.log.all.count == 5)
    #expect(fixture.log.all.allSatisfy { $0.outcome == .denied })
  }

  @Test func `a workspace steps down to its project's reader`() async throws {
    let fixture = try EndpointFixture()
    let answer = try await assume(fixture)
    #expect(answer.status == 200, "\(answer.text)")
    #expect(
      answer.element("AssumedRoleUser")?.contains("assumed-role/churn-reader/step-1") == true)
    let identity = try await call(fixture, [("Action", "GetCallerIdentity")], as: try credentials(answer))
    #expect(identity.element("Arn") == "arn:aws:sts::111122223333:assumed-role/churn-reader/step-1")
    let record = try #require(fixture.log.all.first)
    #expect(record.eventName == "AssumeRole" && record.outcome == .allowed)
    #expect(record.details["issuedAccessKeyID"] == answer.element("AccessKeyId"))
    #expect(!String(describing: record).contains(answer.element("SecretAccessKey") ?? "?"))
  }

  @Test(arguments: [
    ("sts-assume-role", "arn:aws:iam::111122223333:role/fraud-workspace"),
    ("sts-assume-role", "arn:aws:iam::111122223333:role/fraud-reader"),
    ("sts-foreign-role", "arn:aws:iam::111122223333:role/nobody"),
    ("sts-foreign-role", "arn:aws:iam::999999999999:role/admin"),
    ("sts-foreign-role", "arn:aws:iam::999999999999:role/churn-reader"),
    ("sts-foreign-role", "not-an-arn-at-all-but-long"),
  ])
  func `no other role can be assumed, and nobody learns whether it exists`(route: String, role: String)
    async throws
  {
    let fixture = try EndpointFixture()
    let answer = try await assume(fixture, role: role)
    #expect(answer.status == 403)
    #expect(answer.element("Code") == "AccessDenied")
    #expect(fixture.log.last?.route == route)
    #expect(fixture.log.last?.resources == [role])
  }

  @Test func `a reader cannot step back up`() async throws {
    let fixture = try EndpointFixture()
    let reader = try credentials(try await assume(fixture))
    let answer = try await assume(fixture, role: "arn:aws:iam::111122223333:role/churn-workspace", as: reader)
    #expect(answer.element("Code") == "AccessDenied")
    #expect(
      answer.element("Message")?.contains("churn-reader/step-1 is not authorized to perform: sts:AssumeRole")
        == true)
  }

  @Test func `tags are carried, transitive ones into the next session as well`() async throws {
    let fixture = try EndpointFixture()
    let answer = try await assume(
      fixture,
      [
        ("Tags.member.1.Key", "stage"), ("Tags.member.1.Value", "test"),
        ("Tags.member.2.Key", "team"), ("Tags.member.2.Value", "a b"), ("TransitiveTagKeys.member.1", "team"),
      ])
    #expect(answer.status == 200, "\(answer.text)")
    guard case .live(let session) = fixture.issuer.session(accessKeyID: answer.element("AccessKeyId") ?? "")
    else {
      Issue.record("no session")
      return
    }
    #expect(
      session.tags == [
        SessionTag(key: "stage", value: "test"), SessionTag(key: "team", value: "a b", isTransitive: true),
      ])
  }

  @Test(arguments: [
    ("ValidationError", [("RoleSessionName", "with space")]),
    ("ValidationError", [("RoleSessionName", "a")]),
    ("ValidationError", [("RoleArn", "short")]),
    ("ValidationError", [("DurationSeconds", "899")]),
    ("ValidationError", [("DurationSeconds", "3601")]),
    ("ValidationError", [("DurationSeconds", "99999999999999999999")]),
    ("ValidationError", [("DurationSeconds", "-1")]),
    ("ValidationError", [("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess")]),
    ("ValidationError", [("SourceIdentity", "somebody")]),
    ("AccessDenied", [("TokenCode", "123456")]),
    ("MalformedPolicyDocument", [("Policy", "{")]),
    (
      "MalformedPolicyDocument",
      [("Policy", #"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#)]
    ),
    ("ValidationError", [("Policy", String(repeating: " ", count: 2_049))]),
    ("ValidationError", [("Tags.member.2.Key", "a"), ("Tags.member.2.Value", "b")]),
    ("ValidationError", [("Tags.member.1.Key", "a")]),
    ("ValidationError", [("Tags.member.1.Key", "a\u{7}"), ("Tags.member.1.Value", "b")]),
    (
      "ValidationError",
      [
        ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b"), ("Tags.member.2.Key", "A"),
        ("Tags.member.2.Value", "b"),
      ]
    ),
    ("ValidationError", [("TransitiveTagKeys.member.1", "absent")]),
  ])
  func `parameters that mean nothing here are refused, not ignored`(
    code: String, changed: [(String, String)]
  ) async throws {
    let fixture = try EndpointFixture()
    var parameters = [("Action", "AssumeRole"), ("RoleArn", Self.reader), ("RoleSessionName", "step-1")]
    parameters.removeAll { parameter in changed.contains { $0.0 == parameter.0 } }
    let answer = try await call(fixture, parameters + changed, as: try fixture.session().credentials)
    #expect(answer.element("Code") == code, "\(answer.text)")
    #expect((400...403).contains(answer.status))
    #expect(fixture.log.last?.outcome == .denied)
    #expect(fixture.issuer.count == 1)
  }

  @Test(arguments: [
    ("AccessDenied", "GetSessionToken"), ("AccessDenied", "GetFederationToken"),
    ("AccessDenied", "AssumeRoleWithWebIdentity"), ("AccessDenied", "DecodeAuthorizationMessage"),
    ("InvalidAction", "DropTables"), ("InvalidAction", ""),
  ])
  func `every other action is judged and refused`(code: String, action: String) async throws {
    let fixture = try EndpointFixture()
    let answer = try await call(fixture, [("Action", action)], as: try fixture.session().credentials)
    #expect(answer.element("Code") == code)
    #expect(fixture.log.last?.outcome == .denied)
  }

  @Test func `a body that is too long or is no form is refused`() async throws {
    let fixture = try EndpointFixture()
    let own = try fixture.session().credentials
    let long = try await call(fixture, [("Action", String(repeating: "a", count: 70_000))], as: own)
    #expect(long.status == 413)
    let many = try await call(fixture, (0..<600).map { ("P\($0)", "") }, as: own)
    #expect(many.status == 400)
  }

  @Test func `nothing is answered when the ledger cannot write`() async throws {
    let fixture = try EndpointFixture()
    let own = try fixture.session().credentials
    fixture.log.breakDown()
    await #expect(throws: RecordedDecisions.Unwritable.self) {
      try await call(fixture, [("Action", "GetCallerIdentity")], as: own)
    }
    await #expect(throws: RecordedDecisions.Unwritable.self) { try await assume(fixture) }
  }

  @Test func `without the credential check, an unknown key is a foreign account's`() async throws {
    let fixture = try EndpointFixture { $0.weakenedForDrill = [.credentialCheck] }
    let foreign = SigV4.Credentials(accessKeyID: "AKIAIOSFODNN7EXAMPLE", secret: "secret")
    let answer = try await call(fixture, [("Action", "GetCallerIdentity")], as: foreign)
    #expect(answer.element("Account") == "999999999999")
  }
}
