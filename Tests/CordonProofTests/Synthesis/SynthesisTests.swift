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

  private static func stacks(_ text: String) throws -> StackSet {
    try Synthesis.stacks(of: Specification.parse(text, file: "cordon.yaml", folder: example.path))
  }

  private static func templates(_ text: String) throws -> [StackTemplate] { try stacks(text).templates() }

  private static func exampleText() throws -> String {
    try String(contentsOf: example.appending(path: "cordon.yaml"), encoding: .utf8)
  }

  private static func exampleTemplates() throws -> [StackTemplate] { try templates(exampleText()) }

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
    let stacks = try Self.stacks(Self.exampleText())
    let templates = try stacks.templates()
    let made = templates.map { ($0.name, $0.text) } + [("README.md", stacks.guide(templates))]
    let kept = try FileManager.default.contentsOfDirectory(atPath: Self.golden.path).sorted()
    #expect(made.map(\.0).sorted() == kept)
    for (name, made) in made {
      let text = try String(contentsOf: Self.golden.appending(path: name), encoding: .utf8)
      #expect(made == text, "\(name) changed: write it again with cordon synth and review it")
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

  @Test func `of two hundred projects stays within CloudFormation's quotas, and is read back`() throws {
    let projects = (1...200).map {
      "  - { name: project-\($0), data: [{ bucket: data-of-project-\($0) }], store: store-of-\($0) }"
    }
    let start = Self.twoProjects().replacingOccurrences(of: "10.64.0.0/18", with: "10.64.0.0/12")
    let lines = start.split(separator: "\n").filter {
      !$0.contains("name: ann") && !$0.contains("name: bob") && !$0.contains("people:")
    }
    let text = lines.flatMap { line -> [String] in
      line.contains("name: churn") ? projects : line.contains("name: fraud-models") ? [] : [String(line)]
    }.joined(separator: "\n")
    let templates = try Self.templates(text)
    #expect(templates.count == 200 * 5 + 6)
    #expect(templates.allSatisfy { $0.resources <= 500 && $0.text.utf8.count < 1_000_000 })
    let read = try DeploymentReader.read(templates.map { SourceFile(name: $0.name, text: $0.text) })
    #expect(read.resources.count == templates.map(\.resources).reduce(0, +))
    #expect(read.unknowns.isEmpty)
  }

  @Test func `has a word on every call that makes something in SageMaker`() throws {
    let listed = try String(
      contentsOf: TemplateFile.root.appending(path: "Sources/CActions/actions.txt"), encoding: .utf8)
    let start = try #require(listed.range(of: "service sagemaker\n"))
    let service = listed[start.upperBound...].components(separatedBy: "\nservice ")[0]
    let calls = Set(
      service.split(separator: "\n").filter { $0.hasPrefix("a Create") }.map { line in
        String(line.dropFirst(2).prefix { $0.isLetter || $0.isNumber })
      })
    let guardrails = try #require(try Self.exampleTemplates().first { $0.name.hasSuffix("-guardrails.yaml") })
    let bound = calls.filter { guardrails.text.contains("- sagemaker:\($0)\n") }
    // What holds no data, runs nothing, or runs as a role that the boundary keeps in; URLs are people's, from the portal.
    let left: Set<String> = [
      "Action", "Algorithm", "App", "AppImageConfig", "Artifact", "ClusterSchedulerConfig", "CodeRepository",
      "ComputeQuota", "Context", "Endpoint", "Experiment", "FeatureGroup", "Image", "ImageVersion",
      "InferenceComponent", "MlflowTrackingServer", "ModelCard", "ModelPackage", "ModelPackageGroup",
      "NotebookInstanceLifecycleConfig", "Pipeline", "PresignedDomainUrl", "PresignedNotebookInstanceUrl",
      "Project", "ReservedCapacity",
      "Space",
      "StudioLifecycleConfig", "TrainingPlan", "TransformJob", "Trial", "TrialComponent", "UserProfile",
    ]
    #expect(calls.count > 60 && bound.count > 35, "\(calls.count), \(bound.count)")
    #expect(calls.subtracting(bound).subtracting(left.map { "Create\($0)" }).sorted() == [])
  }

  @Test func `names what is left to do by hand, and what it does not open`() throws {
    let stacks = try Self.stacks(Self.twoProjects("egress: { hosts: [data.allowed.test] }"))
    let guide = stacks.guide(try stacks.templates())
    #expect(guide.contains("`data.allowed.test`") && guide.contains("4 VPCs (5)"))
    for template in try stacks.templates() { #expect(!template.text.contains("data.allowed.test")) }
  }

  @Test func `keeps projects' addresses apart`() throws {
    let read = try TemplateReader().read(
      Self.templates(Self.twoProjects()).map { SourceFile(name: $0.name, text: $0.text) })
    let blocks = read.resources.filter { $0.type == "AWS::EC2::VPC" }.map { $0.properties["CidrBlock"] }
    #expect(blocks == ["10.64.0.0/20", "10.64.16.0/20", "10.64.32.0/20", "10.64.48.0/20"])
  }

  @Test func `is refused where there is no 'aws:'`() throws {
    let text = Self.twoProjects()
    let start = try #require(text.range(of: "\naws:"))
    #expect(throws: SynthesisError.noRules) { try Self.templates(text[..<start.lowerBound] + "\n") }
  }

  @Test(arguments: [
    (
      "nobody hears of a budget", "nobody hears of it", "store: churn-store",
      "store: churn-store, budget: { monthly: 400 USD }", "project churn"
    ),
    (
      "a region has no portal", "no WorkSpaces Secure Browser; use one of ap-", "region: eu-west-1",
      "region: eu-north-1", "region"
    ),
    ("a region has no packages", "no CodeArtifact", "region: eu-west-1", "region: ca-central-1", "region"),
    (
      "the range has no place for the correction", "no room for 3 projects, the browser and the correction",
      "store: fraud-store }", "store: fraud-store }\n  - { name: third, store: third-store }", "aws"
    ),
    (
      "two names together are too long", "has room for 54", "name: churn,",
      "name: churn-of-customers-who-have-left,", "project churn-of-customers-who-have-left"
    ),
  ])
  func `is refused at the spec's line where`(
    _ why: String, says: String, line: String, changed: String, place: String
  ) throws {
    var text = Self.twoProjects().replacingOccurrences(of: line, with: changed)
    if changed.contains("churn-of") {
      text = text.replacingOccurrences(of: "projects: [churn]", with: "projects: [\(place.dropFirst(8))]")
        .replacingOccurrences(of: "name: risk", with: "name: risk-of-several-kinds-of")
    }
    let error = #expect(throws: SynthesisError.self) { _ = try Self.templates(text) }
    #expect(error?.description.contains(says) == true, "\(error.map { "\($0)" } ?? "none")")
    #expect(error?.place == place)
    let spec = try Specification(text, file: "cordon.yaml", folder: .onDisk(Self.example.path))
    #expect(spec.places[place] != nil, "the line of \(place) is known")
  }

  @Test func `is refused where the user's own documents make a policy too long`() {
    let names = (0..<400).map { "arn:aws:s3:::churn-data/folder-number-\($0)/of-a-long-list/*" }
    let own = """
      policies:
        roles:
          churn:
            Version: 2012-10-17
            Statement: [{ Effect: Deny, Action: s3:PutObject, Resource: [\(names.map { "\"\($0)\"" }.joined(separator: ", "))] }]
      """
    let error = #expect(throws: SynthesisError.self) { _ = try Self.templates(Self.twoProjects(own)) }
    #expect(error?.description.contains("AWS takes 10240") == true && error?.place == "policies")
  }

  @Test func `is refused where two buckets' names are one in a template`() {
    let text = Self.twoProjects().replacingOccurrences(of: "fraud-data", with: "fraud-1")
      .replacingOccurrences(of: "fraud-store", with: "fraud1")
    let error = #expect(throws: SynthesisError.self) { _ = try Self.templates(text) }
    #expect(error?.description.contains("two resources called Fraud1Bucket") == true)
  }
}
