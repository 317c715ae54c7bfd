import CordonDrill
import CordonModel
import CordonPolicy
import CordonProof
import CordonSpec
import Testing

@Suite struct `A proof of this machine` {
  static let spec = """
    cordon: 1
    name: lab
    organization: { id: o-acme123456, account: "111122223333" }
    region: eu-west-1
    packages:
      pypi: { allow: [pandas], with: dependencies }
    projects:
      - name: churn
        store: churn-store
        workspaces: [{ name: churn-1, size: small }]
      - name: fraud
        store: fraud-store
        workspaces: [{ name: fraud-1, size: small }]

    """

  /// The map of a spec, as `cordon prove` makes it.
  static func map(_ text: String = spec, weakened: Set<Control> = []) throws -> EgressMap {
    let specification = try Specification(text, file: "cordon.yaml", folder: .onDisk("/"))
    let openings = specification.findings.map { finding in
      SpecPlaces.Opening(
        kind: finding.route.rawValue, subject: finding.subject, reason: finding.reason,
        location: Location(
          file: finding.location.file, line: finding.location.line, column: finding.location.column))
    }
    let places = SpecPlaces(
      file: "cordon.yaml",
      declared: specification.places.mapValues {
        Location(file: $0.file, line: $0.line, column: $0.column)
      }, openings: openings.filter { $0.kind.hasSuffix("host") })
    let engine = Engine()
    return try LocalProof(
      specification.environment, places: places, weakened: weakened, answer: { engine.answer($0) }
    ).map()
  }

  static func verdicts(_ map: EgressMap) -> [String: Verdict] {
    Dictionary(
      map.paths.flatMap(\.routes).map { ($0.route, $0.verdict) },
      uniquingKeysWith: { Verdict.worst(of: [$0, $1]) })
  }

  @Test func `has every route that the attack suite walks, on the same path, and no other`() {
    let walked =
      AttackTable.all.map { "\($0.path.rawValue) \($0.id)" }
      + AttackTable.notYetCovered.map { "\($0.path.rawValue) \($0.route)" }
    let proved = LocalProof.routes.map { "\($0.path.rawValue) \($0.name)" }
    #expect(Set(proved) == Set(walked))
    #expect(proved.count == Set(proved).count)
  }

  @Test func `closes every covered route of a plain spec, and calls the others unknown`() throws {
    let verdicts = try Self.verdicts(Self.map())
    for attack in AttackTable.all { #expect(verdicts[attack.id] == .closed, "\(attack.id)") }
    for route in AttackTable.notYetCovered { #expect(verdicts[route.route] == .unknown, "\(route.route)") }
  }

  @Test func `holds for a spec with one project against any other one`() throws {
    let one = String(Self.spec.prefix { _ in true }).components(before: "  - name: fraud")
    let map = try Self.map(one)
    #expect(Self.verdicts(map)["s3-foreign-bucket"] == .closed)
    let resources = map.paths.flatMap(\.routes).flatMap(\.controls).map(\.resource)
    #expect(!resources.contains { $0.contains("any-other-project") })
  }

  @Test func `gives every control of a document its line`() throws {
    let controls = try Self.map().paths.flatMap(\.routes).flatMap(\.controls)
    #expect(controls.allSatisfy { $0.location?.file == "cordon.yaml" })
    let bucket = try #require(controls.first { $0.resource == "bucket/churn-store" })
    #expect(bucket.location?.line == 9)
  }

  @Test(arguments: WeakenableControl.allCases)
  func `opens what the suite's attacks on a control walk when it is off`(control: WeakenableControl) throws {
    let off = try #require(Control(rawValue: control.rawValue))
    let verdicts = try Self.verdicts(Self.map(weakened: [off]))
    for attack in AttackTable.proving(control) {
      #expect(verdicts[attack.id] == .open, "\(attack.id) without \(control.rawValue)")
    }
  }

  @Test(arguments: [
    ("overlay", "neighbour-file-locks"), ("separate-user", "neighbour-user-limits"),
    ("private-devices", "neighbour-device-locks"), ("disk-quota", "neighbour-disk-space"),
  ])
  func `opens what a mechanism closed that the spec does without`(mechanism: String, route: String) throws {
    let map = try Self.map(Self.spec + "sandbox: { without: [\(mechanism)] }\n")
    let report = try #require(map.paths.flatMap(\.routes).first { $0.route == route })
    #expect(report.witness?.resource == "sandbox.without")
    #expect(report.witness?.location?.line == 14)
    #expect(map.paths.flatMap(\.routes).filter { $0.verdict == .open }.map(\.route) == [route])
  }

  @Test(arguments: [
    ("{ hosts: [licence.example.com] }", "listed-host:licence.example.com:443"),
    (
      "{ hosts: [{ host: '*.example.com', reason: for a test }] }", "wildcard-host:*.example.com:443"
    ),
    (
      "{ hosts: [{ host: git.example.com, port: 8443, inspect: splice, reason: for a test }] }",
      "spliced-host:git.example.com:8443"
    ),
  ])
  func `shows a host that the spec lists as open, and nothing else`(egress: String, route: String) throws {
    let map = try Self.map(Self.spec + "egress: \(egress)\n")
    let open = map.paths.flatMap(\.routes).filter { $0.verdict == .open }
    #expect(open.map(\.route) == [route])
    #expect(open.first?.witness?.command.contains("example.com") == true)
    #expect(open.first?.witness?.location?.line == 14)
    if egress.contains("reason") { #expect(open.first?.witness?.story.contains("for a test") == true) }
  }

  @Test(arguments: [
    ("clipboard: { out: on }", "clipboard", "browser.clipboard.out"),
    ("download: on", "browser-download", "browser.download"),
    ("print: on", "print", "browser.print"),
    ("hosts: [licence.example.com]", "listed-host:licence.example.com:443", "browser.hosts"),
  ])
  func `shows what the spec lets out of the remote browser as open, and nothing else`(
    line: String, route: String, resource: String
  ) throws {
    let map = try Self.map(Self.spec + "browser: { \(line) }\n")
    let open = map.paths.flatMap(\.routes).filter { $0.verdict == .open }
    #expect(open.map(\.route) == [route])
    let witness = try #require(open.first?.witness)
    #expect(witness.resource == resource && witness.location?.line == 14)
    // What the line opens in Chromium's policy too is not said to be closed by it.
    #expect(open.first?.steps.contains { $0.contains("'browser-policy' is in force") } == false)
    #expect(
      witness.story.contains("remote browser") && !witness.command.contains("cordon exec"), "\(witness)")
  }

  @Test func `says unknown where nobody works`() throws {
    let map = try Self.map(Self.spec.components(before: "projects:"))
    #expect(map.paths.flatMap(\.routes).allSatisfy { $0.verdict == .unknown })
  }

  @Test func `asks the documents again when the spec adds one that opens a door`() throws {
    let specification = try Specification(Self.spec, file: "cordon.yaml", folder: .onDisk("/"))
    var environment = specification.environment
    let everything = try PolicyDocument(
      json: #"{"Statement":[{"Sid":"Wide","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#)
    environment.ownPolicies.endpoints[.dns] = [everything]
    environment.ownPolicies.roles[environment.projects[0].name] = [
      try PolicyDocument(json: #"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#)
    ]
    let engine = Engine()
    let map = try LocalProof(
      environment, places: SpecPlaces(file: "cordon.yaml"), answer: { engine.answer($0) }
    ).map()
    // The gateway still answers no other name: closed, with one layer less.
    #expect(Self.verdicts(map)["dns-label"] == .closed)
    #expect(map.depthLost.contains { $0.route == "dns-label" })
    // Another project's bucket is still closed by its own policy and the endpoint.
    #expect(Self.verdicts(map)["s3-neighbour-credentials"] == .closed)
    #expect(Self.verdicts(map)["s3-foreign-bucket"] == .closed)
  }

  @Test func `never takes what is not decided for closed`() throws {
    let specification = try Specification(Self.spec, file: "cordon.yaml", folder: .onDisk("/"))
    let map = try LocalProof(
      specification.environment, places: SpecPlaces(file: "cordon.yaml"),
      answer: { _ in .unknown([.budget(states: 7)]) }
    ).map()
    let verdicts = Self.verdicts(map)
    #expect(verdicts["s3-foreign-bucket"] == .unknown)
    #expect(verdicts["s3-publish"] == .unknown)
    // A control beside the document closes it whatever the document says.
    #expect(verdicts["dns-label"] == .closed)
  }

  @Test func `tells which control stands alone`() throws {
    let specification = try Specification(Self.spec, file: "cordon.yaml", folder: .onDisk("/"))
    let engine = Engine()
    let proof = try LocalProof(
      specification.environment, places: SpecPlaces(file: "cordon.yaml"), answer: { engine.answer($0) })
    let losses = try proof.depth()
    #expect(losses.contains { $0.route == "direct-tcp" && $0.resource == "network-namespace" })
    #expect(!losses.contains { $0.route == "icmp" })
  }
}

extension String {
  /// What stands before the first `mark`.
  fileprivate func components(before mark: String) -> String {
    firstRange(of: mark).map { String(self[..<$0.lowerBound]) } ?? self
  }
}
