/// A line of `Requires-Dist`: which project, and which of its extras are asked for (PEP 508).
struct Requirement: Hashable, Sendable, Codable {
  /// The project that is needed.
  var name: PackageName
  /// The extras of that project that are needed, normalised.
  var extras: Set<String>
  /// The extras of the requiring project that this line belongs to; empty for a line that always applies.
  var onlyForExtras: Set<String>

  /// Longer lines are no requirement: a real one is a name, a range and a marker.
  private static let longestLine = 4_096

  /// Reads a requirement; nil where it is none.
  ///
  /// Comparisons other than with `extra` are taken as true: a name too many in the closure is reviewable, a
  /// name too few breaks an install.
  init?(_ line: some StringProtocol) {
    guard line.utf8.count <= Self.longestLine else { return nil }
    let halves = line.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
    guard let head = halves.first?.drop(while: \.isWhitespace) else { return nil }
    let nameEnd = head.firstIndex { !($0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))) }
    guard let name = PackageName(head[..<(nameEnd ?? head.endIndex)]) else { return nil }
    self.name = name
    extras = nameEnd.map { Self.extras(after: head[$0...]) } ?? []
    onlyForExtras = halves.count == 2 ? RequirementMarker.extras(of: halves[1]) : []
  }

  /// The names in `[fast, all]`, where that follows the project's name.
  private static func extras(after name: some StringProtocol) -> Set<String> {
    let rest = name.drop(while: \.isWhitespace)
    guard rest.first == "[", let end = rest.firstIndex(of: "]") else { return [] }
    let written = rest[rest.index(after: rest.startIndex)..<end].split(separator: ",")
    return Set(written.compactMap { PackageName(String($0).trimmed)?.text })
  }

  /// Whether the line applies where the requiring project is installed with `extras`.
  func applies(with extras: Set<String>) -> Bool {
    onlyForExtras.isEmpty || !onlyForExtras.isDisjoint(with: extras)
  }
}

/// The requirements in the `METADATA` of a wheel (PEP 566).
enum WheelMetadata {
  /// A wheel that requires more than this is read only so far.
  private static let mostRequirements = 1_000

  /// The requirements of the header, which ends at the first empty line.
  static func requirements(in text: [UInt8]) -> [Requirement] {
    var found: [Requirement] = []
    for var line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
      guard !line.isEmpty, found.count < mostRequirements else { break }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
        String(decoding: line[..<colon], as: UTF8.self).lowercased() == "requires-dist",
        let requirement = Requirement(String(decoding: line[(colon + 1)...], as: UTF8.self))
      else { continue }
      found.append(requirement)
    }
    return found
  }
}
