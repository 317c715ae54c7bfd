import CordonModel

extension SpecError: CustomStringConvertible {
  /// `cordon.yaml:12:5: unknown key 'clipbord'; did you mean 'clipboard'?`
  public var description: String {
    Terminal.safe(span.map { "\($0): \(message)" } ?? message)
  }

  /// What is wrong and what to type instead, without the place.
  var message: String {
    switch self {
    case .unreadable, .tooLarge, .controlCharacter, .syntax, .notRead, .unsupportedVersion: textMessage
    case .unknownKey, .duplicateKey, .missingKey, .wrongType, .badValue: valueMessage
    default: meaningMessage
    }
  }

  /// Mistakes that stand before any value is read.
  private var textMessage: String {
    switch self {
    case .unreadable(let file, let cause): "\(file): cannot be read: \(cause)"
    case .tooLarge(.bytes(let bound), _): "the file is larger than \(bound) bytes"
    case .tooLarge(.depth(let bound), _): "values are nested deeper than \(bound) levels"
    case .tooLarge(.values(let bound), _): "the file holds more than \(bound) values"
    case .tooLarge(.unfolded(let bound), _):
      "with tiers, defaults and accounts written out, the file holds more than \(bound) values"
    case .tooLarge(.accounts(let bound), _): "the file describes more than \(bound) accounts"
    case .controlCharacter(let value, _):
      "character U+\(Terminal.hexadecimal(value)) has no place in a text file; delete it"
    case .syntax(let problem, _): "not YAML: \(problem)"
    case .notRead(let feature, _): Self.refusal(of: feature)
    case .unsupportedVersion(let text, _):
      "this Cordon reads version 1 of the file, not '\(text)'; write 'cordon: 1'"
    default: ""
    }
  }

  private static func refusal(of feature: YAMLFeature) -> String {
    switch feature {
    case .anchor:
      "'&' begins a YAML anchor, which is not read; write the value out, or a space behind the '&'"
    case .alias: "'*' begins a YAML alias, which is not read; put text that begins with '*' in quotes"
    case .tag: "YAML tags ('!name') are not read; delete it"
    case .complexKey: "a key is a line of text before ':'; a '?' that begins a word is not read"
    case .secondDocument: "a file describes one environment; delete what follows '---'"
    }
  }

  /// Mistakes in one key or value.
  private var valueMessage: String {
    switch self {
    case .unknownKey(let key, _, let meant): "unknown key '\(key)'" + Self.hint(meant)
    case .duplicateKey(let key, _, let first):
      "key '\(key)' is written twice" + (first.map { "; first at \($0.short)" } ?? "")
    case .missingKey(let key, let parent, _, let example):
      "\(parent) lacks '\(key)'; add a line like '\(example)'"
    case .wrongType(let key, let expected, let found, _):
      "\(key) expects \(expected.rawValue), found \(found.rawValue)" + expected.advice
    case .badValue(let refusal, _, let meant): "\(refusal)" + Self.hint(meant)
    default: ""
    }
  }

  /// Mistakes that show only when values are held beside each other or beside the machine.
  private var meaningMessage: String {
    switch self {
    case .duplicateName(let kind, let name, _, let first):
      "\(kind.rawValue) '\(name)' is there already, at \(first.short); give this one another name"
    case .duplicateEntry(let kind, let name, _, let first):
      "\(kind.rawValue) '\(name)' is listed already, at \(first.short); delete one"
    case .overlappingBucket(let name, _, let first):
      "bucket '\(name)' is there already, at \(first.short); a bucket belongs to one project and is listed once"
    case .missingReason(let host, .wildcard, _):
      "'\(host)' admits names that nobody has listed; add 'reason:' to accept that, or list the names"
    case .missingReason(let host, .splice, _):
      "'\(host)' is passed through unread; add 'reason:' to accept that, or write 'inspect: intercept'"
    case .servedInside(let host, _):
      "'\(host)' is a name that the gateway serves itself; listing it would lead past the endpoint policies"
    case .missingFile(let path, _): "no readable file or folder '\(path)'"
    case .unknownReference(let kind, let name, _, let meant):
      "no \(kind.rawValue) '\(name)' in this file" + Self.hint(meant)
    case .notAMember(let person, let project, _):
      "'\(person)' does not work in '\(project)'; add it to the person's 'projects'"
    case .badPolicy(let problem, _): problem
    case .misplaced(let key, _, let instead): "'\(key)' has no place in a file with 'accounts'; \(instead)"
    case .severalAccounts(let names, _):
      "the file describes \(names.count) accounts on AWS (\(names.joined(separator: ", "))); synth, prove, cost and explain "
        + "take one of them by --account, and one machine runs a file of one"
    default: ""
    }
  }

  private static func hint(_ meant: String?) -> String {
    meant.map { "; did you mean '\($0)'?" } ?? ""
  }
}

extension Location {
  /// `line 3` for a place in the file that the message already names.
  fileprivate var short: String { "line \(line)" }
}

extension SpecError.Shape {
  /// What to type, where the shape's name alone does not say it.
  fileprivate var advice: String {
    switch self {
    case .onOrOff: "; write 'on' or 'off'"
    case .list: "; write '[a, b]'"
    case .mapping: "; write '{ key: value }'"
    case .text, .number, .nothing, .hostEntry, .policy: ""
    }
  }
}
