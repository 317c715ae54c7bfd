import CordonModel

/// Writes out `Fn::ForEach` (transform `AWS::LanguageExtensions`) before anything is evaluated.
///
/// `Fn::ForEach::Name: [Identifier, Collection, {Key: Body}]` becomes one `Key: Body` for each value, `${Identifier}`,
/// `&{Identifier}` and `Ref: Identifier` replaced. A loop over a collection that is not known stays: the evaluator names it as a
/// gap.
struct LoopUnroller {
  /// The most values that all loops of a template may make.
  static let mostValues = 300_000

  /// The values of parameters that a collection can name.
  let parameters: [String: CloudValue]
  private(set) var problems: [TemplateError] = []
  private var values = 0

  init(parameters: [String: CloudValue]) { self.parameters = parameters }

  private static let prefix = "Fn::ForEach::"
  private static let takes =
    "a list of three: a name for the item, the collection, and an object with one key"

  /// The members with every loop among them written out, loops within loops included.
  mutating func unrolled(_ members: [CloudValue.Member]) -> [CloudValue.Member] {
    guard members.contains(where: { Self.mayHoldLoop($0) }) else { return members }
    var results: [CloudValue.Member] = []
    for member in members {
      if member.name.hasPrefix(Self.prefix) {
        results += loop(member) ?? [member]
      } else {
        var member = member
        member.value = unrolled(member.value)
        results.append(member)
      }
    }
    return results
  }

  private mutating func unrolled(_ value: CloudValue) -> CloudValue {
    switch value.content {
    case .object(let members): return CloudValue(.object(unrolled(members)), at: value.location)
    case .list(let elements): return CloudValue(.list(elements.map { unrolled($0) }), at: value.location)
    default: return value
    }
  }

  private static func mayHoldLoop(_ member: CloudValue.Member) -> Bool {
    member.name.hasPrefix(prefix) || holdsLoop(member.value)
  }

  private static func holdsLoop(_ value: CloudValue) -> Bool {
    switch value.content {
    case .object(let members): members.contains(where: mayHoldLoop)
    case .list(let elements): elements.contains(where: holdsLoop)
    default: false
    }
  }

  /// One loop written out; nil where it must stay.
  private mutating func loop(_ member: CloudValue.Member) -> [CloudValue.Member]? {
    let place = member.location ?? member.value.location
    guard let items = member.value.elements, items.count == 3, let identifier = items[0].plainText,
      let body = items[2].members
    else {
      if let place { problems.append(.arguments(function: member.name, takes: Self.takes, at: place)) }
      return []
    }
    guard let collection = collection(items[1]) else { return nil }
    var results: [CloudValue.Member] = []
    for item in collection {
      guard values <= Self.mostValues else {
        if let place {
          problems.append(.tooLarge("loops make more than \(Self.mostValues) values", at: place))
        }
        return []
      }
      results += unrolled(body.map { replaced($0, identifier, by: item) })
    }
    return results
  }

  /// The items of a collection: a list of texts, or a parameter that holds one.
  private func collection(_ value: CloudValue) -> [String]? {
    var list = value
    if let name = value["Ref"]?.plainText {
      guard let parameter = parameters[name] else { return nil }
      list = parameter
    }
    guard let elements = list.elements else { return nil }
    var items: [String] = []
    for element in elements {
      let known = element["Ref"]?.plainText.flatMap { parameters[$0] } ?? element
      if let text = known.plainText {
        items.append(text)
      } else if let texts = known.elements?.compactMap(\.plainText), texts.count == known.elements?.count {
        items += texts
      } else {
        return nil
      }
    }
    return items
  }

  private mutating func replaced(
    _ member: CloudValue.Member, _ identifier: String, by item: String
  ) -> CloudValue.Member {
    CloudValue.Member(
      name: Self.replaced(member.name, identifier, by: item),
      value: replaced(member.value, identifier, by: item),
      location: member.location)
  }

  private mutating func replaced(_ value: CloudValue, _ identifier: String, by item: String) -> CloudValue {
    values += 1
    switch value.content {
    case .string(let text):
      return CloudValue(.string(Self.replaced(text, identifier, by: item)), at: value.location)
    case .list(let elements):
      return CloudValue(.list(elements.map { replaced($0, identifier, by: item) }), at: value.location)
    case .object(let members):
      if members.count == 1, members[0].name == "Ref", members[0].value.plainText == identifier {
        return CloudValue(.string(item), at: value.location)
      }
      return CloudValue(.object(members.map { replaced($0, identifier, by: item) }), at: value.location)
    default: return value
    }
  }

  /// `&{x}` leaves out what a logical name cannot hold (CloudFormation user guide, "Fn::ForEach").
  private static func replaced(_ text: String, _ identifier: String, by item: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
    let alphanumeric = item.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    return text.separated(by: "${\(identifier)}").joined(separator: item)
      .separated(by: "&{\(identifier)}").joined(separator: alphanumeric)
  }
}
