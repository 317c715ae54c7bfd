import CordonWire

/// Turns of the wheel on their way to a page: gathered until a frame has followed those that it has.
///
/// Chromium draws and composes the page for every turn, sixty times a second, whether or not a frame is made of it and shown.
/// Where frames are what is slow, that is work which keeps them from being made.
struct WheelTurns: Sendable {
  /// Turns that the page has and no frame has followed: two, so that one is drawn while the last one's frame is on its way.
  private static let most = 2
  /// A page that does not move draws no frame: after this time none is waited for.
  static let patience = Duration.milliseconds(120)
  /// Turns that are this close are drawn together.
  private static let drawing = Duration.milliseconds(16)
  /// Turns at places that are this close are turns of one thing.
  private static let near = 32.0

  /// When each turn was handed over that no frame has followed.
  private var given: [Duration] = []
  /// The sum of what came meanwhile.
  private var gathered: ClientMessage.Wheel?

  /// Whether something is to be handed over later.
  var isWaiting: Bool { gathered != nil }

  /// A person turns the wheel: what the page is given now.
  mutating func take(_ turn: ClientMessage.Wheel, at now: Duration) -> [ClientMessage.Wheel] {
    given.removeAll { now - $0 >= Self.patience }
    guard let before = gathered else {
      gathered = turn
      return due(at: now)
    }
    if let sum = Self.sum(of: before, and: turn) {
      gathered = sum
      return due(at: now)
    }
    // Another thing is turned now.
    let last = flush(at: now)
    gathered = turn
    return last + due(at: now)
  }

  /// A frame has come.
  mutating func followed(at now: Duration) -> [ClientMessage.Wheel] {
    if let oldest = given.first { given.removeAll { $0 - oldest < Self.drawing } }
    return due(at: now)
  }

  /// Time has passed.
  mutating func due(at now: Duration) -> [ClientMessage.Wheel] {
    given.removeAll { now - $0 >= Self.patience }
    return given.count < Self.most ? flush(at: now) : []
  }

  /// What was gathered, since something else comes that must not come before it.
  mutating func flush(at now: Duration) -> [ClientMessage.Wheel] {
    guard let turn = gathered else { return [] }
    gathered = nil
    // What had to go without a frame is waited for as well, but it takes nobody's place twice.
    if given.count < Self.most { given.append(now) }
    return [turn]
  }

  /// Two turns as one; nil where they are of two things.
  private static func sum(of first: ClientMessage.Wheel, and second: ClientMessage.Wheel)
    -> ClientMessage.Wheel?
  {
    guard first.modifiers == second.modifiers, abs(first.x - second.x) <= near,
      abs(first.y - second.y) <= near
    else { return nil }
    var sum = second
    sum.deltaX += first.deltaX
    sum.deltaY += first.deltaY
    return sum
  }
}

extension BrowserSession {
  /// A person turns the wheel.
  func take(_ turn: ClientMessage.Wheel) {
    guard typable != nil, meters.pointers.allows(at: clock.now) else { return }
    give(turns.take(turn, at: clock.now))
    guard turns.isWaiting, turning == nil else { return }
    turning = Task { [weak self, clock] in
      while await self?.isTurning == true {
        try? await clock.sleep(for: WheelTurns.patience)
        if Task.isCancelled { return }
        await self?.turnOn()
      }
      await self?.turned()
    }
  }

  /// A frame has come: what was gathered meanwhile is next.
  func frameFollowed() { give(turns.followed(at: clock.now)) }

  /// What a person does after turning the wheel comes after it.
  func finishTurning() { give(turns.flush(at: clock.now)) }

  private var isTurning: Bool { turns.isWaiting && ended == nil }
  private func turnOn() { give(turns.due(at: clock.now)) }
  private func turned() { turning = nil }

  private func give(_ turns: [ClientMessage.Wheel]) {
    guard !turns.isEmpty, let tab = typable else { return }
    for turn in turns {
      send(
        .wheel(
          x: turn.x, y: turn.y, deltaX: turn.deltaX, deltaY: turn.deltaY,
          modifiers: Int(turn.modifiers.rawValue)), to: tab)
    }
  }
}
