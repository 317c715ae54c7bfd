/// A `Principal` or `NotPrincipal` element.
public struct PrincipalClause: Sendable, Hashable {
  /// Whether it is `NotPrincipal`.
  public let isNegated: Bool
  /// The principals it lists.
  public let entries: [PrincipalEntry]

  /// Whether `"*"` is among the entries.
  var includesEveryone: Bool { entries.contains(.everyone) }
}

/// One principal that a policy lists.
public enum PrincipalEntry: Sendable, Hashable {
  /// `"*"` or `{"AWS": "*"}`: everyone, also unsigned requests.
  case everyone
  /// An account, by number or `:root` ARN.
  case account(String)
  /// A user, role or session, by ARN.
  case arn(PrincipalARN)
  /// A service.
  case service(String)
  /// An identity provider.
  case federated(String)
  /// An account, by S3 canonical user ID.
  case canonicalUser(String)
  /// Text with a wildcard inside, which AWS does not accept: a match is undecided.
  case wildcard(Pattern, PrincipalCategory)
  /// A unique ID or other text that names nobody any more.
  case nobody(String)
}

/// The members of a `Principal` element.
public enum PrincipalCategory: String, Sendable, CaseIterable {
  /// Accounts, users, roles and sessions.
  case aws = "AWS"
  /// AWS services.
  case service = "Service"
  /// Identity providers.
  case federated = "Federated"
  /// Accounts by S3 canonical user ID.
  case canonicalUser = "CanonicalUser"
}
