import CordonModel
import CordonPolicy

/// Works out what the values of several stacks come to.
///
/// Errors are collected and the reading goes on with an unknown in the place of the wrong value, so that one run shows
/// several mistakes; whoever starts an evaluation throws what was collected. Work is bounded: the values and the text that
/// one deployment unfolds to are counted, and so is how deep evaluation nests.
struct StackEvaluator {
  /// The most values that all stacks may unfold to.
  static let mostValues = 3_000_000
  /// The most text that functions may make, in bytes.
  static let mostText = 64 << 20
  /// How deep values, conditions, exports and nested stacks may need each other.
  static let deepest = 200
  /// The most stacks, nested ones included.
  static let mostStacks = 500

  var stacks: [Stack] = []
  var problems = Problems()
  var gaps: [CloudDeployment.Gap] = []
  let settings: [ParameterSetting]
  /// Templates by the last component of their file's name, for nested stacks.
  let templates: [String: Template]

  /// The resource whose properties are being evaluated.
  var current: String?
  var exports: ExportIndex?
  var isIndexing = false
  private var noted: Set<NotedGap> = []
  private var depth = 0
  private var values = 0
  private var text = 0

  private struct NotedGap: Hashable {
    var unknown: CloudUnknown
    var place: Location
  }

  init(settings: [ParameterSetting], templates: [String: Template]) {
    self.settings = settings
    self.templates = templates
  }

  /// What stands in the place of a value that could not be worked out; an error says why.
  func wrong(at place: Location?) -> CloudValue { CloudValue(.unknown(.init(.function, "error")), at: place) }

  func place(_ value: CloudValue, in stack: Int) -> Location {
    value.location ?? Location(file: stacks[stack].template.file.name, line: 1, column: 1)
  }

  // MARK: Values

  /// What a written value comes to.
  mutating func value(_ raw: CloudValue, in stack: Int) -> CloudValue {
    guard enter(raw, in: stack) else { return wrong(at: raw.location) }
    defer { depth -= 1 }
    switch raw.content {
    case .string(let text): return literal(text, at: raw.location)
    case .list(let elements): return CloudValue(.list(list(elements, in: stack)), at: raw.location)
    case .object(let members): return object(members, raw, in: stack)
    default: return raw
    }
  }

  private mutating func enter(_ raw: CloudValue, in stack: Int) -> Bool {
    values += 1
    guard values <= Self.mostValues else {
      problems.add(.tooLarge("unfolds to more than \(Self.mostValues) values", at: place(raw, in: stack)))
      return false
    }
    guard !problems.isFull else { return false }
    guard depth < Self.deepest else {
      problems.add(.tooLarge("needs more than \(Self.deepest) levels to work out", at: place(raw, in: stack)))
      return false
    }
    depth += 1
    return true
  }

  /// The elements without those that `AWS::NoValue` takes away.
  private mutating func list(_ elements: [CloudValue], in stack: Int) -> [CloudValue] {
    var results: [CloudValue] = []
    results.reserveCapacity(elements.count)
    for element in elements {
      let result = value(element, in: stack)
      if result.content == .null, element.content != .null { continue }
      results.append(result)
    }
    return results
  }

  private mutating func object(
    _ members: [CloudValue.Member], _ raw: CloudValue, in stack: Int
  ) -> CloudValue {
    if members.count == 1, let function = functionName(members[0].name) {
      return call(function, members[0].value, raw, in: stack)
    }
    if let member = members.first(where: { $0.name.hasPrefix("Fn::") }) {
      return misplaced(member, raw, in: stack)
    }
    var results: [CloudValue.Member] = []
    results.reserveCapacity(members.count)
    for member in members {
      let result = value(member.value, in: stack)
      if result.content == .null, member.value.content != .null { continue }
      results.append(.init(name: member.name, value: result, location: member.location))
    }
    return CloudValue(.object(results), at: raw.location)
  }

  private func functionName(_ name: String) -> String? {
    name == "Ref" || name.hasPrefix("Fn::") ? name : nil
  }

  /// A function beside other keys: a transform may stand so, and a loop that was not unrolled; others may not.
  private mutating func misplaced(
    _ member: CloudValue.Member, _ raw: CloudValue, in stack: Int
  ) -> CloudValue {
    let place = member.location ?? place(raw, in: stack)
    if member.name == "Fn::Transform" { return transform(member.value, raw, in: stack) }
    if member.name.hasPrefix("Fn::ForEach::") { return gap(.init(.function, member.name), at: place) }
    problems.add(
      .arguments(
        function: member.name, takes: "an object of its own, without other keys beside it", at: place))
    return wrong(at: place)
  }

  /// Notes what the files leave open as a whole, and gives the value that stands for it.
  mutating func gap(_ unknown: CloudUnknown, at place: Location) -> CloudValue {
    if noted.insert(NotedGap(unknown: unknown, place: place)).inserted {
      gaps.append(CloudDeployment.Gap(unknown, at: place))
    }
    return CloudValue(.unknown(unknown), at: place)
  }

  private mutating func transform(_ raw: CloudValue, _ whole: CloudValue, in stack: Int) -> CloudValue {
    let name = raw["Name"]?.plainText ?? "?"
    return gap(.init(.function, "Fn::Transform \(name)"), at: place(whole, in: stack))
  }

  // MARK: Functions

  private mutating func call(
    _ name: String, _ argument: CloudValue, _ raw: CloudValue, in stack: Int
  ) -> CloudValue {
    let site = raw.location ?? argument.location ?? place(raw, in: stack)
    guard let function = IntrinsicFunction(rawValue: name) else { return unknownFunction(name, site) }
    switch function {
    case .ref: return ref(argument, at: site, in: stack)
    case .getAtt: return getAtt(argument, at: site, in: stack)
    case .sub: return sub(argument, at: site, in: stack)
    case .join: return join(argument, at: site, in: stack)
    case .if: return choose(argument, at: site, in: stack)
    case .select: return select(argument, at: site, in: stack)
    case .split: return split(argument, at: site, in: stack)
    case .findInMap: return findInMap(argument, at: site, in: stack)
    case .importValue: return importValue(argument, at: site, in: stack)
    case .base64: return base64(argument, at: site, in: stack)
    case .cidr: return cidr(argument, at: site, in: stack)
    case .getAZs: return zones(argument, at: site, in: stack)
    case .length: return length(argument, at: site, in: stack)
    case .toJSONString: return jsonString(argument, at: site, in: stack)
    case .transform: return transform(argument, raw, in: stack)
    case .and, .equals, .not, .or, .condition:
      problems.add(.arguments(function: name, takes: "a place in 'Conditions'; here write Fn::If", at: site))
      return wrong(at: site)
    }
  }

  private mutating func unknownFunction(_ name: String, _ site: Location) -> CloudValue {
    if name.hasPrefix("Fn::ForEach::") { return gap(.init(.function, name), at: site) }
    let near = Spelling.nearest(to: name, among: IntrinsicFunction.allCases.map(\.rawValue))
    problems.add(.unknownFunction(name, at: site, didYouMean: near))
    return wrong(at: site)
  }

  /// Notes that a function's arguments are wrong.
  mutating func refuse(_ function: IntrinsicFunction, _ takes: String, at place: Location) -> CloudValue {
    problems.add(.arguments(function: function.rawValue, takes: takes, at: place))
    return wrong(at: place)
  }

  /// A value that the reader does not work out although nothing is wrong with it.
  func open(_ function: IntrinsicFunction, at place: Location) -> CloudValue {
    CloudValue(.unknown(.init(.function, "\(function.rawValue) at \(place)")), at: place)
  }

  /// Whether functions may still make that much text.
  mutating func spend(_ bytes: Int, at place: Location) -> Bool {
    text += bytes
    guard text <= Self.mostText else {
      problems.add(.tooLarge("functions make more than \(Self.mostText >> 20) MB of text", at: place))
      return false
    }
    return true
  }
}
