import CordonIdentity
import Testing

@Suite struct `Tokens` {
  static let good = String(repeating: "A", count: 43)

  @Test func `a cookie of 32 bytes in its one spelling is a token`() {
    #expect(SessionToken(Self.good)?.text == Self.good)
    #expect(VisitorToken(Self.good)?.text == Self.good)
  }

  @Test(arguments: [
    "", "A", String(repeating: "A", count: 42), String(repeating: "A", count: 44),
    String(repeating: "A", count: 42) + "B",
    String(repeating: "A", count: 42) + "=", good + "=", String(repeating: "A", count: 42) + "+", good + "\0",
    String(repeating: "A", count: 1_000_000),
  ])
  func `anything else is none`(text: String) {
    #expect(SessionToken(text) == nil)
    #expect(VisitorToken(text) == nil)
  }
}
