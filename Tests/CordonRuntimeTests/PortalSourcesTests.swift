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
    let kept = try Kept()
    let keep = kept.keep
    try await keep("Download", "ann", .denied)
    try await keep("Download", "ann", .denied)
    try await keep("Print", "ann", .denied)
    try await keep("Download", "bob", .denied)
    try await keep("Request", "ann", .allowed)
    func newest(_ limit: Int) async throws -> [PortalDenial] {
      try await kept.source().denials(of: Slug("ann"), before: nil, limit: limit).denials
    }
    let found = try await newest(10)
    #expect(found.map(\.what) == ["Print", "Download"] && found.map(\.times) == [1, 2])
    #expect(found.allSatisfy { $0.project?.text == "lab" && $0.why == "off" })
    #expect(try await newest(1).map(\.what) == ["Print"])
    var download = DecisionRecord(
      eventSource: "portal.cordon", eventName: "downloadRefused", source: kept.door, person: "ann",
      outcome: .denied, control: "browser policy", reason: "the browser did not do it", requestID: "2")
    download.details = ["host": "", "name": "results.csv"]
    try await kept.log.append(download)
    download.eventName = "Connect"
    download.route = "browser-background"
    try await kept.log.append(download)
    let last = try await newest(1)
    #expect(last.map(\.what) == ["Download of results.csv"], "what the browser does by itself is no one's")
    #expect(last.allSatisfy { $0.advice.contains("browser.download") })
    try await kept.ledger.close()
  }

  /// However the stretches are cut: by how many kinds are shown, by how many records of the person's are read, by how many of
  /// everybody's.
  @Test(arguments: [(2, 100, 100), (100, 3, 100), (100, 100, 5), (3, 2, 4), (1, 1, 1)])
  func `of refusals is reached to the oldest, each record once, stretch by stretch`(
    limit: Int, depth: Int, span: Int64
  ) async throws {
    let kept = try Kept()
    for number in 0..<24 {
      let isOwn = number % 3 == 0 || number > 18
      try await kept.keep("Kind\(number % 4)", isOwn ? "ann" : "bob", number % 7 == 6 ? .allowed : .denied)
    }
    let own = (0..<24).filter { ($0 % 3 == 0 || $0 > 18) && $0 % 7 != 6 }
    let source = kept.source(depth: depth, span: span)
    var (found, place) = ([String: Int](), DenialPlace?.none)
    var stretches = 0
    repeat {
      let stretch = try await source.denials(of: Slug("ann"), before: place, limit: limit)
      #expect(stretch.denials.count <= limit && stretch.denials.reduce(0) { $0 + $1.times } <= depth)
      for denial in stretch.denials { found[denial.what, default: 0] += denial.times }
      place = stretch.older
      stretches += 1
    } while place != nil && stretches < 40
    #expect(stretches > 1 && stretches < 40)
    #expect(found == own.reduce(into: [:]) { $0["Kind\($1 % 4)", default: 0] += 1 })
    #expect(
      try await source.denials(of: Slug("eve"), before: DenialPlace(1), limit: limit) == DenialStretch([]))
    try await kept.ledger.close()
  }

  /// A ledger with decisions about people.
  private struct Kept {
    let scratch: Scratch
    let ledger: Ledger
    let log: LedgerLog
    let door: SourcePosition

    init() throws {
      scratch = try Scratch()
      try scratch.state.create()
      let environment = try scratch.environment(["lab-1"])
      ledger = try Ledger.open(
        folder: scratch.state.ledger,
        scope: LedgerScope(
          environment: environment.name, region: environment.region,
          account: environment.organization.account), now: { Date() })
      log = LedgerLog(ledger: ledger)
      door = SourcePosition(
        environment: environment.name, project: try Slug("lab"), workspace: try Slug("lab-1"),
        endpoint: .browser)
    }

    func keep(_ event: String, _ person: String, _ outcome: DecisionRecord.Outcome) async throws {
      try await log.append(
        DecisionRecord(
          eventSource: "browser.cordon", eventName: event, source: door, person: person, outcome: outcome,
          control: "browser download", reason: "off", requestID: "1"))
    }

    func source(depth: Int = 100, span: Int64 = 1_000) -> PortalDenials {
      PortalDenials(ledger: scratch.state.ledger, depth: depth, span: span)
    }
  }
}
