/// All policies that a request meets.
///
/// An empty list means that no such policy applies. Each element of `scps` and `rcps` is one level from the
/// root of the organization down to the account, and every level must allow.
public struct PolicySet: Sendable, Equatable {
  /// The caller's own policies, those of its groups included.
  public var identity: [PolicyDocument]
  /// The caller's permissions boundary.
  public var boundary: [PolicyDocument]
  /// The policies of the caller's session.
  public var session: [PolicyDocument]
  /// The resource's own policy.
  public var resource: PolicyDocument?
  /// Service control policies that bind the caller's account, by level.
  public var scps: [[PolicyDocument]]
  /// Resource control policies that bind the resource's account, by level.
  public var rcps: [[PolicyDocument]]
  /// The policy of the endpoint that the request came through.
  public var endpoint: [PolicyDocument]

  /// A set of policies; what is left out does not apply.
  public init(
    identity: [PolicyDocument] = [], boundary: [PolicyDocument] = [], session: [PolicyDocument] = [],
    resource: PolicyDocument? = nil, scps: [[PolicyDocument]] = [], rcps: [[PolicyDocument]] = [],
    endpoint: [PolicyDocument] = []
  ) {
    self.identity = identity
    self.boundary = boundary
    self.session = session
    self.resource = resource
    self.scps = scps
    self.rcps = rcps
    self.endpoint = endpoint
  }

  /// Decides a request: pure, and the same answer every time.
  ///
  /// In order: an explicit Deny in any layer that binds the caller denies; then each ceiling that applies
  /// (RCP, SCP, endpoint, boundary, session) must allow; then something must grant; else it is denied. What
  /// cannot be evaluated is read against the caller.
  public func decide(_ request: AccessRequest) -> Decision {
    let question = Question(request, hasBoundary: !boundary.isEmpty)
    if question.isAlwaysAllowed {
      return Decision(outcome: .allowed, because: Reason(.alwaysAllowed, in: .builtin))
    }
    var survey = Survey()
    surveyOrganization(question, &survey)
    survey.add(endpoint, .endpoint, question)
    if let resource { survey.add(resource, question) }
    survey.add(identity, .identity, question)
    survey.add(boundary, .boundary, question)
    survey.add(session, .session, question)
    return survey.decision(question)
  }

  private func surveyOrganization(_ question: borrowing Question, _ survey: inout Survey) {
    if question.isBoundByRCPs, rcps.contains(where: { !$0.isEmpty }) {
      for level in rcps.indices { survey.add(rcps[level], .rcp, level: level, question) }
    }
    if question.isBoundBySCPs, scps.contains(where: { !$0.isEmpty }) {
      for level in scps.indices { survey.add(scps[level], .scp, level: level, question) }
    }
  }
}
