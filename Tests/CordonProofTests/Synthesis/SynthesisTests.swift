import CordonAWS
import CordonModel
import CordonSpec
import Foundation
import Testing

@testable import CordonProof

/// What `cordon synth` makes of an environment, read back as anybody's templates are.
@Suite struct `A synthesised environment` {
  private static let example = TemplateFile.root.appending(path: "examples/breast-cancer")
  private static let golden = TemplateFile.root.appending(path: "Tests/CordonProofTests/Synthesis/Golden")

  private static func templates(_ text: String) throws -> [StackTemplate] {
    let environment = try Specification.parse(text, file: "cordon.yaml", folder: example.path)
    return try Synthesis.stacks(of: environment).templates()
  }

  private static func exampleTemplates() throws -> [StackTemplate] {
    try templates(String(contentsOf: example.appending(path: "cordon.yaml"), encoding: .utf8))
  }

  private static func map(_ templates: [StackTemplate]) throws -> EgressMap {
    try TemplateReader().read(templates.map { SourceFile(name: $0.name, text: $0.text) }).map()
  }

  private static func twoProjects(_ more: String = "", _ project: String = "") -> String {
    """
    cordon: 1
    name: risk
    organization: { id: o-acme123456, account: "111122223333" }
    region: eu-west-1
    people:
      - { name: ann, roles: [data-scientist], projects: [churn] }
      - { name: bob, roles: [data-scientist], projects: [fraud-models] }
    projects:
      - { name: churn, data: [{ bucket: churn-data, readOnly: true }], store: churn-store\(project) }
      - { name: fraud-models, data: [{ bucket: fraud-data }], store: fraud-store }
    aws:
      root: ou-ab12-11111111
      offices: [192.0.2.0/24, 198.51.100.0/24]
      network: 10.64.0.0/18
      s3PrefixList: pl-6da54004
    \(more)
    """
  }

  @Test func `is the golden templates, byte for byte`() throws {
    let made = try Self.exampleTemplates()
    let kept = try FileManager.default.contentsOfDirectory(atPath: Self.golden.path).sorted()
    #expect(made.map(\.name).sorted() == kept)
    for template in made {
      let text = try String(contentsOf: Self.golden.appending(path: template.name), encoding: .utf8)
      #expect(
        template.text == text, "\(template.name) changed: write it again with cordon synth and review it")
    }
  }

  @Test func `of the example is proved closed on every route`() throws {
    let map = try Self.map(Self.exampleTemplates())
    #expect(map.routes.count >= 50)
    for route in map.routes where route.verdict != .closed {
      Issue.record("\(route.verdict) \(route.route): \(route.steps.prefix(12).joined(separator: "\n   "))")
    }
  }

  @Test func `of two projects is proved closed on every route`() throws {
    let map = try Self.map(Self.templates(Self.twoProjects()))
    for route in map.routes where route.verdict != .closed {
      Issue.record("\(route.verdict) \(route.route): \(route.steps.prefix(12).joined(separator: "\n   "))")
    }
  }

  @Test func `whose spec lets pictures be copied is shown open`() throws {
    let map = try Self.map(Self.templates(Self.twoProjects("browser: { clipboard: { out: true } }")))
    #expect(map.routes.contains { $0.verdict == .open })
  }

  @Test func `is open where the spec opens it, and nowhere else`() throws {
    let spec = TemplateFile.root.appending(path: "Tests/CordonProofTests/Synthesis/whole.yaml")
    let map = try Self.map(Self.templates(String(contentsOf: spec, encoding: .utf8)))
    // Pasting is let in, and whose the two hosts for browsers are is not in the templates.
    let left = map.routes.filter { $0.verdict != .closed }.map { "\($0.verdict) \($0.route)" }
    #expect(left.sorted() == ["open portal-paste", "unknown dns-firewall", "unknown portal-addresses"])
  }

  @Test func `tells a project's network no name of another project's`() throws {
    for template in try Self.templates(Self.twoProjects()) where template.name.hasSuffix("-network.yaml") {
      let isChurn = template.name.contains("churn")
      #expect(template.text.contains("- churn-data.s3.eu-west-1.amazonaws.com") == isChurn)
      #expect(template.text.contains("- fraud-data.s3.eu-west-1.amazonaws.com") != isChurn)
    }
  }

  @Test func `carries the user's own documents, each name once`() throws {
    let own = """
      policies:
        endpoints:
          s3:
            Version: 2012-10-17
            Statement:
              - { Sid: OrganizationOnly, Effect: Deny, Principal: "*", Action: s3:DeleteObject, Resource: "*" }
        roles:
          churn:
            Version: 2012-10-17
            Statement: [{ Sid: NoTags, Effect: Deny, Action: s3:PutObjectTagging, Resource: "*" }]
      """
    let made = try Self.templates(Self.twoProjects(own))
    let doors = made.filter { $0.name.hasSuffix("-network.yaml") }
    #expect(doors.count == 2 && doors.allSatisfy { $0.text.contains("Action: s3:DeleteObject") })
    for door in doors {
      let s3 = try #require(door.text.components(separatedBy: "SageMakerApiEndpoint:").first)
      #expect(s3.components(separatedBy: "Sid: OrganizationOnly").count == 2)
    }
    let roles = made.filter { $0.text.contains("Sid: NoTags") }
    #expect(roles.map(\.name) == ["risk-churn-identity.yaml"])
  }

  @Test func `keeps projects' addresses apart`() throws {
    let read = try TemplateReader().read(
      Self.templates(Self.twoProjects()).map { SourceFile(name: $0.name, text: $0.text) })
    let blocks = read.resources.filter { $0.type == "AWS::EC2::VPC" }.map { $0.properties["CidrBlock"] }
    #expect(blocks == ["10.64.0.0/20", "10.64.16.0/20", "10.64.32.0/20"])
  }

  @Test(arguments: [
    ("there is no 'aws:'", "the environment has no 'aws:'", "aws:", ""),
    (
      "nobody hears of a budget", "nobody hears of it", "store: churn-store", ", budget: { monthly: 400 USD }"
    ),
  ])
  func `is refused in words where`(_ why: String, says: String, key: String, project: String) {
    var text = Self.twoProjects("", project)
    if project.isEmpty, let start = text.range(of: "\naws:") {
      text = String(text[..<start.lowerBound]) + "\n"
    }
    let error = #expect(throws: SynthesisError.self) { try Self.templates(text) }
    #expect(error?.description.contains(says) == true)
  }

  @Test func `is refused where two buckets' names are one in a template`() {
    let text = Self.twoProjects().replacingOccurrences(of: "fraud-data", with: "fraud-1")
      .replacingOccurrences(of: "fraud-store", with: "fraud1")
    let error = #expect(throws: SynthesisError.self) { _ = try Self.templates(text) }
    #expect(error?.description.contains("two resources called Fraud1Bucket") == true)
  }
}
