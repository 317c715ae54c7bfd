import CordonModel
import Testing

@testable import CordonGateway

@Suite struct `Session issuer` {
  private func request(_ fixture: EndpointFixture, workspace: Int = 1, seconds: Int = 3_600) throws
    -> SessionRequest
  {
    let source = try fixture.source(.credentials, workspace: workspace)
    return SessionRequest(
      role: fixture.gatekeeper.workspacePrincipal(source).role, name: "scientist-1", source: source,
      seconds: seconds)
  }

  @Test func `credentials have the shapes that SDKs know`() throws {
    let fixture = try EndpointFixture()
    let session = fixture.issuer.issue(try request(fixture))
    #expect(session.accessKeyID.hasPrefix("ASIA"))
    #expect(session.accessKeyID.utf8.count == 20)
    #expect(session.secretAccessKey.utf8.count == 40)
    #expect(session.userID.hasPrefix("AROA"))
    #expect(session.userID.utf8.count == 21 + 1 + "scientist-1".utf8.count)
    #expect(session.arn == "arn:aws:sts::111122223333:assumed-role/churn-workspace/scientist-1")
  }

  @Test func `a session is live until it expires, then known as expired, then unknown`() throws {
    let fixture = try EndpointFixture()
    let session = fixture.issuer.issue(try request(fixture))
    guard case .live = fixture.issuer.session(accessKeyID: session.accessKeyID) else {
      Issue.record("not live")
      return
    }
    fixture.clock.move(3_601)
    guard case .expired = fixture.issuer.session(accessKeyID: session.accessKeyID) else {
      Issue.record("not expired")
      return
    }
    fixture.clock.move(3_601)
    _ = fixture.issuer.issue(try request(fixture))
    guard case .unknown = fixture.issuer.session(accessKeyID: session.accessKeyID) else {
      Issue.record("not forgotten")
      return
    }
    #expect(fixture.issuer.count == 1)
  }

  @Test func `a workspace is given the same credentials until half their life is over`() throws {
    let fixture = try EndpointFixture()
    let first = fixture.issuer.workspaceSession(try request(fixture))
    fixture.clock.move(1_700)
    let again = fixture.issuer.workspaceSession(try request(fixture))
    fixture.clock.move(200)
    let later = fixture.issuer.workspaceSession(try request(fixture))
    #expect(first.isNew && !again.isNew && later.isNew)
    #expect(first.session.accessKeyID == again.session.accessKeyID)
    #expect(first.session.accessKeyID != later.session.accessKeyID)
    guard case .live = fixture.issuer.session(accessKeyID: first.session.accessKeyID) else {
      Issue.record("what was handed out before must work to its end")
      return
    }
  }

  @Test func `a workspace that issues without end pushes out its own sessions only`() throws {
    let fixture = try EndpointFixture()
    let issuer = SessionIssuer(limit: 10, now: { [clock = fixture.clock] in clock.now })
    let own = issuer.workspaceSession(try request(fixture)).session
    let neighbour = issuer.issue(try request(fixture, workspace: 2))
    let sessions = try (0..<100).map { _ in issuer.issue(try request(fixture)) }
    #expect(issuer.count == 11)
    for (session, isLive) in [(own, true), (neighbour, true), (sessions[0], false), (sessions[99], true)] {
      if case .live = issuer.session(accessKeyID: session.accessKeyID) {
        #expect(isLive)
      } else {
        #expect(!isLive)
      }
    }
  }
}
