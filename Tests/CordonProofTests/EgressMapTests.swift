import CordonModel
import CordonProof
import Testing

@Suite struct `An egress map` {
  @Test(arguments: [
    (Verdict.closed, [Verdict.closed, .closed]),
    (.unknown, [.closed, .unknown]),
    (.open, [.unknown, .open, .closed]),
  ])
  func `is as bad as its worst part`(expected: Verdict, parts: [Verdict]) {
    #expect(Verdict.worst(of: parts) == expected)
  }

  @Test func `does not call a path closed on which nothing was looked at`() {
    #expect(PathReport(path: .tunnel, routes: []).verdict == .unknown)
  }
}
