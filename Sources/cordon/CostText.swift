import CordonAWS
import CordonModel

/// An estimate for people: stacks with their lines, then what is not in the total, then the pages.
struct CostText {
  private let estimate: CostEstimate
  /// Pages in the order in which lines refer to them.
  private var pages: [PriceSource] = []

  init(_ estimate: CostEstimate) { self.estimate = estimate }

  var text: String {
    var copy = self
    return copy.written()
  }

  private mutating func written() -> String {
    let place = estimate.region ?? "an unknown region"
    var parts = [
      "a month of \(estimate.hours) hours in \(place), USD, without taxes, discounts and free allowances"
    ]
    for (stack, sum) in estimate.byStack { parts.append(self.stack(stack, sum)) }
    parts.append(sums())
    if !estimate.open.isEmpty { parts.append(open()) }
    if !estimate.unknown.isEmpty { parts.append(unknown()) }
    if !estimate.free.isEmpty { parts.append(free()) }
    if !pages.isEmpty { parts.append(sources()) }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private mutating func number(_ source: PriceSource) -> String {
    let index = pages.firstIndex(of: source) ?? pages.count
    if index == pages.count { pages.append(source) }
    return "[\(index + 1)]"
  }

  private mutating func stack(_ name: String, _ sum: CostSum) -> String {
    var rows: [[String]] = []
    for line in estimate.lines where line.resource.stack == name {
      rows.append([
        "  " + line.resource.name, Self.short(line.type), "\(line.quantity) x \(line.meter.unit)",
        "\(line.price)", "\(line.amount)", number(line.source),
      ])
    }
    rows.append(["  together", "", "", "", "\(sum)", ""])
    return Console.printable(name.isEmpty ? "the template" : name) + "\n" + Console.table(rows)
  }

  private func sums() -> String {
    var rows = estimate.byProject.map {
      [$0.name.map { "project \($0)" } ?? "for all projects", "\($0.sum)"]
    }
    let isLeast = !estimate.open.isEmpty || !estimate.unknown.isEmpty
    rows.append([isLeast ? "total, at least" : "total", "\(estimate.total)"])
    return Console.table(rows)
  }

  private mutating func open() -> String {
    var rows: [[String]] = []
    for use in estimate.open {
      let price = use.price.map { "\($0)" } ?? "price unknown"
      let page = use.source.map { number($0) } ?? ""
      rows.append(["  " + use.meter.rawValue, use.meter.unit, price, page, Self.names(use.resources)])
    }
    return "billed by use, nothing assumed (--use NAME=AMOUNT)\n" + Console.table(rows)
  }

  /// One row for each type and reason; `--format json` has one for each resource.
  private func unknown() -> String {
    var order: [[String]] = []
    var resources: [[String]: [ResourceID]] = [:]
    for one in estimate.unknown {
      let key = [Self.short(one.type), one.reason]
      if resources[key] == nil { order.append(key) }
      resources[key, default: []].append(one.resource)
    }
    let rows = order.map { key in
      ["  \(resources[key]?.count ?? 0)", key[0], key[1], Self.names(resources[key] ?? [])]
    }
    return "price unknown\n" + Console.table(rows)
  }

  private mutating func free() -> String {
    var rows: [[String]] = []
    for free in estimate.free {
      rows.append(["  \(free.count)", Self.short(free.kind), number(free.source)])
    }
    return "billed nothing\n" + Console.table(rows)
  }

  private func sources() -> String {
    let lines = pages.enumerated().map { index, source in
      let note = source.note.map { "; " + Console.printable($0) } ?? ""
      return "  [\(index + 1)] \(Console.printable(source.page)), \(source.date)\(note)"
    }
    return "pages\n" + lines.joined(separator: "\n")
  }

  private static func short(_ type: String) -> String {
    type.hasPrefix("AWS::") ? String(type.dropFirst(5)) : type
  }

  private static func names(_ resources: [ResourceID]) -> String {
    let first = resources.prefix(2).map(\.description).joined(separator: ", ")
    return resources.count > 2 ? "\(first) and \(resources.count - 2) more" : first
  }
}

/// An estimate for scripts; amounts are decimal texts, every digit.
struct CostJSON: Encodable {
  struct Line: Encodable {
    var resource: String
    var type: String
    var stack: String
    var project: String?
    var meter: String
    var unit: String
    var quantity: String
    var unitPrice: String
    var monthly: String
    var page: String
    var date: String
    var note: String?
  }

  struct Use: Encodable {
    var meter: String
    var unit: String
    var unitPrice: String?
    var page: String?
    var date: String?
    var resources: [String]
  }

  struct Unknown: Encodable {
    var resource: String
    var type: String
    var reason: String
  }

  struct Free: Encodable {
    var type: String
    var resources: Int
    var page: String
    var date: String
  }

  struct Sum: Encodable {
    var name: String?
    var monthly: String
  }

  var currency = "USD"
  var region: String?
  var hours: String
  var lines: [Line]
  var stacks: [Sum]
  var projects: [Sum]
  var total: String
  /// Whether nothing is left out of the total.
  var isWhole: Bool
  var open: [Use]
  var unknown: [Unknown]
  var free: [Free]

  init(_ estimate: CostEstimate) {
    region = estimate.region
    hours = "\(estimate.hours)"
    lines = estimate.lines.map { line in
      Line(
        resource: line.resource.name, type: line.type, stack: line.resource.stack, project: line.project,
        meter: line.meter.rawValue, unit: line.meter.unit, quantity: "\(line.quantity)",
        unitPrice: "\(line.price)", monthly: line.amount.exact, page: line.source.page,
        date: line.source.date, note: line.source.note)
    }
    stacks = estimate.byStack.map { Sum(name: $0.name, monthly: $0.sum.exact) }
    projects = estimate.byProject.map { Sum(name: $0.name, monthly: $0.sum.exact) }
    total = estimate.total.exact
    isWhole = estimate.open.isEmpty && estimate.unknown.isEmpty
    open = estimate.open.map { use in
      Use(
        meter: use.meter.rawValue, unit: use.meter.unit, unitPrice: use.price.map { "\($0)" },
        page: use.source?.page, date: use.source?.date, resources: use.resources.map(\.description))
    }
    unknown = estimate.unknown.map { Unknown(resource: "\($0.resource)", type: $0.type, reason: $0.reason) }
    free = estimate.free.map {
      Free(type: $0.kind, resources: $0.count, page: $0.source.page, date: $0.source.date)
    }
  }
}
