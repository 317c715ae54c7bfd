import Testing

@testable import CordonPolicy

@Suite struct `Patterns` {
  /// The slow, obvious matcher that the fast one is held to: tries every way.
  private func matches(_ codes: ArraySlice<UInt16>, _ text: ArraySlice<UInt8>, segments: Bool) -> Bool {
    guard let code = codes.first else { return text.isEmpty }
    let rest = codes.dropFirst()
    switch code {
    case GlobCode.star, GlobCode.segmentStar:
      if matches(rest, text, segments: segments) { return true }
      guard let byte = text.first else { return false }
      if byte == UInt8(ascii: ":"), segments, code == GlobCode.segmentStar { return false }
      return matches(codes, text.dropFirst(), segments: segments)
    case GlobCode.one, GlobCode.segmentOne:
      guard let byte = text.first else { return false }
      if byte == UInt8(ascii: ":"), segments, code == GlobCode.segmentOne { return false }
      return matches(rest, text.dropFirst(), segments: segments)
    default: return text.first.map(UInt16.init) == code && matches(rest, text.dropFirst(), segments: segments)
    }
  }

  @Test func `the matcher agrees with one that tries every way`() throws {
    var random = Seeded(20_260_301)
    for domain in [Pattern.Domain.text, .resource, .arn] {
      for _ in 0..<4_000 {
        let pattern = (0..<random.below(9)).map { _ in random.one(of: ["a", "b", ":", "*", "?", "*", ":"]) }
          .joined()
        let text = (0..<random.below(10)).map { _ in random.one(of: ["a", "b", ":", ":", "a"]) }.joined()
        let parts = try PatternReader.pattern(pattern, in: domain, variables: false).parts
        let codes = GlobCompiler.codes(of: parts, in: domain)
        for segments in [true, false] {
          let expected = matches(codes[...], Array(text.utf8)[...], segments: segments)
          let actual = codes.span.matches(text.utf8Span.span, segments: segments)
          #expect(actual == Truth(expected), "\(domain) '\(pattern)' on '\(text)', segments \(segments)")
        }
      }
    }
  }

  @Test func `a pattern of many stars ends`() throws {
    let pattern = try PatternReader.pattern(
      String(repeating: "a*", count: 2_000) + "b", in: .text, variables: false)
    #expect(pattern.match(String(repeating: "a", count: 4_000)) != .yes)
    let arn = try PatternReader.pattern(
      "arn:aws:s3:::" + String(repeating: "a*b:*c", count: 600), in: .resource, variables: false)
    #expect(arn.match("arn:aws:s3:::" + String(repeating: "ab:", count: 1_300)) != .yes)
  }

  @Test func `parts say what was written`() throws {
    let pattern = try PatternReader.pattern(
      "arn:aws:s3:::data/${aws:PrincipalTag/team, 'all'}/**?${*}x", in: .resource, variables: true)
    #expect(
      pattern.parts == [
        .literal("arn:aws:s3:::data/"),
        .variable(.init(key: ConditionKey("aws:principaltag/TEAM"), defaultValue: "all")),
        .literal("/"), .anyRun, .anyCharacter, .literal("*x"),
      ])
    #expect(pattern.hasVariables)
    #expect(pattern.match("arn:aws:s3:::data/all/q*x") == .undecided)
  }

  @Test(arguments: [
    ("*", false), ("arn:aws:s3:::b/*", false), ("arn:aws:s3:*", false), ("arn:*:s3:::b", false),
    ("arn:aws:*", true),
    ("arn:aws:s*:::b", true), ("arn:*", true), ("arn:aws:?3:::b", true),
  ])
  func `a wildcard in the service segment is doubtful`(text: String, doubtful: Bool) throws {
    #expect(try PatternReader.pattern(text, in: .resource, variables: false).isDoubtful == doubtful)
  }

  @Test func `truth follows Kleene`() {
    #expect(Truth.no.and(.undecided) == .no)
    #expect(Truth.yes.and(.undecided) == .undecided)
    #expect(Truth.yes.or(.undecided) == .yes)
    #expect(Truth.no.or(.undecided) == .undecided)
    #expect(Truth.undecided.negated == .undecided)
    #expect(Truth.yes.agreeing(with: .no) == .undecided)
  }
}
