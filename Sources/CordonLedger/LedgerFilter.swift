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
  /// Records of one workspace.
  public var workspace: String?
  /// Allowed or denied ones.
  public var outcome: DecisionRecord.Outcome?
  /// Records of one egress path.
  public var path: EgressPath?
  /// Records of one operation, e.g. `PutObject`.
  public var eventName: String?
  /// At most so many.
  public var limit: Int?
  /// The order.
  public var order = Order.oldestFirst

  /// All records.
  public init() {}
}
