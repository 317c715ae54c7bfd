import CordonModel
import Yams

/// Reads YAML 1.1 as CloudFormation understands it.
struct YAMLSource {
  let file: SourceFile

  private var start: Location { Location(file: file.name, line: 1, column: 1) }

  func read() throws(TemplateError) -> CloudValue {
    guard file.bytes.count <= SourceReader.mostYAMLBytes else {
      throw .tooLarge("YAML larger than \(SourceReader.mostYAMLBytes >> 20) MB", at: start)
    }
    guard var text = String(validating: file.bytes, as: UTF8.self) else {
      throw .syntax("not UTF-8", at: start)
    }
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    if let reason = AliasScan(text).refusal { throw .notRead(reason, at: start) }
    let node: Node?
    do {
      // The basic resolver leaves every scalar text: what is a number is decided here, by one rule.
      node = try Yams.compose(yaml: text, .basic)
    } catch {
      throw problem(error)
    }
    guard let node else { throw .notADeployment(at: start) }
    var composer = YAMLComposer(file: file.name)
    return try composer.value(node, depth: 0)
  }

  private func problem(_ error: any Error) -> TemplateError {
    switch error as? YamlError {
    case .duplicatedKeysInMapping(let keys, let context):
      return .duplicateKey(
        keys.first ?? "", at: Location(file: file.name, line: context.mark.line, column: context.mark.column))
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      return self.problem(problem, within: context, at: mark)
    case .reader(let problem, _, _, _): return .syntax("not YAML: \(problem)", at: start)
    default: return .syntax("not YAML", at: start)
    }
  }

  private func problem(_ problem: String, within context: YamlError.Context?, at mark: Mark) -> TemplateError
  {
    let place = Location(file: file.name, line: mark.line, column: mark.column)
    if problem.contains("nesting level") {
      return .tooLarge("nested deeper than \(SourceReader.deepest) levels", at: place)
    }
    if problem.contains("another document") {
      return .notRead("a second document; put one template in a file", at: place)
    }
    guard let context else { return .syntax("not YAML: \(problem)", at: place) }
    return .syntax(
      "not YAML: \(context.text.lowercased()) of line \(context.mark.line), \(problem)", at: place)
  }
}

/// Whether the text can hold aliases that unfold into more than it is.
///
/// The library compares the keys of every mapping while it reads, following aliases; with an alias inside a key that work
/// grows exponentially. The scan knows nothing of YAML and errs on the side of finding: an alias needs `&name` and `*name`
/// somewhere in the bytes, a key that is no plain text needs `?` or a closing bracket before the colon.
struct AliasScan {
  /// Why the text is not shown to the library; nil where it can be.
  let refusal: String?

  /// The most places that look like an alias.
  static let mostAliases = 10_000

  init(_ text: String) {
    let bytes = Array(text.utf8)
    let anchors = Set(Self.names(after: UInt8(ascii: "&"), in: bytes).map(\.name))
    guard !anchors.isEmpty else {
      refusal = nil
      return
    }
    let aliases = Self.names(after: UInt8(ascii: "*"), in: bytes).filter { anchors.contains($0.name) }
    if aliases.isEmpty {
      refusal = nil
    } else if aliases.count > Self.mostAliases {
      refusal = "more than \(Self.mostAliases) aliases; write the values out"
    } else if Self.holdsComplexKey(bytes) || aliases.contains(where: { Self.isColon(bytes, from: $0.end) }) {
      refusal = "aliases beside keys that are not plain text; write the values out"
    } else {
      refusal = nil
    }
  }

  private static func names(after sign: UInt8, in bytes: [UInt8]) -> [(name: ArraySlice<UInt8>, end: Int)] {
    var found: [(name: ArraySlice<UInt8>, end: Int)] = []
    var index = 0
    while index < bytes.count {
      guard bytes[index] == sign else {
        index += 1
        continue
      }
      let start = index + 1
      index = start
      while index < bytes.count, isNameByte(bytes[index]) { index += 1 }
      if index > start { found.append((bytes[start..<index], index)) }
    }
    return found
  }

  private static func holdsComplexKey(_ bytes: [UInt8]) -> Bool {
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "?"):
        if index + 1 == bytes.count || isBlank(bytes[index + 1]) { return true }
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if isColon(bytes, from: index + 1) { return true }
      default: continue
      }
    }
    return false
  }

  private static func isColon(_ bytes: [UInt8], from start: Int) -> Bool {
    var index = start
    while index < bytes.count, isBlank(bytes[index]) { index += 1 }
    return index < bytes.count && bytes[index] == UInt8(ascii: ":")
  }

  private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
