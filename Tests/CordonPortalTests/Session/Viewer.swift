import CordonModel
import CordonWire
import Testing

@testable import CordonPortal

/// A person's browser, as a test: draws what comes, acknowledges it, and keeps what was said.
actor Viewer {
  let connection: SessionConnection
  private var canvas = Canvas()
  private(set) var frames: [ServerMessage.Frame] = []
  private(set) var said: [ServerMessage] = []
  private(set) var tabs: [ServerMessage.Tab] = []
  private(set) var active: UInt32 = 0
  private var reading: Task<Void, Never>?
  private let acknowledges: Bool

  init(_ connection: SessionConnection, acknowledges: Bool = true) {
    self.connection = connection
    self.acknowledges = acknowledges
  }

  /// Connects to a session and begins to draw.
  static func of(_ session: BrowserSession) async throws -> Viewer {
    let viewer = Viewer(await session.connect())
    await viewer.read()
    return viewer
  }

  func read() {
    reading = Task {
      while let message = await connection.next() { await take(message) }
    }
  }

  private func take(_ message: ServerMessage) async {
    // What is sent is what another program reads: through the bytes and back.
    guard let message = try? ServerMessage(parsing: message.encoded) else {
      Issue.record("a message that cannot be read")
      return
    }
    switch message {
    case .frame(let frame):
      frames.append(frame)
      try? canvas.draw(
        FrameStage.Update(
          isWhole: frame.isWhole, width: Int(frame.width), height: Int(frame.height),
          rectangles: frame.rectangles))
      if acknowledges { await connection.receive(.acknowledge(frame.number)) }
    case .tabs(let shown, let all): (active, tabs) = (shown, all)
    default: said.append(message)
    }
  }

  func send(_ messages: ClientMessage...) async {
    for message in messages { #expect(await connection.receive(message.encoded)) }
  }

  func click(_ x: Double, _ y: Double) async {
    await send(
      .pointer(.init(.move, x: x, y: y)),
      .pointer(.init(.down, x: x, y: y, button: .left, buttons: 1, clicks: 1)),
      .pointer(.init(.up, x: x, y: y, button: .left, clicks: 1)))
  }

  func press(_ key: String, _ code: String, _ modifiers: ClientMessage.Modifiers = []) async {
    await send(
      .key(.init(isDown: true, key: key, code: code, modifiers: modifiers)),
      .key(.init(isDown: false, key: key, code: code, modifiers: modifiers)))
  }

  func type(_ text: String) async {
    for letter in text { await press(String(letter), "Key\(letter.uppercased())") }
  }

  var title: String { tabs.first { $0.id == active }?.title ?? "" }
  var bytes: Int { frames.reduce(0) { $0 + $1.rectangles.reduce(0) { $0 + $1.image.count } } }
  var picture: Drawing { canvas.picture }
  func forgetFrames() { frames = [] }

  /// Waits until something is so; a test that waits for nothing fails after half a minute.
  func until(
    _ what: String, _ location: SourceLocation = #_sourceLocation,
    _ isSo: @Sendable (isolated Viewer) -> Bool
  ) async {
    let end = ContinuousClock.now + .seconds(30)
    while !isSo(self) {
      guard ContinuousClock.now < end else {
        Issue.record(
          "never: \(what); title '\(title)', \(frames.count) frames, said \(said.suffix(4))",
          sourceLocation: location)
        return
      }
      try? await Task.sleep(for: .milliseconds(5))
    }
  }

  func untilTitle(_ wanted: String, _ location: SourceLocation = #_sourceLocation) async {
    await until("title '\(wanted)'", location) { $0.title == wanted }
  }

  /// Waits until nothing has changed for a while and everything is sharp.
  func untilStill() async {
    var count = -1
    while count != frames.count {
      count = frames.count
      try? await Task.sleep(for: .milliseconds(700))
    }
  }

  func end() async {
    await connection.close()
    reading?.cancel()
  }
}

/// Waits until something is so; a test that waits for nothing fails after half a minute.
func until(
  _ what: String, _ location: SourceLocation = #_sourceLocation, _ isSo: () async -> Bool
) async throws {
  let end = ContinuousClock.now + .seconds(30)
  while await !isSo() {
    try #require(ContinuousClock.now < end, "never: \(what)", sourceLocation: location)
    try await Task.sleep(for: .milliseconds(5))
  }
}

/// A desk that allows what it is told to, and keeps what it was asked and told.
actor TestDesk: PortalDesk {
  private(set) var requests: [PortalRequest] = []
  private(set) var events: [PortalEvent] = []
  private let denied: Set<PortalAction>

  init(denying denied: Set<PortalAction> = []) { self.denied = denied }

  func decide(_ request: PortalRequest) async throws -> PortalDecision {
    requests.append(request)
    return denied.contains(request.action) ? .deny(reason: "no") : .allow
  }

  func record(_ event: PortalEvent) async { events.append(event) }

  func count(_ kind: PortalEvent.Kind) -> Int { events.count { $0.kind == kind } }
}
