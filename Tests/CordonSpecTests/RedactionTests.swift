import CordonModel
import CordonSpec
import Testing

@Suite struct `Text to hide in a spec` {
  @Test func `is named, or has a name and a pattern`() throws {
    #expect(try Samples.environment("").browser.redact == [])
    let environment = try Samples.environment(
      #"browser: { redact: [card-number, { name: case, pattern: '\bCASE-\d{6}\b' }] }"# + "\n")
    #expect(environment.browser.redact.map(\.name.text) == ["card-number", "case"])
    let all = Redaction.Known.allCases.map(\.rawValue).joined(separator: ", ")
    #expect(try Samples.environment("browser: { redact: [\(all)] }\n").browser.redact.count == 7)
  }

  @Test(arguments: [
    "card", "{ name: a }", "{ pattern: a }", "{ name: A_B, pattern: a }", "{ name: a, pattern: '' }",
    "{ name: a, pattern: 'a*' }", "{ name: a, pattern: '(a' }", "{ name: a, pattern: 'a)' }",
    "{ name: a, pattern: '[a' }", "{ name: a, pattern: '[]' }", "{ name: a, pattern: '[b-a]' }",
    "{ name: a, pattern: 'a{2' }", "{ name: a, pattern: 'a{65}' }", "{ name: a, pattern: 'a{3,2}' }",
    "{ name: a, pattern: '*a' }", "{ name: a, pattern: 'a+?' }", "{ name: a, pattern: '(?=a)b' }",
    #"{ name: a, pattern: '(a)\1' }"#, #"{ name: a, pattern: 'a\bb' }"#,
    #"{ name: a, pattern: '\bfoo|bar\b' }"#,
    "{ name: a, pattern: '^a$' }", #"{ name: a, pattern: 'a\' }"#, #"{ name: a, pattern: '\p' }"#,
    "{ name: a, pattern: '((((((((((((((a))))))))))))))' }",
    "{ name: a, pattern: '(((a{60}){60}){60}){60}' }",
    // Eleven letters back: a table of two to the eleventh states.
    "{ name: a, pattern: '(?:a|b)*a(?:a|b){11}' }",
    "card-number, card-number", "{ name: a, pattern: \(String(repeating: "b", count: 257)) }",
  ])
  func `one mistake is one message`(entry: String) {
    #expect(Samples.mistakes("browser: { redact: [\(entry)] }\n").count == 1, "\(entry)")
  }

  @Test func `there are not more of them than a page can be asked for`() {
    let many = (0..<25).map { "{ name: a\($0), pattern: a }" }.joined(separator: ", ")
    #expect(Samples.mistakes("browser: { redact: [\(many)] }\n").count == 1)
  }

  @Test(arguments: [
    ("•••• x", #"\bab+c?\b"#, "abbb x"), ("xabb", #"\bab+"#, "xabb"),
    ("•••••", "(?i)stra[s-z]", "STRAX"),
    ("a••••d", "b[^x]{3}", "ab--cd"), ("••••••", "ab|bcd|def", "abcdef"), ("😀•😀", "a", "😀a😀"),
    ("a\nb", "a.b", "a\nb"), ("•••", #"\w\s\W"#, "a\u{A0}-"),
  ])
  func `is found from every place, the longest match each time`(
    expected: String, pattern: String, text: String
  ) throws {
    let redaction = try Redaction(name: Slug("a"), pattern: pattern)
    #expect(Redaction.masked(text, of: [redaction]) == expected)
  }
}
