/// What the ledger keeps of one decision: CloudTrail's members, and Cordon's own beside them.
///
/// It holds no secret, no body, no signature: the types that build it do not carry them.
public struct DecisionRecord: Sendable, Equatable {
  /// Whether the request may go on.
  public enum Outcome: String, Sendable, Codable { case allowed, denied }

  /// Whose act it was, and where.
  public enum Source: Sendable, Hashable {
    /// A workspace's: it called this listener.
    case door(SourcePosition)
    /// The operator's, in one workspace, such as a command that enters it. No door was called.
    case operatorIn(WorkspacePosition)
    /// The operator's, on the environment.
    case operatorOutside

    /// The listener that was called; nil for the operator's own acts.
    public var door: SourcePosition? {
      if case .door(let position) = self { position } else { nil }
    }

    /// The workspace that it is about; nil for acts on the whole environment.
    public var place: WorkspacePosition? {
      switch self {
      case .door(let position): position.place
      case .operatorIn(let place): place
      case .operatorOutside: nil
      }
    }
  }

  /// The service that was called, e.g. `s3.amazonaws.com` or `dns.cordon`.
  public var eventSource: String
  /// The operation, e.g. `PutObject`, `ResolveName`, `Connect`.
  public var eventName: String
  /// Where the call came from.
  public var source: Source
  /// Who works in that workspace, or the operator.
  public var person: String?
  /// The caller's ARN; absent for an anonymous caller.
  public var principal: String?
  /// The access key's public id.
  public var accessKeyID: String?
  /// ARNs of what was asked for.
  public var resources: [String]
  /// The egress path the request would have walked, if any.
  public var path: EgressPath?
  /// The route of that path, e.g. `dns-label`.
  public var route: String?
  /// What was decided.
  public var outcome: Outcome
  /// The control that decided, e.g. `endpoint policy`.
  public var control: String
  /// Why, in one line.
  public var reason: String
  /// The error code the client was given, if any.
  public var errorCode: String?
  /// The id that the client was given, so that a person can look the decision up.
  public var requestID: String
  /// Further facts: sizes, counts, status. Never a secret.
  public var details: [String: String]

  /// Describes a decision.
  public init(
    eventSource: String, eventName: String, source: Source, person: String? = nil,
    principal: String? = nil, accessKeyID: String? = nil, resources: [String] = [], path: EgressPath? = nil,
    route: String? = nil, outcome: Outcome, control: String, reason: String, errorCode: String? = nil,
    requestID: String, details: [String: String] = [:]
  ) {
    self.eventSource = eventSource
    self.eventName = eventName
    self.source = source
    self.person = person
    self.principal = principal
    self.accessKeyID = accessKeyID
    self.resources = resources
    self.path = path
    self.route = route
    self.outcome = outcome
    self.control = control
    self.reason = reason
    self.errorCode = errorCode
    self.requestID = requestID
    self.details = details
  }

  /// Describes a decision on a call through a listener; without one it is the operator's own act.
  public init(
    eventSource: String, eventName: String, source: SourcePosition?, person: String? = nil,
    principal: String? = nil, accessKeyID: String? = nil, resources: [String] = [], path: EgressPath? = nil,
    route: String? = nil, outcome: Outcome, control: String, reason: String, errorCode: String? = nil,
    requestID: String, details: [String: String] = [:]
  ) {
    self.init(
      eventSource: eventSource, eventName: eventName, source: source.map(Source.door) ?? .operatorOutside,
      person: person, principal: principal, accessKeyID: accessKeyID, resources: resources, path: path,
      route: route, outcome: outcome, control: control, reason: reason, errorCode: errorCode,
      requestID: requestID, details: details)
  }
}
