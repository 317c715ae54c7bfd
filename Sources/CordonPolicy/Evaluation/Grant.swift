/// How far a resource policy's Allow reaches by itself in the caller's own account.
///
/// IAM User Guide, reference_policies_evaluation-logic: "the principal ARN that is specified in the policy
/// determines whether implicit denies in other policy types are applicable to the final decision".
enum Grant: UInt8, Comparable {
  /// It does not name the caller.
  case none
  /// It names the caller's account: an identity policy must allow as well.
  case delegated
  /// It names the caller's role, or everyone: boundary and session policies limit it.
  case limited
  /// It names the caller itself: no implicit denial limits it.
  case direct

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
