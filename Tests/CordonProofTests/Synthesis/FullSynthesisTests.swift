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
      "full-break-glass/IncidentRole NamedPeopleUntilThenFromThePortalsAddress without StringEquals aws:PrincipalOrgID",
      "the people whom it names are the account's own users"
    ),
    (
      "full-break-glass/IncidentRole NamedPeopleUntilThenFromThePortalsNetwork without StringEquals aws:PrincipalOrgID",
      "the same"
    ),
    (
      "full-break-glass/IncidentRole NamedPeopleUntilThenFromThePortalsAddress without IpAddress aws:SourceIp",
      "the boundary keeps every call at the portal; the safeguard people-placed sees it"
    ),
    (
      "full-break-glass/IncidentRole NamedPeopleUntilThenFromThePortalsNetwork without StringEquals aws:SourceVpc",
      "the same"
    ),
    (
      "full-churn-runs/RunsRole Artifacts for everything",
      "the tracking server alone becomes the role, and does with it what AWS's code does"
    ),
    ("full-churn-runs/RunsRole ListArtifacts for everything", "the same"),
    ("full-churn-runs/RunsRole UseKey for everything", "the same"),
    (
      "full-churn-monitoring/Drift State weakened",
      "what a monitor finds is written all the same; nobody hears of it, and nothing leaves"
    ),
    (
      "full-watch/ChurnSpent NothingMoreIsStarted taken away",
      "what is spent leaves nothing open; the safeguard spending-stopped sees it"
    ),
    ("full-watch/RemediationBoundary Everything for everything", "it is for everything"),
    ("full-break-glass/IncidentBoundary Everything for everything", "it is for everything"),
  ]

  /// The stacks that the example does not have.
  static let stacks = [
    "full-break-glass/", "full-churn-monitoring/", "full-churn-runs/", "full-churn-notebooks/",
    "full-churn-studio/", "full-watch/",
  ]

  @Test func `has every control of what was added seen when it is weakened alone`() throws {
    let base = try Self.deployment(Self.text())
    let made = Weakenings(
      base, network: ResourceID(stack: "full-churn-network", name: "Vpc"),
      routes: ResourceID(stack: "full-churn-network", name: "RouteTable"))
    let added = made.all.filter { one in Self.stacks.contains { one.description.hasPrefix($0) } }
    let run = WeakeningRun(added, without: Set(Self.harmless.map(\.description)), of: base)
    print("what a spec may add: \(run.figures)")
    print(run.missed.joined(separator: "\n"))
    #expect(run.count >= 70)
    #expect(run.missed.isEmpty, "\(run.missed)")
  }

  // MARK: Monitors and runs

  @Test(arguments: [
    (
      "a name is too long for SageMaker", "churn-1,", "churn-model-of-the-second-quarter-of-202,",
      "room for 54",
      "monitor churn-model-of-the-second-quarter-of-202"
    ),
    (
      "a bucket's name is too long", "name: full\n", "name: full-of-everything-that-there-is-and-mor\n",
      "bucket of the runs", "project churn"
    ),
  ])
  func `is refused where`(_ why: String, old: String, new: String, says: String, place: String) throws {
    let text = try Self.text().replacingOccurrences(of: old, with: new)
      .replacingOccurrences(of: "  catalog: [workspace, notebook]\n", with: "")
    let error = #expect(throws: SynthesisError.self) { _ = try Self.deployment(text) }
    #expect(
      error?.description.contains(says) == true && error?.place == place,
      "\(why): \(error.map { "\($0)" } ?? "")")
  }

  @Test func `names a monitor's definition by what it holds`() throws {
    let text = try Self.text()
    func definitions(_ text: String) throws -> Set<String> {
      let estate = CloudEstate(try Self.deployment(text))
      let quality = estate.all(
        "AWS::SageMaker::DataQualityJobDefinition", "AWS::SageMaker::ModelQualityJobDefinition")
      return Set(quality.compactMap { estate.text($0, "JobDefinitionName").value })
    }
    let before = try definitions(text)
    let after = try definitions(text.replacingOccurrences(of: "multiclass", with: "regression"))
    #expect(before.count == 2 && after.count == 2 && before.intersection(after).count == 1)
    #expect(try definitions(text.replacingOccurrences(of: "every: hour", with: "every: day")) == before)
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
