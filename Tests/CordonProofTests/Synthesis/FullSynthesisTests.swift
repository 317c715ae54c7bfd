import CordonAWS
import CordonModel
import CordonSpec
import Foundation
import Testing

@testable import CordonProof

/// Everything that a spec may add to what is synthesised: `full.yaml`.
@Suite struct `A synthesised environment with everything in it` {
  static func text() throws -> String {
    let file = TemplateFile.root.appending(path: "Tests/CordonProofTests/Synthesis/full.yaml")
    return try String(contentsOf: file, encoding: .utf8)
  }

  static func deployment(_ text: String) throws -> CloudDeployment {
    let environment = try Specification.parse(text, file: "cordon.yaml", folder: "/")
    let templates = try Synthesis.stacks(of: environment).templates()
    var deployment = try TemplateReader().read(templates.map { SourceFile(name: $0.name, text: $0.text) })
    deployment.account = environment.organization.account.text
    deployment.region = environment.region.text
    return deployment
  }

  static func map(_ text: String) throws -> EgressMap {
    CloudProof { Engine().answer($0) }.prove(try deployment(text))
  }

  @Test func `is proved closed on every route`() throws {
    for route in try Self.map(Self.text()).routes where route.verdict != .closed {
      Issue.record("\(route.verdict) \(route.route): \(route.steps.prefix(12).joined(separator: "\n   "))")
    }
  }

  /// What is left where a weakening is none.
  static let harmless: [(description: String, why: String)] = [
    (
      "full-break-glass/IncidentRole NamedPeopleUntilThen without StringEquals aws:PrincipalOrgID",
      "the people whom it names are the account's own users"
    ),
    ("full-break-glass/IncidentBoundary Everything for everything", "it is for everything"),
  ]

  /// The stacks that the example does not have.
  static let stacks = ["full-break-glass/"]

  @Test func `has every control of what was added seen when it is weakened alone`() throws {
    let base = try Self.deployment(Self.text())
    let made = Weakenings(
      base, network: ResourceID(stack: "full-churn-network", name: "Vpc"),
      routes: ResourceID(stack: "full-churn-network", name: "RouteTable"))
    let added = made.all.filter { one in Self.stacks.contains { one.description.hasPrefix($0) } }
    let run = WeakeningRun(added, without: Set(Self.harmless.map(\.description)), of: base)
    print("what a spec may add: \(run.figures)")
    print(run.missed.joined(separator: "\n"))
    #expect(run.count >= 15)
    #expect(run.missed.isEmpty, "\(run.missed)")
  }

  // MARK: Break-glass

  private static func emergency(_ more: String) throws -> EgressMap {
    let text = try text()
    let changed = text.replacingOccurrences(of: "must be stopped }", with: "must be stopped, \(more) }")
    #expect(changed != text)
    return try map(changed)
  }

  @Test func `asks a break-glass role in every route: guardrails hold what it may not do`() throws {
    #expect(try Self.emergency("allow: [\"s3:PutBucketPolicy\", \"iam:*\"]").verdict == .closed)
  }

  @Test func `shows what a break-glass role opens`() throws {
    let map = try Self.emergency("allow: [\"*\"]")
    let opened = map.routes.filter { $0.verdict == .open }
    #expect(!opened.isEmpty)
    for route in opened {
      guard case .open(let witness) = route.finding else { continue }
      #expect(witness.walker?.credentials.contains("full-break-glass-incident") == true, "\(witness)")
    }
  }

  @Test func `is refused where a break-glass role is used and nobody hears of it`() throws {
    let text = try Self.text().replacingOccurrences(of: "  notify: owner@allowed.test\n", with: "")
      .replacingOccurrences(of: "    budget: { monthly: 400 USD }\n", with: "")
    let error = #expect(throws: SynthesisError.self) { _ = try Self.deployment(text) }
    #expect(error?.place == "break-glass incident")
  }
}
