extension Pattern {
  /// One step of a pattern, for those who build automata of patterns.
  public enum Token: Sendable, Hashable {
    /// This character.
    case scalar(Unicode.Scalar)
    /// This character in either case; the one given is in lower case.
    case folded(Unicode.Scalar)
    /// Any one character; without `crossesColon`, any but a colon.
    case one(crossesColon: Bool)
    /// Any characters, also none; without `crossesColon`, any but colons.
    case run(crossesColon: Bool)
  }

  /// The variables in their order.
  public var variables: [Variable] {
    parts.compactMap { if case .variable(let variable) = $0 { variable } else { nil } }
  }

  /// The ways the matcher reads this pattern: its answer for a text depends on nothing but which of them match it.
  ///
  /// - Parameter values: One value for each variable, in order; defaults are the caller's to fill in.
  public func readings(values: [String] = []) -> [[Token]] {
    let isOpen = values.contains { $0.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") } }
    var readings = readings(values, openValues: false)
    if isOpen, domain.hasWildcards { readings += self.readings(values, openValues: true) }
    return readings
  }

  private func readings(_ values: [String], openValues: Bool) -> [[Token]] {
    // A pattern that is too short may be read as if a star followed.
    let mayBeShort = isDoubtful && domain == .resource && parts.last != .anyRun
    let readings = readings(of: parts, values, openValues: openValues)
    return mayBeShort
      ? readings + self.readings(of: parts + [.anyRun], values, openValues: openValues) : readings
  }

  private func readings(of parts: [Part], _ values: [String], openValues: Bool) -> [[Token]] {
    let codes = GlobCompiler.codes(
      of: parts, in: isDoubtful ? domain.loose : domain, values: values, openValues: openValues)
    let loose = tokens(codes, segments: false)
    switch domain {
    case .arn: return [isDoubtful ? loose : tokens(codes, segments: true)]
    case .resource:
      let strict = tokens(codes, segments: true)
      return strict == loose ? [loose] : [loose, strict]
    case .action, .text, .literal, .literalIgnoringCase: return [loose]
    }
  }

  private func tokens(_ codes: [UInt16], segments: Bool) -> [Token] {
    var tokens: [Token] = []
    var literal: [UInt8] = []
    func flush() {
      for scalar in String(decoding: literal, as: UTF8.self).unicodeScalars {
        tokens.append(token(scalar))
      }
      literal = []
    }
    for code in codes {
      if let byte = UInt8(exactly: code) {
        literal.append(byte)
        continue
      }
      flush()
      switch code {
      case GlobCode.star: tokens.append(.run(crossesColon: true))
      case GlobCode.segmentStar: tokens.append(.run(crossesColon: !segments))
      case GlobCode.one: tokens.append(.one(crossesColon: true))
      default: tokens.append(.one(crossesColon: !segments))
      }
    }
    flush()
    return tokens
  }

  private func token(_ scalar: Unicode.Scalar) -> Token {
    switch domain {
    case .action: .folded(scalar)
    case .literalIgnoringCase:
      Character(scalar).lowercased().unicodeScalars.first.map(Token.folded) ?? .scalar(scalar)
    default: .scalar(scalar)
    }
  }
}
