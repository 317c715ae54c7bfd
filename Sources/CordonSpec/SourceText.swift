import CordonModel

/// A file's text as YAML sees it: bounded, free of control characters and anchors, with one kind of line end.
struct SourceText: Sendable {
  /// What a file may measure. Far above any real environment, far below what could hurt.
  static let largest = 256 * 1_024

  let file: String
  let text: String

  /// Accepts a text, or says why no parser is shown it.
  init(_ text: String, file: String) throws(SpecError) {
    guard text.utf8.count <= Self.largest else {
      throw .tooLarge(.bytes(Self.largest), at: Location(file: file, line: 1, column: 1))
    }
    self.file = file
    self.text = Self.withPlainLineEnds(text)
    try walk { place, _, scalar throws(SpecError) in
      guard Self.isPrintable(scalar) else { throw .controlCharacter(scalar.value, at: place) }
    }
    try refuseBombs()
  }

  /// The lines without their ends; line `n` of a `Location` is at `n - 1`.
  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The scalar at a place, if there is one.
  func scalar(at place: Location) -> Unicode.Scalar? {
    let lines = lines
    guard lines.indices.contains(place.line - 1) else { return nil }
    return lines[place.line - 1].unicodeScalars.dropFirst(place.column - 1).first
  }

  private static func withPlainLineEnds(_ text: String) -> String {
    var plain = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    for (index, scalar) in text.unicodeScalars.enumerated() where !(index == 0 && scalar == "\u{FEFF}") {
      if !(previous == "\r" && scalar == "\n") { plain.append(scalar == "\r" ? "\n" : scalar) }
      previous = scalar
    }
    return String(plain)
  }

  /// YAML 1.1 §5.1, less the byte order mark and the line ends that editors do not show as such.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2028, 0x2029: false
    case 0x09, 0x0A, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }

  /// Refuses the first `&name` that YAML could read as an anchor, and the first `?` that could begin a key.
  ///
  /// Without anchors there are no aliases, and without aliases no file that unfolds into more than it is. The parser
  /// behind this one compares mapping keys while it reads, so bombs of aliases, and keys that hold keys that hold
  /// keys, must be found before. The search knows little of YAML and errs on the side of finding: text in quotes
  /// counts, and so does a comment with a quote in it.
  private func refuseBombs() throws(SpecError) {
    var isComment = false
    var anchor: Location?
    try walk { place, previous, scalar throws(SpecError) in
      if let found = anchor, Self.isAnchorName(scalar) { throw .notRead(.anchor, at: found) }
      anchor = nil
      switch scalar {
      case "#" where Self.isBlank(previous): isComment = true
      case "\"", "'", "\n": isComment = false
      case "&" where !isComment && Self.endsToken(previous): anchor = place
      case "?" where !isComment && (Self.isBlank(previous) || "[{,".unicodeScalars.contains(previous)):
        throw .notRead(.complexKey, at: place)
      default: break
      }
    }
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\n"
  }

  /// Whether YAML may begin a new token right behind this scalar.
  private static func endsToken(_ scalar: Unicode.Scalar) -> Bool {
    isBlank(scalar) || "\"',:?[]{}".unicodeScalars.contains(scalar)
  }

  private static func isAnchorName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
    default: false
    }
  }

  /// Shows every scalar with its place and the one before it; a line end stands before the first.
  private func walk(
    _ look: (Location, _ previous: Unicode.Scalar, Unicode.Scalar) throws(SpecError) -> Void
  ) throws(SpecError) {
    var place = Location(file: file, line: 1, column: 1)
    var previous: Unicode.Scalar = "\n"
    for scalar in text.unicodeScalars {
      try look(place, previous, scalar)
      if scalar == "\n" {
        place.line += 1
        place.column = 1
      } else {
        place.column += 1
      }
      previous = scalar
    }
  }
}
