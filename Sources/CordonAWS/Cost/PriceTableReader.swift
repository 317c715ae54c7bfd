import CordonModel
import CordonPolicy

/// Reads price tables and assumptions of use: YAML or JSON, every mistake with its place.
struct PriceSheet {
  let file: SourceFile
  var problems = Problems()

  init(_ file: SourceFile) { self.file = file }

  var start: Location { Location(file: file.name, line: 1, column: 1) }

  /// The file's value; nil where it is none.
  mutating func value(_ what: String) -> CloudValue? {
    do throws(TemplateError) {
      return try SourceReader(file: file).read()
    } catch {
      if case .notADeployment(let place) = error {
        problems.add(.expected(what, found: "nothing", at: place))
      } else {
        problems.add(error)
      }
      return nil
    }
  }

  /// The members of an object that has no others than `known`.
  mutating func object(
    _ value: CloudValue, _ what: String, known: [String], required: [String] = []
  ) -> [CloudValue.Member]? {
    guard let members = members(value, what) else { return nil }
    for member in members where !known.contains(member.name) {
      let near = Spelling.nearest(to: member.name, among: known)
      problems.add(
        .unknownKey(member.name, in: what, at: member.location ?? value.location ?? start, didYouMean: near))
    }
    for name in required where !members.contains(where: { $0.name == name }) {
      problems.add(.missingKey(name, in: what, at: value.location ?? start))
    }
    return members
  }

  mutating func members(_ value: CloudValue, _ what: String) -> [CloudValue.Member]? {
    guard let members = value.members else {
      wrong(value, wanted: what)
      return nil
    }
    return members
  }

  mutating func elements(_ value: CloudValue, _ what: String) -> [CloudValue] {
    guard let elements = value.elements else {
      wrong(value, wanted: what)
      return []
    }
    return elements
  }

  mutating func text(_ value: CloudValue?, _ what: String, in owner: CloudValue) -> String? {
    guard let value else { return nil }
    guard let text = value.plainText, !text.isEmpty, text.utf8.count <= 1_000 else {
      wrong(value, wanted: what)
      return nil
    }
    return text
  }

  mutating func quantity(_ value: CloudValue, _ what: String) -> CostQuantity? {
    if case .number(let text) = value.content, let quantity = CostQuantity(text) { return quantity }
    wrong(value, wanted: "\(what): a decimal number like 12.5, six places at most, below a thousand millions")
    return nil
  }

  mutating func meter(_ name: String, at place: Location?) -> CostMeter? {
    if let meter = CostMeter(rawValue: name) { return meter }
    let near = Spelling.nearest(to: name, among: CostMeter.allCases.map(\.rawValue))
    problems.add(.unknownKey(name, in: "what is counted", at: place ?? start, didYouMean: near))
    return nil
  }

  mutating func wrong(_ value: CloudValue, wanted: String) {
    let found = value.plainText.map { "'\($0.prefix(80))'" } ?? value.kindName
    problems.add(.expected(wanted, found: found, at: value.location ?? start))
  }
}

extension PriceTable {
  /// The most lines of a table.
  static let mostLines = 20_000

  /// Reads a table.
  public init(reading file: SourceFile) throws(TemplateErrors) {
    var reader = PriceTableReader(PriceSheet(file))
    let table = reader.table()
    try reader.sheet.problems.finish()
    self = table
  }
}

private struct PriceTableReader {
  var sheet: PriceSheet
  private var sources: [String: PriceSource] = [:]
  private var seen: Set<[String]> = []

  init(_ sheet: PriceSheet) { self.sheet = sheet }

  mutating func table() -> PriceTable {
    var table = PriceTable()
    guard let value = sheet.value("a price table") else { return table }
    let known = ["currency", "pages", "prices", "free"]
    guard let members = sheet.object(value, "the price table", known: known, required: ["pages", "prices"])
    else { return table }
    if let currency = value["currency"], currency.plainText != "USD" {
      sheet.wrong(currency, wanted: "USD, the currency that all of AWS's price list is in")
    }
    for member in members where member.name == "pages" {
      for page in sheet.members(member.value, "pages by their names") ?? [] { add(page) }
    }
    let lines = value["prices"].map { sheet.elements($0, "a list of prices") } ?? []
    guard lines.count <= PriceTable.mostLines else {
      sheet.problems.add(.tooLarge("more than \(PriceTable.mostLines) prices", at: sheet.start))
      return table
    }
    for element in lines { if let line = line(element) { table.lines.append(line) } }
    for element in value["free"].map({ sheet.elements($0, "a list of what costs nothing") }) ?? [] {
      if let free = free(element) { table.free.append(free) }
    }
    return table
  }

  private mutating func add(_ page: CloudValue.Member) {
    let what = "the page '\(page.name)'"
    guard
      sheet.object(page.value, what, known: ["page", "date", "note"], required: ["page", "date"]) != nil,
      let address = sheet.text(page.value["page"], "an address", in: page.value),
      let date = sheet.text(page.value["date"], "a date", in: page.value)
    else { return }
    if !Self.isAddress(address), let value = page.value["page"] {
      sheet.wrong(value, wanted: "an address that begins with https:// and has no blanks")
    }
    if !Self.isDate(date), let value = page.value["date"] {
      sheet.wrong(value, wanted: "a date like 2026-09-14")
    }
    let note = sheet.text(page.value["note"], "text", in: page.value)
    sources[page.name] = PriceSource(page: address, date: date, note: note)
  }

  private static func isAddress(_ text: String) -> Bool {
    text.hasPrefix("https://") && text.utf8.count > 8 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  private static func isDate(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
      text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
      let month = Int(parts[1]), let day = Int(parts[2])
    else { return false }
    return (1...12).contains(month) && (1...31).contains(day)
  }

  private mutating func source(of value: CloudValue) -> PriceSource? {
    guard let name = sheet.text(value["source"], "the name of a page", in: value) else { return nil }
    if let source = sources[name] { return source }
    let near = Spelling.nearest(to: name, among: sources.keys.sorted())
    let place = value["source"]?.location ?? sheet.start
    sheet.problems.add(.unknownReference(name, at: place, didYouMean: near))
    return nil
  }

  private mutating func line(_ value: CloudValue) -> PriceTable.Line? {
    let known = ["meter", "of", "regions", "price", "upTo", "source"]
    let required = ["meter", "regions", "price", "source"]
    guard sheet.object(value, "a price", known: known, required: required) != nil,
      let name = sheet.text(value["meter"], "what is counted", in: value),
      let meter = sheet.meter(name, at: value["meter"]?.location), let written = value["price"]
    else { return nil }
    guard case .number(let text) = written.content, let price = UnitPrice(text) else {
      sheet.wrong(written, wanted: "a price like 0.011: twelve places at most, below a million")
      return nil
    }
    guard let regions = regions(of: value), let source = source(of: value) else { return nil }
    let variety = sheet.text(value["of"], "a kind, e.g. an instance type", in: value)
    for region in regions?.sorted() ?? ["every"] where !seen.insert([name, variety ?? "", region]).inserted {
      let place = value["meter"]?.location ?? sheet.start
      sheet.problems.add(.duplicateKey("\(name) in \(region)", at: place))
    }
    let upTo = value["upTo"].flatMap { sheet.quantity($0, "how many units have this price") }
    return PriceTable.Line(
      meter: meter, variety: variety, regions: regions, price: price, upTo: upTo, source: source)
  }

  /// Outer nil: not readable; inner nil: every region.
  private mutating func regions(of value: CloudValue) -> Set<String>?? {
    guard let regions = value["regions"] else { return nil }
    if regions.plainText == "every" { return .some(nil) }
    guard let elements = regions.elements, !elements.isEmpty else {
      sheet.wrong(regions, wanted: "a list of regions, or 'every'")
      return nil
    }
    var names: Set<String> = []
    for element in elements {
      guard let name = element.plainText, name.utf8.count <= 32, name.contains("-") else {
        sheet.wrong(element, wanted: "a region like eu-west-1")
        return nil
      }
      names.insert(name)
    }
    return .some(names)
  }

  private mutating func free(_ value: CloudValue) -> PriceTable.Free? {
    let known = ["types", "source"]
    guard sheet.object(value, "what costs nothing", known: known, required: known) != nil,
      let types = value["types"], let source = source(of: value)
    else { return nil }
    var names: Set<String> = []
    for element in sheet.elements(types, "a list of types") {
      guard let name = element.plainText, name.hasPrefix("AWS::") else {
        sheet.wrong(element, wanted: "a type like AWS::EC2::Subnet")
        continue
      }
      names.insert(name)
    }
    return PriceTable.Free(types: names, source: source)
  }
}
