import CordonWire

/// Plays one recording to one browser: pictures in their time, as fast as the person asks and no faster than they are drawn.
///
/// It holds a picture or two and a place in the recording. What comes of the person's side is where to go and what is drawn.
actor ReplayPlayer: StreamEnds {
  /// Where nothing moved for longer, no more than this of it is waited for.
  static let longestStill = Duration.seconds(2)
  /// Pictures on their way that the browser has not drawn yet.
  static let mostAhead: UInt32 = 8
  /// A person who neither watches nor asks for so long has gone.
  static let patience = Duration.seconds(900)
  private static let toldEvery = Duration.milliseconds(250)

  private let reel: any RecordingReel
  private let clock: any SessionClock
  private var facts: ReelFacts?
  /// The recording's moment that is shown, and when it came to be.
  private var place = Duration.zero
  private var since: Duration
  private var speed = ReplayMessage.Speed.one
  private var isPlaying = true
  /// Where the person wants to go.
  private var wanted: Duration?
  /// On the way there: what is drawn of it at once.
  private var search: (moment: Duration, fold: SeekFold)?
  /// A picture that was read, and whose time has not come.
  private var ahead: (after: Duration, frame: ServerMessage.Frame)?
  private var number: UInt32 = 0
  private var drawn: UInt32 = 0
  private var shown = 0
  private var hasNews = true
  private var told: Duration
  private var heard: Duration
  private var last: ServerMessage?
  private var isOver = false
  private var waiter: CheckedContinuation<Void, Never>?

  init(_ reel: any RecordingReel, clock: any SessionClock = SystemSessionClock()) {
    self.reel = reel
    self.clock = clock
    since = clock.now
    told = clock.now
    heard = clock.now
  }

  // MARK: What goes out

  func next() async -> StreamStep {
    do {
      while !isOver { if let message = try await step() { return .send(message.encoded) } }
    } catch {
      // Not a word of what is wrong: whoever may mend it has the ledger.
      await end(
        .ended(
          .unreadable, "It is not as it was written, or not a recording of this project. It is not shown."),
        failure: error)
    }
    if let word = last {
      last = nil
      return .send(word.encoded)
    }
    return .end(.ended)
  }

  /// One message, or nil after a wait.
  private func step() async throws -> ServerMessage? {
    guard let facts else {
      facts = try await reel.examine()
      wanted = .zero
      since = clock.now
      return nil
    }
    if clock.now - heard >= Self.patience {
      await end(.ended(.idle, "Nobody watched for too long. Load the page to go on."), failure: nil)
      return nil
    }
    if let moment = wanted {
      wanted = nil
      ahead = nil
      search = (min(moment, facts.length), SeekFold())
      try await reel.go(to: min(moment, facts.length))
      return nil
    }
    if hasNews { return news(of: facts) }
    guard number &- drawn < Self.mostAhead else { return await pause(until: nil) }
    if search != nil { return try await goOn() }
    guard isPlaying else { return await pause(until: nil) }
    return try await play(facts)
  }

  private func news(of facts: ReelFacts) -> ServerMessage {
    hasNews = false
    told = clock.now
    let ending: ServerMessage.Replay.Ending =
      switch facts.ending {
      case .whole: .whole
      case .cut: .cut
      case .open: .open
      }
    return .replay(
      ServerMessage.Replay(
        at: Self.milliseconds(search?.moment ?? place), length: Self.milliseconds(facts.length),
        speed: speed.rawValue, isPlaying: isPlaying, ending: ending))
  }

  /// Reads on towards where the person wants to be; says something only where it must, and once it is there.
  private func goOn() async throws -> ServerMessage? {
    guard let moment = search?.moment else { return nil }
    guard let next = try await read(), wanted == nil else { return arrive(at: moment) }
    guard next.after <= moment else {
      ahead = next
      return arrive(at: moment)
    }
    return search?.fold.take(next.frame).map(numbered)
  }

  private func arrive(at moment: Duration) -> ServerMessage? {
    let rest = search?.fold.rest()
    search = nil
    // On the way to another place by now.
    guard wanted == nil else { return nil }
    (place, since, hasNews) = (moment, clock.now, true)
    return rest.map(numbered)
  }

  private func play(_ facts: ReelFacts) async throws -> ServerMessage? {
    if ahead == nil {
      let next = try await read()
      // Somewhere else by now.
      guard wanted == nil else { return nil }
      ahead = next
    }
    guard let next = ahead else {
      (place, isPlaying, hasNews) = (facts.length, false, true)
      return nil
    }
    let still = min(max(next.after - place, .zero), Self.longestStill)
    let due = since + still / Int(speed.rawValue)
    guard clock.now >= due else { return await pause(until: due) }
    ahead = nil
    (place, since) = (max(place, next.after), clock.now)
    if clock.now - told >= Self.toldEvery { hasNews = true }
    return numbered(next.frame)
  }

  private func read() async throws -> (after: Duration, frame: ServerMessage.Frame)? {
    while let entry = try await reel.next() {
      if case .frame(let frame) = try ServerMessage(parsing: entry.bytes) { return (entry.after, frame) }
    }
    return nil
  }

  private func numbered(_ frame: ServerMessage.Frame) -> ServerMessage {
    number &+= 1
    shown += 1
    var frame = frame
    frame.number = number
    return .frame(frame)
  }

  private static func milliseconds(_ duration: Duration) -> UInt32 {
    UInt32(clamping: Int64(duration / .milliseconds(1)))
  }

  // MARK: Waiting

  /// Suspends until something happens or the time has come; a browser that says nothing is not waited for without end.
  private func pause(until due: Duration?) async -> ServerMessage? {
    let patience = heard + Self.patience
    let end = min(due ?? patience, patience)
    let alarm = Task { [clock] in
      let wait = end - clock.now
      if wait > .zero { try? await clock.sleep(for: wait) }
      if !Task.isCancelled { self.wake() }
    }
    await withCheckedContinuation { continuation in
      if isOver { continuation.resume() } else { waiter = continuation }
    }
    alarm.cancel()
    return nil
  }

  private func wake() {
    waiter?.resume()
    waiter = nil
  }

  // MARK: What comes in

  func receive(_ bytes: [UInt8]) async -> Bool {
    guard let message = try? ReplayMessage(parsing: bytes) else { return false }
    heard = clock.now
    switch message {
    case .play:
      guard !isPlaying else { break }
      if let facts, place >= facts.length, search == nil { wanted = .zero }
      (isPlaying, since, hasNews) = (true, clock.now, true)
    case .pause:
      stand()
      isPlaying = false
    case .seek(let milliseconds): wanted = .milliseconds(milliseconds)
    case .speed(let speed):
      stand()
      self.speed = speed
    case .drawn(let number):
      // Only what was sent can be drawn.
      if number <= self.number, number > drawn { drawn = number }
    }
    wake()
    return true
  }

  /// Takes the time that has passed into the place: what comes next is counted from here.
  private func stand() {
    defer { (since, hasNews) = (clock.now, true) }
    guard isPlaying, let next = ahead else { return }
    place = min(place + (clock.now - since) * Int(speed.rawValue), max(place, next.after))
  }

  func close() async {
    await end(nil, failure: nil)
    last = nil
  }

  private func end(_ word: ServerMessage?, failure: (any Error)?) async {
    guard !isOver else { return }
    isOver = true
    last = word
    wake()
    await reel.close(frames: shown, failure: failure)
  }
}
