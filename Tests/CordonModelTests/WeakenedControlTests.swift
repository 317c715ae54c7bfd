import CordonModel
import CordonPolicy
import Testing

@Suite struct `Controls that a drill switches off` {
  /// Requests that are denied while every control holds, with the controls that each rests on.
  static let walls: [(Set<Control>, Call)] = {
    let churn = Caller.workspace("churn")
    let perimeter: Set<Control> = [.endpointPolicy, .credentialCheck]
    return [
      ([.dnsAllowlist], .cordon("ResolveName", "name/secret.evil.test", .dns)),
      ([.proxyAllowlist], .cordon("Connect", "host/evil.test/443", .proxy)),
      (perimeter, .s3(churn, "PutObject", "evil-bucket/a", isForeign: true)),
      (perimeter, .s3(.foreigner, "PutObject", "evil-bucket/a", isForeign: true)),
      (perimeter, .sts(churn, "AssumeRole", "evil-role", isForeign: true)),
      (perimeter, .s3(churn, "GetObject", "fraud-data/a.csv")),
      (perimeter, .s3(churn, "PutBucketPolicy", "churn-store")),
      ([], .cordon("Connect", "host/evil.test/443", .dns)),
      ([], .cordon("ResolveName", "name/evil.test", .proxy)),
      ([], .cordon("PutPackage", "package/pypi/pandas", .packages)),
      ([.mirrorAllowlist], .cordon("GetPackage", "package/pypi/evil", .packages)),
      ([], .cordon("GetCredentials", "role/fraud-workspace", .credentials)),
    ]
  }()

  @Test(arguments: Control.allCases)
  func `one control off opens what rests on it, and nothing else`(control: Control) throws {
    let projects = try TwoProjects(weakened: [control])
    // With a lock, because without one the mirror alone knows what a listed package needs.
    let policies = try CompiledPolicies(projects.environment, lock: PackageLock(packages: []))
    for (controls, call) in Self.walls {
      let decision = try call.decide(in: projects, policies)
      #expect(decision.isAllowed == controls.contains(control), "\(call): \(decision.because.text)")
    }
  }

  @Test(arguments: Control.allCases)
  func `a control that is no policy changes no document`(control: Control) throws {
    let inPolicies: Set<Control> = [
      .dnsAllowlist, .proxyAllowlist, .endpointPolicy, .credentialCheck, .mirrorAllowlist,
    ]
    let whole = try CompiledPolicies(TwoProjects().environment).titled
    let weakened = try CompiledPolicies(TwoProjects(weakened: [control]).environment).titled
    #expect((whole == weakened) == !inPolicies.contains(control))
  }

  @Test(
    arguments: [(false, []), (false, [.proxyAllowlist]), (true, [.browserDoor])] as [(Bool, Set<Control>)])
  func `only its own door's control opens hosts to a session's browser`(
    isOpen: Bool, weakened: Set<Control>
  ) throws {
    var projects = try TwoProjects(weakened: weakened)
    let person = Person(
      name: try Slug("ann"), roles: [.dataScientist], projects: [projects.environment.projects[0].name])
    projects.environment.people = [person]
    let policies = try CompiledPolicies(projects.environment)
    let request = AccessRequest(
      principal: try Principal(parsing: projects.environment.organization.account.arn(ofUser: person.name)),
      action: "cordon:Connect", resource: "arn:aws:cordon:eu-west-1:111122223333:host/evil.test/80",
      resourceAccount: "111122223333",
      context: RequestContext([
        ("aws:PrincipalOrgID", ["o-acme123456"]), ("aws:PrincipalAccount", ["111122223333"]),
      ]))
    let layers = policies.layers(person: person.name, door: try projects.door("churn", .browser))
    #expect(layers.decide(request).isAllowed == isOpen)
  }

  @Test func `honest work goes on with any control off`() throws {
    for control in Control.allCases {
      let projects = try TwoProjects(weakened: [control])
      let policies = try CompiledPolicies(projects.environment)
      for call in [
        Call.s3(.workspace("churn"), "GetObject", "churn-data/a.csv"),
        .s3(.workspace("churn"), "PutObject", "churn-store/a"),
        .cordon("ResolveName", "name/s3.eu-west-1.amazonaws.com", .dns),
        .cordon("GetPackage", "package/pypi/pandas", .packages),
        .cordon("GetCredentials", "role/churn-workspace", .credentials),
      ] {
        #expect(try call.decide(in: projects, policies).isAllowed, "\(call) with \(control.rawValue) off")
      }
    }
  }
}
