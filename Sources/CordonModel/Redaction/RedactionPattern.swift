/// A regular expression of the few things that one automaton can follow: letters, classes, groups, `|` and repetitions.
///
/// There is no look-around and no reference back, so that no text takes longer than its length times the longest match.
struct RedactionPattern {
  /// What a pattern is made of.
  indirect enum Part {
    case unit(UnitSet)
    case sequence([Part])
    case choice([Part])
    /// No upper bound where `most` is nil.
    case repeated(Part, least: Int, most: Int?)
  }

  /// Why a text is none.
  struct Refusal: Error, Equatable { var rule: String }

  static let longestText = 256
  private static let deepest = 12
  private static let mostRepeats = 64

  var root: Part
  /// Whether it begins, and ends, at the edge of a word.
  var startsAtEdge = false
  var endsAtEdge = false

  private var rest: Substring.UnicodeScalarView
  private var ignoresCase = false

  init(parsing text: String) throws(Refusal) {
    guard !text.isEmpty, text.unicodeScalars.count <= Self.longestText else {
      throw Refusal(rule: "write 1 to \(Self.longestText) characters")
    }
    root = .sequence([])
    rest = Substring(text).unicodeScalars
    ignoresCase = take("(?i)")
    startsAtEdge = take(#"\b"#)
    root = try choice(depth: 0)
    guard rest.isEmpty else { throw Refusal(rule: "a ')' has no '(' before it; write '\\)' for the letter") }
    if case .choice = root, startsAtEdge || endsAtEdge {
      throw Refusal(rule: "'\\b' stands beside one of several; write '\\b(?:...|...)\\b'")
    }
  }

  private mutating func take(_ word: String) -> Bool {
    guard rest.starts(with: word.unicodeScalars) else { return false }
    rest.removeFirst(word.unicodeScalars.count)
    return true
  }

  private mutating func choice(depth: Int) throws(Refusal) -> Part {
    guard depth <= Self.deepest else { throw Refusal(rule: "its groups are nested too deeply") }
    var ways = [try sequence(depth: depth)]
    while take("|") { ways.append(try sequence(depth: depth)) }
    return ways.count == 1 ? ways[0] : .choice(ways)
  }

  private mutating func sequence(depth: Int) throws(Refusal) -> Part {
    var parts: [Part] = []
    while let next = rest.first, next != "|", next != ")" {
      if rest.elementsEqual(#"\b"#.unicodeScalars), depth == 0 {
        rest = Substring().unicodeScalars
        endsAtEdge = true
        break
      }
      let part = try atom(depth: depth)
      parts.append(try repetition(of: part))
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func atom(depth: Int) throws(Refusal) -> Part {
    let next = rest.removeFirst()
    switch next {
    case "(":
      guard take("?:") || rest.first != "?" else {
        throw Refusal(rule: "look-around and named groups are not for it; write '(?:...)'")
      }
      let inner = try choice(depth: depth + 1)
      guard take(")") else { throw Refusal(rule: "a '(' is not closed; write '\\(' for the letter") }
      return inner
    case "[": return .unit(try unitClass())
    case ".": return .unit(UnitSet.newline.inverted)
    case "\\":
      let escaped = try escape()
      return .unit(ignoresCase ? escaped.foldingCase : escaped)
    case "*", "+", "?", "{": throw Refusal(rule: "nothing stands before '\(next)' that could repeat")
    case "^", "$":
      throw Refusal(
        rule: "'\(next)' is not for it; text on a page has no lines. Write '\\\(next)' for the letter")
    default:
      let units = Array(String(next).utf16)
      let sets = units.map { UnitSet([$0...$0]) }
      guard sets.count == 1 else { return .sequence(sets.map { .unit($0) }) }
      return .unit(ignoresCase ? sets[0].foldingCase : sets[0])
    }
  }

  private mutating func repetition(of part: Part) throws(Refusal) -> Part {
    let bounds: (least: Int, most: Int?)
    if take("*") {
      bounds = (0, nil)
    } else if take("+") {
      bounds = (1, nil)
    } else if take("?") {
      bounds = (0, 1)
    } else if take("{") {
      bounds = try counts()
    } else {
      return part
    }
    if let next = rest.first, "*+?{".unicodeScalars.contains(next) {
      throw Refusal(rule: "'\(next)' stands behind a repetition; the longest match is taken anyway")
    }
    return .repeated(part, least: bounds.least, most: bounds.most)
  }

  private mutating func counts() throws(Refusal) -> (least: Int, most: Int?) {
    let bad = Refusal(rule: "write a repetition like '{4}', '{2,6}' or '{2,}', \(Self.mostRepeats) at most")
    guard let end = rest.firstIndex(of: "}") else { throw bad }
    let parts = String(rest[..<end]).split(separator: ",", omittingEmptySubsequences: false)
    rest = rest[rest.index(after: end)...]
    guard (1...2).contains(parts.count), let least = Int(parts[0]), (0...Self.mostRepeats).contains(least)
    else { throw bad }
    guard parts.count == 2 else { return (least, least) }
    guard !parts[1].isEmpty else { return (least, nil) }
    guard let most = Int(parts[1]), (max(least, 1)...Self.mostRepeats).contains(most) else { throw bad }
    return (least, most)
  }

  private mutating func escape() throws(Refusal) -> UnitSet {
    guard let next = rest.popFirst() else { throw Refusal(rule: "it ends with '\\'") }
    switch next {
    case "d": return .digits
    case "D": return UnitSet.digits.inverted
    case "w": return .word
    case "W": return UnitSet.word.inverted
    case "s": return .space
    case "S": return UnitSet.space.inverted
    case "t": return UnitSet([9...9])
    case "n": return .newline
    case "b": throw Refusal(rule: "'\\b' stands only at the beginning and at the end")
    default:
      guard next.isASCII, !UnitSet.word.contains(UInt16(next.value)) else {
        throw Refusal(
          rule: "'\\\(next)' means nothing here; of letters there are \\d \\w \\s \\D \\W \\S \\t \\n \\b")
      }
      return UnitSet([UInt16(next.value)...UInt16(next.value)])
    }
  }

  private mutating func unitClass() throws(Refusal) -> UnitSet {
    let open = Refusal(rule: "a '[' is not closed; write '\\[' for the letter")
    let isInverted = take("^")
    var ranges: [ClosedRange<UInt16>] = []
    while true {
      guard let next = rest.popFirst() else { throw open }
      if next == "]" { break }
      let first = next == "\\" ? try escape() : try Self.single(next)
      guard rest.first == "-", rest.dropFirst().first != "]", let low = first.only else {
        ranges += first.ranges
        continue
      }
      rest.removeFirst()
      guard let end = rest.popFirst() else { throw open }
      guard let high = (end == "\\" ? try escape() : try Self.single(end)).only, low <= high else {
        throw Refusal(rule: "a range in '[...]' goes from a letter to a later one, like 'a-f'")
      }
      ranges.append(low...high)
    }
    guard !ranges.isEmpty else { throw Refusal(rule: "'[...]' is empty") }
    let set = ignoresCase ? UnitSet(ranges).foldingCase : UnitSet(ranges)
    return isInverted ? set.inverted : set
  }

  private static func single(_ scalar: Unicode.Scalar) throws(Refusal) -> UnitSet {
    guard let unit = UInt16(exactly: scalar.value) else {
      throw Refusal(rule: "'[...]' takes letters of the basic plane only")
    }
    return UnitSet([unit...unit])
  }
}

/// Units of UTF-16, as pages' scripts count text.
struct UnitSet: Hashable {
  /// In order, none touching the next.
  let ranges: [ClosedRange<UInt16>]

  init(_ wanted: [ClosedRange<UInt16>]) {
    var merged: [ClosedRange<UInt16>] = []
    for range in wanted.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, Int(range.lowerBound) <= Int(last.upperBound) + 1 {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    ranges = merged
  }

  static let digits = UnitSet([0x30...0x39])
  static let word = UnitSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let newline = UnitSet([10...10])
  /// ECMA-262 §22.2.2.9.
  static let space = UnitSet([
    9...13, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
    0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
  ])

  /// The unit, if it is one.
  var only: UInt16? {
    guard ranges.count == 1, ranges[0].count == 1 else { return nil }
    return ranges[0].lowerBound
  }

  func contains(_ unit: UInt16) -> Bool { ranges.contains { $0.contains(unit) } }

  var inverted: UnitSet {
    var left: [ClosedRange<UInt16>] = []
    var next = 0
    for range in ranges {
      if next < range.lowerBound { left.append(UInt16(next)...(range.lowerBound - 1)) }
      next = Int(range.upperBound) + 1
    }
    if next <= 0xFFFF { left.append(UInt16(next)...0xFFFF) }
    return UnitSet(left)
  }

  /// With the other case of each ASCII letter.
  var foldingCase: UnitSet {
    let letters = (UInt16(0x41)...0x5A).filter { contains($0) || contains($0 + 0x20) }
    return UnitSet(ranges + letters.flatMap { [$0...$0, ($0 + 0x20)...($0 + 0x20)] })
  }
}
