import CordonWire
import Synchronization
import Testing

@testable import CordonPortal

/// What a recording's player sends, and when.
@Suite struct `A recording's player` {
  /// A player, a browser that takes what it sends, and a clock that only the test moves.
  actor Playing {
    nonisolated let reel: TestReel
    nonisolated let clock = ManualClock()
    nonisolated let player: ReplayPlayer
    private(set) var places: [ServerMessage.Replay] = []

    init(_ entries: [ReelFrame], ending: ReelFacts.Ending = .whole) {
      reel = TestReel(entries, ending: ending)
      player = ReplayPlayer(reel, clock: clock)
    }

    /// The next frame's mark and number; what is told of the place is kept beside. Each frame is drawn at once.
    func frame(isDrawn: Bool = true) async throws -> (marks: [UInt8], frame: ServerMessage.Frame) {
      while true {
        guard case .send(let bytes) = await player.next() else { throw Over() }
        switch try ServerMessage(parsing: bytes) {
        case .replay(let place): places.append(place)
        case .frame(let frame):
          if isDrawn { try await say(.drawn(frame.number)) }
          return (frame.rectangles.compactMap(\.image.first), frame)
        case let other: throw Other(message: other)
        }
      }
    }

    /// What is told of the place, once it is what is waited for; frames on the way are drawn.
    func place(where isIt: (ServerMessage.Replay) -> Bool) async throws -> ServerMessage.Replay {
      while true {
        guard case .send(let bytes) = await player.next() else { throw Over() }
        switch try ServerMessage(parsing: bytes) {
        case .replay(let place):
          places.append(place)
          if isIt(place) { return place }
        case .frame(let frame): try await say(.drawn(frame.number))
        case let other: throw Other(message: other)
        }
      }
    }

    func say(_ message: ReplayMessage) async throws {
      guard await player.receive(message.encoded) else { throw Over() }
    }

    struct Over: Error {}
    struct Other: Error { var message: ServerMessage }
  }

  @Test func `says how long it is, then plays it in its own time`() async throws {
    let playing = Playing([.marked(0, isWhole: true), .marked(1), .marked(2)])
    #expect(
      try await playing.frame().marks == [0], "the first picture is there at once")
    #expect(
      await playing.places.first == .init(at: 0, length: 2_000, speed: 1, isPlaying: true, ending: .whole))
    for second in 1...2 {
      async let next = playing.frame()
      await playing.clock.untilAsleep()
      playing.clock.advance(1)
      #expect(try await next.marks == [UInt8(second)])
    }
    let end = try await playing.place(where: { !$0.isPlaying })
    #expect(end == .init(at: 2_000, length: 2_000, speed: 1, isPlaying: false, ending: .whole))
    #expect(playing.reel.closings.isEmpty)
    await playing.player.close()
    #expect(await playing.player.next() == .end(.ended))
    #expect(playing.reel.closings.map(\.frames) == [3] && playing.reel.closings.map(\.isDamaged) == [false])
  }

  @Test(arguments: [ReelFacts.Ending.whole, .cut, .open])
  func `says how it ends`(ending: ReelFacts.Ending) async throws {
    let playing = Playing([.marked(0, isWhole: true)], ending: ending)
    let place = try await playing.place(where: { !$0.isPlaying })
    #expect("\(place.ending)" == "\(ending)" && place.at == 0)
  }

  @Test func `of nothing, ends at once`() async throws {
    let playing = Playing([], ending: .cut)
    let place = try await playing.place(where: { !$0.isPlaying })
    #expect(place == .init(at: 0, length: 0, speed: 1, isPlaying: false, ending: .cut))
  }

  @Test func `waits two seconds where nothing moved for an hour, and goes as fast as it is asked`()
    async throws
  {
    let playing = Playing([.marked(0, isWhole: true), .marked(3_600), .marked(3_608)])
    _ = try await playing.frame()
    async let late = playing.frame()
    await playing.clock.untilAsleep()
    playing.clock.advance(2)
    #expect(try await late.marks == [UInt8(truncatingIfNeeded: 3_600)])
    try await playing.say(.speed(.sixteen))
    async let soon = playing.frame()
    await playing.clock.untilAsleep()
    playing.clock.advance(1)
    #expect(try await soon.marks == [UInt8(truncatingIfNeeded: 3_608)])
    #expect(await playing.places.last?.speed == 16)
  }

  @Test func `goes to a place with one picture of what was there, and reads no further`() async throws {
    let playing = Playing(
      [.marked(0, isWhole: true)] + (1...20).map { .marked($0) } + [.marked(21, isWhole: true)]
        + (22...30).map { .marked($0, x: UInt16($0)) })
    _ = try await playing.frame()
    try await playing.say(.pause)
    try await playing.say(.seek(15_400))
    // Each of these covers the one before.
    #expect(try await playing.frame().marks == [15])
    #expect(try await playing.place(where: { $0.at == 15_400 }).isPlaying == false)
    try await playing.say(.seek(25_000))
    let there = try await playing.frame()
    #expect(there.marks == [21, 22, 23, 24, 25] && there.frame.isWhole)
    let before = playing.reel.state.withLock { $0.reads }
    try await playing.say(.seek(.max))
    #expect(try await playing.frame().marks.last == 30)
    #expect(playing.reel.state.withLock { $0.reads } - before <= 11)
    #expect(try await playing.place(where: { $0.at == 30_000 }).length == 30_000)
    // At its end, it begins anew.
    try await playing.say(.play)
    #expect(try await playing.frame().marks == [0])
  }

  @Test func `stands still while it is asked to, and goes on from there`() async throws {
    let playing = Playing([.marked(0, isWhole: true), .marked(2)])
    _ = try await playing.frame()
    async let next = playing.frame()
    await playing.clock.untilAsleep()
    playing.clock.advance(1)
    try await playing.say(.pause)
    for _ in 0..<1_000 where await !playing.places.contains(where: { !$0.isPlaying }) {
      try await Task.sleep(for: .milliseconds(5))
    }
    playing.clock.advance(600)
    try await playing.say(.play)
    await playing.clock.untilAsleep()
    playing.clock.advance(1)
    #expect(try await next.marks == [2])
    #expect(await playing.places.contains { $0.at == 1_000 && !$0.isPlaying })
  }

  @Test func `sends no more than a few pictures that are not drawn`() async throws {
    let playing = Playing((0...40).map { .marked($0, isWhole: true) })
    var last = try await playing.frame(isDrawn: false).frame.number
    try await playing.say(.speed(.sixteen))
    while last < ReplayPlayer.mostAhead {
      async let next = playing.frame(isDrawn: false)
      await playing.clock.untilAsleep()
      playing.clock.advance(1)
      last = try await next.frame.number
    }
    async let next = playing.frame(isDrawn: false)
    for _ in 0..<50 {
      await playing.clock.untilAsleep()
      playing.clock.advance(1)
      await Task.yield()
    }
    #expect(playing.reel.state.withLock { $0.reads } <= Int(ReplayPlayer.mostAhead) + 2)
    // What was never sent cannot be drawn.
    try await playing.say(.drawn(.max))
    try await playing.say(.drawn(last))
    #expect(try await next.frame.number == last + 1)
  }

  @Test func `shows nothing of what was changed, and says so`() async throws {
    let playing = Playing([.marked(0, isWhole: true)])
    playing.reel.state.withLock { $0.damagedAt = 0 }
    guard case .send(let bytes) = await playing.player.next(),
      case .ended(.unreadable, let text) = try ServerMessage(parsing: bytes)
    else {
      Issue.record("it was shown")
      return
    }
    #expect(!text.isEmpty)
    #expect(await playing.player.next() == .end(.ended))
    #expect(playing.reel.closings.map(\.isDamaged) == [true])
    await playing.player.close()
    #expect(playing.reel.closings.count == 1, "it is closed once")
  }

  @Test func `takes what is damaged on the way, and bytes that are no picture, as damage`() async throws {
    let broken = ReelFrame(after: .seconds(2), bytes: [1, 1, 0, 0, 0, 0, 0, 9])
    let playing = Playing([.marked(0, isWhole: true), .marked(1), broken])
    _ = try await playing.frame()
    async let next = playing.frame()
    await playing.clock.untilAsleep()
    playing.clock.advance(1)
    #expect(try await next.marks == [1])
    await #expect(throws: Playing.Other.self) { _ = try await playing.frame() }
    #expect(playing.reel.closings.map(\.isDamaged) == [true])
  }

  @Test func `is over for somebody who is not heard for long, and for whom it does not understand`()
    async throws
  {
    let playing = Playing([.marked(0, isWhole: true)])
    _ = try await playing.place(where: { !$0.isPlaying })
    async let next = playing.player.next()
    await playing.clock.untilAsleep()
    playing.clock.advance(901)
    guard case .send(let bytes) = await next, case .ended(.idle, _) = try ServerMessage(parsing: bytes) else {
      Issue.record("it goes on")
      return
    }
    for bytes in [[], [1], [1, 9], [2, 1], ClientMessage.paste("x").encoded] {
      #expect(await !playing.player.receive(bytes))
    }
  }

  @Test func `holds what a picture came to, and no more than fits`() throws {
    var fold = SeekFold()
    func take(_ entry: ReelFrame) throws -> ServerMessage.Frame? {
      guard case .frame(let frame) = try ServerMessage(parsing: entry.bytes) else { return nil }
      return fold.take(frame)
    }
    #expect(try take(.marked(1, isWhole: true, width: 100)) == nil)
    #expect(try take(.marked(2, x: 10)) == nil)
    #expect(try take(.marked(3, x: 15)) == nil)
    #expect(try take(.marked(4, x: 5, width: 20)) == nil)
    let held = fold.rest()
    let rest = try #require(held)
    #expect(rest.isWhole && rest.rectangles.compactMap(\.image.first) == [1, 4])
    let nothing = fold.rest()
    #expect(nothing == nil)
    #expect(try take(.marked(5, isWhole: true)) == nil)
    #expect(try take(.marked(6, isWhole: true)) == nil, "a whole picture needs none before it")
    let large = SeekFold.mostBytes / 2 + 1
    #expect(try take(.marked(7, x: 20, bytes: large)) == nil)
    #expect(try take(.marked(8, x: 40, bytes: large))?.rectangles.compactMap(\.image.first) == [6, 7])
    for place in 0..<UInt16(ServerMessage.Frame.mostRectangles - 1) {
      _ = try take(.marked(9, x: place % 90, width: 1 + place / 90))
    }
    let last = fold.rest()
    #expect(try #require(last).rectangles.count <= ServerMessage.Frame.mostRectangles)
  }
}
