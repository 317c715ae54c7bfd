import Testing

@testable import CordonGateway

@Suite struct `Answers in memory` {
  @Test func `reservations are granted in their order and never beyond the limit`() {
    var queue = AnswerQueue(limit: 100)
    // There would be room for the third, but who came first goes first.
    let turns = [queue.reserve(60), queue.reserve(60), queue.reserve(10)]
    #expect(turns == [.granted, .waits(1), .waits(2)])
    let now = queue.reserveNow(10)
    #expect(!now)
    let next = [queue.release(10), queue.release(20)]
    #expect(next == [[], [1, 2]])
    #expect(queue.held == 100 && queue.peak == 100 && queue.waitingCount == 0)
  }

  @Test func `what is larger than the limit goes alone`() {
    var queue = AnswerQueue(limit: 100)
    let turns = [queue.reserve(5_000), queue.reserve(1)]
    #expect(turns == [.granted, .waits(1)])
    #expect(queue.held == 100)
    let next = queue.release(100)
    #expect(next == [1])
  }

  @Test func `who gives up makes room for those behind`() {
    var queue = AnswerQueue(limit: 100)
    let turns = [queue.reserve(50), queue.reserve(100), queue.reserve(50)]
    #expect(turns == [.granted, .waits(1), .waits(2)])
    let first = queue.giveUp(1)
    #expect(first.waited && first.next == [2])
    let again = queue.giveUp(2)
    #expect(!again.waited && again.next == [])
  }

  @Test(arguments: [Int.min, -1, 0]) func `nothing and less than nothing is nothing`(bytes: Int) {
    var queue = AnswerQueue(limit: 1)
    let turn = queue.reserve(bytes)
    let next = queue.release(Int.max)
    #expect(turn == .granted && next == [] && queue.held == 0)
  }

  @Test func `a lease that is forgotten is given back`() async throws {
    var limits = ServerLimits()
    limits.unwrittenBytes = 100
    limits.answerPatience = patience
    let allowance = AnswerAllowance(limits)
    do {
      let lease = try await allowance.reserve(100)
      #expect(allowance.usage.held == 100)
      lease.shrink(to: 40)
      lease.shrink(to: 70)
      #expect(allowance.usage.held == 40)
    }
    #expect(allowance.usage.held == 0)
    let first = try await allowance.reserve(100)
    async let second = allowance.reserve(100)
    first.end()
    first.end()
    try await second.end()
    #expect(allowance.usage.held == 0 && allowance.usage.peak == 100)
  }

  @Test func `nobody waits for longer than it may`() async throws {
    var limits = ServerLimits()
    limits.unwrittenBytes = 100
    limits.answerPatience = .milliseconds(10)
    let allowance = AnswerAllowance(limits)
    let held = try await allowance.reserve(100)
    await #expect(throws: AnswerAllowance.Exhausted.self) { _ = try await allowance.reserve(1) }
    #expect(allowance.reserveNow(1) == nil)
    #expect(allowance.usage.waiting == 0)
    held.end()
    #expect(allowance.reserveNow(1) != nil)
  }
}
