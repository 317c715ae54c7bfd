public import CordonModel
public import CordonPolicy

/// Keeps decisions. The ledger is one; tests keep them in memory.
public protocol DecisionLog: Sendable {
  /// Returns once the record is durable. Throwing refuses the request that the record is about.
  func append(_ record: DecisionRecord) async throws
  /// The same, and says how many bytes the record takes where it is kept; nil where nobody counts them.
  func appendCounted(_ record: DecisionRecord) async throws -> Int?
}

extension DecisionLog {
  /// Keeps the record and does not count.
  public func appendCounted(_ record: DecisionRecord) async throws -> Int? {
    try await append(record)
    return nil
  }
}

/// Judges a request, records the decision, and only then hands it back to be enforced.
public struct Gatekeeper: Sendable {
  /// The environment whose requests these are.
  public let environment: Environment
  /// The documents that judge them.
  public let policies: CompiledPolicies
  let log: any DecisionLog
  private let people: [Slug: String]

  /// A gatekeeper over an environment's compiled documents.
  public init(environment: Environment, policies: CompiledPolicies, log: any DecisionLog) {
    self.environment = environment
    self.policies = policies
    self.log = log
    people = Dictionary(
      environment.workspaces.compactMap { entry in
        entry.workspace.person.map { (entry.workspace.name, $0.text) }
      },
      uniquingKeysWith: { first, _ in first })
  }

  /// The same gatekeeper over other documents.
  public func judging(by policies: CompiledPolicies) -> Gatekeeper {
    Gatekeeper(environment: environment, policies: policies, log: log, people: people)
  }

  private init(
    environment: Environment, policies: CompiledPolicies, log: any DecisionLog, people: [Slug: String]
  ) {
    self.environment = environment
    self.policies = policies
    self.log = log
    self.people = people
  }

  /// Who calls through a listener that takes no credentials: the workspace's own role session.
  public func workspacePrincipal(_ source: SourcePosition) -> (role: ProjectRole, arn: String) {
    let role = ProjectRole(
      project: source.project, purpose: .workspace, account: environment.organization.account)
    return (role, role.sessionARN(sessionName(source)))
  }

  /// The session name of a workspace's credentials: its person, else the workspace itself.
  public func sessionName(_ source: SourcePosition) -> String {
    person(source) ?? source.workspace.text
  }

  /// Who works in the workspace that calls.
  public func person(_ source: SourcePosition) -> String? {
    people[source.workspace]
  }

  /// The context that the place of a call fixes, whatever the caller sends.
  public func context(of source: SourcePosition, isSecure: Bool) -> RequestContext {
    var context = RequestContext()
    context["aws:SourceVpc"] = [source.vpc]
    context["aws:SourceVpce"] = [source.vpce]
    context["aws:SecureTransport"] = [isSecure ? "true" : "false"]
    context["aws:RequestedRegion"] = [environment.region.text]
    context["aws:PrincipalOrgID"] = [environment.organization.id.text]
    context["aws:PrincipalAccount"] = [environment.organization.account.text]
    return context
  }

  /// Judges a call of one of Cordon's own actions (`cordon:ResolveName`, `cordon:Connect`, ...) and records
  /// it.
  ///
  /// - Parameters:
  ///   - resource: The part after the account, e.g. `name/evil.test`.
  ///   - record: The record to keep; its outcome, control and reason are filled in from the decision.
  /// - Returns: The decision, already durable in the ledger.
  public func judge(
    action: String, resource: String, from source: SourcePosition, control: String, record: DecisionRecord
  ) async throws -> Decision {
    let decision = decide(action: action, resource: resource, from: source)
    try await keep(decision, control: control, record: record)
    return decision
  }

  /// Judges a call of one of Cordon's own actions without recording it; the caller must record before it
  /// enforces.
  public func decide(action: String, resource: String, from source: SourcePosition) -> Decision {
    let caller = workspacePrincipal(source)
    guard let principal = try? Principal(parsing: caller.arn) else {
      // Slugs and digits always make an ARN; whoever has none has no identity policy that could allow
      // anything.
      return Decision(outcome: .implicitlyDenied, because: Reason(.notGranted, in: .identity))
    }
    let request = AccessRequest(
      principal: principal, action: action, resource: arn(resource),
      resourceAccount: environment.organization.account.text, context: context(of: source, isSecure: true))
    return policies.layers(role: caller.role, door: source).decide(request)
  }

  /// Judges what the browser of a person's session asks for, without recording it; the caller must record before it
  /// enforces.
  public func decide(
    action: String, resource: String, person: Slug, from source: SourcePosition
  ) -> Decision {
    decide(
      action, resource, by: person, context: context(of: source, isSecure: true),
      policies.layers(person: person, door: source))
  }

  /// Judges what a person does at the portal, without recording it; the caller must record before it enforces.
  ///
  /// - Parameter facts: What is known beside, for conditions: `cordon:Bytes`, `aws:SourceIp`.
  public func decide(
    _ action: PortalAction, resource: String, person: Slug, facts: [String: String] = [:]
  ) -> Decision {
    var context = RequestContext(facts.map { ($0.key, [$0.value]) })
    context["aws:SecureTransport"] = ["true"]
    context["aws:RequestedRegion"] = [environment.region.text]
    context["aws:PrincipalOrgID"] = [environment.organization.id.text]
    context["aws:PrincipalAccount"] = [environment.organization.account.text]
    return decide(
      action.rawValue, resource, by: person, context: context, policies.layersAtPortal(person: person))
  }

  private func decide(
    _ action: String, _ resource: String, by person: Slug, context: RequestContext, _ layers: PolicySet
  ) -> Decision {
    let account = environment.organization.account
    guard let principal = try? Principal(parsing: account.arn(ofUser: person)) else {
      return Decision(outcome: .implicitlyDenied, because: Reason(.notGranted, in: .identity))
    }
    return layers.decide(
      AccessRequest(
        principal: principal, action: action, resource: arn(resource), resourceAccount: account.text,
        context: context))
  }

  /// Records a decision that was made elsewhere; returns once it is durable.
  public func keep(_ decision: Decision, control: String, record: DecisionRecord) async throws {
    var record = record
    record.outcome = decision.isAllowed ? .allowed : .denied
    record.control = control
    record.reason = decision.because.text
    try await log.append(record)
  }

  /// Records a decision that no policy made, such as a malformed request; returns once it is durable.
  public func keep(_ record: DecisionRecord) async throws {
    try await log.append(record)
  }
}
