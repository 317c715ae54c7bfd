public import CordonModel
public import FoundationEssentials

/// Which records a query gives.
public struct LedgerFilter: Sendable {
  /// In which order, and so from which end `limit` counts.
  public enum Order: Sendable { case oldestFirst, newestFirst }

  /// Records of this time or later.
  public var since: Date?
  /// Records before this time.
  public var until: Date?
  /// Records after this position, whatever the order.
  public var after: Int64?
  /// Records before this position, whatever the order.
  public var before: Int64?
  /// Records of one workspace.
  public var workspace: String?
  /// Records of one person's.
  public var person: String?
  /// Allowed or denied ones.
  public var outcome: DecisionRecord.Outcome?
  /// Records of one egress path.
  public var path: EgressPath?
  /// Records of every other route than this one, and of none.
  public var exceptRoute: String?
  /// Records of one operation, e.g. `PutObject`.
  public var eventName: String?
  /// At most so many.
  public var limit: Int?
  /// The order.
  public var order = Order.oldestFirst

  /// All records.
  public init() {}
}
