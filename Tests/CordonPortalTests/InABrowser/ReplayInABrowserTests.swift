import CordonModel
import Synchronization
import Testing

@testable import CordonPortal

/// A recording in a real Chromium of the auditor's side, over a portal whose recordings are a test's own.
@Suite(.serialized) struct `A recording in a browser` {
  private static let red: (UInt8, UInt8, UInt8) = (220, 20, 20)

  private static func listed(_ began: Int64, _ person: String, isOpen: Bool = false) throws -> PortalRecording
  {
    PortalRecording(
      session: SessionID(), person: try Slug(person), project: try Slug("churn"), began: began, length: 61,
      bytes: 3_400_000, isOpen: isOpen, removedAt: isOpen ? nil : began + 30 * 86_400)
  }

  @Test func `is found, played, sought in and explained, and is nobody else's`() async throws {
    let whole = TestReel([
      try .drawn(.zero, Self.red),
      try .drawn(
        .seconds(1), (20, 20, 220), part: PixelRectangle(x: 320, y: 0, width: 320, height: 400)),
      try .drawn(.seconds(61), (20, 200, 20)),
    ])
    let cut = TestReel([try .drawn(.zero, Self.red)], ending: .cut)
    let changed = TestReel([try .drawn(.zero, Self.red)])
    changed.state.withLock { $0.damagedAt = 0 }
    let facts = [
      try Self.listed(1_795_270_000, "scientist-1"), try Self.listed(1_795_260_000, "scientist-2"),
      try Self.listed(1_795_250_000, "scientist-1", isOpen: true),
    ]
    let world = try await PortalWorld.open(
      recordings: TestRecordings(reels: [(facts[0], whole), (facts[1], cut), (facts[2], changed)]))
    let (text, status) = try await `The portal in a browser`.run(
      "replay-in-a-browser", on: world,
      more: [
        "whole": facts[0].session.text, "cut": facts[1].session.text, "changed": facts[2].session.text,
      ])
    await world.close()
    #expect(status == 0 && text.isEmpty, "\(text)")
    for _ in 0..<200 where whole.closings.isEmpty || cut.closings.isEmpty {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(whole.closings.count == 1 && (whole.closings.first?.frames ?? 0) >= 5)
    #expect(changed.closings.map(\.frames) == [0] && changed.closings.map(\.isDamaged) == [true])
  }
}
