/// How a project's training, processing and monitoring runs are isolated.
///
/// The spec states it today; jobs are not run in this version.
public struct JobRules: Sendable, Equatable {
  /// Whether a run has a network.
  public enum NetworkIsolation: String, Sendable, CaseIterable {
    /// A run has none: its input and output are staged for it.
    case required
  }

  /// Whether a run has a network.
  public var networkIsolation: NetworkIsolation

  /// States the rules; what is left out is the closed choice.
  public init(networkIsolation: NetworkIsolation = .required) {
    self.networkIsolation = networkIsolation
  }
}

/// How much a project may keep in its buckets.
public struct StorageRules: Sendable, Equatable {
  /// Bytes on the disk, of all versions and unfinished uploads together.
  public var limit: Int
  /// Versions, delete markers, unfinished uploads and parts, and the markers of what is shown.
  public var entries: Int
  /// Seconds for which a version that was replaced or deleted is kept; nil keeps it for good.
  public var keepVersions: Int?

  /// States the rules; what is left out is what a small project needs.
  public init(limit: Int = 10 << 30, entries: Int = 1_000_000, keepVersions: Int? = 30 * 86_400) {
    self.limit = limit
    self.entries = entries
    self.keepVersions = keepVersions
  }
}

/// What a project may cost, and when people hear of it.
///
/// The spec states it today; nothing is metered in this version.
public struct Budget: Sendable, Equatable {
  /// The ceiling of a calendar month.
  public var monthly: Money
  /// Shares of the ceiling, in whole percent and rising, at which an alert is sent.
  public var alerts: [Int]

  /// States a budget.
  public init(monthly: Money, alerts: [Int]) {
    self.monthly = monthly
    self.alerts = alerts
  }
}

/// An amount in one currency: exact, never a binary fraction.
public struct Money: Sendable, Hashable, CustomStringConvertible {
  /// Hundredths of the currency's unit.
  public var hundredths: Int
  /// The currency's three letters, as ISO 4217 writes them.
  public var currency: String

  /// An amount of `hundredths` in `currency`.
  public init(hundredths: Int, currency: String) {
    self.hundredths = hundredths
    self.currency = currency
  }

  /// E.g. `400.00 USD`.
  public var description: String {
    let cents = hundredths.magnitude % 100
    let sign = hundredths < 0 ? "-" : ""
    return "\(sign)\(hundredths.magnitude / 100).\(cents < 10 ? "0" : "")\(cents) \(currency)"
  }
}
