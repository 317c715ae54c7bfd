import CordonModel
import CordonSpec
import Testing

@Suite struct `The AWS target in a spec` {
  private static let good = [
    "root": "r-ab12", "offices": "[198.51.100.0/24]", "network": "10.64.0.0/16",
    "s3PrefixList": "pl-6da54004",
  ]

  private static func text(_ changed: [String: String?]) -> String {
    var keys = good
    for (key, value) in changed { keys[key] = value }
    return "aws:\n" + keys.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)\n" }.joined()
  }

  @Test func `left out there is none, and every key is read`() throws {
    #expect(try Samples.environment("").aws == nil)
    let rules = try #require(
      try Samples.environment(Self.text(["notify": "owner@allowed.test", "deployer": "cordon-deployer"])).aws)
    #expect(rules.root.text == "r-ab12")
    #expect(rules.offices.map(\.description) == ["198.51.100.0/24"])
    #expect(rules.network.description == "10.64.0.0/16")
    #expect(rules.s3PrefixList.text == "pl-6da54004")
    #expect(rules.notify == "owner@allowed.test")
    #expect(rules.deployer == "cordon-deployer" && rules.catalog.isEmpty)
    let offered = try Samples.environment(Self.text(["catalog": "[workspace, notebook]"])).aws?.catalog
    #expect(offered == [.workspace, .notebook])
  }

  @Test func `asks what a spent budget does unless it says so, and looks for tunnels only where it says so`()
    throws
  {
    let none = try #require(try Samples.environment(Self.text([:])).aws)
    #expect(none.overspent == .ask && !none.tunnelRules)
    let rules = try #require(
      try Samples.environment(Self.text(["overspent": "stop", "tunnelRules": "on"])).aws)
    #expect(rules.overspent == .stop && rules.tunnelRules)
  }

  @Test(arguments: [
    ("a root", "root", "ab12", "write one like r-ab12"),
    ("the whole internet", "offices", "[0.0.0.0/0]", "not the whole internet"),
    ("no office", "offices", "[]", "list the ranges"),
    ("public addresses", "network", "198.51.0.0/16", "write a range within 10.0.0.0/8"),
    ("more than a private range", "network", "10.0.0.0/7", "write a range within 10.0.0.0/8"),
    ("too few addresses", "network", "10.64.0.0/21", "each takes a /20"),
    ("bits behind the length", "network", "10.64.0.1/16", "bits are set"),
    ("a prefix list", "s3PrefixList", "s3", "describe-managed-prefix-lists"),
    ("offices in one another", "offices", "[198.51.100.0/24, 198.51.100.64/26]", "write the wider one alone"),
    ("an office in the network", "offices", "[10.64.3.0/24]", "the office 10.64.3.0/24 is in it"),
    ("every role", "deployer", "\"*\"", "write the name alone"),
    ("a role's ARN", "deployer", "arn:aws:iam::111122223333:role/me", "write the name alone"),
    ("a product that there is none of", "catalog", "[workspase]", "did you mean 'workspace'"),
    ("an answer that there is none of", "overspent", "stopp", "did you mean 'stop'"),
    ("neither on nor off", "tunnelRules", "maybe", "on or off"),
    ("a product twice", "catalog", "[workspace, workspace]", "workspace"),
    ("a mail address", "notify", "owner", "at most 50"),
  ])
  func `is refused at its line with`(_ what: String, key: String, value: String, says: String) {
    let error = #expect(throws: SpecErrors.self) { try Samples.environment(Self.text([key: value])) }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "no error")")
    #expect(error?.description.contains("cordon.yaml:") == true)
  }

  private static let emergency = [
    "name": "incident", "project": "churn", "people": "[eve]", "until": "2027-03-31T18:00:00Z",
    "reason": "stop it",
  ]

  private static func spec(_ key: String? = nil, _ value: String? = nil) -> String {
    var keys = emergency
    if let key { keys[key] = value }
    let fields = keys.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    return """
      people: [{ name: eve, roles: [platform-engineer] }]
      projects: [{ name: churn, data: [{ bucket: churn-data }] }]

      """ + text(["breakGlass": "[{ \(fields) }]"])
  }

  private static let team = """
    people: [{ name: ann, roles: [data-scientist], projects: [churn] }, { name: eve, roles: [reviewer] }]
    projects: [{ name: churn, data: [{ bucket: churn-data }] }]

    """

  @Test func `notebook instances, images, git and runbooks are read, and are none by themselves`() throws {
    let none = try #require(try Samples.environment(Self.text([:])).aws)
    #expect(none.notebooks.isEmpty && none.images.isEmpty && none.git == .none && !none.remediation)
    let rules = try #require(
      try Samples.environment(
        Self.team
          + Self.text([
            "notebooks": "[{ project: churn, person: ann, size: large }]",
            "images": "[{ project: churn, name: lab, tag: v1.2 }]", "git": "codecommit", "remediation": "on",
          ])
      ).aws)
    let project = try Slug("churn")
    #expect(rules.notebooks == [NotebookInstance(project: project, person: try Slug("ann"), size: .large)])
    #expect(rules.images == [StudioImage(project: project, name: try Slug("lab"), tag: "v1.2")])
    #expect(rules.git == .codecommit && rules.remediation)
  }

  @Test(arguments: [
    ("somebody of no project", "notebooks", "[{ project: churn, person: eve }]", "eve"),
    ("an unknown person", "notebooks", "[{ project: churn, person: anm }]", "did you mean 'ann'"),
    (
      "one person twice", "notebooks", "[{ project: churn, person: ann }, { project: churn, person: ann }]",
      "ann"
    ),
    ("an unknown size", "notebooks", "[{ project: churn, person: ann, size: smal }]", "did you mean 'small'"),
    ("a tag that is none", "images", "[{ project: churn, name: lab, tag: \"a b\" }]", "write one like"),
    ("an unknown service", "git", "codecomit", "did you mean 'codecommit'"),
  ])
  func `what a project has beside Studio is refused with`(
    _ what: String, key: String, value: String, says: String
  ) {
    let error = #expect(throws: SpecErrors.self) {
      try Samples.environment(Self.team + Self.text([key: value]))
    }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "no error")")
  }

  @Test func `monitors and tracking servers are read`() throws {
    let projects = "projects: [{ name: churn, data: [{ bucket: churn-data }] }]\n"
    let rules = try #require(
      try Samples.environment(
        projects
          + Self.text([
            "monitors": "[{ project: churn, endpoint: churn-1, watch: [bias, data-quality], every: hour }]",
            "mlflow": "[churn]",
          ])
      ).aws)
    let project = try Slug("churn")
    #expect(
      rules.monitors == [
        Monitor(project: project, endpoint: try Slug("churn-1"), kinds: [.bias, .dataQuality], every: .hour)
      ])
    #expect(rules.mlflow == [project])
  }

  @Test(arguments: [
    (
      "an unknown project", "monitors", "[{ project: churm, endpoint: e1, watch: [bias] }]",
      "did you mean 'churn'"
    ),
    (
      "nothing that is watched", "monitors", "[{ project: churn, endpoint: e1, watch: [] }]",
      "name what is looked at"
    ),
    (
      "an unknown kind", "monitors", "[{ project: churn, endpoint: e1, watch: [biass] }]",
      "did you mean 'bias'"
    ),
    ("no endpoint", "monitors", "[{ project: churn, watch: [bias] }]", "'endpoint'"),
    ("a server of no project", "mlflow", "[churm]", "did you mean 'churn'"),
    ("a server twice", "mlflow", "[churn, churn]", "churn"),
  ])
  func `what watches a project is refused with`(_ what: String, key: String, value: String, says: String) {
    let projects = "projects: [{ name: churn, data: [{ bucket: churn-data }] }]\n"
    let error = #expect(throws: SpecErrors.self) {
      try Samples.environment(projects + Self.text([key: value]))
    }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "no error")")
  }

  @Test func `a role for emergencies is read`() throws {
    let rule = try #require(
      try Samples.environment(Self.spec("allow", "[s3:GetObject]")).aws?.breakGlass.first)
    #expect(
      rule.name.text == "incident" && rule.project.text == "churn" && rule.people.map(\.text) == ["eve"])
    #expect(
      rule.until == "2027-03-31T18:00:00Z" && rule.reason == "stop it" && rule.allow == ["s3:GetObject"])
  }

  @Test(arguments: [
    ("nobody", "people", "[]", "name who may become the role"),
    ("somebody unknown", "people", "[evi]", "did you mean 'eve'"),
    ("an unknown project", "project", "churm", "did you mean 'churn'"),
    ("a day that is none", "until", "2027-03-32T18:00:00Z", "write one in UTC"),
    ("a day without an hour", "until", "2027-03-31", "write one in UTC"),
    ("an action that is none", "allow", "[GetObject]", "write one like"),
  ])
  func `a role for emergencies is refused with`(_ what: String, key: String, value: String, says: String) {
    let error = #expect(throws: SpecErrors.self) { try Samples.environment(Self.spec(key, value)) }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "no error")")
  }

  @Test(arguments: ["name", "project", "people", "until", "reason"])
  func `a role for emergencies needs its`(key: String) {
    let error = #expect(throws: SpecErrors.self) { try Samples.environment(Self.spec(key, nil)) }
    #expect(error?.description.contains("'\(key)'") == true)
  }

  @Test(arguments: ["root", "offices", "network", "s3PrefixList"])
  func `a missing key is named with a line to copy`(key: String) {
    let error = #expect(throws: SpecErrors.self) { try Samples.environment(Self.text([key: nil])) }
    #expect(error?.description.contains("'\(key)'") == true)
  }
}
