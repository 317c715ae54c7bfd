import CordonGateway
public import CordonModel
import CordonPolicy
import CordonPortal

/// What a session's browser is told by policy.
public enum SessionPolicy {
  /// Chromium's own list is written from the documents that judge at the door, so that both say the same.
  ///
  /// - Parameter authority: The environment's certificate authority, PEM, where TLS to listed hosts is read.
  static func policy(
    _ plan: SessionPlan, judgedBy gatekeeper: Gatekeeper, authority: String
  ) -> ManagedPolicy {
    let environment = gatekeeper.environment
    let source = SourcePosition(
      environment: environment.name, project: plan.project, workspace: plan.workspace, endpoint: .browser)
    let listed = environment.browser.hosts.compactMap { host -> ManagedPolicy.DomainHost? in
      let (name, example, below) =
        switch host.pattern {
        case .exact(let name): ("\(name)", "\(name)", false)
        case .childrenOf(let parent): ("\(parent)", "x.\(parent)", true)
        }
      let decision = gatekeeper.decide(
        action: "cordon:Connect", resource: "host/\(example)/\(host.port)", person: plan.person, from: source)
      guard decision.isAllowed else { return nil }
      return ManagedPolicy.DomainHost(
        name: name, isPlain: host.port == 80, port: host.port, withChildren: below)
    }
    let notebook = ManagedPolicy.DomainHost(name: ServiceNames.notebook, isPlain: true)
    guard !environment.weakenedForDrill.contains(.browserPolicy) else { return .proxyOnlyForDrill(plan.home) }
    let intercepts = environment.browser.hosts.contains { $0.inspection == .intercept }
    return ManagedPolicy(
      hosts: [notebook] + listed, home: plan.home, rules: plan.rules,
      authorities: intercepts && !authority.isEmpty ? [base64(ofPEM: authority)] : [])
  }

  /// The policy that a session of this environment gets, as JSON: of the first workspace's person, where there is one.
  ///
  /// `cordon attack` gives it to browsers of its own. They meet no certificate of the environment's.
  public static func text(for environment: Environment) throws -> String {
    guard let (project, workspace) = environment.workspaces.first,
      let home = PageAddress("http://\(ServiceNames.notebook)/lab")
    else { throw SessionRefusal.noNotebook }
    let person = try workspace.person ?? environment.people.first?.name ?? Slug("nobody")
    let gatekeeper = Gatekeeper(
      environment: environment, policies: try CompiledPolicies(environment), log: NothingIsKept())
    let plan = SessionPlan(
      person: person, project: project.name, workspace: workspace.name, rules: environment.browser, home: home
    )
    return policy(plan, judgedBy: gatekeeper, authority: "").json
  }

  /// The body of the first PEM block, without its frame and line ends.
  private static func base64(ofPEM text: String) -> String {
    text.split(whereSeparator: \.isNewline).drop { !$0.hasPrefix("-----") }.dropFirst()
      .prefix { !$0.hasPrefix("-----") }.joined()
  }

  /// Nobody acts on what is judged here, so that there is nothing to keep.
  private struct NothingIsKept: DecisionLog {
    struct Refused: Error {}
    func append(_ record: DecisionRecord) async throws { throw Refused() }
  }
}
