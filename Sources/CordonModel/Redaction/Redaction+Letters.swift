extension Redaction {
  /// A text without what is hidden: titles and questions reach people as letters, not as pixels.
  ///
  /// What a check would let through is hidden as well: a letter too many costs less here than one too few.
  public static func masked(_ text: String, of redactions: [Redaction]) -> String {
    guard !redactions.isEmpty else { return text }
    var units = Array(text.utf16)
    for range in redactions.flatMap({ $0.automaton.matches(in: units) }) {
      for place in range { units[place] = 0x2022 }
    }
    return String(decoding: units, as: UTF16.self)
  }
}

extension RedactionAutomaton {
  private static let mostSteps = 1 << 20

  /// The longest match from every start. A text that takes too many steps is a match as a whole.
  func matches(in units: [UInt16]) -> [Range<Int>] {
    let groups = units.map { unit in classes.partitioningIndex { $0 > unit } - 1 }
    var found: [Range<Int>] = []
    var steps = 0
    for start in units.indices where !startsAtEdge || Self.isEdge(units, start) {
      var state = 1
      var end = start
      for place in start..<units.count {
        state = table[state * classes.count + groups[place]]
        steps += 1
        guard steps <= Self.mostSteps else { return [0..<units.count] }
        guard state != 0 else { break }
        if accepts[state], !endsAtEdge || Self.isEdge(units, place + 1) { end = place + 1 }
      }
      if end > start { found.append(start..<end) }
    }
    return found
  }

  private static func isEdge(_ units: [UInt16], _ place: Int) -> Bool {
    func isWord(_ place: Int) -> Bool { units.indices.contains(place) && UnitSet.word.contains(units[place]) }
    return isWord(place - 1) != isWord(place)
  }
}

extension [UInt16] {
  /// The first place from which on something is so, in a list in which it stays so.
  fileprivate func partitioningIndex(_ isSo: (UInt16) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if isSo(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
