import CordonAWS
import CordonModel
import CordonSpec
import Testing

/// What `cordon synth --diff` says.
@Suite struct `What would change in what is deployed` {
  private static func spec(
    _ browser: String = "", offices: String = "192.0.2.0/24", more: String = "", beside: String = ""
  )
    -> String
  {
    """
    cordon: 1
    name: risk
    organization: { id: o-acme123456, account: "111122223333" }
    region: eu-west-1
    \(browser)
    projects:
      - { name: churn, data: [{ bucket: churn-data }], store: churn-store }
    \(more)
    aws: { root: r-ab12, offices: [\(offices)], network: 10.64.0.0/16, s3PrefixList: pl-6da54004\(beside.isEmpty ? "" : ", " + beside) }
    """
  }

  private static func spent(_ answer: String) -> String {
    spec(beside: "notify: owner@allowed.test, overspent: \(answer)").replacing(
      "store: churn-store", with: "store: churn-store, budget: { monthly: 400 USD }")
  }

  private static func ordered(_ products: String) -> String {
    spec(
      more: "people: [{ name: ann, roles: [data-scientist], projects: [churn] }]",
      beside: "catalog: [\(products)]")
  }

  private static func deployment(_ text: String) throws -> CloudDeployment {
    let environment = try Specification.parse(text, file: "cordon.yaml", folder: "/")
    let templates = try Synthesis.stacks(of: environment).templates()
    return try TemplateReader().read(templates.map { SourceFile(name: $0.name, text: $0.text) })
  }

  private static func difference(_ old: String, _ new: String) throws -> StackDifference {
    try StackDifference(from: deployment(old), to: deployment(new))
  }

  @Test func `is nothing where the spec is the same`() throws {
    #expect(try Self.difference(Self.spec(), Self.spec()).changes == [])
  }

  @Test(
    arguments: [
      (
        .weaker, "copying out of the remote browser: Disabled, then Enabled",
        spec(), spec("browser: { clipboard: { out: on } }")
      ),
      (
        .stronger, "copying out of the remote browser: Enabled, then Disabled",
        spec("browser: { clipboard: { out: on } }"), spec()
      ),
      (
        .weaker, "ranges that may open the portal: 198.51.100.0/24 listed", spec(),
        spec(offices: "192.0.2.0/24, 198.51.100.0/24")
      ),
      (
        .stronger, "ranges that may open the portal: 198.51.100.0/24 no longer listed",
        spec(offices: "192.0.2.0/24, 198.51.100.0/24"), spec()
      ),
      (
        .weaker, "names that a DNS firewall lists: wiki.allowed.test listed", spec(),
        spec("browser: { hosts: [wiki.allowed.test] }")
      ),
      (
        .weaker, "added: a person's workspace", spec(),
        spec("people: [{ name: ann, roles: [data-scientist], projects: [churn] }]")
      ),
      (.weaker, "added: a tracking server of runs", spec(), spec(beside: "mlflow: [churn]")),
      (
        .stronger, "added: the watch of an endpoint", spec(),
        spec(beside: "monitors: [{ project: churn, endpoint: churn-1, watch: [bias] }]")
      ),
      (
        .stronger, "removed: a tracking server of runs", spec(beside: "mlflow: [churn]"), spec()
      ),
      (
        .stronger, "added: the answer to a spent budget", spent("tell"), spent("ask")
      ),
      (
        .stronger, "the answer to a spent budget, without asking: MANUAL, then AUTOMATIC", spent("ask"),
        spent("stop")
      ),
      (
        .weaker, "added: something that people order", ordered("workspace"), ordered("workspace, notebook")
      ),
      (
        .stronger, "added: the lists that a choice must be on", ordered("workspace"),
        ordered("workspace, notebook")
      ),
      (
        .stronger, "added: a runbook that puts a setting right", spec(), spec(beside: "remediation: on")
      ),
      (
        .stronger, "statement NoTags (Deny) added", spec(),
        spec(
          more:
            "policies: { roles: { churn: { Version: 2012-10-17, Statement: [{ Sid: NoTags, Effect: Deny, Action: s3:PutObjectTagging, Resource: \"*\" }] } } }"
        )
      ),
    ] as [(StackDifference.Direction, String, String, String)])
  func `says which way a line of the spec goes`(
    direction: StackDifference.Direction, words: String, old: String, new: String
  ) throws {
    let changes = try Self.difference(old, new).changes
    #expect(
      changes.contains { $0.direction == direction && $0.words == words },
      "\(changes.map { "\($0.direction) \($0.words)" }.joined(separator: "\n"))")
    // What becomes weaker one way becomes stronger the other.
    let back = try Self.difference(new, old).changes
    let opposite: StackDifference.Direction = direction == .weaker ? .stronger : .weaker
    #expect(back.contains { $0.direction == opposite })
  }

  @Test(arguments: [
    ("AWS::Route53Resolver::FirewallRuleGroupAssociation", "removed: the DNS firewall of a network"),
    ("AWS::EC2::FlowLog", "removed: the log of what flows in a network"),
    ("AWS::S3::BucketPolicy", "removed: the policy of a bucket"),
    ("AWS::Organizations::Policy", "removed: a guardrail of the organisation"),
    ("AWS::CloudTrail::Trail", "removed: the trail of every call"),
  ])
  func `names a control that would be gone`(type: String, words: String) throws {
    let planned = try Self.deployment(Self.spec())
    var less = planned
    less.resources.removeAll { $0.type == type }
    let difference = StackDifference(from: planned, to: less)
    #expect(!difference.changes.isEmpty && difference.worst == .weaker)
    #expect(difference.changes.allSatisfy { $0.words == words })
    #expect(StackDifference(from: less, to: planned).worst == .stronger)
  }
}
