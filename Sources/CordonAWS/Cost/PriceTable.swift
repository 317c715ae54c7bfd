/// Where a price was seen.
public struct PriceSource: Sendable, Hashable {
  /// The page's address.
  public var page: String
  /// The day that the page says it holds for or, where it says none, the day on which it was read.
  public var date: String
  /// What stands there, or how it was seen, where that is worth saying.
  public var note: String?
}

/// What AWS takes for what it counts, each line with the page that says so. A table of the user's takes the place of the
/// program's own.
public struct PriceTable: Sendable, Equatable {
  /// A price.
  public struct Line: Sendable, Equatable {
    /// What is counted.
    public var meter: CostMeter
    /// Which of several kinds with prices of their own; nil where there is one.
    public var variety: String?
    /// The regions that the page names; nil where it makes no difference between them.
    public var regions: Set<String>?
    /// What a unit costs.
    public var price: UnitPrice
    /// How many units of a month have this price; nil where all have.
    public var upTo: CostQuantity?
    /// Who says so.
    public var source: PriceSource
  }

  /// Resources that AWS bills nothing for.
  public struct Free: Sendable, Equatable {
    /// Their types; an endpoint's with its kind behind it.
    public var types: Set<String>
    /// Who says so.
    public var source: PriceSource
  }

  /// Every price.
  public internal(set) var lines: [Line] = []
  /// What costs nothing.
  public internal(set) var free: [Free] = []

  /// The price of a meter in a region; one that names the region goes before one for all.
  func line(_ meter: CostMeter, _ variety: String?, in region: String?) -> Line? {
    let own = lines.filter { $0.meter == meter && ($0.variety == nil || $0.variety == variety) }
    if let region, let exact = own.first(where: { $0.regions?.contains(region) == true }) { return exact }
    return own.first { $0.regions == nil }
  }

  /// Why resources of a kind cost nothing; nil where nobody says that.
  func freedom(of kind: String) -> PriceSource? { free.first { $0.types.contains(kind) }?.source }
}
