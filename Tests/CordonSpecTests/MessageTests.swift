import CordonModel
import Testing

@testable import CordonSpec

@Suite struct `Messages about mistakes` {
  @Test func `a mistake says where it is and what to type instead`() {
    let mistakes = Samples.mistakes("browser: { clipbord: { in: off } }\n")
    let span = Location(file: "cordon.yaml", line: 5, column: 12)
    #expect(mistakes == [.unknownKey("clipbord", at: span, didYouMean: "clipboard")])
    #expect(
      mistakes.first?.description == "cordon.yaml:5:12: unknown key 'clipbord'; did you mean 'clipboard'?")
  }

  @Test func `the line is shown with a caret below the place`() throws {
    let error = #expect(throws: SpecErrors.self) {
      try Samples.environment("projects:\n  - name: churn\n    stroe: churn-store\n")
    }
    #expect(
      error?.withSource == """
        cordon.yaml:7:5: unknown key 'stroe'; did you mean 'store'?
          7 |     stroe: churn-store
            |     ^
        """)
  }

  @Test func `the caret stands below its letter in a long line and behind wide escapes`() throws {
    let long = "projects: [{ name: \"" + String(repeating: "x", count: 300) + "\", stroe: x }]\n"
    let error = #expect(throws: SpecErrors.self) { try Samples.environment(long) }
    let lines = (error?.withSource ?? "").split(separator: "\n")
    let shown = try #require(lines.first { $0.contains("stroe: x") && $0.contains(" | ") })
    let caret = try #require(lines.last { $0.hasSuffix("^") })
    #expect(lines.allSatisfy { $0.count < 260 })
    let column = try #require(caret.firstIndex(of: "^")).utf16Offset(in: caret)
    #expect(Array(shown)[column] == "s")
  }

  @Test func `a mistake in a policy file shows that file's line`() throws {
    let policy = "{\n  \"Statement\": [{ \"Efect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\" }]\n}\n"
    let error = #expect(throws: SpecErrors.self) {
      try Samples.environment(
        "projects: [{ name: churn }]\npolicies: { roles: { churn: p.json } }\n",
        files: ["/spec/p.json": policy])
    }
    #expect(
      error?.withSource == """
        p.json:2:19: unknown element 'Efect'; did you mean 'Effect'?
          2 |   "Statement": [{ "Efect": "Deny", "Action": "*", "Resource": "*" }]
            |                   ^
        """)
  }

  @Test func `a policy file is named as an editor in the same folder finds it`() throws {
    let text = Samples.head + "projects: [{ name: churn }]\npolicies: { roles: { churn: p.json } }\n"
    let error = #expect(throws: SpecErrors.self) {
      try Specification(text, file: "deep/folder/cordon.yaml", folder: Samples.folder(["/spec/p.json": "{"]))
    }
    #expect(error?.errors.first?.span?.file == "deep/folder/p.json")
  }

  @Test func `a value cannot repaint the reader's terminal`() {
    let mistakes = Samples.mistakes("region2: x\nprojects: [{ name: \"\\e[2J\\u202Ea\" }]\n")
    let text = mistakes.map(\.description).joined()
    #expect(text.contains("\\u{001B}[2J\\u{202E}a"))
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
  }

  @Test func `a value is quoted up to a length that a message can carry`() {
    let mistakes = Samples.mistakes("\(String(repeating: "k", count: 5_000)): 1\n")
    #expect(mistakes.allSatisfy { $0.description.count < 200 })
  }

  @Test func `mistakes beyond the hundredth are counted, not printed`() {
    let lines = (0..<150).map { "key\($0): 1\n" }.joined()
    let error = #expect(throws: SpecErrors.self) { try Samples.environment(lines) }
    #expect(error?.errors.count == 100)
    #expect(error?.left == 50)
    #expect(error?.description.hasSuffix("and 50 more; mend these first") == true)
  }

  @Test func `a file that is not there is said to be so`() {
    let error = #expect(throws: SpecErrors.self) { try Specification.load("no-such-folder/cordon.yaml") }
    #expect(error?.description == "no-such-folder/cordon.yaml: cannot be read: no readable file")
    #expect(error?.withSource == error?.description)
  }

  @Test(arguments: [
    ("clipboard", "clipbord"), ("readOnly", "readonly"), ("projects", "porjects"), (nil, "colour"), (nil, ""),
  ])
  func `a hint is given where something is near`(expected: String?, typed: String) {
    let known = ["clipboard", "readOnly", "projects", "packages", "name"]
    #expect(Reading(folder: Samples.folder()).meant(by: typed, among: known) == expected)
  }
}
