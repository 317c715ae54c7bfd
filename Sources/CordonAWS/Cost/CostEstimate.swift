public import CordonModel

/// What a month of a deployment costs, as far as cited prices say: nothing in it is guessed.
public struct CostEstimate: Sendable, Equatable {
  /// Something of a resource that is billed, with its price.
  public struct Line: Sendable, Equatable {
    /// The resource.
    public var resource: ResourceID
    /// Its type.
    public var type: String
    /// The project that it is tagged with; nil where it serves all of them.
    public var project: String?
    /// What is counted.
    public var meter: CostMeter
    /// How much of it a month takes.
    public var quantity: CostQuantity
    /// What a unit costs.
    public var price: UnitPrice
    /// Who says so.
    public var source: PriceSource

    /// What it comes to.
    public var amount: CostSum { CostSum(price, times: quantity) }
  }

  /// Something that is billed by use, with no assumption of how much.
  public struct OpenUse: Sendable, Equatable {
    /// What is counted.
    public var meter: CostMeter
    /// What a unit costs; nil where no cited page says.
    public var price: UnitPrice?
    /// Who says so.
    public var source: PriceSource?
    /// Whose use it is.
    public var resources: [ResourceID]
  }

  /// Something whose price is not known.
  public struct Unpriced: Sendable, Equatable {
    /// The resource.
    public var resource: ResourceID
    /// Its type.
    public var type: String
    /// Why its price is not known.
    public var reason: String
  }

  /// Resources of one type that cost nothing.
  public struct Free: Sendable, Equatable {
    /// Their type; an endpoint's with its kind.
    public var kind: String
    /// How many there are.
    public var count: Int
    /// Who says so.
    public var source: PriceSource
  }

  /// The region that the prices are of; nil where the files do not say.
  public var region: String?
  /// The hours that the month has.
  public var hours: CostQuantity
  /// What is priced, in the order of the files.
  public var lines: [Line] = []
  /// What depends on use.
  public var open: [OpenUse] = []
  /// What has no cited price.
  public var unknown: [Unpriced] = []
  /// What costs nothing.
  public var free: [Free] = []

  /// What the priced lines come to: the least that the month costs, where anything is open or unknown.
  public var total: CostSum { Self.sum(lines) }

  /// The lines' sums by stack, in the order of the files.
  public var byStack: [(name: String, sum: CostSum)] { sums { $0.resource.stack } }

  /// The lines' sums by project; what serves all of them is under nil.
  public var byProject: [(name: String?, sum: CostSum)] { sums { $0.project } }

  private static func sum(_ lines: [Line]) -> CostSum { lines.reduce(.zero) { $0 + $1.amount } }

  private func sums<Key: Hashable>(_ key: (Line) -> Key) -> [(name: Key, sum: CostSum)] {
    var order: [Key] = []
    var sums: [Key: CostSum] = [:]
    for line in lines {
      let key = key(line)
      if sums[key] == nil { order.append(key) }
      sums[key, default: .zero] = sums[key, default: .zero] + line.amount
    }
    return order.map { ($0, sums[$0] ?? .zero) }
  }
}

extension CostEstimate {
  /// Prices a deployment.
  ///
  /// `region` goes before the one that the deployment names, and that before the one of its endpoints' services.
  public init(
    _ deployment: CloudDeployment, prices: PriceTable, use: AssumedUse = AssumedUse(), region: String? = nil
  ) throws(TemplateErrors) {
    try use.check(deployment)
    self.init(region: region ?? deployment.region ?? Self.region(of: deployment), hours: use.hours)
    let projects = ProjectTags(deployment)
    var open: [OpenKey: OpenUse] = [:]
    var free: [String: Free] = [:]
    let rules = CostRules(deployment)
    for resource in deployment.resources {
      if let condition = resource.condition {
        unknown.append(
          Unpriced(
            resource: resource.id, type: resource.type,
            reason: "exists only where the condition '\(condition)' holds"))
        continue
      }
      guard let charges = rules.charges(of: resource) else {
        add(resource, to: &free, prices)
        continue
      }
      for charge in charges {
        add(charge, of: resource, project: projects.project(of: resource), prices, use, &open)
      }
    }
    self.open = open.values.sorted { ($0.meter, $0.resources[0]) < ($1.meter, $1.resources[0]) }
    self.free = free.values.sorted { $0.kind < $1.kind }
    moveWhatExceedsItsPrice(prices)
  }

  private struct OpenKey: Hashable {
    var meter: CostMeter
    var variety: String?
  }

  /// The one region in the names of the endpoints' services.
  private static func region(of deployment: CloudDeployment) -> String? {
    var regions: Set<String> = []
    for resource in deployment.resources where resource.type == "AWS::EC2::VPCEndpoint" {
      let parts = resource.properties["ServiceName"]?.plainText?.split(separator: ".").map(String.init) ?? []
      if parts.count > 3, parts[0] == "com", parts[1] == "amazonaws" { regions.insert(parts[2]) }
    }
    return regions.count == 1 ? regions.first : nil
  }

  private mutating func add(_ resource: CloudResource, to free: inout [String: Free], _ prices: PriceTable) {
    let kind = CostRules.kind(of: resource)
    guard let source = prices.freedom(of: kind) else {
      unknown.append(
        Unpriced(resource: resource.id, type: resource.type, reason: "no cited page says what it costs"))
      return
    }
    free[kind, default: Free(kind: kind, count: 0, source: source)].count += 1
  }

  private mutating func add(
    _ charge: Charge, of resource: CloudResource, project: String?, _ prices: PriceTable, _ use: AssumedUse,
    _ open: inout [OpenKey: OpenUse]
  ) {
    let price = prices.line(charge.meter, charge.variety, in: region)
    func isUnknown(_ reason: String) {
      unknown.append(Unpriced(resource: resource.id, type: resource.type, reason: reason))
    }
    let quantity: CostQuantity?
    switch charge.amount {
    case .hourly(let count): quantity = hours.times(count)
    case .monthly(let count): quantity = CostQuantity(whole: count)
    case .unclear(let why): return isUnknown("\(charge.meter.rawValue): \(why)")
    case .used:
      guard let assumed = use.amount(charge.meter, of: resource.id) else {
        let key = OpenKey(meter: charge.meter, variety: charge.variety)
        let empty = OpenUse(meter: charge.meter, price: price?.price, source: price?.source, resources: [])
        open[key, default: empty].resources.append(resource.id)
        return
      }
      quantity = assumed
    }
    guard let quantity else { return isUnknown("\(charge.meter.rawValue): more than any month takes") }
    guard let price else {
      let of = charge.variety.map { " of \($0)" } ?? ""
      let place = region.map { "in \($0)" } ?? "where the region is not known"
      return isUnknown("no cited price of \(charge.meter.rawValue)\(of) \(place)")
    }
    lines.append(
      Line(
        resource: resource.id, type: resource.type, project: project, meter: charge.meter, quantity: quantity,
        price: price.price, source: price.source))
  }

  /// A price that a page gives for the first so many units of a month says nothing of more.
  private mutating func moveWhatExceedsItsPrice(_ prices: PriceTable) {
    for limited in prices.lines {
      guard let most = limited.upTo else { continue }
      let own = lines.filter {
        $0.meter == limited.meter && $0.price == limited.price && $0.source == limited.source
      }
      guard own.reduce(Int128(0), { $0 + Int128($1.quantity.micros) }) > Int128(most.micros) else { continue }
      let name = limited.meter.rawValue
      for line in own {
        let reason = "\(name): together more than the \(most) of a month that the cited price is for"
        unknown.append(Unpriced(resource: line.resource, type: line.type, reason: reason))
      }
      lines.removeAll {
        $0.meter == limited.meter && $0.price == limited.price && $0.source == limited.source
      }
    }
  }
}

/// Which project a resource belongs to: its tag's, or that of its stack where all that are tagged there agree.
private struct ProjectTags {
  private var ofStack: [String: String?] = [:]

  init(_ deployment: CloudDeployment) {
    for resource in deployment.resources {
      guard let tags = Self.tags(resource) else { continue }
      let project = tags["project"]
      if let known = ofStack[resource.id.stack] {
        if known != project { ofStack[resource.id.stack] = .some(nil) }
      } else {
        ofStack[resource.id.stack] = .some(project)
      }
    }
  }

  func project(of resource: CloudResource) -> String? {
    if let tags = Self.tags(resource) { return tags["project"] }
    return ofStack[resource.id.stack] ?? nil
  }

  /// Tags as lists of `Key` and `Value`, or as an object; nil where there are none.
  private static func tags(_ resource: CloudResource) -> [String: String]? {
    guard let tags = resource.properties["Tags"] else { return nil }
    var read: [String: String] = [:]
    for tag in tags.elements ?? [] {
      if let key = tag["Key"]?.plainText, let value = tag["Value"]?.plainText { read[key] = value }
    }
    for member in tags.members ?? [] { read[member.name] = member.value.plainText }
    return read.isEmpty ? nil : read
  }
}
