import CordonModel
import CordonPolicy

/// Reads values out of a tree, and gathers mistakes instead of stopping at the first.
///
/// A reader that returns nil has either found nothing written or has noted why not: no caller notes it again.
struct Reading {
  /// The mistakes so far.
  var errors: [SpecError] = []
  /// Values that other lines must bear out, checked once everything is read.
  var references: [Reference] = []
  /// Where host entries, buckets and so on stand, for the report of routes.
  var findings: [RouteFinding] = []
  /// Where things are declared, by what `Specification.places` calls them.
  var places: [String: Location] = [:]
  /// Policy files that were read, so that messages can show their lines.
  var texts: [SourceText] = []
  /// The folder and the files of the spec.
  let folder: SpecFolder

  init(folder: SpecFolder) { self.folder = folder }

  /// The name of a project that must be declared somewhere in the file.
  struct Reference {
    var project: Slug
    var span: Location
  }

  /// A value and what messages call it.
  struct Value {
    var label: String
    var tree: YAMLTree
    var span: Location { tree.span }
  }

  /// The known keys of one mapping.
  struct Fields {
    let section: Section
    let span: Location
    fileprivate var entries: [String: YAMLTree] = [:]

    /// The value of a key; nil where it is not written.
    subscript(_ key: String) -> Value? {
      assert(section.keys.contains(key), "\(section) has no key \(key)")
      return entries[key].map { Value(label: "'\(key)'", tree: $0) }
    }
  }

  /// What somebody probably meant to type. Only mistakes that will be shown are worth the search.
  func meant(by word: String, among candidates: some Sequence<String>) -> String? {
    errors.count < SpecErrors.most ? Spelling.nearest(to: word, among: candidates) : nil
  }

  /// The text short enough for a message.
  static func clipped(_ text: String) -> String {
    text.unicodeScalars.count <= 80 ? text : String(text.unicodeScalars.prefix(77)) + "..."
  }
}

// MARK: Mappings and lists

extension Reading {
  /// A mapping with the keys of `section`; every other key is a mistake.
  mutating func fields(_ value: Value, of section: Section) -> Fields? {
    guard let entries = mapping(value) else { return nil }
    var fields = Fields(section: section, span: value.span)
    for entry in entries {
      guard section.keys.contains(entry.key) else {
        errors.append(
          .unknownKey(
            Self.clipped(entry.key), at: entry.keySpan,
            didYouMean: meant(by: entry.key, among: section.keys)))
        continue
      }
      fields.entries[entry.key] = entry.value
    }
    return fields
  }

  /// A mapping whose keys are names of the user's.
  mutating func mapping(_ value: Value) -> [YAMLTree.Entry]? {
    guard case .mapping(let entries, _) = value.tree else {
      wrongType(value, expected: .mapping)
      return nil
    }
    return entries
  }

  /// The members of a list; an absent list has none.
  mutating func members(_ value: Value?) -> [Value] {
    guard let value else { return [] }
    guard case .sequence(let members, _) = value.tree else {
      wrongType(value, expected: .list)
      return []
    }
    return members.map { Value(label: "an entry of \(value.label)", tree: $0) }
  }

  /// The value of a key that must be there.
  mutating func required(_ key: String, in fields: Fields) -> Value? {
    if let value = fields[key] { return value }
    let section = fields.section
    errors.append(.missingKey(key, of: section.title, at: fields.span, example: section.example(key)))
    return nil
  }

  mutating func wrongType(_ value: Value, expected: SpecError.Shape) {
    errors.append(.wrongType(value.label, expected: expected, found: value.tree.shape, at: value.span))
  }
}

// MARK: Scalars

extension Reading {
  /// Text, in quotes or not: `name: 7` is the name "7", and `name: no` is the name "no".
  mutating func text(_ value: Value?) -> String? {
    guard let value else { return nil }
    guard case .scalar(let text, _, _) = value.tree, !value.tree.isNothing else {
      wrongType(value, expected: .text)
      return nil
    }
    return text
  }

  /// The name of a file or folder. A NUL would end it early for the system but not for the reader.
  mutating func path(_ value: Value) -> String? {
    guard let text = text(value) else { return nil }
    guard !text.utf8.contains(0) else {
      refuse(NameRefusal(kind: "path", text: text, rule: "a path holds no NUL"), at: value.span)
      return nil
    }
    return text
  }

  /// Text that a closed type accepts.
  mutating func parsed<Result>(
    _ value: Value?, _ parse: (String) throws(NameRefusal) -> Result
  ) -> Result? {
    guard let value, let text = text(value) else { return nil }
    do {
      return try parse(text)
    } catch {
      refuse(error, at: value.span)
      return nil
    }
  }

  /// One of a few words.
  mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ value: Value?, kind: String, of type: Choice.Type
  ) -> Choice? {
    guard let value, let text = text(value) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let words = Choice.allCases.map(\.rawValue)
    refuse(
      NameRefusal(kind: kind, text: text, rule: Self.rule(for: words)), at: value.span,
      didYouMean: meant(by: text, among: words))
    return nil
  }

  private static func rule(for words: [String]) -> String {
    words.count == 1 ? "the only one is '\(words[0])'" : "use one of " + words.joined(separator: ", ")
  }

  /// `on`, `off`, `true` or `false`, without quotes.
  mutating func isOn(_ value: Value?) -> Bool? {
    guard let value else { return nil }
    switch value.tree {
    case .scalar("on", isPlain: true, _), .scalar("true", isPlain: true, _): return true
    case .scalar("off", isPlain: true, _), .scalar("false", isPlain: true, _): return false
    default:
      wrongType(value, expected: .onOrOff)
      return nil
    }
  }

  /// A whole number in plain digits.
  mutating func number(_ value: Value?, in range: ClosedRange<Int>, kind: String) -> Int? {
    guard let value else { return nil }
    guard case .scalar(let text, isPlain: true, _) = value.tree, !value.tree.isNothing else {
      wrongType(value, expected: .number)
      return nil
    }
    if let number = Quantity.digits(text[...]), range.contains(number) { return number }
    refuse(
      NameRefusal(
        kind: kind, text: text, rule: "write a whole number from \(range.lowerBound) to \(range.upperBound)"),
      at: value.span)
    return nil
  }

  /// Notes a value that cannot be, clipped to what a message should carry.
  mutating func refuse(_ refusal: NameRefusal, at span: Location, didYouMean: String? = nil) {
    var refusal = refusal
    refusal.text = Self.clipped(refusal.text)
    errors.append(.badValue(refusal, at: span, didYouMean: didYouMean))
  }
}

/// Names that are taken, each with the place that took it.
struct DeclaredNames<Name: Hashable> {
  private var places: [Name: Location] = [:]

  /// Takes a name, or returns where it was taken before.
  mutating func take(_ name: Name, at span: Location) -> Location? {
    if let first = places[name] { return first }
    places[name] = span
    return nil
  }

  /// Whether the name is taken.
  func contains(_ name: Name) -> Bool { places[name] != nil }

  /// The names, in no order.
  var names: some Sequence<Name> { places.keys }
}
