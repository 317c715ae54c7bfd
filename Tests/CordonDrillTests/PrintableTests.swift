import Testing

@testable import CordonDrill

@Suite struct `What a report shows of an attacker's words` {
  @Test(arguments: ["\u{1B}", "\u{7}", "\u{7F}", "\u{9B}", "\u{200E}", "\u{202E}", "\u{2066}"])
  func `a control of the terminal becomes a blank`(control: String) {
    let result = RunResult(status: 0, output: Array("a\(control)b".utf8), errors: [], timedOut: false)
    #expect(result.lastLine == "a b")
  }
}
