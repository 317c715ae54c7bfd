import CordonModel
import Glibc
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
    var flood = (rate: QuestionRate(perSecond: 100, burst: 50), read: 0, answered: 0)
    var floodIsPausedUntil = Duration.zero
    var quiet = QuestionRate(perSecond: 100, burst: 50)
    var answeredInTurn: [Bool] = []
    for number in 0..<1_000 {
      let now = Duration.milliseconds(1) * number
      if now >= floodIsPausedUntil {
        for _ in 0..<DatagramTurns.longest {
          flood.read += 1
          if flood.rate.take(at: now) == .granted { flood.answered += 1 }
        }
        let rest = flood.rate.rest(before: DatagramTurns.longest, at: now)
        if case .pause(let time) = DatagramTurns.next(after: rest) { floodIsPausedUntil = now + time }
      }
      // The second workspace asks once in a hundred turns, and is answered in the turn in which it asks.
      guard number % 100 == 0 else { continue }
      answeredInTurn.append(quiet.take(at: now) == .granted)
      #expect(DatagramTurns.next(after: quiet.rest(before: DatagramTurns.longest, at: now)) == .read)
    }
    #expect(answeredInTurn.count == 10 && answeredInTurn.allSatisfy { $0 })
    // In a second: the burst and the rate. No more was read, so nothing that was read is lost.
    #expect(flood.answered <= 150 && flood.answered > 100)
    #expect(flood.read == flood.answered)
  }

  @Test func `a turn that is granted follows at once, another one after a pause`() {
    #expect(DatagramTurns.next(after: nil) == .read)
    #expect(DatagramTurns.next(after: .seconds(1)) == .pause(.seconds(1)))
    #expect(DatagramTurns.next(after: .nanoseconds(1)) == .pause(DatagramTurns.shortestPause))
  }

  @Test func `a turn longer than the burst waits for the burst`() {
    var rate = QuestionRate(perSecond: 10, burst: 3)
    #expect(rate.rest(before: 16, at: .seconds(1)) == nil)
    let grant = rate.take(at: .seconds(1))
    #expect(grant == .granted)
    #expect(rate.rest(before: 16, at: .seconds(1)) == .milliseconds(100))
    #expect(rate.rest(before: 2, at: .seconds(1)) == nil)
  }

  @Test func `what the kernel drops of a socket that is left alone is counted once`() async throws {
    let (descriptor, port) = try LoopbackSocket.udp()
    defer { Glibc.close(descriptor) }
    var drops = KernelDrops(of: descriptor)
    let before = drops.new()
    let client = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(host: "127.0.0.1", port: 0).get()
    let server = try SocketAddress(ipAddress: "127.0.0.1", port: port)
    let sent = 3_000
    for _ in 0..<sent {
      let bytes = ByteBuffer(repeating: 0, count: 1_000)
      try await client.writeAndFlush(AddressedEnvelope(remoteAddress: server, data: bytes))
    }
    let after = [drops.new(), drops.new()]
    #expect(before == 0 && after[0] > 0 && after[0] < sent && after[1] == 0)
    try await client.close().get()
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
