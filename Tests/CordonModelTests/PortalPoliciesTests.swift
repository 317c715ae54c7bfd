import CordonPolicy
import CordonWire
import Testing

@testable import CordonModel

@Suite struct `What people may do at the portal` {
  private func environment(_ browser: BrowserRules = BrowserRules()) throws -> Environment {
    var environment = try TwoProjects().environment
    let churn = try Slug("churn")
    environment.people = [
      Person(name: try Slug("ann"), roles: [.dataScientist], projects: [churn]),
      Person(name: try Slug("bob"), roles: [.dataScientist], projects: [churn, try Slug("fraud")]),
      Person(name: try Slug("rita"), roles: [.reviewer, .auditor], projects: [churn]),
    ]
    environment.projects[0].workspaces.append(
      Workspace(name: try Slug("churn-bob"), limits: Workspace.Size.small.limits, person: try Slug("bob")))
    environment.browser = browser
    return environment
  }

  private func decide(
    _ environment: Environment, _ person: String, _ action: String, _ resource: String, door: String? = nil
  ) throws -> Decision {
    let policies = try CompiledPolicies(environment)
    let person = try Slug(person)
    let layers: PolicySet
    if let door {
      layers = policies.layers(
        person: person,
        door: CordonModel.SourcePosition(
          environment: environment.name, project: try Slug(door), workspace: try Slug("\(door)-1"),
          endpoint: .browser))
    } else {
      layers = policies.layersAtPortal(person: person)
    }
    let account = environment.organization.account
    return layers.decide(
      AccessRequest(
        principal: try Principal(parsing: account.arn(ofUser: person)), action: action,
        resource: "arn:aws:cordon:eu-west-1:\(account):\(resource)", resourceAccount: account.text,
        context: [
          "aws:PrincipalOrgID": "\(environment.organization.id)", "aws:PrincipalAccount": "\(account)",
        ]))
  }

  @Test(
    arguments: [
      (.allowed, "ann", "cordon:SignIn", "portal"), (.allowed, "rita", "cordon:SignIn", "portal"),
      (.implicitlyDenied, "eve", "cordon:SignIn", "portal"),
      (.allowed, "ann", "cordon:StartSession", "notebook/churn/churn-1"),
      (.allowed, "bob", "cordon:StartSession", "notebook/churn/churn-bob"),
      (.allowed, "bob", "cordon:StartSession", "notebook/fraud/fraud-1"),
      // Somebody else's workspace, another project, a role that does not work there, a name that begins alike.
      (.implicitlyDenied, "ann", "cordon:StartSession", "notebook/churn/churn-bob"),
      (.implicitlyDenied, "ann", "cordon:StartSession", "notebook/fraud/fraud-1"),
      (.implicitlyDenied, "rita", "cordon:StartSession", "notebook/churn/churn-1"),
      (.implicitlyDenied, "ann", "cordon:StartSession", "notebook/churn/churn-10"),
      (.implicitlyDenied, "ann", "cordon:StartSession", "notebook/churn/*"),
      // What the spec leaves out is refused by name.
      (.explicitlyDenied, "ann", "cordon:PasteIn", "notebook/churn/churn-1"),
      (.explicitlyDenied, "ann", "cordon:CopyOut", "notebook/churn/churn-1"),
      (.explicitlyDenied, "ann", "cordon:Upload", "notebook/churn/churn-1"),
      (.explicitlyDenied, "ann", "cordon:Download", "notebook/churn/churn-1"),
      (.explicitlyDenied, "ann", "cordon:Print", "notebook/churn/churn-1"),
      // Recordings are for the auditors of their project, and an auditor has no notebook.
      (.allowed, "rita", "cordon:ListRecordings", "recording/churn"),
      (.allowed, "rita", "cordon:ReplayRecording", "recording/churn/4ee255c98ecc0bfb3b6b4c9466f80658"),
      (
        .implicitlyDenied, "rita", "cordon:ReplayRecording",
        "recording/fraud/4ee255c98ecc0bfb3b6b4c9466f80658"
      ),
      (
        .implicitlyDenied, "rita", "cordon:ReplayRecording",
        "recording/churn-2/4ee255c98ecc0bfb3b6b4c9466f80658"
      ),
      (.implicitlyDenied, "rita", "cordon:ListRecordings", "recording/fraud"),
      (.implicitlyDenied, "rita", "cordon:ListRecordings", "notebook/churn/churn-1"),
      (.implicitlyDenied, "rita", "cordon:StartSession", "recording/churn/4ee255c98ecc0bfb3b6b4c9466f80658"),
      (.implicitlyDenied, "ann", "cordon:ListRecordings", "recording/churn"),
      (
        .implicitlyDenied, "ann", "cordon:ReplayRecording", "recording/churn/4ee255c98ecc0bfb3b6b4c9466f80658"
      ),
      (.implicitlyDenied, "ann", "cordon:ReplayRecording", "notebook/churn/churn-1"),
      (
        .implicitlyDenied, "eve", "cordon:ReplayRecording", "recording/churn/4ee255c98ecc0bfb3b6b4c9466f80658"
      ),
      // Nothing else is the portal's.
      (.implicitlyDenied, "ann", "s3:GetObject", "notebook/churn/churn-1"),
      (.implicitlyDenied, "ann", "cordon:Connect", "notebook/churn/churn-1"),
    ] as [(Decision.Outcome, String, String, String)])
  func `each is judged by the person's own document under the portal's`(
    outcome: Decision.Outcome, person: String, action: String, resource: String
  ) throws {
    let decision = try decide(environment(), person, action, resource)
    #expect(decision.outcome == outcome, "\(person) \(action) \(resource): \(decision.because.text)")
  }

  @Test(arguments: PortalAction.allCases.filter { !$0.isOfRecordings })
  func `one switch of the spec opens one action and no other`(action: PortalAction) throws {
    var rules = BrowserRules()
    switch action {
    case .signIn, .startSession, .listRecordings, .replayRecording: break
    case .pasteIn: rules.clipboardIn = true
    case .copyOut: rules.clipboardOut = true
    case .upload: rules.upload = true
    case .download: rules.download = true
    case .print: rules.print = true
    }
    let environment = try environment(rules)
    for other in PortalAction.allCases where other != .signIn {
      let decision = try decide(environment, "ann", other.rawValue, "notebook/churn/churn-1")
      #expect(decision.isAllowed == (other == action || other == .startSession), "\(other)")
    }
    // A switch is no right: somebody else's workspace stays shut.
    let foreign = try decide(environment, "ann", action.rawValue, "notebook/fraud/fraud-1")
    #expect(!foreign.isAllowed)
  }

  @Test(
    arguments: [
      (.allowed, "ann", "churn", "notebook/churn/churn-1"),
      (.allowed, "bob", "fraud", "notebook/fraud/fraud-1"),
      (.implicitlyDenied, "ann", "churn", "notebook/churn/churn-bob"),
      (.implicitlyDenied, "bob", "churn", "notebook/fraud/fraud-1"),
      (.implicitlyDenied, "ann", "fraud", "notebook/churn/churn-1"),
      (.implicitlyDenied, "rita", "churn", "notebook/churn/churn-1"),
      (.allowed, "ann", "churn", "host/docs.test/443"),
      (.implicitlyDenied, "ann", "churn", "host/docs.test/80"),
      // Listed for workspaces is not listed for browsers.
      (.implicitlyDenied, "ann", "churn", "host/allowed.test/443"),
      (.implicitlyDenied, "rita", "churn", "host/docs.test/443"),
      (.explicitlyDenied, "ann", "third", "notebook/churn/churn-1"),
    ] as [(Decision.Outcome, String, String, String)])
  func `a browser's door leads to the person's notebooks and to hosts listed for browsers`(
    outcome: Decision.Outcome, person: String, door: String, resource: String
  ) throws {
    let docs = AllowedHost(pattern: .exact(try DomainName("docs.test")), port: 443)
    let decision = try decide(
      environment(BrowserRules(hosts: [docs])), person, "cordon:Connect", resource, door: door)
    #expect(decision.outcome == outcome, "\(person) \(resource): \(decision.because.text)")
  }

  @Test func `the role of a workspace has no right at a browser's door, whatever that leads to`() throws {
    let environment = try environment()
    let policies = try CompiledPolicies(environment)
    let projects = try TwoProjects()
    let role = try projects.role("churn", .workspace)
    let decision = policies.layers(role: role, door: try projects.door("churn", .browser)).decide(
      AccessRequest(
        principal: try Principal(parsing: role.sessionARN("ann")), action: "cordon:Connect",
        resource: "arn:aws:cordon:eu-west-1:111122223333:notebook/churn/churn-1",
        resourceAccount: "111122223333",
        context: ["aws:PrincipalOrgID": "o-acme123456", "aws:PrincipalAccount": "111122223333"]))
    #expect(!decision.isAllowed)
  }

  @Test func `the documents are there to be read`() throws {
    let titles = try CompiledPolicies(environment()).titled.map(\.title)
    for title in ["portal", "person/ann", "person/rita", "endpoint/churn/browser"] {
      #expect(titles.contains(title), "\(title)")
    }
  }
}
