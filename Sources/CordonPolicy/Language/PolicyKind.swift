/// What a policy is attached to, which decides the elements it may have.
public enum PolicyKind: String, Sendable, CaseIterable {
  /// Attached to a user, group or role.
  case identity
  /// A permissions boundary.
  case boundary
  /// Passed when a session is made.
  case session
  /// Attached to a resource: bucket, key, queue, or a role (its trust policy).
  case resource
  /// A service control policy of an organization.
  case scp
  /// A resource control policy of an organization.
  case rcp
  /// Attached to a VPC endpoint.
  case endpoint

  /// The kind with its article, for a message.
  public var phrase: String {
    switch self {
    case .identity: "an identity policy"
    case .boundary: "a permissions boundary"
    case .session: "a session policy"
    case .resource: "a resource policy"
    case .scp: "a service control policy"
    case .rcp: "a resource control policy"
    case .endpoint: "an endpoint policy"
    }
  }

  /// Whether its statements name principals (IAM User Guide, reference_policies_grammar).
  var namesPrincipals: Bool {
    switch self {
    case .identity, .boundary, .session, .scp: false
    case .resource, .rcp, .endpoint: true
    }
  }
}
