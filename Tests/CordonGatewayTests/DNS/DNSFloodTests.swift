import CordonModel
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import CordonGateway

/// A workspace that asks without end loses questions of its own, and takes no turn of another one's.
@Suite(.serialized) struct `DNS floods` {
  @Test func `so much a second is granted, and a number at once`() {
    var rate = QuestionRate(perSecond: 10, burst: 3)
    let first = (0..<4).map { _ in rate.take(at: .seconds(5)) }
    #expect(first == [.granted, .granted, .granted, .refused(for: .milliseconds(100))])
    let later = [50, 100, 150, 300].map { rate.take(at: .seconds(5) + .milliseconds($0)) }
    #expect(
      later == [.refused(for: .milliseconds(50)), .granted, .refused(for: .milliseconds(50)), .granted])
    // Silence saves no more than the burst.
    let silent = (0..<4).map { _ in rate.take(at: .seconds(1_000)) }
    #expect(silent == [.granted, .granted, .granted, .refused(for: .milliseconds(100))])
  }

  /// One event loop with two sockets, on a clock of its own: each turn reads what a turn may, then the other has one.
  @Test func `a second workspace is read after one turn of the first, however much that one sends`() {
    var flood = (rate: QuestionRate(perSecond: 100, burst: 50), turns: DatagramTurns(), read: 0, answered: 0)
    var floodIsPausedUntil = Duration.zero
    var quiet = (rate: QuestionRate(perSecond: 100, burst: 50), turns: DatagramTurns())
    var answeredInTurn: [Bool] = []
    let turn = Duration.milliseconds(1)
    for number in 0..<1_000 {
      let now = turn * number
      if now >= floodIsPausedUntil {
        let before = flood.read
        for _ in 0..<DatagramTurns.longest {
          flood.read += 1
          if flood.turns.arrived(flood.rate.take(at: now)) { flood.answered += 1 }
        }
        #expect(flood.read - before == DatagramTurns.longest)
        if case .pause(let time) = flood.turns.ended() { floodIsPausedUntil = now + time }
      }
      // The second workspace asks once in a hundred turns, and is answered in the turn in which it asks.
      guard number % 100 == 0 else { continue }
      answeredInTurn.append(quiet.turns.arrived(quiet.rate.take(at: now)))
      let next = quiet.turns.ended()
      #expect(next == .read)
    }
    #expect(answeredInTurn.count == 10 && answeredInTurn.allSatisfy { $0 })
    // In a second: the burst and the rate, and not many more were even read.
    #expect(flood.answered <= 150)
    #expect(flood.read <= 50 + 51 * DatagramTurns.longest)
  }

  @Test func `a turn within the budget is followed by the next, one beyond it by a pause`() {
    var turns = DatagramTurns()
    let granted = turns.arrived(.granted)
    let goesOn = turns.ended()
    #expect(granted && goesOn == .read)
    let refused = [turns.arrived(.granted), turns.arrived(.refused(for: .seconds(1)))]
    #expect(refused == [true, false])
    let next = [turns.ended(), turns.ended()]
    #expect(next == [.pause(.seconds(1)), .read])
    _ = turns.arrived(.refused(for: .nanoseconds(1)))
    let short = turns.ended()
    #expect(short == .pause(DatagramTurns.shortestPause))
  }

  @Test func `what was dropped is one record an interval, and waits for a ledger that can write`()
    async throws
  {
    struct Unwritable: Error {}
    let kept = Mutex<(counts: [Int], fails: Bool)>(([], true))
    let dropped = DroppedQuestions(every: patience) { count in
      try kept.withLock { state in
        guard !state.fails else { throw Unwritable() }
        state.counts.append(count)
      }
    }
    for _ in 0..<100 { dropped.note() }
    await dropped.flush()
    kept.withLock { $0.fails = false }
    dropped.note()
    await dropped.flush()
    await dropped.flush()
    #expect(kept.withLock { $0.counts } == [101])
  }

  @Test func `a flood over UDP is answered within its budget, and the rest is counted`() async throws {
    var limits = ServerLimits.patient
    limits.questionsPerSecond = 1
    limits.questionsAtOnce = 5
    limits.droppedInterval = .milliseconds(10)
    try await TestGateway.run(limits: limits) { test in
      let replies = Replies()
      let client = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelInitializer { $0.pipeline.addHandler(replies) }
        .bind(host: "127.0.0.1", port: 0).get()
      let server = try SocketAddress(ipAddress: "127.0.0.1", port: test.port(.dns, .datagrams))
      for number in 0..<14 {
        let question = ByteBuffer(bytes: dnsQuestion("n\(number).evil.test"))
        try await client.writeAndFlush(AddressedEnvelope(remoteAddress: server, data: question))
      }
      // One record tells what was dropped; that it is there says that the flood was read.
      let end = ContinuousClock.now + patience
      while !test.log.records.contains(where: { $0.errorCode == "DROPPED" }) {
        try #require(ContinuousClock.now < end)
        try await Task.sleep(for: .milliseconds(5))
      }
      let dropped = test.log.records.filter { $0.errorCode == "DROPPED" }
      #expect(dropped.allSatisfy { $0.outcome == .denied && $0.resources.isEmpty })
      #expect(dropped.allSatisfy { (Int($0.details["dropped"] ?? "") ?? 0) >= 1 })
      // At most the five at once, and one for each second that the test has taken by now.
      let answered = test.log.records.filter { $0.errorCode == "NXDOMAIN" }
      #expect(answered.count < 14)
      try await client.close().get()
      #expect(test.outside.connectionCount == 0)
    }
  }
}

/// Throws replies away.
private final class Replies: ChannelInboundHandler, Sendable {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}

private func dnsQuestion(_ name: String) -> [UInt8] {
  var message: [UInt8] = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
  for label in name.split(separator: ".") { message += [UInt8(label.utf8.count)] + Array(label.utf8) }
  return message + [0, 0, 1, 0, 1]
}
