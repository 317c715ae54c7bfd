import CordonModel
import Yams

extension YAMLTree {
  /// How deep values may be nested. A spec needs 6 levels, an IAM document in it some 8 more.
  static let deepest = 32
  /// How many values a file may hold.
  static let mostValues = 50_000
  /// How many doubled keys are told apart before the first is reported alone.
  private static let mostDoubledKeys = 10

  /// Reads a text into a tree; nil where the text holds nothing.
  ///
  /// The YAML library gives up at the first key that stands twice in a mapping. Such a key is masked by one character
  /// and the text is read again, so that the mistake costs one line of the report and not all the others.
  static func compose(_ source: SourceText, errors: inout [SpecError]) -> YAMLTree? {
    var text = source.text
    var masked: [Location: String] = [:]
    while true {
      do {
        guard let node = try Yams.compose(yaml: text) else { return nil }
        var composer = Composer(source: source, masked: masked)
        let tree = try composer.tree(node)
        errors += composer.errors
        return tree
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        let place = Location(file: source.file, line: context.mark.line, column: context.mark.column)
        let key = keys.first ?? ""
        guard masked.count < mostDoubledKeys, masked[place] == nil,
          let changed = mask(place, in: text, with: masked.count)
        else {
          errors.append(.duplicateKey(Reading.clipped(key), at: place, firstDeclared: nil))
          return nil
        }
        masked[place] = key
        text = changed
      } catch let error as SpecError {
        errors.append(error)
        return nil
      } catch {
        errors.append(problem(error, in: source))
        return nil
      }
    }
  }

  /// The text with the key at `place` made different from every other by one private character in its front.
  private static func mask(_ place: Location, in text: String, with number: Int) -> String? {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.indices.contains(place.line - 1), let mark = Unicode.Scalar(0xF000 + UInt32(number)) else {
      return nil
    }
    var scalars = Array(lines[place.line - 1].unicodeScalars)
    var column = place.column - 1
    guard scalars.indices.contains(column) else { return nil }
    if scalars[column] == "\"" || scalars[column] == "'" { column += 1 }
    guard scalars.indices.contains(column), isWordCharacter(scalars[column]) else { return nil }
    scalars[column] = mark
    lines[place.line - 1] = String(String.UnicodeScalarView(scalars))
    return lines.joined(separator: "\n")
  }

  private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  private static func problem(_ error: any Error, in source: SourceText) -> SpecError {
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      return self.problem(problem, at: source.place(mark), within: context, in: source)
    case .reader(let problem, _, _, _):
      return .syntax(problem, at: Location(file: source.file, line: 1, column: 1))
    default:
      return .syntax("\(error)", at: Location(file: source.file, line: 1, column: 1))
    }
  }

  /// The library's words, or better ones for the slips that people make most.
  private static func problem(
    _ problem: String, at place: Location, within context: YamlError.Context?, in source: SourceText
  ) -> SpecError {
    let began = context.map { source.place($0.mark) }
    if problem.contains("nesting level") { return .tooLarge(.depth(deepest), at: place) }
    if problem.contains("another document") { return .notRead(.secondDocument, at: place) }
    if problem.contains("alias") { return .notRead(.alias, at: place) }
    if let began, source.scalar(at: began) == "*" { return .notRead(.alias, at: began) }
    if source.scalar(at: place) == "\t" { return .syntax("a tab cannot indent; use spaces", at: place) }
    guard let context, let began else { return .syntax(problem, at: place) }
    return .syntax("\(context.text.lowercased()) that begins in line \(began.line), \(problem)", at: place)
  }
}

extension SourceText {
  /// The library's mark as a place in this text; the end of the text is behind its last word.
  fileprivate func place(_ mark: Mark) -> Location {
    let lines = lines
    let line =
      lines.dropFirst(max(0, mark.line - 1)).allSatisfy(\.isEmpty) ? lines.lastIndex { !$0.isEmpty } : nil
    guard let line else { return Location(file: file, line: mark.line, column: mark.column) }
    return Location(file: file, line: line + 1, column: lines[line].unicodeScalars.count + 1)
  }
}

/// Turns the library's nodes into ours, within bounds.
private struct Composer {
  let source: SourceText
  let lineCount: Int
  /// Keys that were masked, by place: the first of each pair.
  let masked: [Location: String]
  var errors: [SpecError] = []
  private var values = 0

  init(source: SourceText, masked: [Location: String]) {
    self.source = source
    lineCount = source.lines.count
    self.masked = masked
  }

  mutating func tree(_ node: Node, depth: Int = 0) throws(SpecError) -> YAMLTree {
    let span = place(node.mark)
    values += 1
    guard depth <= YAMLTree.deepest else { throw .tooLarge(.depth(YAMLTree.deepest), at: span) }
    guard values <= YAMLTree.mostValues else { throw .tooLarge(.values(YAMLTree.mostValues), at: span) }
    switch node {
    case .scalar(let scalar):
      checkTag(scalar.tag, at: span)
      return .scalar(scalar.string, isPlain: scalar.style == .plain, at: span)
    case .sequence(let sequence):
      checkTag(sequence.tag, at: span)
      var members: [YAMLTree] = []
      for member in sequence { members.append(try tree(member, depth: depth + 1)) }
      return .sequence(members, at: span)
    case .mapping(let mapping):
      checkTag(mapping.tag, at: span)
      return .mapping(try entries(mapping, depth: depth), at: span)
    case .alias:
      throw .notRead(.alias, at: span)
    }
  }

  private mutating func entries(_ mapping: Node.Mapping, depth: Int) throws(SpecError) -> [YAMLTree.Entry] {
    var entries: [YAMLTree.Entry] = []
    var declared: [String: Location] = [:]
    for (key, value) in mapping {
      let span = place(key.mark)
      guard case .scalar(let scalar) = key else {
        errors.append(.notRead(.complexKey, at: span))
        continue
      }
      let name = masked[span] ?? scalar.string
      if let first = declared[name] {
        errors.append(.duplicateKey(Reading.clipped(name), at: span, firstDeclared: first))
        continue
      }
      declared[name] = span
      entries.append(YAMLTree.Entry(key: name, keySpan: span, value: try tree(value, depth: depth + 1)))
    }
    return entries
  }

  /// YAML's own tags say nothing that the quotes do not say; others would ask for meaning that no line shows.
  private mutating func checkTag(_ tag: Tag, at span: Location) {
    guard !tag.description.isEmpty, tag.description != "tag:yaml.org,2002:str" else { return }
    errors.append(.notRead(.tag, at: span))
  }

  private func place(_ mark: Mark?) -> Location {
    guard let mark else { return Location(file: source.file, line: 1, column: 1) }
    // Only a value that is not written stands behind the end, so the search for the last word is rare.
    guard mark.line <= lineCount else { return source.place(mark) }
    return Location(file: source.file, line: mark.line, column: mark.column)
  }
}
