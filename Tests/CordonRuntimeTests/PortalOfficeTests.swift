import CordonGateway
import CordonModel
import CordonPolicy
import CordonPortal
import Logging
import Synchronization
import Testing

@testable import CordonRuntime

@Suite struct `Where the portal asks` {
  private let log = KeptRecords()

  private func office(_ rules: BrowserRules = BrowserRules()) throws -> PortalOffice {
    var environment = try Scratch().environment(["lab-1"])
    environment.people = [
      Person(name: try Slug("ann"), roles: [.dataScientist], projects: [try Slug("lab")])
    ]
    environment.browser = rules
    return PortalOffice(
      gatekeeper: Gatekeeper(environment: environment, policies: try CompiledPolicies(environment), log: log),
      log: log, logger: Logger(label: "test"))
  }

  private func request(_ action: PortalAction, person: String = "ann") throws -> PortalRequest {
    PortalRequest(
      action, person: try Slug(person), project: action == .signIn ? nil : try Slug("lab"),
      workspace: action == .signIn ? nil : try Slug("lab-1"), session: SessionID(),
      details: ["bytes": "7"])
  }

  @Test(arguments: PortalAction.allCases.filter { !$0.isOfRecordings })
  func `each of the portal's actions is a document's, and is recorded before it is answered`(
    action: PortalAction
  ) async throws {
    let isOn = action == .signIn || action == .startSession
    let decision = try await office().decide(request(action))
    #expect((decision == .allow) == isOn)
    let record = try #require(log.records.first)
    #expect(record.outcome == (isOn ? .allowed : .denied))
    #expect("cordon:\(record.eventName)" == action.rawValue && record.eventSource == "portal.cordon")
    #expect(record.person == "ann" && record.principal == "arn:aws:iam::111122223333:user/ann")
    #expect(record.details["session"]?.count == 32 && record.details["bytes"] == "7")
    #expect(record.source.door?.project.text == (action == .signIn ? nil : "lab"))
    if !isOn { #expect(record.reason.contains("IsOff"), "\(record.reason)") }
  }

  @Test(arguments: [PortalAction.listRecordings, .replayRecording])
  func `recordings are judged as their project's, and not as a notebook's`(action: PortalAction) async throws
  {
    var request = try request(action)
    #expect(try await office().decide(request) != .allow)
    #expect(log.records.first?.resources.first?.contains(":recording/lab/") == true)
    request.session = nil
    #expect(try await office().decide(request) != .allow)
    #expect(log.records.last?.resources.first?.hasSuffix(":recording/lab") == true)
    #expect(log.records.allSatisfy { $0.outcome == .denied && $0.errorCode == "\(action.word)Denied" })
  }

  @Test(arguments: PortalAction.allCases.filter { !$0.isOfRecordings })
  func `a person that the spec does not name may do nothing`(action: PortalAction) async throws {
    let all = BrowserRules(clipboardIn: true, clipboardOut: true, upload: true, download: true, print: true)
    #expect(try await office(all).decide(request(action)) == .allow)
    #expect(try await office(all).decide(request(action, person: "eve")) != .allow)
    #expect(log.records.map(\.outcome) == [.allowed, .denied])
  }

  @Test func `a request that names no workspace opens none`() async throws {
    for action in PortalAction.allCases where action != .signIn {
      let asked = PortalRequest(action, person: try Slug("ann"), project: try Slug("lab"))
      #expect(try await office(BrowserRules(clipboardIn: true)).decide(asked) != .allow)
    }
  }

  @Test func `what cannot be recorded is not allowed`() async throws {
    log.isFailing.withLock { $0 = true }
    let office = try office()
    let asked = try request(.signIn)
    await #expect(throws: KeptRecords.Unwritable.self) { try await office.decide(asked) }
  }

  @Test(arguments: PortalEvent.Kind.allCases)
  func `what happened is recorded as what it is`(kind: PortalEvent.Kind) async throws {
    try await office().record(
      PortalEvent(
        kind, person: try Slug("ann"), project: try Slug("lab"), session: SessionID(),
        details: ["host": "evil.test"]))
    let record = try #require(log.records.first)
    #expect(record.eventName == kind.rawValue && record.details["host"] == "evil.test")
    #expect((record.outcome == .denied) == kind.rawValue.hasSuffix("Refused"))
    #expect(record.source.door?.workspace.text == "lab-1")
  }
}
