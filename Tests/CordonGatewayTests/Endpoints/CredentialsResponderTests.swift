import CordonModel
import Foundation
import Testing

@testable import CordonGateway

@Suite struct `Credentials endpoint` {
  private func answer(
    _ fixture: EndpointFixture, _ method: String = "GET", _ path: String = "/credentials",
    headers: [(name: String, value: String)] = [("host", "127.0.0.1:8170")]
  ) async throws -> TestAnswer {
    let responder = CredentialsResponder(gatekeeper: fixture.gatekeeper, issuer: fixture.issuer)
    let request = GatewayRequest(
      method: method, path: path, headers: headers, source: try fixture.source(.credentials), isSecure: false,
      requestID: RequestID.random())
    return try await TestAnswer(try await responder.respond(to: request, body: RequestBody { nil }))
  }

  @Test func `a workspace is given its role's credentials in the shape that SDKs read`() async throws {
    let fixture = try EndpointFixture()
    let answer = try await answer(fixture)
    #expect(answer.status == 200)
    let members = try JSONDecoder().decode([String: String].self, from: Data(answer.body))
    #expect(Set(members.keys) == ["RoleArn", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"])
    #expect(members["RoleArn"] == "arn:aws:iam::111122223333:role/churn-workspace")
    guard case .live(let session) = fixture.issuer.session(accessKeyID: members["AccessKeyId"] ?? "") else {
      Issue.record("the credentials are not known")
      return
    }
    #expect(session.sessionToken == members["Token"])
    #expect(session.name == "scientist-1")
  }

  @Test func `each answer is recorded without a secret`() async throws {
    let fixture = try EndpointFixture()
    let answer = try await answer(fixture)
    let members = try JSONDecoder().decode([String: String].self, from: Data(answer.body))
    let record = try #require(fixture.log.last)
    #expect(record.outcome == .allowed)
    #expect(record.eventName == "GetCredentials")
    #expect(record.person == "scientist-1")
    #expect(record.accessKeyID == members["AccessKeyId"])
    let text = String(describing: record)
    #expect(!text.contains(members["SecretAccessKey"] ?? "?"))
    #expect(!text.contains(members["Token"] ?? "?"))
  }

  @Test func `nothing is handed out when the ledger cannot write`() async throws {
    let fixture = try EndpointFixture()
    fixture.log.breakDown()
    await #expect(throws: RecordedDecisions.Unwritable.self) { try await answer(fixture) }
  }

  @Test(arguments: [
    (405, "POST", "/credentials", [("host", "127.0.0.1")]),
    (405, "PUT", "/credentials", [("host", "127.0.0.1")]),
    (404, "GET", "/", [("host", "127.0.0.1")]),
    (404, "GET", "/credentials/", [("host", "127.0.0.1")]),
    (403, "GET", "/credentials", [("host", "rebound.evil.test")]),
    (403, "GET", "/credentials", [("host", "127.0.0.1"), ("X-Forwarded-For", "10.0.0.1")]),
    (200, "HEAD", "/credentials", [("host", "localhost:8170")]),
  ])
  func `only a direct read is answered`(
    status: Int, method: String, path: String, headers: [(String, String)]
  ) async throws {
    let fixture = try EndpointFixture()
    let answer = try await answer(fixture, method, path, headers: headers.map { (name: $0.0, value: $0.1) })
    #expect(answer.status == status)
    #expect(fixture.log.last?.outcome == (status == 200 ? .allowed : .denied))
    #expect(!answer.text.contains("SecretAccessKey"))
  }
}
