import CordonModel

/// Whose bucket a call names.
enum S3BucketOwner: Sendable, Equatable {
  /// A project of this environment.
  case project(Slug)
  /// An account that is not the environment's; only a drill's store holds such buckets.
  case foreign
  /// Nobody here knows the bucket. Outside, anybody may have it.
  case unknown

  /// The account that policies see; absent where the owner is not known.
  func account(in environment: Environment) -> String? {
    switch self {
    case .project: environment.organization.account.text
    case .foreign: ForeignAccount.id
    case .unknown: nil
    }
  }
}
