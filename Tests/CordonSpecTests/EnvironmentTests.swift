import CordonModel
import CordonPolicy
import CordonSpec
import CordonWire
import Testing

@Suite struct `From lines to an environment` {
  @Test func `every key reaches the environment`() throws {
    let policy =
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:GetObjectVersion","Resource":"*"}]}"#
    let environment = try Samples.environment(
      """
      people: [{ name: ann, roles: [data-scientist, reviewer], projects: [churn] }]
      browser: { clipboard: { in: on, out: off, budget: 64 KiB }, session: { idle: 10m, longest: 4h }, watermark: false, record: { keep: 7d, limit: 2 GiB } }
      egress:
        hosts:
          - mirror.example.com:8443
          - { host: "*.cdn.example.com", port: 8080, inspect: splice, reason: the vendor numbers its hosts }
      packages:
        pypi: { allow: [Scikit_Learn], with: dependencies, minimumAge: 2w, upstream: "https://mirror.example.com/simple/" }
      projects:
        - name: churn
          data: [{ bucket: churn-data, from: data, readOnly: true, versioned: off }]
          storage: { limit: 3 GiB, entries: 5000, keepVersions: 90d }
          workspaces:
            - { size: medium, person: ann, notebook: { keep: ["*.py", reports/*.md], idle: 2h } }
            - { size: { memory: 1 GiB, cpus: 0.5 }, notebook: on }
          jobs: { networkIsolation: required }
          budget: { monthly: 99.50 EUR, alerts: [100%, 50%] }
      policies: { roles: { churn: deny.json } }
      sandbox: { without: [disk-quota] }

      """, files: ["/spec/data/a.csv": "1", "/spec/deny.json": policy])

    var expected = Environment(
      name: try Slug("demo"),
      organization: Organization(
        id: try OrganizationID("o-acme123456"), account: try AccountID("111122223333")),
      region: try Region("eu-west-1"))
    let churn = try Slug("churn")
    let ann = try Slug("ann")
    expected.people = [Person(name: ann, roles: [.dataScientist, .reviewer], projects: [churn])]
    expected.browser = BrowserRules(
      clipboardIn: true, clipboardOut: false, clipboardBudget: 65_536, idle: 600, longest: 14_400,
      watermark: false,
      recording: RecordingRules(keep: 604_800, limit: 2 << 30))
    expected.allowedHosts = [
      AllowedHost(pattern: .exact(try DomainName("mirror.example.com")), port: 8443),
      AllowedHost(
        pattern: .childrenOf(try DomainName("cdn.example.com")), port: 8080, inspection: .splice,
        reason: "the vendor numbers its hosts"),
    ]
    expected.pypi = PyPIRules(
      allow: ["scikit-learn"], withDependencies: true, minimumAge: 14 * 86_400,
      upstream: "https://mirror.example.com/simple/")
    var limits = Workspace.Size.small.limits
    limits.memory = 1 << 30
    limits.cpuMillicores = 500
    var project = Project(
      name: churn,
      buckets: [
        Bucket(name: try BucketName("churn-data"), seed: "/spec/data", readOnly: true, versioned: false),
        Bucket(name: try BucketName("demo-churn-store")),
      ],
      store: try BucketName("demo-churn-store"),
      workspaces: [
        Workspace(
          name: try Slug("churn-1"), limits: Workspace.Size.medium.limits, person: ann,
          notebook: NotebookRules(keep: ["*.py", "reports/*.md"], idle: 7_200)),
        Workspace(name: try Slug("churn-2"), limits: limits, notebook: NotebookRules()),
      ])
    project.storage = StorageRules(limit: 3 << 30, entries: 5_000, keepVersions: 90 * 86_400)
    project.budget = Budget(monthly: Money(hundredths: 9_950, currency: "EUR"), alerts: [50, 100])
    expected.projects = [project]
    expected.ownPolicies.roles = [churn: [try PolicyDocument(json: policy)]]
    expected.acceptedMissingMechanisms = ["disk-quota"]
    #expect(environment == expected)
  }

  @Test func `a line left out opens nothing`() throws {
    let environment = try Samples.environment("packages: { pypi: { allow: [pandas] } }\n")
    #expect(environment.allowedHosts.isEmpty)
    #expect(environment.pypi == PyPIRules(allow: ["pandas"], withDependencies: false, minimumAge: 7 * 86_400))
    #expect(environment.browser == BrowserRules(clipboardIn: false, clipboardOut: false, watermark: true))
    #expect(environment.projects.isEmpty)
    #expect(environment.ownPolicies == OwnPolicies())
    #expect(environment.acceptedMissingMechanisms.isEmpty)
    #expect(environment.weakenedForDrill.isEmpty)
    #expect(try Samples.environment("").pypi == nil)
  }

  @Test func `a listed host is read inside TLS on port 443 unless the line says otherwise`() throws {
    let environment = try Samples.environment("egress: { hosts: [a.example.com, { host: b.example.com }] }\n")
    #expect(environment.allowedHosts.map(\.port) == [443, 443])
    #expect(environment.allowedHosts.allSatisfy { $0.inspection == .intercept && $0.reason == nil })
  }

  @Test func `text keeps its letters whatever YAML would make of it`() throws {
    let environment = try Samples.environment(
      "projects: [{ name: no, workspaces: [{ name: 0x1f }, { name: 1e3 }, { name: 2024-01-01 }, { name: \"on\" }] }]\n"
    )
    #expect(environment.projects.map(\.name.text) == ["no"])
    #expect(environment.workspaces.map(\.workspace.name.text) == ["0x1f", "1e3", "2024-01-01", "on"])
  }

  @Test func `an account keeps its leading zero`() throws {
    let text = Samples.head.replacing("\"111122223333\"", with: "012345678901")
    let environment = try Specification(text, file: "cordon.yaml", folder: Samples.folder()).environment
    #expect(environment.organization.account.text == "012345678901")
  }

  @Test func `line ends and a byte order mark of other systems change nothing`() throws {
    let text = "\u{FEFF}" + Samples.head.replacing("\n", with: "\r\n") + "projects: [{ name: churn }]\r"
    let environment = try Specification(text, file: "cordon.yaml", folder: Samples.folder()).environment
    #expect(environment == (try Samples.environment("projects: [{ name: churn }]\n")))
  }

  @Test func `a document in YAML is the document in JSON`() throws {
    let lines = """
      projects: [{ name: churn }]
      policies:
        roles:
          churn:
            Version: 2012-10-17
            Statement:
              - Effect: Deny
                Action: [s3:PutObject, "s3:Delete*"]
                Resource: "*"
                Condition: { Bool: { aws:SecureTransport: false } }

      """
    let own = try Samples.environment(lines).ownPolicies
    let json = """
      {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["s3:PutObject","s3:Delete*"],"Resource":"*",\
      "Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}
      """
    #expect(own.roles == [try Slug("churn"): [try PolicyDocument(json: json)]])
  }

  @Test func `documents for doors and buckets reach the compiled policies`() throws {
    let document =
      "{ Version: 2012-10-17, Statement: [{ Sid: Own, Effect: Deny, Principal: \"*\", Action: \"*\", Resource: \"*\" }] }"
    let environment = try Samples.environment(
      """
      projects: [{ name: churn }]
      policies: { endpoints: { s3: \(document), dns: [\(document), \(document)] }, buckets: { demo-churn-store: \(document) } }

      """)
    #expect(environment.ownPolicies.endpoints[.s3]?.count == 1)
    #expect(environment.ownPolicies.endpoints[.dns]?.count == 2)
    #expect(environment.ownPolicies.buckets.keys.map(\.text) == ["demo-churn-store"])
    let titles = try CompiledPolicies(environment).titled.map(\.title)
    #expect(titles.contains("endpoint/churn/dns/own-2"))
  }
}

@Suite struct `Lines that open something` {
  @Test func `each is reported on its path, with its place and reason`() throws {
    let allow =
      "{ Version: 2012-10-17, Statement: [{ Effect: Allow, Principal: \"*\", Action: \"*\", Resource: \"*\" }] }"
    let specification = try Samples.specification(
      """
      browser: { clipboard: { out: on }, download: on, print: on }
      egress: { hosts: [a.example.com, { host: "*.b.example.com", inspect: splice, reason: pinned }] }
      projects: [{ name: churn }]
      policies: { endpoints: { dns: \(allow), proxy: \(allow), packages: \(allow), s3: \(allow) } }
      sandbox: { without: [overlay] }

      """)
    let findings = specification.findings
    #expect(findings.map(\.location.line) == [5, 5, 5, 6, 6, 6, 8, 8, 8, 8, 9])
    #expect(
      findings.map(\.path) == [
        .clipboardPrint, .browserDownload, .clipboardPrint, .externalUpload, .externalUpload, .externalUpload,
        .tunnel, .externalUpload, .packageShell, .crossAccountCopy, nil,
      ])
    #expect(Set(findings.map(\.route)) == Set(RouteFinding.Route.allCases))
    #expect(findings.filter { $0.route == .ownPolicy }.allSatisfy { $0.reason == "allows something" })
    #expect(findings.filter { $0.subject == "*.b.example.com:443" }.map(\.reason) == ["pinned", "pinned"])
  }
}
