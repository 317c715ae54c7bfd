import CordonModel
import CordonPolicy

// Fn::Select, Fn::Split, Fn::FindInMap, Fn::Length, Fn::GetAZs and Fn::Cidr.
extension StackEvaluator {
  mutating func select(_ argument: CloudValue, at site: Location, in stack: Int) -> CloudValue {
    guard let items = argument.elements, items.count == 2 else {
      return refuse(.select, "a list of two: the index, and the list", at: site)
    }
    let index = value(items[0], in: stack)
    let list = value(items[1], in: stack)
    guard let text = index.plainText else { return open(.select, because: index, at: site) }
    guard let number = Int(text), number >= 0 else {
      return refuse(.select, "a whole number from 0 as its index", at: index.location ?? site)
    }
    return element(number, of: list, at: site)
  }

  private mutating func element(_ number: Int, of list: CloudValue, at site: Location) -> CloudValue {
    switch list.content {
    case .list(let elements):
      guard !elements.contains(where: \.mayVanish) else { return open(.select, at: site) }
      guard elements.indices.contains(number) else {
        return refuse(.select, "an index below the list's length, \(elements.count)", at: site)
      }
      return CloudValue(elements[number].content, at: site)
    case .oneOf(let choices, let condition) where choices.allSatisfy({ $0.elements != nil }):
      let chosen = choices.map { element(number, of: $0, at: site) }
      return CloudValue(.oneOf(chosen, condition: condition), at: site)
    case .unknown(let unknown):
      return CloudValue(.unknown(.init(unknown.cause, "\(unknown.name)[\(number)]")), at: site)
    case .reference(let reference):
      let attribute = "\(reference.attribute ?? "Ref")[\(number)]"
      return CloudValue(.reference(CloudReference(reference.resource, attribute: attribute)), at: site)
    case .joined, .oneOf: return open(.select, at: site)
    default: return refuse(.select, "a list to select from; \(list.kindName) stands there", at: site)
    }
  }

  mutating func split(_ argument: CloudValue, at site: Location, in stack: Int) -> CloudValue {
    guard let items = argument.elements, items.count == 2, let separator = items[0].plainText,
      !separator.isEmpty
    else { return refuse(.split, "a list of two: the separator as text, and the text to split", at: site) }
    let text = value(items[1], in: stack)
    return split(text, by: separator, at: site)
  }

  private mutating func split(_ text: CloudValue, by separator: String, at site: Location) -> CloudValue {
    switch text.content {
    case .string, .number, .bool:
      let parts = (text.plainText ?? "").separated(by: separator)
      guard spend(parts.count * 8, at: site) else { return wrong(at: site) }
      return CloudValue(.list(parts.map { CloudValue(.string($0), at: site) }), at: site)
    case .oneOf(let choices, let condition) where choices.allSatisfy({ $0.plainText != nil }):
      let lists = choices.map { split($0, by: separator, at: site) }
      return CloudValue(.oneOf(lists, condition: condition), at: site)
    case .unknown(let unknown):
      let name = "\(unknown.name) split by '\(separator)'"
      return CloudValue(.unknown(.init(unknown.cause, name)), at: site)
    case .reference, .joined, .oneOf: return open(.split, at: site)
    default: return refuse(.split, "text to split; \(text.kindName) stands there", at: site)
    }
  }

  mutating func findInMap(_ argument: CloudValue, at site: Location, in stack: Int) -> CloudValue {
    let takes = "a list of three: the map's name and two keys (and {DefaultValue: ...})"
    guard let items = argument.elements, (3...4).contains(items.count) else {
      return refuse(.findInMap, takes, at: site)
    }
    var fallback: CloudValue?
    if items.count == 4 {
      guard let written = items[3]["DefaultValue"] else { return refuse(.findInMap, takes, at: site) }
      fallback = value(written, in: stack)
    }
    let path = items.prefix(3).map { value($0, in: stack) }
    let map = path[0]
    guard let name = map.plainText else { return open(.findInMap, because: map, at: site) }
    guard let found = stacks[stack].template.mappings[name] else {
      if let fallback { return fallback }
      let near = Spelling.nearest(to: name, among: stacks[stack].template.mappings.keys.sorted())
      problems.add(.unknownReference(name, at: site, didYouMean: near))
      return wrong(at: site)
    }
    let rows = found.rows(path[1])
    let choices = rows.values.flatMap { row in row.rows(path[2]).values }
    return result(choices, isExact: rows.isExact && path[2].plainText != nil, path, fallback, site, in: stack)
  }

  private mutating func result(
    _ choices: [CloudValue], isExact: Bool, _ path: [CloudValue], _ fallback: CloudValue?, _ site: Location,
    in stack: Int
  ) -> CloudValue {
    let keys = path.dropFirst().map { $0.plainText ?? "?" }.joined(separator: ".")
    guard let first = choices.first else {
      if let fallback { return fallback }
      problems.add(.unknownReference("\(path[0].plainText ?? "").\(keys)", at: site, didYouMean: nil))
      return wrong(at: site)
    }
    if isExact { return value(first, in: stack) }
    guard spend(choices.count * 16, at: site) else { return wrong(at: site) }
    var values: [CloudValue] = []
    for choice in choices + (fallback.map { [$0] } ?? []) where !values.contains(choice) {
      values.append(choice)
    }
    if values.count == 1 { return CloudValue(values[0].content, at: site) }
    let open = path.dropFirst().first { $0.plainText == nil }
    return CloudValue(.oneOf(values, condition: open?.phrase ?? keys), at: site)
  }

  mutating func length(_ argument: CloudValue, at site: Location, in stack: Int) -> CloudValue {
    let list = value(argument, in: stack)
    switch list.content {
    case .list(let elements) where !elements.contains(where: \.mayVanish):
      return CloudValue(.number(String(elements.count)), at: site)
    case .list, .unknown, .reference, .oneOf, .joined: return open(.length, because: list, at: site)
    default: return refuse(.length, "a list; \(list.kindName) stands there", at: site)
    }
  }

  /// The zones of a region. Which ones an account has is in no file, so each is known by its number alone.
  mutating func zones(_ argument: CloudValue, at site: Location, in stack: Int) -> CloudValue {
    let region = value(argument, in: stack)
    guard region.plainText != nil || region.isTextual || region.content == .null else {
      return refuse(.getAZs, "a region, or nothing for the stack's own", at: site)
    }
    let name = region.plainText.flatMap { $0.isEmpty ? nil : " \($0)" } ?? ""
    return CloudValue(.unknown(.init(.outside, "availability zones\(name)")), at: site)
  }

  mutating func cidr(_ argument: CloudValue, at site: Location, in stack: Int) -> CloudValue {
    let takes = "a list: the block, how many blocks (1 to 256) and, if they are IPv4, how many bits each has"
    guard let items = argument.elements, (2...3).contains(items.count) else {
      return refuse(.cidr, takes, at: site)
    }
    let values = items.map { value($0, in: stack) }
    if let open = values.first(where: { $0.plainText == nil }) {
      guard open.isTextual || open.isJoined else { return refuse(.cidr, takes, at: site) }
      return self.open(.cidr, because: open, at: site)
    }
    let texts = values.compactMap(\.plainText)
    guard let count = Int(texts[1]), (1...256).contains(count),
      let bits = texts.count == 3 ? Int(texts[2]) : 64,
      let blocks = SubnetBlocks.blocks(of: texts[0], count: count, bits: bits)
    else { return refuse(.cidr, takes, at: site) }
    return CloudValue(.list(blocks.map { CloudValue(.string($0), at: site) }), at: site)
  }
}

extension CloudValue {
  /// The rows of a map that a key can mean: one for a known key, all of them for an unknown one.
  func rows(_ key: CloudValue) -> (values: [CloudValue], isExact: Bool) {
    guard let members else { return ([], true) }
    if let text = key.plainText { return (members.filter { $0.name == text }.map(\.value), true) }
    if case .oneOf(let choices, _) = key.content, choices.allSatisfy({ $0.plainText != nil }) {
      let names = Set(choices.compactMap(\.plainText))
      return (members.filter { names.contains($0.name) }.map(\.value), false)
    }
    return (members.map(\.value), false)
  }

  /// What makes a choice, in a few words.
  var phrase: String {
    switch content {
    case .unknown(let unknown): unknown.name
    case .oneOf(_, let condition): condition
    case .reference(let reference): reference.resource.description
    default: kindName
    }
  }
}

extension String {
  /// The parts between separators, empty ones included.
  func separated(by separator: String) -> [String] {
    let bytes = Array(utf8)
    let mark = Array(separator.utf8)
    var parts: [String] = []
    var start = 0
    var index = 0
    while index + mark.count <= bytes.count {
      if bytes[index] == mark[0], bytes[index..<index + mark.count].elementsEqual(mark) {
        parts.append(String(decoding: bytes[start..<index], as: UTF8.self))
        index += mark.count
        start = index
      } else {
        index += 1
      }
    }
    parts.append(String(decoding: bytes[start...], as: UTF8.self))
    return parts
  }
}
