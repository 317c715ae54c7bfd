import CordonModel
import CordonWire
import Foundation
import Synchronization
import Testing

@testable import CordonPortal

/// A session that is recorded: what its tape does not take is not shown, and it ends where nothing can be kept.
@Suite(.serialized) struct `A recorded session` {
  /// A tape in memory that fails when a test says so.
  actor MemoryTape: SessionTape {
    struct Full: Error {}
    private(set) var kept: [[UInt8]] = []
    private(set) var isClosed = false
    private var room: Int

    init(room: Int = .max) { self.room = room }

    func keep(_ bytes: [UInt8], after: Duration) async throws {
      guard room > 0 else { throw Full() }
      room -= 1
      kept.append(bytes)
    }

    func close() async { isClosed = true }
  }

  struct OneTape: SessionRecorder {
    var tape: MemoryTape?

    func begin(_ plan: SessionPlan) async throws -> any SessionTape {
      guard let tape else { throw RecordingRefusal.full }
      return tape
    }
  }

  private static let recorded = BrowserRules(recording: RecordingRules())

  private func frame(_ browser: FakeChromium, _ shade: Int, _ number: Int) throws {
    var page = DrawnPage(width: 320, height: 240)
    page.fill(page.picture.bounds, (UInt8(shade), 0, 0))
    let image = Data(try page.jpeg()).base64EncodedString()
    browser.tell(
      "Page.screencastFrame", #"{"data":"\#(image)","sessionId":\#(number),"metadata":{"deviceWidth":64}}"#)
  }

  private func open(_ rules: BrowserRules, _ recorder: (any SessionRecorder)?) async throws
    -> (SessionOpening, SessionRegistry, FakeChromium)
  {
    let browser = try await FakeChromium()
    let registry = SessionRegistry(launcher: OneBrowser(browser), desk: TestDesk(), recorder: recorder)
    return (try await registry.open(WatchingDesk.plan(rules)), registry, browser)
  }

  @Test func `does not open where nothing records it, and opens as ever where it need not be`() async throws {
    for recorder in [nil, OneTape(tape: nil)] as [OneTape?] {
      let (opening, _, browser) = try await open(Self.recorded, recorder)
      guard case .denied(let reason) = opening else {
        Issue.record("it opened")
        return
      }
      #expect(reason.contains("recorded") && browser.count("Target.createTarget") == 0)
      let (ordinary, registry, _) = try await open(BrowserRules(), recorder)
      guard case .open = ordinary else {
        Issue.record("it did not open")
        return
      }
      await registry.endAll()
    }
  }

  @Test func `keeps every frame that was shown, as it was shown, and closes its tape at the end`()
    async throws
  {
    let tape = MemoryTape()
    let (opening, registry, browser) = try await open(Self.recorded, OneTape(tape: tape))
    guard case .open(let session) = opening else {
      Issue.record("no session")
      return
    }
    let viewer = try await Viewer.of(session)
    for number in 1...3 {
      try frame(browser, number * 60, number)
      await viewer.until("frame \(number)") { $0.frames.count >= number }
    }
    await registry.endAll()
    let shown = await viewer.frames.map { ServerMessage.frame($0).encoded }
    let kept = await tape.kept
    #expect(kept.prefix(shown.count) == shown[...])
    #expect(await tape.isClosed)
  }

  @Test func `ends, with its reason, where a frame cannot be kept`() async throws {
    let tape = MemoryTape(room: 1)
    let (opening, _, browser) = try await open(Self.recorded, OneTape(tape: tape))
    guard case .open(let session) = opening else {
      Issue.record("no session")
      return
    }
    let viewer = try await Viewer.of(session)
    try frame(browser, 10, 1)
    await viewer.until("the first") { !$0.frames.isEmpty }
    try frame(browser, 200, 2)
    #expect(await session.wait() == .unrecorded)
    #expect(browser.isEnded)
    #expect(await tape.kept.count == 1)
    #expect(await tape.isClosed)
  }

  @Test func `a tape that is slow without end is a tape that fails`() async throws {
    actor Stuck: SessionTape {
      func keep(_ bytes: [UInt8], after: Duration) async throws { try await Task.sleep(for: .seconds(3_600)) }
      func close() async {}
    }
    let feed = TapeFeed(Stuck(), at: .zero)
    let frame = [UInt8](repeating: 0, count: 16 << 20)
    #expect((0..<3).allSatisfy { _ in feed.take(frame, at: .zero) })
    #expect(!feed.take(frame, at: .zero) && !feed.take([1], at: .zero))
    await feed.untilFailed()
  }
}
