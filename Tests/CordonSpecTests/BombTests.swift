import CordonModel
import Testing

@testable import CordonSpec

@Suite struct `Files that cost more than they say` {
  @Test func `a text beyond the bound is not parsed`() {
    let text = String(repeating: "#", count: SourceText.largest + 1)
    let error = #expect(throws: SpecErrors.self) {
      try Specification(text, file: "cordon.yaml", folder: Samples.folder())
    }
    #expect(error?.errors.map(\.message) == ["the file is larger than 262144 bytes"])
  }

  @Test(arguments: [
    ("&", "a: &x 1"), ("&", "[&x 1]"), ("&", "{a: 1,&x b: 2}"), ("&", "\"a\":&x 1"), ("&", "- &x a"),
    ("&", "&x"),
    ("&", "# ' &x"), ("&", "a: '\n # ' \n&x b: 1"), ("?", "? a"), ("?", "[?a : b]"), ("?", "{? a}"),
    ("?", "a: {?b}"),
  ])
  func `an anchor or a key of keys is found wherever YAML could read one`(sign: String, text: String) {
    #expect(throws: SpecError.self, "\(sign) in \(text)") { try SourceText(text, file: "cordon.yaml") }
  }

  @Test(arguments: [
    "# R&D &x", "a: R&D", "a: AT&T & others", "a: x &", "a: b # & c &d", "a: what?", "a: x?y=1&z=2",
    "a: \"?\"",
    "# why ? because",
  ])
  func `an ampersand or question mark inside a word is text`(text: String) throws {
    #expect(throws: Never.self) { try SourceText(text, file: "cordon.yaml") }
  }

  @Test(arguments: [
    String(repeating: "[", count: 200_000), String(repeating: "- ", count: 100_000),
    String(repeating: "a: ", count: 80_000),
    String(repeating: "{", count: 900) + String(repeating: "\"a\",", count: 9_000),
    "a: [" + String(repeating: "x,", count: 100_000) + "]", "a: \"" + String(repeating: "x", count: 200_000),
    String(repeating: "\n", count: 200_000), String(repeating: "a: 1\n", count: 2_000),
    String(repeating: "\"&", count: 100_000),
  ])
  func `a file of one thing over and over is refused`(text: String) {
    #expect(throws: SpecErrors.self) {
      try Specification(text, file: "cordon.yaml", folder: Samples.folder())
    }
  }

  @Test func `every doubled key up to a few is told apart, and none is lost`() {
    let lines = (0..<8).map { "key\($0): 1\n'key\($0)': 2\n" }.joined()
    let doubled = Samples.mistakes(lines).filter {
      if case .duplicateKey(_, _, .some) = $0 { true } else { false }
    }
    #expect(doubled.count == 8)
    #expect(Samples.mistakes((0..<40).map { "key\($0): 1\nkey\($0): 2\n" }.joined()).count == 1)
  }

  @Test func `a doubled key that begins with a sign is refused as well`() {
    #expect(!Samples.mistakes("\"\\x61\": 1\na: 2\n").isEmpty)
    #expect(!Samples.mistakes("\"-\": 1\n\"-\": 2\n").isEmpty)
    #expect(!Samples.mistakes("\u{F000}: 1\n").isEmpty)
  }
}
