/// A role of a project, as STS knows it.
public struct ProjectRole: Sendable, Hashable {
  /// What the role is for.
  public enum Purpose: String, Sendable, CaseIterable {
    /// The role whose short-lived credentials every workspace holds.
    case workspace
    /// Reads and never writes; a workspace may step down to it.
    case reader
  }

  /// The project.
  public var project: Slug
  /// What the role is for.
  public var purpose: Purpose
  /// The account it lives in.
  public var account: AccountID

  /// Names a role.
  public init(project: Slug, purpose: Purpose, account: AccountID) {
    self.project = project
    self.purpose = purpose
    self.account = account
  }

  /// The role's name, e.g. `churn-workspace`.
  public var name: String { "\(project)-\(purpose.rawValue)" }

  /// `arn:aws:iam::ACCOUNT:role/NAME`.
  public var arn: String { "arn:aws:iam::\(account):role/\(name)" }

  /// `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`.
  public func sessionARN(_ session: String) -> String {
    "arn:aws:sts::\(account):assumed-role/\(name)/\(session)"
  }
}
