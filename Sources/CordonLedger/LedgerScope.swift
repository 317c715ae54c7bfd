public import CordonModel

/// Whose ledger it is: what every record says besides its decision.
public struct LedgerScope: Sendable, Equatable {
  /// The environment's name.
  public var environment: Slug
  /// The region that CloudTrail's `awsRegion` names.
  public var region: Region
  /// The account that owns the environment.
  public var account: AccountID

  /// Names an environment.
  public init(environment: Slug, region: Region, account: AccountID) {
    self.environment = environment
    self.region = region
    self.account = account
  }
}
