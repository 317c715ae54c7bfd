import Testing

@testable import CordonRuntime

@Suite struct `A notebook that crashes` {
  private let start = ContinuousClock.now
  private var pauses = CrashPauses(first: .seconds(1), longest: .seconds(60), healthy: .seconds(60))

  @Test mutating func `is started again after a pause that doubles, and five times by itself`() {
    var now = start
    var waited: [Duration?] = []
    for _ in 0..<9 {
      waited.append(pauses.crashed(after: .seconds(2), at: now))
      now += pauses.rest(at: now) ?? .zero
    }
    #expect(waited == [1, 2, 4, 8, 16].map { .seconds($0) } + [nil, nil, nil, nil])
    // Whoever comes to it starts it all the same, once a minute at most.
    #expect(now - start == .seconds(31 + 32 + 3 * 60))
    #expect(pauses.rest(at: now) == nil)
  }

  @Test mutating func `rests for whoever comes as well, and no longer than its pause`() {
    #expect(pauses.rest(at: start) == nil)
    _ = pauses.crashed(after: .zero, at: start)
    #expect(pauses.rest(at: start) == .seconds(1))
    #expect(pauses.rest(at: start + .milliseconds(900)) == .milliseconds(100))
    #expect(pauses.rest(at: start + .seconds(1)) == nil)
  }

  @Test mutating func `begins anew once it has run for a while, or ended well`() {
    for _ in 0..<8 { _ = pauses.crashed(after: .zero, at: start) }
    #expect(pauses.crashed(after: .seconds(60), at: start) == .seconds(1))
    #expect(pauses.crashed(after: .zero, at: start) == .seconds(2))
    pauses.ended()
    #expect(pauses.crashed(after: .zero, at: start) == .seconds(1))
  }

  @Test mutating func `crashes a hundred thousand times without a trap`() {
    for _ in 0..<100_000 { _ = pauses.crashed(after: .zero, at: start) }
    #expect(pauses.rest(at: start) == .seconds(60))
  }
}
