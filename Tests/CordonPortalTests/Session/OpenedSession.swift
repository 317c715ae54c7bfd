import CordonModel
import CordonWire
import Testing

@testable import CordonPortal

/// A session over a browser that does nothing, with somebody who looks at it, in its own hours.
struct OpenedSession {
  let clock = ManualClock()
  let session: BrowserSession
  let browser: FakeChromium
  let desk: WatchingDesk
  let viewer: Viewer

  init(_ rules: BrowserRules, denying: Set<PortalAction> = []) async throws {
    browser = try await FakeChromium()
    desk = WatchingDesk(browser, denying: denying)
    session = try BrowserSession(
      plan: try WatchingDesk.plan(rules), browser: browser, desk: desk, clock: clock)
    try await session.start()
    viewer = try await Viewer.of(session)
  }

  /// Waits until the browser has had all that was sent to it before: the pipe keeps the order.
  func untilAllArrived(after last: Viewer? = nil) async {
    let viewer = last ?? viewer
    let before = browser.count("Input.dispatchMouseEvent")
    await viewer.send(.pointer(.init(.move, x: 1, y: 1)))
    await viewer.until("the pointer") { _ in browser.count("Input.dispatchMouseEvent") > before }
  }
}

/// A desk that keeps what it was asked, and what the browser had been given by then.
actor WatchingDesk: PortalDesk {
  private(set) var requests: [PortalRequest] = []
  private(set) var events: [PortalEvent] = []
  private(set) var insertedWhenAsked: [Int] = []
  private let browser: FakeChromium
  private let denied: Set<PortalAction>

  init(_ browser: FakeChromium, denying denied: Set<PortalAction> = []) {
    self.browser = browser
    self.denied = denied
  }

  func decide(_ request: PortalRequest) async throws -> PortalDecision {
    requests.append(request)
    insertedWhenAsked.append(browser.inserted.count)
    return denied.contains(request.action) ? .deny(reason: "no") : .allow
  }

  func record(_ event: PortalEvent) async { events.append(event) }

  static func plan(_ rules: BrowserRules, _ person: String = "ana") throws -> SessionPlan {
    SessionPlan(
      person: try Slug(person), project: try Slug("churn"), workspace: try Slug("lab"), rules: rules,
      home: try #require(PageAddress("http://\(TestSite.host)/")))
  }
}

/// Starts one browser that is there already.
final class OneBrowser: BrowserLauncher {
  private let browser: FakeChromium

  init(_ browser: FakeChromium) { self.browser = browser }

  func launch(_ plan: SessionPlan) async throws -> any RunningBrowser { browser }
}

extension Viewer {
  /// Why something was refused, each time.
  func reasons(_ deed: ServerMessage.Deed) -> [String] {
    said.compactMap { if case .denied(let why) = $0, why.deed == deed { why.reason } else { nil } }
  }
}
