import CordonModel
import CordonPolicy

/// How much of what is billed by use somebody assumes, for a month.
public struct AssumedUse: Sendable, Equatable {
  /// The hours of a month. AWS's own calculator takes 730.
  public var hours = CostQuantity(micros: 730_000_000)
  /// For each resource that has the meter.
  public internal(set) var each: [CostMeter: CostQuantity] = [:]
  /// For single resources, by `STACK/NAME`.
  var own: [String: [CostMeter: CostQuantity]] = [:]
  /// Where the single resources are named.
  var places: [String: Location] = [:]

  /// Nothing assumed: a month of 730 hours.
  public init() {}

  /// Reads a file: `hours`, `each`, and `resources` by `STACK/NAME`.
  public init(reading file: SourceFile) throws(TemplateErrors) {
    var sheet = PriceSheet(file)
    if let value = sheet.value("assumptions of use") { read(value, &sheet) }
    try sheet.problems.finish()
  }

  /// `NAME=AMOUNT` as the command line has it.
  public mutating func assume(_ text: String) throws(TemplateErrors) {
    let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    var sheet = PriceSheet(SourceFile(name: "--use \(text.prefix(80))", text: ""))
    let name = halves[0]
    let value = CloudValue(.number(halves.count == 2 ? halves[1] : ""), at: sheet.start)
    if name == "hours" {
      hours = Self.hours(value, &sheet) ?? hours
    } else if let (meter, quantity) = Self.use(.init(name: name, value: value), &sheet) {
      each[meter] = quantity
    }
    try sheet.problems.finish()
  }

  private mutating func read(_ value: CloudValue, _ sheet: inout PriceSheet) {
    guard sheet.object(value, "assumptions of use", known: ["hours", "each", "resources"]) != nil else {
      return
    }
    if let written = value["hours"] { hours = Self.hours(written, &sheet) ?? hours }
    if let each = value["each"] { self.each = Self.uses(each, &sheet) }
    guard let resources = value["resources"] else { return }
    for member in sheet.members(resources, "resources by STACK/NAME") ?? [] {
      own[member.name] = Self.uses(member.value, &sheet)
      places[member.name] = member.location ?? sheet.start
    }
  }

  /// A month has 744 hours at most.
  private static func hours(_ value: CloudValue, _ sheet: inout PriceSheet) -> CostQuantity? {
    if case .number(let text) = value.content, let hours = CostQuantity(text), hours.micros <= 744_000_000 {
      return hours
    }
    sheet.wrong(value, wanted: "the hours of a month, 744 at most")
    return nil
  }

  private static func uses(_ value: CloudValue, _ sheet: inout PriceSheet) -> [CostMeter: CostQuantity] {
    var uses: [CostMeter: CostQuantity] = [:]
    for member in sheet.members(value, "amounts by what is counted") ?? [] {
      if let (meter, quantity) = use(member, &sheet) { uses[meter] = quantity }
    }
    return uses
  }

  private static func use(
    _ member: CloudValue.Member, _ sheet: inout PriceSheet
  ) -> (CostMeter, CostQuantity)? {
    guard let meter = sheet.meter(member.name, at: member.location) else { return nil }
    guard !meter.isFixed else {
      let why = "'\(member.name)' counts what is there; how long that is, is said by 'hours'"
      sheet.problems.add(.notRead(why, at: member.location ?? sheet.start))
      return nil
    }
    return sheet.quantity(member.value, "how many of '\(meter.unit)' a month").map { (meter, $0) }
  }

  /// How much of a meter a resource is assumed to take; nil where nobody says.
  func amount(_ meter: CostMeter, of resource: ResourceID) -> CostQuantity? {
    own[resource.description]?[meter] ?? each[meter]
  }

  /// Refuses names of resources that are not there: a figure for one would be left out without a word.
  func check(_ deployment: CloudDeployment) throws(TemplateErrors) {
    let names = Set(deployment.resources.map(\.id.description))
    var problems = Problems()
    for (name, place) in places where !names.contains(name) {
      let near = Spelling.nearest(to: name, among: names.sorted())
      problems.add(.unknownReference(name, at: place, didYouMean: near))
    }
    try problems.finish()
  }
}
