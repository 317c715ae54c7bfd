import CordonModel
import CordonPolicy

/// A template's sections, read but not evaluated.
struct Template {
  /// One named thing of a section.
  struct Entry {
    var name: String
    var value: CloudValue
    var location: Location
  }

  var file: SourceFile
  var parameters: [Entry] = []
  var mappings: [String: CloudValue] = [:]
  var conditions: [String: CloudValue] = [:]
  var resources: [Entry] = []
  var outputs: [Entry] = []
  /// Macros of the template as a whole, with their places.
  var transforms: [Entry] = []

  static let sections = [
    "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions",
    "Transform", "Resources", "Outputs", "Hooks",
  ]

  /// Splits a file's value into its sections.
  init(_ value: CloudValue, file: SourceFile, problems: inout Problems) {
    self.file = file
    let start = value.location ?? Location(file: file.name, line: 1, column: 1)
    guard case .object(let members) = value.content else {
      problems.add(.notADeployment(at: start))
      return
    }
    guard members.contains(where: { $0.name == "Resources" }) else {
      problems.add(.missingKey("Resources", in: "the template", at: start))
      return
    }
    for member in members { read(member, start: start, problems: &problems) }
  }

  private mutating func read(_ member: CloudValue.Member, start: Location, problems: inout Problems) {
    let place = member.location ?? start
    switch member.name {
    case "Parameters": parameters = entries(member, problems: &problems)
    case "Mappings":
      for entry in entries(member, problems: &problems) { mappings[entry.name] = entry.value }
    case "Conditions":
      for entry in entries(member, problems: &problems, names: .any) { conditions[entry.name] = entry.value }
    case "Resources": resources = entries(member, problems: &problems)
    case "Outputs": outputs = entries(member, problems: &problems)
    case "Transform": transforms = macros(member.value, place)
    case let name where Self.sections.contains(name): break
    default:
      let near = Spelling.nearest(to: member.name, among: Self.sections)
      problems.add(.unknownKey(member.name, in: "the template", at: place, didYouMean: near))
    }
  }

  private enum Names { case logical, any }

  private func entries(
    _ member: CloudValue.Member, problems: inout Problems, names: Names = .logical
  ) -> [Entry] {
    let place = member.value.location ?? member.location ?? Location(file: file.name, line: 1, column: 1)
    guard case .object(let members) = member.value.content else {
      if member.value.content != .null {
        problems.add(.expected("an object under '\(member.name)'", found: member.value.kindName, at: place))
      }
      return []
    }
    return members.map { entry in
      let place = entry.location ?? place
      if names == .logical, !entry.name.hasPrefix("Fn::") {
        problems.check(name: entry.name, at: place)
      }
      return Entry(name: entry.name, value: entry.value, location: place)
    }
  }

  private func macros(_ value: CloudValue, _ place: Location) -> [Entry] {
    let items: [CloudValue] = if case .list(let items) = value.content { items } else { [value] }
    return items.map { item in
      let name: String =
        switch item.content {
        case .string(let text): text
        case .object(let members):
          members.first { $0.name == "Name" }.flatMap { $0.value.plainText } ?? "Fn::Transform"
        default: "Transform"
        }
      return Entry(name: name, value: item, location: item.location ?? place)
    }
  }
}

/// The errors found so far, bounded.
struct Problems {
  /// How many are listed.
  static let most = 50

  private(set) var errors: [TemplateError] = []
  /// Whether reading goes on without use: there was one error more than are listed.
  private(set) var isFull = false

  /// Notes an error, once.
  mutating func add(_ error: TemplateError) {
    guard !errors.contains(error) else { return }
    if errors.count >= Self.most { isFull = true } else { errors.append(error) }
  }

  /// Logical names are alphanumeric ASCII (CloudFormation user guide, "Resources"): no look-alike passes for another.
  mutating func check(name: String, at place: Location) {
    let wrong = name.unicodeScalars.first { !$0.isASCII || !($0.properties.isAlphabetic || isDigit($0)) }
    if let wrong { add(.letter(name, scalar: wrong.value, at: place)) }
    if name.isEmpty { add(.missingKey("a name", in: "the section", at: place)) }
  }

  private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  /// Throws what was found, if anything was.
  func finish() throws(TemplateErrors) {
    guard !errors.isEmpty else { return }
    let sorted = errors.sorted { left, right in
      switch (left.location, right.location) {
      case (let left?, let right?): left < right
      case (nil, _?): true
      default: false
      }
    }
    throw TemplateErrors(sorted + (isFull ? [.more(than: Self.most)] : []))
  }
}
