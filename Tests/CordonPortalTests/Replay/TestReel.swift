import CordonModel
import CordonWire
import Synchronization

@testable import CordonPortal

/// A recording in memory.
final class TestReel: RecordingReel {
  struct Damaged: Error {}

  struct State {
    var place = 0
    var closings: [(frames: Int, isDamaged: Bool)] = []
    /// Which place of the recording cannot be read.
    var damagedAt: Int?
    var reads = 0
  }

  let entries: [ReelFrame]
  let ending: ReelFacts.Ending
  let state = Mutex(State())

  init(_ entries: [ReelFrame], ending: ReelFacts.Ending = .whole) {
    self.entries = entries
    self.ending = ending
  }

  var closings: [(frames: Int, isDamaged: Bool)] { state.withLock { $0.closings } }

  func examine() async throws -> ReelFacts {
    guard state.withLock({ $0.damagedAt }) == nil else { throw Damaged() }
    return ReelFacts(length: entries.last?.after ?? .zero, ending: ending)
  }

  func go(to moment: Duration) async throws {
    let place = entries.lastIndex { $0.after <= moment && $0.bytes[6] == 1 } ?? 0
    state.withLock { $0.place = place }
  }

  func next() async throws -> ReelFrame? {
    try state.withLock { state in
      state.reads += 1
      guard state.place != state.damagedAt else { throw Damaged() }
      guard state.place < entries.count else { return nil }
      defer { state.place += 1 }
      return entries[state.place]
    }
  }

  func close(frames: Int, failure: (any Error)?) async {
    state.withLock { $0.closings.append((frames, failure != nil)) }
  }
}

/// Recordings of a test's own, for `auditor-1` of `churn`.
struct TestRecordings: RecordingSource {
  var reels: [(facts: PortalRecording, reel: TestReel)] = []

  private func isWelcome(_ person: PortalPrincipal, _ project: Slug) -> Bool {
    person.roles.contains(.auditor) && person.projects.contains(project)
  }

  func recordings(for person: PortalPrincipal, most: Int) async throws -> RecordingsAnswer {
    guard person.roles.contains(.auditor) else { return .denied(reason: "Recordings are for auditors.") }
    let found = reels.map(\.facts).filter { isWelcome(person, $0.project) }
    return .listed(Array(found.prefix(most)), of: found.count)
  }

  func recording(_ session: SessionID, for person: PortalPrincipal) async throws -> PortalRecording? {
    reels.map(\.facts).first { $0.session == session && isWelcome(person, $0.project) }
  }

  func watch(_ session: SessionID, as person: PortalPrincipal) async throws -> ReelAnswer {
    guard let found = reels.first(where: { $0.facts.session == session }) else { return .none }
    guard isWelcome(person, found.facts.project) else { return .denied(reason: "no") }
    return .open(found.reel)
  }
}

extension ReelFrame {
  /// A picture of one colour, or a part of one.
  static func drawn(
    _ after: Duration, _ colour: (UInt8, UInt8, UInt8), part: PixelRectangle? = nil, width: Int = 640,
    height: Int = 400
  ) throws -> ReelFrame {
    let place = part ?? PixelRectangle(x: 0, y: 0, width: width, height: height)
    var page = DrawnPage(width: place.width, height: place.height)
    page.fill(page.picture.bounds, colour)
    let frame = ServerMessage.Frame(
      number: 7, isWhole: part == nil, width: UInt16(width), height: UInt16(height), pageWidth: UInt16(width),
      pageHeight: UInt16(height),
      rectangles: [
        .init(
          x: UInt16(place.x), y: UInt16(place.y), width: UInt16(place.width), height: UInt16(place.height),
          image: try page.jpeg())
      ])
    return ReelFrame(after: after, bytes: ServerMessage.frame(frame).encoded)
  }

  /// A picture that says its time where its image would be.
  static func marked(
    _ seconds: Int, isWhole: Bool = false, x: UInt16 = 0, width: UInt16 = 10, bytes: Int = 1
  ) -> ReelFrame {
    let frame = ServerMessage.Frame(
      number: 7, isWhole: isWhole, width: 100, height: 100, pageWidth: 100, pageHeight: 100,
      rectangles: [
        .init(
          x: x, y: 0, width: width, height: 10,
          image: [UInt8](repeating: UInt8(truncatingIfNeeded: seconds), count: bytes))
      ])
    return ReelFrame(after: .seconds(seconds), bytes: ServerMessage.frame(frame).encoded)
  }
}
