import CordonWire
import Synchronization
import Testing

@testable import CordonPortal

/// Which of Chromium's frames a test has acknowledged.
private final class Acknowledged: Sendable {
  private let numbers = Mutex<[Int]>([])
  var all: [Int] { numbers.withLock { $0 } }
  func of(_ number: Int) -> FrameIntake.Acknowledge { { self.numbers.withLock { $0.append(number) } } }
}

@Suite struct `The frames that Chromium makes` {
  @Test func `are acknowledged as they are taken`() {
    var intake = FrameIntake()
    let seen = Acknowledged()
    for number in 1...4 {
      intake.arrived(of: 7)
      intake.taken(seen.of(number), atOnce: true)
    }
    #expect(seen.all == [1, 2, 3, 4])
    #expect(!intake.isDoubtful)
  }

  @Test func `become fewer where nobody takes them, and never none`() {
    var intake = FrameIntake()
    let seen = Acknowledged()
    for number in 1...5 {
      intake.arrived(of: 7)
      intake.replaced(seen.of(number))
    }
    // Two are kept; a third would be the last that Chromium makes.
    #expect(seen.all == [3, 4, 5])
    #expect(intake.isDoubtful)
    intake.taken(seen.of(6), atOnce: false)
    #expect(seen.all == [3, 4, 5, 6])
  }

  @Test func `become more again where each is taken as it comes`() {
    var intake = FrameIntake()
    let seen = Acknowledged()
    for number in 1...2 { intake.replaced(seen.of(number)) }
    for number in 3...6 { intake.taken(seen.of(number), atOnce: true) }
    #expect(seen.all == [3, 2, 4, 1, 5, 6])
  }

  @Test func `begin anew with nothing in doubt`() {
    var intake = FrameIntake()
    let seen = Acknowledged()
    intake.arrived(of: 1)
    intake.replaced(seen.of(1))
    intake.arrived(of: 1)
    #expect(intake.isDoubtful && seen.all == [])
    intake.arrived(of: 2)
    // A Chromium that counted otherwise would wait for it.
    #expect(!intake.isDoubtful && seen.all == [1])
  }
}

@Suite struct `A stream of frames` {
  private static func picture(_ shade: Int) throws -> [UInt8] {
    var page = DrawnPage(width: 160, height: 96)
    page.fill(page.picture.bounds, (UInt8(shade), UInt8(shade), UInt8(shade)))
    return try page.jpeg()
  }

  @Test func `makes Chromium wait for a slow client, and asks for what it dropped meanwhile`() async throws {
    let clock = ManualClock()
    let (seen, begun) = (Acknowledged(), Acknowledged())
    let stream = try FrameStream(clock: clock, mark: nil)
    let outbox = Outbox()
    let begin = begun.of(1)
    await stream.attach(outbox) { begin() }
    func offer(_ number: Int, of screencast: Int = 1) async throws {
      await stream.offer(
        try Self.picture(number * 20), viewport: Viewport(), of: screencast, acknowledge: seen.of(number))
    }
    for number in 1...3 {
      try await offer(number)
      #expect(await outbox.next() != nil)
    }
    #expect(seen.all == [1, 2, 3])
    // The client has said nothing: three frames are on their way to it.
    for number in 4...6 { try await offer(number) }
    #expect(seen.all == [1, 2, 3])
    await stream.acknowledge(1)
    #expect(seen.all == [1, 2, 3, 6])
    #expect(begun.all == [])
    for _ in 0..<2_000 where begun.all.isEmpty {
      await clock.untilAsleep()
      clock.advance(1)
    }
    #expect(begun.all == [1])
    try await offer(7, of: 2)
    #expect(Set(seen.all) == [1, 2, 3, 4, 5, 6])
    await stream.detach()
  }

  @Test func `acknowledges at once where nobody looks`() async throws {
    let seen = Acknowledged()
    let stream = try FrameStream(clock: ManualClock(), mark: nil)
    for number in 1...9 {
      await stream.offer(
        try Self.picture(number * 20), viewport: Viewport(), of: 1, acknowledge: seen.of(number))
    }
    #expect(seen.all == Array(1...9))
  }
}
