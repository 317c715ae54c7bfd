import CordonModel
import CordonPolicy
import Yams

/// Turns the YAML library's nodes into values, within bounds; aliases are written out and count as often as they stand.
struct YAMLComposer {
  let file: String
  private var values = 0

  init(file: String) { self.file = file }

  mutating func value(_ node: Node, depth: Int) throws(TemplateError) -> CloudValue {
    let place = location(node.mark)
    values += 1
    guard depth <= SourceReader.deepest else {
      throw .tooLarge("nested deeper than \(SourceReader.deepest) levels", at: place)
    }
    guard values <= SourceReader.mostValues else {
      throw .tooLarge("more than \(SourceReader.mostValues) values, aliases written out", at: place)
    }
    switch node {
    case .scalar(let scalar):
      let tag = scalar.tag.description
      // A tag says what the text is: `!Ref Yes` names `Yes`.
      return try tagged(tag, tag.hasPrefix("!") ? .string(scalar.string) : self.scalar(scalar), at: place)
    case .sequence(let sequence):
      var elements: [CloudValue] = []
      elements.reserveCapacity(sequence.count)
      for element in sequence { elements.append(try value(element, depth: depth + 1)) }
      return try tagged(sequence.tag.description, .list(elements), at: place)
    case .mapping(let mapping):
      return try tagged(mapping.tag.description, .object(try members(mapping, depth: depth)), at: place)
    case .alias: throw .notRead("an alias without its anchor", at: place)
    }
  }

  private mutating func members(_ mapping: Node.Mapping, depth: Int) throws(TemplateError) -> [CloudValue
    .Member]
  {
    var members: [CloudValue.Member] = []
    members.reserveCapacity(mapping.count)
    var names: Set<String> = []
    for (key, value) in mapping {
      let place = location(key.mark)
      guard case .scalar(let scalar) = key else {
        throw .notRead("a key that is a list or an object; keys are text", at: place)
      }
      guard scalar.string != "<<" else {
        throw .notRead("a merge key '<<'; CloudFormation has none, write the values out", at: place)
      }
      guard names.insert(scalar.string).inserted else { throw .duplicateKey(scalar.string, at: place) }
      members.append(
        CloudValue.Member(
          name: scalar.string, value: try self.value(value, depth: depth + 1), location: place))
    }
    return members
  }

  private func scalar(_ scalar: Node.Scalar) -> CloudValue.Content {
    guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
    return PlainScalar.content(scalar.string)
  }

  /// Short forms (`!Sub text`) become what the long form reads as.
  private func tagged(
    _ tag: String, _ content: CloudValue.Content, at place: Location
  ) throws(TemplateError) -> CloudValue {
    switch tag {
    case "", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:bool",
      "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:null":
      return CloudValue(content, at: place)
    case "!", "tag:yaml.org,2002:str":
      return CloudValue(text(content), at: place)
    default: break
    }
    guard tag.hasPrefix("!") else {
      throw .notRead("the tag '\(tag)'; CloudFormation has none such", at: place)
    }
    let name = String(tag.dropFirst())
    guard let long = IntrinsicFunction.longForm(ofTag: name) else {
      let near = Spelling.nearest(to: name, among: IntrinsicFunction.tags)
      throw .unknownFunction(tag, at: place, didYouMean: near.map { "!\($0)" })
    }
    return CloudValue(
      .object([.init(name: long, value: CloudValue(content, at: place), location: place)]), at: place)
  }

  private func text(_ content: CloudValue.Content) -> CloudValue.Content {
    switch content {
    case .bool(let bool): .string(bool ? "true" : "false")
    case .number(let text): .string(text)
    case .null: .string("")
    default: content
    }
  }

  private func location(_ mark: Mark?) -> Location {
    Location(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
  }
}

/// What a word without quotes means: YAML 1.1 as CloudFormation's parser reads it.
enum PlainScalar {
  static func content(_ text: String) -> CloudValue.Content {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": return .bool(true)
    case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": return .bool(false)
    default: return isNumber(text) ? .number(text) : .string(text)
    }
  }

  /// Decimal digits with one point and an exponent at most. A date, an address and `0x1F` stay text.
  private static func isNumber(_ text: String) -> Bool {
    var rest = text.utf8[...]
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    var digits = 0
    func take(_ rest: inout Substring.UTF8View) -> Int {
      let before = rest.count
      rest = rest.drop { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
      return before - rest.count
    }
    digits += take(&rest)
    guard digits > 0 else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      _ = take(&rest)
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
      guard take(&rest) > 0 else { return false }
    }
    return rest.isEmpty
  }
}
