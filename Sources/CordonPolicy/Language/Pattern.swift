/// A string of a policy with its wildcards and variables taken apart, and compiled for matching.
///
/// `parts` is what a reader or a prover needs; matching uses the compiled form.
public struct Pattern: Sendable, Hashable {
  /// Where a pattern stands, which decides what its characters mean.
  public enum Domain: Sendable, Hashable, BitwiseCopyable {
    /// `Action`, `NotAction`: wildcards, ignoring ASCII case.
    case action
    /// `Resource`, `NotResource`: wildcards by ARN segment.
    case resource
    /// `ArnEquals`, `ArnLike`: wildcards in each of six parts.
    case arn
    /// `StringLike`: wildcards over the whole string.
    case text
    /// `StringEquals`: no wildcards.
    case literal
    /// `StringEqualsIgnoreCase`: no wildcards, ignoring case.
    case literalIgnoringCase

    /// Whether `*` and `?` are wildcards here.
    var hasWildcards: Bool { self != .literal && self != .literalIgnoringCase }

    /// The widest reading of a pattern that stands here, for one whose match is undecided anyway.
    var loose: Domain { self == .arn ? .text : self }
  }

  /// A `${key}` of a policy.
  public struct Variable: Sendable, Hashable {
    /// The key whose value stands here.
    public let key: ConditionKey
    /// What stands here where the request lacks the key: `${key, 'default'}`.
    public let defaultValue: String?
  }

  /// A piece of the pattern.
  public enum Part: Sendable, Hashable {
    /// These characters.
    case literal(String)
    /// `*`: any characters, also none.
    case anyRun
    /// `?`: one character.
    case anyCharacter
    /// The value of a key.
    case variable(Variable)
  }

  /// The pattern as it was written.
  public let text: String
  /// Its pieces in order; two literals never meet.
  public let parts: [Part]
  /// Where it stands.
  public let domain: Domain
  /// Whether AWS does not document, or refuses, a pattern of this shape. A match of it is undecided.
  public let isDoubtful: Bool

  let shape: PatternShape
  /// The literal of an `exact` or `prefix` shape; of a `dynamic` one the whole text, so that patterns whose letters only mean the
  /// same are not equal.
  let bytes: [UInt8]
  /// The codes of a `codes` shape.
  let codes: [UInt16]

  /// Whether it holds a `${key}`.
  public var hasVariables: Bool { shape == .dynamic }

  /// Whether it has neither wildcards nor variables.
  public var isExact: Bool { shape == .exact }

  init(text: String, parts: [Part], domain: Domain) {
    self.text = text
    self.parts = parts
    self.domain = domain
    // A resource with fewer than six parts and no star at its end: some read the missing parts as stars.
    let isShort = domain == .resource && Self.colons(parts) < 5 && parts.last != .anyRun
    isDoubtful = isShort || Self.isDoubtful(parts, domain)
    let shape = PatternShape(parts, domain)
    self.shape = isShort && shape != .dynamic ? .codes : shape
    switch self.shape {
    case .exact, .prefix:
      bytes = Self.literalBytes(parts, domain)
      codes = []
    case .codes:
      bytes = []
      codes = GlobCompiler.codes(
        of: isShort ? parts + [.anyRun] : parts, in: isDoubtful ? domain.loose : domain)
    case .dynamic: (bytes, codes) = (Array(text.utf8), [])
    case .any: (bytes, codes) = ([], [])
    }
  }

  private static func colons(_ parts: [Part]) -> Int {
    parts.reduce(0) { count, part in
      guard case .literal(let text) = part else { return count }
      return count + text.utf8.count { $0 == UInt8(ascii: ":") }
    }
  }

  private static func literalBytes(_ parts: [Part], _ domain: Domain) -> [UInt8] {
    guard case .literal(let text)? = parts.first else { return [] }
    switch domain {
    case .action: return text.utf8.map(asciiLower)
    case .literalIgnoringCase: return Array(text.lowercased().utf8)
    default: return Array(text.utf8)
    }
  }

  /// Shapes of ARN patterns that AWS refuses or does not document: a wildcard in the service segment ("you
  /// can't use a wildcard in the service segment"), a pattern that ends before it, a variable before the
  /// fifth colon, and in `ArnLike` fewer than six parts.
  private static func isDoubtful(_ parts: [Part], _ domain: Domain) -> Bool {
    guard domain == .resource || domain == .arn, parts != [.anyRun] else { return false }
    var colons = 0
    for part in parts {
      switch part {
      case .literal(let text): colons += text.utf8.count { $0 == UInt8(ascii: ":") }
      case .anyRun, .anyCharacter: if domain == .resource && colons == 2 { return true }
      case .variable: if domain == .resource && colons < 5 { return true }
      }
    }
    return colons < (domain == .arn ? 5 : 2)
  }
}

/// How a pattern is matched fastest.
enum PatternShape: UInt8 {
  /// Matches everything.
  case any
  /// One literal, or nothing.
  case exact
  /// A literal and then anything.
  case prefix
  /// Other wildcards.
  case codes
  /// Variables: codes are made for each request.
  case dynamic

  init(_ parts: [Pattern.Part], _ domain: Pattern.Domain) {
    switch (parts.count, parts.first, parts.last) {
    case (0, _, _): self = .exact
    case (1, .literal, _): self = .exact
    case (1, .anyRun, _): self = .any
    case (2, .literal(let head), .anyRun):
      // In an ARN condition a star in the first five parts must not run past its colon.
      let colons = head.utf8.count { $0 == UInt8(ascii: ":") }
      self = domain == .arn && colons < 5 ? .codes : .prefix
    default:
      let dynamic = parts.contains { if case .variable = $0 { true } else { false } }
      self = dynamic ? .dynamic : .codes
    }
  }
}
