import CordonModel
import CordonSpec
import Testing

@Suite struct `A file of several accounts` {
  private static let head = """
    cordon: 1
    name: acme
    organization: { id: o-acme123456 }
    region: eu-west-1
    people:
      - { name: ada, roles: [data-scientist], projects: [churn, scans] }
      - { name: ben, roles: [data-scientist], projects: [scans] }
      - { name: eve, roles: [platform-engineer] }
    aws: { offices: [198.51.100.0/24], network: 10.64.0.0/14, s3PrefixList: pl-6da54004 }

    """
  private static let accounts = """
    accounts:
      - name: research
        account: "111122223333"
        projects: [{ name: churn, data: [{ bucket: acme-churn }], workspaces: [{ person: ada }] }]
      - name: clinic
        account: "444455556666"
        region: eu-central-1
        aws: { network: 10.96.0.0/14, root: r-ab12 }
        projects: [{ name: scans, data: [{ bucket: acme-scans }], workspaces: [{ person: ben }] }]

    """

  private static func every(_ text: String) throws(SpecErrors) -> [Specification] {
    try Specification.every(text, file: "cordon.yaml", folder: Samples.folder())
  }

  private static func complaints(_ text: String) -> [String] {
    do {
      _ = try every(text)
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  @Test func `is an environment for each, with what all share and what each writes itself`() throws {
    let every = try Self.every(Self.head + Self.accounts)
    #expect(every.map(\.account?.text) == ["research", "clinic"])
    let (research, clinic) = (every[0].environment, every[1].environment)
    #expect([research.name.text, clinic.name.text] == ["acme-research", "acme-clinic"])
    #expect(
      [research, clinic].map(\.organization.account.text) == ["111122223333", "444455556666"])
    #expect([research, clinic].map(\.organization.id.text) == ["o-acme123456", "o-acme123456"])
    #expect([research.region.text, clinic.region.text] == ["eu-west-1", "eu-central-1"])
    #expect(research.projects.map(\.name.text) == ["churn"] && clinic.projects.map(\.name.text) == ["scans"])
    #expect([research, clinic].map { $0.aws?.network.description } == ["10.64.0.0/14", "10.96.0.0/14"])
    #expect([research, clinic].map { $0.aws?.s3PrefixList.description } == ["pl-6da54004", "pl-6da54004"])
    #expect(clinic.projects.map(\.store.text) == ["acme-clinic-scans-store"])
  }

  @Test func `shows people the projects of the account alone, and nobody who has none there`() throws {
    let every = try Self.every(Self.head + Self.accounts)
    let people = every.map { $0.environment.people.map { "\($0.name):\($0.projects.map(\.text))" } }
    #expect(people == [["ada:[\"churn\"]", "eve:[]"], ["ada:[\"scans\"]", "ben:[\"scans\"]", "eve:[]"]])
  }

  @Test func `hangs the guardrails on each account where no root is written`() throws {
    let every = try Self.every(Self.head + Self.accounts)
    #expect(every.map { $0.environment.aws?.root.text } == ["111122223333", "r-ab12"])
  }

  @Test func `is read one account at a time, by name`() throws {
    let text = Self.head + Self.accounts
    let one = try Specification(text, file: "cordon.yaml", folder: Samples.folder(), account: "clinic")
    #expect(one.environment.name.text == "acme-clinic")
    #expect(one.places["bucket acme-scans"]?.line == 18)
    #expect {
      try Specification(text, file: "cordon.yaml", folder: Samples.folder(), account: "clinci")
    } throws: { "\($0)".contains("no account 'clinci' in this file; did you mean 'clinic'?") }
    #expect {
      try Specification(text, file: "cordon.yaml", folder: Samples.folder())
    } throws: { "\($0)".contains("describes 2 accounts on AWS (research, clinic)") }
    #expect(throws: SpecErrors.self) {
      try Specification(Samples.head, file: "cordon.yaml", folder: Samples.folder(), account: "clinic")
    }
  }

  @Test(arguments: [
    (
      "projects: [{ name: other }]\n",
      "cordon.yaml:10:1: 'projects' has no place in a file with 'accounts'; write them under the account that has them"
    ),
    ("defaults: { storge: {} }\n", "cordon.yaml:10:13: unknown key 'storge'; did you mean 'storage'?"),
    ("tiers: [{ name: big, budget: { monthly: lots } }]\n", "cordon.yaml:10:41: "),
  ])
  func `says each mistake once, at its line`(lines: String, complaint: String) {
    let found = Self.complaints(Self.head + lines + Self.accounts)
    #expect(found.count == 1 && found.first?.hasPrefix(complaint) == true, "\(found)")
  }

  @Test(arguments: [
    ("444455556666", "111122223333", "account '111122223333' is listed already, at line 12"),
    ("name: clinic", "name: research", "account 'research' is there already, at line 11"),
    ("acme-scans", "acme-churn", "bucket 'acme-churn' is there already, at line 13"),
    ("name: scans", "name: churn", "project 'churn' is there already, at line 13"),
    ("[scans] }", "[scnas] }", "no project 'scnas' in this file; did you mean 'scans'?"),
    (
      "id: o-acme123456", "id: o-acme123456, account: \"1\"",
      "'organization.account' has no place in a file with 'accounts'"
    ),
    ("region: eu-central-1", "reigon: eu-central-1", "unknown key 'reigon'; did you mean 'region'?"),
    (
      "region: eu-central-1", "people: [{ name: ben, roles: [data-scientist], projects: [churn] }]",
      "no project 'churn' in this file"
    ),
    ("account: \"444455556666\"", "region: eu-west-2", "'accounts[]' lacks 'account'"),
  ])
  func `refuses what its accounts cannot share`(was: String, becomes: String, complaint: String) {
    let text = (Self.head + Self.accounts)
    #expect(text.contains(was))
    let found = Self.complaints(text.replacing(was, with: becomes))
    #expect(found.contains { $0.contains(complaint) }, "\(found)")
  }

  @Test func `that lists no account, or too many, is refused`() {
    #expect(Self.complaints(Self.head + "accounts: []\n").count == 1)
    let many = (0...500).map { "  - { name: a\($0), account: \"\(100_000_000_000 + $0)\" }\n" }.joined()
    let head = Self.head.split(separator: "\n").filter { !$0.contains("projects: [") }.joined(separator: "\n")
    #expect(
      Self.complaints(head + "\naccounts:\n" + many).contains { $0.contains("more than 500 accounts") })
  }

  /// A few lines that stand for many: a hundred thousand patterns in each of a thousand workspaces.
  @Test func `does not unfold without a bound`() {
    let keep = (0..<2_000).map { "f\($0)" }.joined(separator: ", ")
    let workspaces = (0..<500).map { "{ name: w\($0) }" }.joined(separator: ", ")
    let text = """
      \(Samples.head)defaults: { workspace: { notebook: { keep: [\(keep)] } } }
      projects: [{ name: churn, workspaces: [\(workspaces)] }]

      """
    #expect(
      Self.complaints(text).contains { $0.contains("written out, the file holds more than 200000 values") })
  }
}

@Suite struct `Tiers and defaults` {
  private static func project(_ line: String) throws -> Project {
    let text = """
      defaults: { storage: { limit: 5 GiB, keepVersions: 30d }, workspace: { notebook: on } }
      tiers:
        - { name: large, storage: { limit: 100 GiB }, budget: { monthly: 900 USD, alerts: [50%] }, workspace: { size: large } }
      projects:
        - \(line)

      """
    return try #require(try Samples.environment(text).projects.first)
  }

  @Test func `are what a project has without writing it, the tier before the defaults`() throws {
    let plain = try Self.project("{ name: churn, workspaces: [{ name: w }] }")
    #expect(plain.storage.limit == 5 << 30 && plain.storage.keepVersions == 30 * 86_400)
    #expect(plain.budget == nil && plain.workspaces[0].notebook != nil)
    #expect(plain.workspaces[0].limits == Workspace.Size.small.limits)
    let large = try Self.project("{ name: churn, tier: large, workspaces: [{ name: w }] }")
    #expect(large.storage.limit == 100 << 30 && large.storage.keepVersions == 30 * 86_400)
    #expect(large.budget?.alerts == [50])
    #expect(large.workspaces[0].limits == Workspace.Size.large.limits && large.workspaces[0].notebook != nil)
  }

  @Test func `give way to what the project writes itself`() throws {
    let own = try Self.project(
      "{ name: churn, tier: large, storage: { keepVersions: 7d }, budget: { alerts: [90%], monthly: 10 USD }, workspaces: [{ name: w, size: medium, notebook: off }] }"
    )
    #expect(own.storage.limit == 100 << 30 && own.storage.keepVersions == 7 * 86_400)
    #expect(own.budget?.alerts == [90])
    #expect(own.workspaces[0].limits == Workspace.Size.medium.limits && own.workspaces[0].notebook == nil)
  }

  @Test func `of a name that is not there are refused, with the nearest`() {
    #expect {
      try Self.project("{ name: churn, tier: lrage }")
    } throws: { "\($0)".contains("no tier 'lrage' in this file; did you mean 'large'?") }
  }
}
