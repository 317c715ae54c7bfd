import CordonModel

/// A value as written, with its place: what every later reader works on.
indirect enum YAMLTree: Sendable {
  /// Text in quotes or not; `isPlain` tells `8` and `"8"` apart.
  case scalar(String, isPlain: Bool, at: Location)
  case sequence([YAMLTree], at: Location)
  case mapping([Entry], at: Location)

  /// One line of a mapping.
  struct Entry: Sendable {
    var key: String
    var keySpan: Location
    var value: YAMLTree
  }

  var span: Location {
    switch self {
    case .scalar(_, _, let span), .sequence(_, let span), .mapping(_, let span): span
    }
  }

  var shape: SpecError.Shape {
    switch self {
    case .scalar: isNothing ? .nothing : .text
    case .sequence: .list
    case .mapping: .mapping
    }
  }

  /// Whether nothing is written: `key:`, `key: ~`, `key: null`.
  var isNothing: Bool {
    guard case .scalar(let text, true, _) = self else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }
}
