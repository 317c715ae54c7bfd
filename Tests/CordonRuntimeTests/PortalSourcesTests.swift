import CordonGateway
import CordonIdentity
import CordonLedger
import CordonModel
import CordonPolicy
import CordonPortal
import Foundation
import Testing

@testable import CordonRuntime

@Suite struct `What the portal shows a person` {
  private func projects(_ rules: BrowserRules = BrowserRules()) throws -> PortalProjects {
    var environment = try Scratch().environment(["lab-1", "lab-2"])
    let lab = try Slug("lab")
    for index in environment.projects[0].workspaces.indices {
      environment.projects[0].workspaces[index].notebook = NotebookRules()
    }
    environment.projects[0].workspaces[1].person = try Slug("ann")
    environment.people = [
      Person(name: try Slug("ann"), roles: [.dataScientist], projects: [lab]),
      Person(name: try Slug("bob"), roles: [.dataScientist, .reviewer], projects: [lab]),
      Person(name: try Slug("eve"), roles: [.dataScientist], projects: []),
    ]
    environment.browser = rules
    return PortalProjects(
      gatekeeper: Gatekeeper(
        environment: environment, policies: try CompiledPolicies(environment), log: KeptRecords()),
      places: ["browser.print": "cordon.yaml:7:3"])
  }

  private func principal(
    _ name: String, roles: Set<Person.Role> = [.dataScientist], projects: [String] = ["lab"]
  ) throws -> PortalPrincipal {
    PortalPrincipal(person: try Slug(name), roles: roles, projects: Set(try projects.map { try Slug($0) }))
  }

  @Test func `is their own workspace, else one that is nobody's`() async throws {
    let ann = try await projects().projects(of: principal("ann"))
    #expect(ann.map(\.workspace.text) == ["lab-2"] && ann.first?.name.text == "lab")
    #expect(ann.first?.home.text == "http://notebook.cordon.internal/lab")
    #expect(try await projects().projects(of: principal("bob")).map(\.workspace.text) == ["lab-1"])
  }

  @Test func `is nothing where spec, provider or policy give them nothing`() async throws {
    let source = try projects()
    #expect(try await source.projects(of: principal("bob", roles: [.reviewer])).isEmpty)
    #expect(try await source.projects(of: principal("ann", projects: [])).isEmpty)
    #expect(try await source.projects(of: principal("eve")).isEmpty)
    #expect(try await source.projects(of: principal("mallory")).isEmpty)
  }

  @Test func `says of each crossing whether it is open, why, and where`() async throws {
    let shut = try #require(try await projects().projects(of: principal("ann")).first).crossings
    #expect(shut.count == 5 && shut.allSatisfy { !$0.isOpen && !$0.reason.isEmpty })
    let rules = BrowserRules(print: true)
    let open = try #require(try await projects(rules).projects(of: principal("ann")).first).crossings
    #expect(open.filter(\.isOpen).map(\.key) == ["browser.print"])
    #expect(open.first(where: \.isOpen)?.place == "cordon.yaml:7:3")
  }

  @Test func `of refusals is their own only, newest first, each kind once with its number`() async throws {
    let scratch = try Scratch()
    try scratch.state.create()
    let environment = try scratch.environment(["lab-1"])
    let ledger = try Ledger.open(
      folder: scratch.state.ledger,
      scope: LedgerScope(
        environment: environment.name, region: environment.region,
        account: environment.organization.account), now: { Date() })
    let log = LedgerLog(ledger: ledger)
    let door = SourcePosition(
      environment: environment.name, project: try Slug("lab"), workspace: try Slug("lab-1"),
      endpoint: .browser)
    func keep(_ event: String, _ person: String, _ outcome: DecisionRecord.Outcome) async throws {
      try await log.append(
        DecisionRecord(
          eventSource: "browser.cordon", eventName: event, source: door, person: person, outcome: outcome,
          control: "browser download", reason: "off", requestID: "1"))
    }
    try await keep("Download", "ann", .denied)
    try await keep("Download", "ann", .denied)
    try await keep("Print", "ann", .denied)
    try await keep("Download", "bob", .denied)
    try await keep("Request", "ann", .allowed)
    let found = try await PortalDenials(ledger: scratch.state.ledger).denials(of: Slug("ann"), limit: 10)
    #expect(found.map(\.what) == ["Print", "Download"] && found.map(\.times) == [1, 2])
    #expect(found.allSatisfy { $0.project?.text == "lab" && $0.why == "off" })
    let one = try await PortalDenials(ledger: scratch.state.ledger).denials(of: Slug("ann"), limit: 1)
    #expect(one.map(\.what) == ["Print"])
    var download = DecisionRecord(
      eventSource: "portal.cordon", eventName: "downloadRefused", source: door, person: "ann",
      outcome: .denied, control: "browser policy", reason: "the browser did not do it", requestID: "2")
    download.details = ["host": "", "name": "results.csv"]
    try await log.append(download)
    download.eventName = "Connect"
    download.route = "browser-background"
    try await log.append(download)
    let newest = try await PortalDenials(ledger: scratch.state.ledger).denials(of: Slug("ann"), limit: 1)
    #expect(newest.map(\.what) == ["Download of results.csv"], "what the browser does by itself is no one's")
    #expect(newest.allSatisfy { $0.advice.contains("browser.download") })
    try await ledger.close()
  }
}
